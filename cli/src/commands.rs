//! The commands: list, start, stop and names.

use plex_butler::{ButlerTask, Client, Error, TaskName};
use serde::Serialize;

use crate::args::{Command, Options, Selection};
use crate::failure::{Failure, Status};
use crate::output::{Output, complain, printable_json};
use crate::{names, settings, table};

pub(crate) fn run(command: &Command, options: &Options, output: &mut Output) -> Result<Status, Failure> {
    match command {
        Command::Names => {
            for name in TaskName::KNOWN {
                output.line(name.as_str());
            }
            Ok(Status::Done)
        }
        Command::List { json } => list(&settings::client(options)?, *json, output),
        Command::Start(selection) => act(Action::Start, selection, options, output),
        Command::Stop(selection) => act(Action::Stop, selection, options, output),
    }
}

fn list(client: &Client, json: bool, output: &mut Output) -> Result<Status, Failure> {
    let tasks = client.get_butler_tasks()?;
    if json {
        output.write(&printable_json(&api_json(&tasks)));
        output.write("\n");
    } else {
        output.write(&table::render(&tasks, settings::width(), settings::colour()));
    }
    Ok(Status::Done)
}

/// The list as the API sends it.
fn api_json(tasks: &[ButlerTask]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer<'a> {
        butler_tasks: List<'a>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct List<'a> {
        butler_task: &'a [ButlerTask],
    }

    let butler_tasks = List { butler_task: tasks };
    serde_json::to_string(&Answer { butler_tasks }).expect("strings, numbers and booleans can be serialized")
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Start,
    Stop,
}

fn act(action: Action, selection: &Selection, options: &Options, output: &mut Output) -> Result<Status, Failure> {
    let client = settings::client(options)?;
    let mut say = |line: String| {
        if !options.quiet {
            output.line(&line);
        }
    };
    let tasks = match selection {
        Selection::All => {
            let done = match action {
                Action::Start => client.start_all_tasks().map(|()| "all enabled tasks: started"),
                Action::Stop => client.stop_all_tasks().map(|()| "all tasks: stopped"),
            };
            say(done?.into());
            return Ok(Status::Done);
        }
        Selection::Tasks(tasks) => tasks,
    };
    let mut server = Server { client, listed: None };
    let mut status = Status::Done;
    for task in tasks {
        match server.act(action, task) {
            Ok(done) => say(done),
            Err(failure) => {
                complain(&format!("{task}: {}", failure.message));
                status = status.max(failure.status);
            }
        }
    }
    Ok(status)
}

/// The server, and the names that it lists, where they were asked for.
struct Server {
    client: Client,
    listed: Option<Vec<TaskName>>,
}

impl Server {
    /// Starts or stops the task that the user means, and says what came of it.
    fn act(&mut self, action: Action, wanted: &str) -> Result<String, Failure> {
        let name = self.resolve(wanted)?;
        let outcome = match action {
            Action::Start => self.client.start_task(&name).map(|outcome| outcome.to_string()),
            Action::Stop => self.client.stop_task(&name).map(|outcome| outcome.to_string()),
        };
        match outcome {
            Ok(outcome) => Ok(format!("{name}: {outcome}")),
            Err(Error::UnknownTask { available, .. }) => Err(no_such_task(wanted, &available)),
            Err(error) => Err(error.into()),
        }
    }

    /// The name that the user means: a known one, or else one that the server lists.
    fn resolve(&mut self, wanted: &str) -> Result<TaskName, Failure> {
        if let [name] = names::find(wanted, TaskName::KNOWN)[..] {
            return Ok(name.clone());
        }
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => self.client.get_butler_tasks()?.into_iter().map(|task| task.name).collect(),
        };
        let listed = self.listed.insert(listed);
        match names::find(wanted, listed)[..] {
            [name] => Ok(name.clone()),
            [] => Err(no_such_task(wanted, listed)),
            ref several => Err(Failure::no_such_task(format!(
                "more than one task is meant: {}: write it exactly like one of them",
                join(several.iter().copied(), " or ")
            ))),
        }
    }
}

fn no_such_task(wanted: &str, available: &[TaskName]) -> Failure {
    let closest = match names::closest(wanted, available)[..] {
        [] if wanted.eq_ignore_ascii_case("all") => "did you mean --all? ".into(),
        [] => String::new(),
        ref names => format!("did you mean {}? ", join(names.iter().copied(), " or ")),
    };
    let available = match available {
        [] => "no tasks at all".into(),
        names => join(names, ", "),
    };
    Failure::no_such_task(format!("no such task: {closest}the server has {available}"))
}

fn join<'a>(names: impl IntoIterator<Item = &'a TaskName>, separator: &str) -> String {
    let names: Vec<&str> = names.into_iter().map(TaskName::as_str).collect();
    names.join(separator)
}
