//! Name lookup for ureq. ureq's own starts a thread even for an address, and panics if it cannot.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::failure::not_connected;
use super::url;

/// How many addresses ureq takes.
const MAX_ADDRESSES: usize = 16;

#[derive(Debug)]
pub(super) struct HostResolver;

impl Resolver for HostResolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let (host, port) = (url::host(uri), url::port(uri));
        let address = host.parse().ok().or_else(|| plex_direct_address(host));
        let mut addresses = match address {
            Some(address) => vec![SocketAddr::new(address, port)],
            None => look_up(host.to_owned(), port, timeout).map_err(not_connected)?,
        };
        // PMS listens on IPv6 only if its owner has switched that on.
        addresses.sort_by_key(SocketAddr::is_ipv6);
        let mut resolved = self.empty();
        for address in addresses.into_iter().take(MAX_ADDRESSES) {
            resolved.push(address);
        }
        if resolved.is_empty() {
            return Err(not_connected(Error::HostNotFound));
        }
        Ok(resolved)
    }
}

/// The address that a name like `192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct` spells.
fn plex_direct_address(host: &str) -> Option<IpAddr> {
    let (address, id) = host.strip_suffix(".plex.direct")?.split_once('.')?;
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let v4 = address.replace('-', ".").parse();
    v4.or_else(|_| address.replace('-', ":").parse()).ok()
}

/// Asks the system, in a thread because the system's lookup has no timeout.
fn look_up(host: String, port: u16, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let addresses = (host, port).to_socket_addrs().map(Vec::from_iter);
        // An error means that the time has run out.
        let _ = sender.send(addresses);
    })?;
    match receiver.recv_timeout(*timeout.after) {
        Ok(addresses) => addresses.map_err(|_| Error::HostNotFound),
        Err(_) => Err(Error::Timeout(timeout.reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn resolve(uri: &str) -> Vec<SocketAddr> {
        let uri = uri.parse().expect("a URL");
        let (config, timeout) = (Config::default(), NextTimeout::default());
        let resolved = HostResolver.resolve(&uri, &config, timeout);
        resolved.expect("addresses").to_vec()
    }

    #[test]
    fn an_address_needs_no_lookup_and_has_the_port_of_its_scheme() {
        for (uri, address) in [
            ("http://192.0.2.1/", "192.0.2.1:80"),
            ("https://192.0.2.1/", "192.0.2.1:443"),
            ("https://192.0.2.1:32400/", "192.0.2.1:32400"),
            ("http://[2001:db8::1]:32400/", "[2001:db8::1]:32400"),
        ] {
            assert_eq!(resolve(uri), [address.parse().expect("an address")]);
        }
    }

    #[test]
    fn a_plex_direct_name_spells_its_address() {
        let id = "0123456789abcdef0123456789abcdef";
        for (label, address) in [
            ("192-168-1-10", "192.168.1.10:32400"),
            ("2001-db8--1", "[2001:db8::1]:32400"),
            ("fd00-0-0-0-0-0-0-1", "[fd00::1]:32400"),
        ] {
            let uri = format!("https://{label}.{id}.plex.direct:32400/");
            assert_eq!(resolve(&uri), [address.parse().expect("an address")]);
        }
        for host in [
            format!("192-168-1.{id}.plex.direct"),
            format!("192-168-1-256.{id}.plex.direct"),
            format!("a.192-168-1-10.{id}.plex.direct"),
            format!("192-168-1-10.{}.plex.direct", &id[1..]),
            format!("192-168-1-10.{}g.plex.direct", &id[1..]),
            format!("192-168-1-10.{id}.plex.direct.example"),
            "192-168-1-10.plex.direct".into(),
            "plex.direct".into(),
        ] {
            assert_eq!(plex_direct_address(&host), None, "{host}");
        }
    }

    #[test]
    fn ipv4_addresses_come_first() {
        let addresses = resolve("http://localhost:32400/");
        assert!(addresses[0].is_ipv4(), "{addresses:?}");
        assert!(addresses.is_sorted_by_key(SocketAddr::is_ipv6));
    }
}
