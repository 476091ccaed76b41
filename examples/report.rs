//! Reports which tasks are enabled and how often they are due.

use std::process::ExitCode;

use plex_butler::{ButlerTask, Client};

fn schedule(task: &ButlerTask) -> String {
    let time = if task.schedule_randomized {
        "at a random time in the window"
    } else {
        "in the window"
    };
    match task.interval {
        1 => format!("daily, {time}"),
        7 => format!("weekly, {time}"),
        days => format!("every {days} days, {time}"),
    }
}

fn main() -> ExitCode {
    match Client::from_env().and_then(|client| client.get_butler_tasks()) {
        Ok(tasks) => {
            let (enabled, disabled): (Vec<_>, Vec<_>) = tasks.iter().partition(|task| task.enabled);
            for task in &enabled {
                println!("{:<36} {}", task.name, schedule(task));
            }
            println!(
                "{} tasks are enabled, {} are not",
                enabled.len(),
                disabled.len()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
