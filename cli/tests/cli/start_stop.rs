//! `start` and `stop`, and their output.

use plex_butler_test_support::http::{HttpServer, Request, Response};
use plex_butler_test_support::pms::{HTML_401, Pms};
use plex_butler_test_support::raw::unused_address;

use crate::util::{Run, TOKEN};

#[test]
fn start_and_stop_print_the_outcome_of_each_task() {
    let server = Pms::with_token(TOKEN).start();
    let start = &["start", "BackupDatabase", "OptimizeDatabase"];
    Run::at(&server, start)
        .done()
        .prints("BackupDatabase: accepted\nOptimizeDatabase: accepted\n");
    assert_eq!(server.running(), ["BackupDatabase", "OptimizeDatabase"]);
    let start = &["start", "BackupDatabase", "MusicAnalysis"];
    Run::at(&server, start)
        .done()
        .prints("BackupDatabase: already running\nMusicAnalysis: accepted\n");
    let stop = &["stop", "BackupDatabase", "CleanOldBundles"];
    Run::at(&server, stop)
        .done()
        .prints("BackupDatabase: stopped\nCleanOldBundles: not running\n");
    assert_eq!(server.running(), ["OptimizeDatabase", "MusicAnalysis"]);
}

#[test]
fn all_tasks_start_and_stop_in_one_request() {
    let server = Pms::with_token(TOKEN).start();
    Run::at(&server, &["start", "--all"])
        .done()
        .prints("all tasks: accepted\n");
    assert!(server.running().len() > 10);
    Run::at(&server, &["stop", "--all"])
        .done()
        .prints("all tasks: stopped\n");
    assert!(server.running().is_empty());
    let requests = server.requests();
    let lines: Vec<_> = requests
        .iter()
        .map(|request| (&*request.method, &*request.target))
        .collect();
    assert_eq!(lines, [("POST", "/butler"), ("DELETE", "/butler")]);
}

#[test]
fn quiet_prints_only_errors() {
    let server = Pms::with_token(TOKEN).start();
    Run::at(&server, &["-q", "start", "BackupDatabase"])
        .done()
        .prints("");
    Run::at(&server, &["--quiet", "stop", "--all"])
        .done()
        .prints("");
    Run::at(&server, &["-q", "start", "Nonsense", "BackupDatabase"])
        .done()
        .fails(4, &["Nonsense: no such task"]);
    assert_eq!(server.running(), ["BackupDatabase"]);
}

#[test]
fn every_task_is_tried_and_the_worst_failure_counts() {
    let server = HttpServer::start(|request| match &*request.target {
        "/butler" => Response::new(200).json(Pms::new().json()),
        "/butler/BackupDatabase" => Response::new(503),
        "/butler/MusicAnalysis" => Response::of_pms(401).html(HTML_401),
        _ => Response::new(200),
    });
    let run = |tasks: &[&str]| {
        Run::new(&[&["start"], tasks].concat())
            .env("PLEX_URL", server.url())
            .done()
    };

    let mixed = run(&[
        "nonsense",
        "BackupDatabase",
        "OptimizeDatabase",
        "music-analysis",
    ]);
    assert_eq!(
        (mixed.code, &*mixed.stdout),
        (Some(3), "OptimizeDatabase: accepted\n")
    );
    let lines: Vec<&str> = mixed.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{}", mixed.stderr);
    assert!(lines[0].starts_with("plex-butler: nonsense: no such task"));
    assert!(lines[1].starts_with("plex-butler: BackupDatabase: ") && lines[1].contains("503"));
    assert!(lines[2].starts_with("plex-butler: music-analysis: ") && lines[2].contains("401"));

    assert_eq!(run(&["BackupDatabase", "nonsense"]).code, Some(1));
    assert_eq!(run(&["nonsense", "OptimizeDatabase"]).code, Some(4));
}

#[test]
fn if_the_server_cannot_be_reached_the_other_tasks_are_not_tried() {
    let url = format!("http://{}", unused_address());
    let done = Run::new(&[
        "start",
        "BackupDatabase",
        "music-analysis",
        "xyz",
        "--url",
        &url,
    ])
    .done();
    assert_eq!((done.code, &*done.stdout), (Some(1), ""));
    let [first, second] = done.stderr.lines().collect::<Vec<_>>()[..] else {
        panic!("{}", done.stderr)
    };
    assert!(
        first.starts_with("plex-butler: BackupDatabase: cannot send POST http://127.0.0.1:"),
        "{first}"
    );
    assert_eq!(
        second,
        "plex-butler: music-analysis, xyz: not tried, because the server cannot be reached"
    );
}

#[test]
fn if_access_is_refused_the_other_tasks_are_not_tried() {
    for (response, status, first) in [
        (
            Response::of_pms(401).html(HTML_401),
            "401",
            "BackupDatabase",
        ),
        (Response::of_pms(403), "403", "BackupDatabase"),
        (Response::new(403), "403", "BackupDatabase"),
        // A name that the program must look up in the list.
        (Response::new(401), "401", "TaskOfTheFuture"),
    ] {
        let server = HttpServer::start(move |_| response.clone());
        let args = ["start", first, "music-analysis", "xyz"];
        let done = Run::new(&args).env("PLEX_URL", server.url()).done();
        assert_eq!((done.code, &*done.stdout), (Some(3), ""));
        let [refused, not_tried] = done.stderr.lines().collect::<Vec<_>>()[..] else {
            panic!("{}", done.stderr)
        };
        assert!(
            refused.starts_with(&format!("plex-butler: {first}: ")) && refused.contains(status),
            "{refused}"
        );
        assert_eq!(
            not_tried,
            "plex-butler: music-analysis, xyz: not tried, because access was refused"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn an_answer_that_every_task_would_get_is_one_failure() {
    let login = || Response::new(200).html("<title>Sign in</title>");
    for (response, first, lists, starts) in [
        (Response::new(404), "A", 1, 0),
        (login(), "A", 1, 0),
        (Response::new(502), "A", 1, 0),
        (Response::new(404), "BackupDatabase", 1, 1),
        (login(), "BackupDatabase", 0, 1),
        (Response::new(400), "BackupDatabase", 0, 1),
        (Response::new(405), "BackupDatabase", 0, 1),
        (Response::new(426), "BackupDatabase", 0, 1),
        (
            Response::new(302).header("Location", "/login"),
            "BackupDatabase",
            0,
            1,
        ),
    ] {
        let server = HttpServer::start(move |_| response.clone());
        let args = ["start", first, "B", "MusicAnalysis"];
        let done = Run::new(&args).env("PLEX_URL", server.url()).done();
        let lines: Vec<&str> = done.stderr.lines().collect();
        assert_eq!((done.code, lines.len()), (Some(1), 2), "{}", done.stderr);
        assert_eq!(
            lines[1],
            "plex-butler: B, MusicAnalysis: not tried, because it would fail in the same way"
        );
        let requests = server.requests();
        let are_lists = |request: &&Request| request.method == "GET";
        let found = requests.iter().filter(are_lists).count();
        assert_eq!((found, requests.len() - found), (lists, starts), "{first}");
    }
}

#[test]
fn after_a_timeout_the_other_tasks_are_not_tried() {
    let server = HttpServer::start(|_| {
        loop {
            std::thread::park();
        }
    });
    let done = Run::new(&[
        "stop",
        "BackupDatabase",
        "MusicAnalysis",
        "--timeout",
        "0.2",
        "--url",
        &server.url(),
    ])
    .done();
    assert_eq!(done.code, Some(1));
    assert!(
        done.stderr.contains("the limit of 200ms can be raised")
            && done
                .stderr
                .contains("MusicAnalysis: not tried, because the server did not answer in time\n"),
        "{}",
        done.stderr
    );
    // None, if the server was too busy to read it.
    assert!(server.requests().len() <= 1);
}
