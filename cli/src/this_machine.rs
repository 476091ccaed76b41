//! Whether requests stay on this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

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

    /// Why a request may leave this machine, unless it cannot. A name can do so: each time that it is looked up, it can have
    /// another address.
    pub(crate) fn way_out(&self) -> Option<String> {
        if self.has_proxy {
            return Some("requests go through a proxy".into());
        }
        if self.host.eq_ignore_ascii_case("localhost") {
            return None;
        }
        let host = &self.host;
        match host.parse::<IpAddr>() {
            Ok(address) if is_own(address.to_canonical()) => None,
            Ok(_) => Some(format!("{host} is not an address of this machine")),
            Err(_) => Some(format!(
                "{host} is not an address; use one of this machine, such as 127.0.0.1"
            )),
        }
    }
}

/// Whether an address is one of this machine's: only then would a packet to it come from it. Connecting sends none.
fn is_own(address: IpAddr) -> bool {
    const ANY_PORT: u16 = 9;

    let unspecified: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let source = || {
        let socket = UdpSocket::bind((unspecified, 0))?;
        socket.connect((address, ANY_PORT))?;
        socket.local_addr()
    };
    address.is_loopback()
        || address == unspecified
        || source().is_ok_and(|source| source.ip() == address)
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
            "http://LOCALHOST:32400",
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
        ] {
            assert_eq!(way_out(url).as_deref(), Some(reason), "{url}");
        }
    }

    #[test]
    fn a_name_is_a_way_out_even_if_it_leads_here() {
        for url in [
            "http://localhost.:32400",
            "http://127.1:32400",
            "http://plex.invalid",
            "https://127-0-0-1.0123.plex.direct:32400",
        ] {
            let reason = way_out(url).unwrap_or_default();
            assert!(reason.contains("is not an address; use one"), "{reason}");
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
