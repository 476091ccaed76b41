//! The five operations: what goes over the wire, and what each documented answer comes to.

use plex_butler::{StartOutcome, StopOutcome, TaskName};
use plex_butler_test_support::pms::Pms;

use crate::util::{TOKEN, client};

#[test]
fn a_task_starts_runs_and_stops() {
    let server = Pms::with_token(TOKEN).start();
    let client = client(&server.url());
    assert_eq!(
        client.start_task(TaskName::BackupDatabase).unwrap(),
        StartOutcome::Started
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
        client.stop_task(&TaskName::BackupDatabase).unwrap(),
        StopOutcome::NotRunning
    );
}
