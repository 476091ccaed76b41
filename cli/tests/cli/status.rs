//! `status`: each state, who may see it, and `--wait`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use plex_butler_test_support::http::{HttpServer, Response, serve};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::{RawServer, unused_address};
use serde_json::{Value, json};

use crate::util::{Run, TOKEN};

const IDLE: &str = "";
const WAITING: &str = r#"{"type":"butler","title":"Butler tasks","subtitle":"","progress":100}"#;
const WORKING: &str =
    r#"{"type":"butler","title":"Butler tasks","subtitle":"DeepMediaAnalysis","progress":90}"#;

const WAITS: &str = "waiting: for tasks at random times, or between two tasks\n";

fn list_of(activities: &str) -> Response {
    let json = format!(r#"{{"MediaContainer":{{"size":1,"Activity":[{activities}]}}}}"#);
    Response::of_pms(200).json(json)
}

/// A server whose answers about its activities are these, and then the last one for ever. It answers everything else as PMS.
fn server(answers: Vec<Response>) -> HttpServer {
    let (pms, asked) = (Pms::with_token(TOKEN), AtomicUsize::new(0));
    HttpServer::start(move |request| {
        if request.target != "/activities" {
            return pms.answer(request);
        }
        let index = asked.fetch_add(1, Ordering::SeqCst);
        answers[index.min(answers.len() - 1)].clone()
    })
}

/// A run of `status` with these arguments.
fn status(server: &HttpServer, args: &[&str]) -> Run {
    Run::new(&[&["status"], args].concat())
        .env("PLEX_URL", server.url())
        .env("PLEX_TOKEN", TOKEN)
}

/// The targets of the requests.
fn targets(server: &HttpServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests.map(|request| request.target).collect()
}

#[test]
fn each_state_is_a_line() {
    let server = Pms::with_token(TOKEN).start();
    let run = |command: &str| {
        Run::at(&server, &command.split(' ').collect::<Vec<_>>()).done();
        Run::at(&server, &["-q", "status"]).done()
    };
    run("list").prints("idle\n");
    run("start backup-database").prints("working: Backing up database\n");
    run("start music-analysis").prints("working: MusicAnalysis (0%)\n");
    run("stop backup-database").prints("working: MusicAnalysis (0%)\n");
    server.advance();
    run("list").prints("working: MusicAnalysis (50%)\n");
    server.advance();
    run("list").prints("idle\n");

    let server = Pms::with_token(TOKEN).with_waiting_butler().start();
    Run::at(&server, &["status"]).done().prints(WAITS);
}

#[test]
fn json_has_the_state_and_the_activities() {
    let backup = r#"{"type":"general.db.backup","title":"Database","subtitle":"Backing up database","progress":-1}"#;
    let scan = r#"{"type":"library.update.section","title":"Scanning","progress":1}"#;
    for (activities, expected) in [
        (IDLE.to_owned(), json!({"state": "idle", "activities": []})),
        (
            format!("{WAITING},{scan}"),
            json!({"state": "waiting", "activities": [
                {"type": "butler", "title": "Butler tasks", "subtitle": "", "progress": 100}
            ]}),
        ),
        (
            format!("{WAITING},{scan},{backup}"),
            json!({"state": "working", "activities": [
                {"type": "butler", "title": "Butler tasks", "subtitle": "", "progress": 100},
                {"type": "general.db.backup", "title": "Database", "subtitle": "Backing up database", "progress": null}
            ]}),
        ),
    ] {
        let done = status(&server(vec![list_of(&activities)]), &["--json"]).done();
        assert_eq!((done.code, &*done.stderr), (Some(0), ""));
        assert_eq!(done.stdout.lines().count(), 1);
        let value: Value = serde_json::from_str(&done.stdout).expect("JSON");
        assert_eq!(value, expected);
    }
}

#[test]
fn missing_and_unknown_fields_are_no_failure() {
    for (json, line) in [
        (r#"{"MediaContainer":{"size":0}}"#, "idle\n"),
        (
            r#"{"MediaContainer":{"Activity":[{"type":"butler"}]}}"#,
            "working: butler\n",
        ),
        (
            r#"{"MediaContainer":{"new":1,"Activity":[{"type":"butler","subtitle":null,"title":"Butler tasks","Context":{"a":[]},"progress":7}]},"new":{}}"#,
            "working: Butler tasks (7%)\n",
        ),
    ] {
        let server = server(vec![Response::of_pms(200).json(json)]);
        status(&server, &[]).done().prints(line);
    }
}

#[test]
fn five_hundred_activities_are_a_line() {
    let activities = vec![WORKING; 500].join(",");
    let server = server(vec![list_of(&activities)]);
    let line = "working: DeepMediaAnalysis (90%)\n";
    status(&server, &[]).done().prints(line);
    let done = status(&server, &["--json"]).done();
    let value: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(value["activities"].as_array().map(Vec::len), Some(500));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let activity =
        r#"{"type":"butler","title":"","subtitle":"A\u001b[2J\nidle\u202e","progress":1}"#;
    let server = server(vec![list_of(activity)]);
    status(&server, &[])
        .done()
        .prints("working: A?[2J idle? (1%)\n");
    let done = status(&server, &["--json"]).done();
    let value: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(
        value["activities"][0]["subtitle"],
        "A\u{1b}[2J\nidle\u{202e}"
    );
}

#[test]
fn only_the_owner_learns_that_nothing_runs() {
    for code in [401, 403] {
        for activities in [IDLE, WAITING] {
            let server = HttpServer::start(move |request| match &*request.target {
                "/activities" => list_of(activities),
                _ => Response::of_pms(code),
            });
            for args in [&[][..], &["--json"], &["--wait", "60"]] {
                status(&server, args).done().fails(3, &[&code.to_string()]);
            }
        }
    }
}

#[test]
fn the_list_of_tasks_is_requested_only_if_nothing_runs_and_once() {
    let works = server(vec![list_of(WORKING)]);
    status(&works, &[]).done();
    assert_eq!(targets(&works), ["/activities"]);
    let waits = server(vec![list_of(WAITING)]);
    status(&waits, &["--wait", "60"]).done().prints(WAITS);
    assert_eq!(targets(&waits), ["/activities", "/butler", "/activities"]);
}

#[test]
fn a_failure_has_the_usual_exit_code_and_no_line() {
    let unreachable = format!("http://{}", unused_address());
    for args in [&["status"][..], &["status", "--json"]] {
        let run = Run::new(args).env("PLEX_URL", &unreachable);
        run.done().fails(1, &["/activities"]);
        let server = Pms::with_token(TOKEN).start();
        let run = Run::at(&server, args).env("PLEX_TOKEN", "wrong");
        run.done().fails(3, &["401"]);
    }
    for response in [
        Response::of_pms(404),
        Response::of_pms(200).json("[]"),
        Response::of_pms(200).body("text/xml", "<MediaContainer size=\"0\"/>"),
    ] {
        status(&server(vec![response]), &[]).done().fails(1, &[]);
    }
}

#[test]
fn retry_waits_for_a_server_that_starts() {
    let answers = || vec![Response::of_pms(503), list_of(WORKING)];
    status(&server(answers()), &[]).done().fails(1, &["503"]);
    status(&server(answers()), &["-q", "--retry", "60"])
        .done()
        .prints("working: DeepMediaAnalysis (90%)\n");
}

#[test]
fn a_wait_of_zero_is_refused() {
    let done = Run::new(&["status", "--wait", "0"]).done();
    done.fails_as_wrong_usage("a number of seconds");
}

#[test]
fn wait_ends_when_the_work_is_done() {
    let server = Pms::with_token(TOKEN).start();
    Run::at(&server, &["start", "music-analysis"]).done();
    let line = thread::scope(|scope| {
        let waiting = scope.spawn(|| Run::at(&server, &["status", "--wait", "60"]).done());
        while server.requests().len() < 2 {
            thread::sleep(Duration::from_millis(10));
        }
        assert!(!waiting.is_finished());
        server.advance();
        server.advance();
        waiting.join().expect("the program")
    });
    line.prints("idle\n");
    let asked = server.requests();
    let asked = asked
        .iter()
        .filter(|request| request.target == "/activities");
    assert_eq!(asked.count(), 3);
}

#[test]
fn one_idle_answer_between_two_tasks_does_not_end_the_waiting() {
    let answers = [IDLE, WORKING, WAITING, WAITING];
    let server = server(answers.map(list_of).into());
    status(&server, &["--wait", "60"]).done().prints(WAITS);
    assert_eq!(targets(&server).len(), 5);
}

#[test]
fn when_the_time_is_over_it_says_what_still_runs() {
    let server = server(vec![list_of(WORKING)]);
    let started = Instant::now();
    for args in [&["--wait", "0.5"][..], &["--wait", "0.5", "--json", "-q"]] {
        let said = "gave up after 500ms; the last answer was \"working: DeepMediaAnalysis (90%)\"";
        status(&server, args).done().fails(1, &[said]);
    }
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_failure_ends_the_waiting_with_its_own_code() {
    let server = server(vec![list_of(WORKING), Response::of_pms(401)]);
    let done = status(&server, &["--wait", "60"]).done();
    done.fails(3, &["401"]);
}

#[test]
fn a_server_that_dies_ends_the_waiting() {
    for (retry, said) in [("0", "/activities"), ("0.5", "gave up after 500ms: ")] {
        let server = RawServer::start(|stream, number| {
            if number == 0 {
                let _ = serve(stream, number, |_| list_of(WORKING));
            }
        });
        let (url, started) = (format!("http://{}", server.address()), Instant::now());
        let args = ["-q", "status", "--wait", "3600", "--retry", retry];
        let done = Run::new(&args).env("PLEX_URL", url).done();
        done.fails(1, &[said]);
        let took = started.elapsed();
        assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(600));
    }
}

#[test]
fn with_retry_an_outage_is_waited_through_and_the_count_starts_anew() {
    let outage = || Response::of_pms(503);
    let idle = || list_of(IDLE);
    let server = server(vec![outage(), idle(), outage(), idle()]);
    let done = status(&server, &["-q", "--wait", "60", "--retry", "10"]).done();
    done.prints("idle\n");
    // Two failures, and three idle answers.
    let targets = targets(&server);
    assert_eq!(
        targets
            .iter()
            .filter(|target| *target == "/activities")
            .count(),
        5
    );
}

#[test]
fn no_outage_lasts_longer_than_the_wait() {
    let url = format!("http://{}", unused_address());
    let started = Instant::now();
    let args = ["-q", "status", "--wait", "1.5", "--retry", "60"];
    let done = Run::new(&args).env("PLEX_URL", url).done();
    assert!(started.elapsed() < Duration::from_secs(25));
    done.fails(1, &["gave up after 1.5s: "]);
}

#[test]
fn a_silent_server_does_not_make_the_wait_longer() {
    let server = HttpServer::start(|_| {
        loop {
            thread::park();
        }
    });
    let started = Instant::now();
    let done = status(&server, &["--wait", "1.5"]).done();
    assert!(started.elapsed() < Duration::from_secs(25));
    done.fails(1, &["1.5s"]);
}
