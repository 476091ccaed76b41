//! What `cli/package` asks for before it builds anything.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::util::{Dir, Done, set_mode};

/// Runs the script where there are only dpkg and a Rust without other targets.
fn run(ci: Option<&str>) -> (Done, bool) {
    let bin = Dir::new();
    for tool in ["bash", "dirname", "sed"] {
        let find = format!("command -v {tool}");
        let found = Command::new("sh").args(["-c", &find]).output();
        let path = String::from_utf8(found.expect("a shell").stdout).expect("UTF-8");
        symlink(path.trim(), bin.path().join(tool)).expect("a link");
    }
    let installed = bin.path().join("installed");
    let install = format!("[ $1 != install ] || : >'{}'", installed.display());
    for (name, commands) in [
        ("dpkg", ""),
        ("cargo", &format!("{install}\nexit 101")),
        (
            "rustc",
            "case $1 in -vV) echo 'host: x86_64-unknown-linux-gnu' ;; *) echo /nowhere ;; esac",
        ),
    ] {
        let path = bin.file(name, format!("#!/bin/sh\n{commands}\n"));
        set_mode(path.as_ref(), 0o755);
    }
    let output = Command::new(bin.path().join("bash"))
        .args([
            concat!(env!("CARGO_MANIFEST_DIR"), "/package"),
            "x86_64-unknown-linux-musl",
        ])
        .env_clear()
        .env("PATH", bin.path())
        .envs(ci.map(|value| ("CI", value)))
        .output()
        .expect("bash");
    (Done::from(output), installed.exists())
}

const MISSING: [&str; 4] = [
    "missing Rust's standard library for x86_64-unknown-linux-musl: rustup target add x86_64-unknown-linux-musl",
    "missing musl-gcc: apt-get install musl-tools",
    "missing man: apt-get install man-db",
    "missing cargo-deb 3.8.0: cargo install --locked cargo-deb@3.8.0",
];

#[test]
fn all_missing_tools_are_named_at_once_and_none_is_installed() {
    let (done, installed) = run(None);
    assert_eq!((done.code, &*done.stdout), (Some(1), ""));
    assert_eq!(done.stderr.lines().collect::<Vec<_>>(), MISSING);
    assert!(!installed);
}

#[test]
fn in_ci_cargo_deb_is_not_missing() {
    let (done, _) = run(Some("true"));
    assert_eq!(done.code, Some(1));
    assert_eq!(done.stderr.lines().collect::<Vec<_>>(), MISSING[..3]);
}
