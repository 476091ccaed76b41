//! Tests of the parsing of the command line.

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
    assert_eq!(options("list --preferences p").token, Some(TokenSource::Preferences("p".into())));
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
    for args in [vec!["start".into(), word.clone()], vec!["list".into(), "--url".into(), word]] {
        assert_eq!(parse(args).unwrap_err().status, Status::WrongUsage);
    }
}
