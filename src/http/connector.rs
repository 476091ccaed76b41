//! Connecting, by ureq's own connector. A failure is marked: then the request was not sent.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector};

use super::failure::{is_about_address, not_connected};

#[derive(Debug, Default)]
pub(super) struct MarkingConnector(DefaultConnector);

impl Connector for MarkingConnector {
    type Out = <DefaultConnector as Connector>::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let time = *details.timeout.after;
        if time.is_zero() {
            // ureq would take a second.
            return Err(not_connected(Error::Timeout(details.timeout.reason)));
        }
        let started = Instant::now();
        self.0.connect(details, chained).map_err(|failure| {
            let left = time.saturating_sub(started.elapsed());
            not_connected(
                if is_about_address(&failure) && is_refused(&details.addrs, left) {
                    io::Error::from(ErrorKind::ConnectionRefused).into()
                } else {
                    failure
                },
            )
        })
    }
}

/// Whether a host with several addresses refuses at one of them, and accepts at none. ureq reports the
/// failure of the last one, such as that IPv6 is off.
fn is_refused(addresses: &[SocketAddr], time: Duration) -> bool {
    if addresses.len() < 2 {
        return false;
    }
    let time = time / addresses.len() as u32;
    let mut refuses = false;
    for address in addresses {
        // Without time left, this fails at once.
        match TcpStream::connect_timeout(address, time) {
            Ok(_) => return false,
            Err(error) => refuses |= error.kind() == ErrorKind::ConnectionRefused,
        }
    }
    refuses
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[test]
    fn a_host_refuses_if_one_address_does_and_none_accepts() {
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let listener = bind();
        let accepting = listener.local_addr().expect("an address");
        // Nothing listens there any more.
        let refusing = bind().local_addr().expect("an address");
        // No system connects to it.
        let unreachable = SocketAddr::from((Ipv4Addr::BROADCAST, 1));
        let is_refused = |addresses: &[_]| is_refused(addresses, Duration::from_secs(4));
        assert!(is_refused(&[refusing, unreachable]));
        assert!(is_refused(&[unreachable, refusing]));
        assert!(!is_refused(&[refusing, accepting]));
        assert!(!is_refused(&[accepting, refusing]));
        assert!(!is_refused(&[unreachable, unreachable]));
    }
}
