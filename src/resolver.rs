//! Name lookup that a warm call does not pay for.
//!
//! The HTTP library asks its resolver on every call, pooled connection or not, and its own resolver starts a thread
//! for each lookup that has a deadline. This one looks a name up once in a while, and an address never.
//!
//! ureq keeps `Resolver` out of its semver promise; its signature has been the same since 3.0.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Authority;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::base_url::without_brackets;
use crate::transport::LookupError;

/// How long the addresses of a name are used before it is looked up again.
const MAX_AGE: Duration = Duration::from_secs(30);

/// Remembers the last name that was looked up: a client asks one server, or one proxy.
#[derive(Debug, Default)]
pub(crate) struct CachingResolver {
    lookup: DefaultResolver,
    last: Mutex<Option<Lookup>>,
}

#[derive(Debug)]
struct Lookup {
    authority: Authority,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl CachingResolver {
    fn addresses(&self, addresses: impl IntoIterator<Item = SocketAddr>) -> ResolvedSocketAddrs {
        let mut resolved = self.lookup.empty();
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
        // A panic elsewhere leaves nothing half-written behind the lock.
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*last() {
            if last.authority == *authority && last.at.elapsed() < MAX_AGE {
                return Ok(self.addresses(last.addresses.iter().copied()));
            }
        }
        let resolved = self.lookup.resolve(uri, config, timeout).map_err(|error| match error {
            Error::Io(error) => Error::Other(LookupError(error).into()),
            error => error,
        })?;
        *last() = Some(Lookup {
            authority: authority.clone(),
            addresses: resolved.to_vec(),
            at: Instant::now(),
        });
        Ok(resolved)
    }
}
