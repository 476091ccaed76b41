//! Why no complete answer came: sorts the failures of the HTTP library into kinds that a caller can act on.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use ureq::http::Uri;

use crate::Error;
use crate::base_url::is_https;
use crate::client::Inner;

/// Why no complete answer came, the `kind` of [`Error::Transport`].
///
/// Displayed, it says what to do about it.
///
/// ```no_run
/// use plex_butler::{Client, Error, TransportErrorKind};
///
/// let client = Client::from_env()?;
/// match client.get_butler_tasks() {
///     Err(Error::Transport { kind: TransportErrorKind::Refused, .. }) => println!("the server is down"),
///     Err(error) => eprintln!("{error}"),
///     Ok(tasks) => println!("{} tasks", tasks.len()),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host's name could not be resolved.
    HostNotFound,
    /// Nothing listens at the address.
    Refused,
    /// The network does not reach the host.
    Unreachable,
    /// The connection was closed or reset before the answer was complete.
    Closed,
    /// What came is not HTTP.
    NotHttp,
    /// The proxy was not reached, or did not open the way to the server.
    Proxy,
    /// The certificate's issuer is not trusted; a self-signed certificate is a case of it.
    CertificateIssuer,
    /// The certificate is for another name or address than the URL's.
    CertificateName,
    /// The certificate has expired, or is not valid yet.
    CertificateExpired,
    /// The URL says https and the server speaks plain http on the port.
    PlainHttp,
    /// TLS failed in another way.
    Tls,
    /// Anything else; the error's source says what.
    Other,
}

impl TransportErrorKind {
    /// Whether the connection stood and TLS failed on it.
    ///
    /// ```
    /// use plex_butler::TransportErrorKind;
    ///
    /// assert!(TransportErrorKind::CertificateExpired.is_tls());
    /// assert!(!TransportErrorKind::Refused.is_tls());
    /// ```
    pub fn is_tls(self) -> bool {
        use TransportErrorKind::*;
        matches!(self, CertificateIssuer | CertificateName | CertificateExpired | PlainHttp | Tls)
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TransportErrorKind::*;
        f.pad(match self {
            HostNotFound => "the host name cannot be resolved; check the address",
            Refused => "nothing listens there; check host and port (PMS has 32400), and that the server is running",
            Unreachable => "the network does not reach the host; check the address and the network",
            Closed => {
                "the connection was closed before the answer was complete; if it keeps happening, check the port, and \
                 whether the server wants http or https"
            }
            NotHttp => "what came is not HTTP; check the port, and if the server wants secure connections, use https",
            Proxy => "the proxy cannot be reached, or does not reach the server; check it, or go without a proxy",
            CertificateIssuer => {
                "the certificate's issuer is not trusted; give its CA certificate as a root certificate, or use \
                 the server's plex.direct name"
            }
            CertificateName => {
                "the certificate is for another name; use the name in the certificate, such as the server's \
                 plex.direct name"
            }
            CertificateExpired => "the certificate has expired or is not valid yet; renew it, or check the clocks",
            PlainHttp => "the server speaks plain http on this port; use http",
            Tls => "TLS failed; check that the server speaks https on this port, TLS 1.2 or newer",
            Other => "the exchange failed",
        })
    }
}

/// Sorts a failure of the HTTP library.
pub(crate) fn error(error: ureq::Error, uri: &Uri, client: &Inner) -> Error {
    let url = uri.to_string();
    match error {
        ureq::Error::Timeout(_) => Error::Timeout { url, timeout: client.timeout, proxy: client.proxy.clone() },
        ureq::Error::LargeResponseHeader(..) => Error::TooLarge { url, status: None },
        // The only sign of more header lines than the HTTP library reads is its message.
        ureq::Error::Protocol(protocol) if protocol.to_string().contains("too many headers") => {
            Error::TooLarge { url, status: None }
        }
        error => {
            let kind = kind(&error, is_https(uri));
            Error::Transport { url, kind, source: into_source(error) }
        }
    }
}

pub(crate) fn kind(error: &ureq::Error, https: bool) -> TransportErrorKind {
    use io::ErrorKind::*;
    match error {
        // `Other` comes from the resolver of this crate alone.
        ureq::Error::HostNotFound | ureq::Error::Other(_) => TransportErrorKind::HostNotFound,
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => TransportErrorKind::Proxy,
        ureq::Error::Protocol(_) => TransportErrorKind::NotHttp,
        // The end came between two chunks.
        ureq::Error::BodyStalled => TransportErrorKind::Closed,
        ureq::Error::Io(io) => match io.kind() {
            ConnectionRefused => TransportErrorKind::Refused,
            // An address without the zone that it needs is an invalid argument.
            HostUnreachable | NetworkUnreachable | NetworkDown | AddrNotAvailable | InvalidInput => {
                TransportErrorKind::Unreachable
            }
            // How the TLS libraries' own failures come.
            InvalidData | Other if https => tls_kind(&io.to_string()),
            UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe => TransportErrorKind::Closed,
            _ => TransportErrorKind::Other,
        },
        ureq::Error::Tls(_) => TransportErrorKind::Tls,
        #[cfg(feature = "rustls")]
        ureq::Error::Rustls(_) => tls_kind(&error.to_string()),
        #[cfg(feature = "native-tls")]
        ureq::Error::NativeTls(_) | ureq::Error::Der(_) => tls_kind(&error.to_string()),
        _ => TransportErrorKind::Other,
    }
}

/// Tells TLS failures apart by their message: the TLS libraries' error types are not part of this crate's
/// dependencies. The tests hold each message against the real library.
fn tls_kind(message: &str) -> TransportErrorKind {
    let says = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    if says(&["unexpected EOF"]) {
        TransportErrorKind::Closed
    // The name before the rest: its message quotes the names in the certificate, which can be any words.
    } else if says(&["not valid for", "NotValidForName", "ostname mismatch", "IP address mismatch"]) {
        TransportErrorKind::CertificateName
    } else if says(&["expired", "Expired", "not valid yet", "not yet valid"]) {
        TransportErrorKind::CertificateExpired
    } else if says(&[
        "UnknownIssuer",
        "CaUsedAsEndEntity",
        "issuer certificate",
        "self-signed",
        "self signed",
        // A CA that was made anew under its old name.
        "BadSignature",
        "signature failure",
    ]) {
        TransportErrorKind::CertificateIssuer
    } else if says(&["InvalidContentType", "wrong version number", "packet length too long", "http request"]) {
        TransportErrorKind::PlainHttp
    } else {
        TransportErrorKind::Tls
    }
}

/// The cause to show, without a type of the HTTP library.
fn into_source(error: ureq::Error) -> Box<dyn StdError + Send + Sync> {
    match error {
        ureq::Error::Io(error) => error.into(),
        ureq::Error::Other(error) => error,
        error => error.to_string().into(),
    }
}

#[cfg(test)]
mod tests;
