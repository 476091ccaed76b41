//! Responses that say that they are compressed, although no request asks for that.

use plex_butler::Error;
use plex_butler_test_support::http::{HttpServer, Response};

use crate::util::{NO_DATA, OPERATIONS, changing_operations, client_for, expect_error};

/// A list without a task, compressed with gzip.
const COMPRESSED_LIST: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabVr*-\xc9I-\nI,\xce.V\xb2\xaaF\xe2*Y\
    E\xc7\xd6\xd6\x02\x00)E\xec\x9b!\x00\x00\x00";

#[test]
fn a_compressed_error_keeps_its_status() {
    for status in [401, 404, 503] {
        let server = HttpServer::start(move |_| {
            Response::new(status)
                .header("Content-Encoding", "gzip")
                .header("Retry-After", "5")
                .html(COMPRESSED_LIST)
        });
        for (name, operation) in OPERATIONS {
            let error = expect_error(operation(&client_for(&server.url())));
            assert_eq!(error.status(), Some(status), "{name}: {error:?}");
            assert!(!error.to_string().contains('\u{fffd}'), "{error}");
        }
    }
}

#[test]
fn a_start_with_an_empty_body_succeeds_whatever_its_encoding() {
    // With ureq's own decompression on, as in `tests/features`, nothing is no gzip: see its known differences.
    let decompresses = env!("CARGO_PKG_NAME") == "plex-butler-features";
    for encoding in ["gzip", "br", "deflate", "UTF-8"] {
        if decompresses && matches!(encoding, "gzip" | "br") {
            continue;
        }
        let server =
            HttpServer::start(move |_| Response::new(200).header("Content-Encoding", encoding));
        for (name, operation) in changing_operations() {
            operation(&client_for(&server.url()))
                .unwrap_or_else(|error| panic!("{name} with {encoding}: {error}"));
        }
    }
}

#[test]
fn a_compressed_list_is_not_quoted() {
    let server = HttpServer::start(|_| {
        Response::new(200)
            .header("Content-Encoding", "gzip")
            .json(COMPRESSED_LIST)
    });
    match client_for(&server.url()).get_butler_tasks() {
        // Another crate has switched on that ureq decompresses.
        Ok(tasks) => assert!(tasks.is_empty()),
        Err(Error::UnexpectedResponse { found, .. }) => {
            assert_eq!(
                found,
                "no task list (expected value at line 1 column 1): not a text, and perhaps compressed"
            )
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn an_encoding_that_changes_nothing_is_accepted() {
    for encoding in ["identity", "UTF-8", "utf-8, identity", ""] {
        let server = HttpServer::start(move |_| {
            Response::new(200)
                .header("Content-Encoding", encoding)
                .json(NO_DATA)
        });
        let tasks = client_for(&server.url()).get_butler_tasks();
        assert!(tasks.expect("a list").is_empty());
    }
}
