//! The commands.

use plex_butler::{ButlerTask, TaskName};
use serde::Serialize;

use crate::args::{Command, Filter, Options, Selection};
use crate::failure::{Failure, Status};
use crate::output::{Output, eprint_line, printable_json};
use crate::report::Report;
use crate::server::{Action, Server};
use crate::{completions, names, status, table};

pub(crate) fn run(
    command: &Command,
    options: &Options,
    output: &mut Output,
) -> Result<Status, Failure> {
    match command {
        Command::List(filter) => list(filter, options, output),
        Command::Start(selection) => act(Action::Start, selection, options, output),
        Command::Stop(selection) => act(Action::Stop, selection, options, output),
        Command::Status(watch) => status::run(watch, options, output),
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
        let mut wanted = Vec::new();
        for task in &filter.tasks {
            match resolve(task, &tasks, None) {
                Ok(name) => wanted.push(name),
                Err(failure) => {
                    let task = names::shortened(task);
                    eprint_line(&format!("{task}: {}", failure.message));
                    status = failure.status();
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
    let tasks = &selection.tasks;
    let mut listed = match server.wait() {
        Ok(listed) => listed,
        Err(failure) => {
            report.failed(tasks.first().map(String::as_str), &failure);
            if let Some(not_tried) = failure.not_tried() {
                report.all_failed(tasks.get(1..).unwrap_or_default(), &not_tried);
            }
            return Ok(report.status());
        }
    };
    if selection.all {
        match server.act(action, None) {
            Ok(outcome) => report.done(None, outcome),
            Err(failure) => report.failed(None, &failure),
        }
    }
    for (index, task) in tasks.iter().enumerate() {
        match act_on(task, action, &mut server, &mut listed) {
            Ok((name, outcome)) => report.done(Some(name.as_str()), outcome),
            Err(failure) => {
                report.failed(Some(task), &failure);
                if let Some(not_tried) = failure.not_tried() {
                    report.all_failed(&tasks[index + 1..], &not_tried);
                    break;
                }
            }
        }
    }
    Ok(report.status())
}

/// Starts or stops the task that the user means. Requests the list at most once, and only if the name is not known.
fn act_on(
    wanted: &str,
    action: Action,
    server: &mut Server,
    listed: &mut Option<Vec<ButlerTask>>,
) -> Result<(TaskName, &'static str), Failure> {
    let name = match names::find(wanted, TaskName::KNOWN)[..] {
        [name] => name.clone(),
        _ => {
            let tasks = match listed.take() {
                Some(tasks) => tasks,
                None => server.list()?,
            };
            resolve(wanted, listed.insert(tasks), Some(action))?
        }
    };
    match server.act(action, Some(&name)) {
        Ok(outcome) => Ok((name, outcome)),
        Err(failure) => Err(match &failure.available {
            Some(available) => no_such_task(wanted, available, Some(action)),
            None => failure,
        }),
    }
}

/// The one of the server's tasks that the user means, by its name or its title.
fn resolve(
    wanted: &str,
    listed: &[ButlerTask],
    action: Option<Action>,
) -> Result<TaskName, Failure> {
    let names: Vec<TaskName> = listed.iter().map(|task| task.name.clone()).collect();
    let mut found = names::find(wanted, &names);
    if found.is_empty() {
        found = names::find_by_title(wanted, listed);
    }
    match found[..] {
        [name] => Ok(name.clone()),
        [] => Err(no_such_task(wanted, &names, action)),
        _ => Err(Failure::no_such_task(format!(
            "it can mean {}; write one of them exactly",
            either(&found)
        ))),
    }
}

/// The failure for a name that the server does not list. `list` has no action, and no `--all`.
fn no_such_task(wanted: &str, available: &[TaskName], action: Option<Action>) -> Failure {
    if available.is_empty() {
        return Failure::no_such_task("no such task; the server lists no tasks");
    }
    if !names::find(wanted, TaskName::KNOWN).is_empty() {
        return Failure::no_such_task(
            "this server does not have this task, though others do; `plex-butler list` shows its tasks",
        );
    }
    let advice = if let Some(command) = names::for_all_tasks(wanted, action) {
        match wanted == command {
            true => "omit the `--` before it".into(),
            false => format!("did you mean {command}?"),
        }
    } else if names::are_several(wanted, available) {
        "separate the names with spaces, each as its own argument".into()
    } else {
        match &names::closest(wanted, available)[..] {
            [] => "`plex-butler list` shows the tasks of this server".into(),
            names => format!("did you mean {}?", either(names)),
        }
    };
    Failure::no_such_task(format!("no such task; {advice}"))
}

/// `A`, or `A or B`, or `A, B or C`.
fn either(names: &[&TaskName]) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}
