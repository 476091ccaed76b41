//! Whether requests stay on this machine.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs, UdpSocket};

/// Where the requests go.
pub(crate) struct Destination {
    host: String,
    has_proxy: bool,
}

impl Destination {
    /// The destination of requests to a URL that the client has accepted.
    pub(crate) fn new(url: &str, has_proxy: bool) -> Destination {
        let authority = url.trim().split_once("://").map_or(url, |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        let host = match authority.strip_prefix('[') {
            Some(address) => address.split(']').next(),
            None => authority.split(':').next(),
        };
        Destination {
            host: host.unwrap_or_default().to_owned(),
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
    match host.parse().ok().or_else(|| plex_direct_address(host)) {
        Some(address) => vec![SocketAddr::new(address, 0)],
        None => (host, 0)
            .to_socket_addrs()
            .map(Vec::from_iter)
            .unwrap_or_default(),
    }
}

/// The address that a name like `192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct` spells. The client takes it from
/// there too.
fn plex_direct_address(host: &str) -> Option<IpAddr> {
    let (address, id) = host.strip_suffix(".plex.direct")?.split_once('.')?;
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let v4 = address.replace('-', ".").parse();
    v4.or_else(|_| address.replace('-', ":").parse()).ok()
}

/// Whether an address is one of this machine's: only those can be bound.
fn is_own(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback() || UdpSocket::bind(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

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
            &format!("https://127-0-0-1.{ID}.plex.direct:32400"),
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
                &format!("https://203-0-113-7.{ID}.plex.direct:32400"),
                "203.0.113.7 is not an address of this machine",
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
