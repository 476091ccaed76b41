//! https, with real TLS: which certificates are trusted, and what a failure is reported as.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv6Addr, Shutdown, TcpListener};
use std::time::Duration;

use plex_butler::{Client, ClientBuilder, Error, Input, TransportErrorKind};
use plex_butler_test_support::http::HttpServer;
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::RawServer;
use plex_butler_test_support::tls::{Ca, Identity};

use crate::util::{OPERATIONS, TOKEN, assert_connect_timeout, expect_error, read_request_from};

/// A server with this certificate.
fn server(identity: &Identity) -> HttpServer {
    let pms = Pms::with_token(TOKEN);
    HttpServer::start_tls(identity, move |request| pms.answer(request))
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder(url).token(TOKEN)
}

fn trusting(ca: &Ca, url: &str) -> Client {
    builder(url).root_certificates(ca.pem()).build().unwrap()
}

/// The kind and the message of the error of a list, after a check of `is_tls`.
#[track_caller]
fn failure(client: &Client) -> (TransportErrorKind, String) {
    let error = expect_error(client.get_butler_tasks());
    let message = error.to_string();
    let is_tls = error.is_tls();
    let Error::Transport { kind, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(is_tls, kind == TransportErrorKind::Tls);
    (kind, message)
}

#[test]
fn a_certificate_of_a_given_ca_is_trusted_for_all_operations() {
    let ca = Ca::new("ours");
    let server = server(&ca.sign("localhost"));
    let client = trusting(&ca, &server.url_with_host("localhost"));
    for (name, operation) in OPERATIONS {
        operation(&client).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn one_pem_text_can_hold_several_cas() {
    let (first, second) = (Ca::new("the one"), Ca::new("the other"));
    let pem = format!("the one\n{}\nthe other\n{}", first.pem(), second.pem());
    for ca in [&first, &second] {
        let server = server(&ca.sign("localhost"));
        let client = builder(&server.url_with_host("localhost"))
            .root_certificates(&pem)
            .build()
            .unwrap();
        client.get_butler_tasks().unwrap();
    }
}

#[test]
fn a_certificate_for_an_address_is_trusted_at_that_address() {
    let ca = Ca::new("ours");
    let server = server(&ca.sign("127.0.0.1"));
    trusting(&ca, &server.url()).get_butler_tasks().unwrap();
}

#[test]
fn a_certificate_for_an_ipv6_address_is_trusted_at_that_address() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        eprintln!("this machine has no IPv6");
        return;
    }
    let ca = Ca::new("ours");
    let pms = Pms::with_token(TOKEN);
    let address = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let server =
        HttpServer::start_tls_at(address, &ca.sign("::1"), move |request| pms.answer(request));
    trusting(&ca, &server.url()).get_butler_tasks().unwrap();
    assert!(
        server.requests()[0]
            .header("Host")
            .unwrap()
            .starts_with("[::1]:")
    );
}

#[test]
fn a_plex_direct_name_needs_no_name_server_and_its_certificate_is_checked() {
    let ca = Ca::new("ours");
    let id = "0123456789abcdef0123456789abcdef";
    let server = server(&ca.sign(&format!("*.{id}.plex.direct")));
    let url = server.url_with_host(&format!("127-0-0-1.{id}.plex.direct"));
    trusting(&ca, &url).get_butler_tasks().unwrap();

    let other = url.replace(id, &id.replace('0', "1"));
    let (kind, message) = failure(&trusting(&ca, &other));
    assert_eq!(kind, TransportErrorKind::Tls, "{message}");
}

#[test]
fn a_certificate_for_another_name_shows_its_names() {
    let ca = Ca::new("ours");
    for (name, host) in [
        ("media.example.org", "localhost"),
        ("media.example.org", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.1"),
        // A name that is the word of another failure.
        ("unknownissuer.example.org", "localhost"),
    ] {
        let server = server(&ca.sign(name));
        let (_, message) = failure(&trusting(&ca, &server.url_with_host(host)));
        let facts = "TLS failed: the certificate is for another name (invalid peer certificate: ";
        assert!(message.contains(facts), "{message}");
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn a_certificate_for_plex_direct_names_shows_the_url_of_the_address() {
    let ca = Ca::new("ours");
    let id = "0123456789abcdef0123456789abcdef";
    let server = server(&ca.sign(&format!("*.{id}.plex.direct")));
    let url = server.url_with_host(&format!("127-0-0-1.{id}.plex.direct"));
    let (_, message) = failure(&trusting(&ca, &server.url()));
    assert!(
        message.contains(&format!("another name, that of {url} (")),
        "{message}"
    );
    // The address of a name is not known.
    let (_, message) = failure(&trusting(&ca, &server.url_with_host("localhost")));
    assert!(!message.contains(&url), "{message}");
}

#[test]
fn other_failures_have_the_words_of_the_tls_library() {
    let ca = Ca::new("ours");
    let expired = server(&ca.sign_for_years("localhost", 2001..2002));
    let of_ca = Identity::self_signed_ca("localhost");
    let own = server(&of_ca);
    for (server, roots, words) in [
        (&expired, ca.pem(), "certificate expired"),
        (&own, of_ca.pem(), "CaUsedAsEndEntity"),
    ] {
        let url = server.url_with_host("localhost");
        let client = builder(&url).root_certificates(roots).build().unwrap();
        let (kind, message) = failure(&client);
        assert_eq!(kind, TransportErrorKind::Tls, "{message}");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn an_alert_has_the_words_of_the_tls_library() {
    const INTERNAL_ERROR: u8 = 80;
    let server = RawServer::start(|mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&[0x15, 3, 3, 0, 2, 2, INTERNAL_ERROR]);
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read(&mut [0; 4096]);
    });
    let url = format!("https://{}", server.address());
    let (kind, message) = failure(&builder(&url).build().unwrap());
    assert_eq!(kind, TransportErrorKind::Tls, "{message}");
    // What it may mean is not a fact.
    assert!(
        message.ends_with("TLS failed: received fatal alert: InternalError"),
        "{message}"
    );
}

#[test]
fn another_protocol_on_the_port_is_no_tls() {
    let plain = Pms::new().start();
    let ssh = RawServer::start(|mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n");
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read(&mut [0; 4096]);
    });
    for url in [
        plain.url().replace("http:", "https:"),
        format!("https://{}", ssh.address()),
    ] {
        let (kind, message) = failure(&builder(&url).build().unwrap());
        assert_eq!(kind, TransportErrorKind::Tls, "{message}");
        assert!(
            message.contains("TLS failed: no TLS on this port ("),
            "{message}"
        );
    }
}

#[test]
fn consecutive_calls_use_one_tls_connection() {
    let ca = Ca::new("ours");
    let server = server(&ca.sign("localhost"));
    let client = trusting(&ca, &server.url_with_host("localhost"));
    for _ in 0..3 {
        for (_, operation) in OPERATIONS {
            operation(&client).unwrap();
        }
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_certificate_of_an_unknown_ca_is_refused() {
    let server = server(&Ca::new("theirs").sign("localhost"));
    let url = server.url_with_host("localhost");
    for client in [
        builder(&url).build().unwrap(),
        trusting(&Ca::new("ours"), &url),
    ] {
        let (kind, message) = failure(&client);
        assert_eq!(kind, TransportErrorKind::Tls, "{message}");
        let facts = "the issuer of the certificate is not trusted (invalid peer certificate: UnknownIssuer)";
        assert!(message.ends_with(facts), "{message}");
    }
    assert!(
        server.requests().is_empty(),
        "nothing is sent to a server that is not trusted"
    );
}

#[test]
fn a_self_signed_certificate_is_accepted_only_on_request() {
    let server = server(&Identity::self_signed("media.example.org"));
    let url = server.url_with_host("localhost");
    for client in [
        builder(&url),
        builder(&url).danger_accept_invalid_certificates(false),
    ] {
        let (kind, message) = failure(&client.build().unwrap());
        assert_eq!(kind, TransportErrorKind::Tls, "{message}");
    }
    let client = builder(&url)
        .danger_accept_invalid_certificates(true)
        .build()
        .unwrap();
    client.get_butler_tasks().unwrap();
}

#[test]
fn a_self_signed_certificate_can_be_its_own_root() {
    let identity = Identity::self_signed("localhost");
    let server = server(&identity);
    let client = builder(&server.url_with_host("localhost")).root_certificates(identity.pem());
    client.build().unwrap().get_butler_tasks().unwrap();
}

#[test]
fn http_to_an_https_port_is_invalid_http() {
    let server = server(&Ca::new("theirs").sign("localhost"));
    let (kind, message) = failure(
        &builder(&server.url().replace("https:", "http:"))
            .build()
            .unwrap(),
    );
    assert_eq!(kind, TransportErrorKind::InvalidResponse, "{message}");
}

#[test]
fn bytes_that_are_not_tls_are_a_tls_error() {
    let ca = Ca::new("ours");
    let identity = ca.sign("127.0.0.1");
    let server = RawServer::start(move |stream, _| {
        let mut stream = identity.accept(stream).unwrap();
        let _ = read_request_from(&mut stream).and_then(|()| stream.sock.write_all(&[b'-'; 100]));
        let _ = stream.sock.read(&mut [0; 100]);
    });
    let (kind, message) = failure(&trusting(&ca, &format!("https://{}", server.address())));
    assert_eq!(kind, TransportErrorKind::Tls, "{message}");
}

#[test]
fn a_handshake_that_is_cut_off_is_transient_because_nothing_was_sent() {
    let server = RawServer::start(|mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
    });
    let client = builder(&format!("https://{}", server.address()));
    let client = client.build().unwrap();
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client));
        assert!(error.is_transient(), "{name}: {error:?}");
        let message = error.to_string();
        assert!(
            message.starts_with("cannot send ") && message.ends_with(": connection closed"),
            "{message}"
        );
    }
}

#[test]
fn a_handshake_that_never_ends_is_a_timeout() {
    let silent =
        RawServer::start(
            |mut stream, _| while stream.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {},
        );
    // The header of a record of 16 KiB, and then the record drop by drop.
    let dripping = RawServer::start(|mut stream, _| {
        let _ = stream.write_all(&[0x16, 3, 3, 0x40, 0]);
        let pause = stream.try_clone().unwrap();
        let _ = pause.set_read_timeout(Some(Duration::from_millis(20)));
        while stream.write_all(&[0]).is_ok() {
            let _ = (&pause).read(&mut [0; 4096]);
        }
    });
    for server in [silent, dripping] {
        let url = format!("https://{}", server.address());
        let client = builder(&url)
            .timeout(Duration::from_millis(300))
            .build()
            .unwrap();
        let error = expect_error(client.get_butler_tasks());
        assert_connect_timeout(&error);
    }
}

#[test]
fn tls_1_3_and_1_2_are_offered_and_nothing_older() {
    let (hello, received) = std::sync::mpsc::channel();
    let server = RawServer::start(move |mut stream, _| {
        let mut buffer = [0; 4096];
        let length = stream.read(&mut buffer).unwrap_or(0);
        let _ = hello.send(buffer[..length].to_vec());
    });
    failure(
        &builder(&format!("https://{}", server.address()))
            .build()
            .unwrap(),
    );
    // The extension supported_versions (43): five bytes, a list of four, 1.3 and 1.2.
    let versions = [0, 43, 0, 5, 4, 3, 4, 3, 3];
    assert!(
        crate::util::wait_for(&received)
            .windows(versions.len())
            .any(|window| window == versions)
    );
}

#[test]
fn root_certificates_can_start_with_a_byte_order_mark() {
    let ca = Ca::new("ours");
    let server = server(&ca.sign("localhost"));
    let client = builder(&server.url_with_host("localhost"))
        .root_certificates(format!("\u{feff}{}", ca.pem()));
    client.build().unwrap().get_butler_tasks().unwrap();
}

#[test]
fn invalid_root_certificates_are_refused_at_build() {
    let broken = "-----BEGIN CERTIFICATE-----\nMIIB!!\n-----END CERTIFICATE-----\n";
    let key = "-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n";
    let cut = Ca::new("ours").pem().split_at(200).0.to_owned();
    for (pem, reason) in [
        ("", "contains no certificate"),
        ("not a PEM text", "contains no certificate"),
        (key, "contains no certificate"),
        (broken, "is broken"),
        (&cut, "is broken"),
        ("/etc/ssl/home-ca.pem", "contains no certificate"),
    ] {
        let result = builder("https://localhost").root_certificates(pem).build();
        let error = expect_error(result);
        assert!(
            matches!(
                &error,
                Error::InvalidInput {
                    input: Input::RootCertificates,
                    ..
                }
            ) && error.to_string().contains(reason),
            "{pem}: {error}"
        );
    }
}
