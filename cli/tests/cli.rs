//! The program `plex-butler` as a user or a script meets it, against servers on real sockets.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use plex_butler::TaskName;
use plex_butler_test_support::http::{HttpServer, Request, Response};
use plex_butler_test_support::pms::{HTML_401, Pms, PmsServer};
use plex_butler_test_support::raw::unused_address;
use plex_butler_test_support::tls::{Ca, Identity};

/// The token of the tests. No output may show it.
const TOKEN: &str = "s3cr3t-t0k3n-0123456789";

const README: &str = include_str!("../README.md");

/// The help that README shows.
fn help() -> &'static str {
    let (_, block) = README.split_once("```text\n").expect("a block of plain text");
    block.split_once("```").expect("its end").0
}

/// A run of the program, with an environment that holds only what a test puts there.
struct Run(Command);

impl Run {
    fn new(args: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plex-butler"));
        command.env_clear().stdin(Stdio::null()).args(args);
        // Without it there are no sockets on Windows.
        command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        Run(command)
    }

    /// Against this server, with the token of the tests.
    fn at(server: &PmsServer, args: &[&str]) -> Run {
        Run::new(args).env("PLEX_URL", server.url()).env("PLEX_TOKEN", TOKEN)
    }

    fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Run {
        self.0.env(name, value);
        self
    }

    #[track_caller]
    fn done(mut self) -> Done {
        let done = Done::from(self.0.output().expect("the program runs"));
        let prefixed = done.stderr.lines().all(|line| line.starts_with("plex-butler: "));
        assert!(prefixed, "{}", done.stderr);
        done
    }
}

/// What a run came to.
#[derive(Debug, PartialEq)]
struct Done {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Done {
    #[track_caller]
    fn from(output: Output) -> Done {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let done = Done { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
        for text in [&done.stdout, &done.stderr] {
            assert!(!text.contains(TOKEN), "the token leaks: {text}");
            assert!(!text.contains("panicked"), "{text}");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        }
        done
    }
}

impl Done {
    /// It went well, printed this, and had nothing to complain about.
    #[track_caller]
    fn prints(self, stdout: &str) {
        assert_eq!((self.code, &*self.stderr, &*self.stdout), (Some(0), "", stdout));
    }

    /// It failed with this code, and said this on one line and nothing on stdout.
    #[track_caller]
    fn fails(self, code: i32, parts: &[&str]) {
        assert_eq!((self.code, &*self.stdout), (Some(code), ""), "{}", self.stderr);
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is not in {}", self.stderr);
        }
    }
}

/// A directory that is removed with the test.
struct Dir(PathBuf);

impl Dir {
    fn new(test: &str) -> Dir {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory");
        Dir(path)
    }

    /// Writes a file that only its owner can read.
    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, text).expect("a file");
        set_mode(&path, 0o600);
        path.to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

fn preferences(token: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Preferences MachineIdentifier=\"0123\" FriendlyName=\"A &amp; B\" PlexOnlineToken=\"{token}\"/>"
    )
}

/// The tokens that came in, one for each request.
fn tokens(server: &PmsServer) -> Vec<Option<String>> {
    let requests = server.requests();
    let token = |request: &Request| request.header("X-Plex-Token").map(str::to_owned);
    requests.iter().map(token).collect()
}

mod commands {
    use super::*;

    #[test]
    fn list_prints_a_table_of_80_columns() {
        let server = Pms::with_token(TOKEN).start();
        Run::at(&server, &["list"]).done().prints(include_str!("cli/list-80.txt"));
    }

    #[test]
    fn list_fits_the_columns_that_there_are() {
        let server = Pms::with_token(TOKEN).start();
        for (columns, table) in [
            ("120", include_str!("cli/list-120.txt")),
            ("40", include_str!("cli/list-40.txt")),
            ("80", include_str!("cli/list-80.txt")),
            ("", include_str!("cli/list-80.txt")),
            ("0", include_str!("cli/list-80.txt")),
            ("many", include_str!("cli/list-80.txt")),
        ] {
            Run::at(&server, &["list"]).env("COLUMNS", columns).done().prints(table);
        }
    }

    #[test]
    fn list_has_no_colour_where_no_terminal_is() {
        let server = Pms::with_token(TOKEN).start();
        let list = Run::at(&server, &["list"]).env("TERM", "xterm-256color").done();
        list.prints(include_str!("cli/list-80.txt"));
    }

    #[test]
    fn list_json_is_what_the_server_sent() {
        let server = Pms::with_token(TOKEN).with_task("TaskOfTheFuture").start();
        let list = Run::at(&server, &["list", "--json"]).done();
        list.prints(&(Pms::new().with_task("TaskOfTheFuture").json() + "\n"));
    }

    #[test]
    fn control_characters_of_the_server_do_not_reach_the_terminal() {
        let json = r#"{"ButlerTasks":{"ButlerTask":[{"name":"A\u001b[2J","interval":1,"scheduleRandomized":false,"enabled":true,"title":"a\u009b31m\nb\u202e","description":"\u007f"}]}}"#;
        let server = HttpServer::start(move |_| Response::new(200).json(json));
        let url = server.url();
        Run::new(&["list", "--url", &url, "--json"]).done().prints(&format!("{json}\n"));
        let table = Run::new(&["list", "--url", &url]).done();
        assert_eq!((table.code, table.stdout.lines().count()), (Some(0), 2), "{}", table.stdout);
        // The server's names are in this message.
        Run::new(&["start", "B", "--url", &url]).done().fails(4, &["the server has A\u{fffd}[2J"]);
    }

    #[test]
    fn start_and_stop_say_what_came_of_each_task() {
        let server = Pms::with_token(TOKEN).start();
        let start = &["start", "BackupDatabase", "OptimizeDatabase"];
        Run::at(&server, start).done().prints("BackupDatabase: started\nOptimizeDatabase: started\n");
        assert_eq!(server.running(), ["BackupDatabase", "OptimizeDatabase"]);
        let start = &["start", "BackupDatabase", "MusicAnalysis"];
        Run::at(&server, start).done().prints("BackupDatabase: already running\nMusicAnalysis: started\n");
        let stop = &["stop", "BackupDatabase", "CleanOldBundles"];
        Run::at(&server, stop).done().prints("BackupDatabase: stopped\nCleanOldBundles: not running\n");
        assert_eq!(server.running(), ["MusicAnalysis", "OptimizeDatabase"]);
    }

    #[test]
    fn all_tasks_start_and_stop_in_one_request() {
        let server = Pms::with_token(TOKEN).start();
        Run::at(&server, &["start", "--all"]).done().prints("all enabled tasks: started\n");
        assert!(server.running().len() > 10);
        Run::at(&server, &["stop", "--all"]).done().prints("all tasks: stopped\n");
        assert!(server.running().is_empty());
        let requests = server.requests();
        let lines: Vec<_> = requests.iter().map(|request| (&*request.method, &*request.target)).collect();
        assert_eq!(lines, [("POST", "/butler"), ("DELETE", "/butler")]);
    }

    #[test]
    fn quiet_leaves_out_results_and_keeps_errors() {
        let server = Pms::with_token(TOKEN).start();
        Run::at(&server, &["-q", "start", "BackupDatabase"]).done().prints("");
        Run::at(&server, &["--quiet", "stop", "--all"]).done().prints("");
        Run::at(&server, &["-q", "start", "Nonsense", "BackupDatabase"]).done().fails(4, &["Nonsense: no such task"]);
        assert_eq!(server.running(), ["BackupDatabase"]);
    }

    #[test]
    fn names_prints_every_known_name_and_asks_no_server() {
        let names: String = TaskName::KNOWN.iter().map(|name| format!("{name}\n")).collect();
        Run::new(&["names"]).env("PLEX_URL", "not a URL").done().prints(&names);
    }

    #[test]
    fn help_and_version_go_to_stdout() {
        for args in [&["--help"][..], &["-h"], &["help"], &["start", "--help"]] {
            Run::new(args).done().prints(help());
        }
        for args in [&["--version"], &["-V"]] {
            Run::new(args).done().prints(concat!("plex-butler ", env!("CARGO_PKG_VERSION"), "\n"));
        }
    }
}

mod names {
    use super::*;

    #[test]
    fn a_name_is_understood_in_any_case_and_in_kebab_case() {
        let server = Pms::with_token(TOKEN).start();
        for name in ["backup-database", "BACKUPDATABASE", "backupDatabase", "Backup-Database"] {
            Run::at(&server, &["start", name]).done();
            Run::at(&server, &["stop", name]).done().prints("BackupDatabase: stopped\n");
        }
        assert_eq!(server.requests().len(), 8, "a known name needs no list");
    }

    #[test]
    fn a_name_that_only_the_server_knows_is_understood_in_the_same_way() {
        let server = Pms::with_token(TOKEN).with_task("TaskOfTheFuture").start();
        for name in ["TaskOfTheFuture", "task-of-the-future", "TASKOFTHEFUTURE"] {
            Run::at(&server, &["start", name]).done();
            Run::at(&server, &["stop", name]).done().prints("TaskOfTheFuture: stopped\n");
        }
    }

    #[test]
    fn the_list_is_asked_for_once() {
        let server = Pms::with_token(TOKEN).with_task("NewA").with_task("NewB").start();
        Run::at(&server, &["start", "new-a", "new-b"]).done().prints("NewA: started\nNewB: started\n");
        let lists = server.requests().iter().filter(|request| request.method == "GET").count();
        assert_eq!(lists, 1);
    }

    #[test]
    fn an_unknown_name_leads_to_the_closest_ones_and_to_what_the_server_has() {
        let server = Pms::with_token(TOKEN).start();
        Run::at(&server, &["start", "ALL"]).done().fails(4, &["did you mean --all? the server has AutomaticUpdates, "]);
        Run::at(&server, &["start", "bakup-database"]).done().fails(
            4,
            &[
                "plex-butler: bakup-database: no such task: did you mean BackupDatabase? the server has \
                 AutomaticUpdates, BackupDatabase, ",
                "UpgradeMediaAnalysis\n",
            ],
        );
        assert!(server.requests().iter().all(|request| request.method == "GET"));
    }

    #[test]
    fn a_known_name_that_this_server_lacks_is_no_such_task() {
        let server = Pms::with_token(TOKEN).start();
        Run::at(&server, &["stop", "check-for-updates"])
            .done()
            .fails(4, &["check-for-updates: no such task: ", "the server has AutomaticUpdates"]);
    }

    #[test]
    fn a_name_that_fits_two_tasks_is_refused() {
        let server = Pms::with_token(TOKEN).with_task("NewTask").with_task("newTASK").start();
        Run::at(&server, &["start", "new-task"]).done().fails(4, &["NewTask or newTASK: write it exactly"]);
        Run::at(&server, &["start", "newTASK"]).done().prints("newTASK: started\n");
    }

    #[test]
    fn a_name_is_never_taken_for_another_path() {
        let server = Pms::with_token(TOKEN).start();
        for name in ["", "..", "/", "../butler", "a\nb"] {
            Run::at(&server, &["stop", name]).done().fails(4, &["no such task"]);
        }
        assert!(server.requests().iter().all(|request| request.method == "GET"));

        let server = Pms::with_token(TOKEN).with_task("..").start();
        Run::at(&server, &["stop", ".."]).done().fails(4, &["invalid task name"]);
        assert!(server.requests().iter().all(|request| request.method == "GET"));
    }
}

mod exit_codes {
    use super::*;

    #[test]
    fn a_failed_request_is_1() {
        let url = format!("http://{}", unused_address());
        for args in [&["list"][..], &["start", "--all"], &["stop", "--all"]] {
            Run::new(args)
                .env("PLEX_URL", &url)
                .done()
                .fails(1, &["plex-butler: no answer from http://127.0.0.1:", "check host and port", "refused"]);
        }
        Run::new(&["start", "backup-database"])
            .env("PLEX_URL", &url)
            .done()
            .fails(1, &["plex-butler: backup-database: no answer from"]);
    }

    #[test]
    fn an_answer_that_is_no_success_is_1() {
        let server = HttpServer::start(|_| Response::new(503));
        Run::new(&["list", "--url", &server.url()]).done().fails(1, &["503 Service Unavailable", "try later"]);
    }

    #[test]
    fn a_timeout_is_1() {
        let server = HttpServer::start(|_| {
            loop {
                std::thread::park();
            }
        });
        let url = server.url();
        Run::new(&["list", "--url", &url, "--timeout", "0.2"]).done().fails(1, &["within 200ms"]);
    }

    #[test]
    fn wrong_usage_and_wrong_settings_are_2() {
        for (args, part) in [
            (&[][..], "no command"),
            (&["delete"], "no command \"delete\""),
            (&["start"], "start what?"),
            (&["list", "--nonsense"], "--nonsense"),
            (&["list", "--timeout", "0"], "a number of seconds above 0"),
            (&["list", "--token", TOKEN], "there is no option --token"),
            (&["list", "--url", "localhost:32400"], "must start with http://"),
            (&["list", "--url", "http://h/?X-Plex-Token=s3cr3t-t0k3n-0123456789"], "query"),
            (&["list", "--ca", "/does/not/exist"], "cannot read the CA certificates"),
            (&["list", "--ca", "Cargo.toml"], "invalid root certificates"),
        ] {
            Run::new(args).done().fails(2, &["plex-butler: ", part]);
        }
        Run::new(&["list"])
            .env("PLEX_TOKEN", "two words")
            .done()
            .fails(2, &["X-Plex-Token", "PLEX_TOKEN must hold the token and nothing else"]);
        Run::new(&["list"]).env("HTTP_PROXY", "ftp://proxy").done().fails(2, &["proxy"]);
    }

    #[test]
    fn a_missing_or_wrong_token_is_3() {
        let server = Pms::with_token(TOKEN).start();
        for args in [&["list"][..], &["start", "--all"], &["stop", "BackupDatabase"], &["stop", "TaskOfTheFuture"]] {
            let said = &["401 Unauthorized", "--token-file"];
            Run::new(args).env("PLEX_URL", server.url()).done().fails(3, said);
            Run::at(&server, args).env("PLEX_TOKEN", "wrong").done().fails(3, said);
        }
    }

    #[test]
    fn a_token_of_somebody_else_is_3() {
        let server = HttpServer::start(|_| Response::new(403));
        Run::new(&["list", "--url", &server.url()]).done().fails(3, &["403 Forbidden", "the server's owner"]);
    }

    #[test]
    fn every_task_is_tried_and_the_gravest_failure_counts() {
        let server = HttpServer::start(|request| match &*request.target {
            "/butler" => Response::new(200).json(Pms::new().json()),
            "/butler/BackupDatabase" => Response::new(503),
            "/butler/MusicAnalysis" => Response::new(401).html(HTML_401),
            _ => Response::new(200),
        });
        let run = |tasks: &[&str]| Run::new(&[&["start"], tasks].concat()).env("PLEX_URL", server.url()).done();

        let mixed = run(&["nonsense", "music-analysis", "BackupDatabase", "OptimizeDatabase"]);
        assert_eq!((mixed.code, &*mixed.stdout), (Some(3), "OptimizeDatabase: started\n"));
        let lines: Vec<&str> = mixed.stderr.lines().collect();
        assert_eq!(lines.len(), 3, "{}", mixed.stderr);
        assert!(lines[0].starts_with("plex-butler: nonsense: no such task"));
        assert!(lines[1].starts_with("plex-butler: music-analysis: ") && lines[1].contains("401"));
        assert!(lines[2].starts_with("plex-butler: BackupDatabase: ") && lines[2].contains("503"));

        assert_eq!(run(&["BackupDatabase", "nonsense"]).code, Some(1));
        assert_eq!(run(&["nonsense", "OptimizeDatabase"]).code, Some(4));
    }
}

mod settings {
    use super::*;

    #[test]
    fn an_option_wins_over_the_environment() {
        let server = Pms::with_token(TOKEN).start();
        let dir = Dir::new("precedence");
        let file = dir.file("token", TOKEN);
        let started = "BackupDatabase: started\n";
        Run::new(&["start", "BackupDatabase", "--url", &server.url(), "--token-file", &file])
            .env("PLEX_URL", "http://127.0.0.1:1")
            .env("PLEX_TOKEN", "wrong")
            .env("PLEX_TOKEN_FILE", "/does/not/exist")
            .done()
            .prints(started);
    }

    #[test]
    fn of_the_environment_the_token_wins_over_the_token_file() {
        let server = Pms::new().start();
        let dir = Dir::new("environment");
        let file = dir.file("token", "from-file");
        let run = |token, file: &str| {
            Run::new(&["stop", "--all"])
                .env("PLEX_URL", server.url())
                .env("PLEX_TOKEN", token)
                .env("PLEX_TOKEN_FILE", file)
                .done()
                .prints("all tasks: stopped\n");
        };
        run("from-variable\r", &file);
        run("", &file);
        run("", "");
        let token = |token: &str| Some(token.to_owned());
        assert_eq!(tokens(&server), [token("from-variable"), token("from-file"), None]);
    }

    #[test]
    fn an_empty_url_counts_as_not_set() {
        // The address is checked before the certificates, and nothing is sent to a server that may be there.
        Run::new(&["list", "--ca", "Cargo.toml"]).env("PLEX_URL", "").done().fails(2, &["root certificates"]);
    }

    #[test]
    fn what_editors_put_around_a_token_is_no_part_of_it() {
        let server = Pms::with_token(TOKEN).start();
        let dir = Dir::new("line-break");
        for (name, start, end) in
            [("none", "", ""), ("unix", "", "\n"), ("windows", "\u{feff}", "\r\n"), ("many", " ", " \n\n")]
        {
            let file = dir.file(name, format!("{start}{TOKEN}{end}"));
            let args = &["stop", "--all", "--token-file", &file];
            Run::new(args).env("PLEX_URL", server.url()).done().prints("all tasks: stopped\n");
        }
    }

    #[test]
    fn a_token_file_that_cannot_be_used_is_named() {
        let dir = Dir::new("unusable");
        let run = |file: &str| Run::new(&["list", "--token-file", file]).done();
        run("/does/not/exist").fails(2, &["cannot read the token file /does/not/exist: "]);
        run(&dir.0.to_string_lossy()).fails(2, &["cannot read the token file"]);
        run(&dir.file("empty", "\n")).fails(2, &["is empty"]);
        run(&dir.file("binary", [0xff, 0xfe])).fails(2, &["cannot read the token file", "UTF-8"]);
        run(&dir.file("sentence", format!("the token is {TOKEN}"))).fails(2, &["X-Plex-Token"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_token_file_that_others_can_read_gets_a_warning() {
        let server = Pms::with_token(TOKEN).start();
        let dir = Dir::new("warning");
        let file = dir.file("token", TOKEN);
        for (mode, warns) in [(0o600, false), (0o640, false), (0o644, true), (0o604, true)] {
            set_mode(Path::new(&file), mode);
            let done = Run::new(&["stop", "--all"]).env("PLEX_URL", server.url()).env("PLEX_TOKEN_FILE", &file).done();
            assert_eq!((done.code, &*done.stdout), (Some(0), "all tasks: stopped\n"));
            let warning = format!("plex-butler: warning: other users can read the token file {file}: chmod 600 it\n");
            assert_eq!(done.stderr, if warns { &*warning } else { "" }, "{mode:o}");
        }
        Run::new(&["stop", "--all", "--quiet", "--token-file", &file]).env("PLEX_URL", server.url()).done().prints("");
    }

    #[test]
    fn the_token_of_preferences_xml_is_used() {
        let dir = Dir::new("preferences");
        let file = dir.file("Plex Media Server/Preferences.xml", preferences("s3cr3t&amp;&#x2d;t0k3n"));
        let server = Pms::with_token("s3cr3t&-t0k3n").start();
        let run = |args: &[&str]| Run::new(&[&["stop", "--all"], args].concat()).env("PLEX_URL", server.url());
        run(&["--preferences", &file]).done().prints("all tasks: stopped\n");
        run(&["--token-from-server"])
            .env("PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR", &dir.0)
            .env("PLEX_TOKEN", "wrong")
            .done()
            .prints("all tasks: stopped\n");
    }

    #[test]
    fn a_preferences_xml_that_cannot_be_used_is_named() {
        let dir = Dir::new("bad-preferences");
        let run = |file: &str| Run::new(&["list", "--preferences", file]).done();
        run("/does/not/exist").fails(2, &["cannot read /does/not/exist: "]);
        run(&dir.0.to_string_lossy()).fails(2, &["cannot read "]);
        run(&dir.file("unclaimed.xml", preferences(""))).fails(2, &["unclaimed.xml has no PlexOnlineToken"]);
        run(&dir.file("other.xml", "<Preferences/>")).fails(2, &["other.xml has no PlexOnlineToken"]);
        run(&dir.file("cut.xml", &preferences(TOKEN).as_bytes()[..90])).fails(2, &["cut.xml is not XML"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_server_data_directory_that_is_closed_is_an_error_and_not_a_missing_file() {
        let dir = Dir::new("closed");
        // A loop of links fails for root too, unlike missing permissions.
        let link = dir.0.join("Plex Media Server");
        std::os::unix::fs::symlink(&link, &link).expect("a link");
        Run::new(&["list", "--token-from-server"])
            .env("PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR", &dir.0)
            .done()
            .fails(2, &["cannot read ", "Preferences.xml"]);
    }
}

mod surroundings {
    use super::*;

    /// The end of a pipe that nobody reads any more: its reader has ended.
    fn closed_pipe() -> Stdio {
        let mut reader = Run::new(&["--version"]).0;
        let mut reader = reader.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the program runs");
        let pipe = reader.stdin.take().expect("a pipe");
        reader.wait().expect("the program ends");
        pipe.into()
    }

    /// The program with a closed pipe as its stdout.
    fn with_closed_pipe(args: &[&str], url: &str) -> Done {
        let mut run = Run::new(args).env("PLEX_URL", url);
        run.0.stdout(closed_pipe()).stderr(Stdio::piped());
        Done::from(run.0.spawn().and_then(Child::wait_with_output).expect("the program runs"))
    }

    #[test]
    fn a_closed_pipe_is_quiet() {
        let server = Pms::new().with_task("TaskOfTheFuture").start();
        for args in [&["names"][..], &["list"], &["list", "--json"], &["--help"], &["start", "--all"]] {
            with_closed_pipe(args, &server.url()).prints("");
        }
    }

    #[test]
    fn a_closed_pipe_keeps_no_task_from_being_started() {
        let server = Pms::new().start();
        with_closed_pipe(&["start", "BackupDatabase", "MusicAnalysis"], &server.url()).prints("");
        assert_eq!(server.running(), ["BackupDatabase", "MusicAnalysis"]);
        let failed = with_closed_pipe(&["start", "nonsense", "OptimizeDatabase"], &server.url());
        failed.fails(4, &["no such task"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let mut run = Run::new(&["names"]);
        run.0.stdout(fs::File::create("/dev/full").expect("the device")).stderr(Stdio::piped());
        let output = run.0.spawn().and_then(Child::wait_with_output).expect("the program runs");
        Done::from(output).fails(1, &["cannot write the output", "No space left"]);
    }

    #[test]
    fn a_closed_stderr_changes_nothing() {
        let mut run = Run::new(&["list", "--nonsense"]);
        run.0.stderr(closed_pipe()).stdout(Stdio::piped());
        let output = run.0.spawn().and_then(Child::wait_with_output).expect("the program runs");
        assert_eq!(output.status.code(), Some(2));
    }

    #[test]
    fn the_first_line_of_a_list_is_enough_for_head() {
        let server = Pms::new().start();
        let mut run = Run::new(&["list"]).env("PLEX_URL", server.url());
        let mut child = run.0.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        let mut start = [0; 4];
        child.stdout.take().expect("a pipe").read_exact(&mut start).expect("a line");
        assert_eq!(&start, b"NAME");
        Done::from(child.wait_with_output().expect("the program ends")).prints("");
    }
}

mod documentation {
    use super::*;

    #[test]
    fn help_fits_a_screen_and_is_what_the_readme_shows() {
        assert!((10..=24).contains(&help().lines().count()));
        assert!(help().lines().all(|line| line.len() <= 80));
        Run::new(&["--help"]).done().prints(help());
    }

    /// The block of code that starts like this in the README.
    #[cfg(unix)]
    fn example(start: &str) -> &'static str {
        let from = README.rfind(start).expect("the example");
        README[from..].split("```").next().expect("its end")
    }

    /// Runs a script with the program in its path, as the server's own machine would.
    #[cfg(unix)]
    fn shell(script: &str, home: &Dir, server: &PmsServer) -> Done {
        let program = Path::new(env!("CARGO_BIN_EXE_plex-butler"));
        let path = format!("{}:/usr/bin:/bin", program.parent().expect("a directory").display());
        let output = Command::new("/bin/sh")
            .args(["-c", script])
            .env_clear()
            .env("PATH", path)
            .env("HOME", &home.0)
            .env("PLEX_URL", server.url())
            .env("PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR", &home.0)
            .stdin(Stdio::null())
            .output();
        Done::from(output.expect("a shell"))
    }

    #[cfg(unix)]
    #[test]
    fn the_cron_example_runs_as_printed() {
        let home = Dir::new("cron");
        home.file("Plex Media Server/Preferences.xml", preferences(TOKEN));
        let server = Pms::with_token(TOKEN).start();
        let line = example("30 2 * * * ");
        assert!(help().contains(line.trim_end()));
        let command: Vec<&str> = line.splitn(6, ' ').collect();
        shell(command[5], &home, &server).prints("");
        assert_eq!(server.running(), ["BackupDatabase"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_backup_script_runs_as_printed() {
        let home = Dir::new("script");
        home.file(".plex-token", TOKEN);
        let server = Pms::with_token(TOKEN).start();
        let script = example("#!/bin/sh\n");
        let done = shell(script, &home, &server);
        assert_eq!((done.code, &*done.stderr), (Some(0), ""), "{done:?}");
        assert_eq!(server.running(), ["BackupDatabase"]);

        home.file(".plex-token", "wrong");
        assert_eq!(shell(script, &home, &server).code, Some(3));
    }
}

#[test]
fn a_ca_of_ones_own_is_trusted_and_anything_is_with_insecure() {
    let ca = Ca::new("ours");
    let pms = Pms::with_token(TOKEN);
    let server = HttpServer::start_tls(&ca.sign("localhost"), move |request| pms.answer(request));
    let (dir, url) = (Dir::new("ca"), server.url_with_host("localhost"));
    let run = |args: &[&str]| Run::new(args).env("PLEX_URL", &url).env("PLEX_TOKEN", TOKEN).done();

    run(&["list"]).fails(1, &["the certificate's issuer is not trusted", ": see --ca"]);
    assert_eq!(run(&["list", "--ca", &dir.file("ca.pem", ca.pem())]).code, Some(0));
    assert_eq!(run(&["list", "--insecure"]).code, Some(0));
    run(&["list", "--ca", &dir.file("empty.pem", "")]).fails(2, &["the PEM text holds no certificate"]);
    run(&["list", "--ca", "/nowhere/ca.pem"]).fails(2, &["/nowhere/ca.pem"]);
}

#[test]
#[cfg(feature = "rustls")]
fn a_server_that_shows_a_ca_certificate_as_its_own_is_told_what_to_do() {
    let identity = Identity::self_signed_ca("localhost");
    let server = HttpServer::start_tls(&identity, |_| Response::new(200));
    let dir = Dir::new("self-signed-ca");
    Run::new(&["list", "--ca", &dir.file("ca.pem", identity.pem())])
        .env("PLEX_URL", server.url_with_host("localhost"))
        .done()
        .fails(1, &["CaUsedAsEndEntity", "make it one with basicConstraints=CA:FALSE"]);
}
