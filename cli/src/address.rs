//! What people give in place of the server's URL.

use std::net::IpAddr;

use plex_butler::Client;

/// The URL that is meant by an address or a host name, with or without a port and a path. A name without dots and without a
/// port can be a token.
pub(crate) fn finished_url(address: &str) -> Option<String> {
    let address = address.trim_start_matches('/');
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let is_name = host == "localhost" || host.contains('.') && !host.starts_with("eyJ");
    let host = match host.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => format!("[{address}]:32400"),
        _ if has_port => host.into(),
        _ if !is_name && !host.starts_with('[') => return None,
        _ => format!("{host}:32400"),
    };
    // A browser shows the server's web app there.
    let path = path.strip_prefix("web").map_or(path, |_| "");
    let finished = format!("http://{host}/{path}");
    let finished = finished.trim_end_matches('/').to_owned();
    Client::builder(&finished).build().ok().map(|_| finished)
}

/// Why an address that people give cannot be that of one server.
pub(crate) fn mistake(url: &str) -> Option<String> {
    if url.trim_matches(['"', '\'', '`']) != url {
        return Some("it is in quotes; remove them".into());
    }
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    if rest.starts_with(['$', '%']) || rest.contains("${") {
        return Some("it has a variable that nothing has replaced with its value".into());
    }
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
    let is_address = |part: &str| part.contains("://") || finished_url(part).is_some();
    let parts = url.split(is_separator).filter(|part| !part.is_empty());
    if parts.skip(1).any(is_address) {
        return Some("give only one address, without spaces and commas".into());
    }
    let host = rest.split([':', '/', '?', '#']).next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    if host == "plex.tv" || host.ends_with(".plex.tv") {
        let advice = "it is Plex's web app; give the address of the server itself, such as http://192.168.1.10:32400";
        return Some(advice.into());
    }
    let web_page = ["/web/index.html", "/web/#", "/web#"];
    let server = web_page.iter().find_map(|page| url.split_once(page))?.0;
    // A URL that is refused can have a password in it.
    Client::builder(server).build().ok()?;
    Some(format!(
        "it is the server's web app; did you mean {server}?"
    ))
}

/// The host of a URL that the client has accepted, an IPv6 address without its brackets.
pub(crate) fn host(url: &str) -> &str {
    let authority = authority(url);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    host.trim_matches(['[', ']'])
}

pub(crate) fn is_https(url: &str) -> bool {
    url.to_ascii_lowercase().starts_with("https:")
}

fn authority(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_host() {
        for (url, expected) in [
            ("http://plex:32400", "plex"),
            ("https://media.example.org/plex", "media.example.org"),
            ("http://192.0.2.1/a:b", "192.0.2.1"),
            ("http://[fd00::1]:32400/", "fd00::1"),
            ("HTTPS://[fd00::1]", "fd00::1"),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }

    #[test]
    fn an_address_is_finished_to_a_url() {
        for (address, url) in [
            ("192.168.1.10", "http://192.168.1.10:32400"),
            ("192.168.1.10:8080", "http://192.168.1.10:8080"),
            ("media.example.org", "http://media.example.org:32400"),
            ("localhost", "http://localhost:32400"),
            ("fd00::1", "http://[fd00::1]:32400"),
            ("[fd00::1]", "http://[fd00::1]:32400"),
            ("[fd00::1]:8080", "http://[fd00::1]:8080"),
            ("plex:32400", "http://plex:32400"),
            ("//192.168.1.10/", "http://192.168.1.10:32400"),
            (
                "192.168.1.10:8080/web/index.html",
                "http://192.168.1.10:8080",
            ),
            (
                "media.example.org/plex",
                "http://media.example.org:32400/plex",
            ),
        ] {
            assert_eq!(finished_url(address).as_deref(), Some(url));
        }
        for text in [
            "",
            "abcdefghijklmnopqrst",
            "eyJh.eyJi.c",
            "https//192.168.1.10:32400",
            "http:192.168.1.10",
            "user:word@media.example.org:1",
            "a b.c",
            "media.example.org:x",
        ] {
            assert_eq!(finished_url(text), None, "{text}");
        }
    }

    #[test]
    fn several_addresses_are_not_one() {
        for url in [
            "http://a:32400,http://b:32400",
            "http://a:32400 http://b:32400",
            "http://a:32400/;http://b:32400/",
            "http://192.168.1.10:32400,192.168.1.11:32400",
            "192.168.1.10, 192.168.1.11",
            "[fd00::1]|[fd00::2]",
            "http://plex server:32400",
        ] {
            let found = mistake(url).unwrap_or_default();
            assert_eq!(found, "give only one address, without spaces and commas");
        }
        for url in [
            "http://192.168.1.10:32400/",
            "http://user:a,b@media.example.org",
            "http://media.example.org/a,b",
            "http://192.168.1.10:32400,",
            "",
        ] {
            assert_eq!(mistake(url), None, "{url}");
        }
    }

    #[test]
    fn a_url_that_a_file_or_a_script_has_left_as_it_was_is_noticed() {
        for (url, part) in [
            ("\"http://192.168.1.10:32400\"", "in quotes"),
            ("'http://192.168.1.10:32400'", "in quotes"),
            ("\"192.168.1.10\"", "in quotes"),
            ("${PLEX_URL}", "a variable"),
            ("$PLEX_URL", "a variable"),
            ("%PLEX_URL%", "a variable"),
            ("http://$HOST:32400", "a variable"),
            ("http://plex.${DOMAIN}:32400", "a variable"),
            ("http://%HOST%", "a variable"),
        ] {
            let found = mistake(url).unwrap_or_default();
            assert!(found.contains(part), "{url}: {found}");
        }
        for url in ["http://h/a$b/c%20d", "http://h/it's"] {
            assert_eq!(mistake(url), None, "{url}");
        }
    }

    #[test]
    fn a_web_page_is_not_a_server() {
        for url in [
            "https://app.plex.tv",
            "https://app.plex.tv/desktop/#!/server/0123",
            "APP.plex.tv:443/",
            "plex.tv",
        ] {
            let found = mistake(url).unwrap_or_default();
            assert!(
                found.contains("the server itself, such as http://"),
                "{found}"
            );
        }
        for (page, server) in [
            (
                "http://192.168.1.10:32400/web/index.html",
                "http://192.168.1.10:32400",
            ),
            ("http://h/plex/web/index.html#!/settings", "http://h/plex"),
            (
                "http://[::1]:32400/web/#!/?X-Plex-Token=0123",
                "http://[::1]:32400",
            ),
        ] {
            let expected = format!("it is the server's web app; did you mean {server}?");
            assert_eq!(mistake(page), Some(expected));
        }
        for url in [
            "https://1-2-3-4.0123.plex.direct:32400",
            "https://media.example.org/web",
            "https://user:word@h/web/index.html",
            "https://myplex.tv.example.org",
        ] {
            assert_eq!(mistake(url), None, "{url}");
        }
    }
}
