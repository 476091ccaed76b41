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
            // Told apart so from every other `Io`.
            Error::Io(error) => Error::Other(error.into()),
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
    fn a_name_is_looked_up_again_when_its_addresses_are_old_or_of_another_name() {
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
}
