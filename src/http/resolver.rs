//! Name lookup, when a connection is opened.
//!
//! ureq asks its resolver before every call, even if a connection is open already, and its own resolver starts a thread
//! for each lookup with a deadline. So ureq gets a resolver that looks nothing up. The TCP connector calls [`look_up`].
//!
//! The trait `Resolver` is outside ureq's semver promise. Its methods have not changed since 3.0.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

use super::failure::Failure;
use super::url;

/// Returns one address, because a resolver has to. Nothing uses it.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut unused = self.empty();
        unused.push(SocketAddr::from(([0; 4], 0)));
        Ok(unused)
    }
}

/// Returns the addresses of the host in a URL, with its port. A name is looked up in a thread of its own, because the
/// system's lookup has no deadline. (A channel for the result would add 18 kB to a program.)
pub(super) fn look_up(uri: &Uri, deadline: Instant) -> Result<Vec<SocketAddr>, Error> {
    let (host, port) = (url::host(uri).to_owned(), url::port(uri));
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let shared = Arc::new((Mutex::new(None), Condvar::new()));
    let for_thread = Arc::clone(&shared);
    thread::Builder::new().spawn(move || {
        let addresses = (host, port).to_socket_addrs().map(Vec::from_iter);
        let (result, finished) = &*for_thread;
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(addresses);
        finished.notify_one();
    })?;
    let left = deadline.saturating_duration_since(Instant::now());
    let (result, finished) = &*shared;
    let result = result.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = finished.wait_timeout_while(result, left, |result| result.is_none());
    match waited.unwrap_or_else(PoisonError::into_inner).0.take() {
        Some(Ok(addresses)) if addresses.is_empty() => Err(Error::HostNotFound),
        Some(result) => result.map_err(|error| Error::Other(Failure::Lookup(error).into())),
        None => Err(Error::Timeout(Timeout::Connect)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_no_lookup_and_has_the_port_of_its_scheme() {
        for (uri, address) in [
            ("http://192.0.2.1/", "192.0.2.1:80"),
            ("https://192.0.2.1/", "192.0.2.1:443"),
            ("https://192.0.2.1:32400/", "192.0.2.1:32400"),
            ("http://[2001:db8::1]:32400/", "[2001:db8::1]:32400"),
        ] {
            let addresses = look_up(&Uri::from_static(uri), Instant::now()).expect("addresses");
            assert_eq!(addresses, [address.parse().expect("an address")]);
        }
    }
}
