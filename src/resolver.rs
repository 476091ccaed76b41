//! Name lookup that a warm call does not pay for.
//!
//! The HTTP library asks its resolver on every call, pooled connection or not, and its own resolver starts a thread
//! for each lookup that has a deadline. This one looks a name up once in a while, and an address never.
//!
//! ureq keeps `Resolver` out of its semver promise; its signature has been the same since 3.0.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Authority;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::base_url::without_brackets;

/// How long the addresses of a name are used before it is looked up again.
const MAX_AGE: Duration = Duration::from_secs(30);

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
        *self.last() = None;
    }

    fn last(&self) -> MutexGuard<'_, Option<Lookup>> {
        // A panic elsewhere leaves nothing half-written behind the lock.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn addresses(&self, addresses: impl IntoIterator<Item = SocketAddr>) -> ResolvedSocketAddrs {
        let mut resolved = self.empty();
        for address in addresses {
            resolved.push(address);
        }
        resolved
    }
}

impl Resolver for CachingResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let Some(authority) = uri.authority() else {
            return Err(Error::HostNotFound);
        };
        if let Ok(address) = without_brackets(authority.host()).parse::<IpAddr>() {
            let default_port = if uri.scheme_str() == Some("https") { 443 } else { 80 };
            let port = authority.port_u16().unwrap_or(default_port);
            return Ok(self.addresses([SocketAddr::new(address, port)]));
        }
        if let Some(last) = &*self.last() {
            if last.authority == *authority && last.at.elapsed() < MAX_AGE {
                return Ok(self.addresses(last.addresses.iter().copied()));
            }
        }
        let resolved = look_up(uri, config, timeout)?;
        *self.last() = Some(Lookup {
            authority: authority.clone(),
            addresses: resolved.to_vec(),
            at: Instant::now(),
        });
        Ok(resolved)
    }
}

/// Looks a name up in a thread of its own, for the system's lookup has no deadline.
fn look_up(uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let (uri, config) = (uri.clone(), config.clone());
    thread::Builder::new().spawn(move || {
        // Once the call has timed out there is nobody to tell.
        let _ = sender.send(DefaultResolver::default().resolve(&uri, &config, NextTimeout::default()));
    })?;
    let resolved = receiver.recv_timeout(*timeout.after);
    resolved
        .map_err(|_| Error::Timeout(timeout.reason))?
        .map_err(|error| match error {
            // Told apart so from every other `Io`.
            Error::Io(error) => Error::Other(error.into()),
            error => error,
        })
}

#[cfg(test)]
mod tests;
