//! The five operations and their outcomes, as a table.
//!
//! - `cargo run --example demo`: runs all operations against a stand-in for a Plex Media Server, in this process.
//! - `PLEX_URL=… PLEX_TOKEN=… cargo run --example demo`: lists the tasks of that server. With `-- all`, it also starts
//!   and stops them.
//! - `cargo run --example demo -- serve`: keeps the stand-in running, to try the program `plex-butler` with it.

use std::process::ExitCode;
use std::{env, thread};

use plex_butler::{Client, Error, TaskName};
use plex_butler_test_support::pms::Pms;

const TOKEN: &str = "demo-token";

fn main() -> ExitCode {
    let argument = env::args().nth(1);
    let result = match argument.as_deref() {
        Some("serve") => serve(),
        _ if env::var_os("PLEX_URL").is_none_or(|url| url.is_empty()) => stand_in(),
        Some("all") => Client::from_env().and_then(|client| walk_through(&client)),
        _ => Client::from_env().and_then(|client| list(&client)),
    };
    if let Err(error) = &result {
        println!("error: {error}");
    }
    result.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

/// Runs all operations against a server of its own.
fn stand_in() -> Result<(), Error> {
    let server = Pms::with_token(TOKEN).start();
    let client = |token| {
        Client::builder(server.url())
            .token(token)
            .no_proxy()
            .build()
    };
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
        println!(
            "{:<36} every {:>2} days   {enabled:<9} {}",
            task.name, task.interval, task.title
        );
    }
    println!();
    Ok(())
}

/// Lists the tasks; then starts and stops one of them, all of them, and one that no server has.
fn walk_through(client: &Client) -> Result<(), Error> {
    list(client)?;
    let task = TaskName::BACKUP_DATABASE;
    row("start BackupDatabase", client.start_task(&task));
    row("start it again", client.start_task(&task));
    row("stop it", client.stop_task(&task));
    row("stop it again", client.stop_task(&task));
    row(
        "start all tasks",
        client.start_all_tasks().map(|()| "started"),
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

/// Keeps the stand-in running until the process is ended.
fn serve() -> Result<(), Error> {
    let server = Pms::with_token(TOKEN).start();
    println!("Try this in another terminal; Ctrl-C ends the server:\n");
    println!(
        "PLEX_URL={} PLEX_TOKEN={TOKEN} cargo run -- list",
        server.url()
    );
    loop {
        thread::park();
    }
}
