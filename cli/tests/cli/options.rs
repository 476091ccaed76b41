//! Options and the environment.

use plex_butler_test_support::pms::Pms;
#[cfg(unix)]
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

#[cfg(unix)]
#[test]
fn no_proxy_ignores_the_proxy_variables() {
    let server = Pms::with_token(TOKEN).start();
    // An address that leads to the server, and that is not a loopback address, for which no proxy is used.
    let url = format!("http://0.0.0.0:{}", server.address().port());
    // Nothing listens at this proxy.
    let proxy = format!("http://{}", unused_address());
    let run = |args: &[&str]| Run::at(&server, args).env("PLEX_URL", &url).env("HTTP_PROXY", &proxy).done();
    run(&["stop", "--all"]).fails(1, &["the proxy failed", "; see --no-proxy"]);
    run(&["stop", "--all", "--no-proxy"]).prints("all tasks: stopped\n");
    run(&["--no-proxy", "stop", "--all"]).prints("all tasks: stopped\n");
}
