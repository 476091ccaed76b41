//! Timeouts: every call ends within the configured time, whatever the server does.

use std::io::{Read, Write};
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use plex_butler::{Client, Error, TransportErrorKind};
use plex_butler_test_support::raw::RawServer;

use crate::util::{
    OPERATIONS, TOKEN, changes_something, expect_error, read_request, success, url_of,
};

/// The configured time, and when a call ends on a busy machine: systems round the time of a socket, to both sides.
const TIMEOUT: Duration = Duration::from_millis(300);
const IN_TIME: Range<Duration> = Duration::from_millis(200)..Duration::from_secs(5);

fn client_with_timeout(server: &RawServer, timeout: Duration) -> Client {
    let builder = Client::builder(url_of(server))
        .token(TOKEN)
        .timeout(timeout);
    builder.build().expect("a client")
}

/// A server that reads the request, sends a start, and the same piece again and again until the client is gone.
fn dripping(start: &'static str, piece: &'static str, pause: Duration) -> RawServer {
    RawServer::start(move |mut stream, _| {
        let _ = stream.set_nodelay(true);
        let mut sent = read_request(&stream).and_then(|()| stream.write_all(start.as_bytes()));
        while sent.is_ok() {
            sent = stream.write_all(piece.as_bytes());
            thread::sleep(pause);
        }
    })
}

/// A server that sends a start, reads everything, and sends nothing more.
fn silent_after(start: &'static str) -> RawServer {
    RawServer::start(move |mut stream, _| {
        let _ = stream.write_all(start.as_bytes());
        while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
    })
}

/// Whether the response was not complete in time, and the message says in which.
fn is_timeout_after(error: &Error, timeout: Duration) -> bool {
    matches!(
        error,
        Error::Transport {
            kind: TransportErrorKind::Timeout,
            ..
        }
    ) && error.is_timeout()
        && error.to_string().contains(&format!(
            "timed out: the limit of {timeout:?} can be raised"
        ))
}

const SLOWLY: Duration = Duration::from_millis(20);
const AT_ONCE: Duration = Duration::ZERO;

#[test]
fn a_slow_or_silent_server_is_a_timeout() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let servers = [
        ("is silent", silent_after("")),
        ("stops in its status line", silent_after("HTTP/1.1 2")),
        (
            "drips a header",
            dripping("HTTP/1.1 200 OK\r\nA: ", "a", SLOWLY),
        ),
        (
            "drips headers",
            dripping("HTTP/1.1 200 OK\r\n", "A: a\r\n", SLOWLY),
        ),
        (
            "drips interim responses",
            dripping("", "HTTP/1.1 103 -\r\n\r\n", SLOWLY),
        ),
        (
            "sends no body",
            silent_after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        ),
        (
            "drips a body with a length",
            dripping(
                "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n",
                " ",
                SLOWLY,
            ),
        ),
        (
            "drips a body without one",
            dripping("HTTP/1.1 200 OK\r\n\r\n", " ", SLOWLY),
        ),
        ("drips chunks", dripping(CHUNKED, "1\r\n \r\n", SLOWLY)),
        (
            "has no end of trailers",
            dripping(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                "A: a\r\n",
                AT_ONCE,
            ),
        ),
    ];
    thread::scope(|scope| {
        for (what, server) in &servers {
            for (name, operation) in OPERATIONS {
                scope.spawn(move || {
                    let client = client_with_timeout(server, TIMEOUT);
                    let started = Instant::now();
                    let error = expect_error(operation(&client));
                    let took = started.elapsed();
                    assert!(
                        is_timeout_after(&error, TIMEOUT),
                        "{name} where the server {what}: {error:?}"
                    );
                    assert!(
                        IN_TIME.contains(&took),
                        "{name} took {took:?} where the server {what}"
                    );
                });
            }
        }
    });
}

#[test]
fn an_error_with_an_endless_body_keeps_its_status() {
    let server = dripping("HTTP/1.1 401 -\r\n\r\n", "a", SLOWLY);
    let client = client_with_timeout(&server, TIMEOUT);
    let started = Instant::now();
    let error = expect_error(client.get_butler_tasks());
    assert!(matches!(error, Error::Unauthorized { .. }), "{error:?}");
    assert!(IN_TIME.contains(&started.elapsed()));
}

#[test]
fn one_timeout_covers_both_requests_of_a_call() {
    // The 404 uses up the time, and almost none is left to request the list.
    const TIMEOUT: Duration = Duration::from_millis(1500);
    let server = dripping("HTTP/1.1 404 -\r\n\r\n", "a", SLOWLY);
    for operation in [
        |client: &Client| client.start_task("BackupDatabase").map(drop),
        |client: &Client| client.stop_task("BackupDatabase").map(drop),
    ] {
        let client = client_with_timeout(&server, TIMEOUT);
        let started = Instant::now();
        let error = expect_error(operation(&client));
        let took = started.elapsed();
        assert!(error.is_timeout(), "{error:?}");
        assert!(took < 2 * TIMEOUT, "took {took:?}");
    }
}

#[test]
fn with_a_timeout_of_zero_nothing_is_sent() {
    let server = silent_after("");
    let client = client_with_timeout(&server, Duration::ZERO);
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client));
        assert!(
            error.is_timeout() && error.is_transient(),
            "{name}: {error:?}"
        );
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_longest_timeout_is_a_year() {
    let server = RawServer::start(|mut stream, _| {
        while read_request(&stream)
            .and_then(|()| stream.write_all(&success()))
            .is_ok()
        {}
    });
    let client = client_with_timeout(&server, Duration::MAX);
    for (name, operation) in OPERATIONS {
        operation(&client).expect(name);
    }
    assert!(format!("{client:?}").contains("31536000s"), "{client:?}");
}

#[test]
fn a_server_that_reads_nothing_is_a_timeout() {
    // The headers are larger than the buffers of the sockets.
    let server = RawServer::start(|_stream, _| {
        loop {
            thread::park();
        }
    });
    let mut builder = Client::builder(url_of(&server)).timeout(TIMEOUT);
    for number in 0..200 {
        builder = builder.header(format!("X-{number}"), "a".repeat(60_000));
    }
    let client = builder.build().expect("a client");
    let started = Instant::now();
    let error = expect_error(client.start_all_tasks());
    assert!(error.is_timeout(), "{error:?}");
    assert!(IN_TIME.contains(&started.elapsed()));
}

#[test]
#[cfg(target_os = "linux")]
fn a_timeout_while_connecting_says_so_and_is_transient() {
    use plex_butler_test_support::raw::SilentListener;

    let silent = SilentListener::start();
    let url = format!("http://{}", silent.address());
    let client = Client::builder(url)
        .timeout(TIMEOUT)
        .build()
        .expect("a client");
    for (name, operation) in OPERATIONS {
        let started = Instant::now();
        let error = expect_error(operation(&client));
        assert!(
            started.elapsed() >= TIMEOUT / 4,
            "{name} took {:?}",
            started.elapsed()
        );
        assert!(
            matches!(
                error,
                Error::Transport {
                    kind: TransportErrorKind::ConnectTimeout,
                    ..
                }
            ),
            "{name}: {error:?}"
        );
        assert!(error.is_transient() && error.is_timeout(), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains("connecting timed out: the limit is a third of the timeout, which is 300ms and can be raised"),
            "{message}"
        );
    }
}

#[test]
fn a_start_that_timed_out_is_not_transient_and_may_have_been_carried_out() {
    let server = silent_after("");
    let client = client_with_timeout(&server, TIMEOUT);
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client));
        assert!(
            is_timeout_after(&error, TIMEOUT) && !error.is_transient(),
            "{error:?}"
        );
        assert_eq!(
            error.to_string().contains("may have carried out"),
            changes_something(name),
            "{name}: {error}"
        );
    }
}
