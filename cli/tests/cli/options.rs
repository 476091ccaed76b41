//! Options and the environment.

use plex_butler_test_support::http::{HttpServer, Response};
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
    Run::new(&[
        "start",
        "BackupDatabase",
        "--url",
        &server.url(),
        "--token-file",
        &file,
    ])
    .env("PLEX_URL", "http://127.0.0.1:1")
    .env("PLEX_TOKEN", "wrong")
    .env("PLEX_TOKEN_FILE", "/does/not/exist")
    .done()
    .prints(started);
}

#[test]
fn an_empty_url_counts_as_not_set() {
    // The address is checked before the certificates, and nothing is sent to a server that may be there.
    Run::new(&["list", "--ca", "Cargo.toml"])
        .env("PLEX_URL", "")
        .done()
        .fails(2, &["root certificates", "; --ca needs"]);
}

#[test]
fn an_address_without_a_scheme_is_finished_in_the_message() {
    for (url, finished) in [
        ("192.168.1.10", "http://192.168.1.10:32400"),
        ("media.example.org:8080", "http://media.example.org:8080"),
    ] {
        let advice = format!("must start with http:// or https://; did you mean {finished}?");
        Run::new(&["list", "--url", url])
            .done()
            .fails(2, &[&advice]);
    }
    let done = Run::new(&["list", "--url", "abcdefghijklmnopqrst"]).done();
    assert!(
        !done.stderr.contains("abcdefghijklmnopqrst"),
        "{}",
        done.stderr
    );
}

#[test]
fn the_headers_in_a_file_are_sent() {
    let pms = Pms::with_token(TOKEN);
    let server = HttpServer::start(move |request| match request.header("Authorization") {
        Some("Basic dXNlcjpwYXNzd29yZA==") => pms.answer(request),
        _ => Response::new(401).header("WWW-Authenticate", "Basic"),
    });
    let dir = Dir::new();
    let run = |args: &[&str]| {
        Run::new(args)
            .env("PLEX_URL", server.url())
            .env("PLEX_TOKEN", TOKEN)
            .done()
    };
    run(&["stop", "--all"]).fails(
        3,
        &[
            "wants a header",
            "it asked for Basic;",
            "; see --header-file",
        ],
    );
    let file = dir.file(
        "headers",
        "\u{feff}Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n\r\nX-Plex-Product:Backup\n",
    );
    run(&["stop", "--all", "--header-file", &file]).prints("all tasks: stopped\n");
    assert_eq!(
        server.requests()[1].header("X-Plex-Product"),
        Some("Backup")
    );
}

#[test]
fn an_unusable_header_file_is_refused_without_showing_it() {
    let dir = Dir::new();
    let run = |file: &str| Run::new(&["list", "--header-file", file]).done();
    run("/does/not/exist").fails(2, &["cannot read the header file /does/not/exist: "]);
    run(&dir.file("no-colon", format!("\nA: b\n\n{TOKEN}")))
        .fails(2, &["line 4 of the header file", "is not `Name: value`"]);
    run(&dir.file("token", format!("X-Plex-Token: {TOKEN}")))
        .fails(2, &["line 1 of the header file", "--token-file"]);
    run(&dir.file("own", "x-plex-client-identifier: a")).fails(2, &["the program sets itself"]);
    run(&dir.file("host", "A: b\nHost: a"))
        .fails(2, &["invalid header \"Host\"", "the client sets it itself"]);
    run(&dir.file("empty", "\n")).fails(2, &["has no header"]);
}

#[cfg(unix)]
#[test]
fn no_file_is_read_for_ever() {
    for option in ["--ca", "--header-file", "--token-file", "--preferences"] {
        Run::new(&["list", option, "/dev/zero"])
            .done()
            .fails(2, &["/dev/zero: it is larger than 1 MiB"]);
    }
}

#[cfg(unix)]
#[test]
fn no_proxy_ignores_the_proxy_variables() {
    let server = Pms::with_token(TOKEN).start();
    // An address that leads to the server, and that is not a loopback address, for which no proxy is used.
    let url = format!("http://0.0.0.0:{}", server.address().port());
    // Nothing listens at this proxy.
    let proxy = format!("http://{}", unused_address());
    let run = |args: &[&str]| {
        Run::at(&server, args)
            .env("PLEX_URL", &url)
            .env("HTTP_PROXY", &proxy)
            .done()
    };
    run(&["stop", "--all"]).fails(1, &["the proxy failed", "; see --no-proxy"]);
    run(&["stop", "--all", "--no-proxy"]).prints("all tasks: stopped\n");
    run(&["--no-proxy", "stop", "--all"]).prints("all tasks: stopped\n");
}
