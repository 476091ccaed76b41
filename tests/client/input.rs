//! The input of a caller: sent as documented, or refused before anything is sent.

use plex_butler::{Client, ClientBuilder, Error, Input};
use plex_butler_test_support::http::{HttpServer, Request, Response};

use crate::util::{NO_DATA, TOKEN, client_for, expect_error};

/// A server that answers every request with a success.
fn server() -> HttpServer {
    HttpServer::start(|_| Response::of_pms(200).json(NO_DATA))
}

/// The one request that an operation sends.
fn sent(configure: impl FnOnce(ClientBuilder) -> ClientBuilder, path: &str) -> Request {
    let server = server();
    let builder = Client::builder(format!("{}{path}", server.url())).token(TOKEN);
    let client = configure(builder).build().expect("a client");
    client.start_all_tasks().expect("a success");
    server.requests().remove(0)
}

#[test]
fn a_base_url_can_have_a_path_and_trailing_slashes() {
    for (path, target) in [
        ("", "/butler"),
        ("/", "/butler"),
        ("///", "/butler"),
        ("/plex", "/plex/butler"),
        ("/plex/", "/plex/butler"),
        ("/a//b/", "/a//b/butler"),
        ("/a%20b/%2F/%c3%a4", "/a%20b/%2F/%c3%a4/butler"),
        ("/-._~!$&'()*+,;=:", "/-._~!$&'()*+,;=:/butler"),
        ("/../plex", "/../plex/butler"),
        ("/...", "/.../butler"),
    ] {
        let request = sent(|builder| builder, path);
        assert_eq!(
            (&*request.method, &*request.target),
            ("POST", target),
            "{path}"
        );
    }
}

#[test]
fn every_form_of_a_servers_url_is_accepted() {
    for url in [
        "http://localhost",
        "HTTP://LOCALHOST:32400",
        "https://media.example.org/plex",
        "https://1-2-3-4.0123456789abcdef0123456789abcdef.plex.direct:32400",
        "http://under_score-host:1",
        "http://trailing.dot.:65535",
        "http://127.0.0.1:32400",
        "http://[::1]:32400",
        "http://[::ffff:1.2.3.4]",
        "http://xn--mnchen-3ya.example",
    ] {
        let built = Client::builder(url).build();
        assert!(
            built.is_ok() || url.starts_with("https:"),
            "{url}: {built:?}"
        );
    }
}

#[test]
fn an_invalid_base_url_is_refused_with_a_reason() {
    for (url, reason) in [
        ("", "must start with http"),
        ("localhost:32400", "must start with http"),
        ("//localhost", "must start with http"),
        ("http:/localhost", "must start with http"),
        ("ftp://localhost", "must start with http"),
        ("file:///etc/passwd", "must start with http"),
        ("://localhost", "must start with http"),
        ("http://", "not a valid URL"),
        ("http:///plex", "not a valid URL"),
        ("http://:32400", "host is missing"),
        ("http://local host", "without spaces"),
        ("http://localhost\r\nX: y", "without spaces"),
        ("http://localhost/\0", "must be ASCII"),
        ("http://localhost/\u{7f}", "must be ASCII"),
        ("http://m\u{fc}nchen.example", "must be ASCII"),
        ("http://localhost/caf\u{e9}", "must be ASCII"),
        ("http://localhost?", "a query"),
        (
            "http://localhost/plex?X-Plex-Token=s3cr3t-t0k3n-0123456789",
            "a query",
        ),
        ("http://localhost#top", "a fragment"),
        ("http://localhost/#s3cr3t-t0k3n-0123456789", "a fragment"),
        ("http://user@localhost", "credentials"),
        (
            "http://user:s3cr3t-t0k3n-0123456789@localhost",
            "credentials",
        ),
        ("http://a@s3cr3t-t0k3n-0123456789@localhost", "credentials"),
        ("http://@localhost", "credentials"),
        ("http://localhost:", "port"),
        ("http://localhost:0", "port"),
        ("http://localhost:65536", "port"),
        ("http://localhost:-1", "port"),
        ("http://localhost:+80", "port"),
        ("http://localhost:http", "port"),
        ("http://user:s3cr3t-t0k3n-0123456789", "port"),
        (
            "http://user:s3cr3t-t0k3n-0123456789%40localhost:32400/plex",
            "not a valid URL",
        ),
        ("http://localhost:80:80", "not a valid URL"),
        ("http://::1", "not a valid URL"),
        ("http://[::1", "not a valid URL"),
        ("http://local%68ost", "not a valid URL"),
        ("http://a\\b", "not a valid URL"),
        (
            "http://user:1/s3cr3t-t0k3n-0123456789@localhost",
            "credentials",
        ),
        ("http://[::1]32400", "port"),
        ("http://[::1]x", "port"),
        ("http://[]:80", "host is missing"),
        (
            "http://localhost/:32400",
            "the port belongs before the slash",
        ),
        ("http://localhost/:32400/plex", "the port belongs before"),
        ("http://localhost/butler", "which the client adds"),
        ("http://localhost/plex/butler//", "which the client adds"),
        ("http://localhost/<a>", "not a valid URL"),
    ] {
        match expect_error(Client::builder(url).build()) {
            Error::InvalidInput {
                input: Input::BaseUrl,
                reason: found,
                ..
            } => {
                assert!(found.contains(reason), "{url:?}: {found}")
            }
            other => panic!("{url:?}: {other:?}"),
        }
    }
    let long = format!("http://localhost/{}", "a".repeat(70_000));
    let error = expect_error(Client::builder(long).build());
    assert!(
        matches!(
            error,
            Error::InvalidInput {
                input: Input::BaseUrl,
                ..
            }
        ) && error.to_string().len() < 400,
        "{error}"
    );
}

#[test]
fn a_refused_base_url_is_not_shown_because_it_may_hold_a_secret() {
    for url in [
        TOKEN,
        "http:/user:word",
        "http//user:word",
        "http;//user:word",
        "user:word@media.example.org?word",
        "user:word://media.example.org",
        "word http://media.example.org",
        "http://user:word@media.example.org/plex",
        "http://media.example.org/?X-Plex-Token=word",
        "http://media.example.org/#word",
        "http://user:pass?word@media.example.org",
        "http://user:1/word@media.example.org",
        "http://user:1word",
    ] {
        let builder = Client::builder(url);
        assert!(!format!("{builder:?}").contains("word"), "{builder:?}");
        let error = expect_error(builder.build());
        assert!(
            matches!(
                error,
                Error::InvalidInput {
                    input: Input::BaseUrl,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(!format!("{error} {error:?}").contains("word"), "{error:?}");
    }
    // As after `Client::new` with its arguments swapped.
    expect_error(Client::new(TOKEN, "http://localhost:32400"));
}

#[test]
fn white_space_around_base_url_and_token_is_ignored() {
    let server = server();
    for (before, after) in [("", "\n"), ("", "\r\n"), (" ", " ")] {
        let url = format!("{before}{}{after}", server.url());
        let token = format!("{before}{TOKEN}{after}");
        let client = Client::builder(url).token(token).build();
        client
            .expect("a client")
            .start_all_tasks()
            .expect("a success");
    }
    for request in server.requests() {
        assert_eq!(request.header("X-Plex-Token"), Some(TOKEN));
    }
}

#[test]
fn a_token_or_an_identifier_must_be_visible_ascii() {
    for value in [
        "",
        " ",
        "a b",
        "a\r\nb",
        "a\nb",
        "\0",
        "\t",
        "\u{7f}",
        "caf\u{e9}",
        "\u{202e}",
    ] {
        for (expected, result) in [
            (Input::Token, Client::new("http://localhost", value)),
            (
                Input::ClientIdentifier,
                Client::builder("http://localhost")
                    .client_identifier(value)
                    .build(),
            ),
        ] {
            match expect_error(result) {
                Error::InvalidInput { input, .. } => assert_eq!(input, expected, "{value:?}"),
                other => panic!("{expected}: {value:?}: {other:?}"),
            }
        }
    }
    let all: String = ('!'..='~').collect();
    let request = sent(|builder| builder.token(&all).client_identifier(&all), "");
    assert_eq!(request.header("X-Plex-Token"), Some(&*all));
    assert_eq!(request.header("X-Plex-Client-Identifier"), Some(&*all));
}

#[test]
fn an_error_never_shows_a_refused_token() {
    for token in [
        format!("{TOKEN}\n{TOKEN}"),
        format!("{TOKEN} {TOKEN}"),
        format!("{TOKEN}\u{e9}"),
    ] {
        expect_error(Client::new("http://localhost", &token));
        expect_error(
            Client::builder("http://localhost")
                .header("Authorization", format!("{token}\0"))
                .build(),
        );
    }
}

#[test]
fn a_header_that_the_client_controls_is_refused() {
    for name in [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Accept",
        "Accept-Encoding",
        "Expect",
        "TE",
        "Trailer",
        "Upgrade",
        "Range",
        "X-Plex-Token",
        "X-Plex-Client-Identifier",
        "hOST",
        "x-plex-TOKEN",
    ] {
        match expect_error(
            Client::builder("http://localhost")
                .header(name, "x")
                .build(),
        ) {
            Error::InvalidInput {
                input: Input::Header,
                reason,
                ..
            } => assert!(
                reason.contains(&format!("`{}`", name.to_lowercase())),
                "{reason}"
            ),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_header_that_cannot_be_sent_is_refused() {
    for (name, value) in [
        ("", "x"),
        ("a b", "x"),
        ("a:", "x"),
        ("a\r\nb", "x"),
        ("caf\u{e9}", "x"),
        ("\0", "x"),
        ("X-A", "a\r\nb"),
        ("Authorization", "Basic p\u{e4}ss"),
        ("X-A", "\n"),
        ("X-A", "\0"),
        ("X-A", "\u{7f}"),
        (&"a".repeat(70_000), "x"),
    ] {
        let error = expect_error(
            Client::builder("http://localhost")
                .header(name, value)
                .build(),
        );
        assert!(
            matches!(
                error,
                Error::InvalidInput {
                    input: Input::Header,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(error.to_string().len() < 400, "{error}");
    }
}

#[test]
fn a_header_line_as_a_name_is_refused_without_showing_its_value() {
    for name in [
        "Authorization: Basic s3cr3t",
        "Authorization Basic s3cr3t",
        "Authorization=s3cr3t",
        "Authorization\ns3cr3t",
    ] {
        let builder = Client::builder("http://localhost").header(name, "");
        assert!(!format!("{builder:?}").contains("s3cr3t"), "{builder:?}");
        let error = expect_error(builder.build());
        assert!(
            matches!(
                error,
                Error::InvalidInput {
                    input: Input::Header,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn more_headers_than_can_be_held_are_refused() {
    let names = (0..50_000).map(|number| format!("X-{number}"));
    let builder = names.fold(Client::builder("http://localhost"), |builder, name| {
        builder.header(name, "x")
    });
    let error = expect_error(builder.build());
    assert!(
        matches!(&error, Error::InvalidInput { input: Input::Header, reason, .. } if reason == "there are too many headers"),
        "{error:?}"
    );
}

#[test]
fn other_headers_are_sent_as_given() {
    let long = "a".repeat(65_536);
    for value in ["", "x", "caf\u{e9} 音楽", "a\tb", "a: b", &long] {
        let request = sent(|builder| builder.header("X-Plex-Device-Name", value), "");
        assert_eq!(request.header("x-plex-device-name"), Some(value));
    }
    let request = sent(
        |builder| {
            builder
                .header("X-A", "1")
                .header("x-a", "2")
                .header("user-agent", "me")
        },
        "",
    );
    assert_eq!(request.header("X-A"), Some("2"), "the last one counts");
    assert_eq!(request.header("User-Agent"), Some("me"));
}

#[test]
fn a_task_name_is_always_one_path_segment() {
    let long = "\u{e9}".repeat(5000);
    for (name, segment) in [
        ("a/b", "a%2Fb"),
        ("%2F", "%252F"),
        ("..%2f", "..%252f"),
        ("?x", "%3Fx"),
        ("#", "%23"),
        (" ", "%20"),
        ("a;b=c&d", "a%3Bb%3Dc%26d"),
        ("...", "..."),
        ("a..b", "a..b"),
        ("\\", "%5C"),
        ("~-._", "~-._"),
        ("caf\u{e9}", "caf%C3%A9"),
        ("\u{202e}\u{feff}", "%E2%80%AE%EF%BB%BF"),
        (&long, &"%C3%A9".repeat(5000)),
    ] {
        let server = server();
        let client = client_for(&format!("{}/prefix", server.url()));
        client.start_task(name).expect("a success");
        client.stop_task(name).expect("a success");
        let requests = server.requests();
        let seen: Vec<_> = requests
            .iter()
            .map(|request| (&*request.method, &*request.target))
            .collect();
        let target = format!("/prefix/butler/{segment}");
        assert_eq!(seen, [("POST", &*target), ("DELETE", &*target)]);
    }
}

#[test]
fn a_task_name_that_could_change_the_path_is_refused() {
    let server = server();
    let client = client_for(&server.url());
    let long = "a".repeat(70_000);
    for name in [
        "", ".", "..", "/", "a/", "/a", "a//b", "../x", "a/../b", "a/.", "a\nb", "\r", "\0",
        "\u{85}", &long,
    ] {
        for error in [
            expect_error(client.start_task(name)),
            expect_error(client.stop_task(name)),
        ] {
            assert!(
                matches!(error, Error::InvalidInput { .. }),
                "{name:?}: {error:?}"
            );
            assert!(error.to_string().len() < 400, "{error}");
        }
    }
    assert_eq!(server.connections(), 0, "nothing is sent");
}

#[test]
fn debug_output_shows_no_token_and_no_header_value() {
    let builder = Client::builder("http://127.0.0.1:32400")
        .token(TOKEN)
        .header("Authorization", "Basic c2VjcmV0")
        .proxy("http://user:password@127.0.0.1:3128");
    let client = builder.clone().build().unwrap();
    for debug in [format!("{builder:?}"), format!("{client:?}")] {
        for secret in [TOKEN, "c2VjcmV0", "password"] {
            assert!(!debug.contains(secret), "{debug}");
        }
    }
    for debug in [format!("{builder:?}"), format!("{client:?}")] {
        assert!(
            debug.contains("http://127.0.0.1:32400") && debug.contains("timeout: 30s"),
            "{debug}"
        );
    }
}
