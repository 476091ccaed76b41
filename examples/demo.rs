//! The operations and their outcomes, as a table.
//!
//! - `cargo run --example demo`: runs all operations against a stand-in for a Plex Media Server, in this process.
//! - `PLEX_URL=… PLEX_TOKEN=… cargo run --example demo`: lists the tasks of that server. With `-- all`, it also starts
//!   and stops them.
//! - `cargo run --example demo -- serve [PORT [SECONDS]]`: keeps the stand-in running, to try the program `plex-butler`
//!   or another client with it. There, a task ends by itself after two or three steps, which each take 3 seconds or the
//!   given number.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::num::NonZeroU64;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, io, thread};

use plex_butler::{Client, Error, TaskName};
use plex_butler_test_support::pms::Pms;

const TOKEN: &str = "demo-token";
const STEP_SECONDS: NonZeroU64 = NonZeroU64::new(3).unwrap();
const USAGE: &str = "usage: demo [all | serve [PORT [SECONDS]]]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    if let Err(error) = &result {
        println!("error: {error}");
    }
    result.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

fn run(arguments: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
    let has_url = env::var_os("PLEX_URL").is_some_and(|url| !url.is_empty());
    match arguments {
        [] if has_url => list(&Client::from_env()?)?,
        ["all"] if has_url => walk_through(&Client::from_env()?)?,
        [] | ["all"] => stand_in()?,
        ["serve"] => serve(0, STEP_SECONDS)?,
        ["serve", port] => serve(port.parse().map_err(|_| USAGE)?, STEP_SECONDS)?,
        ["serve", port, seconds] => serve(
            port.parse().map_err(|_| USAGE)?,
            seconds.parse().map_err(|_| USAGE)?,
        )?,
        ["-h" | "--help"] => println!("{USAGE}"),
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

/// Runs all operations against a stand-in.
fn stand_in() -> Result<(), Error> {
    let server = Pms::with_token(TOKEN).start();
    let client = |token| Client::builder(server.url()).token(token).build();
    walk_through(&client(TOKEN)?)?;
    let stranger = client("wrong-token")?;
    row(
        "list with a wrong token",
        stranger.get_butler_tasks().map(|_| "listed"),
    );
    Ok(())
}

/// Prints the tasks that the server has.
fn list(client: &Client) -> Result<(), Error> {
    for task in client.get_butler_tasks()? {
        let enabled = if task.enabled { "enabled" } else { "disabled" };
        let interval = match task.interval {
            1 => "daily".to_owned(),
            7 => "weekly".to_owned(),
            days => format!("every {days} days"),
        };
        println!(
            "{:<36} {interval:<14} {enabled:<9} {}",
            task.name, task.title
        );
    }
    println!();
    Ok(())
}

/// Lists the tasks. Starts and stops one of them, with a look at what runs, then all of them, and one that no server has.
fn walk_through(client: &Client) -> Result<(), Error> {
    list(client)?;
    let task = TaskName::BACKUP_DATABASE;
    row("start BackupDatabase", client.start_task(&task));
    row("start it again", client.start_task(&task));
    row("status", client.get_butler_status());
    row("stop it", client.stop_task(&task));
    row("stop it again", client.stop_task(&task));
    row(
        "start all tasks",
        client.start_all_tasks().map(|()| "accepted"),
    );
    row(
        "stop all tasks",
        client.stop_all_tasks().map(|()| "stopped"),
    );
    row("start MakeCoffee", client.start_task("MakeCoffee"));
    Ok(())
}

/// Prints the outcome of an operation.
fn row(operation: &str, result: Result<impl ToString, Error>) {
    let result = match result {
        Ok(outcome) => outcome.to_string(),
        // The message lists every task.
        Err(Error::UnknownTask { available, .. }) => {
            format!("error: no such task among its {}", available.len())
        }
        Err(error) => format!("error: {error}"),
    };
    println!("{operation:<24} {result}");
}

/// Keeps the stand-in running on a port (0 for any that is free) until the process is ended. Its running tasks advance by
/// one step in that many seconds.
fn serve(port: u16, step_seconds: NonZeroU64) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    // Fails if another program has the port, where the stand-in would panic.
    drop(TcpListener::bind(address)?);
    let server = Pms::with_token(TOKEN).for_any_client().start_at(address);
    println!(
        "\
Try this in another terminal; Ctrl-C ends the server:

PLEX_URL={} PLEX_TOKEN={TOKEN} cargo run -- list

If the program is installed, use `plex-butler` in place of `cargo run --`.
After `start backup-database`, try `status`: a task ends after some seconds.",
        server.url()
    );
    loop {
        thread::sleep(Duration::from_secs(step_seconds.get()));
        server.advance();
    }
}
