use super::*;

/// The port of the proxy that these variables give for this URL.
#[track_caller]
fn port(url: &str, variables: &[(&str, &str)]) -> Option<u16> {
    let base = BaseUrl::parse(url).unwrap();
    let value = |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    from_environment(&base, value).unwrap().map(|proxy| proxy.port())
}

#[test]
fn each_scheme_has_its_variable_and_all_proxy_stands_for_both() {
    let all = [("HTTP_PROXY", "http://p:1"), ("HTTPS_PROXY", "http://p:2"), ("ALL_PROXY", "http://p:3")];
    assert_eq!(port("http://media.test", &all), Some(1));
    assert_eq!(port("http://media.test", &all[1..]), Some(3));
    assert_eq!(port("http://media.test", &[("http_proxy", "p:4")]), Some(4));
    assert_eq!(
        port("http://media.test", &[("HTTP_PROXY", ""), ("http_proxy", ""), ("all_proxy", "http://user:word@p:5/")]),
        Some(5)
    );
    assert_eq!(port("http://media.test", &[("HTTP_PROXY", ""), ("http_proxy", "p:6")]), Some(6));
    assert_eq!(port("http://media.test", &[]), None);
    let of_cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "p:7"), ("http_proxy", "p:8")];
    assert_eq!(port("http://media.test", &of_cgi), Some(8));
    assert_eq!(port("http://media.test", &of_cgi[..2]), None);
}

#[test]
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn https_has_a_variable_of_its_own() {
    let all = [("HTTP_PROXY", "http://p:1"), ("HTTPS_PROXY", "http://p:2"), ("ALL_PROXY", "http://p:3")];
    assert_eq!(port("https://media.test", &all), Some(2));
    assert_eq!(port("https://media.test", &all[..1]), None);
}

#[test]
fn no_proxy_excepts_names_with_their_subdomains_addresses_and_networks() {
    let excepted = |url, list| {
        let with_list = port(url, &[("HTTP_PROXY", "http://p:1"), ("NO_PROXY", list)]);
        assert_eq!(with_list, port(url, &[("http_proxy", "http://p:1"), ("no_proxy", list)]));
        with_list.is_none()
    };
    assert!(excepted("http://media.test:32400", "localhost, media.test"));
    assert!(excepted("http://media.test.", "media.test"));
    assert!(excepted("http://a.media.test", "Media.test"));
    assert!(excepted("http://a.media.test", ".media.test"));
    assert!(excepted("http://a.media.test", "*.media.test"));
    assert!(excepted("http://media.test", "*"));
    assert!(excepted("http://media.test", "media.test."));
    assert!(excepted("http://media.test", "localhost\tmedia.test\n"));
    assert!(excepted("http://media.test:32400", "media.test:32400"));
    assert!(excepted("http://media.test", "media.test:80"));
    assert!(!excepted("http://media.test:32400", "media.test:3240,media.test:2400"));
    assert!(!excepted("http://multimedia.test", "media.test"));
    assert!(!excepted("http://media.test", "media.test.example,edia.test,,"));

    assert!(excepted("http://192.168.1.10:32400", "192.168.1.10"));
    assert!(excepted("http://192.168.1.10:32400", "10.0.0.0/8,192.168.0.0/16"));
    assert!(excepted("http://192.168.1.10:32400", "0.0.0.0/0"));
    assert!(!excepted("http://192.169.1.10:32400", "192.168.0.0/16"));
    assert!(!excepted("http://192.168.1.10:32400", "192.168.1.1,192.168.0.0/nonsense,::/0"));
    assert!(excepted("http://192.168.1.10:32400", "192.168.1.10:32400"));
    assert!(!excepted("http://192.168.1.10:32400", "192.168.1.10:1"));
    assert!(excepted("http://[fd00::1]:32400", "[fd00::1]"));
    assert!(excepted("http://[fd00::1]:32400", "[fd00::1]:32400"));
    assert!(excepted("http://[fd00::32]:1", "fd00::32") && !excepted("http://[fd00::]:1", "fd00::1"));
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
        "http://user:word\u{fffd}@p:1",
    ] {
        let error = from_environment(&base, |name| (name == "ALL_PROXY").then(|| url.to_owned())).unwrap_err();
        assert!(matches!(error, Error::InvalidProxy { .. }));
        let message = format!("{error} {error:?}");
        assert!(message.contains("ALL_PROXY") && !message.contains("word"), "{message}");
        let error = from_environment(&base, |name| (name == "all_proxy").then(|| url.to_owned())).unwrap_err();
        assert!(error.to_string().contains("all_proxy"), "{error}");
    }
}
