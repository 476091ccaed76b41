//! Starts the database backup before an upgrade. If a backup is already running, that is a success too.
//!
//! The server can skip a backup that is not due, and its response does not tell. So check the newest files in the backup
//! directory before the upgrade.
//!
//! `PLEX_URL=http://nas:32400 PLEX_TOKEN=… cargo run --example backup_before_upgrade`

use std::process::ExitCode;

use plex_butler::{Client, Error, StartOutcome, TaskName};

fn start_backup() -> Result<StartOutcome, Error> {
    Client::from_env()?.start_task(TaskName::BACKUP_DATABASE)
}

fn main() -> ExitCode {
    match start_backup() {
        Ok(outcome) => {
            println!("database backup: {outcome}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("no backup, so no upgrade: {error}");
            ExitCode::FAILURE
        }
    }
}
