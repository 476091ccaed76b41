//! `--verbose`.

use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::unused_address;

use crate::util::{Dir, Done, Run, TOKEN, preferences};

#[track_caller]
fn says(done: &Done, lines: &[&str]) {
    let said: Vec<&str> = done.stderr.lines().collect();
    for line in lines {
        assert!(
            said.iter().any(|said| said.contains(line)),
            "{line:?} is not in {}",
            done.stderr
        );
    }
    assert!(
        done.stderr.is_ascii() && said.iter().all(|line| line.starts_with("plex-butler: ")),
        "{}",
        done.stderr
    );
}

#[test]
fn the_source_of_each_setting_is_reported() {
    let server = Pms::with_token(TOKEN).start();
    let url = server.url();
    let done = Run::at(&server, &["-v", "list"]).done();
    assert_eq!(
        (done.code, &*done.stdout),
        (Some(0), include_str!("list.txt"))
    );
    let done = Run::at(&server, &["list", "--verbose"]).done();
    says(
        &done,
        &[
            &format!("address: {url} (PLEX_URL)"),
            "token: PLEX_TOKEN",
            "proxy: none",
        ],
    );

    let dir = Dir::new();
    let file = dir.file("token", TOKEN);
    let done = Run::new(&["-v", "stop", "--all", "--url", &url, "--token-file", &file]).done();
    let token = format!("token: the token file {file} (--token-file)");
    says(
        &done,
        &[&format!("address: {url} (--url)"), &token, "proxy: none"],
    );

    dir.file("config/Preferences.xml", preferences(TOKEN));
    let settings = dir
        .path()
        .join("config")
        .join("Preferences.xml")
        .display()
        .to_string();
    let folder = dir.path().to_str().expect("UTF-8");
    let done = Run::new(&[
        "-v",
        "stop",
        "--all",
        "--url",
        &url,
        "--preferences",
        folder,
    ])
    .done();
    says(&done, &[&format!("token: {settings}")]);
}

#[test]
fn the_proxy_is_named_without_its_password() {
    let address = unused_address();
    for proxy in [
        address.to_string(),
        format!("http://{address}"),
        format!("http://user:passw0rd@{address}"),
        format!("user:passw0rd@{address}"),
    ] {
        let args = [
            "-v",
            "list",
            "--url",
            "http://plex.invalid",
            "--proxy",
            &proxy,
        ];
        let done = Run::new(&args)
            .env("http_proxy", "http://other.invalid:3128")
            .done();
        says(
            &done,
            &[
                "address: http://plex.invalid (--url)",
                "token: none",
                &format!("proxy: {address}"),
            ],
        );
        assert!(!done.stderr.contains("passw0rd"), "{}", done.stderr);
    }
}

#[test]
fn each_request_is_reported_with_its_outcome_and_time() {
    let server = Pms::with_token(TOKEN).with_task("New").start();
    let done = Run::at(&server, &["-v", "start", "backup-database", "new", "xyz"]).done();
    assert_eq!(
        (done.code, &*done.stdout),
        (Some(4), "BackupDatabase: accepted\nNew: accepted\n")
    );
    says(
        &done,
        &[
            "s start BackupDatabase: accepted",
            "s list: 24 tasks",
            "s start New: accepted",
        ],
    );

    let url = format!("http://{}", unused_address());
    let done = Run::new(&["-v", "stop", "--all", "--url", &url]).done();
    says(&done, &["s stop all tasks: failed (Refused)"]);
    assert_eq!(
        done.stderr.matches("connection refused").count(),
        1,
        "{}",
        done.stderr
    );
}

#[test]
fn an_address_with_a_secret_is_not_shown() {
    for url in [
        "http://h/?X-Plex-Token=s3cr3t-t0k3n-0123456789",
        "http://me:s3cr3t-t0k3n-0123456789@h/",
    ] {
        assert_eq!(Run::new(&["-v", "list", "--url", url]).done().code, Some(2));
    }
}
