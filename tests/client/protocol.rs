//! Answers at the edges of HTTP and beyond them.

use plex_butler::{Error, TransportErrorKind};

use crate::util::{
    NO_DATA, PMS_HEADER, answering, changes_something, client_for, expect_error, outcomes,
    transport_kind, url_of,
};

#[test]
fn unusual_http_is_accepted() {
    let body = NO_DATA;
    let length = body.len();
    let responses = [
        format!("HTTP/1.0 200 OK\r\n{PMS_HEADER}\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nConnection: close\r\n\r\n{body}"),
        format!("HTTP/1.1 200\r\n{PMS_HEADER}\r\ncontent-length:{length}\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\n{PMS_HEADER}\nContent-Length: {length}\n\n{body}"),
        format!(
            "HTTP/1.1 200 \u{e9}\r\n{PMS_HEADER}\r\nServer: Pl\u{e9}x\r\nContent-Length: 0{length}\r\n\r\n{body}"
        ),
        format!(
            "HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nContent-Length: {length}, {length}\r\n\r\n{body}"
        ),
        format!(
            "HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nContent-Length: {length}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
        // More than the length says.
        format!("HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nContent-Length: {length}\r\n\r\n{body}garbage"),
        format!(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
        format!(
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
             HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
        format!(
            "HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nTransfer-Encoding: Chunked\r\n\r\n{length:X};a=b\r\n{body}\r\n000\r\nA: b\r\n\r\n"
        ),
        // Complete, though the very last line is missing.
        format!(
            "HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n"
        ),
        // Where both are there, the length does not count.
        format!(
            "HTTP/1.1 200 OK\r\n{PMS_HEADER}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n\
             {length:x}\r\n{body}\r\n0\r\n\r\n"
        ),
    ];
    for response in responses {
        let server = answering(response.clone());
        for (name, outcome) in outcomes(&server) {
            outcome.unwrap_or_else(|error| panic!("{name} for {response:?}: {error:?}"));
        }
    }
}

#[test]
fn bytes_that_are_not_http_are_an_invalid_response() {
    let responses: &[&[u8]] = &[
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"220 mail.example.org ESMTP\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        b"\0\0\0\0",
        b"HTTP/2 200 OK\r\n\r\n",
        b"\r\nHTTQ",
    ];
    for response in responses {
        let server = answering(*response);
        for (name, outcome) in outcomes(&server) {
            let error = expect_error(outcome);
            let is_not_http = matches!(
                error,
                Error::Transport {
                    kind: TransportErrorKind::InvalidResponse,
                    ..
                }
            );
            assert!(
                is_not_http,
                "{name} for {}: {error:?}",
                response.escape_ascii()
            );
        }
    }
}

#[test]
fn an_invalid_response_is_described() {
    let responses: &[(&[u8], &str)] = &[
        (b"HTTP/1.2 200 OK\r\n\r\n", "version"),
        (b"HTTP/1.1 99 -\r\n\r\n", "status"),
        (b"HTTP/1.1 099 -\r\n\r\n", "status"),
        (b"HTTP/1.1 1000 -\r\n\r\n", "status"),
        (b"HTTP/1.1 -20 -\r\n\r\n", "status"),
        (b"HTTP/1.1 OK\r\n\r\n", "status"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "header name"),
        (b"HTTP/1.1 200 OK\r\n: no name\r\n\r\n", "header name"),
        (b"HTTP/1.1 200 OK\r\nName : x\r\n\r\n", "header name"),
        (b"HTTP/1.1 200 OK\r\nA: x\r\n folded\r\n\r\n", "header"),
        (b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", "header value"),
        (b"HTTP/1.1 200 OK\r\nA\0: x\r\n\r\n", "header name"),
        (b"HTTP/1.1 200 OK\r\nA: \r\r\n\r\n", "header value"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "content-length",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
            "content-length",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "content-length",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n",
            "content-length",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
            "content-length",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
            "content-length",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
            "chunk",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            "chunk",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
            "chunk",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000000000000001\r\n",
            "chunk",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ntoo long\r\n",
            "chunk",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\xff\r\n",
            "chunk",
        ),
        // A 100 has no headers.
        (
            b"HTTP/1.1 100 Continue\r\nA: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            "headers with 100-continue",
        ),
    ];
    for (response, cause) in responses {
        let server = answering(*response);
        for (name, outcome) in outcomes(&server) {
            let error = expect_error(outcome);
            let is_invalid = matches!(
                error,
                Error::Transport {
                    kind: TransportErrorKind::InvalidResponse,
                    ..
                }
            );
            assert!(
                is_invalid,
                "{name} for {}: {error:?}",
                response.escape_ascii()
            );
            let message = error.to_string();
            assert!(
                message.contains(cause),
                "{} for {message}",
                response.escape_ascii()
            );
        }
    }
}

#[test]
fn an_endless_chunk_line_or_trailer_is_an_error() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for start in ["", "0\r\n"] {
        let server = answering(format!("{head}{start}{}", "a".repeat(300_000)));
        let kind = transport_kind(client_for(&url_of(&server)).start_all_tasks());
        assert_eq!(kind, TransportErrorKind::Closed, "{start:?}");
    }
}

#[test]
fn a_chunked_body_truncated_anywhere_is_reported_as_closed() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = "5\r\nhello\r\n5\r\nworld\r\n0";
    for end in 1..=chunks.len() {
        let server = answering(format!("{head}{}", &chunks[..end]));
        let kind = transport_kind(client_for(&url_of(&server)).start_all_tasks());
        assert_eq!(kind, TransportErrorKind::Closed, "{:?}", &chunks[..end]);
    }
}

#[test]
fn many_interim_responses_do_not_overflow_the_stack() {
    let flood = "HTTP/1.1 199\n\n".repeat(4000);
    let server = answering(format!(
        "{flood}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    ));
    for (name, outcome) in outcomes(&server).filter(|(name, _)| changes_something(name)) {
        outcome.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn the_length_of_a_response_without_a_body_is_ignored() {
    for response in [
        "HTTP/1.1 204 -\r\n\r\n",
        "HTTP/1.1 204 -\r\nContent-Length: 18446744073709551615\r\n\r\n",
        "HTTP/1.1 204 -\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 205 -\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 205 -\r\nX-Plex-Protocol: 1.0\r\nContent-Length: 3\r\n\r\nabc",
    ] {
        let server = answering(response);
        for (name, outcome) in outcomes(&server) {
            if changes_something(name) {
                outcome.unwrap_or_else(|error| panic!("{name} for {response:?}: {error:?}"));
            } else {
                let error = expect_error(outcome);
                assert!(
                    matches!(error, Error::UnexpectedResponse { .. }),
                    "{error:?} for {response:?}"
                );
            }
        }
    }
    let server = answering("HTTP/1.1 304 -\r\nContent-Length: 18446744073709551615\r\n\r\n");
    assert_eq!(
        expect_error(client_for(&url_of(&server)).get_butler_tasks()).status(),
        Some(304)
    );
}

#[test]
fn an_undefined_status_is_a_status_error() {
    for status in [101, 306, 600, 999] {
        let server = answering(format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n"));
        for (name, outcome) in outcomes(&server) {
            let error = expect_error(outcome);
            assert!(
                matches!(error, Error::Status { status: found, .. } if found == status),
                "{name}: {error:?}"
            );
        }
    }
}
