//! Whether requests stay on this machine.

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};

use crate::address;

/// Where the requests go.
pub(crate) struct Destination {
    host: String,
    has_proxy: bool,
}

impl Destination {
    /// The destination of requests to a URL that the client has accepted.
    pub(crate) fn new(url: &str, has_proxy: bool) -> Destination {
        Destination {
            host: address::host(url).to_owned(),
            has_proxy,
        }
    }

    /// Why a request may leave this machine, unless it cannot.
    pub(crate) fn way_out(&self) -> Option<String> {
        if self.has_proxy {
            return Some("requests go through a proxy".into());
        }
        let addresses = addresses(&self.host);
        if addresses.is_empty() {
            return Some(format!("the address of {} is not known", self.host));
        }
        let other = addresses.iter().find(|address| !is_own(address))?;
        Some(format!("{} is not an address of this machine", other.ip()))
    }
}

/// The addresses of a host.
fn addresses(host: &str) -> Vec<SocketAddr> {
    (host, 0)
        .to_socket_addrs()
        .map(Vec::from_iter)
        .unwrap_or_default()
}

/// Whether an address is one of this machine's: only those can be bound.
fn is_own(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback() || UdpSocket::bind(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way_out(url: &str) -> Option<String> {
        Destination::new(url, false).way_out()
    }

    #[test]
    fn this_machine_is_told_from_others() {
        for url in [
            "http://127.0.0.1:32400",
            "http://127.8.9.10",
            "http://localhost/plex",
            "https://[::1]:32400/",
            "http://[::ffff:127.0.0.1]",
            "http://0.0.0.0:32400",
        ] {
            assert_eq!(way_out(url), None, "{url}");
        }
        for (url, reason) in [
            (
                "http://203.0.113.7:32400",
                "203.0.113.7 is not an address of this machine",
            ),
            (
                "http://[2001:db8::1]:32400/plex",
                "2001:db8::1 is not an address of this machine",
            ),
            (
                "http://[::ffff:203.0.113.7]",
                "::ffff:203.0.113.7 is not an address of this machine",
            ),
            (
                "http://plex.invalid:32400",
                "the address of plex.invalid is not known",
            ),
        ] {
            assert_eq!(way_out(url).as_deref(), Some(reason), "{url}");
        }
    }

    #[test]
    fn a_proxy_is_a_way_out() {
        let destination = Destination::new("http://127.0.0.1:32400", true);
        assert_eq!(
            destination.way_out().as_deref(),
            Some("requests go through a proxy")
        );
    }
}
