//! Runs the commands of both READMEs as printed. Only addresses, folders of the machine and the limit of an hour are replaced.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

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
        if script == backup_script() {
            continue; // It has separate tests.
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
    blocks("sh")
        .into_iter()
        .find(|script| script.contains("tail -c"))
        .expect("the recipe")
}

/// The script has `timeout`, which not every system has.
#[cfg(target_os = "linux")]
mod backup {
    use std::time::{Duration, Instant};

    use super::*;

    const LOG: &str = "var/lib/plexmediaserver/Library/Application Support/Plex Media Server/Logs/Plex Media Server.log";

    /// What the server's log says at the end of a backup.
    fn completed(code: u8) -> String {
        format!(
            "echo 'Nov 28, 2026 06:30:12.345 [1] INFO - Database backup completed: {code}' >>\"$log\""
        )
    }

    const ROTATE: &str = "mv \"$log\" \"$log.1\"";

    /// Runs the recipe beside a log that these shell commands write: the first after the start, the second when `tail`
    /// already follows the log.
    fn wait_for_backup(after_start: &str, while_followed: Option<&str>) -> Done {
        let machine = Machine::new();
        // The end of an earlier backup does not count.
        let noise =
            "Nov 27, 2026 06:30:12.345 [1] INFO - Database backup completed: 0\n".repeat(100);
        let log = machine.home.file(LOG, noise);
        let program = env!("CARGO_BIN_EXE_plex-butler");
        machine.command(
            "plex-butler",
            &format!("log='{log}'\n'{program}' \"$@\" || exit\n{after_start}"),
        );
        if let Some(commands) = while_followed {
            // That it has a line of the log shows that `tail` runs.
            machine.command(
                "grep",
                &format!("log='{log}'\nread -r _\n{commands}\nPATH=/usr/bin:/bin exec grep \"$@\""),
            );
        }
        let limit = if after_start.is_empty() { "0.2" } else { "20" };
        machine.run(&backup_script().replace("timeout 3600", &format!("timeout {limit}")))
    }

    #[test]
    fn a_backup_that_was_made_is_success() {
        let begin = "echo 'Beginning database backup' >>\"$log\"";
        let rotated = format!("{ROTATE}\n{}", completed(0));
        for (after_start, while_followed) in [
            (&*completed(0), None),
            (begin, Some(&*completed(0))),
            // The log is rotated while it is followed, and before that.
            (begin, Some(&*rotated)),
            (&rotated, None),
        ] {
            let done = wait_for_backup(after_start, while_followed);
            assert_eq!(
                (done.code, &*done.stdout, &*done.stderr),
                (Some(0), "", ""),
                "{after_start}; {while_followed:?}"
            );
        }
    }

    #[test]
    fn a_backup_that_failed_ends_the_script_with_1() {
        for code in [1, 10, 100] {
            let begin = "echo 'Beginning database backup' >>\"$log\"";
            let start = Instant::now();
            let done = wait_for_backup(begin, Some(&completed(code)));
            assert!(start.elapsed() < Duration::from_secs(10), "not at once");
            assert_eq!(done.code, Some(1));
            let reason = format!("Database backup completed: {code}\n");
            assert!(
                done.stderr.starts_with("no backup: ") && done.stderr.ends_with(&reason),
                "{}",
                done.stderr
            );
        }
    }

    #[test]
    fn a_backup_that_is_not_in_the_log_in_time_ends_the_script_with_1() {
        let done = wait_for_backup("", None);
        assert_eq!(
            (done.code, &*done.stderr),
            (
                Some(1),
                "no backup: the log does not say that one was made\n"
            )
        );
    }

    #[test]
    fn a_backup_that_cannot_be_started_is_not_waited_for() {
        let machine = Machine::new();
        machine.home.file(
            "data/Plex Media Server/Preferences.xml",
            preferences("wrong"),
        );
        machine.home.file(LOG, "");
        assert_eq!(
            machine
                .run(&backup_script().replace("timeout 3600", "timeout 20"))
                .code,
            Some(3)
        );
    }
}
