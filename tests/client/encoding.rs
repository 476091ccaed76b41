//! Responses that say that they are compressed. No request asks for that, and none is decompressed, whichever features of
//! ureq are on.

use plex_butler::TransportErrorKind;
use plex_butler_test_support::http::{HttpServer, Response};

use crate::util::{EMPTY_LIST, OPERATIONS, client_for, transport_kind};

/// `EMPTY_LIST`, compressed with gzip.
const COMPRESSED_LIST: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabVr*-\xc9I-\nI,\xce.V\xb2\xaaF\xe2*Y\
    E\xc7\xd6\xd6\x02\x00)E\xec\x9b!\x00\x00\x00";

#[test]
fn a_compressed_response_is_refused() {
    let bodies = [COMPRESSED_LIST, EMPTY_LIST.as_bytes(), b""];
    for (encoding, status) in [
        ("gzip", 200),
        ("GZIP", 200),
        ("br", 200),
        ("deflate", 200),
        ("gzip", 503),
    ] {
        for body in bodies {
            let server = HttpServer::start(move |_| {
                Response::new(status)
                    .header("Content-Encoding", encoding)
                    .json(body)
            });
            for (name, operation) in OPERATIONS {
                let kind = transport_kind(operation(&client_for(&server.url())));
                assert_eq!(
                    kind,
                    TransportErrorKind::InvalidResponse,
                    "{name}: {status}, {encoding}, {body:?}"
                );
            }
        }
    }
}

#[test]
fn a_compressed_response_is_refused_on_a_reused_connection_too() {
    let server = HttpServer::start(|request| match &*request.method {
        "GET" => Response::new(200).json(EMPTY_LIST),
        _ => Response::of_pms(200)
            .header("Content-Encoding", "gzip")
            .html("\x1f"),
    });
    let client = client_for(&server.url());
    client.get_butler_tasks().expect("a list");
    assert_eq!(
        transport_kind(client.start_all_tasks()),
        TransportErrorKind::InvalidResponse
    );
    assert_eq!(server.connections(), 1);
}

#[test]
fn the_encoding_identity_is_accepted() {
    let server = HttpServer::start(|_| {
        Response::new(200)
            .header("Content-Encoding", "identity")
            .json(EMPTY_LIST)
    });
    assert!(
        client_for(&server.url())
            .get_butler_tasks()
            .expect("a list")
            .is_empty()
    );
}
