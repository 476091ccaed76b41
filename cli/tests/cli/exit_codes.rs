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
                "plex-butler: no response from http://127.0.0.1:",
                "check the port",
            ],
        );
    }
    Run::new(&["start", "backup-database"])
        .env("PLEX_URL", &url)
        .done()
        .fails(1, &["plex-butler: backup-database: no response from"]);
}

#[test]
fn an_error_status_exits_with_1() {
    let server = HttpServer::start(|_| Response::new(503));
    Run::new(&["list", "--url", &server.url()])
        .done()
        .fails(1, &["503 Service Unavailable", "try later"]);
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
        .fails(1, &["within 200ms"]);
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
            "give one server a call",
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
        (&["list", "--ca", "Cargo.toml"], "invalid root certificates"),
    ] {
        Run::new(args).done().fails(2, &["plex-butler: ", part]);
    }
    Run::new(&["list"])
        .env("PLEX_TOKEN", "two words")
        .done()
        .fails(
            2,
            &[
                "invalid token",
                "PLEX_TOKEN must hold the token and nothing else",
            ],
        );
    Run::new(&["list", "--url", "http://plex.invalid"])
        .env("HTTP_PROXY", "ftp://proxy")
        .done()
        .fails(2, &["proxy"]);
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
        let said = &["401 Unauthorized", "--token-file"];
        Run::new(args)
            .env("PLEX_URL", server.url())
            .done()
            .fails(3, said);
        Run::at(&server, args)
            .env("PLEX_TOKEN", "wrong")
            .done()
            .fails(3, said);
    }
}

#[test]
fn a_403_exits_with_3() {
    for (response, advice) in [
        (Response::of_pms(403), "the server's owner"),
        (Response::new(403), "; see --header-file"),
    ] {
        let server = HttpServer::start(move |_| response.clone());
        Run::new(&["list", "--url", &server.url()])
            .done()
            .fails(3, &["403 Forbidden", advice]);
    }
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
        let done = Run::new(&["start", "backup-database", "--retry", "0.1"])
            .env("PLEX_URL", format!("http://{host}:32400"))
            .env("PLEX_TOKEN", TOKEN)
            .env("http_proxy", proxy.address().to_string())
            .done();
        for line in done.stderr.lines() {
            let message = line.strip_prefix("plex-butler: ").expect("the prefix");
            let length = message.chars().count();
            assert!(length <= 350, "{length} characters: {message}");
        }
    }
}
