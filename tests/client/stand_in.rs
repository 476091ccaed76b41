//! The operations against the stand-in for PMS, which keeps its tasks and which of them run.

use plex_butler::{Error, StartOutcome, StopOutcome, TaskName};
use plex_butler_test_support::pms::{Pms, TASKS};

use crate::util::{TOKEN, client_for, expect_error};

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
