//! The names of tasks, as people write them.

use plex_butler::TaskName;
use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;

use crate::util::{Run, TOKEN};

#[test]
fn names_prints_every_known_name_without_a_server() {
    let names: String = TaskName::KNOWN
        .iter()
        .map(|name| format!("{name}\n"))
        .collect();
    Run::new(&["names"])
        .env("PLEX_URL", "not a URL")
        .done()
        .prints(&names);
}

#[test]
fn a_name_is_understood_in_any_case_and_in_kebab_case() {
    let server = Pms::with_token(TOKEN).start();
    for name in [
        "backup-database",
        "BACKUPDATABASE",
        "backupDatabase",
        "Backup-Database",
        "backup-database\r",
    ] {
        Run::at(&server, &["start", name]).done();
        Run::at(&server, &["stop", name])
            .done()
            .prints("BackupDatabase: stopped\n");
    }
    assert_eq!(server.requests().len(), 10, "a known name needs no list");
}

#[test]
fn a_name_that_only_the_server_has_is_understood_in_any_case() {
    let server = Pms::with_token(TOKEN).with_task("TaskOfTheFuture").start();
    for name in ["TaskOfTheFuture", "task-of-the-future", "TASKOFTHEFUTURE"] {
        Run::at(&server, &["start", name]).done();
        Run::at(&server, &["stop", name])
            .done()
            .prints("TaskOfTheFuture: stopped\n");
    }
}

#[test]
fn the_list_is_requested_once() {
    let server = Pms::with_token(TOKEN)
        .with_task("NewA")
        .with_task("NewB")
        .start();
    Run::at(&server, &["start", "new-a", "new-b"])
        .done()
        .prints("NewA: accepted\nNewB: accepted\n");
    let lists = server
        .requests()
        .iter()
        .filter(|request| request.method == "GET")
        .count();
    assert_eq!(lists, 1);
}

#[test]
fn an_unknown_name_suggests_the_closest_ones() {
    let server = Pms::with_token(TOKEN).start();
    for (name, advice) in [
        (
            "bakup-database",
            "no such task; did you mean BackupDatabase?",
        ),
        (
            "ButlerTaskBackupDatabase",
            "no such task; did you mean BackupDatabase?",
        ),
        (
            "AudioAnalysis",
            "no such task; did you mean LoudnessAnalysis or MusicAnalysis?",
        ),
        (
            "video preview thumbnails",
            "no such task; did you mean GenerateMediaIndexFiles?",
        ),
        (
            "other-tasks",
            "no such task; `plex-butler list` shows the tasks of this server",
        ),
        (
            "xyz",
            "no such task; `plex-butler list` shows the tasks of this server",
        ),
        // A name that other servers have.
        (
            "check-for-updates",
            "this server does not have this task, though others do; `plex-butler list` shows its tasks",
        ),
    ] {
        let done = Run::at(&server, &["start", name]).done();
        let expected = format!("plex-butler: {name}: {advice}\n");
        assert_eq!((done.code, done.stderr), (Some(4), expected));
    }
    assert!(server.running().is_empty());
}

#[test]
fn the_name_of_an_operation_suggests_all() {
    let server = Pms::with_token(TOKEN).start();
    for (args, advice) in [
        (["start", "ALL"], "did you mean --all?"),
        (["start", "start-all-tasks"], "did you mean --all?"),
        (["stop", "StopAllTasks"], "did you mean --all?"),
        (
            ["start", "StopAllTasks"],
            "did you mean `plex-butler stop --all`?",
        ),
        (
            ["list", "startAllTasks"],
            "did you mean `plex-butler start --all`?",
        ),
        // `list` has no --all, and lists all tasks without it.
        (
            ["list", "all"],
            "`plex-butler list` shows the tasks of this server",
        ),
    ] {
        let done = Run::at(&server, &args).done();
        let expected = format!("plex-butler: {}: no such task; {advice}\n", args[1]);
        assert_eq!((done.code, done.stderr), (Some(4), expected));
    }
    let done = Run::at(&server, &["start", "--", "--all"]).done();
    done.fails(4, &["--all: no such task; omit the `--` before it\n"]);
    assert!(server.running().is_empty());
}

#[test]
fn several_names_in_one_argument_are_not_guessed() {
    let server = Pms::with_token(TOKEN).start();
    let advice = "no such task; separate the names with spaces, each as its own argument";
    for names in [
        "BackupDatabase,OptimizeDatabase",
        "backup-database; OptimizeDatabase",
        "BackupDatabase OptimizeDatabase",
    ] {
        for command in ["start", "list"] {
            Run::at(&server, &[command, names])
                .done()
                .fails(4, &[&format!("{names}: {advice}\n")]);
        }
    }
    let done = Run::at(&server, &["start", "BackupDatabase,", "OptimizeDatabase"]).done();
    assert_eq!(
        done.stderr,
        format!("plex-butler: BackupDatabase,: {advice}\n")
    );
    assert_eq!(server.running(), ["OptimizeDatabase"]);
}

#[test]
fn a_title_is_understood_when_the_list_is_requested_anyway() {
    let list = r#"{"ButlerTasks":{"ButlerTask":[
        {"name":"A","interval":1,"scheduleRandomized":false,"enabled":true,"title":"Clean Logs"},
        {"name":"B","interval":1,"scheduleRandomized":false,"enabled":true,"title":"Twice"},
        {"name":"C","interval":1,"scheduleRandomized":false,"enabled":true,"title":"twice"}]}}"#;
    let server = HttpServer::start(move |request| match &*request.method {
        "GET" => Response::of_pms(200).json(list),
        _ => Response::of_pms(200),
    });
    let run = |args: &[&str]| Run::new(args).env("PLEX_URL", server.url()).done();
    run(&["start", "Clean Logs"]).prints("A: accepted\n");
    run(&["stop", "clean-logs"]).prints("A: stopped\n");
    run(&["start", "Twice"]).fails(4, &["it can mean B or C; write one of them exactly"]);
    assert!(run(&["list", "clean logs"]).stdout.contains("\nA "));
}

#[test]
fn separators_alone_do_not_mean_a_task_without_a_title() {
    let server = Pms::with_token(TOKEN).with_task("Untitled").start();
    for name in ["-", "_", " "] {
        Run::at(&server, &["start", "--", name])
            .done()
            .fails(4, &["no such task"]);
    }
    assert!(server.running().is_empty());
}

#[test]
fn a_name_that_fits_two_tasks_is_refused() {
    let server = Pms::with_token(TOKEN)
        .with_task("NewTask")
        .with_task("newTASK")
        .start();
    Run::at(&server, &["start", "new-task"]).done().fails(
        4,
        &["it can mean NewTask or newTASK; write one of them exactly"],
    );
    Run::at(&server, &["start", "newTASK"])
        .done()
        .prints("newTASK: accepted\n");
}

#[test]
fn a_name_never_changes_the_path() {
    let server = Pms::with_token(TOKEN).start();
    for name in ["..", "/", "../butler", "a\nb"] {
        Run::at(&server, &["stop", name])
            .done()
            .fails(4, &["no such task"]);
    }
    Run::at(&server, &["stop", ""])
        .done()
        .fails_as_wrong_usage("a value is required");
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );

    let server = Pms::with_token(TOKEN).with_task("..").start();
    Run::at(&server, &["stop", ".."])
        .done()
        .fails(4, &["invalid task name"]);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
}
