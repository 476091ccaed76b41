//! Turns a failure of the HTTP library, of TLS or of the network into an [`Error`].

use std::io;
use std::time::Duration;

use ureq::http::Uri;

use super::limits::MAX_HEADER_SIZE;
use super::url::is_https;
use crate::text::excerpt;
use crate::{Error, TransportErrorKind};

/// What an error says about a request.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub(super) url: &'a Uri,
    /// The token, which no error may show.
    pub(super) token: Option<&'a str>,
    pub(super) timeout: Duration,
    /// The host and port of the proxy in use.
    pub(super) proxy: Option<&'a str>,
}

impl Exchange<'_> {
    pub(super) fn failed(&self, error: ureq::Error) -> Error {
        let url = self.url.to_string();
        if let ureq::Error::Timeout(reason) = error {
            let connecting = reason == ureq::Timeout::Connect;
            return Error::Timeout {
                url,
                timeout: self.timeout,
                proxy: self.proxy.map(str::to_owned),
                connecting,
            };
        }
        let (kind, cause) = self.classify(error);
        Error::Transport {
            url,
            kind,
            cause: cause.map(|cause| excerpt(&cause)),
        }
    }

    /// The kind of a failure, and its cause where it adds to the kind.
    fn classify(&self, error: ureq::Error) -> (TransportErrorKind, Option<String>) {
        use TransportErrorKind::*;
        match error {
            ureq::Error::HostNotFound => (HostNotFound, None),
            ureq::Error::ConnectProxyFailed(reason) => (Proxy, Some(self.proxy_cause(&reason))),
            ureq::Error::Protocol(error) => (InvalidResponse, Some(error.to_string())),
            // The connection ended between two chunks.
            ureq::Error::BodyStalled => (Closed, None),
            ureq::Error::Io(error) => io_kind(&error, is_https(self.url)),
            ureq::Error::Tls(reason) => (Tls, Some(reason.into())),
            ureq::Error::Other(error) => match error.downcast_ref::<Failure>() {
                Some(Failure::Lookup(_)) => (HostNotFound, Some(error.to_string())),
                Some(Failure::NotHttp) => (NotHttp, None),
                Some(_) => (InvalidResponse, Some(error.to_string())),
                None => (Other, Some(error.to_string())),
            },
            #[cfg(feature = "rustls")]
            ureq::Error::Rustls(error) => tls_kind(error.to_string()),
            #[cfg(feature = "native-tls")]
            ureq::Error::NativeTls(_) | ureq::Error::Der(_) => tls_kind(error.to_string()),
            error => (Other, Some(error.to_string())),
        }
    }

    /// The HTTP library has only a text for the status of a proxy's response. Some answer a wrong password with 401.
    fn proxy_cause(&self, reason: &str) -> String {
        let proxy = self.proxy.unwrap_or_default();
        match reason
            .strip_prefix("proxy server responded ")
            .and_then(|status| status.get(..3))
        {
            Some(status @ ("401" | "407")) => format!(
                "{proxy} answered {status}: it wants a valid user name and password, as in http://user:password@{proxy}"
            ),
            Some(status) => format!("{proxy} answered {status}"),
            None => format!("{proxy}: {reason}"),
        }
    }
}

/// A failure that the HTTP library has no error for, inside its `Error::Other`.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Lookup(io::Error),
    #[error("the response does not start as HTTP")]
    NotHttp,
    #[error("the headers, or a line between chunks, exceed {} KiB", MAX_HEADER_SIZE >> 10)]
    LongHead,
    #[error("the response is compressed, although the request did not ask for that")]
    Compressed,
}

fn io_kind(error: &io::Error, https: bool) -> (TransportErrorKind, Option<String>) {
    use TransportErrorKind::*;
    use io::ErrorKind as Io;
    let cause = error.to_string();
    match error.kind() {
        Io::ConnectionRefused => (Refused, None),
        Io::HostUnreachable | Io::NetworkUnreachable | Io::NetworkDown | Io::TimedOut => {
            (Unreachable, Some(cause))
        }
        // "Host is down" has no `ErrorKind`. Its numbers on macOS and BSD, on Linux, and on Windows:
        _ if matches!(error.raw_os_error(), Some(64 | 112 | 10064)) => (Unreachable, Some(cause)),
        // An IPv6 address without the zone that it needs is invalid input.
        Io::AddrNotAvailable | Io::InvalidInput => (Unreachable, Some(cause)),
        // The TLS libraries' own failures.
        Io::InvalidData | Io::Other if https => tls_kind(cause),
        Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe => {
            (Closed, None)
        }
        _ => (Other, Some(cause)),
    }
}

/// Tells a failure of TLS by its message: the TLS libraries' error types are not among this crate's dependencies. The numbers
/// are those of Windows, whose texts are translated. The tests provoke each failure with the real libraries.
fn tls_kind(message: String) -> (TransportErrorKind, Option<String>) {
    use TransportErrorKind::*;
    const PARTS: &[(TransportErrorKind, &[&str])] = &[
        (Closed, &["unexpected EOF"]),
        // First of those about certificates: its message quotes names, and these can be any words.
        (
            CertificateName,
            &[
                "not valid for",
                "NotValidForName",
                "ostname mismatch",
                "IP address mismatch",
            ],
        ),
        (CertificateName, &["-2146762481", "-2146893022"]),
        (
            CertificateExpired,
            &[
                "expired",
                "Expired",
                "not valid yet",
                "not yet valid",
                "-2146762495",
                "-2146893016",
            ],
        ),
        (CertificateIsCa, &["CaUsedAsEndEntity"]),
        (
            CertificateIssuer,
            &[
                "UnknownIssuer",
                "issuer certificate",
                "self-signed",
                "self signed",
            ],
        ),
        (
            CertificateIssuer,
            &["-2146762487", "-2146762486", "-2146893019"],
        ),
        // A CA that was made anew under its old name.
        (CertificateIssuer, &["BadSignature", "signature failure"]),
        (
            PlainHttp,
            &[
                "InvalidContentType",
                "wrong version number",
                "packet length too long",
                "-2146893048",
            ],
        ),
    ];
    let found = PARTS
        .iter()
        .find(|(_, parts)| parts.iter().any(|part| message.contains(part)));
    let kind = found.map_or(Tls, |(kind, _)| *kind);
    // Only the message has the names in the certificate, or the reason of any other failure.
    (
        kind,
        matches!(kind, CertificateName | Tls).then_some(message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The failures that no server on loopback can provoke; the integration tests have the others.
    #[test]
    fn network_and_tls_failures_have_their_own_kinds() {
        use TransportErrorKind::*;
        let classify = |error, url| {
            Exchange {
                url: &Uri::from_static(url),
                token: None,
                timeout: Duration::ZERO,
                proxy: None,
            }
            .classify(error)
            .0
        };
        let io = |kind: io::ErrorKind, message: &str| {
            ureq::Error::Io(io::Error::new(kind, message.to_owned()))
        };
        for (error, expected) in [
            (io(io::ErrorKind::HostUnreachable, ""), Unreachable),
            (io(io::ErrorKind::NetworkUnreachable, ""), Unreachable),
            (io(io::ErrorKind::AddrNotAvailable, ""), Unreachable),
            (io(io::ErrorKind::InvalidInput, ""), Unreachable),
            (io(io::ErrorKind::TimedOut, ""), Unreachable),
            (
                ureq::Error::Io(io::Error::from_raw_os_error(112)),
                Unreachable,
            ),
            (io(io::ErrorKind::BrokenPipe, ""), Closed),
            (io(io::ErrorKind::PermissionDenied, ""), Other),
            (
                io(io::ErrorKind::InvalidData, "certificate not valid yet"),
                CertificateExpired,
            ),
            (io(io::ErrorKind::InvalidData, "an alert of tomorrow"), Tls),
            (
                io(
                    io::ErrorKind::Other,
                    "Der CN-Name stimmt nicht \u{fc}berein. (os error -2146762481)",
                ),
                CertificateName,
            ),
            (
                io(io::ErrorKind::Other, "(os error -2146893022)"),
                CertificateName,
            ),
            (
                io(io::ErrorKind::Other, "(os error -2146762495)"),
                CertificateExpired,
            ),
            (
                io(io::ErrorKind::Other, "(os error -2146893016)"),
                CertificateExpired,
            ),
            (
                io(io::ErrorKind::Other, "(os error -2146762487)"),
                CertificateIssuer,
            ),
            (
                io(io::ErrorKind::Other, "(os error -2146762486)"),
                CertificateIssuer,
            ),
            (
                io(io::ErrorKind::Other, "(os error -2146893019)"),
                CertificateIssuer,
            ),
            (
                io(io::ErrorKind::Other, "(os error -2146893048)"),
                PlainHttp,
            ),
            (ureq::Error::Tls("no DNS name"), Tls),
            (ureq::Error::HostNotFound, HostNotFound),
            (ureq::Error::ConnectionFailed, Other),
        ] {
            let shown = format!("{error:?}");
            assert_eq!(classify(error, "https://media.test"), expected, "{shown}");
        }
        assert_eq!(
            classify(io(io::ErrorKind::InvalidData, ""), "http://media.test"),
            Other
        );
    }
}
