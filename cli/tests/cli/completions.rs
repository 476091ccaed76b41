//! The completions in the shells themselves. A shell that is missing is skipped, but not in CI.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::util::{Dir, Run};

/// A line, and what is offered for its last word.
const CANDIDATES: &[(&str, &[&str])] = &[
    ("st", &["start", "status", "stop"]),
    ("status --w", &["--wait"]),
    ("comp", &["completions"]),
    ("--header", &["--header-file"]),
    ("start back", &["backup-database"]),
    ("start backup-database opt", &["optimize-database"]),
    (
        "--timeout 5 stop --json clean-old",
        &["clean-old-bundles", "clean-old-cache-files"],
    ),
    (
        "--url http://a:1 list refresh-l",
        &["refresh-libraries", "refresh-local-media"],
    ),
    ("list --lo", &["--long"]),
    ("stop --to", &["--token-file", "--token-from-server"]),
    ("completions f", &["fish"]),
    ("names --", &["--help"]),
    ("completions --", &["--help"]),
    ("start zzz", &[]),
    ("list zzz", &[]),
    ("names zzz", &[]),
    ("completions zzz", &[]),
    ("--url zzz", &[]),
    ("--timeout zzz", &[]),
    ("list --url zzz", &[]),
    ("start --retry zzz", &[]),
    ("status zzz", &[]),
    ("status --wait zzz", &[]),
    ("--token-file zzz", &["zzz-file"]),
    ("list --header-file zzz", &["zzz-file"]),
    ("stop --ca zzz", &["zzz-file"]),
];

/// The start of a line, the start of a path, and the path that it is completed with.
const PATHS: &[(&str, &str, &str)] = &[
    ("--preferences ", "Lib", "Library/"),
    (
        "--preferences ",
        "Library/App",
        "Library/Application Support/",
    ),
    (
        "list --preferences ",
        "Library/App",
        "Library/Application Support/",
    ),
    (
        "list --preferences ",
        "Library/Application\\ Support/Pl",
        "Library/Application Support/Plex Media Server/",
    ),
    (
        "start --preferences ",
        "Library/Application\\ Support/Plex\\ Media\\ Server/",
        "Library/Application Support/Plex Media Server/Preferences.xml",
    ),
    (
        "--token-file=",
        "Library/App",
        "Library/Application Support/",
    ),
    (
        "list --token-file=",
        "Library/App",
        "Library/Application Support/",
    ),
];

fn folder() -> Dir {
    let dir = Dir::new();
    dir.file("zzz-file", "");
    dir.file(
        "Library/Application Support/Plex Media Server/Preferences.xml",
        "",
    );
    dir
}

fn script(shell: &str) -> String {
    let output = Run::new(&["completions", shell])
        .0
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn is_missing(shell: &str) -> bool {
    let missing = Command::new(shell).arg("--version").output().is_err();
    assert!(
        !missing || std::env::var_os("CI").is_none(),
        "{shell} is not installed"
    );
    if missing {
        eprintln!("not run, because there is no {shell}");
    }
    missing
}

const TAB: &str = "\t";
const PROMPT: &str = "ready> ";

/// A shell on a terminal. In its start file, `^Xa` must insert all candidates, and `^Xp` print the line between `{` and `}`.
struct Interactive {
    shell: Box<dyn Child + Send + Sync>,
    input: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Interactive {
    fn start(dir: &Dir, shell: &str, args: &[&str]) -> Interactive {
        let size = PtySize {
            rows: 50,
            cols: 1000,
            ..PtySize::default()
        };
        let pty = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(shell);
        command.env_clear();
        command.args(args);
        command.cwd(dir.path());
        command.env("HOME", dir.path());
        command.env("ZDOTDIR", dir.path());
        command.env("PATH", "/usr/bin:/bin");
        command.env("TERM", "dumb");
        let shell = pty.slave.spawn_command(command).expect("the shell runs");
        let input = pty.master.take_writer().expect("the terminal");
        let mut reader = pty.master.try_clone_reader().expect("the terminal");
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut shell = Interactive {
            shell,
            input,
            output,
            seen: String::new(),
        };
        shell.read_until(PROMPT);
        shell
    }

    /// What the shell has printed before this mark.
    fn read_until(&mut self, mark: &str) -> String {
        loop {
            if let Some((before, after)) = self.seen.split_once(mark) {
                let (before, after) = (before.to_owned(), after.to_owned());
                self.seen = after;
                return before;
            }
            let Ok(output) = self.output.recv_timeout(Duration::from_secs(30)) else {
                panic!("no {mark:?} in {:?}", self.seen);
            };
            self.seen += &String::from_utf8_lossy(&output);
        }
    }

    /// The line `plex-butler LINE` after these keys.
    fn typed(&mut self, line: &str, keys: &str) -> String {
        write!(self.input, "\x15plex-butler {line}{keys}\x18p").expect("the shell reads");
        self.read_until("{");
        let line = self.read_until("}");
        // Only then does the shell read keys again.
        self.read_until(PROMPT);
        line
    }

    fn check(mut self) {
        for (line, expected) in CANDIDATES {
            let before = format!("plex-butler {line}");
            let after = self.typed(line, "\x18a");
            let words = line.split(' ').count();
            // In zsh, a long option ends in `=`.
            let mut offered: Vec<&str> = after
                .split_whitespace()
                .skip(words)
                .map(|word| word.trim_end_matches('='))
                .collect();
            // bash does not always sort them.
            offered.sort_unstable();
            if expected.is_empty() {
                assert_eq!(after.trim_end(), before);
            } else {
                assert_eq!(offered, *expected, "{line}");
            }
        }
        for (start, typed, path) in PATHS {
            let after = self.typed(&format!("{start}{typed}"), TAB);
            let path = path.replace(' ', "\\ ");
            assert_eq!(after.trim_end(), format!("plex-butler {start}{path}"));
        }
    }
}

impl Drop for Interactive {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

#[test]
fn bash_completes_commands_tasks_options_and_files() {
    if is_missing("bash") {
        return;
    }
    let dir = folder();
    let start = format!(
        r#"PS1='{PROMPT}'
        bind 'set enable-bracketed-paste off'
        bind 'set bell-style none'
        show() {{ printf '{{%s}}' "$READLINE_LINE"; }}
        bind -x '"\C-xp": show'
        bind '"\C-xa": insert-completions'
        {}"#,
        script("bash")
    );
    let start = dir.file(".start", start);
    Interactive::start(&dir, "bash", &["--noprofile", "--rcfile", &start, "-i"]).check();
}

#[test]
fn zsh_completes_commands_tasks_options_and_files() {
    if is_missing("zsh") {
        return;
    }
    let dir = folder();
    dir.file("functions/_plex-butler", script("zsh"));
    dir.file(
        ".zshrc",
        format!(
            r#"PS1='{PROMPT}'
            fpath=($HOME/functions $fpath)
            autoload -U compinit && compinit -u
            zstyle ':completion:all-matches:*' completer _all_matches _complete
            zstyle ':completion:all-matches:*' insert yes
            zle -C all-matches complete-word _generic
            bindkey '^Xa' all-matches
            show() {{ zle -I; print -rn -- "{{$BUFFER}}" }}
            zle -N show
            bindkey '^Xp' show
            "#
        ),
    );
    Interactive::start(&dir, "zsh", &["-d", "-i"]).check();
}

#[test]
fn fish_completes_commands_tasks_options_and_files() {
    if is_missing("fish") {
        return;
    }
    let dir = folder();
    let script = dir.file("plex-butler.fish", script("fish"));
    let offered = |line: &str| -> Vec<String> {
        let output = Command::new("fish")
            .args([
                "--no-config",
                "-c",
                "source $argv[1]; complete -C \"plex-butler $argv[2]\"",
                &script,
                line,
            ])
            .current_dir(dir.path())
            .env("HOME", dir.path())
            .output()
            .expect("fish runs");
        assert!(
            output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let output = String::from_utf8(output.stdout).expect("UTF-8");
        output
            .lines()
            .map(|line| line.split('\t').next().expect("a candidate").to_owned())
            .collect()
    };
    for (line, expected) in CANDIDATES {
        assert_eq!(offered(line), *expected, "{line}");
    }
    for (start, typed, path) in PATHS {
        let line = format!("{start}{typed}");
        // The candidate for `--option=FILE` has the option too.
        let option = start.rsplit(' ').next().expect("an option");
        assert_eq!(offered(&line), [format!("{option}{path}")], "{line}");
    }
}
