//! Stops the tasks that keep the server busy, and starts them again later.
//!
//! `quiet_hours stop` in the evening, `quiet_hours start` at night.

use std::process::ExitCode;

use plex_butler::{Client, Error, TaskName};

fn run(start: bool) -> Result<(), Error> {
    let client = Client::from_env()?;
    for task in [
        TaskName::DEEP_MEDIA_ANALYSIS,
        TaskName::LOUDNESS_ANALYSIS,
        TaskName::MUSIC_ANALYSIS,
    ] {
        let outcome = match start {
            true => client.start_task(&task).map(|outcome| outcome.to_string()),
            false => client.stop_task(&task).map(|outcome| outcome.to_string()),
        };
        match outcome {
            // An older server has fewer tasks.
            Err(Error::UnknownTask { .. }) => println!("{task}: not on this server"),
            outcome => println!("{task}: {}", outcome?),
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        Some("start") => run(true),
        Some("stop") => run(false),
        _ => {
            eprintln!("usage: quiet_hours start|stop");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = &result {
        eprintln!("{error}");
    }
    ExitCode::from(u8::from(result.is_err()))
}
