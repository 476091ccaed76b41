//! The operations against the stand-in for PMS, which keeps its tasks, which of them run, and what its activities show.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use plex_butler::{Error, StartOutcome, StopOutcome, TaskName};
use plex_butler_test_support::pms::{Pms, PmsServer, TASKS};
use serde_json::{Value, json};

use crate::util::{TOKEN, client_for, expect_error};

/// The response to a request with these lines of headers, as it comes over the wire.
fn get(server: &PmsServer, path: &str, headers: &[&str]) -> String {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: pms\r\n{headers}\r\n").expect("a request");
    stream
        .shutdown(Shutdown::Write)
        .expect("the request has ended");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}

const IDENTIFIER: &str = "X-Plex-Client-Identifier: tests";

/// The body of `GET /activities`, asked for JSON.
fn activities(server: &PmsServer) -> Value {
    let token = format!("X-Plex-Token: {TOKEN}");
    let headers = ["Accept: application/json", IDENTIFIER, &token];
    let response = get(server, "/activities", &headers);
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    serde_json::from_str(body).expect("JSON")
}

/// The type, the title, the subtitle and the progress of each activity.
fn rows(server: &PmsServer) -> Vec<(String, String, String, i64)> {
    let activities = activities(server);
    let text = |row: &Value, field: &str| row[field].as_str().expect("a text").to_owned();
    activities["MediaContainer"]["Activity"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| {
            let progress = row["progress"].as_i64().expect("a number");
            (
                text(row, "type"),
                text(row, "title"),
                text(row, "subtitle"),
                progress,
            )
        })
        .collect()
}

/// A row of `rows`.
fn row(kind: &str, title: &str, subtitle: &str, progress: i64) -> (String, String, String, i64) {
    (kind.into(), title.into(), subtitle.into(), progress)
}

/// The row of the Butler.
fn butler(subtitle: &str, progress: i64) -> (String, String, String, i64) {
    row("butler", "Butler tasks", subtitle, progress)
}

#[test]
fn the_list_keeps_its_order_and_unknown_names() {
    let server = Pms::new().with_task("TaskOfTheFuture").start();
    let names: Vec<TaskName> = client_for(&server.url())
        .get_butler_tasks()
        .unwrap()
        .into_iter()
        .map(|task| task.name)
        .collect();
    let expected = TASKS
        .iter()
        .map(|task| task.name.as_str())
        .chain(["TaskOfTheFuture"]);
    assert!(names.iter().map(TaskName::as_str).eq(expected));
}

#[test]
fn a_task_starts_runs_and_stops() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    assert_eq!(
        client.start_task(TaskName::BACKUP_DATABASE).unwrap(),
        StartOutcome::Accepted
    );
    assert_eq!(
        client.start_task("BackupDatabase").unwrap(),
        StartOutcome::AlreadyRunning
    );
    assert_eq!(server.running(), ["BackupDatabase"]);
    assert_eq!(
        client.stop_task(String::from("BackupDatabase")).unwrap(),
        StopOutcome::Stopped
    );
    assert_eq!(
        client.stop_task(&TaskName::BACKUP_DATABASE).unwrap(),
        StopOutcome::NotRunning
    );
    assert!(server.running().is_empty());
}

#[test]
fn all_enabled_tasks_start_and_all_stop() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    client.start_all_tasks().unwrap();
    assert_eq!(
        server.running().len(),
        TASKS.iter().filter(|task| task.enabled).count()
    );
    client.stop_all_tasks().unwrap();
    assert!(server.running().is_empty());
}

#[test]
fn an_undocumented_task_is_started_and_stopped_by_its_exact_name() {
    for name in [
        "TaskOfTheFuture",
        "a/b",
        "50% off?",
        "#1",
        "Ünïcödé 音楽",
        "%2F",
        "...",
    ] {
        let server = Pms::new().with_task(name).start();
        let client = client_for(&server.url());
        assert_eq!(
            client.start_task(name).unwrap(),
            StartOutcome::Accepted,
            "{name}"
        );
        assert_eq!(server.running(), [name]);
        assert_eq!(
            client.stop_task(name).unwrap(),
            StopOutcome::Stopped,
            "{name}"
        );
        assert_eq!(
            client.stop_task(name).unwrap(),
            StopOutcome::NotRunning,
            "{name}"
        );
    }
}

#[test]
fn an_unknown_task_is_reported_with_the_tasks_of_the_server() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    let starts = expect_error(client.start_task("NoSuchTask"));
    let stops = expect_error(client.stop_task("NoSuchTask"));
    for error in [starts, stops] {
        assert_eq!(error.status(), Some(404));
        let message = error.to_string();
        assert!(
            message.ends_with(&format!("it lists {} others", TASKS.len())),
            "{message}"
        );
        let Error::UnknownTask {
            name, available, ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(name, "NoSuchTask");
        assert_eq!(available.len(), TASKS.len());
    }
}

#[test]
fn an_unknown_task_is_shown_with_invisible_characters_escaped() {
    let server = Pms::new().start();
    for (name, shown) in [
        ("BackupDatabase ", r#""BackupDatabase ""#),
        (" BackupDatabase", r#"" BackupDatabase""#),
        ("Backup  Database", r#""Backup  Database""#),
        ("BackupDatabase\u{a0}", r#""BackupDatabase\u{a0}""#),
        ("Backup\u{200b}Database", r#""Backup\u{200b}Database""#),
    ] {
        let message = expect_error(client_for(&server.url()).start_task(name)).to_string();
        assert!(message.contains(&format!("no task {shown}; ")), "{message}");
    }
}

#[test]
fn without_a_running_task_there_is_no_activity() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    let none = json!({"MediaContainer": {"size": 0}});
    assert_eq!(activities(&server), none);

    client.start_all_tasks().unwrap();
    client.stop_all_tasks().unwrap();
    assert_eq!(activities(&server), none);
}

#[test]
fn a_running_task_is_a_step_of_the_butler() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    client.start_task("MusicAnalysis").unwrap();
    assert_eq!(
        activities(&server),
        json!({"MediaContainer": {"size": 1, "Activity": [{
            "uuid": "uuid-of-butler", "type": "butler", "cancellable": false, "userID": 1,
            "title": "Butler tasks", "subtitle": "MusicAnalysis", "progress": 0,
        }]}})
    );
    server.advance();
    client.start_task("DeepMediaAnalysis").unwrap();
    assert_eq!(rows(&server), [butler("MusicAnalysis", 50)]);
    assert_eq!(server.running(), ["MusicAnalysis", "DeepMediaAnalysis"]);

    server.advance();
    assert_eq!(rows(&server), [butler("DeepMediaAnalysis", 50)]);
    assert_eq!(server.running(), ["DeepMediaAnalysis"]);

    client.stop_task("DeepMediaAnalysis").unwrap();
    assert_eq!(rows(&server), []);
}

#[test]
fn some_tasks_work_under_their_own_activity_before_their_step() {
    for (task, own) in [
        (
            "BackupDatabase",
            row("general.db.backup", "Database", "Backing up database", -1),
        ),
        (
            "OptimizeDatabase",
            row("general.db.optimize", "Optimizing database", "", -1),
        ),
        (
            "CleanOldBundles",
            row("general.bundle.clean", "Cleaning Bundles", "", -1),
        ),
    ] {
        let server = Pms::with_token(TOKEN).start();
        client_for(&server.url()).start_task(task).unwrap();
        assert_eq!(rows(&server), [butler("", 100), own]);
        server.advance();
        assert_eq!(rows(&server), [butler(task, 0)]);
        server.advance();
        server.advance();
        assert_eq!(rows(&server), []);
        assert!(server.running().is_empty());
    }
}

#[test]
fn one_row_shows_the_steps_of_all_tasks() {
    let server = Pms::with_token(TOKEN).start();
    client_for(&server.url()).start_all_tasks().unwrap();
    let kinds: Vec<String> = rows(&server).into_iter().map(|row| row.0).collect();
    assert_eq!(
        kinds,
        [
            "butler",
            "general.db.backup",
            "general.bundle.clean",
            "general.db.optimize"
        ]
    );
    assert_eq!(
        rows(&server)[0],
        butler("ButlerTaskGenerateCreditsMarkers", 0)
    );
}

#[test]
fn a_waiting_butler_stays_when_its_tasks_have_ended() {
    let server = Pms::with_token(TOKEN).with_waiting_butler().start();
    assert_eq!(rows(&server), [butler("", 100)]);
    client_for(&server.url())
        .start_task("MusicAnalysis")
        .unwrap();
    assert_eq!(rows(&server), [butler("MusicAnalysis", 0)]);
    server.advance();
    server.advance();
    assert_eq!(rows(&server), [butler("", 100)]);
}

#[test]
fn activities_need_the_token_and_are_xml_unless_asked_for_json() {
    let server = Pms::with_token(TOKEN).start();
    for token in ["X-Plex-Token: wrong", "X-No: token"] {
        let refused = get(&server, "/activities", &[IDENTIFIER, token]);
        assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    }
    let token = format!("X-Plex-Token: {TOKEN}");
    client_for(&server.url())
        .start_task("MusicAnalysis")
        .unwrap();
    let xml = get(&server, "/activities", &[IDENTIFIER, &token]);
    assert!(xml.contains("Content-Type: text/xml"), "{xml}");
    assert!(
        xml.ends_with(
            r#"<MediaContainer size="1"><Activity uuid="uuid-of-butler" type="butler" cancellable="0" userID="1" title="Butler tasks" subtitle="MusicAnalysis" progress="0"></Activity></MediaContainer>"#
        ),
        "{xml}"
    );
}

#[test]
fn only_a_server_for_any_client_shows_what_it_is_and_needs_no_identifier() {
    let (token, pms) = (format!("X-Plex-Token: {TOKEN}"), Pms::with_token(TOKEN));
    let (strict, lenient) = (Pms::with_token(TOKEN).start(), pms.for_any_client().start());
    for (path, token) in [("/", &*token), ("/identity", "X-No: token")] {
        assert!(get(&strict, path, &[IDENTIFIER, token]).starts_with("HTTP/1.1 40"));
        let json = get(&lenient, path, &["Accept: application/json", token]);
        assert!(
            json.contains(r#"{"MediaContainer":{"size":0,"apiVersion":"1.2.2","claimed":true,"machineIdentifier":""#),
            "{json}"
        );
        let xml = get(&lenient, path, &[token]);
        assert!(
            xml.contains(
                r#"<MediaContainer size="0" apiVersion="1.2.2" claimed="1" machineIdentifier=""#
            ),
            "{xml}"
        );
    }
    assert!(get(&lenient, "/", &[]).starts_with("HTTP/1.1 401 "));
    assert!(get(&strict, "/butler", &[&token]).starts_with("HTTP/1.1 400 "));
    assert!(get(&lenient, "/butler", &[&token]).starts_with("HTTP/1.1 200 "));
}
