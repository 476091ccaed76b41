//! What the program advises after a failed request. The tests of TLS have a file of their own.

use std::io::{BufReader, Read, Write};

use plex_butler_test_support::http::{HttpServer, Request, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::proxy::ConnectProxy;
use plex_butler_test_support::raw::RawServer;

use crate::util::{Run, TOKEN};

/// The end of the message, when a server with this response is asked to start a task.
#[track_caller]
fn assert_advises(response: Response, advice: &str) {
    let server = HttpServer::start(move |_| response.clone());
    let done = Run::new(&["start", "backup-database", "--url", &server.url()])
        .env("PLEX_TOKEN", TOKEN)
        .done();
    assert!(
        done.stderr.ends_with(&format!("; {advice}\n")),
        "{advice:?} is not the end of: {}",
        done.stderr
    );
}

const HEADER: &str = "give the header that it wants, such as `Authorization` (--header-file)";

const OWNERS_TOKEN: &str =
    "give the current token of the server's owner (this one is from PLEX_TOKEN)";

#[test]
fn a_refusal_of_the_server_is_about_the_token_and_one_of_a_proxy_about_a_header() {
    for status in [401, 403, 498] {
        assert_advises(Response::of_pms(status), OWNERS_TOKEN);
    }
    let other_token = OWNERS_TOKEN.trim_start_matches("give ");
    for status in [401, 498] {
        assert_advises(
            Response::new(status),
            &format!("{HEADER}, or {other_token}"),
        );
    }
    assert_advises(
        Response::new(403),
        &format!("perhaps a proxy in front refused; {HEADER}"),
    );
}

#[test]
fn a_json_web_token_is_no_token_of_plex_media_server() {
    let server = Pms::with_token(TOKEN).start();
    Run::at(&server, &["list"])
        .env("PLEX_TOKEN", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln")
        .done()
        .fails(
            3,
            &["accepts no JSON Web Token (as of 2026); give the `PlexOnlineToken` of the server's settings"],
        );
}

#[test]
fn without_a_token_the_name_of_a_container_can_be_refused_where_its_address_is_not() {
    let server = Pms::with_token(TOKEN).start();
    let proxy = ConnectProxy::start(server.address(), None);
    let message = |url: &str, token: &str| {
        let args = [
            "list",
            "--url",
            url,
            "--proxy",
            &proxy.address().to_string(),
        ];
        let done = Run::new(&args).env("PLEX_TOKEN", token).done();
        assert_eq!(done.code, Some(3), "{}", done.stderr);
        done.stderr
    };
    let hint = "without one, a server in a container can refuse requests to its host name";
    assert!(message("http://plex:32400", "").contains(hint));
    assert!(!message("http://plex:32400", "wrong").contains(hint));
    for url in [
        "http://192.168.1.10:32400",
        "http://localhost:32400",
        "http://[fd00::1]",
    ] {
        assert!(!message(url, "").contains(hint), "{url}");
    }
}

#[test]
fn a_redirect_to_the_same_resource_is_the_servers_address_and_any_other_a_login() {
    let login = "perhaps there is a login in front of the server: see --header-file";
    let server = "if that is your server, set --url to the part before `/butler`";
    for (location, advice) in [
        ("https://media.example.org/butler/BackupDatabase", server),
        ("/plex/butler/BackupDatabase/?from=http", server),
        (
            "https://auth.example.org/?rd=https://h/butler/BackupDatabase",
            login,
        ),
        ("/login", login),
        ("https://media.example.org/", login),
    ] {
        for status in [301, 302, 303, 307, 308] {
            assert_advises(Response::new(status).header("Location", location), advice);
        }
    }
    assert_advises(Response::new(302), "check --url");
}

#[test]
fn a_status_says_whether_the_server_or_the_proxy_in_front_is_to_be_looked_at() {
    let no_answer =
        "the proxy in front got no valid response from the server, which may be starting";
    let no_server = "the proxy in front does not reach the server; check that the server is up";
    for (status, advice) in [
        (
            400,
            "check the address, and whether the server wants https://",
        ),
        (429, "see --retry"),
        (500, "the server's log may tell why"),
        (502, no_answer),
        (
            503,
            "the server is starting, or the proxy in front cannot reach it; see --retry",
        ),
        (504, no_answer),
        (520, no_answer),
        (521, no_server),
        (524, no_answer),
        (526, no_server),
        (530, no_server),
    ] {
        assert_advises(Response::new(status), advice);
    }
    assert_advises(Response::of_pms(503), "the server is starting; see --retry");
    for status in [405, 501] {
        assert_advises(
            Response::new(status),
            "check the host, port and path prefix in --url, and that a proxy in front passes POST and DELETE",
        );
    }
}

#[test]
fn a_404_about_a_listed_task_is_of_a_proxy_and_any_other_of_a_wrong_address() {
    let pms = Pms::new();
    let server = HttpServer::start(move |request| match &*request.method {
        "GET" => pms.answer(request),
        _ => Response::new(404),
    });
    let run = |url: String| Run::new(&["stop", "backup-database", "--url", &url]).done();
    run(server.url()).fails(
        1,
        &["; the server lists this task: check that a proxy in front passes all paths below /butler\n"],
    );
    let server = HttpServer::start(|_| Response::new(404));
    run(server.url()).fails(1, &["; check the host, port and path prefix in --url\n"]);
    run(format!("{}/web", server.url())).fails(
        1,
        &["; omit `/web` in --url, if it is the path of Plex's web app\n"],
    );
}

#[test]
fn a_page_with_200_can_be_a_login() {
    let server = HttpServer::start(|_| Response::new(200).html("<title>Sign in</title>"));
    let question =
        "is --url that of a Plex Media Server? Perhaps a login in front answered (--header-file)";
    let list = Run::new(&["list", "--url", &server.url()]).done();
    list.fails(1, &["Sign in; ", &format!("; {question}\n")]);
    let start = Run::new(&["start", "--all", "--url", &server.url()]).done();
    start.fails(
        1,
        &[
            "Sign in; ",
            &format!("; {question}, or a proxy removed X-Plex-Protocol\n"),
        ],
    );
}

#[test]
fn another_protocol_on_the_port_can_be_https() {
    let closing = RawServer::start(|stream, number| {
        let _ = Request::read(&mut BufReader::new(&stream), number);
    });
    let talking = RawServer::start(|mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n\r\n");
    });
    for (server, advice) in [
        (
            closing,
            "; the server may be starting (see --retry), or the port is for https://\n",
        ),
        (
            talking,
            "; check the port, and any proxy in front; if the server requires secure connections, use https://\n",
        ),
    ] {
        let url = format!("http://{}", server.address());
        Run::new(&["list", "--url", &url])
            .done()
            .fails(1, &[advice]);
    }
}

#[cfg(feature = "rustls")]
#[test]
fn the_readme_has_messages_as_they_are_printed() {
    use plex_butler_test_support::raw::unused_address;
    use plex_butler_test_support::tls::Ca;

    use crate::util::Dir;

    let ca = Ca::new("ours");
    let tls = HttpServer::start_tls(&ca.sign("media.example.org"), |_| Response::new(200));
    let dir = Dir::new();
    let ca = dir.file("ca.pem", ca.pem());
    let dead = unused_address().to_string();
    // No name server is asked for a label of more than 63 characters.
    let unknown = format!("http://{}.example.org", "a".repeat(64));
    let stderr = |url: &str, more: &[&str]| {
        let args = [&["list", "--url", url], more].concat();
        Run::new(&args).done().stderr
    };
    let status = |status| {
        stderr(
            &HttpServer::start(move |_| Response::new(status)).url(),
            &[],
        )
    };
    let messages = [
        status(401),
        status(502),
        status(503),
        stderr(&format!("http://{dead}"), &[]),
        stderr(&unknown, &[]),
        stderr(&unknown, &["--proxy", &dead]),
        stderr(&tls.url(), &[]),
        stderr(&tls.url(), &["--ca", &ca]),
    ];
    let table = include_str!("../../README.md")
        .split_once("| message | what to do |\n")
        .expect("the table")
        .1;
    let rows = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let shown: Vec<&str> = rows
        .map(|row| row.split('`').nth(1).expect("a message"))
        // Those of systemd are in its log.
        .filter(|message| !message.starts_with("status="))
        .collect();
    assert_eq!(shown.len(), messages.len());
    for message in shown {
        assert!(
            messages.iter().any(|printed| printed.contains(message)),
            "{message:?} is in none of {messages:#?}"
        );
    }
}
