//! What the tests share.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use plex_butler::{Client, Error, TransportErrorKind};
use plex_butler_test_support::http::{Request, Response};
use plex_butler_test_support::raw::RawServer;

/// The token of the tests. No error may show it.
pub(crate) const TOKEN: &str = "s3cr3t-t0k3n-0123456789";

/// A client with the token of the tests.
pub(crate) fn client_for(url: &str) -> Client {
    // Time is the subject of few tests, and emulators are slow.
    let timeout = Duration::from_secs(600);
    Client::builder(url)
        .token(TOKEN)
        .timeout(timeout)
        .build()
        .expect("a client")
}

/// The error, after a check that none of its forms shows the token.
#[track_caller]
pub(crate) fn expect_error<T: Debug>(result: Result<T, Error>) -> Error {
    let error = result.expect_err("an error");
    for form in all_forms(&error) {
        assert!(!form.contains(TOKEN), "the token leaks: {form}");
    }
    error
}

/// `Display` and `Debug` of an error and of all its sources.
fn all_forms(error: &dyn StdError) -> Vec<String> {
    let mut forms = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        forms.extend([
            format!("{error}"),
            format!("{error:?}"),
            format!("{error:#?}"),
        ]);
        next = error.source();
    }
    forms
}

/// The kind of a transport error.
#[track_caller]
pub(crate) fn transport_kind<T: Debug>(result: Result<T, Error>) -> TransportErrorKind {
    match expect_error(result) {
        Error::Transport { kind, .. } => kind,
        other => panic!("no transport error: {other:?}"),
    }
}

/// Checks that connecting took too long, so that the same call can be made again.
#[track_caller]
pub(crate) fn assert_connect_timeout(error: &Error) {
    let is_connect_timeout = matches!(
        error,
        Error::Transport {
            kind: TransportErrorKind::ConnectTimeout,
            ..
        }
    );
    assert!(is_connect_timeout && error.is_transient(), "{error:?}");
}

/// The header that every response of PMS has.
pub(crate) const PMS_HEADER: &str = "X-Plex-Protocol: 1.0";

/// A body that is a success for every operation that reads data: each ignores what another one reads. With
/// the header of PMS, it is a success for every operation.
pub(crate) const NO_DATA: &str = r#"{"ButlerTasks":{"ButlerTask":[]},"MediaContainer":{"size":0}}"#;

/// The bytes of a response that is a success for every operation.
pub(crate) fn success() -> Vec<u8> {
    Response::of_pms(200).json(NO_DATA).to_bytes()
}

/// A server that reads one request from each connection, answers with these bytes as they are, and closes.
pub(crate) fn answering(response: impl Into<Vec<u8>>) -> RawServer {
    let response = response.into();
    RawServer::start(move |mut stream, _| {
        // An error means that the client has closed the connection.
        let _ = read_request(&stream).and_then(|()| stream.write_all(&response));
    })
}

/// Reads a request and forgets it.
pub(crate) fn read_request(stream: &TcpStream) -> io::Result<()> {
    read_request_from(stream)
}

/// The same from any stream. An end of the stream is an error.
pub(crate) fn read_request_from(stream: impl Read) -> io::Result<()> {
    match Request::read(&mut BufReader::new(stream), 0)? {
        Some(_) => Ok(()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Waits for a message of another thread. If none arrives within a minute, the test fails.
#[track_caller]
pub(crate) fn wait_for<T>(receiver: &Receiver<T>) -> T {
    receiver
        .recv_timeout(Duration::from_secs(60))
        .expect("the other thread sends")
}

/// `http://127.0.0.1:port`
pub(crate) fn url_of(server: &RawServer) -> String {
    format!("http://{}", server.address())
}

/// All operations, each with its name, for tests that apply to every one.
pub(crate) type Operation = fn(&Client) -> Result<(), Error>;

pub(crate) const OPERATIONS: [(&str, Operation); 6] = [
    ("get_butler_tasks", |client| {
        client.get_butler_tasks().map(drop)
    }),
    ("get_butler_status", |client| {
        client.get_butler_status().map(drop)
    }),
    ("start_all_tasks", Client::start_all_tasks),
    ("stop_all_tasks", Client::stop_all_tasks),
    ("start_task", |client| {
        client.start_task("BackupDatabase").map(drop)
    }),
    ("stop_task", |client| {
        client.stop_task("BackupDatabase").map(drop)
    }),
];

/// Whether an operation changes something on the server. All others read data.
pub(crate) fn changes_something(operation: &str) -> bool {
    !operation.starts_with("get_")
}

/// Those of `OPERATIONS` that change something: an empty body is a success for them.
pub(crate) fn changing_operations() -> impl Iterator<Item = (&'static str, Operation)> {
    OPERATIONS
        .into_iter()
        .filter(|(name, _)| changes_something(name))
}

/// Those of `OPERATIONS` that act on one task, in the same order, with any task.
pub(crate) type TaskOperation = fn(&Client, &str) -> Result<(), Error>;

pub(crate) const TASK_OPERATIONS: [(&str, TaskOperation); 2] = [
    ("start_task", |client, name| {
        client.start_task(name).map(drop)
    }),
    ("stop_task", |client, name| client.stop_task(name).map(drop)),
];

/// The result of each operation, each with a new client.
pub(crate) fn outcomes(
    server: &RawServer,
) -> impl Iterator<Item = (&'static str, Result<(), Error>)> {
    let url = url_of(server);
    OPERATIONS
        .map(|(name, operation)| (name, operation(&client_for(&url))))
        .into_iter()
}
