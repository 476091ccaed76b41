//! Features of ureq that other crates can turn on, and that ureq's public API cannot switch off. The library documents
//! them. If one of these tests fails, ureq has changed, and the difference may be gone.

use plex_butler::{Client, Error, TransportErrorKind};
use plex_butler_test_support::http::{HttpServer, Response};

fn client(server: &HttpServer) -> Client {
    Client::builder(server.url())
        .token("token")
        .build()
        .expect("a client")
}

/// With ureq's feature `cookies`, a client sends its server's cookies back, even those of a 401.
#[test]
fn a_cookie_goes_back_to_the_server_that_set_it() {
    let server = HttpServer::start(|_| Response::new(401).header("Set-Cookie", "session=1"));
    let (first, second) = (client(&server), client(&server));
    for client in [&first, &first, &second] {
        let error = client.start_all_tasks().expect_err("a 401");
        assert!(matches!(error, Error::Unauthorized { .. }), "{error:?}");
    }
    let requests = server.requests();
    let cookies: Vec<_> = requests
        .iter()
        .map(|request| request.header("Cookie"))
        .collect();
    assert_eq!(cookies, [None, Some("session=1"), None]);
}

/// With `charset`, the bytes of a text in another encoding than UTF-8 are read, and so it can be quoted. Without it, such a
/// text is never quoted.
#[test]
fn a_text_in_another_character_set_is_quoted() {
    let server = HttpServer::start(|_| {
        Response::new(500).body(
            "text/html; charset=iso-8859-1",
            b"<title>pas autoris\xe9</title>",
        )
    });
    let error = client(&server).get_butler_tasks().expect_err("a 500");
    assert!(error.to_string().contains("pas autoris\u{e9}"), "{error}");
}

/// With `gzip` and `brotli`, an empty body that says that it is compressed is refused.
#[test]
fn an_empty_body_that_should_be_compressed_is_refused() {
    for encoding in ["gzip", "br"] {
        let server =
            HttpServer::start(move |_| Response::new(200).header("Content-Encoding", encoding));
        let error = client(&server).start_all_tasks().expect_err("no gzip");
        let kind = TransportErrorKind::Other;
        assert!(
            matches!(&error, Error::Transport { kind: found, .. } if *found == kind),
            "{encoding}: {error:?}"
        );
    }
}
