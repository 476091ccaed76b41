//! `--json` of `start` and `stop`.

use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::unused_address;
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
        json!({"task": "xyzzy", "error": "no such task; `plex-butler list` shows the tasks of this server"}),
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
        assert_eq!(*line, json!({"task": task, "error": reason}));
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
