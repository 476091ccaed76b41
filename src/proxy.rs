//! Which proxy a client goes through.

use std::net::IpAddr;

use ureq::Proxy;

use crate::base_url::{BaseUrl, check_authority, without_brackets};
use crate::{Error, tls};

/// What a caller can choose about the proxy.
#[derive(Clone, Default)]
pub(crate) enum ProxySetting {
    #[default]
    Environment,
    Direct,
    Url(String),
}

impl ProxySetting {
    pub(crate) fn into_proxy(self, base: &BaseUrl) -> Result<Option<Proxy>, Error> {
        match self {
            // What is not UTF-8 is kept, so that it is refused or, in `NO_PROXY`, matches nothing.
            ProxySetting::Environment => {
                from_environment(base, |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
            }
            ProxySetting::Direct => Ok(None),
            ProxySetting::Url(url) => {
                parse(&url).map(Some).map_err(|reason| Error::InvalidProxy { reason: reason.into() })
            }
        }
    }
}

/// `HTTPS_PROXY` for https, `HTTP_PROXY` for http, `ALL_PROXY` for both, except for the hosts in `NO_PROXY`; each
/// also in lower case.
fn from_environment(base: &BaseUrl, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Error> {
    let either_case = |name: &str| {
        let set = |name: String| Some((variable(&name).filter(|value| !value.is_empty())?, name));
        set(name.to_owned()).or_else(|| set(name.to_ascii_lowercase()))
    };
    let for_scheme = if base.is_https() {
        "HTTPS_PROXY"
    } else if variable("REQUEST_METHOD").is_some() {
        // In a CGI program, `HTTP_PROXY` is what a remote client sent as the header `Proxy`.
        "http_proxy"
    } else {
        "HTTP_PROXY"
    };
    let Some((url, name)) = either_case(for_scheme).or_else(|| either_case("ALL_PROXY")) else {
        return Ok(None);
    };
    if either_case("NO_PROXY").is_some_and(|(list, _)| is_excepted(base, &list)) {
        return Ok(None);
    }
    parse(&url)
        .map(Some)
        .map_err(|reason| Error::InvalidProxy { reason: format!("{reason} (from the environment variable {name})") })
}

fn parse(url: &str) -> Result<Proxy, &'static str> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    match scheme.to_ascii_lowercase().as_str() {
        "http" => {}
        "https" if tls::ENABLED => {}
        "https" => return Err("an https proxy needs one of the cargo features `rustls` and `native-tls`"),
        _ => return Err("only http:// and https:// proxies are supported"),
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if path.contains('@') || rest.contains(['?', '#']) {
        return Err("a /, ? or # in its user information must be percent-encoded");
    }
    check_authority(authority.rsplit_once('@').map_or(authority, |(_, host)| host))?;
    Proxy::new(&format!("{scheme}://{authority}")).map_err(|_| "it is not a valid URL")
}

/// Whether `NO_PROXY` names the host: `*`, an address, a network such as `10.0.0.0/8`, or a domain, which stands for
/// its subdomains too; each but a network with a port or without.
fn is_excepted(base: &BaseUrl, no_proxy: &str) -> bool {
    let host = base.host().trim_end_matches('.');
    let address: Option<IpAddr> = host.parse().ok();
    let port = format!(":{}", base.port());
    no_proxy
        .split(|c: char| c == ',' || c.is_whitespace())
        .map(|entry| match entry.strip_suffix(&port) {
            Some(host) if !host.contains(':') || host.ends_with(']') => host,
            _ => entry,
        })
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            if entry == "*" {
                return true;
            }
            if let Some(address) = address {
                let (network, prefix) = entry.split_once('/').unwrap_or((without_brackets(entry), "128"));
                return match (network.parse(), prefix.parse()) {
                    (Ok(network), Ok(prefix)) => is_in_network(address, network, prefix),
                    _ => false,
                };
            }
            let domain = entry.trim_start_matches('*').trim_matches('.').to_ascii_lowercase();
            host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

fn is_in_network(address: IpAddr, network: IpAddr, prefix: u32) -> bool {
    let (difference, bits) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => (u128::from(address.to_bits() ^ network.to_bits()), 32u32),
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits() ^ network.to_bits(), 128),
        _ => return false,
    };
    difference.checked_shr(bits.saturating_sub(prefix)).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests;
