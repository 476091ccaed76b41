//! Starts the database backup before an upgrade. A backup that is running already is as good. The server skips one that
//! is not due today, and nothing in the API tells that or when it is done: leave it the time that it takes, and look at
//! the newest file in the backup directory.
//!
//! `PLEX_URL=http://nas:32400 PLEX_TOKEN=… cargo run --example backup_before_upgrade && sleep 1800 && upgrade`

use std::process::ExitCode;

use plex_butler::{Client, Error, StartOutcome, TaskName};

fn start_backup() -> Result<StartOutcome, Error> {
    Client::from_env()?.start_task(TaskName::BackupDatabase)
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
