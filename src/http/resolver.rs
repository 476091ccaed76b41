//! Name lookup with a cache, so that most calls need no lookup.
//!
//! ureq asks its resolver on every call, even if a connection is open already, and its own resolver starts a thread for
//! each lookup with a deadline. This resolver keeps the addresses of a name for a while. An IP address needs no lookup.
//!
//! The trait `Resolver` is outside ureq's semver promise. Its methods have not changed since 3.0.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Authority;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

use super::failure::Failure;
use super::lock::lock;
use super::url;

/// How long the addresses of a name are used before it is looked up again.
const MAX_AGE: Duration = Duration::from_secs(30);

/// As many as ureq's list of addresses holds.
const MAX_ADDRESSES: usize = 16;

/// Remembers the last name that was looked up: a client asks one server, or one proxy.
#[derive(Debug, Clone, Default)]
pub(super) struct CachingResolver {
    last: Arc<Mutex<Option<Lookup>>>,
}

#[derive(Debug)]
struct Lookup {
    authority: Authority,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl CachingResolver {
    /// Makes the next call look the name up again, because the server may have moved.
    pub(super) fn forget(&self) {
        *lock(&self.last) = None;
    }

    fn resolved(&self, addresses: &[SocketAddr]) -> ResolvedSocketAddrs {
        let mut resolved = self.empty();
        addresses.iter().take(MAX_ADDRESSES).for_each(|address| resolved.push(*address));
        resolved
    }
}

impl Resolver for CachingResolver {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let authority = uri.authority().ok_or(Error::HostNotFound)?;
        let (host, port) = (url::host(uri), url::port(uri));
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(self.resolved(&[SocketAddr::new(address, port)]));
        }
        if let Some(last) = &*lock(&self.last) {
            if last.authority == *authority && last.at.elapsed() < MAX_AGE {
                return Ok(self.resolved(&last.addresses));
            }
        }
        let addresses = look_up(host.to_owned(), port, *timeout.after)?;
        let resolved = self.resolved(&addresses);
        *lock(&self.last) = Some(Lookup { authority: authority.clone(), addresses, at: Instant::now() });
        Ok(resolved)
    }
}

/// Looks a name up in a thread of its own, because the system's lookup has no deadline.
fn look_up(host: String, port: u16, timeout: Duration) -> Result<Vec<SocketAddr>, Error> {
    let shared = Arc::new((Mutex::new(None), Condvar::new()));
    let (result, finished) = &*shared;
    let for_thread = Arc::clone(&shared);
    thread::Builder::new().spawn(move || {
        let addresses = (host, port).to_socket_addrs().map(Vec::from_iter);
        *lock(&for_thread.0) = Some(addresses);
        for_thread.1.notify_one();
    })?;
    let waited = finished.wait_timeout_while(lock(result), timeout, |result| result.is_none());
    match waited.unwrap_or_else(PoisonError::into_inner).0.take() {
        Some(Ok(addresses)) if addresses.is_empty() => Err(Error::HostNotFound),
        Some(result) => result.map_err(|error| Error::Other(Failure::Lookup(error).into())),
        None => Err(Error::Timeout(Timeout::Resolve)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(resolver: &CachingResolver, uri: &'static str) -> Vec<SocketAddr> {
        let resolved = resolver.resolve(&Uri::from_static(uri), &Config::default(), NextTimeout::default());
        resolved.expect("addresses").to_vec()
    }

    #[test]
    fn an_address_needs_no_lookup_and_has_the_port_of_its_scheme() {
        let resolver = CachingResolver::default();
        for (uri, address) in [
            ("http://192.0.2.1/", "192.0.2.1:80"),
            ("https://192.0.2.1/", "192.0.2.1:443"),
            ("https://192.0.2.1:32400/", "192.0.2.1:32400"),
            ("http://[2001:db8::1]:32400/", "[2001:db8::1]:32400"),
        ] {
            assert_eq!(resolve(&resolver, uri), [address.parse().expect("an address")]);
        }
        assert!(resolver.last.lock().expect("the lock").is_none());
    }

    #[test]
    fn addresses_are_cached_for_a_while_and_for_one_name() {
        let resolver = CachingResolver::default();
        let genuine = resolve(&resolver, "http://localhost:32400/");
        let remembered: SocketAddr = "192.0.2.1:32400".parse().expect("an address");
        let remember = |age: Duration| {
            let mut last = resolver.last.lock().expect("the lock");
            let last = last.as_mut().expect("a lookup");
            last.addresses = vec![remembered];
            last.at = Instant::now().checked_sub(age).expect("a time");
        };

        remember(Duration::ZERO);
        assert_eq!(resolve(&resolver, "http://localhost:32400/"), [remembered]);
        remember(MAX_AGE);
        assert_eq!(resolve(&resolver, "http://localhost:32400/"), genuine);
        remember(Duration::ZERO);
        assert_ne!(resolve(&resolver, "http://localhost:32401/"), [remembered]);
    }

    #[test]
    fn a_failed_call_clears_the_cached_addresses() {
        // Port 1 is nobody's.
        let client = crate::Client::builder("http://localhost:1").no_proxy().build().expect("a client");
        assert!(client.get_butler_tasks().is_err());
        assert!(lock(&client.session.resolver.last).is_none());
    }
}
