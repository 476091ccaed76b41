//! Which proxy a client goes through.

use std::net::IpAddr;

use ureq::Proxy;
use ureq::http::Uri;

use super::url::{check_authority, check_scheme, host, port};
use crate::environment::variable;
use crate::{Error, Input};

/// This machine itself, which a proxy on another machine cannot reach, as entries of `no_proxy`.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// What a caller can choose about the proxy.
#[derive(Clone, Default)]
pub(crate) enum ProxySetting {
    #[default]
    Environment,
    Direct,
    Url(String),
}

impl ProxySetting {
    pub(super) fn proxy(&self, server: &Uri) -> Result<Option<Proxy>, Error> {
        let proxy = match self {
            ProxySetting::Environment => from_environment(server, variable),
            ProxySetting::Direct => Ok(None),
            ProxySetting::Url(url) => parse(url).map(Some).map_err(str::to_owned),
        };
        proxy.map_err(|reason| Error::invalid(Input::Proxy, None, reason))
    }
}

/// `https_proxy` for https, `http_proxy` for http, `all_proxy` for both; no proxy for this machine
/// itself and the hosts in `no_proxy`. If a variable is not set in lower case, it is read in upper
/// case.
fn from_environment(
    server: &Uri,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, String> {
    // In a CGI program, `HTTP_PROXY` is what a remote client sent as the header `Proxy`. Windows
    // ignores the case of names.
    let is_cgi = variable("REQUEST_METHOD").is_some();
    let is_from_client =
        |name: &str| is_cgi && (name == "HTTP_PROXY" || cfg!(windows) && name == "http_proxy");
    let set = |name: String| {
        let value = variable(&name).filter(|_| !is_from_client(&name))?;
        Some((value, name))
    };
    let either_case = |name: &str| set(name.to_owned()).or_else(|| set(name.to_ascii_uppercase()));
    let of_scheme = format!("{}_proxy", server.scheme_str().unwrap_or_default());
    let Some((url, name)) = either_case(&of_scheme).or_else(|| either_case("all_proxy")) else {
        return Ok(None);
    };
    let no_proxy = either_case("no_proxy").map_or_else(String::new, |(list, _)| list);
    if bypasses_proxy(server, &format!("{LOOPBACK},{no_proxy}")) {
        return Ok(None);
    }
    parse(&url)
        .map(Some)
        .map_err(|reason| format!("{reason} (from the environment variable {name})"))
}

fn parse(url: &str) -> Result<Proxy, &'static str> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    check_scheme(scheme, "only http:// and https:// proxies are supported")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if path.contains('@') || rest.contains(['?', '#']) {
        return Err("a /, ? or # is not allowed here; percent-encode it");
    }
    check_authority(
        authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host),
    )?;
    Proxy::new(&format!("{scheme}://{authority}")).map_err(|_| "it is not a valid URL")
}

/// Whether an entry of `NO_PROXY` matches the host. An entry is `*`, an address, a network such as
/// `10.0.0.0/8`, or a domain, which includes its subdomains. Each but a network can have a port.
fn bypasses_proxy(server: &Uri, no_proxy: &str) -> bool {
    let host = host(server).trim_end_matches('.');
    let port = format!(":{}", port(server));
    let mut entries = no_proxy.split(|c: char| c == ',' || c.is_whitespace());
    entries.any(|entry| {
        // Only an IPv6 address in brackets can have a port.
        let entry = entry
            .strip_suffix(&port)
            .filter(|host| !host.contains(':') || host.ends_with(']'))
            .unwrap_or(entry);
        match host.parse() {
            _ if entry == "*" => true,
            Ok(address) => is_in_network(address, entry),
            Err(_) => is_in_domain(host, entry),
        }
    })
}

fn is_in_domain(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('*').trim_matches('.');
    host.strip_suffix(&*domain.to_ascii_lowercase())
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether an address is in a network. A network without a prefix is one address.
fn is_in_network(address: IpAddr, network: &str) -> bool {
    let (network, prefix) = network.split_once('/').unwrap_or((network, "128"));
    let network = network.trim_matches(['[', ']']).parse();
    match (address, network, prefix.parse()) {
        (IpAddr::V4(a), Ok(IpAddr::V4(b)), Ok(prefix)) => {
            (a.to_bits() ^ b.to_bits()).leading_zeros() >= u32::BITS.min(prefix)
        }
        (IpAddr::V6(a), Ok(IpAddr::V6(b)), Ok(prefix)) => {
            (a.to_bits() ^ b.to_bits()).leading_zeros() >= u128::BITS.min(prefix)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The port of the proxy that these variables give for this URL.
    #[track_caller]
    fn proxy_port(url: &str, variables: &[(&str, &str)]) -> Option<u16> {
        let server = url.to_ascii_lowercase().parse().unwrap();
        let value = |name: &str| {
            variables
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, value)| (*value).to_owned())
                .filter(|value| !value.is_empty())
        };
        from_environment(&server, value)
            .unwrap()
            .map(|proxy| proxy.port())
    }

    #[test]
    fn each_scheme_has_its_variable_and_all_proxy_is_the_fallback() {
        let all = [
            ("HTTP_PROXY", "http://p:1"),
            ("HTTPS_PROXY", "http://p:2"),
            ("ALL_PROXY", "http://p:3"),
        ];
        assert_eq!(proxy_port("http://media.test", &all), Some(1));
        assert_eq!(proxy_port("http://media.test", &all[1..]), Some(3));
        assert_eq!(
            proxy_port("http://media.test", &[("http_proxy", "p:4")]),
            Some(4)
        );
        assert_eq!(
            proxy_port(
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
            proxy_port(
                "http://media.test",
                &[("http_proxy", ""), ("HTTP_PROXY", "p:6")]
            ),
            Some(6)
        );
        assert_eq!(
            proxy_port(
                "http://media.test",
                &[("HTTP_PROXY", "p:6"), ("http_proxy", "p:7")]
            ),
            Some(7)
        );
        assert_eq!(
            proxy_port(
                "http://media.test",
                &[("ALL_PROXY", "p:6"), ("all_proxy", "p:7")]
            ),
            Some(7)
        );
        assert_eq!(proxy_port("http://media.test", &[]), None);
        let of_cgi = [
            ("REQUEST_METHOD", "GET"),
            ("HTTP_PROXY", "p:7"),
            ("http_proxy", "p:8"),
        ];
        // Windows cannot distinguish the two.
        assert_eq!(
            proxy_port("http://media.test", &of_cgi),
            if cfg!(windows) { None } else { Some(8) }
        );
        assert_eq!(proxy_port("http://media.test", &of_cgi[..2]), None);
    }

    #[test]
    #[cfg(feature = "rustls")]
    fn https_does_not_use_http_proxy() {
        let all = [
            ("HTTP_PROXY", "http://p:1"),
            ("HTTPS_PROXY", "http://p:2"),
            ("ALL_PROXY", "http://p:3"),
        ];
        assert_eq!(proxy_port("https://media.test", &all), Some(2));
        assert_eq!(proxy_port("https://media.test", &all[..1]), None);
    }

    #[test]
    fn no_proxy_lists_domains_addresses_and_networks() {
        let bypasses = |url, list| {
            let with_list = proxy_port(url, &[("HTTP_PROXY", "http://p:1"), ("NO_PROXY", list)]);
            assert_eq!(
                with_list,
                proxy_port(url, &[("http_proxy", "http://p:1"), ("no_proxy", list)])
            );
            with_list.is_none()
        };
        assert!(bypasses("http://media.test:32400", "localhost, media.test"));
        assert!(bypasses("http://media.test.", "media.test"));
        assert!(bypasses("http://a.media.test", "Media.test"));
        assert!(bypasses("http://a.media.test", ".media.test"));
        assert!(bypasses("http://a.media.test", "*.media.test"));
        assert!(bypasses("http://media.test", "*"));
        assert!(bypasses("http://media.test", "media.test."));
        assert!(bypasses("http://media.test", "localhost\tmedia.test\n"));
        assert!(bypasses("http://media.test:32400", "media.test:32400"));
        assert!(bypasses("http://media.test", "media.test:80"));
        assert!(!bypasses(
            "http://media.test:32400",
            "media.test:3240,media.test:2400"
        ));
        assert!(!bypasses("http://multimedia.test", "media.test"));
        assert!(!bypasses(
            "http://media.test",
            "media.test.example,edia.test,,"
        ));

        assert!(bypasses("http://192.168.1.10:32400", "192.168.1.10"));
        assert!(bypasses(
            "http://192.168.1.10:32400",
            "10.0.0.0/8,192.168.0.0/16"
        ));
        assert!(bypasses("http://192.168.1.10:32400", "0.0.0.0/0"));
        assert!(!bypasses("http://192.169.1.10:32400", "192.168.0.0/16"));
        assert!(!bypasses(
            "http://192.168.1.10:32400",
            "192.168.1.1,192.168.0.0/nonsense,::/0"
        ));
        assert!(bypasses("http://192.168.1.10:32400", "192.168.1.10:32400"));
        assert!(!bypasses("http://192.168.1.10:32400", "192.168.1.10:1"));
        assert!(bypasses("http://[fd00::1]:32400", "[fd00::1]"));
        assert!(bypasses("http://[fd00::1]:32400", "[fd00::1]:32400"));
        assert!(
            bypasses("http://[fd00::32]:1", "fd00::32")
                && !bypasses("http://[fd00::]:1", "fd00::1")
        );
        assert!(bypasses("http://[fd00::1]:32400", "fd00::/8"));
        assert!(bypasses("http://[fd00::1]:32400", "::/0"));
        assert!(!bypasses("http://[fe00::1]:32400", "fd00::/8,10.0.0.0/8"));
    }

    #[test]
    fn an_invalid_proxy_variable_is_named_without_its_password() {
        let server = "http://media.test".parse().unwrap();
        for url in [
            "socks5h://user:word@p:1080",
            "http://user:word@p:0",
            "ftp://p",
            "http://",
            "http://user:word@",
            "http://user:word\u{fffd}@p:1",
        ] {
            let error = from_environment(&server, |name| {
                (name == "ALL_PROXY").then(|| url.to_owned())
            })
            .unwrap_err();
            assert!(
                error.contains("ALL_PROXY") && !error.contains("word"),
                "{error}"
            );
            let error = from_environment(&server, |name| {
                (name == "all_proxy").then(|| url.to_owned())
            })
            .unwrap_err();
            assert!(error.contains("all_proxy"), "{error}");
        }
    }

    #[test]
    fn the_proxy_variables_do_not_apply_to_loopback() {
        let all = [
            ("http_proxy", "p:1"),
            ("https_proxy", "p:2"),
            ("ALL_PROXY", "socks5h://p:3"),
        ];
        for host in [
            "127.0.0.1",
            "127.255.0.9:32400",
            "[::1]:32400",
            "localhost",
            "LOCALHOST.:1",
            "plex.localhost",
        ] {
            assert_eq!(proxy_port(&format!("http://{host}"), &all), None, "{host}");
            assert_eq!(
                proxy_port(&format!("http://{host}"), &all[2..]),
                None,
                "{host}"
            );
        }
        for host in ["128.0.0.1", "[::2]", "localhost.test", "notlocalhost"] {
            assert_eq!(
                proxy_port(&format!("http://{host}"), &all),
                Some(1),
                "{host}"
            );
        }
    }

    #[test]
    #[cfg(feature = "rustls")]
    fn the_proxy_itself_can_be_reached_over_https() {
        assert_eq!(
            proxy_port("http://media.test", &[("http_proxy", "https://p:8")]),
            Some(8)
        );
    }

    #[test]
    #[cfg(not(feature = "rustls"))]
    fn an_https_proxy_needs_tls() {
        let error = parse("https://p:8").unwrap_err();
        assert!(error.contains("the cargo feature `rustls`"), "{error}");
    }
}
