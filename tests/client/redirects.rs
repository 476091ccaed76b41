//! Redirects are reported and never followed: the token stays at the host that it was given for.

use plex_butler::Error;
use plex_butler_test_support::http::{HttpServer, Response};

use crate::util::{NO_DATA, OPERATIONS, TOKEN, answering, client_for, expect_error, url_of};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

#[test]
fn a_redirect_is_reported_and_not_followed() {
    let elsewhere = HttpServer::start(|_| Response::new(200).json(NO_DATA));
    let other_host = format!("{}/butler", elsewhere.url());
    let other_scheme = other_host.replace("http:", "https:");
    for status in STATUSES {
        for location in [
            "/login",
            "butler",
            "",
            &other_host,
            &other_scheme,
            "//example.invalid/",
            "no url at all",
            "ftp://example.invalid/",
        ] {
            let target = location.to_owned();
            let server =
                HttpServer::start(move |_| Response::new(status).header("Location", &target));
            let client = client_for(&server.url());
            for (name, operation) in OPERATIONS {
                match expect_error(operation(&client)) {
                    Error::Status {
                        status: found,
                        location: Some(to),
                        ..
                    } => {
                        assert_eq!((found, &*to), (status, location), "{name}")
                    }
                    other => panic!("{name}, {status} to {location:?}: {other:?}"),
                }
            }
            assert_eq!(
                server.requests().len(),
                OPERATIONS.len(),
                "{status} to {location:?}"
            );
        }
    }
    assert_eq!(
        elsewhere.connections(),
        0,
        "nothing arrives at another server"
    );
}

#[test]
fn a_redirect_without_a_location_is_reported_too() {
    for status in STATUSES {
        let server = HttpServer::start(move |_| Response::new(status));
        for (name, operation) in OPERATIONS {
            match expect_error(operation(&client_for(&server.url()))) {
                Error::Status { location: None, .. } => {}
                other => panic!("{name}, {status}: {other:?}"),
            }
        }
    }
}

#[test]
fn the_message_of_a_redirect_shows_the_target() {
    for (location, message) in [
        (
            Some("https://media.example.org/login"),
            " answered 302: Found, a redirect to https://media.example.org/login",
        ),
        (None, " answered 302: Found"),
    ] {
        let server = HttpServer::start(move |_| match location {
            Some(location) => Response::new(302).header("Location", location),
            None => Response::new(302),
        });
        let error = expect_error(client_for(&server.url()).get_butler_tasks());
        assert!(error.to_string().ends_with(message), "{error}");
        assert_eq!(
            (error.status(), error.is_timeout(), error.is_tls()),
            (Some(302), false, false)
        );
    }
}

#[test]
fn a_location_is_shown_as_one_line_without_the_token() {
    let long = format!("/{}", "a".repeat(10_000));
    for (written, shown) in [
        (b"/\xFF\x80".as_slice(), "/\u{fffd}\u{fffd}"),
        (b"/a\tb", "/a b"),
        ("/caf\u{e9}".as_bytes(), "/caf\u{e9}"),
        (format!("/login/{TOKEN}").as_bytes(), "/login/***"),
        (format!("/login?token={TOKEN}").as_bytes(), "/login"),
        (b"/login#top", "/login"),
        (long.as_bytes(), &format!("{}…", &long[..199])),
    ] {
        let response = [
            b"HTTP/1.1 302 -\r\nContent-Length: 0\r\nLocation: ",
            written,
            b"\r\n\r\n",
        ]
        .concat();
        let server = answering(response);
        match expect_error(client_for(&url_of(&server)).get_butler_tasks()) {
            Error::Status {
                location: Some(location),
                ..
            } => assert_eq!(location, shown),
            other => panic!("{}: {other:?}", written.escape_ascii()),
        }
    }
}

#[test]
fn the_body_of_a_redirect_is_ignored() {
    for rest in [
        "Content-Length: 100\r\n\r\ncut off",
        "Content-Length: 18446744073709551615\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nno number\r\n",
        "\r\nwithout a length",
    ] {
        let server = answering(format!("HTTP/1.1 302 -\r\nLocation: /login\r\n{rest}"));
        let error = expect_error(client_for(&url_of(&server)).start_all_tasks());
        assert!(
            matches!(error, Error::Status { status: 302, .. }),
            "{rest:?}: {error:?}"
        );
    }
}
