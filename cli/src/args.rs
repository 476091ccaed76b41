//! The command line. Nothing here reads the environment or a file.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use plex_butler::TaskName;

use crate::token_text::can_have_secret;

/// What the arguments and the environment mean. `--help` and the manual page add it to `-h`, as they do what follows.
pub(crate) const MEANING: &str = "\
TASK is a name from `plex-butler list`, in any case or like backup-database.
If no option gives the token, it is read from PLEX_TOKEN, or else from the file
in PLEX_TOKEN_FILE, or else from the credential plex-token of a systemd service.
There is no --token: others could read it with `ps`.";

pub(crate) const EXIT_CODES: [(&str, &str); 5] = [
    (
        "0",
        "done; also if a task was already running, or was not running",
    ),
    ("1", "a request failed"),
    ("2", "wrong usage or settings"),
    ("3", "not authorized"),
    ("4", "no such task"),
];

pub(crate) const SEVERAL_TASKS: &str = "\
Every task is tried, unless all would fail in the same way. If several tasks
fail, the exit code is the most severe: 3, then 1, then 4.";

pub(crate) const EXAMPLES: &str = "\
# crontab of root, on the server itself
30 6 * * * plex-butler -q --token-from-server start backup-database
# in a script, end it if the server does not accept the request
plex-butler start backup-database || exit 1
# stop everything
plex-butler stop --all";

const HELP_COMMAND: &str = "help";

/// The usual help without its empty lines, so that it fits a screen.
const HELP: &str =
    "{about}\n{usage-heading} {usage}\nCommands:\n{subcommands}\nOptions:\n{options}{after-help}";

const SKIPPED: &str = "\
The server may skip a task that is not due today, or wait for a random time in
its maintenance window. \"accepted\" does not mean that the task runs.
`plex-butler status` shows what does.";

const WHAT_RUNS: &str = "The list does not show which tasks run; `plex-butler status` does.";

const STATES: &str = "\
The line begins with working, waiting or idle. A task may begin a minute after
its start was accepted, and one with nothing to do ends before it can be seen.
If the time of --wait is over first, the exit code is 1.";

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The rule for every time.
const SECONDS: &str = "it must be a number of seconds, such as 5 or 0.5, and at most 31536000 (a year); 0 is allowed for \
                       --retry only";

/// Lists, starts and stops the maintenance tasks of a Plex Media Server
#[derive(Debug, Parser)]
#[command(
    name = "plex-butler",
    version = option_env!("PLEX_BUTLER_VERSION").unwrap_or(env!("CARGO_PKG_VERSION")), // `cli/package` sets it.
    max_term_width = 80,
    args_override_self = true
)]
#[command(help_template = HELP, disable_help_flag = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Debug, PartialEq, Subcommand)]
pub(crate) enum Command {
    /// Lists the tasks
    #[command(after_help = WHAT_RUNS)]
    List(Filter),
    /// Asks the server to start tasks
    #[command(override_usage = usage("start"), after_help = SKIPPED)]
    #[command(mut_arg("all", |all| all.help("Start all enabled tasks")))]
    Start(Selection),
    /// Stops running or queued tasks
    #[command(override_usage = usage("stop"))]
    #[command(mut_arg("all", |all| all.help("Stop all running or queued tasks")))]
    Stop(Selection),
    /// Prints what the server's Butler is doing now
    #[command(after_help = STATES)]
    Status(Watch),
    /// Prints the task names that this version knows
    Names,
    /// Prints the completions for a shell
    Completions { shell: Shell },
}

/// Which tasks to list, and how.
#[derive(Debug, Default, PartialEq, Args)]
pub(crate) struct Filter {
    /// Only these tasks, in any case or like backup-database
    #[arg(value_name = "TASK", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) tasks: Vec<String>,
    /// Only enabled tasks
    #[arg(long)]
    pub(crate) enabled: bool,
    /// Only disabled tasks
    #[arg(long, conflicts_with = "enabled")]
    pub(crate) disabled: bool,
    /// Show what each task does
    #[arg(long, short)]
    pub(crate) long: bool,
    /// Print the list in the JSON of the API
    #[arg(long, conflicts_with = "long")]
    pub(crate) json: bool,
}

/// The tasks to start or stop.
#[derive(Debug, Default, PartialEq, Args)]
pub(crate) struct Selection {
    /// Task names, in any case or like backup-database
    #[arg(value_name = "TASK", value_parser = NonEmptyStringValueParser::new())]
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) tasks: Vec<String>,
    #[arg(long)]
    pub(crate) all: bool,
    /// Print a JSON object for each task
    #[arg(long)]
    pub(crate) json: bool,
}

/// How to show the status, and when.
#[derive(Debug, Default, PartialEq, Args)]
pub(crate) struct Watch {
    /// Ask until two answers in a row are not "working"
    #[arg(long, value_name = "SECONDS", value_hint = ValueHint::Other)]
    #[arg(value_parser = seconds_above_zero, allow_negative_numbers = true)]
    pub(crate) wait: Option<Duration>,
    /// Print a JSON object, with all activities
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Default, PartialEq, Args)]
pub(crate) struct Options {
    /// Server [default: $PLEX_URL, http://127.0.0.1:32400]
    #[arg(long, global = true, value_hint = ValueHint::Other)]
    pub(crate) url: Option<String>,
    /// File with the token, - for stdin [else: $PLEX_TOKEN]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) token_file: Option<PathBuf>,
    /// Token or local admin token of this machine's server
    #[arg(long, global = true)]
    pub(crate) token_from_server: bool,
    /// Token from a Preferences.xml, or a folder above it
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) preferences: Option<PathBuf>,
    /// File with `Name: value` headers, - for stdin
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) header_file: Option<PathBuf>,
    /// Trust these CA certificates (PEM), and no others
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<PathBuf>,
    /// Accept any certificate, including an attacker's
    #[arg(long, global = true)]
    pub(crate) insecure: bool,
    /// Connect through this proxy; `ps` shows its password
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Other)]
    pub(crate) proxy: Option<String>,
    /// Time limit of a request [default: 30]
    #[arg(long, global = true, value_name = "SECONDS", value_hint = ValueHint::Other)]
    #[arg(value_parser = seconds_above_zero, allow_negative_numbers = true)]
    pub(crate) timeout: Option<Duration>,
    /// Keep trying for this long if the server is not ready
    #[arg(long, global = true, value_name = "SECONDS", value_hint = ValueHint::Other)]
    #[arg(value_parser = seconds, allow_negative_numbers = true)]
    pub(crate) retry: Option<Duration>,
    /// Print failures only, for start and stop
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Report settings and requests on stderr
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Print help; for exit codes, `plex-butler --help`
    #[arg(long, short, global = true, action = ArgAction::Help)]
    help: Option<bool>,
}

/// The definition of the command line, with all of its help.
pub(crate) fn definition() -> clap::Command {
    let exit_codes = EXIT_CODES.map(|(code, meaning)| format!("  {code}  {meaning}\n"));
    let examples: Vec<String> = EXAMPLES.lines().map(|line| format!("  {line}")).collect();
    command().after_help(format!(
        "{MEANING}\n\nExit codes:\n{}\n{SEVERAL_TASKS}\n\nExamples:\n{}",
        exit_codes.concat(),
        examples.join("\n")
    ))
}

/// The definition for completions, which offer the names that this version knows, as people write them. Here the options
/// that `names` and `completions` do not use are left out, because not every generator skips a hidden one.
pub(crate) fn completable() -> clap::Command {
    let command = Cli::command();
    let options = options_for_requests(&command);
    let command = command.mut_args(|arg| {
        let is_global = arg.get_id() == "help";
        arg.global(is_global)
    });
    let names = TaskName::KNOWN.iter().map(|name| {
        // clap's parser can own a name only with one more feature, and this runs once.
        &*kebab_case(name.as_str()).leak()
    });
    let names = PossibleValuesParser::new(names);
    let command = ["list", "start", "stop", "status"]
        .into_iter()
        .fold(command, |command, name| {
            command.mut_subcommand(name, |command| {
                command.args(options.iter().map(|option| option.clone().global(false)))
            })
        });
    ["list", "start", "stop"]
        .into_iter()
        .fold(command, |command, name| {
            command.mut_subcommand(name, |command| {
                command.mut_arg("tasks", |arg| arg.value_parser(names.clone()))
            })
        })
}

/// The definition with the help of `-h`. `names` and `completions` accept the options for requests too, but do not show them.
fn command() -> clap::Command {
    let command = Cli::command();
    let options = options_for_requests(&command);
    ["names", "completions"]
        .into_iter()
        .fold(command, |command, name| {
            command.mut_subcommand(name, |command| {
                command.args(options.iter().map(|option| option.clone().hide(true)))
            })
        })
}

/// The global options that only commands with requests use.
fn options_for_requests(command: &clap::Command) -> Vec<Arg> {
    command
        .get_arguments()
        .filter(|arg| arg.get_id() != "help")
        .cloned()
        .collect()
}

/// The name as people write it on a command line: `backup-database` for `BackupDatabase`.
pub(crate) fn kebab_case(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(c.to_lowercase());
    }
    kebab
}

/// The two forms of start and stop.
fn usage(command: &str) -> String {
    format!(
        "plex-butler {command} [OPTIONS] <TASK>...\n       plex-butler {command} [OPTIONS] --all"
    )
}

/// Parses the arguments, of which the first is the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let mut command = if args.iter().any(|arg| arg == "--help") {
        definition()
    } else {
        command()
    };
    let matches = match command.try_get_matches_from_mut(&args) {
        Ok(matches) => matches,
        Err(error) if is_about(&error, ContextKind::InvalidSubcommand, HELP_COMMAND) => {
            // `help start` means `start --help`.
            if let Some(index) = args.iter().position(|arg| arg == HELP_COMMAND) {
                args.remove(index);
            }
            args.push("--help".into());
            return parse(args);
        }
        Err(error) => return Err(improved(error, &mut command)),
    };
    let cli = Cli::from_arg_matches(&matches)?;
    let options = &cli.options;
    let sources = [
        options.token_file.is_some(),
        options.token_from_server,
        options.preferences.is_some(),
    ];
    if sources.into_iter().filter(|given| *given).count() > 1 {
        let message = "the token can come from one place only: give one of --token-file, --token-from-server and \
                       --preferences";
        return Err(command.error(ErrorKind::ArgumentConflict, message));
    }
    Ok(cli)
}

/// The error without clap's tip to pass an unknown option as a value, for no task has such a name. For an option `--token`,
/// which people expect, another error.
fn improved(mut error: clap::Error, command: &mut clap::Command) -> clap::Error {
    if is_about(&error, ContextKind::InvalidArg, "--token") {
        return command.error(
            ErrorKind::UnknownArgument,
            "there is no --token, because others could read it with `ps`: use --token-file or PLEX_TOKEN",
        );
    }
    let is_about_values = |tip: &ContextValue| tip.to_string().starts_with("to pass");
    if error
        .get(ContextKind::Suggested)
        .is_some_and(is_about_values)
    {
        error.remove(ContextKind::Suggested);
    }
    without_secrets(error)
}

/// The error without values that can be a secret. The names of options are shown.
fn without_secrets(mut error: clap::Error) -> clap::Error {
    let can_have_secret = |value: &ContextValue| match value {
        ContextValue::String(text) => {
            !text.starts_with("--") && !is_task_name(text) && can_have_secret(text)
        }
        _ => false,
    };
    let secret = error.context().filter(|(_, value)| can_have_secret(value));
    let kinds: Vec<ContextKind> = secret.map(|(kind, _)| kind).collect();
    for kind in kinds {
        error.insert(kind, ContextValue::String("***".into()));
    }
    error
}

/// Whether a text is a task name, as when `start` was forgotten, perhaps with a typo.
fn is_task_name(text: &str) -> bool {
    let is_kebab_case = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    TaskName::from(text).is_known() || text.contains('-') && is_kebab_case(text)
}

fn is_about(error: &clap::Error, kind: ContextKind, text: &str) -> bool {
    matches!(error.get(kind), Some(ContextValue::String(found)) if found == text)
}

/// A time from 0 to a year, which is the longest that the library waits too.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|time| *time <= YEAR)
        .ok_or(SECONDS)
}

fn seconds_above_zero(text: &str) -> Result<Duration, &'static str> {
    seconds(text).and_then(|time| {
        if time.is_zero() {
            Err(SECONDS)
        } else {
            Ok(time)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Cli, clap::Error> {
        parse(
            ["plex-butler"]
                .into_iter()
                .chain(line.split_whitespace())
                .map(OsString::from),
        )
    }

    #[track_caller]
    fn options(line: &str) -> Options {
        parse_line(line).unwrap().options
    }

    #[track_caller]
    fn assert_command(line: &str, command: Command) {
        let cli = parse_line(line).unwrap();
        assert_eq!(
            (cli.command, cli.options),
            (command, Options::default()),
            "{line}"
        );
    }

    #[track_caller]
    fn assert_refused(line: &str, part: &str) {
        let error = parse_line(line).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(part), "{line:?}: {error}");
    }

    #[test]
    fn the_definition_is_valid() {
        definition().debug_assert();
    }

    #[test]
    fn every_command_is_parsed() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| name.to_string())
                .collect::<Vec<_>>()
        };
        let tasks = |tasks: &[&str]| Selection {
            tasks: names(tasks),
            ..Selection::default()
        };
        let all = || Selection {
            all: true,
            ..Selection::default()
        };
        assert_command("list", Command::List(Filter::default()));
        assert_command(
            "list --json A",
            Command::List(Filter {
                json: true,
                tasks: names(&["A"]),
                ..Filter::default()
            }),
        );
        assert_command(
            "list -l",
            Command::List(Filter {
                long: true,
                ..Filter::default()
            }),
        );
        assert_command(
            "list --enabled",
            Command::List(Filter {
                enabled: true,
                ..Filter::default()
            }),
        );
        assert_command(
            "list --disabled",
            Command::List(Filter {
                disabled: true,
                ..Filter::default()
            }),
        );
        assert_command("start A b-c", Command::Start(tasks(&["A", "b-c"])));
        assert_command(
            "start --all --json",
            Command::Start(Selection {
                json: true,
                ..all()
            }),
        );
        assert_command("stop -- --all", Command::Stop(tasks(&["--all"])));
        assert_command("stop --all", Command::Stop(all()));
        assert_command("status", Command::Status(Watch::default()));
        assert_command(
            "status --wait 3600 --json",
            Command::Status(Watch {
                wait: Some(Duration::from_secs(3600)),
                json: true,
            }),
        );
        assert_command("names", Command::Names);
        assert_command(
            "completions fish",
            Command::Completions { shell: Shell::Fish },
        );
    }

    #[test]
    fn help_and_version_need_nothing_else() {
        for line in [
            "help",
            "help start",
            "help help",
            "help help start",
            "help -v",
            "-v help",
            "--url help help stop",
            "-h",
            "--help",
            "list -h",
            "start --help",
            "--url x stop -h",
        ] {
            assert_eq!(
                parse_line(line).unwrap_err().kind(),
                ErrorKind::DisplayHelp,
                "{line}"
            );
        }
        for line in ["-V", "--version"] {
            assert_eq!(
                parse_line(line).unwrap_err().kind(),
                ErrorKind::DisplayVersion,
                "{line}"
            );
        }
    }

    #[test]
    fn options_are_accepted_before_and_after_the_command() {
        let expected = Options {
            url: Some("http://a:1".into()),
            token_file: Some("/t".into()),
            ca: Some("/ca".into()),
            insecure: true,
            proxy: Some("p:3128".into()),
            timeout: Some(Duration::from_millis(500)),
            retry: Some(Duration::from_secs(60)),
            quiet: true,
            verbose: true,
            ..Options::default()
        };
        for line in [
            "--url http://a:1 --token-file /t --ca /ca --insecure --proxy p:3128 --timeout 0.5 --retry 60 -q -v list",
            "list --url=http://a:1 --token-file=/t --ca=/ca --insecure --proxy=p:3128 --timeout=0.5 --retry=60 -qv",
        ] {
            assert_eq!(options(line), expected);
        }
        assert!(options("--token-from-server list").token_from_server);
        assert_eq!(
            options("list --preferences p").preferences,
            Some("p".into())
        );
        assert_eq!(options("list --token-file -").token_file, Some("-".into()));
    }

    #[test]
    fn the_last_value_of_a_repeated_option_wins() {
        assert_eq!(options("list --url a --url b").url, Some("b".into()));
        assert_eq!(options("--url a list --url b").url, Some("b".into()));
    }

    #[test]
    fn wrong_usage_is_refused() {
        assert_refused("", "Usage: plex-butler");
        assert_refused("delete", "unrecognized subcommand 'delete'");
        assert_refused("help delete", "unrecognized subcommand 'delete'");
        assert_refused("help help delete", "unrecognized subcommand 'delete'");
        assert_refused("start", "<TASK>");
        assert_refused("stop", "<TASK>");
        assert_refused("start --all A", "cannot be used with");
        assert_refused("list --enabled --disabled", "cannot be used with");
        assert_refused("list --long --json", "cannot be used with");
        assert_refused("list --all", "unexpected argument '--all'");
        assert_refused("names A", "unexpected argument 'A'");
        assert_refused("list -x", "unexpected argument '-x'");
        assert_refused("list --url", "a value is required");
        assert_refused("list --quiet=yes", "unexpected value 'yes'");
        assert_refused("completions tcsh", "[possible values: bash, ");
        for command in ["list", "start", "stop"] {
            let args = ["plex-butler", command, ""].map(OsString::from);
            assert!(
                parse(args)
                    .unwrap_err()
                    .to_string()
                    .contains("a value is required"),
                "{command}"
            );
        }
    }

    #[test]
    fn a_typo_suggests_the_right_word() {
        assert_refused("strat BackupDatabase", "'start'");
        assert_refused("satrt --all", "'start'");
        assert_refused("lsit --json", "'list'");
        assert_refused("list --tokenfile x", "'--token-file'");
        assert_refused("list --jsno", "'--json'");
        assert_refused("--jsno list", "'list --json'");
        assert_refused("--all start", "'start --all'");
    }

    #[test]
    fn an_unknown_option_gets_no_tip_to_pass_it_as_a_name() {
        for line in [
            "start --dry-run",
            "stop --force BackupDatabase",
            "list -n",
            "list --all",
        ] {
            let error = parse_line(line).unwrap_err().to_string();
            assert!(!error.contains("tip:"), "{error}");
        }
    }

    #[test]
    fn only_one_source_of_the_token_is_accepted() {
        for line in [
            "list --token-file a --preferences b",
            "--token-file a list --preferences b",
            "--token-from-server list --token-file b",
        ] {
            assert_refused(line, "one place only");
        }
    }

    #[test]
    fn the_token_cannot_be_an_argument() {
        for line in [
            "list --token s3cr3t",
            "list --token=s3cr3t",
            "--token s3cr3t list",
            "--token=s3cr3t start A",
        ] {
            assert_refused(line, "there is no --token");
            assert!(!parse_line(line).unwrap_err().to_string().contains("s3cr3t"));
        }
        assert!(
            !parse_line("list --tokn=s3cr3t")
                .unwrap_err()
                .to_string()
                .contains("s3cr3t")
        );
    }

    #[test]
    fn a_time_is_a_number_of_seconds_of_at_most_a_year() {
        for (text, time) in [
            ("5", Duration::from_secs(5)),
            ("1e-3", Duration::from_millis(1)),
            ("31536000", YEAR),
        ] {
            assert_eq!(
                options(&format!("list --timeout {text}")).timeout,
                Some(time)
            );
            assert_eq!(options(&format!("list --retry {text}")).retry, Some(time));
        }
        for bad in [
            "-1", "-0.5", "NaN", "inf", "31536001", "1e18", "1e99", "5s", "five", "",
        ] {
            for option in ["--timeout", "--retry"] {
                assert_refused(&format!("list {option}={bad}"), SECONDS);
                let args = ["plex-butler", "list", option, bad].map(OsString::from);
                let error = parse(args).unwrap_err().to_string();
                assert!(error.contains(SECONDS), "{error}");
            }
        }
    }

    #[test]
    fn only_retry_can_be_zero() {
        for zero in ["0", "0.0", "1e-99"] {
            assert_eq!(
                options(&format!("list --retry {zero}")).retry,
                Some(Duration::ZERO)
            );
            assert_refused(&format!("list --timeout {zero}"), SECONDS);
            assert_refused(&format!("status --wait {zero}"), SECONDS);
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_argument_that_is_not_utf_8_is_refused() {
        use std::os::unix::ffi::OsStringExt;

        let word = OsString::from_vec(vec![b'a', 0xff]);
        for args in [
            ["start".into(), word.clone()].to_vec(),
            vec!["list".into(), "--url".into(), word],
        ] {
            let args = std::iter::once("plex-butler".into()).chain(args);
            assert_eq!(parse(args).unwrap_err().exit_code(), 2);
        }
    }

    #[test]
    fn short_help_fits_one_screen_and_long_help_two() {
        let lines = |line| {
            parse_line(line)
                .unwrap_err()
                .to_string()
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert!(lines("-h").len() <= 24, "{:#?}", lines("-h"));
        assert!(lines("--help").len() <= 48, "{:#?}", lines("--help"));
        for line in [
            "-h",
            "--help",
            "list -h",
            "start -h",
            "stop --help",
            "names -h",
        ] {
            assert!(
                lines(line).iter().all(|line| line.len() <= 80),
                "{:#?}",
                lines(line)
            );
        }
    }
}
