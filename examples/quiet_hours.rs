//! Stops the tasks that keep the server busy, and starts them again later.
//!
//! `quiet_hours stop` in the evening, `quiet_hours start` at night.

use std::process::ExitCode;

use plex_butler::{Client, Error, TaskName};

const BUSY: [TaskName; 3] = [
    TaskName::DeepMediaAnalysis,
    TaskName::LoudnessAnalysis,
    TaskName::MusicAnalysis,
];

fn run(start: bool) -> Result<(), Error> {
    let client = Client::from_env()?;
    for task in &BUSY {
        let outcome = if start {
            client.start_task(task).map(|outcome| outcome.to_string())
        } else {
            client.stop_task(task).map(|outcome| outcome.to_string())
        };
        match outcome {
            Ok(outcome) => println!("{task}: {outcome}"),
            // An older server has fewer tasks.
            Err(Error::UnknownTask { .. }) => println!("{task}: not on this server"),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let start = match std::env::args().nth(1).as_deref() {
        Some("start") => true,
        Some("stop") => false,
        _ => {
            eprintln!("usage: quiet_hours start|stop");
            return ExitCode::from(2);
        }
    };
    match run(start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
