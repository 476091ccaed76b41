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
            Failure::usage(format!(
                "--timeout \"{text}\": it must be a number of seconds above 0, such as 5 or 0.5"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Status;

    fn parse_line(line: &str) -> Result<Invocation, Failure> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[track_caller]
    fn options(line: &str) -> Options {
        match parse_line(line).unwrap() {
            Invocation::Run(_, options) => options,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn assert_command(line: &str, command: Command) {
        assert_eq!(parse_line(line).unwrap(), Invocation::Run(command, Options::default()));
    }

    #[track_caller]
    fn assert_refused(line: &str, message: &str) {
        let failure = parse_line(line).unwrap_err();
        assert_eq!(failure.status, Status::WrongUsage);
        assert!(failure.message.starts_with(message), "{line:?}: {}", failure.message);
    }

    #[test]
    fn every_command_is_understood() {
        let tasks = |names: &[&str]| Selection::Tasks(names.iter().map(|name| name.to_string()).collect());
        assert_command("list", Command::List { json: false });
        assert_command("list --json", Command::List { json: true });
        assert_command("start A b-c", Command::Start(tasks(&["A", "b-c"])));
        assert_command("start --all", Command::Start(Selection::All));
        assert_command("stop -- --all", Command::Stop(tasks(&["--all"])));
        assert_command("--all stop", Command::Stop(Selection::All));
        assert_command("names", Command::Names);
    }

    #[test]
    fn help_and_version_win_over_what_follows() {
        for line in ["help", "-h", "--help", "list -h", "start --help --nonsense"] {
            assert_eq!(parse_line(line).unwrap(), Invocation::Help, "{line}");
        }
        for line in ["-V", "--version", "stop -V"] {
            assert_eq!(parse_line(line).unwrap(), Invocation::Version, "{line}");
        }
    }

    #[test]
    fn options_stand_before_and_after_the_command() {
        let expected = Options {
            url: Some("http://a:1".into()),
            token: Some(TokenSource::File("/t".into())),
            ca: Some("/ca".into()),
            insecure: true,
            timeout: Some(Duration::from_millis(500)),
            quiet: true,
        };
        for line in [
            "--url http://a:1 --token-file /t --ca /ca --insecure --timeout 0.5 -q list",
            "list --url=http://a:1 --token-file=/t --ca=/ca --insecure --timeout=0.5 --quiet",
        ] {
            assert_eq!(options(line), expected);
        }
        assert_eq!(options("list --token-from-server").token, Some(TokenSource::Server));
        assert_eq!(
            options("list --preferences p").token,
            Some(TokenSource::Preferences("p".into()))
        );
    }

    #[test]
    fn wrong_usage_is_refused() {
        assert_refused("", "no command");
        assert_refused("delete", "no command \"delete\"");
        assert_refused("start", "start what?");
        assert_refused("stop", "stop what?");
        assert_refused("start --all A", "--all and task names");
        assert_refused("list --all", "--all goes with");
        assert_refused("start A --json", "--json goes with");
        assert_refused("list A", "list takes no further argument");
        assert_refused("names A", "names takes no further argument");
        assert_refused("list --nonsense", "invalid option '--nonsense'");
        assert_refused("list -x", "invalid option '-x'");
        assert_refused("list --url", "missing argument");
        assert_refused("list --quiet=yes", "unexpected argument");
        assert_refused("list --token-file a --preferences b", "more than one place");
    }

    #[test]
    fn the_token_is_no_argument() {
        for line in ["list --token s3cr3t", "list --token=s3cr3t"] {
            assert_refused(line, "there is no option --token");
            assert!(!parse_line(line).unwrap_err().message.contains("s3cr3t"));
        }
    }

    #[test]
    fn a_timeout_is_a_number_of_seconds_above_zero() {
        assert_eq!(options("list --timeout 5").timeout, Some(Duration::from_secs(5)));
        assert_eq!(options("list --timeout 1e-3").timeout, Some(Duration::from_millis(1)));
        for bad in ["0", "0.0", "-1", "NaN", "inf", "1e99", "1e-99", "5s", "five", ""] {
            assert_refused(&format!("list --timeout={bad}"), "--timeout");
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_argument_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStringExt;

        let word = OsString::from_vec(vec![b'a', 0xff]);
        for args in [
            vec!["start".into(), word.clone()],
            vec!["list".into(), "--url".into(), word],
        ] {
            assert_eq!(parse(args).unwrap_err().status, Status::WrongUsage);
        }
    }
}
