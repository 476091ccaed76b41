//! Name lookup that a warm call does not pay for.
//!
//! The HTTP library asks its resolver on every call, pooled connection or not, and its own resolver starts a thread
//! for each lookup that has a deadline. This one looks a name up once in a while, and an address never.
//!
//! ureq keeps `Resolver` out of its semver promise; its signature has been the same since 3.0.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Authority;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::base_url::{port, without_brackets};

/// How long the addresses of a name are used before it is looked up again.
const MAX_AGE: Duration = Duration::from_secs(30);

/// As many as the HTTP library takes.
const MAX_ADDRESSES: usize = 16;

/// Remembers the last name that was looked up: a client asks one server, or one proxy.
#[derive(Debug, Clone, Default)]
pub(crate) struct CachingResolver {
    last: Arc<Mutex<Option<Lookup>>>,
}

#[derive(Debug)]
struct Lookup {
    authority: Authority,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl CachingResolver {
    /// Has the name looked up anew next time, for the server may have moved.
    pub(crate) fn forget(&self) {
        *lock(&self.last) = None;
    }

    fn addresses(&self, addresses: &[SocketAddr]) -> ResolvedSocketAddrs {
        let mut resolved = self.empty();
        for address in addresses.iter().take(MAX_ADDRESSES) {
            resolved.push(*address);
        }
        resolved
    }
}

impl Resolver for CachingResolver {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let Some(authority) = uri.authority() else {
            return Err(Error::HostNotFound);
        };
        let host = without_brackets(authority.host());
        let port = port(uri);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(self.addresses(&[SocketAddr::new(address, port)]));
        }
        if let Some(last) = &*lock(&self.last) {
            if last.authority == *authority && last.at.elapsed() < MAX_AGE {
                return Ok(self.addresses(&last.addresses));
            }
        }
        let addresses = look_up(host.to_owned(), port, timeout)?;
        let resolved = self.addresses(&addresses);
        *lock(&self.last) = Some(Lookup { authority: authority.clone(), addresses, at: Instant::now() });
        Ok(resolved)
    }
}

/// Looks a name up in a thread of its own, for the system's lookup has no deadline.
fn look_up(host: String, port: u16, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let found = Arc::new((Mutex::new(None), Condvar::new()));
    let shared = Arc::clone(&found);
    thread::Builder::new().spawn(move || {
        let addresses = (host.as_str(), port).to_socket_addrs().map(Vec::from_iter);
        *lock(&shared.0) = Some(addresses);
        shared.1.notify_one();
    })?;
    let waited = found.1.wait_timeout_while(lock(&found.0), *timeout.after, |found| found.is_none());
    let (mut found, _) = waited.unwrap_or_else(PoisonError::into_inner);
    match found.take() {
        Some(Ok(addresses)) if addresses.is_empty() => Err(Error::HostNotFound),
        Some(Ok(addresses)) => Ok(addresses),
        // So that it can be told from every other `Io`.
        Some(Err(error)) => Err(Error::Other(error.into())),
        None => Err(Error::Timeout(timeout.reason)),
    }
}

/// A panic elsewhere leaves nothing half-written behind a lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
