//! The result of each task, as text or as JSON.

use serde::Serialize;

use crate::args::{Options, Selection};
use crate::failure::{Failure, Kind, Status};
use crate::names::shortened;
use crate::output::{Output, eprint_line, printable_json};

/// Prints the result of each task, and keeps the exit code.
pub(crate) struct Report<'a> {
    output: &'a mut Output,
    json: bool,
    quiet: bool,
    status: Status,
}

/// A line of JSON. With `--all`, the task is null.
#[derive(Serialize)]
struct Line<'a> {
    task: Option<&'a str>,
    #[serde(flatten)]
    result: Outcome<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Done { outcome: &'a str },
    Failed { error: &'a str, kind: Kind },
}

impl<'a> Report<'a> {
    pub(crate) fn new(
        selection: &Selection,
        options: &Options,
        output: &'a mut Output,
    ) -> Report<'a> {
        Report {
            output,
            json: selection.json,
            quiet: options.quiet,
            status: Status::Done,
        }
    }

    /// The request for a task, or for all, succeeded.
    pub(crate) fn done(&mut self, task: Option<&str>, outcome: &str) {
        if self.quiet {
        } else if self.json {
            self.line(task, Outcome::Done { outcome });
        } else {
            self.output
                .line(&format!("{}: {outcome}", task.unwrap_or("all tasks")));
        }
    }

    /// The request for a task, or for all, failed.
    pub(crate) fn failed(&mut self, task: Option<&str>, failure: &Failure) {
        self.status = self.status.max(failure.status());
        match task {
            _ if self.json => self.line(
                task,
                Outcome::Failed {
                    error: &failure.message,
                    kind: failure.kind,
                },
            ),
            Some(task) => eprint_line(&format!("{}: {}", shortened(task), failure.message)),
            None => eprint_line(&failure.message),
        }
    }

    /// These tasks failed for the same reason.
    pub(crate) fn all_failed(&mut self, tasks: &[String], failure: &Failure) {
        if self.json {
            tasks
                .iter()
                .for_each(|task| self.failed(Some(task), failure));
        } else if !tasks.is_empty() {
            let tasks: Vec<String> = tasks.iter().map(|task| shortened(task)).collect();
            eprint_line(&format!("{}: {}", tasks.join(", "), failure.message));
            self.status = self.status.max(failure.status());
        }
    }

    pub(crate) fn status(self) -> Status {
        self.status
    }

    fn line(&mut self, task: Option<&str>, result: Outcome<'_>) {
        let json =
            serde_json::to_string(&Line { task, result }).expect("strings can be serialized");
        self.output.write(&(printable_json(&json) + "\n"));
    }
}
