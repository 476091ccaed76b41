//! Runs the demo and the small examples against the stand-in.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use plex_butler::{Client, StartOutcome};
use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::{Pms, PmsServer};
use plex_butler_test_support::proxy::ConnectProxy;
use plex_butler_test_support::raw::unused_address;

const TOKEN: &str = "s3cr3t-t0k3n-0123456789";

/// Runs an example with the address and the token of a server in its environment.
fn run(name: &str, arguments: &[&str], url: &str) -> Output {
    output(
        example(name)
            .args(arguments)
            .env("PLEX_URL", url)
            .env("PLEX_TOKEN", TOKEN),
    )
}

/// An example, which `cargo test` has built beside the tests, with nothing of Plex and no proxy in its environment.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("the path of this test");
    let target: PathBuf = test
        .ancestors()
        .nth(2)
        .expect("the target directory")
        .into();
    let mut command = Command::new(
        target
            .join("examples")
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX)),
    );
    let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];
    for name in proxies.into_iter().chain(["PLEX_URL", "PLEX_TOKEN"]) {
        command
            .env_remove(name)
            .env_remove(name.to_ascii_lowercase());
    }
    command
}

fn output(command: &mut Command) -> Output {
    let output = command
        .output()
        .expect("the example, which a plain `cargo test` builds");
    for text in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(text).contains(TOKEN), "{output:?}");
    }
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn server() -> PmsServer {
    Pms::with_token(TOKEN).start()
}

#[test]
fn demo_walks_through_the_operations_without_a_server() {
    let table = stdout(&output(&mut example("demo")));
    let rows: Vec<&str> = table
        .lines()
        .skip_while(|line| !line.is_empty())
        .skip(1)
        .collect();
    let request = "GET http://127.0.0.1:";
    let (last, rows) = rows.split_last().expect("rows");
    assert_eq!(
        rows,
        [
            "start BackupDatabase     accepted",
            "start it again           already running",
            "status                   working",
            "stop it                  stopped",
            "stop it again            not running",
            "start all tasks          accepted",
            "stop all tasks           stopped",
            "start MakeCoffee         error: no such task among its 23",
        ]
    );
    assert!(
        last.starts_with(&format!("list with a wrong token  error: {request}")),
        "{last}"
    );
    assert!(
        last.ends_with("answered 401: Unauthorized; the token was refused"),
        "{last}"
    );
}

#[test]
fn demo_starts_tasks_of_a_given_server_only_with_all() {
    let server = server();
    assert!(stdout(&run("demo", &[], &server.url())).contains("BackupDatabase"));
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
    assert!(
        stdout(&run("demo", &["all"], &server.url())).contains("start BackupDatabase     accepted")
    );

    let failed = run("demo", &[], &format!("http://{}", unused_address()));
    assert_eq!(failed.status.code(), Some(1));
}

#[test]
fn demo_serves_the_stand_in_and_says_how_to_reach_it() {
    let mut demo = example("demo")
        .args(["serve", "0", "1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the demo");
    let mut lines = BufReader::new(demo.stdout.take().expect("its output"))
        .lines()
        .map_while(Result::ok);
    let line = lines
        .find(|line| line.starts_with("PLEX_URL="))
        .expect("the line to use");
    let value = |name: &str| {
        line.split(' ')
            .find_map(|word| word.strip_prefix(name))
            .expect("a variable")
            .to_owned()
    };
    let listed = output(
        example("report")
            .env("PLEX_URL", value("PLEX_URL="))
            .env("PLEX_TOKEN", value("PLEX_TOKEN=")),
    );
    let client = Client::builder(value("PLEX_URL="))
        .token(value("PLEX_TOKEN="))
        .build()
        .expect("a client");
    let start = || client.start_task("MusicAnalysis").expect("a start");
    let first = start();
    let deadline = Instant::now() + Duration::from_secs(60);
    // The task can be started again when it has ended by itself.
    while start() == StartOutcome::AlreadyRunning && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(100));
    }
    let has_ended = Instant::now() < deadline;
    let port = value("PLEX_URL=http://127.0.0.1:");
    let second = output(example("demo").args(["serve", &port]));
    demo.kill().expect("the demo still serves");
    demo.wait().expect("the demo ends");
    assert!(listed.status.success());
    assert_eq!(first, StartOutcome::Accepted);
    assert!(has_ended);
    for hint in [
        "use `plex-butler` in place of `cargo run --`",
        "try `status`",
    ] {
        assert!(lines.any(|line| line.contains(hint)), "{hint}");
    }
    // The port is in use.
    assert!(!second.status.success());
    assert!(stdout(&second).starts_with("error: "), "{second:?}");
}

#[test]
fn demo_serves_at_the_port_that_it_is_given() {
    let port = unused_address().port().to_string();
    let mut demo = example("demo")
        .args(["serve", &port])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the demo");
    let lines = BufReader::new(demo.stdout.take().expect("its output")).lines();
    let line = lines
        .map_while(Result::ok)
        .find(|line| line.starts_with("PLEX_URL="))
        .expect("the line to use");
    demo.kill().expect("the demo still serves");
    demo.wait().expect("the demo ends");
    assert!(
        line.starts_with(&format!("PLEX_URL=http://127.0.0.1:{port} ")),
        "{line}"
    );
}

#[test]
fn demo_prints_its_usage_and_nothing_else() {
    let usage = "usage: demo [all | serve [PORT [SECONDS]]]\n";
    let help = output(example("demo").arg("--help"));
    assert_eq!((help.status.code(), &*stdout(&help)), (Some(0), usage));
    for wrong in [
        &["serv"][..],
        &["serve", "x"],
        &["serve", "1", "x"],
        &["serve", "1", "0"],
        &["serve", "1", "2", "3"],
    ] {
        let refused = output(example("demo").args(wrong));
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(stdout(&refused), format!("error: {usage}"));
    }
}

#[test]
fn demo_words_intervals_like_the_program() {
    let table = stdout(&output(&mut example("demo")));
    for words in [" daily ", " weekly ", " every 3 days "] {
        assert!(table.contains(words), "{table}");
    }
}

#[test]
fn backup_before_upgrade_accepts_a_running_backup_and_needs_a_server() {
    let server = server();
    let (first, second) = (
        run("backup_before_upgrade", &[], &server.url()),
        run("backup_before_upgrade", &[], &server.url()),
    );
    assert_eq!(stdout(&first), "database backup: accepted\n");
    assert_eq!(stdout(&second), "database backup: already running\n");
    assert!(first.status.success() && second.status.success());

    let failed = run(
        "backup_before_upgrade",
        &[],
        &format!("http://{}", unused_address()),
    );
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&failed.stderr)
            .starts_with("no backup, so no upgrade: cannot send POST http://")
    );
}

#[test]
fn quiet_hours_starts_and_stops_the_busy_tasks() {
    let server = server();
    assert!(
        run("quiet_hours", &["start"], &server.url())
            .status
            .success()
    );
    assert_eq!(
        server.running(),
        ["DeepMediaAnalysis", "LoudnessAnalysis", "MusicAnalysis"]
    );
    assert!(
        stdout(&run("quiet_hours", &["stop"], &server.url()))
            .starts_with("DeepMediaAnalysis: stopped\n")
    );
    assert!(server.running().is_empty());
    assert_eq!(
        run("quiet_hours", &[], &server.url()).status.code(),
        Some(2)
    );
}

#[test]
fn quiet_hours_skips_tasks_that_the_server_does_not_have() {
    let server = HttpServer::start(|request| match request.method.as_str() {
        "GET" => Response::new(200).json(r#"{"ButlerTasks":{"ButlerTask":[]}}"#),
        _ => Response::new(404),
    });
    let output = run("quiet_hours", &["stop"], &server.url());
    assert!(output.status.success());
    assert!(
        stdout(&output).ends_with("MusicAnalysis: not on this server\n"),
        "{output:?}"
    );
}

#[test]
fn report_lists_the_enabled_tasks_with_their_schedule() {
    let report = stdout(&run("report", &[], &server().url()));
    assert!(
        report.contains("BackupDatabase                       every 3 days, in the window\n"),
        "{report}"
    );
    assert!(
        report.contains(
            "RefreshEpgGuides                     daily, at a random time in the window\n"
        ),
        "{report}"
    );
    assert!(
        report.ends_with("17 tasks are enabled, 6 are not\n"),
        "{report}"
    );
}

#[test]
fn build_script_refreshes_the_libraries_and_never_fails_the_build() {
    let server = server();
    assert!(!stdout(&run("build_script", &[], &server.url())).contains("warning"));
    assert_eq!(server.running(), ["RefreshLibraries"]);

    let without_server = run("build_script", &[], &format!("http://{}", unused_address()));
    assert!(without_server.status.success());
    assert!(
        stdout(&without_server)
            .contains("cargo::warning=the libraries are not refreshed: cannot send POST http://")
    );
}

#[test]
fn the_proxy_variables_of_the_environment_are_ignored() {
    let server = server();
    let proxy = ConnectProxy::start(server.address(), None);
    let mut report = example("report");
    report
        .env("PLEX_URL", server.url())
        .env("PLEX_TOKEN", TOKEN);
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        report.env(variable, proxy.address().to_string());
    }
    assert!(output(&mut report).status.success());
    assert!(proxy.seen().requests.is_empty());
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let without_token = Pms::new().start();
    let mut report = example("report");
    assert!(
        output(
            report
                .env("PLEX_URL", without_token.url())
                .env("PLEX_TOKEN", "")
        )
        .status
        .success()
    );
    assert_eq!(without_token.requests()[0].header("X-Plex-Token"), None);
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_not_utf_8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    for (variable, message) in [
        // Without `://`, the value is not shown: it may be the token.
        ("PLEX_URL", "invalid base URL: "),
        ("PLEX_TOKEN", "invalid token: "),
    ] {
        let output = output(example("report").env(variable, OsStr::from_bytes(b"caf\xe9")));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && stderr.starts_with(message),
            "{stderr}"
        );
    }
}
