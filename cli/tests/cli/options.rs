//! Options and the environment.

use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::unused_address;

use crate::util::{Dir, Run, TOKEN};

#[test]
fn an_option_wins_over_the_environment() {
    let server = Pms::with_token(TOKEN).start();
    let dir = Dir::new();
    let file = dir.file("token", TOKEN);
    let started = "BackupDatabase: accepted\n";
    Run::new(&["start", "BackupDatabase", "--url", &server.url(), "--token-file", &file])
        .env("PLEX_URL", "http://127.0.0.1:1")
        .env("PLEX_TOKEN", "wrong")
        .env("PLEX_TOKEN_FILE", "/does/not/exist")
        .done()
        .prints(started);
}

#[test]
fn an_empty_url_counts_as_not_set() {
    // The address is checked before the certificates, and nothing is sent to a server that may be there.
    Run::new(&["list", "--ca", "Cargo.toml"]).env("PLEX_URL", "").done().fails(2, &["root certificates"]);
}

#[test]
fn the_proxy_of_the_environment_is_ignored_with_no_proxy() {
    let server = Pms::with_token(TOKEN).start();
    // Nothing listens at this proxy.
    let proxy = format!("http://{}", unused_address());
    for args in [&["stop", "--all", "--no-proxy"][..], &["--no-proxy", "stop", "--all"]] {
        let run = Run::at(&server, args).env("HTTP_PROXY", &proxy).env("ALL_PROXY", &proxy);
        run.done().prints("all tasks: stopped\n");
    }
}

#[test]
fn an_address_without_no_proxy_goes_through_the_proxy() {
    let proxy = format!("http://{}", unused_address());
    let run = Run::new(&["list", "--url", "http://plex.invalid:32400"]).env("HTTP_PROXY", &proxy);
    run.done().fails(1, &["the proxy failed"]);
}
