//! The exit codes, and the messages that go with them.

use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::proxy::ConnectProxy;
use plex_butler_test_support::raw::unused_address;

use crate::util::{Run, TOKEN};

#[test]
fn a_failed_request_exits_with_1() {
    let url = format!("http://{}", unused_address());
    for args in [&["list"][..], &["start", "--all"], &["stop", "--all"]] {
        Run::new(args).env("PLEX_URL", &url).done().fails(
            1,
            &[
                "/butler: connection refused; check that the server is running, and the port",
                "127.0.0.1 is the container itself: use the server's address in PLEX_URL",
            ],
        );
    }
    Run::new(&["start", "backup-database"])
        .env("PLEX_URL", &url)
        .done()
        .fails(
            1,
            &["plex-butler: backup-database: cannot send POST http://"],
        );
}

#[test]
fn an_error_status_exits_with_1() {
    let server = HttpServer::start(|_| Response::new(503));
    Run::new(&["list", "--url", &server.url()]).done().fails(
        1,
        &["503: Service Unavailable; Plex Media Server is starting, or the proxy"],
    );
}

#[test]
fn a_timeout_exits_with_1() {
    let server = HttpServer::start(|_| {
        loop {
            std::thread::park();
        }
    });
    let url = server.url();
    Run::new(&["list", "--url", &url, "--timeout", "0.2"])
        .done()
        .fails(1, &["the limit of 200ms", "; see --timeout"]);
}

#[test]
fn wrong_settings_exit_with_2() {
    for (args, part) in [
        (
            &["list", "--url", "localhost:32400"][..],
            "must start with http://",
        ),
        (
            &[
                "list",
                "--url",
                "http://h/?X-Plex-Token=s3cr3t-t0k3n-0123456789",
            ],
            "query",
        ),
        (
            &["list", "--url", "http://192.0.2.1:1,http://192.0.2.2:1"],
            "invalid --url: give only one address, without spaces and commas",
        ),
        (
            &["list", "--url", "\"http://192.0.2.1:32400\""],
            "invalid --url: it is in quotes; remove them",
        ),
        (
            &["list", "--url", "user:pw@192.0.2.1:1"],
            "credentials, which belong in the header `Authorization`; see --header-file",
        ),
        (
            &["list", "--url", "http://127.0.0.1:1/web/index.html"],
            "did you mean http://127.0.0.1:1?",
        ),
        (
            &["list", "--url", "https://app.plex.tv/desktop"],
            "give the address of the server itself",
        ),
        (
            &["list", "--ca", "/does/not/exist"],
            "cannot read the CA certificates",
        ),
        (
            &["list", "--ca", "Cargo.toml"],
            "invalid --ca: the text contains no certificate",
        ),
        (
            &["list", "--proxy", "ftp://proxy"],
            "invalid --proxy: it must start with http",
        ),
    ] {
        Run::new(args).done().fails(2, &["plex-butler: ", part]);
    }
    Run::new(&["list"])
        .env("PLEX_TOKEN", "two words")
        .done()
        .fails(2, &["PLEX_TOKEN must hold only the token: it has a space"]);
}

#[test]
fn a_missing_or_wrong_token_exits_with_3() {
    let server = Pms::with_token(TOKEN).start();
    for args in [
        &["list"][..],
        &["start", "--all"],
        &["stop", "BackupDatabase"],
        &["stop", "TaskOfTheFuture"],
    ] {
        Run::new(args).env("PLEX_URL", server.url()).done().fails(
            3,
            &["401: Unauthorized; no token was sent; give the token of the server's owner (--token-file or "],
        );
        Run::at(&server, args)
            .env("PLEX_TOKEN", "wrong")
            .done()
            .fails(
                3,
                &[
                    "401: Unauthorized; the token was refused; ",
                    "; the refused one is from PLEX_TOKEN",
                ],
            );
    }
}

#[test]
fn a_403_exits_with_3() {
    for (response, advice) in [
        (Response::of_pms(403), "the server's owner"),
        (
            Response::new(403),
            "perhaps a proxy in front refused; give the header that it wants",
        ),
    ] {
        let server = HttpServer::start(move |_| response.clone());
        Run::new(&["list", "--url", &server.url()])
            .done()
            .fails(3, &["403: Forbidden; ", advice]);
    }
}

#[test]
fn a_message_is_short_even_with_a_long_name() {
    let server = Pms::new().start();
    let long = "x".repeat(3000);
    let short = format!("{}...: no such task", "x".repeat(100));
    for command in ["list", "start"] {
        Run::at(&server, &[command, &long])
            .done()
            .fails(4, &[&short]);
    }
    // A token is hidden before the name is cut.
    let with_token = format!("{}{TOKEN}", "x".repeat(95));
    let done = Run::at(&server, &["start", &with_token]).done();
    assert!(!done.stderr.contains(&TOKEN[..4]), "{}", done.stderr);
    let url = format!("http://{}", unused_address());
    let done = Run::new(&["start", "A", &long, "--url", &url]).done();
    let last = done.stderr.lines().last().unwrap_or_default();
    assert!(
        last.contains("x...: not tried") && last.len() < 200,
        "{last}"
    );
}

#[test]
fn a_message_is_short_even_if_a_proxy_asks_for_a_login() {
    let challenge = "word ".repeat(100);
    let server = HttpServer::start(move |_| {
        Response::new(401).header("WWW-Authenticate", &format!("Bearer {challenge}"))
    });
    let proxy = ConnectProxy::start(server.address(), None);
    let proxy = proxy.address().to_string();
    let url = "http://media-server.living-room.home.example.org:32400";
    let done = Run::new(&["start", "backup-database", "--url", url, "--proxy", &proxy])
        .env("PLEX_TOKEN", TOKEN)
        .done();
    assert!(done.stderr.chars().count() <= 350 + 200, "{}", done.stderr);
}

#[test]
fn a_message_is_short_even_with_a_long_host_name_and_a_long_answer() {
    let (host, words) = (
        "media-server.living-room.home.example.org",
        "word ".repeat(100),
    );
    for status in [
        400, 401, 403, 404, 429, 498, 500, 502, 503, 504, 520, 526, 200,
    ] {
        let page = format!("<title>{words}</title>");
        let server = HttpServer::start(move |_| Response::new(status).html(&*page));
        let proxy = ConnectProxy::start(server.address(), None);
        let proxy_url = proxy.address().to_string();
        let done = Run::new(&[
            "start",
            "backup-database",
            "--retry",
            "0.1",
            "--proxy",
            &proxy_url,
        ])
        .env("PLEX_URL", format!("http://{host}:32400"))
        .env("PLEX_TOKEN", TOKEN)
        .done();
        for line in done.stderr.lines() {
            let message = line.strip_prefix("plex-butler: ").expect("the prefix");
            // The library shows up to 200 characters of an answer.
            let quoted = message.matches("word ").count() * "word ".len();
            let length = message.chars().count();
            assert!(
                length <= 350 + quoted && quoted <= 200,
                "{length} characters: {message}"
            );
        }
    }
}
