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
    "give the current token of the server's owner; the refused one is from PLEX_TOKEN";

#[test]
fn a_refusal_of_the_server_is_about_the_token_and_one_of_a_proxy_about_a_header() {
    for status in [401, 403, 498] {
        assert_advises(Response::of_pms(status), OWNERS_TOKEN);
    }
    for status in [401, 498] {
        assert_advises(
            Response::new(status),
            &format!("{HEADER}, or the current token of the server's owner"),
        );
    }
    let server = HttpServer::start(|_| Response::new(401));
    let owners_token = "or the token of the server's owner (--token-file)\n";
    let done = Run::new(&["list", "--url", &server.url()]).done();
    done.fails(3, &[HEADER, owners_token]);
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
fn a_redirect_to_the_same_url_is_not_about_the_option() {
    let server = HttpServer::start(|request| {
        let host = request.header("Host").expect("a host");
        let location = match &*request.method {
            "POST" => format!("http://{host}{}/", request.target),
            _ => format!("{}/?a=b", request.target),
        };
        Response::new(301).header("Location", &location)
    });
    for args in [
        &["list"][..],
        &["start", "--all"],
        &["stop", "BackupDatabase"],
    ] {
        Run::new(args).env("PLEX_URL", server.url()).done().fails(
            1,
            &["; a proxy in front redirects to the same URL, perhaps with a slash: check its rules\n"],
        );
    }
}

#[test]
fn an_answer_of_plex_media_server_does_not_raise_the_question_whether_it_is_one() {
    let xml = "<?xml version=\"1.0\"?><MediaContainer size=\"0\"/>";
    let identifier = "X-Plex-Client-Identifier is missing";
    for (response, end) in [
        (
            Response::of_pms(200).html(xml),
            "has no header `Accept`; check that a proxy in front passes `Accept`\n",
        ),
        (
            Response::of_pms(400).html(format!("<title>{identifier}</title>")),
            "is missing; check that a proxy in front passes X-Plex-Client-Identifier\n",
        ),
        (
            Response::of_pms(200).json(r#"{"MediaContainer":{}}"#),
            "{\"MediaContainer\":{}}\n",
        ),
        (Response::of_pms(400).html("<title>No</title>"), "400: No\n"),
    ] {
        let server = HttpServer::start(move |_| response.clone());
        let done = Run::new(&["list", "--url", &server.url()]).done();
        assert!(
            done.stderr.ends_with(end),
            "{end} is not the end of: {}",
            done.stderr
        );
        done.fails(1, &[]);
    }
}

#[test]
fn a_status_says_whether_the_server_or_the_proxy_in_front_is_to_be_looked_at() {
    let no_answer = "the proxy in front got no valid response from it";
    let no_server = "the proxy in front does not reach the server; check that it is up";
    let https = "check the address, and whether the server wants https://";
    for (status, advice) in [
        (400, https),
        (407, HEADER),
        (408, "try again"),
        (421, "check the host, port and path prefix in --url"),
        (426, https),
        (429, "see --retry"),
        (500, "see the log of Plex Media Server"),
        (502, no_answer),
        (503, no_answer),
        (504, no_answer),
        (520, no_answer),
        (521, no_server),
        (522, no_answer),
        (524, no_answer),
        (526, no_server),
        (530, no_server),
    ] {
        assert_advises(Response::new(status), advice);
    }
    assert_advises(
        Response::of_pms(503),
        "Plex Media Server is starting; see --retry",
    );
    for (status, advice) in [
        (
            502,
            "the proxy in front got no valid response from the server, which may be starting",
        ),
        (
            503,
            "Plex Media Server is starting, or the proxy in front cannot reach it; see --retry",
        ),
    ] {
        let server = HttpServer::start(move |_| Response::new(status));
        let done = Run::new(&["list", "--url", &server.url()]).done();
        done.fails(1, &[&format!("; {advice}\n")]);
    }
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
    for (args, advice) in [
        (
            &["list"][..],
            "check that PLEX_URL is a Plex Media Server, or see --header-file for a login in front",
        ),
        (
            &["start", "--all"],
            "check that PLEX_URL is a Plex Media Server, and that a proxy passes X-Plex-Protocol, \
             or see --header-file for a login in front",
        ),
    ] {
        let done = Run::new(args).env("PLEX_URL", server.url()).done();
        done.fails(1, &["Sign in; ", &format!("; {advice}\n")]);
    }
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
    let truncating = RawServer::start(|mut stream, number| {
        let _ = Request::read(&mut BufReader::new(&stream), number);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    });
    let check = "if not, check the port, and whether it is for https://";
    let starting = format!("; the server may be starting (see --retry); {check}\n");
    for (server, args, advice) in [
        (&closing, "list", &*starting),
        (&truncating, "list", &starting),
        (
            &closing,
            "start --all",
            &format!(
                "; the server may have carried out the request; it may be starting; {check}\n"
            ),
        ),
        (
            &talking,
            "list",
            "; check the port, any proxy in front, and whether it must be https://\n",
        ),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let url = format!("http://{}", server.address());
        let done = Run::new(&args).env("PLEX_URL", url).done();
        done.fails(1, &[advice]);
    }
}

#[test]
fn a_port_that_accepts_and_is_silent_may_not_speak_https_or_is_a_proxy() {
    let silent = RawServer::start(
        |mut stream, _| {
            while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
        },
    );
    let closing = RawServer::start(|stream, number| {
        let _ = Request::read(&mut BufReader::new(&stream), number);
    });
    let address = silent.address().to_string();
    let url = format!("https://{address}");
    let run = |url: &str, more: &[&str]| {
        let args = [&["list", "--url", url], more].concat();
        Run::new(&args).done()
    };
    if cfg!(feature = "rustls") {
        run(&url, &["--timeout", "0.3"]).fails(
            1,
            &["; check the address, firewalls, and that the port speaks https, or raise --timeout\n"],
        );
    }
    let url = "http://media.example.org:32400";
    run(url, &["--timeout", "0.3", "--proxy", &address]).fails(
        1,
        &["; check that the proxy in --proxy is up and reaches the server, or raise --timeout\n"],
    );
    run(url, &["--proxy", &closing.address().to_string()]).fails(
        1,
        &["; check that the proxy in --proxy is up, and that it allows tunnels to the server's port\n"],
    );
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
