//! Runs the commands of both READMEs as printed. Only addresses, folders of the machine and the limit of an hour are replaced.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use plex_butler_test_support::pms::{Pms, PmsServer};

use crate::util::{Dir, Done, TOKEN, preferences};

const README: &str = include_str!("../../README.md");
const PROJECT: &str = include_str!("../../../README.md");

/// The name of an archive of this version.
macro_rules! archive {
    ($library:literal) => {
        concat!(
            "plex-butler-",
            env!("CARGO_PKG_VERSION"),
            "-x86_64-unknown-linux-",
            $library
        )
    };
}

/// It runs the commands that build something.
const GATE: &str = include_str!("../../../.ci/run");

/// The commands that need root, systemd or a package. `cli/package`, `.ci/debian` and `.ci/image` try those of the archive,
/// the units and the image.
const NOT_RUN: [&str; 21] = [
    "sudo install ~/.cargo/bin/plex-butler /usr/local/bin/",
    "sudo apt install ./target/dist/plex-butler_*_\"$(dpkg --print-architecture)\".deb",
    concat!("tar -xf ", archive!("gnu"), ".tar.gz"),
    concat!("cd ", archive!("gnu")),
    "sudo install -Dm 755 plex-butler -t /usr/local/bin",
    "sudo install -Dm 644 man/* -t /usr/local/share/man/man1",
    "sudo install -Dm 644 completions/plex-butler.bash /usr/local/share/bash-completion/completions/plex-butler",
    "sudo install -Dm 644 systemd/* -t /etc/systemd/system",
    "sudo systemctl stop 'plex-butler*'",
    "sudo systemctl disable plex-butler.timer plex-butler@.timer",
    "sudo rm /etc/systemd/system/plex-butler{,@}.{service,timer} /usr/local/bin/plex-butler",
    "sudo rm /usr/local/share/man/man1/plex-butler.1 /usr/local/share/bash-completion/completions/plex-butler",
    "sudo systemctl daemon-reload",
    "cli/package x86_64-unknown-linux-musl",
    "mkdir -p target/image/amd64",
    concat!(
        "tar -xf target/dist/",
        archive!("musl"),
        ".tar.gz -C target/image/amd64 --strip-components 1"
    ),
    "docker build --file cli/Containerfile --tag plex-butler target/image",
    "sudo install -d -m 700 /etc/plex-butler",
    "sudo sh -c 'umask 077; cat >/etc/plex-butler/token'",
    "sudo systemctl enable --now plex-butler.timer",
    "sudo systemctl enable --now plex-butler@optimize-database.timer plex-butler@clean-old-bundles.timer",
];

/// The blocks of code in one language.
fn blocks(language: &str) -> Vec<&'static str> {
    blocks_of(README, language)
}

fn blocks_of(page: &'static str, language: &str) -> Vec<&'static str> {
    let start = format!("```{language}\n");
    let blocks: Vec<&str> = page
        .split(&*start)
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(!blocks.is_empty(), "{language}");
    blocks
}

/// The recipe that has this text.
fn recipe_with(text: &str) -> &'static str {
    let mut scripts = blocks("sh").into_iter();
    scripts.find(|script| script.contains(text)).expect(text)
}

/// What is below the home of a [`Machine`].
const FOLDERS: [&str; 7] = [
    "/etc/config/",
    "/etc/init.d/",
    "/mnt/",
    "/share/tools/",
    "/srv/plex",
    "/var/lib/",
    "/volume1/",
];

/// A machine with a server, a home and the commands that recipes need.
struct Machine {
    server: PmsServer,
    home: Dir,
}

impl Machine {
    fn new() -> Machine {
        let home = Dir::new();
        home.file("data/Plex Media Server/Preferences.xml", preferences(TOKEN));
        for folder in [
            "srv/plex/config",
            "mnt/user/appdata/plex",
            "mnt/.ix-apps/app_mounts/plex/config",
        ] {
            let file = "Library/Application Support/Plex Media Server/Preferences.xml";
            home.file(&format!("{folder}/{file}"), preferences(TOKEN));
        }
        home.file(".plex-token", TOKEN);
        home.file(".plex-headers", "Authorization: Basic dXNlcjpwYXNzd29yZA==");
        let machine = Machine {
            server: Pms::with_token(TOKEN).start(),
            home,
        };
        machine.command("sudo", "exec \"$@\"");
        machine.command("docker", "case $1 in exec) shift 2; exec \"$@\" ;; esac");
        machine.home.file("etc/config/crontab", "");
        machine.command("crontab", "cat \"$1\" >~/loaded-crontab");
        machine.script("etc/init.d/crond.sh", "[ \"$1\" = restart ]");
        machine
    }

    fn command(&self, name: &str, script: &str) {
        self.script(&format!("bin/{name}"), script);
    }

    fn script(&self, path: &str, script: &str) {
        let path = self.home.file(path, format!("#!/bin/sh\n{script}\n"));
        crate::util::set_mode(Path::new(&path), 0o755);
    }

    fn run(&self, script: &str) -> Done {
        let home = self.home.path().to_str().expect("UTF-8");
        let script = script.replace("http://192.168.1.10:32400", &self.server.url());
        let mut script = script.replace("https://media.example.org/plex", &self.server.url());
        for folder in FOLDERS {
            script = script.replace(folder, &format!("{home}{folder}"));
        }
        let program = Path::new(env!("CARGO_BIN_EXE_plex-butler"))
            .parent()
            .expect("a folder");
        let output = Command::new("/bin/sh")
            .args(["-c", &script])
            .env_clear()
            .env(
                "PATH",
                format!("{home}/bin:{}:/usr/bin:/bin", program.display()),
            )
            .env("HOME", home)
            .env("PLEX_URL", self.server.url())
            .env("PLEX_TOKEN_FILE", format!("{home}/.plex-token"))
            .env(
                "PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR",
                format!("{home}/data"),
            )
            .stdin(Stdio::null())
            .output();
        Done::from(output.expect("a shell"))
    }
}

#[test]
fn the_first_examples_print_what_is_shown() {
    for page in [README, PROJECT] {
        let machine = Machine::new();
        let examples = blocks_of(page, "text");
        for example in examples.iter().flat_map(|text| text.split("$ ").skip(1)) {
            let (command, output) = example.split_once('\n').expect("a command and its output");
            let done = machine.run(&format!("{command} 2>&1"));
            assert_eq!(done.stdout, output, "{command}");
        }
    }
}

#[test]
fn every_command_is_run_or_listed() {
    let mut not_run = Vec::new();
    for page in [README, PROJECT] {
        for block in page.split("\n```").skip(1).step_by(2) {
            let (language, lines) = block.split_once('\n').expect("a block");
            let commands: Vec<&str> = match language {
                "console" => lines.split("$ ").skip(1).map(str::trim_end).collect(),
                "sh" if page == PROJECT => lines.lines().collect(),
                // Other tests here run them.
                "sh" | "text" | "crontab" => continue,
                // They are no commands. rustdoc compiles the examples.
                "rust,no_run" | "toml" | "ini" => continue,
                other => panic!("a block in a language that no test runs: {other}"),
            };
            not_run.extend(commands.into_iter().filter(|command| {
                let is_start = |line: &str| line.trim_start().starts_with(command);
                !GATE.lines().any(is_start)
            }));
        }
    }
    assert_eq!(not_run, NOT_RUN);
}

#[test]
fn every_command_in_the_text_runs() {
    for page in [README, PROJECT] {
        let text: String = page.split("\n```").step_by(2).collect();
        let spans = text.split('`').skip(1).step_by(2);
        for command in spans.filter(|span| span.starts_with("plex-butler ")) {
            let done = Machine::new().run(command);
            assert_eq!((done.code, &*done.stderr), (Some(0), ""), "{command}");
        }
    }
}

#[test]
fn every_recipe_runs() {
    for script in blocks("sh") {
        if [backup_script(), waiting_recipe()].contains(&script) {
            continue; // They have separate tests.
        }
        if script.contains("jq") && Command::new("jq").arg("--version").output().is_err() {
            eprintln!("not run, because there is no jq: {script}");
            continue;
        }
        let done = Machine::new().run(&for_this_system(script));
        assert_eq!((done.code, &*done.stderr), (Some(0), ""), "{script}");
    }
}

#[test]
fn the_recipe_with_jq_prints_names() {
    if Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    let script = blocks("sh")
        .into_iter()
        .find(|script| script.contains("jq"))
        .expect("a recipe with jq");
    assert!(
        Machine::new()
            .run(script)
            .stdout
            .starts_with("BackupDatabase\nButlerTaskGenerateCreditsMarkers\n")
    );
}

#[test]
fn the_token_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let machine = Machine::new();
    let file = machine.home.path().join(".plex-token");
    fs::remove_file(&file).expect("the token file");
    let script = blocks("sh")
        .into_iter()
        .find(|script| script.contains("umask"))
        .expect("the recipe");
    machine.run(script);
    assert_eq!(
        fs::metadata(&file)
            .expect("the token file")
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
}

#[test]
fn the_lines_for_cron_are_quiet_and_start_a_task() {
    let machine = Machine::new();
    let [crontab] = blocks("crontab")[..] else {
        panic!("one crontab")
    };
    for line in crontab.lines().skip(1) {
        let fields = if line.starts_with('@') { 2 } else { 6 };
        machine
            .run(line.splitn(fields, ' ').last().expect("a command"))
            .prints("");
    }
    assert_eq!(
        machine.server.running(),
        ["BackupDatabase", "OptimizeDatabase"]
    );
    let line = crontab.lines().nth(1).expect("a line");
    assert!(machine.run("plex-butler --help").stdout.contains(line));

    let fields: Vec<&str> = line.split(' ').collect();
    let time = format!("OnCalendar=*-*-* {:0>2}:{:0>2}\n", fields[1], fields[0]);
    assert!(
        include_str!("../../systemd/plex-butler.timer").contains(&time),
        "cron and systemd start the backup at the same time, {time}"
    );
}

/// The commands in the table of NAS systems.
fn nas_commands() -> Vec<&'static str> {
    let (_, section) = README.split_once("\n## NAS\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("its end");
    let spans = section.split('`').skip(1).step_by(2);
    spans
        .filter(|span| span.ends_with("start backup-database"))
        .collect()
}

#[test]
fn each_nas_starts_a_backup_without_output() {
    let commands = nas_commands();
    assert_eq!(commands.len(), 4, "{commands:?}");
    for command in commands {
        let machine = Machine::new();
        let (path, _) = command.split_once(' ').expect("a program");
        let program = env!("CARGO_BIN_EXE_plex-butler");
        machine.script(&path[1..], &format!("exec '{program}' \"$@\""));
        machine.run(command).prints("");
        assert_eq!(machine.server.running(), ["BackupDatabase"], "{command}");
    }
}

#[test]
fn the_recipe_for_qnap_loads_the_line_of_the_table() {
    let machine = Machine::new();
    let recipe = blocks("sh")
        .into_iter()
        .find(|script| script.contains("/etc/config/crontab"))
        .expect("the recipe");
    machine.run(recipe).prints("");
    let line = machine.run("cat ~/loaded-crontab").stdout;
    let home = machine.home.path().to_str().expect("UTF-8");
    let command = line.trim_end().strip_prefix("30 6 * * * ");
    let command = command.expect("a time").replace(home, "");
    assert!(nas_commands().contains(&&*command), "{command}");
}

#[test]
fn the_script_reports_a_wrong_token() {
    let machine = Machine::new();
    machine.home.file(".plex-token", "wrong");
    let script = blocks("sh")
        .into_iter()
        .find(|script| script.starts_with("#!/bin/sh"))
        .expect("the script");
    let done = machine.run(script);
    assert_eq!(done.code, Some(3));
    assert!(
        done.stderr.contains("Plex wants a new token in "),
        "{}",
        done.stderr
    );
}

#[test]
fn readme_and_help_list_the_same_exit_codes() {
    let help = Machine::new().run("plex-butler --help").stdout;
    for line in README
        .lines()
        .skip_while(|line| !line.starts_with("| exit code"))
        .skip(2)
        .take(5)
    {
        let [code, meaning] = line
            .trim_matches('|')
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        assert!(help.contains(&format!("  {code}  {meaning}\n")), "{line}");
    }
}

/// The README says what to leave out on macOS.
fn for_this_system(script: &str) -> String {
    if cfg!(target_os = "macos") {
        script.replace("base64 -w0", "base64")
    } else {
        script.to_owned()
    }
}

#[test]
fn a_long_password_makes_one_header() {
    let password = "p".repeat(100);
    let script = blocks("sh")
        .into_iter()
        .find(|script| script.contains("base64"))
        .expect("the recipe")
        .replace("password'", &format!("{password}'"));
    let machine = Machine::new();
    machine.run(&for_this_system(&script)).prints("");
    machine
        .run("plex-butler --header-file ~/.plex-headers start backup-database")
        .prints("BackupDatabase: accepted\n");
    let requests = machine.server.requests();
    let header = requests[0].header("Authorization").expect("the header");
    assert!(header.len() > 140, "{header}");
}

#[test]
fn the_commands_for_systemd_start_a_task() {
    let unit = include_str!("../../systemd/plex-butler.service");
    let template = include_str!("../../systemd/plex-butler@.service");
    for (unit, task) in [
        (unit.to_owned(), "BackupDatabase"),
        (
            template.replace("%i", "optimize-database"),
            "OptimizeDatabase",
        ),
    ] {
        let command = unit
            .lines()
            .find_map(|line| line.strip_prefix("ExecStart="))
            .expect("a command");
        Machine::new()
            .run(command)
            .prints(&format!("{task}: accepted\n"));
    }
}

#[test]
fn a_service_has_time_to_wait_for_a_server() {
    let unit = include_str!("../../systemd/plex-butler.service");
    let number = |before: &str, after: &str| -> u32 {
        let (_, rest) = unit.split_once(before).expect("the setting");
        let (number, _) = rest.split_once(after).expect("its end");
        number.parse().expect("a number")
    };
    let retry = number(" --retry ", " ");
    let limit = 60 * number("TimeoutStartSec=", "min\n");
    assert!(limit >= 2 * retry, "{limit}, {retry}");
}

#[test]
fn the_units_of_the_template_differ_only_in_the_task() {
    for (plain, template) in [
        (
            include_str!("../../systemd/plex-butler.service"),
            include_str!("../../systemd/plex-butler@.service"),
        ),
        (
            include_str!("../../systemd/plex-butler.timer"),
            include_str!("../../systemd/plex-butler@.timer"),
        ),
    ] {
        // `%I` would have slashes for dashes.
        let template = template
            .replace("start %i", "start backup-database")
            .replace("to start backup-database", "to back up its database");
        let settings = |unit: &str| {
            unit.lines()
                .filter(|line| !line.starts_with('#'))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(settings(plain), settings(&template));
    }
}

/// The recipe that waits for a backup.
fn backup_script() -> &'static str {
    recipe_with("tail -c")
}

/// The recipe that waits with `status`.
fn waiting_recipe() -> &'static str {
    recipe_with("sleep 60")
}

#[test]
fn the_recipe_with_status_ends_when_the_task_has_ended() {
    let machine = Machine::new();
    machine.command("sleep", "echo \"slept $1\"");
    let done = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| machine.run(waiting_recipe()));
        while machine.server.requests().len() < 2 {
            std::thread::sleep(Duration::from_millis(10));
        }
        while !machine.server.running().is_empty() {
            machine.server.advance();
        }
        waiting.join().expect("the recipe")
    });
    done.prints("BackupDatabase: accepted\nslept 60\nidle\n");
}

#[test]
fn the_script_shows_what_runs_and_ends_after_a_failure() {
    let script = format!("{}\necho end", recipe_with("state="));
    let machine = Machine::new();
    machine.run(&script).prints("end\n");
    machine.run("plex-butler -q start music-analysis");
    let busy = "Plex is busy: working: MusicAnalysis (0%)\nend\n";
    machine.run(&script).prints(busy);
    machine.home.file(".plex-token", "wrong");
    let done = machine.run(&script);
    assert_eq!((done.code, &*done.stdout), (Some(3), ""));
}

mod backup {
    use super::*;

    const SERVER: &str = "var/lib/plexmediaserver/Library/Application Support/Plex Media Server";

    const LIBRARY: &str = "library.db";
    const BLOBS: &str = "library.blobs.db";

    const ROTATE: &str = "mv \"$logs/Plex Media Server.log\" \"$logs/Plex Media Server.1.log\"\n";

    /// The shell commands that write a line about a database into the server's log.
    fn log(database: &str, text: &str) -> String {
        let time = "Nov 28, 2026 06:30:12.345 [0x7f1c]";
        let line = format!("{time} INFO - [Database backup/com.plexapp.plugins.{database}] {text}");
        format!("echo '{line}' >>\"$logs/Plex Media Server.log\"\n")
    }

    fn begin(database: &str) -> String {
        log(database, "Beginning database backup")
    }

    fn completed(database: &str, code: i32) -> String {
        log(database, &format!("Database backup completed: {code}"))
    }

    /// Runs the recipe beside a server that writes its log: the first of these commands run after the start, and the others
    /// one by one when the recipe sleeps. Returns how often it slept, too.
    fn back_up(steps: &[String]) -> (Done, usize) {
        let machine = Machine::new();
        // An earlier backup does not count.
        let earlier = "[Database backup/com.plexapp.plugins.library.db] Beginning database backup\n\
                       [Database backup/com.plexapp.plugins.library.db] Database backup completed: 0\n";
        let log = format!("{SERVER}/Logs/Plex Media Server.log");
        machine.home.file(&log, earlier.repeat(100));
        for name in [
            "library.db",
            "library.db-2026-11-25",
            "library.blobs.db-2026-11-25",
        ] {
            let path = format!("{SERVER}/Plug-in Support/Databases/com.plexapp.plugins.{name}");
            machine.home.file(&path, "");
        }
        for (number, step) in steps.iter().enumerate() {
            machine.home.file(&format!("step-{number}"), step);
        }
        machine.home.file("sleeps", "");
        let next_step = format!(
            "logs=~/'{SERVER}/Logs'\n\
             step=~/step-$(($(wc -c <~/sleeps)))\n\
             [ ! -e \"$step\" ] || . \"$step\""
        );
        let program = env!("CARGO_BIN_EXE_plex-butler");
        machine.command(
            "plex-butler",
            &format!("'{program}' \"$@\" || exit\n{next_step}"),
        );
        machine.command("sleep", &format!("printf . >>~/sleeps\n{next_step}"));
        let done = machine.run(&backup_script().replace("3600", "600"));
        (done, machine.run("cat ~/sleeps").stdout.len())
    }

    #[test]
    fn a_backup_is_whole_when_both_databases_are() {
        let nothing = String::new;
        let (begin_both, complete_both) = (
            begin(LIBRARY) + &begin(BLOBS),
            completed(LIBRARY, 0) + &completed(BLOBS, 0),
        );
        for steps in [
            vec![begin_both.clone() + &complete_both],
            vec![
                nothing(),
                begin(LIBRARY),
                completed(LIBRARY, 0),
                nothing(),
                begin(BLOBS),
                nothing(),
                completed(BLOBS, 0),
            ],
            // The log is rotated, at once or later.
            vec![
                begin(LIBRARY) + ROTATE + &begin(BLOBS),
                complete_both.clone(),
            ],
            vec![
                begin_both.clone(),
                completed(LIBRARY, 0) + ROTATE + &completed(BLOBS, 0),
            ],
            vec![
                begin_both + ROTATE + &log(LIBRARY, ""),
                nothing(),
                complete_both,
            ],
        ] {
            let (done, sleeps) = back_up(&steps);
            done.prints("");
            assert_eq!(sleeps + 1, steps.len(), "{steps:?}");
        }
    }

    #[test]
    fn the_library_alone_is_no_backup() {
        let library = begin(LIBRARY) + &completed(LIBRARY, 0);
        let (done, sleeps) = back_up(&[library]);
        assert_eq!((done.code, sleeps), (Some(1), 600 / 5));
        assert_eq!(done.stderr, "no backup: it has not ended in an hour\n");
    }

    #[test]
    fn a_backup_that_failed_ends_the_script_at_once() {
        for code in [1, 10, -1] {
            for (library, blobs) in [(code, 0), (0, code)] {
                let steps = [completed(LIBRARY, library), completed(BLOBS, blobs)];
                let (done, sleeps) = back_up(&steps);
                assert_eq!((done.code, sleeps), (Some(1), (blobs == code).into()));
                let reason = format!("Database backup completed: {code}\n");
                assert!(
                    done.stderr.starts_with("no backup: the server failed: ")
                        && done.stderr.ends_with(&reason),
                    "{}",
                    done.stderr
                );
            }
        }
    }

    #[test]
    fn if_no_backup_begins_in_five_minutes_the_newest_one_is_shown() {
        let (done, sleeps) = back_up(&[]);
        assert_eq!((done.code, sleeps), (Some(1), 300 / 5));
        let newest = "com.plexapp.plugins.library.db-2026-11-25\n";
        assert!(
            done.stderr.starts_with("no backup: none was begun: ") && done.stderr.ends_with(newest),
            "{}",
            done.stderr
        );
    }

    #[test]
    fn a_backup_that_cannot_be_started_is_not_waited_for() {
        let machine = Machine::new();
        let settings = "data/Plex Media Server/Preferences.xml";
        machine.home.file(settings, preferences("wrong"));
        machine
            .home
            .file(&format!("{SERVER}/Logs/Plex Media Server.log"), "");
        assert_eq!(machine.run(backup_script()).code, Some(3));
    }
}
