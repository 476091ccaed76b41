//! `--retry`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::unused_address;

use crate::util::Run;

/// A server that sends this response to a number of requests, and then answers as PMS.
fn starting_up(failures: usize, response: fn() -> Response) -> HttpServer {
    let pms = Pms::new();
    let requests = AtomicUsize::new(0);
    HttpServer::start(move |request| {
        if requests.fetch_add(1, Ordering::SeqCst) < failures {
            response()
        } else {
            pms.answer(request)
        }
    })
}

#[test]
fn retry_waits_for_a_server_that_starts_up() {
    let server = starting_up(2, || Response::new(503));
    let args = [
        "--retry",
        "60",
        "start",
        "BackupDatabase",
        "MusicAnalysis",
        "--url",
        &server.url(),
    ];
    Run::new(&args)
        .done()
        .prints("BackupDatabase: accepted\nMusicAnalysis: accepted\n");
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn the_retry_time_covers_all_tasks() {
    let started = Instant::now();
    let url = format!("http://{}", unused_address());
    let done = Run::new(&[
        "--retry",
        "0.7",
        "start",
        "BackupDatabase",
        "MusicAnalysis",
        "--url",
        &url,
    ])
    .done();
    assert_eq!(done.code, Some(1));
    assert!(
        done.stderr.contains("BackupDatabase: no response")
            && done.stderr.contains("MusicAnalysis: not tried")
    );
    assert!(started.elapsed() >= Duration::from_millis(700));
}

#[test]
fn a_request_that_may_have_taken_effect_is_not_repeated() {
    let server = starting_up(usize::MAX, || Response::new(500));
    let done = Run::new(&[
        "--retry",
        "60",
        "start",
        "BackupDatabase",
        "--url",
        &server.url(),
    ])
    .done();
    done.fails(1, &["500 Internal Server Error"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_wait_longer_than_the_time_is_not_started() {
    let server = starting_up(usize::MAX, || {
        Response::new(429).header("Retry-After", "3600")
    });
    Run::new(&["--retry", "60", "list", "--url", &server.url()])
        .done()
        .fails(1, &["429", "3600s"]);
    assert_eq!(server.requests().len(), 1);
}
