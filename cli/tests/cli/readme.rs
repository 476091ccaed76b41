//! Runs the examples in README.md as printed. Only the address and the folder of a container are replaced.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use plex_butler_test_support::pms::{Pms, PmsServer};

use crate::util::{Dir, Done, TOKEN, preferences};

const README: &str = include_str!("../../README.md");
const PROJECT: &str = include_str!("../../../README.md");

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

/// A machine with a server, a home and the commands that recipes need.
struct Machine {
    server: PmsServer,
    home: Dir,
}

impl Machine {
    fn new() -> Machine {
        let home = Dir::new();
        home.file("data/Plex Media Server/Preferences.xml", preferences(TOKEN));
        home.file(
            "srv/plex/config/Library/Application Support/Plex Media Server/Preferences.xml",
            preferences(TOKEN),
        );
        home.file(".plex-token", TOKEN);
        home.file(".plex-headers", "Authorization: Basic dXNlcjpwYXNzd29yZA==");
        let machine = Machine {
            server: Pms::with_token(TOKEN).start(),
            home,
        };
        machine.command("sudo", "exec \"$@\"");
        machine.command("docker", "case $1 in exec) shift 2; exec \"$@\" ;; esac");
        machine
    }

    fn command(&self, name: &str, script: &str) {
        let path = self
            .home
            .file(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        crate::util::set_mode(Path::new(&path), 0o755);
    }

    fn run(&self, script: &str) -> Done {
        let home = self.home.path().to_str().expect("UTF-8");
        let script = script.replace("http://192.168.1.10:32400", &self.server.url());
        let script = script.replace("https://media.example.org/plex", &self.server.url());
        let script = script.replace("/srv/plex", &format!("{home}/srv/plex"));
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
        for example in blocks_of(page, "text")[0].split("$ ").skip(1) {
            let (command, output) = example.split_once('\n').expect("a command and its output");
            let done = machine.run(&format!("{command} 2>&1"));
            assert_eq!(done.stdout, output, "{command}");
        }
    }
}

#[test]
fn every_recipe_runs() {
    for script in blocks("sh") {
        if script.contains("jq") && Command::new("jq").arg("--version").output().is_err() {
            eprintln!("not run, because there is no jq: {script}");
            continue;
        }
        let done = Machine::new().run(script);
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
            .starts_with("BackupDatabase\nButlerTaskCleanSupplementalLogFiles\n")
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

#[test]
fn the_commands_for_systemd_start_a_task() {
    let unit = include_str!("../../systemd/plex-butler.service");
    let command = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .expect("a command");
    Machine::new()
        .run(command)
        .prints("BackupDatabase: accepted\n");
    let [edit] = blocks("ini")[..] else {
        panic!("one drop-in")
    };
    let command = edit
        .lines()
        .filter_map(|line| line.strip_prefix("ExecStart="))
        .next_back()
        .expect("a command");
    Machine::new()
        .run(command)
        .prints("OptimizeDatabase: accepted\n");
}
