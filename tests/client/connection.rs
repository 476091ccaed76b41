//! Connections that fail, and connections that are reused. A connection that breaks is an error, and nothing is retried.

use std::io::{self, Read as _, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, mpsc};
use std::thread;

use plex_butler::{Client, Error, StartOutcome, StopOutcome, TaskName, TransportErrorKind};
use plex_butler_test_support::http::{HttpServer, Request, Response, serve};
use plex_butler_test_support::pms::{HTML_401, Pms, TASKS, Task};
use plex_butler_test_support::raw::{RawServer, unused_address};

use crate::util::{
    NO_DATA, OPERATIONS, TOKEN, answering, changes_something, changing_operations, client_for,
    expect_error, outcomes, read_request, success, transport_kind, url_of, wait_for,
};

#[test]
fn a_port_where_nothing_listens_is_reported_as_refused() {
    let client = client_for(&format!("http://{}", unused_address()));
    for (name, operation) in OPERATIONS {
        assert_eq!(
            transport_kind(operation(&client)),
            TransportErrorKind::Refused,
            "{name}"
        );
    }
}

#[test]
fn a_name_that_cannot_be_resolved_is_reported() {
    // A label has at most 63 characters, so the resolver need not ask anyone.
    let client = client_for(&format!("http://{}.invalid:32400", "a".repeat(64)));
    for (name, operation) in OPERATIONS {
        assert_eq!(
            transport_kind(operation(&client)),
            TransportErrorKind::HostNotFound,
            "{name}"
        );
    }
}

/// Each operation fails because the connection is closed after a part of the response. None is tried twice but those that
/// only read, if not even the headers arrived.
#[track_caller]
fn assert_closed(server: &RawServer, part: &str) {
    for (name, outcome) in outcomes(server) {
        let error = expect_error(outcome);
        assert!(!error.is_transient(), "{name} after {part:?}: {error:?}");
        assert_eq!(
            error
                .to_string()
                .ends_with(": connection closed; the server may have carried out the request"),
            changes_something(name),
            "{name} after {part:?}: {error}"
        );
        assert_eq!(
            transport_kind(Err::<(), _>(error)),
            TransportErrorKind::Closed,
            "{name} after {part:?}"
        );
    }
    let reads_again = !part.contains("\r\n\r\n") || part.contains(" 100 ");
    let second_tries = if reads_again {
        OPERATIONS.len() - changing_operations().count()
    } else {
        0
    };
    assert_eq!(
        server.connections(),
        OPERATIONS.len() + second_tries,
        "after {part:?}"
    );
}

#[test]
fn a_truncated_response_is_an_error() {
    let cut_off = [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n",
        // All but the last byte of the list.
        "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"ButlerTasks\":{\"ButlerTask\":[]}}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n21\r\n{\"ButlerTasks\":",
        // A complete list, but for the chunk of length zero that ends it.
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n21\r\n{\"ButlerTasks\":{\"ButlerTask\":[]}}\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ];
    for response in cut_off {
        let server = answering(response);
        assert_closed(&server, response);
    }
}

#[test]
fn a_reset_before_the_end_of_the_response_is_an_error() {
    // A system resets a connection that is closed while it has unread data.
    let partial_responses = [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
    ];
    for response in partial_responses {
        let server = RawServer::start(move |mut stream, _| {
            let _ = stream
                .peek(&mut [0])
                .and_then(|_| stream.write_all(response.as_bytes()));
        });
        assert_closed(&server, response);
    }
}

#[test]
fn a_server_that_closes_without_reading_is_an_error() {
    let server = RawServer::start(|stream, _| drop(stream));
    assert_closed(&server, "");
}

#[test]
fn an_error_with_a_truncated_body_keeps_its_status() {
    let cut_off = [
        "HTTP/1.1 503 -\r\nContent-Length: 100\r\n\r\n<Response code=\"503\" title=\"Maintenance\"",
        "HTTP/1.1 503 -\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n<Response",
        "HTTP/1.1 503 -\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
    ];
    for response in cut_off {
        let server = answering(response);
        for (name, outcome) in outcomes(&server) {
            assert_eq!(
                expect_error(outcome).status(),
                Some(503),
                "{name} after {response:?}"
            );
        }
    }
}

/// How a server reads a request.
type Read = fn(&TcpStream) -> io::Result<()>;

/// What a server does to an idle connection before it closes it.
type Farewell = fn(&mut TcpStream) -> io::Result<()>;

/// Each operation succeeds twice, although the server ends the connection in between.
#[track_caller]
fn assert_asked_anew(what: &str, read: Read, farewell: Farewell) {
    for (name, operation) in OPERATIONS {
        let (succeeded, first_success) = mpsc::channel();
        let (closed, given_up) = mpsc::channel();
        let first_success = Mutex::new(first_success);
        let server = RawServer::start(move |mut stream, connection| {
            read(&stream)
                .and_then(|()| stream.write_all(&success()))
                .expect("a request");
            if connection == 0 {
                wait_for(&first_success.lock().expect("the only receiver"));
                farewell(&mut stream).expect("an open connection");
                drop(stream);
                closed.send(()).expect("a test that waits");
            }
        });
        let client = client_for(&url_of(&server));
        operation(&client).expect(name);
        succeeded.send(()).expect("a server that waits");
        wait_for(&given_up);
        operation(&client)
            .unwrap_or_else(|error| panic!("{name} after a server {what}: {error:?}"));
        assert_eq!(server.connections(), 2, "{name} after a server {what}");
    }
}

#[test]
fn a_connection_that_the_server_ended_is_not_reused() {
    let farewells: [(&str, Farewell); 4] = [
        ("closes", |_| Ok(())),
        ("closes its side", |stream| stream.shutdown(Shutdown::Write)),
        // As proxies do when their own time for idle connections runs out.
        ("sends a 408 without a request, and closes", |stream| {
            stream.write_all(&Response::new(408).header("Connection", "close").to_bytes())
        }),
        ("sends garbage", |stream| stream.write_all(b"garbage")),
    ];
    for (what, farewell) in farewells {
        assert_asked_anew(what, read_request, farewell);
    }
}

#[test]
fn a_connection_that_was_reset_is_not_reused() {
    // The byte that is left unread makes the system reset the connection when it is closed.
    let all_but_one_byte: Read = |mut stream| {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.extend(byte);
        }
        Ok(())
    };
    assert_asked_anew("resets", all_but_one_byte, |_| Ok(()));
}

#[test]
fn only_a_get_is_sent_again_if_a_reused_connection_breaks() {
    for (name, operation) in OPERATIONS {
        // Answers the first request, and closes when it has read the second.
        let server = RawServer::start(|mut stream, _| {
            let _ = read_request(&stream).and_then(|()| stream.write_all(&success()));
            let _ = read_request(&stream);
        });
        let client = client_for(&url_of(&server));
        operation(&client).expect(name);
        let outcome = operation(&client);
        if changes_something(name) {
            assert_eq!(
                transport_kind(outcome),
                TransportErrorKind::Closed,
                "{name}"
            );
            assert_eq!(server.connections(), 1, "{name} is not tried again");
        } else {
            outcome.expect("a response on the second connection");
            assert_eq!(server.connections(), 2);
        }
    }
}

#[test]
fn extra_bytes_after_a_response_are_never_read_as_the_next_one() {
    let forged = Response::new(403).to_bytes();
    let responses = [
        success(),
        Response::new(202).to_bytes(),
        // A body where none is allowed.
        b"HTTP/1.1 204 -\r\n\r\n".to_vec(),
        b"HTTP/1.1 204 -\r\nContent-Length: 3\r\n\r\n".to_vec(),
    ];
    for mut response in responses {
        response.extend_from_slice(&forged);
        let server = RawServer::start(move |mut stream, _| {
            while read_request(&stream)
                .and_then(|()| stream.write_all(&response))
                .is_ok()
            {}
        });
        let client = client_for(&url_of(&server));
        for _ in 0..3 {
            client.start_all_tasks().expect("a success");
        }
    }
}

#[test]
fn a_reset_ends_a_response_without_a_length() {
    let server = RawServer::start(|mut stream, _| {
        // The request is unread when the connection is closed, so the connection is reset.
        let _ = stream.peek(&mut [0]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
    });
    for (name, outcome) in outcomes(&server) {
        if changes_something(name) {
            // The status has said it.
            outcome.expect(name);
        } else {
            let error = expect_error(outcome);
            assert!(
                matches!(error, Error::UnexpectedResponse { .. }),
                "{name}: {error:?}"
            );
        }
    }
}

#[test]
fn a_connection_is_reused_while_the_server_keeps_it_open() {
    let body = NO_DATA;
    let length = body.len();
    let cases = [
        (
            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
            1,
        ),
        (
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            ),
            3,
        ),
        (
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
            ),
            1,
        ),
        (
            format!("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
            3,
        ),
        (
            format!(
                "HTTP/1.0 200 OK\r\nContent-Length: {length}\r\nConnection: keep-alive\r\n\r\n{body}"
            ),
            1,
        ),
    ];
    for (response, connections) in cases {
        let bytes = response.clone().into_bytes();
        let server = RawServer::start(move |mut stream, _| {
            while read_request(&stream)
                .and_then(|()| stream.write_all(&bytes))
                .is_ok()
            {}
        });
        let client = client_for(&url_of(&server));
        for _ in 0..3 {
            client.get_butler_tasks().expect("a list");
        }
        assert_eq!(server.connections(), connections, "{response:?}");
    }
}

#[test]
fn after_a_404_the_list_uses_the_same_connection() {
    let server = RawServer::start(|stream, number| {
        let _ = serve(stream, number, |request: &Request| {
            match request.method.as_str() {
                "GET" => Response::new(200).json(NO_DATA),
                _ => Response::new(404),
            }
        });
    });
    let client = client_for(&url_of(&server));
    assert_eq!(
        expect_error(client.stop_task("BackupDatabase")).status(),
        Some(404)
    );
    assert_eq!(server.connections(), 1);
}

#[test]
fn after_a_404_the_list_is_requested_again_if_the_server_closes() {
    let server = RawServer::start(|mut stream, connection| {
        let _ = read_request(&stream).and_then(|()| match connection % 2 {
            0 => {
                stream.write_all(&Response::new(404).to_bytes())?;
                read_request(&stream)
            }
            _ => {
                let list = Response::new(200)
                    .header("Connection", "close")
                    .json(Pms::new().json());
                stream.write_all(&list.to_bytes())
            }
        });
    });
    let client = client_for(&url_of(&server));
    assert_eq!(
        client.stop_task("BackupDatabase").unwrap(),
        StopOutcome::NotRunning
    );
    assert!(matches!(
        expect_error(client.start_task("NoSuchTask")),
        Error::UnknownTask { .. }
    ));
    assert_eq!(server.connections(), 4);
}

#[test]
fn consecutive_calls_use_one_connection_whatever_the_status() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    for _ in 0..3 {
        client.get_butler_tasks().unwrap();
        client.start_task("BackupDatabase").unwrap();
        client.start_task("BackupDatabase").unwrap();
        client.start_all_tasks().unwrap();
        client.stop_all_tasks().unwrap();
        client.stop_task("BackupDatabase").unwrap();
        expect_error(client.start_task("NoSuchTask"));
    }
    assert_eq!(server.requests().len(), 3 * 9);
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_connection_is_reused_after_an_error_body() {
    let server = HttpServer::start(|request| match request.method.as_str() {
        "GET" => Response::new(401).html(HTML_401),
        "POST" => Response::new(500).json("x".repeat(50_000)),
        _ => Response::new(302)
            .header("Location", "/elsewhere")
            .html("moved"),
    });
    let client = client_for(&server.url());
    for (_, operation) in OPERATIONS {
        expect_error(operation(&client));
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn threads_and_clones_share_the_connections_of_a_client() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    thread::scope(|scope| {
        for Task { name, .. } in &TASKS[..8] {
            let client = client.clone();
            scope.spawn(move || {
                assert_eq!(client.start_task(name).unwrap(), StartOutcome::Accepted);
                assert_eq!(
                    client.start_task(name).unwrap(),
                    StartOutcome::AlreadyRunning
                );
                assert_eq!(client.stop_task(name).unwrap(), StopOutcome::Stopped);
                assert_eq!(client.get_butler_tasks().unwrap().len(), TASKS.len());
            });
        }
    });
    assert!(
        server.connections() <= 8,
        "{} connections",
        server.connections()
    );
    let before = server.connections();
    client.clone().get_butler_tasks().unwrap();
    assert_eq!(server.connections(), before);
}

#[test]
fn a_client_and_its_errors_are_send_sync_and_small() {
    fn crosses_threads<T: Send + Sync + 'static>() {}
    crosses_threads::<Client>();
    crosses_threads::<Error>();
    assert!(
        size_of::<Result<Vec<TaskName>, Error>>() <= 128,
        "{}",
        size_of::<Error>()
    );
}
