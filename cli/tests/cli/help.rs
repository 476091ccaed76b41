//! Help, version, completions, and the errors of wrong usage.

use crate::util::{Run, TOKEN};

/// The script of a shell, which can have tabulators in it.
fn completions(shell: &str) -> String {
    let output = Run::new(&["completions", shell])
        .0
        .output()
        .expect("the program runs");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn stdout(args: &[&str]) -> String {
    let done = Run::new(args).done();
    assert_eq!((done.code, &*done.stderr), (Some(0), ""), "{args:?}");
    done.stdout
}

#[test]
fn short_help_fits_a_screen_and_long_help_fits_two() {
    let (short, long) = (stdout(&["-h"]), stdout(&["--help"]));
    assert!((10..=24).contains(&short.lines().count()), "{short}");
    assert!(
        (short.lines().count()..=48).contains(&long.lines().count()),
        "{long}"
    );
    assert!(
        long.contains("Exit codes:") && long.contains("Examples:"),
        "{long}"
    );
    for line in short.lines().chain(long.lines()) {
        assert!(line.len() <= 80 && line.is_ascii(), "{line}");
    }
}

#[test]
fn each_form_of_help_prints_the_same() {
    for (one, other) in [
        ("help", "--help"),
        ("help start", "start --help"),
        ("help help", "--help"),
        ("-v help", "--help"),
        ("help -v", "--help"),
        ("--url x help stop", "stop --help"),
        ("stop -h", "stop --help"),
    ] {
        let [one, other] = [one, other].map(|line| stdout(&line.split(' ').collect::<Vec<_>>()));
        assert_eq!(one, other);
    }
}

#[test]
fn help_of_start_says_that_a_task_can_be_skipped() {
    assert!(stdout(&["start", "--help"]).contains("may skip a task that is not due today"));
}

#[test]
fn help_of_list_and_start_points_to_the_status() {
    for command in ["list", "start"] {
        assert!(stdout(&[command, "-h"]).contains("`plex-butler status`"));
    }
}

#[test]
fn help_of_a_command_is_about_that_command() {
    assert!(
        stdout(&["stop", "-h"])
            .contains("--all                 Stop all running or queued tasks\n")
    );
    assert!(stdout(&["start", "-h"]).contains("--all                 Start all enabled tasks\n"));
    for command in ["names", "completions"] {
        let help = stdout(&[command, "-h"]);
        let options = help.split_once("Options:\n").expect("options").1;
        assert!(
            options.starts_with("  -h, --help  ") && options.lines().count() == 1,
            "{help}"
        );
        // They are accepted all the same.
        assert!(stdout(&[command, "-h", "--url", "x"]) == help);
    }
}

#[test]
fn the_version_is_printed() {
    for flag in ["--version", "-V"] {
        assert_eq!(
            stdout(&[flag]),
            concat!("plex-butler ", env!("CARGO_PKG_VERSION"), "\n")
        );
    }
}

#[test]
fn a_typo_suggests_the_right_word() {
    for (line, tip) in [
        ("strat BackupDatabase", "'start'"),
        ("satrt --all", "'start'"),
        ("lsit --json", "'list'"),
        ("list --tokenfile x", "'--token-file'"),
        ("--jsno list", "'list --json'"),
    ] {
        Run::new(&line.split(' ').collect::<Vec<_>>())
            .done()
            .fails_as_wrong_usage(tip);
    }
}

#[test]
fn an_unknown_option_is_no_name_of_a_task() {
    for args in [["start", "--dry-run"], ["list", "-n"], ["list", "--all"]] {
        let done = Run::new(&args).done();
        assert!(!done.stderr.contains("tip:"), "{}", done.stderr);
        done.fails_as_wrong_usage(args[1]);
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    for (args, part) in [
        (&["delete"][..], "'delete'"),
        (&["help", "nonsense"], "'nonsense'"),
        (&["--verbose"], "requires a subcommand"),
        (&["list", "--\u{202e}"], "'--?'"),
        (&["start"], "<TASK>"),
        (&["list", "--nonsense"], "--nonsense"),
        (&["list", "--timeout", "0"], "a number of seconds"),
        (&["list", "--timeout", "1e9"], "at most 31536000 (a year)"),
        (&["list", "--retry", "-1"], "a number of seconds"),
        (&["list", "--token", TOKEN], "there is no --token"),
        (&["start", "A", "--all"], "cannot be used with"),
        (
            &["list", "--token-file", "a", "--token-from-server"],
            "one place only",
        ),
    ] {
        Run::new(args).done().fails_as_wrong_usage(part);
    }
}

#[test]
fn without_arguments_the_help_is_printed_on_stderr() {
    let done = Run::new(&[]).done();
    assert_eq!((done.code, &*done.stdout), (Some(2), ""));
    assert_eq!(done.stderr, stdout(&["-h"]));
}

#[test]
fn completions_of_every_shell_have_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = completions(shell);
        for word in ["start", "token-file", "retry", "enabled"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
