//! Options and the environment.

use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::proxy::ConnectProxy;
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
        .fails(2, &["invalid --ca: "]);
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
            "perhaps a proxy in front of the server refused; the challenge is Basic; ",
            "give the header that it wants, such as `Authorization` (--header-file)",
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
        .fails(2, &["invalid --header-file: the client sets `host` itself"]);
    run(&dir.file("empty", "\n")).fails(2, &["has no header"]);
}

#[test]
fn the_headers_in_a_file_are_not_shown_when_a_server_echoes_them() {
    let server = HttpServer::start(|request| {
        let header = |name| request.header(name).unwrap_or_default();
        let (login, cookie) = (header("Authorization"), header("Cookie"));
        let (_, password) = login.split_once(' ').unwrap_or_default();
        Response::of_pms(400).body("text/plain", format!("{login}, {password}, {cookie}"))
    });
    let dir = Dir::new();
    let headers = "Authorization: Basic dXNlcjpwYXNzd29yZA==\nCookie: session=abcdefgh\n";
    let file = dir.file("headers", headers);
    let done = Run::new(&["list", "--header-file", &file])
        .env("PLEX_URL", server.url())
        .done();
    for secret in ["dXNlcjpwYXNzd29yZA", "abcdefgh"] {
        assert!(!done.stderr.contains(secret), "{}", done.stderr);
    }
    done.fails(1, &["400: ***, ***, ***"]);
}

#[test]
fn a_value_that_can_be_a_secret_is_not_shown() {
    for args in [
        &["start", "--json=abcdefghijklmnop"][..],
        &["list", "--timeout", "abcdefghijklmnop"],
        &["list", "--retry", "X-Plex-Token=abcdefghijklmnop"],
        &["completions", "abcdefghijklmnop"],
        &["names", "abcdefghijklmnop"],
        &["abcdefghijklmnop"],
    ] {
        let done = Run::new(args).done();
        assert!(!done.stderr.contains("abcdefgh"), "{}", done.stderr);
        done.fails_as_wrong_usage("'***'");
    }
    // An unknown option keeps its name, and a short value too.
    let done = Run::new(&["list", "--token-from-servers"]).done();
    done.fails_as_wrong_usage("'--token-from-servers'");
    let done = Run::new(&["list", "--timeout", "5s"]).done();
    done.fails_as_wrong_usage("'5s'");
    // Where `start` was forgotten.
    for task in ["optimise-database", "OptimizeDatabase"] {
        Run::new(&[task]).done().fails_as_wrong_usage(task);
    }
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

#[test]
fn the_proxy_of_the_option_is_used_and_none_of_the_environment() {
    let server = Pms::with_token(TOKEN).start();
    let proxy = ConnectProxy::start(server.address(), Some("Basic dXNlcjp3b3Jk"));
    let dead = unused_address().to_string();
    let run = |url: &str, proxy: &[&str]| {
        Run::at(&server, &[&["stop", "--all"], proxy].concat())
            .env("PLEX_URL", url)
            .env("http_proxy", &dead)
            .env("all_proxy", &dead)
            .done()
    };
    run(&server.url(), &[]).prints("all tasks: stopped\n");
    let url = "http://media.example.org:32400";
    let with_login = format!("http://user:word@{}", proxy.address());
    run(url, &["--proxy", &with_login]).prints("all tasks: stopped\n");

    let without_login = proxy.address().to_string();
    run(url, &["--proxy", &without_login]).fails(
        1,
        &[
            "the proxy failed: ",
            "it wants a user and a password: --proxy http://user:password@host:port",
        ],
    );
    run(url, &["--proxy", &dead]).fails(
        1,
        &["connection refused; check that the proxy in --proxy is up"],
    );
}

#[test]
fn what_is_no_address_of_one_server_is_explained() {
    for (url, reason) in [
        ("http://a:32400,http://b:32400", "give only one address"),
        (
            "https://app.plex.tv/desktop/#!/",
            "give the address of the server itself",
        ),
        (
            "http://192.168.1.10:32400/web/index.html#!/",
            "did you mean http://192.168.1.10:32400?",
        ),
        ("http://user:word@h", "see --header-file"),
        ("http://h:99999", "the port must be a number"),
    ] {
        let by_option = Run::new(&["list", "--url", url]).done();
        by_option.fails(2, &["plex-butler: invalid --url: ", reason]);
        let by_variable = Run::new(&["list"]).env("PLEX_URL", url).done();
        by_variable.fails(2, &["plex-butler: invalid PLEX_URL: ", reason]);
    }
}
