//! Running the program, and checking its output.

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use plex_butler_test_support::http::Request;
use plex_butler_test_support::pms::PmsServer;
use tempfile::TempDir;

/// The token of the tests. No output may show it.
pub(crate) const TOKEN: &str = "s3cr3t-t0k3n-0123456789";

/// A run of the program, with an environment that holds only what a test puts there.
pub(crate) struct Run(pub(crate) Command);

impl Run {
    pub(crate) fn new(args: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plex-butler"));
        command.env_clear().stdin(Stdio::null()).args(args);
        // Without it there are no sockets on Windows.
        command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        Run(command)
    }

    /// Against this server, with the token of the tests.
    pub(crate) fn at(server: &PmsServer, args: &[&str]) -> Run {
        Run::new(args)
            .env("PLEX_URL", server.url())
            .env("PLEX_TOKEN", TOKEN)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run {
        self.0.env(name, value);
        self
    }

    #[track_caller]
    pub(crate) fn done(mut self) -> Done {
        Done::from(self.0.output().expect("the program runs"))
    }

    /// With this on stdin.
    #[track_caller]
    pub(crate) fn done_with_input(mut self, input: &str) -> Done {
        let command = self
            .0
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let mut stdin = child.stdin.take().expect("its stdin");
        // A program that refuses its arguments ends without reading.
        if let Err(error) = stdin.write_all(input.as_bytes()) {
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        }
        drop(stdin);
        Done::from(child.wait_with_output().expect("the program ends"))
    }
}

/// The result of a run.
#[derive(Debug, PartialEq)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Done {
    #[track_caller]
    fn from(output: Output) -> Done {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let done = Done {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        for text in [&done.stdout, &done.stderr] {
            assert!(!text.contains(TOKEN), "the token leaks: {text}");
            assert!(!text.contains("panicked"), "{text}");
            assert!(
                !text.chars().any(|c| c.is_control() && c != '\n'),
                "{text:?}"
            );
        }
        done
    }
}

impl Done {
    /// The run succeeded, and printed this on stdout and nothing on stderr.
    #[track_caller]
    pub(crate) fn prints(self, stdout: &str) {
        assert_eq!(
            (self.code, &*self.stderr, &*self.stdout),
            (Some(0), "", stdout)
        );
    }

    /// The run failed with this code. It printed one short line with these parts on stderr, and nothing on stdout.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, parts: &[&str]) {
        assert_eq!(
            (self.code, &*self.stdout),
            (Some(code), ""),
            "{}",
            self.stderr
        );
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        assert!(
            self.stderr.starts_with("plex-butler: ") && self.stderr.len() < 400,
            "{}",
            self.stderr
        );
        for part in parts {
            assert!(
                self.stderr.contains(part),
                "{part:?} is not in {}",
                self.stderr
            );
        }
    }

    /// The run failed because of wrong usage, and the message has this part.
    #[track_caller]
    pub(crate) fn fails_as_wrong_usage(self, part: &str) {
        assert_eq!((self.code, &*self.stdout), (Some(2), ""), "{}", self.stderr);
        assert!(
            self.stderr.starts_with("plex-butler: ") && !self.stderr.contains("error:"),
            "{}",
            self.stderr
        );
        assert!(
            self.stderr.contains(part),
            "{part:?} is not in {}",
            self.stderr
        );
    }
}

/// A directory that is removed with the test.
pub(crate) struct Dir(TempDir);

impl Dir {
    pub(crate) fn new() -> Dir {
        Dir(tempfile::tempdir().expect("a directory"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, text).expect("a file");
        set_mode(&path, 0o600);
        path.to_str().expect("UTF-8").to_owned()
    }
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_: &Path, _: u32) {}

/// The text of a server's `Preferences.xml`.
pub(crate) fn preferences(token: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Preferences MachineIdentifier=\"0123\" FriendlyName=\"A &amp; B\" PlexOnlineToken=\"{token}\"/>"
    )
}

/// The tokens that came in, one for each request.
pub(crate) fn tokens(server: &PmsServer) -> Vec<Option<String>> {
    let requests = server.requests();
    let token = |request: &Request| request.header("X-Plex-Token").map(str::to_owned);
    requests.iter().map(token).collect()
}
