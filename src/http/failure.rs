//! Sorts the failures of the HTTP library, of TLS and of the network.

use std::io;

use crate::TransportErrorKind;

/// Marks a failure before the connection was complete, with TLS and the tunnel of a proxy. The request
/// was not sent.
#[derive(Debug, thiserror::Error)]
#[error("not connected")]
struct NotConnected(ureq::Error);

pub(super) fn not_connected(error: ureq::Error) -> ureq::Error {
    ureq::Error::Other(Box::new(NotConnected(error)))
}

/// What is known of a failure.
pub(super) struct Failure {
    pub(super) kind: TransportErrorKind,
    /// What the library or the system says, where it adds to the kind.
    pub(super) cause: Option<String>,
    pub(super) request_sent: bool,
    /// Whether the proxy itself could not be connected to.
    pub(super) is_about_proxy: bool,
}

impl Failure {
    /// The time of the call was up before the request.
    pub(super) fn out_of_time() -> Failure {
        not_connected(ureq::Error::Timeout(ureq::Timeout::Global)).into()
    }

    /// Whether the server closed the connection before its response.
    pub(super) fn is_closed_after_sending(&self) -> bool {
        self.kind == TransportErrorKind::Closed && self.request_sent
    }
}

impl From<ureq::Error> for Failure {
    fn from(error: ureq::Error) -> Failure {
        let (error, marks) = unmarked(error);
        let is_connecting = marks > 0;
        let (kind, cause) = kind_and_cause(error, is_connecting);
        Failure {
            kind,
            cause,
            request_sent: !is_connecting,
            // The connection to a proxy is made inside the connection to the server.
            is_about_proxy: marks > 1,
        }
    }
}

/// The failure itself, and how often it is marked.
fn unmarked(mut error: ureq::Error) -> (ureq::Error, usize) {
    let mut marks = 0;
    while let ureq::Error::Other(other) = error {
        match other.downcast::<NotConnected>() {
            Ok(marked) => error = marked.0,
            Err(other) => return (ureq::Error::Other(other), marks),
        }
        marks += 1;
    }
    (error, marks)
}

fn kind_and_cause(error: ureq::Error, is_connecting: bool) -> (TransportErrorKind, Option<String>) {
    use TransportErrorKind::*;

    match error {
        ureq::Error::Timeout(_) if is_connecting => (ConnectTimeout, None),
        ureq::Error::Timeout(_) => (Timeout, None),
        ureq::Error::HostNotFound => (HostNotFound, None),
        ureq::Error::ConnectProxyFailed(reason) => (Proxy, Some(reason)),
        // Before the request, only a proxy speaks HTTP.
        ureq::Error::Protocol(error) if is_connecting => (Proxy, Some(error.to_string())),
        ureq::Error::Protocol(error) => (InvalidResponse, Some(error.to_string())),
        ureq::Error::LargeResponseHeader(..) => (InvalidResponse, Some(error.to_string())),
        // The connection ended between two chunks.
        ureq::Error::BodyStalled => (Closed, None),
        ureq::Error::Io(error) => match io_kind(&error) {
            // The text of the system adds nothing.
            kind @ (Refused | Closed) => (kind, None),
            kind => (kind, Some(error.to_string())),
        },
        ureq::Error::Tls(reason) => (Tls, Some(reason.into())),
        #[cfg(feature = "rustls")]
        ureq::Error::Rustls(error) => (Tls, Some(error.to_string())),
        error => (Other, Some(error.to_string())),
    }
}

/// Whether a failure to connect is about one address, and not about TLS or the proxy.
pub(super) fn is_about_address(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(_) => true,
        ureq::Error::Io(error) => io_kind(error) == TransportErrorKind::Unreachable,
        _ => false,
    }
}

fn io_kind(error: &io::Error) -> TransportErrorKind {
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
        // Only the TLS library reports invalid data like this.
        Io::InvalidData => Tls,
        Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe => Closed,
        _ => Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (io(io::ErrorKind::BrokenPipe), Closed),
            (io(io::ErrorKind::PermissionDenied), Other),
            (io(io::ErrorKind::InvalidData), Tls),
            (ureq::Error::Tls("no DNS name"), Tls),
            (ureq::Error::HostNotFound, HostNotFound),
            (ureq::Error::ConnectionFailed, Other),
        ] {
            let shown = format!("{error:?}");
            assert_eq!(Failure::from(error).kind, expected, "{shown}");
        }
    }

    #[test]
    fn a_mark_shows_that_nothing_was_sent_and_two_that_the_proxy_failed() {
        let unreachable = || ureq::Error::Io(io::ErrorKind::HostUnreachable.into());
        let sent = Failure::from(unreachable());
        assert!(sent.request_sent && !sent.is_about_proxy);
        let server = Failure::from(not_connected(unreachable()));
        assert!(!server.request_sent && !server.is_about_proxy);
        let proxy = Failure::from(not_connected(not_connected(unreachable())));
        assert!(!proxy.request_sent && proxy.is_about_proxy);
        assert_eq!(proxy.kind, TransportErrorKind::Unreachable);
    }
}
