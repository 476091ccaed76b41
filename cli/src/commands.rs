//! The commands.

use plex_butler::{ButlerTask, Error, TaskName};
use serde::Serialize;

use crate::args::{Command, Filter, Options, Selection};
use crate::failure::{Failure, Status};
use crate::output::{Output, complain, printable_json};
use crate::report::Report;
use crate::server::{Action, Server};
use crate::{completions, names, table};

pub(crate) fn run(
    command: &Command,
    options: &Options,
    output: &mut Output,
) -> Result<Status, Failure> {
    match command {
        Command::List(filter) => list(filter, options, output),
        Command::Start(selection) => act(Action::Start, selection, options, output),
        Command::Stop(selection) => act(Action::Stop, selection, options, output),
        Command::Names => {
            for name in TaskName::KNOWN {
                output.line(name.as_str());
            }
            Ok(Status::Done)
        }
        Command::Completions { shell } => {
            output.write(&completions::script(*shell));
            Ok(Status::Done)
        }
    }
}

fn list(filter: &Filter, options: &Options, output: &mut Output) -> Result<Status, Failure> {
    let mut tasks = Server::new(options)?.list()?;
    let mut status = Status::Done;
    if !filter.tasks.is_empty() {
        let listed = names_of(&tasks);
        let mut wanted = Vec::new();
        for task in &filter.tasks {
            match resolve(task, &listed, false) {
                Ok(name) => wanted.push(name),
                Err(failure) => {
                    complain(&format!("{task}: {}", failure.message));
                    status = failure.status;
                }
            }
        }
        tasks.retain(|task| wanted.contains(&task.name));
    }
    tasks.retain(|task| {
        if task.enabled {
            !filter.disabled
        } else {
            !filter.enabled
        }
    });
    if filter.json {
        output.write(&(printable_json(&api_json(&tasks)) + "\n"));
    } else if !tasks.is_empty() || status == Status::Done {
        output.write(&table::render(&tasks, filter.long, table::terminal_width()));
    }
    Ok(status)
}

/// The list as the API sends it.
fn api_json(tasks: &[ButlerTask]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Response<'a> {
        butler_tasks: List<'a>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct List<'a> {
        butler_task: &'a [ButlerTask],
    }

    let butler_tasks = List { butler_task: tasks };
    serde_json::to_string(&Response { butler_tasks })
        .expect("strings, numbers and booleans can be serialized")
}

fn act(
    action: Action,
    selection: &Selection,
    options: &Options,
    output: &mut Output,
) -> Result<Status, Failure> {
    let mut server = Server::new(options)?;
    let mut report = Report::new(selection, options, output);
    if selection.all {
        match server.act(action, None) {
            Ok(outcome) => report.done(None, outcome),
            Err(error) => report.failed(None, &error.into()),
        }
    }
    let mut listed = None;
    for (index, task) in selection.tasks.iter().enumerate() {
        match act_on(task, action, &mut server, &mut listed) {
            Ok((name, outcome)) => report.done(Some(name.as_str()), outcome),
            Err(failure) => {
                report.failed(Some(task), &failure);
                if failure.is_unreachable {
                    report.not_tried(&selection.tasks[index + 1..]);
                    break;
                }
            }
        }
    }
    Ok(report.status())
}

/// Starts or stops the task that the user means. Requests the list at most once, and keeps its names in `listed`.
fn act_on(
    wanted: &str,
    action: Action,
    server: &mut Server,
    listed: &mut Option<Vec<TaskName>>,
) -> Result<(TaskName, &'static str), Failure> {
    let name = match names::find(wanted, TaskName::KNOWN)[..] {
        [name] => name.clone(),
        _ => {
            let names = match listed.take() {
                Some(names) => names,
                None => names_of(&server.list()?),
            };
            resolve(wanted, listed.insert(names), true)?
        }
    };
    match server.act(action, Some(&name)) {
        Ok(outcome) => Ok((name, outcome)),
        Err(Error::UnknownTask { available, .. }) => Err(no_such_task(wanted, &available, true)),
        Err(error) => Err(error.into()),
    }
}

fn names_of(tasks: &[ButlerTask]) -> Vec<TaskName> {
    tasks.iter().map(|task| task.name.clone()).collect()
}

/// The one of the server's names that the user means. `has_all` says whether the command has the option `--all`.
fn resolve(wanted: &str, listed: &[TaskName], has_all: bool) -> Result<TaskName, Failure> {
    match names::find(wanted, listed)[..] {
        [name] => Ok(name.clone()),
        [] => Err(no_such_task(wanted, listed, has_all)),
        ref several => Err(Failure::no_such_task(format!(
            "it can mean {}; write one of them exactly",
            either(several.iter().copied())
        ))),
    }
}

fn no_such_task(wanted: &str, available: &[TaskName], has_all: bool) -> Failure {
    let advice = match names::closest(wanted, available)[..] {
        _ if available.is_empty() => "the server lists no tasks".into(),
        [] if has_all && wanted.eq_ignore_ascii_case("all") => "did you mean --all?".into(),
        [] => "`plex-butler list` shows the tasks of this server".into(),
        ref names => format!("did you mean {}?", either(names.iter().copied())),
    };
    Failure::no_such_task(format!("no such task; {advice}"))
}

/// `A`, or `A or B`.
fn either<'a>(names: impl IntoIterator<Item = &'a TaskName>) -> String {
    let names: Vec<&str> = names.into_iter().map(TaskName::as_str).collect();
    names.join(" or ")
}
