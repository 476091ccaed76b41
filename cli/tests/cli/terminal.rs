//! The program on a terminal.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::unused_address;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use crate::util::TOKEN;

/// What the program shows on a terminal of so many columns.
fn shown(columns: u16, environment: &[(&str, &str)], args: &[&str]) -> String {
    let size = PtySize {
        rows: 24,
        cols: columns,
        ..PtySize::default()
    };
    let pty = native_pty_system().openpty(size).expect("a terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_plex-butler"));
    command.env_clear();
    command.args(args);
    for (name, value) in environment {
        command.env(name, value);
    }
    let mut child = pty.slave.spawn_command(command).expect("the program runs");
    drop(pty.slave);
    let mut output = Vec::new();
    let mut reader = pty.master.try_clone_reader().expect("the terminal");
    // On Linux the end of a terminal is an error.
    let _ = reader.read_to_end(&mut output);
    child.wait().expect("the program ends");
    String::from_utf8(output)
        .expect("UTF-8")
        .replace("\r\n", "\n")
}

/// A server in German, with one task.
fn german() -> HttpServer {
    HttpServer::start(|_| {
        let task = r#"{"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true,"title":"Datenbank sichern und aufheben","description":"Legt im eingestellten Ordner eine Kopie der Datenbank des Servers an."}"#;
        Response::new(200).json(format!(r#"{{"ButlerTasks":{{"ButlerTask":[{task}]}}}}"#))
    })
}

fn list(columns: u16, environment: &[(&str, &str)]) -> String {
    let server = Pms::new().start();
    shown(columns, environment, &["list", "--url", &server.url()])
}

#[test]
fn a_list_is_as_wide_as_the_terminal() {
    // No variable describes the terminal, as in cron.
    assert_eq!(list(120, &[]), include_str!("list.txt"));

    let server = german();
    let arguments = ["list", "--url", &server.url()];
    let table = shown(80, &[("COLUMNS", "50")], &arguments);
    assert!(
        table.ends_with("every 3 days  yes  no      Datenbank sichern und aufheben\n"),
        "{table}"
    );

    let table = shown(60, &[("COLUMNS", "200")], &arguments);
    assert!(table.lines().all(|line| line.len() <= 60), "{table}");
    assert!(
        table.contains("every 3 days  yes  no      Datenbank sich...\n"),
        "{table}"
    );
    assert!(table.is_ascii(), "{table}");
}

#[test]
fn a_long_list_is_wrapped_to_the_terminal() {
    let server = german();
    for option in ["--long", "-l"] {
        let table = shown(50, &[], &["list", option, "--url", &server.url()]);
        let expected = "\
NAME            INTERVAL      ON   RANDOM
BackupDatabase  every 3 days  yes  no
    Datenbank sichern und aufheben
    Legt im eingestellten Ordner eine Kopie der
    Datenbank des Servers an.
";
        assert_eq!(table, expected);
    }
}

#[test]
fn in_a_narrow_terminal_a_row_wraps_readably() {
    let table = list(40, &[]);
    assert!(table.lines().all(|line| line.len() <= 40), "{table}");
    assert!(
        table.contains("\nBackupDatabase\n  every 3 days  yes  no\n"),
        "{table}"
    );
}

#[test]
fn colour_is_used_only_on_a_terminal_that_shows_it() {
    assert!(list(120, &[("TERM", "xterm")]).contains("\x1b[2mAutomaticUpdates"));
    assert!(!list(120, &[("TERM", "dumb")]).contains('\x1b'));
    assert!(!list(120, &[("TERM", "xterm"), ("NO_COLOR", "1")]).contains('\x1b'));
}

#[test]
fn waiting_is_announced_once() {
    let url = format!("http://{}", unused_address());
    let args = &["--retry", "0.6", "start", "BackupDatabase", "--url", &url];
    let output = shown(120, &[], args);
    let waiting = format!("plex-butler: waiting up to 1s: cannot send GET {url}/butler: ");
    assert_eq!(output.matches(&waiting).count(), 1, "{output}");
    assert!(!shown(120, &[], &[&["-q"], &args[..]].concat()).contains("waiting"));
}

/// A terminal on which the program asks for the token.
struct Prompt {
    terminal: Box<dyn MasterPty + Send>,
    program: Box<dyn Child + Send + Sync>,
}

impl Prompt {
    fn new(url: &str) -> Prompt {
        let pty = native_pty_system()
            .openpty(PtySize::default())
            .expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_plex-butler"));
        command.env_clear();
        command.args(["stop", "--all", "--url", url, "--token-file", "-"]);
        let prompt = Prompt {
            program: pty.slave.spawn_command(command).expect("the program runs"),
            terminal: pty.master,
        };
        let limit = Instant::now() + Duration::from_secs(60);
        while prompt.echoes() {
            assert!(Instant::now() < limit, "the token would be shown");
            thread::yield_now();
        }
        prompt
    }

    fn echoes(&self) -> bool {
        // ECHO is 8 on every Unix.
        let modes = self.terminal.get_termios().expect("a terminal").local_flags;
        modes.bits() & 8 != 0
    }

    /// Types this, and returns what the terminal shows until the program ends, how it ends, and whether the terminal shows again
    /// what is typed.
    fn typed(mut self, keys: &str) -> (String, ExitStatus, bool) {
        let mut keyboard = self.terminal.take_writer().expect("the terminal");
        write!(keyboard, "{keys}").expect("the terminal");
        let status = self.program.wait().expect("the program ends");
        let echoes = self.echoes();
        let mut output = Vec::new();
        let mut reader = self.terminal.try_clone_reader().expect("the terminal");
        // On Linux the end of a terminal is an error.
        let _ = reader.read_to_end(&mut output);
        (String::from_utf8(output).expect("UTF-8"), status, echoes)
    }
}

#[test]
fn a_token_is_asked_for_and_not_shown() {
    let server = Pms::with_token(TOKEN).start();
    for keys in [
        format!("{TOKEN}\r"),
        format!("{TOKEN}abc\x7f\x7f\x7f\n"),
        format!("abc\x15{TOKEN}\r"),
    ] {
        let (shown, status, echoes) = Prompt::new(&server.url()).typed(&keys);
        assert_eq!(shown, "Token: \r\nall tasks: stopped\r\n");
        assert!(status.success() && echoes);
    }
}

#[test]
fn an_empty_answer_is_no_token() {
    for keys in ["\r", " \r"] {
        let (shown, status, _) = Prompt::new("http://plex.invalid").typed(keys);
        assert_eq!(shown, "Token: \r\nplex-butler: no token was entered\r\n");
        assert!(!status.success());
    }
}

#[test]
fn ctrl_c_ends_the_program_and_the_terminal_shows_again_what_is_typed() {
    for keys in ["\x03", "abc\x03"] {
        let (shown, status, echoes) = Prompt::new("http://plex.invalid").typed(keys);
        assert_eq!(shown, "Token: \r\n");
        assert!(!status.success() && echoes, "{status}");
        assert_eq!(status.signal(), Some("Interrupt"));
    }
}
