//! What `cli/package` asks for before it builds anything.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::util::{Dir, Done, set_mode};

/// Runs the script where there are only dpkg and this version of Rust, without other targets.
fn run(rust: Option<&str>) -> Done {
    let bin = Dir::new();
    for tool in ["bash", "cut", "dirname", "sed", "sort"] {
        let find = format!("command -v {tool}");
        let found = Command::new("sh").args(["-c", &find]).output();
        let path = String::from_utf8(found.expect("a shell").stdout).expect("UTF-8");
        symlink(path.trim(), bin.path().join(tool)).expect("a link");
    }
    let script = |name: &str, commands: &str| {
        let path = bin.file(name, format!("#!/bin/sh\n{commands}\n"));
        set_mode(path.as_ref(), 0o755);
    };
    script("dpkg", "");
    if let Some(version) = rust {
        let host = "echo 'host: x86_64-unknown-linux-gnu'";
        script(
            "rustc",
            &format!(
                "case $1 in --version) echo rustc {version} ;; -vV) {host} ;; *) echo /nowhere ;; esac"
            ),
        );
    }
    let output = Command::new(bin.path().join("bash"))
        .args([
            concat!(env!("CARGO_MANIFEST_DIR"), "/package"),
            "x86_64-unknown-linux-musl",
        ])
        .env_clear()
        .env("PATH", bin.path())
        .output()
        .expect("bash");
    Done::from(output)
}

#[test]
fn all_missing_tools_are_named_at_once() {
    for rust in [env!("CARGO_PKG_RUST_VERSION"), "1.100.0-nightly"] {
        let done = run(Some(rust));
        assert_eq!((done.code, &*done.stdout), (Some(1), ""));
        assert_eq!(
            done.stderr.lines().collect::<Vec<_>>(),
            [
                "missing Rust's standard library for x86_64-unknown-linux-musl: rustup target add x86_64-unknown-linux-musl",
                "missing musl-gcc: apt-get install musl-tools",
                "missing dpkg-shlibdeps: apt-get install dpkg-dev",
                "missing man: apt-get install man-db",
            ]
        );
    }
}

#[test]
fn a_rust_that_is_too_old_or_missing_is_named_before_the_tools() {
    for (rust, this) in [(Some("1.63.0"), " (this is 1.63.0)"), (None, "")] {
        let done = run(rust);
        assert_eq!((done.code, &*done.stdout), (Some(1), ""));
        let needed = env!("CARGO_PKG_RUST_VERSION");
        assert_eq!(
            done.stderr,
            format!(
                "missing Rust {needed} or newer{this}: install it with rustup, https://rustup.rs\n"
            )
        );
    }
}
