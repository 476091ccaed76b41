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

#[cfg(test)]
mod tests {
    use super::*;

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
}
