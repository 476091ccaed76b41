//! `plex-butler`: lists, starts and stops the maintenance tasks of a Plex Media Server from the command line, and shows what
//! runs.

mod address;
mod advice;
mod args;
mod commands;
mod completions;
mod environment;
mod failure;
mod file;
mod headers;
// Only `examples/pages.rs` writes the manual page, for packages.
#[cfg(test)]
mod manual;
mod names;
mod output;
mod report;
mod retry;
mod server;
mod settings;
mod status;
mod table;
mod this_machine;
mod token;
mod token_text;
mod trace;

use std::process::ExitCode;

use failure::{Failure, Status};
use output::{Output, eprint_line, eprint_usage};

fn main() -> ExitCode {
    let mut output = Output::default();
    let mut status = run(&mut output).unwrap_or_else(|failure| {
        eprint_line(&failure.message);
        failure.status()
    });
    if let Err(error) = output.finish() {
        eprint_line(&format!("cannot write the output: {error}"));
        status = status.max(Status::Failed);
    }
    status.into()
}

fn run(output: &mut Output) -> Result<Status, Failure> {
    match args::parse(std::env::args_os()) {
        Ok(cli) => commands::run(&cli.command, &cli.options, output),
        Err(error) if error.use_stderr() => {
            match error.render().to_string().strip_prefix("error: ") {
                Some(message) => eprint_usage(message),
                // Without arguments, the help is printed. If stderr is closed, it cannot be shown.
                None => drop(error.print()),
            }
            Ok(Status::WrongUsage)
        }
        Err(help_or_version) => {
            output.write(&help_or_version.render().ansi().to_string());
            Ok(Status::Done)
        }
    }
}
