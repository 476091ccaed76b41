//! Turns a failure of the HTTP library, of TLS or of the network into an [`Error`].

use std::io;
use std::time::Duration;

use ureq::http::{Method, Uri};

use super::url::is_https;
use crate::text::{excerpt, prefixed};
use crate::{Error, TransportErrorKind};

/// What an error says about a request.
pub(super) struct RequestContext<'a> {
    pub(super) url: Uri,
    pub(super) method: Method,
    /// The token, which no error may show.
    pub(super) token: Option<&'a str>,
    pub(super) timeout: Duration,
    /// The host and port of the proxy in use.
    pub(super) proxy: Option<&'a str>,
}

impl RequestContext<'_> {
    pub(super) fn failed(&self, error: ureq::Error) -> Error {
        use TransportErrorKind::{HostNotFound, Proxy, Refused, Tls, Unreachable};

        let (kind, cause) = self.kind_and_cause(error);
        // With a proxy, the client looks up and connects to no other host. For http, only the proxy
        // can speak TLS.
        let can_be_of_proxy = match kind {
            HostNotFound | Refused | Unreachable => true,
            Tls => !is_https(&self.url),
            _ => false,
        };
        let (kind, cause) = match self.proxy {
            Some(proxy) if can_be_of_proxy => {
                let reason = cause.unwrap_or_else(|| "its host name cannot be resolved".into());
                (Proxy, Some(format!("{proxy}: {reason}")))
            }
            _ => (kind, cause),
        };
        Error::Transport {
            url: self.url.to_string(),
            kind,
            // rustls appends numbers in braces.
            cause: cause.map(|cause| excerpt(cause.split(" {").next().unwrap_or_default())),
        }
    }

    fn kind_and_cause(&self, error: ureq::Error) -> (TransportErrorKind, Option<String>) {
        use TransportErrorKind::*;

        let doubt = (self.method != Method::GET)
            .then(|| "the server may have carried out the request".to_owned());
        match error {
            ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
                let proxy = self.proxy.map(|proxy| format!("through the proxy {proxy}"));
                (ConnectTimeout, proxy)
            }
            ureq::Error::Timeout(_) => {
                let within = format!("no complete response within {:?}", self.timeout);
                (Timeout, Some(within + &prefixed("; ", doubt)))
            }
            ureq::Error::HostNotFound => (HostNotFound, None),
            ureq::Error::ConnectProxyFailed(reason) => (Proxy, Some(self.proxy_cause(&reason))),
            ureq::Error::Protocol(error) => (InvalidResponse, Some(error.to_string())),
            ureq::Error::LargeResponseHeader(..) => {
                (InvalidResponse, Some("headers of more than 64 KiB".into()))
            }
            // The connection ended between two chunks.
            ureq::Error::BodyStalled => (Closed, doubt),
            ureq::Error::Io(error) => {
                let kind = io_kind(&error, is_https(&self.url) || self.proxy.is_some());
                match kind {
                    Closed => (kind, doubt),
                    _ => (kind, Some(error.to_string())),
                }
            }
            ureq::Error::Tls(reason) => (Tls, Some(reason.into())),
            #[cfg(feature = "rustls")]
            ureq::Error::Rustls(error) => (Tls, Some(error.to_string())),
            error => (Other, Some(error.to_string())),
        }
    }

    /// The HTTP library has only a text for the status of a proxy's response. Some answer a wrong
    /// password with 401.
    fn proxy_cause(&self, reason: &str) -> String {
        let proxy = self.proxy.unwrap_or_default();
        let status = reason.strip_prefix("proxy server responded ");
        match status.and_then(|status| status.get(..3)) {
            Some(status @ ("401" | "407")) => format!(
                "{proxy} answered {status}: it wants a valid user name and password, as in \
                 http://user:password@{proxy}"
            ),
            Some(status) => format!("{proxy} answered {status}"),
            None => format!("{proxy}: {reason}"),
        }
    }
}

/// The kind of an error of the system, or of the TLS library where one is in use.
fn io_kind(error: &io::Error, with_tls: bool) -> TransportErrorKind {
    use TransportErrorKind::*;
    use io::ErrorKind as Io;

    match error.kind() {
        Io::ConnectionRefused => Refused,
        // An IPv6 address without the zone that it needs is invalid input.
        Io::HostUnreachable
        | Io::NetworkUnreachable
        | Io::NetworkDown
        | Io::TimedOut
        | Io::AddrNotAvailable
        | Io::InvalidInput => Unreachable,
        // "Host is down" has no `ErrorKind`. Its numbers on macOS and BSD, on Linux, and on
        // Windows:
        _ if matches!(error.raw_os_error(), Some(64 | 112 | 10064)) => Unreachable,
        Io::InvalidData if with_tls => Tls,
        Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe => Closed,
        _ => Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(url: &'static str) -> RequestContext<'static> {
        RequestContext {
            url: Uri::from_static(url),
            method: Method::GET,
            token: None,
            timeout: Duration::ZERO,
            proxy: None,
        }
    }

    /// The failures that no server on loopback can provoke; the integration tests have the others.
    #[test]
    fn network_and_tls_failures_have_their_own_kinds() {
        use TransportErrorKind::*;
        let io = |kind: io::ErrorKind| ureq::Error::Io(io::Error::new(kind, "text"));
        for (error, expected) in [
            (io(io::ErrorKind::HostUnreachable), Unreachable),
            (io(io::ErrorKind::NetworkUnreachable), Unreachable),
            (io(io::ErrorKind::AddrNotAvailable), Unreachable),
            (io(io::ErrorKind::InvalidInput), Unreachable),
            (io(io::ErrorKind::TimedOut), Unreachable),
            (
                ureq::Error::Io(io::Error::from_raw_os_error(112)),
                Unreachable,
            ),
            (io(io::ErrorKind::BrokenPipe), Closed),
            (io(io::ErrorKind::PermissionDenied), Other),
            (io(io::ErrorKind::InvalidData), Tls),
            (ureq::Error::Tls("no DNS name"), Tls),
            (ureq::Error::HostNotFound, HostNotFound),
            (ureq::Error::ConnectionFailed, Other),
        ] {
            let shown = format!("{error:?}");
            let (kind, _) = context("https://media.test").kind_and_cause(error);
            assert_eq!(kind, expected, "{shown}");
        }
        let (kind, _) = context("http://media.test").kind_and_cause(io(io::ErrorKind::InvalidData));
        assert_eq!(kind, Other);
    }
}
