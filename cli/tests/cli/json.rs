//! `--json` of `start` and `stop`.

use std::io::BufReader;

use plex_butler_test_support::http::{HttpServer, Request, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::{RawServer, unused_address};
use serde_json::{Value, json};

use crate::util::{Done, Run, TOKEN};

fn lines(done: &Done) -> Vec<Value> {
    done.stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn each_task_is_an_object_on_a_line() {
    let server = Pms::with_token(TOKEN).start();
    let done = Run::at(
        &server,
        &[
            "start",
            "--json",
            "backup-database",
            "xyzzy",
            "OptimizeDatabase",
        ],
    )
    .done();
    assert_eq!((done.code, &*done.stderr), (Some(4), ""));
    let expected = [
        json!({"task": "BackupDatabase", "outcome": "accepted"}),
        json!({
            "task": "xyzzy",
            "error": "no such task; `plex-butler list` shows the tasks of this server",
            "kind": "no-such-task",
        }),
        json!({"task": "OptimizeDatabase", "outcome": "accepted"}),
    ];
    assert_eq!(lines(&done), expected);
    let done = Run::at(
        &server,
        &["stop", "backup-database", "MusicAnalysis", "--json"],
    )
    .done();
    done.prints(
        "{\"task\":\"BackupDatabase\",\"outcome\":\"stopped\"}\n{\"task\":\"MusicAnalysis\",\"outcome\":\"not running\"}\n",
    );
}

#[test]
fn the_task_is_null_with_all() {
    let server = Pms::with_token(TOKEN).start();
    Run::at(&server, &["start", "--all", "--json"])
        .done()
        .prints("{\"task\":null,\"outcome\":\"accepted\"}\n");
    let refused = Run::at(&server, &["stop", "--all", "--json"])
        .env("PLEX_TOKEN", "wrong")
        .done();
    assert_eq!((refused.code, &*refused.stderr), (Some(3), ""));
    let [refused] = &lines(&refused)[..] else {
        panic!("{refused:?}")
    };
    assert!(
        refused["task"].is_null() && refused["error"].as_str().expect("text").contains("401"),
        "{refused}"
    );
}

#[test]
fn a_task_that_was_not_tried_has_its_own_line() {
    let url = format!("http://{}", unused_address());
    let done = Run::new(&[
        "stop",
        "BackupDatabase",
        "MusicAnalysis",
        "xyz",
        "--json",
        "--url",
        &url,
    ])
    .done();
    assert_eq!((done.code, &*done.stderr), (Some(1), ""));
    let lines = lines(&done);
    let tasks: Vec<&Value> = lines.iter().map(|line| &line["task"]).collect();
    assert_eq!(tasks, ["BackupDatabase", "MusicAnalysis", "xyz"]);
    assert!(
        lines[2]["error"]
            .as_str()
            .expect("text")
            .starts_with("not tried")
    );
    let kinds: Vec<&Value> = lines.iter().map(|line| &line["kind"]).collect();
    assert_eq!(kinds, ["unreachable", "not-tried", "not-tried"]);
    kinds.iter().for_each(|kind| drop(documented(kind)));
}

#[test]
fn an_error_has_a_kind() {
    let kind = |response: Option<Response>, more: &[&str]| {
        let server = HttpServer::start(move |_| response.clone().unwrap_or_else(never));
        let args = ["start", "BackupDatabase", "--json", "--url", &server.url()];
        let done = Run::new(&[&args, more].concat()).done();
        let [line] = &lines(&done)[..] else {
            panic!("{done:?}")
        };
        documented(&line["kind"])
    };
    for (status, expected) in [
        (401, "not-authorized"),
        (403, "not-authorized"),
        (503, "status"),
        (302, "status"),
    ] {
        assert_eq!(kind(Some(Response::new(status)), &[]), expected);
    }
    let page = Response::new(200).html("Welcome");
    assert_eq!(kind(Some(page), &[]), "unexpected-response");
    assert_eq!(kind(None, &["--timeout", "0.2"]), "timeout");
    let dead = unused_address().to_string();
    assert_eq!(kind(None, &["--proxy", &dead]), "proxy");

    let kind_at = |url: String| {
        let args = ["start", "BackupDatabase", "--json", "--url", &url];
        let done = Run::new(&args).done();
        documented(&lines(&done)[0]["kind"])
    };
    let closing = RawServer::start(|stream, number| {
        let _ = Request::read(&mut BufReader::new(&stream), number);
    });
    assert_eq!(
        kind_at(format!("http://{}", closing.address())),
        "no-response"
    );
    let pms = Pms::new().start();
    if cfg!(feature = "rustls") {
        assert_eq!(kind_at(pms.url().replace("http:", "https:")), "tls");
    }
}

/// The word for an error, which the README has.
#[track_caller]
fn documented(kind: &Value) -> String {
    let kind = kind.as_str().expect("a kind");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("| `{kind}` |")), "{kind}");
    kind.to_owned()
}

fn never() -> Response {
    loop {
        std::thread::park();
    }
}

#[test]
fn after_a_refusal_each_task_has_its_own_line() {
    let server = Pms::with_token(TOKEN).start();
    let args = ["start", "BackupDatabase", "MusicAnalysis", "xyz", "--json"];
    let done = Run::at(&server, &args).env("PLEX_TOKEN", "wrong").done();
    assert_eq!((done.code, &*done.stderr), (Some(3), ""));
    let lines = lines(&done);
    assert!(lines[0]["error"].as_str().expect("text").contains("401"));
    let reason = "not tried, because access was refused";
    for (line, task) in lines[1..].iter().zip(["MusicAnalysis", "xyz"]) {
        let expected = json!({"task": task, "error": reason, "kind": "not-tried"});
        assert_eq!(*line, expected);
    }
    assert_eq!(lines.len(), 3);
}

#[test]
fn quiet_prints_only_failures() {
    let server = Pms::with_token(TOKEN).start();
    let done = Run::at(
        &server,
        &["-q", "start", "--json", "BackupDatabase", "xyzzy"],
    )
    .done();
    let tasks: Vec<Value> = lines(&done)
        .into_iter()
        .map(|mut line| line["task"].take())
        .collect();
    assert_eq!((done.code, tasks), (Some(4), vec![json!("xyzzy")]));
}
