//! Where stdout and stderr go.

use std::io::Read;
use std::process::{Child, Stdio};

use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;

use crate::util::{Done, Run};

/// A pipe whose reader has ended.
fn closed_pipe() -> Stdio {
    let mut reader = Run::new(&["--version"]).0;
    let mut reader = reader
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program runs");
    let pipe = reader.stdin.take().expect("a pipe");
    reader.wait().expect("the program ends");
    pipe.into()
}

/// The program with a closed pipe as its stdout.
fn with_closed_pipe(args: &[&str], url: &str) -> Done {
    let mut run = Run::new(args).env("PLEX_URL", url);
    run.0.stdout(closed_pipe()).stderr(Stdio::piped());
    Done::from(
        run.0
            .spawn()
            .and_then(Child::wait_with_output)
            .expect("the program runs"),
    )
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let server = Pms::new().with_task("TaskOfTheFuture").start();
    for args in [
        &["names"][..],
        &["list"],
        &["list", "--json"],
        &["--help"],
        &["start", "--all"],
    ] {
        with_closed_pipe(args, &server.url()).prints("");
    }
}

#[test]
fn every_task_is_started_even_if_stdout_is_closed() {
    let server = Pms::new().start();
    with_closed_pipe(&["start", "BackupDatabase", "MusicAnalysis"], &server.url()).prints("");
    assert_eq!(server.running(), ["BackupDatabase", "MusicAnalysis"]);
    let failed = with_closed_pipe(&["start", "nonsense", "OptimizeDatabase"], &server.url());
    failed.fails(4, &["no such task"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let mut run = Run::new(&["names"]);
    run.0
        .stdout(std::fs::File::create("/dev/full").expect("the device"))
        .stderr(Stdio::piped());
    let output = run
        .0
        .spawn()
        .and_then(Child::wait_with_output)
        .expect("the program runs");
    Done::from(output).fails(1, &["cannot write the output", "No space left"]);
}

#[test]
fn a_closed_stderr_does_not_change_the_exit_code() {
    let mut run = Run::new(&["list", "--nonsense"]);
    run.0.stderr(closed_pipe()).stdout(Stdio::piped());
    let output = run
        .0
        .spawn()
        .and_then(Child::wait_with_output)
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_list_can_be_piped_to_head() {
    let server = Pms::new().start();
    let mut run = Run::new(&["list"]).env("PLEX_URL", server.url());
    let mut child = run
        .0
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut start = [0; 4];
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_exact(&mut start)
        .expect("a line");
    assert_eq!(&start, b"NAME");
    Done::from(child.wait_with_output().expect("the program ends")).prints("");
}

#[test]
fn a_shortened_message_is_ascii() {
    let server = HttpServer::start(|_| Response::new(500).html("why ".repeat(100)));
    let done = Run::new(&["list", "--url", &server.url()]).done();
    assert!(
        done.stderr.contains("why...") && done.stderr.is_ascii(),
        "{}",
        done.stderr
    );
    done.fails(1, &["answered 500: why"]);
}
