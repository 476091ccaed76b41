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
            ProxySetting::Environment => from_environment(base, |name| std::env::var(name).ok()),
            ProxySetting::Direct => Ok(None),
            ProxySetting::Url(url) => parse(&url)
                .map(Some)
                .map_err(|reason| Error::InvalidProxy { reason: reason.into() }),
        }
    }
}

/// `HTTPS_PROXY` for https, `HTTP_PROXY` for http, `ALL_PROXY` for both, except for the hosts in `NO_PROXY`; each
/// also in lower case.
fn from_environment(base: &BaseUrl, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Error> {
    let either_case = |name: &'static str| {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Some((name, set(name).or_else(|| set(&name.to_ascii_lowercase()))?))
    };
    let for_scheme = if base.is_https() {
        "HTTPS_PROXY"
    } else if variable("REQUEST_METHOD").is_some() {
        // In a CGI program, `HTTP_PROXY` is what a remote client sent as the header `Proxy`.
        "http_proxy"
    } else {
        "HTTP_PROXY"
    };
    let Some((name, url)) = either_case(for_scheme).or_else(|| either_case("ALL_PROXY")) else {
        return Ok(None);
    };
    if either_case("NO_PROXY").is_some_and(|(_, list)| is_excepted(base.host(), &list)) {
        return Ok(None);
    }
    parse(&url).map(Some).map_err(|reason| Error::InvalidProxy {
        reason: format!("{reason} (from the environment variable {name})"),
    })
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
    if path.contains('@') {
        return Err("a slash in its user information must be percent-encoded");
    }
    check_authority(authority.rsplit_once('@').map_or(authority, |(_, host)| host))?;
    Proxy::new(&format!("{scheme}://{authority}")).map_err(|_| "it is not a valid URL")
}

/// Whether `NO_PROXY` names the host: `*`, an address, a network such as `10.0.0.0/8`, or a domain, which stands for
/// its subdomains too.
fn is_excepted(host: &str, no_proxy: &str) -> bool {
    let host = host.trim_end_matches('.');
    let address: Option<IpAddr> = host.parse().ok();
    no_proxy
        .split([',', ' '])
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
            let domain = entry
                .trim_start_matches('*')
                .trim_start_matches('.')
                .to_ascii_lowercase();
            host.strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
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
mod tests {
    use super::*;

    /// The port of the proxy that these variables give for this URL.
    #[track_caller]
    fn port(url: &str, variables: &[(&str, &str)]) -> Option<u16> {
        let base = BaseUrl::parse(url).unwrap();
        let value = |name: &str| {
            variables
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, value)| (*value).to_owned())
        };
        from_environment(&base, value).unwrap().map(|proxy| proxy.port())
    }

    #[test]
    fn each_scheme_has_its_variable_and_all_proxy_stands_for_both() {
        let all = [
            ("HTTP_PROXY", "http://p:1"),
            ("HTTPS_PROXY", "http://p:2"),
            ("ALL_PROXY", "http://p:3"),
        ];
        assert_eq!(port("http://media.test", &all), Some(1));
        assert_eq!(port("http://media.test", &all[1..]), Some(3));
        assert_eq!(port("http://media.test", &[("http_proxy", "p:4")]), Some(4));
        assert_eq!(
            port(
                "http://media.test",
                &[
                    ("HTTP_PROXY", ""),
                    ("http_proxy", ""),
                    ("all_proxy", "http://user:word@p:5/")
                ]
            ),
            Some(5)
        );
        assert_eq!(
            port("http://media.test", &[("HTTP_PROXY", ""), ("http_proxy", "p:6")]),
            Some(6)
        );
        assert_eq!(port("http://media.test", &[]), None);
        let of_cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "p:7"), ("http_proxy", "p:8")];
        assert_eq!(port("http://media.test", &of_cgi), Some(8));
        assert_eq!(port("http://media.test", &of_cgi[..2]), None);
    }

    #[test]
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    fn https_has_a_variable_of_its_own() {
        let all = [
            ("HTTP_PROXY", "http://p:1"),
            ("HTTPS_PROXY", "http://p:2"),
            ("ALL_PROXY", "http://p:3"),
        ];
        assert_eq!(port("https://media.test", &all), Some(2));
        assert_eq!(port("https://media.test", &all[..1]), None);
    }

    #[test]
    fn no_proxy_excepts_names_with_their_subdomains_addresses_and_networks() {
        let excepted = |url, list| {
            let with_list = port(url, &[("HTTP_PROXY", "http://p:1"), ("NO_PROXY", list)]);
            assert_eq!(
                with_list,
                port(url, &[("http_proxy", "http://p:1"), ("no_proxy", list)])
            );
            with_list.is_none()
        };
        assert!(excepted("http://media.test:32400", "localhost, media.test"));
        assert!(excepted("http://media.test.", "media.test"));
        assert!(excepted("http://a.media.test", "Media.test"));
        assert!(excepted("http://a.media.test", ".media.test"));
        assert!(excepted("http://a.media.test", "*.media.test"));
        assert!(excepted("http://media.test", "*"));
        assert!(!excepted("http://multimedia.test", "media.test"));
        assert!(!excepted("http://media.test", "media.test.example,edia.test,,"));

        assert!(excepted("http://192.168.1.10:32400", "192.168.1.10"));
        assert!(excepted("http://192.168.1.10:32400", "10.0.0.0/8,192.168.0.0/16"));
        assert!(excepted("http://192.168.1.10:32400", "0.0.0.0/0"));
        assert!(!excepted("http://192.169.1.10:32400", "192.168.0.0/16"));
        assert!(!excepted(
            "http://192.168.1.10:32400",
            "192.168.1.1,192.168.0.0/nonsense,::/0"
        ));
        assert!(excepted("http://[fd00::1]:32400", "[fd00::1]"));
        assert!(excepted("http://[fd00::1]:32400", "fd00::/8"));
        assert!(excepted("http://[fd00::1]:32400", "::/0"));
        assert!(!excepted("http://[fe00::1]:32400", "fd00::/8,10.0.0.0/8"));
    }

    #[test]
    fn a_variable_that_is_no_proxy_is_refused_by_its_name_and_without_its_password() {
        let base = BaseUrl::parse("http://media.test").unwrap();
        for url in [
            "socks5h://user:word@p:1080",
            "http://user:word@p:0",
            "ftp://p",
            "http://",
            "http://user:word@",
        ] {
            let error = from_environment(&base, |name| (name == "ALL_PROXY").then(|| url.to_owned())).unwrap_err();
            assert!(matches!(error, Error::InvalidProxy { .. }));
            let message = format!("{error} {error:?}");
            assert!(message.contains("ALL_PROXY") && !message.contains("word"), "{message}");
        }
    }
}
