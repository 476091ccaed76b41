//! Size: the limits on a response hold, and they leave room for every genuine response.

use std::io::Write;
use std::sync::mpsc::{self, Receiver};

use plex_butler::{Error, TransportErrorKind};
use plex_butler_test_support::raw::RawServer;

use crate::util::{
    NO_DATA, PMS_HEADER, answering, client_for, expect_error, outcomes, read_request, url_of,
    wait_for,
};

const MIB: usize = 1 << 20;

/// How much of an unread response the sockets of both sides can hold.
const IN_FLIGHT: usize = 16 * MIB;

/// A server that sends a start, and then a piece a number of times. The receiver gets the number of bytes that the server
/// could send before the client closed the connection.
fn flooding(start: &'static str, piece: Vec<u8>, times: usize) -> (RawServer, Receiver<usize>) {
    let (sent, receiver) = mpsc::channel();
    let server = RawServer::start(move |mut stream, _| {
        let _ = read_request(&stream).and_then(|()| stream.write_all(start.as_bytes()));
        let pieces = (0..times).take_while(|_| stream.write_all(&piece).is_ok());
        // The test may have ended.
        let _ = sent.send(pieces.count() * piece.len());
    });
    (server, receiver)
}

#[test]
fn only_the_start_of_a_huge_error_page_is_read() {
    let (server, sent) = flooding(
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 52428800\r\n\r\n<html><title>Bad gateway</title>",
        vec![b'a'; MIB],
        50,
    );
    for (name, outcome) in outcomes(&server) {
        match expect_error(outcome) {
            Error::Status {
                status: 502,
                message: Some(message),
                ..
            } => {
                assert_eq!(message, "Bad gateway", "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
        let sent = wait_for(&sent);
        assert!(sent < IN_FLIGHT, "{name} read {sent} bytes");
    }
}

#[test]
fn an_endless_list_is_too_large() {
    let task =
        br#"{"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true},"#;
    let (server, sent) = flooding(
        "HTTP/1.1 200 OK\r\n\r\n{\"ButlerTasks\":{\"ButlerTask\":[",
        task.repeat(10_000),
        usize::MAX,
    );
    match expect_error(client_for(&url_of(&server)).get_butler_tasks()) {
        Error::UnexpectedResponse {
            status: 200, found, ..
        } => assert_eq!(found, "a body of more than 1 MiB"),
        other => panic!("{other:?}"),
    }
    let sent = wait_for(&sent);
    assert!(sent < MIB + IN_FLIGHT, "read {sent} bytes");
}

#[test]
fn a_body_of_exactly_the_maximum_size_is_accepted() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n",
    ] {
        let (server, _sent) = flooding(head, vec![b' '; MIB], 1);
        client_for(&url_of(&server))
            .start_all_tasks()
            .expect("a success");
    }

    let (server, _sent) = flooding("HTTP/1.1 200 OK\r\n\r\n ", vec![b' '; MIB], 1);
    let error = expect_error(client_for(&url_of(&server)).start_all_tasks());
    assert!(
        matches!(&error, Error::UnexpectedResponse { found, .. } if found == "a body of more than 1 MiB"),
        "{error:?}"
    );
    assert_eq!(error.status(), Some(200));
}

#[test]
fn endless_headers_are_too_large() {
    let servers = [
        flooding("HTTP/1.1 200 OK\r\nA: ", vec![b'a'; MIB], 16),
        flooding("HTTP/1.1 200 OK\r\n", b"A: a\r\n".repeat(10_000), 100),
        flooding(
            "HTTP/1.1 401 -\r\nContent-Length: 0\r\nA: ",
            [vec![b'a'; MIB], b"\r\n\r\n".to_vec()].concat(),
            1,
        ),
    ];
    for (server, _sent) in &servers {
        for (name, outcome) in outcomes(server) {
            match expect_error(outcome) {
                Error::Transport {
                    kind: TransportErrorKind::InvalidResponse,
                    ..
                } => {}
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[test]
fn headers_up_to_the_maximum_size_are_accepted() {
    let end = format!("{PMS_HEADER}\r\nContent-Length: {}\r\n\r\n", NO_DATA.len());
    let long_line = |size: usize| {
        let start = "HTTP/1.1 200 OK\r\nA: ";
        let filler = "a".repeat(size - start.len() - "\r\n".len() - end.len());
        format!("{start}{filler}\r\n{end}{NO_DATA}")
    };
    let lines = |number: usize| {
        let filler = "A: a\r\n".repeat(number - 2);
        format!("HTTP/1.1 200 OK\r\n{filler}{end}{NO_DATA}")
    };
    let limit = 64 << 10;
    for (response, fits) in [
        (long_line(limit), true),
        (long_line(limit + 1), false),
        (lines(128), true),
        (lines(129), false),
    ] {
        let server = answering(response);
        for (name, outcome) in outcomes(&server) {
            match outcome {
                Ok(()) if fits => {}
                Err(Error::Transport {
                    kind: TransportErrorKind::InvalidResponse,
                    ..
                }) if !fits => {}
                other => panic!("{name}, which fits: {fits}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_list_of_thousands_of_tasks_is_read() {
    let task = |number: usize| {
        format!(
            r#"{{"name":"Task{number}","interval":{number},"scheduleRandomized":false,"enabled":true,"title":"Task {number}","description":"Counts"}}"#
        )
    };
    let tasks: Vec<String> = (0..7_000).map(task).collect();
    let body = format!(
        r#"{{"ButlerTasks":{{"ButlerTask":[{}]}}}}"#,
        tasks.join(",")
    );
    let server = answering(format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let tasks = client_for(&url_of(&server))
        .get_butler_tasks()
        .expect("a list");
    assert_eq!(tasks.len(), 7_000);
    assert!(
        (0u32..)
            .zip(&tasks)
            .all(|(number, task)| task.interval == number && task.name == *format!("Task{number}"))
    );
}
