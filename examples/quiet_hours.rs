//! Stops the tasks that keep the server busy, and starts them again later.
//!
//! `quiet_hours stop` in the evening, `quiet_hours start` at night.

use std::error::Error;

use plex_butler::{Client, Error as ButlerError, TaskName};

const BUSY: [TaskName; 3] = [
    TaskName::DeepMediaAnalysis,
    TaskName::LoudnessAnalysis,
    TaskName::MusicAnalysis,
];

fn main() -> Result<(), Box<dyn Error>> {
    let start = match std::env::args().nth(1).as_deref() {
        Some("start") => true,
        Some("stop") => false,
        _ => return Err("usage: quiet_hours start|stop".into()),
    };
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
            Err(ButlerError::UnknownTask { .. }) => println!("{task}: not on this server"),
            Err(error) => return Err(error.to_string().into()),
        }
    }
    Ok(())
}
