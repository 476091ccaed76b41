//! `list`, where stdout is not a terminal.

use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::{Pms, TASKS};

use crate::util::{Run, TOKEN};

fn names(table: &str) -> Vec<&str> {
    table
        .lines()
        .skip(1)
        .map(|line| line.split(' ').next().expect("a name"))
        .collect()
}

#[test]
fn list_prints_a_table_in_full() {
    let server = Pms::with_token(TOKEN).start();
    Run::at(&server, &["list"])
        .done()
        .prints(include_str!("list.txt"));
    Run::at(&server, &["list"])
        .env("COLUMNS", "40")
        .done()
        .prints(include_str!("list.txt"));
}

#[test]
fn a_long_list_has_the_descriptions_in_full() {
    let server = Pms::with_token(TOKEN).with_task("TaskOfTheFuture").start();
    let tasks = ["backup-database", "clean-old-bundles", "task-of-the-future"];
    let list = Run::at(&server, &[&["list", "--long"], &tasks[..]].concat()).done();
    list.prints(
        "\
NAME             INTERVAL      ON   RANDOM
BackupDatabase   every 3 days  yes  no
    Create a backup copy of the server's database in the configured backup directory
CleanOldBundles  weekly        yes  no
    Remove the bundles of media that is gone
TaskOfTheFuture  daily         yes  no
",
    );
}

#[test]
fn without_titles_and_descriptions_there_is_no_empty_column() {
    let json = r#"{"ButlerTasks":{"ButlerTask":[{"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true}]}}"#;
    let server = HttpServer::start(move |_| Response::new(200).json(json));
    for option in ["--enabled", "--long"] {
        Run::new(&["list", option, "--url", &server.url()])
            .done()
            .prints("NAME            INTERVAL      ON   RANDOM\nBackupDatabase  every 3 days  yes  no\n");
    }
}

#[test]
fn list_has_no_colour_without_a_terminal() {
    let server = Pms::with_token(TOKEN).start();
    Run::at(&server, &["list"])
        .env("TERM", "xterm-256color")
        .done()
        .prints(include_str!("list.txt"));
}

#[test]
fn list_json_prints_the_json_of_the_server() {
    let server = Pms::with_token(TOKEN).with_task("TaskOfTheFuture").start();
    let list = Run::at(&server, &["list", "--json"]).done();
    list.prints(&(Pms::new().with_task("TaskOfTheFuture").json() + "\n"));
}

#[test]
fn list_shows_only_the_named_tasks() {
    let server = Pms::with_token(TOKEN).start();
    let list = Run::at(&server, &["list", "optimize-database", "BACKUPDATABASE"]).done();
    assert_eq!(names(&list.stdout), ["BackupDatabase", "OptimizeDatabase"]);

    let list = Run::at(
        &server,
        &["list", "xyzzy", "bakup-database", "OptimizeDatabase"],
    )
    .done();
    assert_eq!(
        (list.code, names(&list.stdout)),
        (Some(4), vec!["OptimizeDatabase"])
    );
    let [first, second] = list.stderr.lines().collect::<Vec<_>>()[..] else {
        panic!("{}", list.stderr)
    };
    assert_eq!(
        first,
        "plex-butler: xyzzy: no such task; `plex-butler list` shows the tasks of this server"
    );
    assert_eq!(
        second,
        "plex-butler: bakup-database: no such task; did you mean BackupDatabase?"
    );
    Run::at(&server, &["list", "bakup-database"])
        .done()
        .fails(4, &["did you mean BackupDatabase?"]);
}

#[test]
fn list_can_show_only_enabled_or_disabled_tasks() {
    let server = Pms::with_token(TOKEN).start();
    for (option, enabled) in [("--enabled", true), ("--disabled", false)] {
        let list = Run::at(&server, &["list", option]).done();
        let expected: Vec<&str> = TASKS
            .iter()
            .filter(|task| task.enabled == enabled)
            .map(|task| &*task.name)
            .collect();
        assert_eq!((list.code, names(&list.stdout)), (Some(0), expected));
    }
    let list = Run::at(
        &server,
        &["list", "--json", "--disabled", "backup-database"],
    )
    .done();
    list.prints("{\"ButlerTasks\":{\"ButlerTask\":[]}}\n");
}

#[test]
fn control_characters_of_the_server_do_not_reach_the_terminal() {
    let json = r#"{"ButlerTasks":{"ButlerTask":[{"name":"A\u001b[2J","interval":1,"scheduleRandomized":false,"enabled":true,"title":"a\u009b31m\nb\u202e","description":"\u007f"}]}}"#;
    let server = HttpServer::start(move |_| Response::new(200).json(json));
    let url = server.url();
    Run::new(&["list", "--url", &url, "--json"])
        .done()
        .prints(&format!("{json}\n"));
    let table = Run::new(&["list", "--url", &url]).done();
    assert_eq!(
        (table.code, table.stdout.lines().count()),
        (Some(0), 2),
        "{}",
        table.stdout
    );
    let table = Run::new(&["list", "--url", &url, "--long"]).done();
    assert!(
        table.stdout.ends_with("\n    a?31m b?\n    ?\n"),
        "{}",
        table.stdout
    );
    // The server's name is in this message.
    Run::new(&["start", "a[2j", "--url", &url])
        .done()
        .fails(4, &["did you mean A?[2J?"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_huge_list_with_a_huge_name_takes_little_memory() {
    use std::process::Command;

    use crate::util::Done;

    let row = |name: &str| {
        format!(r#"{{"name":"{name}","interval":1,"scheduleRandomized":false,"enabled":true}}"#)
    };
    let mut rows: Vec<String> = (0..11_000)
        .map(|number| row(&format!("Task{number}")))
        .collect();
    rows.push(row(&"x".repeat(20_000)));
    let json = format!(r#"{{"ButlerTasks":{{"ButlerTask":[{}]}}}}"#, rows.join(","));
    let server = HttpServer::start(move |_| Response::new(200).json(&*json));
    // In KiB of address space.
    let script = r#"ulimit -v 400000; exec "$0" list --url "$1""#;
    let output = Command::new("sh")
        .args([
            "-c",
            script,
            env!("CARGO_BIN_EXE_plex-butler"),
            &server.url(),
        ])
        .env_clear()
        .output();
    let done = Done::from(output.expect("a shell"));
    assert_eq!(
        (done.code, done.stdout.lines().count()),
        (Some(0), 11_002),
        "{}",
        done.stderr
    );
    assert!(done.stdout.len() < 4 << 20, "{} bytes", done.stdout.len());
}
