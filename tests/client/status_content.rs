//! What the Butler is doing: each state, as the server's activities show it.

use plex_butler::{Activity, ButlerStatus, Error};
use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;

use crate::util::{TOKEN, client_for, expect_error};

fn status(body: impl Into<Vec<u8>>) -> Result<ButlerStatus, Error> {
    let body = body.into();
    let server = HttpServer::start(move |_| Response::of_pms(200).json(body.clone()));
    client_for(&server.url()).get_butler_status()
}

/// The status of a server with these activities.
#[track_caller]
fn status_with(activities: &[&str]) -> ButlerStatus {
    let body = format!(
        r#"{{"MediaContainer":{{"size":{},"Activity":[{}]}}}}"#,
        activities.len(),
        activities.join(",")
    );
    status(body).expect("a status")
}

const BUTLER_AT_REST: &str = r#"{"uuid":"a","type":"butler","cancellable":false,"userID":1,"title":"Butler tasks","subtitle":"","progress":100}"#;
const ANALYSIS: &str =
    r#"{"type":"butler","title":"Butler tasks","subtitle":"DeepMediaAnalysis","progress":90}"#;
const BACKUP: &str = r#"{"type":"general.db.backup","title":"Database","subtitle":"Backing up database","progress":-1,"Context":{"a":[1]}}"#;
const SCAN: &str =
    r#"{"type":"library.update.section","title":"Scanning","subtitle":"Films","progress":50}"#;

/// The type, the title, the subtitle and the progress of each activity.
fn rows(status: &ButlerStatus) -> Vec<(&str, &str, &str, Option<u8>)> {
    status
        .activities()
        .iter()
        .map(|activity| {
            (
                &*activity.activity_type,
                &*activity.title,
                &*activity.subtitle,
                activity.progress,
            )
        })
        .collect()
}

#[test]
fn without_an_activity_of_the_butler_it_is_idle() {
    for body in [
        r#"{"MediaContainer":{"size":0}}"#,
        r#"{"MediaContainer":{}}"#,
        r#"{"MediaContainer":{"Activity":null}}"#,
        r#"{"MediaContainer":{"size":0,"Activity":[]},"further":1}"#,
    ] {
        assert_eq!(status(body).expect(body), ButlerStatus::Idle);
    }
    assert_eq!(status_with(&[SCAN]), ButlerStatus::Idle);
    // Those of other types can have any form.
    let odd = [
        r#"{"type":"library.update.section","progress":12.5,"title":5}"#,
        r#"{"type":"transcode","progress":"half"}"#,
        r#"{"type":5}"#,
        "{}",
    ];
    assert_eq!(status_with(&odd), ButlerStatus::Idle);
}

#[test]
fn a_butler_at_100_is_waiting() {
    let waiting = status_with(&[SCAN, BUTLER_AT_REST]);
    assert!(matches!(waiting, ButlerStatus::Waiting(_)), "{waiting:?}");
    assert_eq!(rows(&waiting), [("butler", "Butler tasks", "", Some(100))]);
}

#[test]
fn a_butler_below_100_or_a_task_of_its_own_is_working() {
    let step = ("butler", "Butler tasks", "DeepMediaAnalysis", Some(90));
    let rest = ("butler", "Butler tasks", "", Some(100));
    let backup = ("general.db.backup", "Database", "Backing up database", None);
    for (activities, expected) in [
        (vec![ANALYSIS], vec![step]),
        (vec![SCAN, BACKUP], vec![backup]),
        (vec![BUTLER_AT_REST, BACKUP], vec![rest, backup]),
        (vec![BUTLER_AT_REST, ANALYSIS], vec![rest, step]),
    ] {
        let working = status_with(&activities);
        assert!(matches!(working, ButlerStatus::Working(_)), "{working:?}");
        assert_eq!(rows(&working), expected);
    }
    for activity_type in ["general.db.optimize", "general.bundle.clean"] {
        let working = status_with(&[&format!(r#"{{"type":"{activity_type}","progress":100}}"#)]);
        assert!(matches!(working, ButlerStatus::Working(_)), "{working:?}");
    }
}

#[test]
fn an_unknown_progress_is_none_and_the_butler_is_working() {
    for progress in [
        "",
        r#","progress":-1"#,
        r#","progress":null"#,
        r#","progress":101"#,
    ] {
        let working = status_with(&[&format!(r#"{{"type":"butler"{progress}}}"#)]);
        assert!(matches!(working, ButlerStatus::Working(_)), "{working:?}");
        assert_eq!(rows(&working), [("butler", "", "", None)]);
    }
}

#[test]
fn five_hundred_activities_and_control_characters_are_read() {
    let odd = r#"{"type":"butler","title":null,"subtitle":"a\u001b[2J\nb","progress":1}"#;
    let mut activities = vec![SCAN; 499];
    activities.push(odd);
    let working = status_with(&activities);
    assert_eq!(rows(&working), [("butler", "", "a\u{1b}[2J\nb", Some(1))]);
}

#[test]
fn anything_else_is_an_unexpected_response() {
    for body in [
        "OK",
        "{}",
        "[]",
        "[[[]]]",
        r#"{"MediaContainer":null}"#,
        r#"{"MediaContainer":[]}"#,
        r#"{"MediaContainer":{"Activity":{}}}"#,
        r#"{"MediaContainer":{"Activity":[["butler"]]}}"#,
        r#"{"MediaContainer":{"Activity":["butler"]}}"#,
        r#"{"MediaContainer":{"Activity":[{"type":"butler","title":5}]}}"#,
        r#"{"MediaContainer":{"Activity":[{"type":"butler","progress":"90"}]}}"#,
        r#"{"ButlerTasks":{"ButlerTask":[]}}"#,
        r#"{"errors":[{"code":1001,"message":"No"}]}"#,
    ] {
        match expect_error(status(body)) {
            Error::UnexpectedResponse { found, .. } => {
                assert!(found.starts_with("no list of activities ("), "{found}");
                assert_eq!(
                    found.contains("PMS sends"),
                    body.starts_with('<'),
                    "{found}"
                );
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn an_empty_body_and_xml_are_named() {
    for (body, expected) in [
        ("", "an empty body"),
        (
            r#"<?xml version="1.0"?><MediaContainer size="0"></MediaContainer>"#,
            "XML, which PMS sends if the request has no header `Accept`",
        ),
    ] {
        match expect_error(status(body)) {
            Error::UnexpectedResponse { found, .. } => assert_eq!(found, expected),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn the_stand_in_is_idle_then_works_then_is_idle_again() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    let status = || client.get_butler_status().expect("a status");
    assert_eq!(status(), ButlerStatus::Idle);
    client.start_task("BackupDatabase").expect("a success");
    let backup = status();
    assert!(matches!(backup, ButlerStatus::Working(_)), "{backup:?}");
    let rows = backup.activities();
    assert!(
        rows.iter().any(|row| row.subtitle == "Backing up database"),
        "{backup:?}"
    );
    server.advance();
    let step = status();
    assert!(matches!(step, ButlerStatus::Working(_)), "{step:?}");
    assert_eq!(step.activities()[0].subtitle, "BackupDatabase");
    server.advance();
    server.advance();
    assert_eq!(status(), ButlerStatus::Idle);

    let waiting = Pms::with_token(TOKEN).with_waiting_butler().start();
    let status = client_for(&waiting.url()).get_butler_status();
    assert!(matches!(status, Ok(ButlerStatus::Waiting(_))), "{status:?}");
}

#[test]
fn an_activity_is_written_as_the_api_has_it() {
    let working = status_with(&[BACKUP]);
    let written = serde_json::to_string(&working.activities()[0]).expect("JSON");
    assert_eq!(
        written,
        r#"{"type":"general.db.backup","title":"Database","subtitle":"Backing up database","progress":null}"#
    );
    let read: Activity = serde_json::from_str(&written).expect("an activity");
    assert_eq!(read, working.activities()[0]);
    let names = [
        ButlerStatus::Idle,
        ButlerStatus::Waiting(Vec::new()),
        working,
    ];
    let names = names.map(|status| format!("{status:>8}"));
    assert_eq!(names, ["    idle", " waiting", " working"]);
}
