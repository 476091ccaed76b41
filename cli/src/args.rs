//! The command line, parsed into plain values. Nothing here reads the environment or a file.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

use crate::failure::Failure;

/// What the program is called for.
#[derive(Debug, PartialEq)]
pub(crate) enum Invocation {
    Help,
    Version,
    Run(Command, Options),
}

#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    List { json: bool },
    Start(Selection),
    Stop(Selection),
    Names,
}

/// The tasks to start or stop.
#[derive(Debug, PartialEq)]
pub(crate) enum Selection {
    All,
    /// As the user wrote them, at least one.
    Tasks(Vec<String>),
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) url: Option<String>,
    pub(crate) token: Option<TokenSource>,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) insecure: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) quiet: bool,
}

/// Where an option says that the token is.
#[derive(Debug, PartialEq)]
pub(crate) enum TokenSource {
    File(PathBuf),
    /// The settings of the server on this machine.
    Server,
    Preferences(PathBuf),
}

/// Parses the arguments that follow the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Invocation, Failure> {
    let mut parser = Parser::from_args(args);
    let mut words = Vec::new();
    let mut options = Options::default();
    let (mut all, mut json) = (false, false);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Invocation::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Invocation::Version),
            Arg::Short('q') | Arg::Long("quiet") => options.quiet = true,
            Arg::Long("all") => all = true,
            Arg::Long("json") => json = true,
            Arg::Long("insecure") => options.insecure = true,
            Arg::Long("url") => options.url = Some(parser.value()?.string()?),
            Arg::Long("ca") => options.ca = Some(parser.value()?.into()),
            Arg::Long("timeout") => options.timeout = Some(seconds(&parser.value()?.string()?)?),
            Arg::Long("token-file") => set_token(&mut options, TokenSource::File(parser.value()?.into()))?,
            Arg::Long("token-from-server") => set_token(&mut options, TokenSource::Server)?,
            Arg::Long("preferences") => set_token(&mut options, TokenSource::Preferences(parser.value()?.into()))?,
            Arg::Long("token") => {
                return Err(Failure::usage(
                    "there is no option --token: every process list would show it: use --token-file or PLEX_TOKEN",
                ));
            }
            Arg::Value(word) => words.push(word.string()?),
            _ => return Err(arg.unexpected().into()),
        }
    }
    command(words, all, json).map(|command| match command {
        Some(command) => Invocation::Run(command, options),
        None => Invocation::Help,
    })
}

/// The command that the words make, `None` for `help`.
fn command(words: Vec<String>, all: bool, json: bool) -> Result<Option<Command>, Failure> {
    let usage = |message: &str| Err(Failure::usage(format!("{message}: see plex-butler --help")));
    let mut words = words.into_iter();
    let Some(name) = words.next() else {
        return usage("no command: it is list, start, stop or names");
    };
    let rest: Vec<String> = words.collect();
    let takes_tasks = matches!(name.as_str(), "start" | "stop");
    if json && name != "list" {
        return usage("--json goes with list only");
    }
    if all && !takes_tasks {
        return usage("--all goes with start and stop only");
    }
    if all && !rest.is_empty() {
        return usage("--all and task names exclude each other");
    }
    if takes_tasks && !all && rest.is_empty() {
        return usage(&format!("{name} what? name the tasks, or give --all"));
    }
    if !takes_tasks && !rest.is_empty() {
        return usage(&format!("{name} takes no further argument"));
    }
    let selection = if all { Selection::All } else { Selection::Tasks(rest) };
    Ok(Some(match name.as_str() {
        "list" => Command::List { json },
        "start" => Command::Start(selection),
        "stop" => Command::Stop(selection),
        "names" => Command::Names,
        "help" => return Ok(None),
        _ => return usage(&format!("no command \"{name}\": it is list, start, stop or names")),
    }))
}

fn set_token(options: &mut Options, source: TokenSource) -> Result<(), Failure> {
    match options.token.replace(source) {
        None => Ok(()),
        Some(_) => Err(Failure::usage(
            "more than one place for the token: give one of --token-file, --token-from-server and --preferences",
        )),
    }
}

fn seconds(text: &str) -> Result<Duration, Failure> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|timeout| !timeout.is_zero())
        .ok_or_else(|| {
            Failure::usage(format!("--timeout \"{text}\": it must be a number of seconds above 0, such as 5 or 0.5"))
        })
}

#[cfg(test)]
mod tests;
