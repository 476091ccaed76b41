//! Proxies: the requests to them, the traffic that they see, and the errors for their failures.

use std::io::Read;
use std::thread;
use std::time::Duration;

use plex_butler::{Client, ClientBuilder, Error, Input, TransportErrorKind};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::proxy::ConnectProxy;
use plex_butler_test_support::raw::{RawServer, unused_address};

use crate::util::{
    OPERATIONS, TOKEN, answering, assert_connect_timeout, expect_error, transport_kind, url_of,
};

const TIMEOUT: Duration = Duration::from_millis(500);

/// A client for a host that only the proxy knows.
fn through(proxy: &str) -> ClientBuilder {
    Client::builder("http://media.invalid:32400")
        .token(TOKEN)
        .proxy(proxy)
}

#[test]
fn all_calls_share_one_tunnel_and_the_proxy_resolves_the_name() {
    let server = Pms::with_token(TOKEN).start();
    let proxy = ConnectProxy::start(server.address(), None);
    let client = through(&format!("http://{}", proxy.address()))
        .build()
        .unwrap();
    for (name, operation) in OPERATIONS {
        operation(&client).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let requests = proxy.seen().requests;
    assert_eq!(requests.len(), 1);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].target.as_str()),
        ("CONNECT", "media.invalid:32400")
    );
    assert_eq!(requests[0].header("X-Plex-Token"), None);
    assert_eq!(
        server.requests()[0].header("Host"),
        Some("media.invalid:32400")
    );
}

#[test]
#[cfg(feature = "rustls")]
fn over_https_the_proxy_sees_the_host_and_never_the_token() {
    use plex_butler_test_support::http::HttpServer;
    use plex_butler_test_support::tls::Ca;

    let ca = Ca::new("ours");
    let pms = Pms::with_token(TOKEN);
    let server = HttpServer::start_tls(&ca.sign("media.invalid"), move |request| {
        pms.answer(request)
    });
    let proxy = ConnectProxy::start(server.address(), None);
    let builder = Client::builder("https://media.invalid:32400")
        .token(TOKEN)
        .root_certificates(ca.pem());
    let client = builder.proxy(proxy.address().to_string()).build().unwrap();
    client.get_butler_tasks().unwrap();

    let seen = proxy.seen();
    assert_eq!(seen.requests[0].target, "media.invalid:32400");
    assert!(!format!("{:?}", seen.requests).contains(TOKEN));
    assert!(!seen.tunnelled.is_empty());
    assert!(
        !seen
            .tunnelled
            .windows(TOKEN.len())
            .any(|window| window == TOKEN.as_bytes())
    );
}

#[test]
#[cfg(feature = "rustls")]
fn an_untrusted_certificate_in_the_tunnel_is_not_a_proxy_error() {
    use plex_butler_test_support::http::{HttpServer, Response};
    use plex_butler_test_support::tls::Ca;

    let server = HttpServer::start_tls(&Ca::new("theirs").sign("media.invalid"), |_| {
        Response::new(200)
    });
    let proxy = ConnectProxy::start(server.address(), None);
    let builder =
        Client::builder("https://media.invalid:32400").root_certificates(Ca::new("ours").pem());
    let client = builder.proxy(proxy.address().to_string()).build().unwrap();
    assert_eq!(
        transport_kind(client.get_butler_tasks()),
        TransportErrorKind::Tls
    );
}

#[test]
#[cfg(feature = "rustls")]
fn a_server_that_closes_in_the_tunnel_is_not_a_proxy_error() {
    let server = RawServer::start(|mut stream, _| drop(stream.read(&mut [0; 4096])));
    let proxy = ConnectProxy::start(server.address(), None);
    let builder = Client::builder("https://media.invalid:32400").proxy(proxy.address().to_string());
    assert_eq!(
        transport_kind(builder.build().unwrap().get_butler_tasks()),
        TransportErrorKind::Closed
    );
}

#[test]
fn the_proxy_password_is_sent_to_the_proxy_only() {
    let server = Pms::with_token(TOKEN).start();
    // "user" and "pass:word", as Basic authentication encodes them.
    let proxy = ConnectProxy::start(server.address(), Some("Basic dXNlcjpwYXNzOndvcmQ="));
    let client = through(&format!("http://user:pass%3Aword@{}/", proxy.address()))
        .build()
        .unwrap();
    assert!(
        format!("{client:?}").contains(&proxy.address().to_string()),
        "{client:?}"
    );
    assert!(!format!("{client:?}").contains("word"), "{client:?}");
    client.get_butler_tasks().unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.header("Proxy-Authorization"), None);
    assert_eq!(request.header("Authorization"), None);
}

#[test]
fn a_407_of_the_proxy_is_reported_without_its_password() {
    let server = Pms::with_token(TOKEN).start();
    let proxy = ConnectProxy::start(server.address(), Some("Basic another"));
    let client = through(&format!("http://user:s3cr3t@{}", proxy.address()))
        .build()
        .unwrap();
    let error = expect_error(client.get_butler_tasks());
    let message = error.to_string();
    assert!(
        message.contains(&format!("the proxy failed: {}: ", proxy.address()))
            && message.contains("407"),
        "{message}"
    );
    assert!(error.is_transient(), "nothing was sent: {error:?}");
    assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
    assert_eq!(
        transport_kind(client.get_butler_tasks()),
        TransportErrorKind::Proxy
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_proxy_that_is_down_or_cannot_reach_the_server_is_a_proxy_error() {
    let without_server = ConnectProxy::start(unused_address(), None);
    for proxy in [unused_address(), without_server.address()] {
        let client = through(&format!("http://{proxy}")).build().unwrap();
        for (name, operation) in OPERATIONS {
            let error = expect_error(operation(&client));
            assert!(error.is_transient(), "{name}: {error:?}");
            let message = error.to_string();
            assert!(message.starts_with("cannot send "), "{message}");
            assert!(!message.contains("carried out"), "{message}");
            assert_eq!(
                transport_kind(Err::<(), _>(error)),
                TransportErrorKind::Proxy
            );
        }
    }
}

#[test]
fn a_tunnel_that_the_proxy_refuses_is_reported_with_its_status() {
    let proxy = answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let error =
        expect_error(through(&url_of(&proxy)).build().unwrap().get_butler_tasks()).to_string();
    assert!(
        error.contains(&format!(
            "the proxy failed: {}: proxy server responded 403",
            proxy.address()
        )),
        "{error}"
    );
}

#[test]
fn a_proxy_that_is_not_reached_is_named_with_the_reason_of_the_system() {
    for (proxy, is_unknown) in [
        (unused_address().to_string(), false),
        ("proxy.invalid:3128".to_owned(), true),
    ] {
        let error = expect_error(through(&proxy).build().unwrap().get_butler_tasks()).to_string();
        assert!(
            error.contains(&format!("the proxy failed: {proxy}: ")),
            "{error}"
        );
        assert_eq!(error.contains("host name not found"), is_unknown, "{error}");
        assert!(
            !error.contains(" io: ") && !error.contains(" other: "),
            "{error}"
        );
    }
}

#[test]
fn a_proxy_that_does_not_open_a_tunnel_is_a_proxy_error() {
    let headers = "X: y\r\n".repeat(30);
    for response in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 407 -\r\nContent-Length: 0\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        &*format!("HTTP/1.1 502 -\r\n{headers}\r\n"),
    ] {
        let proxy = answering(response);
        let client = through(&url_of(&proxy)).build().unwrap();
        assert_eq!(
            transport_kind(client.get_butler_tasks()),
            TransportErrorKind::Proxy,
            "{response:?}"
        );
        if cfg!(feature = "rustls") {
            let client = Client::builder("https://media.invalid")
                .proxy(url_of(&proxy))
                .build()
                .unwrap();
            assert_eq!(
                transport_kind(client.get_butler_tasks()),
                TransportErrorKind::Proxy,
                "{response:?}"
            );
        }
    }
}

#[test]
fn a_failure_inside_the_tunnel_is_not_a_proxy_error() {
    let server = answering("SSH-2.0-OpenSSH_9.6\r\n");
    let proxy = ConnectProxy::start(server.address(), None);
    let client = through(&format!("http://{}", proxy.address()))
        .build()
        .unwrap();
    assert_eq!(
        transport_kind(client.get_butler_tasks()),
        TransportErrorKind::InvalidResponse
    );
}

#[test]
fn a_silent_proxy_is_a_timeout() {
    let silent =
        RawServer::start(
            |mut stream, _| while stream.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {},
        );
    let builder = through(&format!("http://user:word@{}", silent.address())).timeout(TIMEOUT);
    let error = expect_error(builder.build().unwrap().get_butler_tasks());
    assert_connect_timeout(&error);
    let proxy = format!(", through the proxy {}", silent.address());
    assert!(error.to_string().ends_with(&proxy), "{error}");
}

#[test]
fn a_tunnel_is_reused_after_the_first_calls_timeout() {
    let server = Pms::with_token(TOKEN).start();
    let proxy = ConnectProxy::start(server.address(), None);
    let builder = through(&format!("http://{}", proxy.address())).timeout(TIMEOUT);
    let client = builder.build().unwrap();
    client.get_butler_tasks().unwrap();
    thread::sleep(TIMEOUT);
    client.get_butler_tasks().unwrap();
    assert_eq!(proxy.seen().requests.len(), 1);
}

#[test]
fn without_a_proxy_the_client_resolves_the_name() {
    let client = Client::builder("http://media.invalid:32400")
        .build()
        .unwrap();
    assert_eq!(
        transport_kind(client.get_butler_tasks()),
        TransportErrorKind::HostNotFound
    );
}

#[test]
fn an_invalid_proxy_is_refused_without_showing_its_password() {
    for url in [
        "socks5://user:word@127.0.0.1:1080",
        "http://user:word@127.0.0.1:70000",
        "ftp://user:word@p",
        "http://user:12/word@p:3",
        "http://user:12?word@p:3",
        "http://user:12#word@p:3",
        "http://127.0.0.1:1?user:word@p:3",
        "",
    ] {
        let error = expect_error(through(url).build());
        assert!(
            matches!(
                error,
                Error::InvalidInput {
                    input: Input::Proxy,
                    ..
                }
            ),
            "{url}"
        );
        assert!(!format!("{error} {error:?}").contains("word"), "{error:?}");
    }
}

#[test]
#[cfg(feature = "rustls")]
fn an_https_proxy_that_is_down_is_a_proxy_error() {
    let client = through(&format!("https://{}", unused_address()))
        .build()
        .unwrap();
    assert_eq!(
        transport_kind(client.get_butler_tasks()),
        TransportErrorKind::Proxy
    );
}
