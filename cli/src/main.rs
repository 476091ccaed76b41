//! `plex-butler`: lists, starts and stops the maintenance tasks of a Plex Media Server from the command line.

mod args;
mod commands;
mod failure;
mod names;
mod output;
mod settings;
mod table;
mod token;

use std::process::ExitCode;

use args::Invocation;
use failure::{Failure, Status};
use output::{Output, complain};

/// Where the help stands, as the first block of plain text.
const README: &str = include_str!("../README.md");
const VERSION: &str = concat!("plex-butler ", env!("CARGO_PKG_VERSION"), "\n");

fn main() -> ExitCode {
    let mut output = Output::default();
    let mut status = run(&mut output).unwrap_or_else(|failure| {
        complain(&failure.message);
        failure.status
    });
    if let Err(error) = output.finish() {
        complain(&format!("cannot write the output: {error}"));
        status = status.max(Status::Failed);
    }
    status.into()
}

fn run(output: &mut Output) -> Result<Status, Failure> {
    match args::parse(std::env::args_os().skip(1))? {
        Invocation::Help => output.write(help()),
        Invocation::Version => output.write(VERSION),
        Invocation::Run(command, options) => return commands::run(&command, &options, output),
    }
    Ok(Status::Done)
}

fn help() -> &'static str {
    let mut blocks = README.split("```").filter_map(|block| block.strip_prefix("text"));
    blocks.next().unwrap_or_default().trim_start()
}
