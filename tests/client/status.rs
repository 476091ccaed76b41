//! Statuses: each has one outcome for each operation, and an error quotes the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use plex_butler::{Client, Error, StartOutcome, StopOutcome};
use plex_butler_test_support::http::{HttpServer, Response};

use crate::util::{
    NO_DATA, OPERATIONS, TOKEN, changes_something, changing_operations, client_for, expect_error,
};

#[test]
fn every_status_has_a_defined_outcome_for_every_operation() {
    let status = Arc::new(AtomicU16::new(0));
    let current = Arc::clone(&status);
    let server =
        HttpServer::start(move |_| Response::of_pms(current.load(Ordering::SeqCst)).json(NO_DATA));
    let client = client_for(&server.url());
    for code in 200..600 {
        status.store(code, Ordering::SeqCst);
        for (name, operation) in OPERATIONS {
            let outcome = operation(&client);
            let fits = match (code, &outcome) {
                // No body, and so no list.
                (204, Err(Error::UnexpectedResponse { status: 204, .. })) => {
                    !changes_something(name)
                }
                (204, Ok(())) => changes_something(name),
                (200..=299, Ok(())) => true,
                (401 | 498, Err(Error::Unauthorized { .. })) => true,
                (401 | 498, _) => false,
                (300..=599, Err(Error::Status { status, .. })) => *status == code,
                _ => false,
            };
            assert!(fits, "{name}, {code}: {outcome:?}");
            if let Err(error) = outcome {
                assert_eq!(error.status(), Some(code));
                assert!(error.to_string().contains(&code.to_string()), "{error}");
            }
        }
    }
}

#[test]
fn only_a_202_means_already_running() {
    for code in [200, 201, 202, 203, 204, 205, 299] {
        let server = HttpServer::start(move |_| Response::new(code));
        let client = client_for(&server.url());
        let started = match code {
            202 => StartOutcome::AlreadyRunning,
            _ => StartOutcome::Accepted,
        };
        assert_eq!(
            client.start_task("BackupDatabase").expect("a success"),
            started,
            "{code}"
        );
        assert_eq!(
            client.stop_task("BackupDatabase").expect("a success"),
            StopOutcome::Stopped,
            "{code}"
        );
    }
}

/// A response, and the message and the time to wait of its error.
type Said<'a> = (Response, Option<&'a str>, Option<u64>);

#[test]
fn an_error_quotes_the_server_from_json_html_xml_and_text() {
    let new = Response::new;
    let json = r#"{"errors":[{"code":1000,"message":"Bad","status":500},{"message":"Worse"},{"code":7},{}]}"#;
    let maintenance_json = r#"{"code":503,"title":"Maintenance","status":"Plex Media Server is currently running startup maintenance tasks."}"#;
    let maintenance = r#"<Response code="503" title="Maintenance" status="Plex Media Server is currently running startup maintenance tasks."/>"#;
    let starting = r#"<?xml version="1.0"?><Response code="503" title="" status="Starting"/>"#;
    let gateway = "<!DOCTYPE HTML>\n<html><head><TITLE lang=en> 502\n Bad  Gateway </TITLE></head><body>nginx</body></html>";
    let cases: [Said; 16] = [
        (new(500), Some("Internal Server Error"), None),
        (new(999), None, None),
        (new(403).html("Forbidden"), Some("Forbidden"), None),
        (
            new(500).json(json),
            Some("Bad (code 1000): Worse: code 7: an error without a message"),
            None,
        ),
        (
            new(500).html(json),
            Some("Bad (code 1000): Worse: code 7: an error without a message"),
            None,
        ),
        (
            new(500).json(r#"{"errors":[]}"#),
            Some(r#"{"errors":[]}"#),
            None,
        ),
        (
            new(500).json(r#"{"errors":"none"}"#),
            Some(r#"{"errors":"none"}"#),
            None,
        ),
        (new(502).html(gateway), Some("Bad Gateway"), None),
        (
            new(503).json(maintenance_json),
            Some("Maintenance: Plex Media Server is currently running startup maintenance tasks."),
            None,
        ),
        (new(503).html("503"), Some("Service Unavailable"), None),
        (
            new(503).body("text/xml", maintenance),
            Some("Maintenance: Plex Media Server is currently running startup maintenance tasks."),
            None,
        ),
        (new(503).body("text/xml", starting), Some("Starting"), None),
        (
            new(429).header("Retry-After", "120"),
            Some("Too Many Requests"),
            Some(120),
        ),
        (
            new(503).header("Retry-After", " 0 "),
            Some("Service Unavailable"),
            Some(0),
        ),
        (
            new(429).header("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"),
            Some("Too Many Requests"),
            None,
        ),
        (
            new(429).header("Retry-After", "99999999999999999999"),
            Some("Too Many Requests"),
            None,
        ),
    ];
    for (response, expected_message, wait) in cases {
        let answer = response.clone();
        let server = HttpServer::start(move |_| answer.clone());
        let client = client_for(&server.url());
        for (name, operation) in OPERATIONS {
            match expect_error(operation(&client)) {
                Error::Status {
                    message,
                    retry_after,
                    ..
                } => {
                    assert_eq!(message.as_deref(), expected_message, "{name}: {response:?}");
                    assert_eq!(
                        retry_after,
                        wait.map(Duration::from_secs),
                        "{name}: {response:?}"
                    );
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[test]
fn the_message_of_a_status_says_how_long_to_wait() {
    for (status, wait, advice) in [
        (
            429,
            "120",
            " answered 429: Too Many Requests; it asks to wait 120s",
        ),
        (
            503,
            "5",
            " answered 503: Service Unavailable; it asks to wait 5s",
        ),
        (503, "0", " answered 503: Service Unavailable"),
        (418, "7", " answered 418: I'm a teapot; it asks to wait 7s"),
    ] {
        let server =
            HttpServer::start(move |_| Response::of_pms(status).header("Retry-After", wait));
        let error = expect_error(client_for(&server.url()).start_all_tasks());
        assert!(error.to_string().ends_with(advice), "{error}");
        assert_eq!(
            error.retry_after(),
            wait.parse().ok().map(Duration::from_secs)
        );
    }
}

#[test]
fn an_error_body_of_any_bytes_is_shown_as_one_short_line() {
    let bodies = [
        b"\xFF\xFE\0\x1b[31mred\r\n\tline".to_vec(),
        "\u{85}\u{2028}音楽".repeat(1000).into_bytes(),
        vec![0xFF; 100_000],
        b"<html><title>".repeat(1000),
        format!("<a title=\"{}\">", "a ".repeat(1000)).into_bytes(),
        format!(
            r#"{{"errors":[{}{{}}]}}"#,
            r#"{"message":"a\nb"},"#.repeat(2000)
        )
        .into_bytes(),
    ];
    for status in [401, 500] {
        for body in bodies.clone() {
            let server = HttpServer::start(move |_| Response::new(status).html(body.clone()));
            let error = expect_error(client_for(&server.url()).start_all_tasks());
            let message = error.to_string();
            assert!(!message.contains(char::is_control), "{message:?}");
            assert!(
                message.chars().count() < 400,
                "{} characters: {message}",
                message.chars().count()
            );
        }
    }
}

#[test]
fn an_error_body_that_echoes_the_token_does_not_leak_it() {
    let escaped: String = TOKEN.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for body in [
        format!("no token {TOKEN}"),
        format!("<html><title>{TOKEN}</title>{TOKEN}"),
        format!("<Response title=\"{TOKEN}\" status=\"{TOKEN}\"/>"),
        format!(r#"{{"errors":[{{"message":"{TOKEN}"}}]}}"#),
        format!(r#"{{"errors":[{{"message":"{escaped}"}}]}}"#),
        format!("{TOKEN}{TOKEN}"),
    ] {
        for status in [200, 400, 401, 404, 500] {
            let body = body.clone();
            let server = HttpServer::start(move |_| Response::new(status).html(body.clone()));
            expect_error(client_for(&server.url()).get_butler_tasks());
        }
    }
}

#[test]
fn a_token_at_the_end_of_what_is_read_of_a_body_is_redacted() {
    const READ: usize = 64 << 10;
    for length in 8..TOKEN.len() {
        let padding = "a".repeat(READ - length - "<title>".len());
        let body = format!("{padding}<title>{TOKEN}</title>");
        let server = HttpServer::start(move |_| Response::new(500).html(body.clone()));
        match expect_error(client_for(&server.url()).get_butler_tasks()) {
            Error::Status { message, .. } => assert_eq!(message.as_deref(), Some("***")),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_names_that_the_server_lists_are_redacted() {
    let task =
        format!(r#"{{"name":"a {TOKEN}","interval":1,"scheduleRandomized":false,"enabled":true}}"#);
    let body = format!(
        r#"{{"ButlerTasks":{{"ButlerTask":[{}]}}}}"#,
        vec![task; 1000].join(",")
    );
    let server = HttpServer::start(move |request| match request.method.as_str() {
        "GET" => Response::new(200).json(body.clone()),
        _ => Response::new(404),
    });
    let error = expect_error(client_for(&server.url()).start_task("BackupDatabase"));
    let message = error.to_string();
    assert_eq!(
        message,
        "the server has no task \"BackupDatabase\"; it lists 1000 others"
    );
    match error {
        Error::UnknownTask { available, .. } => {
            assert_eq!(available.len(), 1000);
            assert_eq!(available[0], "a ***");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_login_page_is_an_error() {
    for page in [
        "<html><title>Log in</title><form action=/login></form></html>",
        "<!doctype html><script src=/app.js></script>",
        " \n<!-- a proxy --><HTML><SCRIPT></SCRIPT>",
        "<html><meta http-equiv=\"Refresh\" content=\"0; url=/login\"></html>",
        "<!doctype html><META HTTP-EQUIV='refresh' content='0;url=/login'>",
        "<meta http-equiv=refresh content='0;url=/login'>",
        "<meta content='0;url=/login' http-equiv = \"refresh\">",
        "<html><input type=password>",
        "\u{feff}<form action=/login>",
        &format!(
            "<!-- {} --><!doctype html><form action=/login>",
            "a".repeat(1000)
        ),
    ] {
        let page = page.to_owned();
        let server = HttpServer::start(move |_| Response::new(200).html(page.clone()));
        let client = client_for(&server.url());
        for (name, operation) in OPERATIONS {
            match expect_error(operation(&client)) {
                Error::UnexpectedResponse {
                    status: 200, found, ..
                } => assert!(
                    found.starts_with("no ") || found.starts_with("a body, where "),
                    "{name}: {found}"
                ),
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

/// Bodies with which servers other than PMS answer a POST or a DELETE, with status 200.
const FOREIGN_BODIES: [&str; 8] = [
    "OK",
    "<html><head><title>Welcome to nginx!</title></head><body>It works</body></html>",
    r#"{"error":"not found"}"#,
    r#"{"status":"ok"}"#,
    "[]",
    r#"<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>"#,
    "<html><body><a href=/login>Log in</a></body></html>",
    "\0\u{1}",
];

#[test]
fn a_start_or_stop_refuses_a_body_of_another_server() {
    for body in FOREIGN_BODIES {
        let server = HttpServer::start(move |_| Response::new(200).html(body));
        for (name, operation) in OPERATIONS {
            match expect_error(operation(&client_for(&server.url()))) {
                Error::UnexpectedResponse {
                    status: 200, found, ..
                } => assert!(!found.is_empty(), "{name} for {body:?}"),
                other => panic!("{name} for {body:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_start_or_stop_accepts_any_body_of_pms_except_an_error_list() {
    for body in FOREIGN_BODIES {
        let server = HttpServer::start(move |_| Response::of_pms(200).html(body));
        for (name, operation) in changing_operations() {
            operation(&client_for(&server.url()))
                .unwrap_or_else(|error| panic!("{name} for {body:?}: {error:?}"));
        }
    }
}

#[test]
fn a_start_or_stop_accepts_an_empty_body() {
    for body in ["", " ", "\r\n"] {
        let server = HttpServer::start(move |_| Response::new(200).html(body));
        for (name, operation) in changing_operations() {
            operation(&client_for(&server.url()))
                .unwrap_or_else(|error| panic!("{name} for {body:?}: {error:?}"));
        }
    }
}

#[test]
fn a_200_with_an_error_list_is_an_error() {
    for list in [
        r#"{"errors":[{"code":1001,"message":"No"}]}"#,
        r#"{"errors":[{"code":"1001","message":5,"status":-1}]}"#,
        r#"{"errors":[null,{"code":1001.0,"status":70000}]}"#,
        r#"{"errors":["1001"]}"#,
        // Longer than what is read of an error.
        &format!(r#"{{"errors":["{}"]}}"#, "a".repeat(70_000)),
    ] {
        let json = list.to_owned();
        let server = HttpServer::start(move |_| Response::of_pms(200).json(&*json));
        for (name, operation) in OPERATIONS {
            match expect_error(operation(&client_for(&server.url()))) {
                Error::UnexpectedResponse {
                    status: 200, found, ..
                } => {
                    assert!(
                        found.starts_with("an error list or broken JSON: ")
                            || found.starts_with("no "),
                        "{list}: {found}"
                    )
                }
                other => panic!("{name} for {list}: {other:?}"),
            }
        }
    }
}

#[test]
fn an_error_list_is_read_despite_invalid_fields() {
    let list = r#"{"errors":[{"code":"1001","message":"first","status":-1},"second",{"code":3,"message":null},{}]}"#;
    let server = HttpServer::start(move |_| Response::new(401).json(list));
    match expect_error(client_for(&server.url()).get_butler_tasks()) {
        Error::Unauthorized { message, .. } => {
            assert_eq!(
                message.as_deref(),
                Some("first: second: code 3: an error without a message")
            );
        }
        other => panic!("{other:?}"),
    }
}

/// The error of a start, with its message, from a server that gives every request this response.
fn error_of(response: Response) -> (Error, String) {
    let server = HttpServer::start(move |_| response.clone());
    let error = expect_error(client_for(&server.url()).start_task("BackupDatabase"));
    let message = error.to_string();
    (error, message)
}

#[test]
fn a_refusal_says_whether_pms_or_perhaps_a_proxy_refused() {
    let (error, message) = error_of(Response::of_pms(401));
    assert!(
        matches!(error, Error::Unauthorized { from_pms: true, .. }),
        "{error:?}"
    );
    assert!(!message.contains("proxy"), "{message}");

    let (error, message) = error_of(Response::new(401).html("<title>Just a moment...</title>"));
    assert!(
        matches!(
            error,
            Error::Unauthorized {
                from_pms: false,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        message.ends_with("401: Just a moment; perhaps a proxy in front of the server refused"),
        "{message}"
    );
}

#[test]
fn a_401_with_a_challenge_says_what_the_proxy_asked_for() {
    let challenge = format!("Basic realm=\"{TOKEN}\"");
    let response = Response::new(401).header("WWW-Authenticate", &challenge);
    let (_, message) = error_of(response);
    assert!(
        message.ends_with("; the challenge is Basic realm=\"***\""),
        "{message}"
    );
}

#[test]
fn a_498_is_not_authorized_because_the_token_has_expired() {
    let (error, message) = error_of(Response::of_pms(498));
    assert!(
        matches!(error, Error::Unauthorized { status: 498, .. }),
        "{error:?}"
    );
    assert!(
        message.ends_with(" answered 498; the token was refused"),
        "{message}"
    );
}

#[test]
fn a_message_quotes_the_body_and_has_one_full_stop() {
    for (body, said) in [
        ("The database is migrating.", ": The database is migrating"),
        ("Forbidden zone", ": Forbidden zone"),
        (r#"{"error":"x"}"#, r#": {"error":"x"}"#),
    ] {
        let (_, message) = error_of(Response::of_pms(403).html(body));
        assert!(message.ends_with(said), "{body}: {message}");
    }
    let (_, message) = error_of(Response::new(200).html("It works."));
    assert!(
        message.contains("answered 200 with a body, where Plex Media Server sends none: It works;"),
        "{message}"
    );
}

/// The phrase for what the failure of a start leaves open.
const OPEN: &str = "; the server may have carried out the request";

#[test]
fn a_503_of_a_proxy_is_not_transient_because_it_may_have_sent_the_request_on() {
    // As Varnish answers after it has passed a POST on and lost the response.
    let server = HttpServer::start(|_| {
        Response::new(503).html("<html><title>503 Backend fetch failed</title></html>")
    });
    let client = client_for(&server.url());
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client));
        assert!(!error.is_transient(), "{name}: {error:?}");
        assert_eq!(
            error.to_string().ends_with(OPEN),
            changes_something(name),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_message_says_whether_a_start_may_have_been_carried_out() {
    for (response, is_open) in [
        (Response::new(502), true),
        (Response::new(504), true),
        (Response::of_pms(500), true),
        (Response::new(200).html("It works"), true),
        (Response::of_pms(200).json(r#"{"errors":["no"]}"#), true),
        (Response::of_pms(503), false),
        (Response::new(429), false),
        (Response::new(401), false),
        (Response::new(403), false),
        (Response::new(302), false),
        (Response::new(501), false),
    ] {
        let server = HttpServer::start({
            let response = response.clone();
            move |_| response.clone()
        });
        for (name, operation) in OPERATIONS {
            let error = expect_error(operation(&client_for(&server.url())));
            assert_eq!(
                error.to_string().ends_with(OPEN),
                is_open && changes_something(name),
                "{name}: {error}"
            );
        }
    }
}

#[test]
fn json_that_cannot_be_read_is_no_success() {
    let deep = format!(r#"{{"errors":[{}{}]}}"#, "[".repeat(200), "]".repeat(200));
    for body in [deep, r#"{"errors":[{"code":1001"#.to_owned()] {
        let server = HttpServer::start(move |_| Response::of_pms(200).json(&*body));
        for (name, operation) in OPERATIONS {
            let error = expect_error(operation(&client_for(&server.url())));
            assert!(
                matches!(error, Error::UnexpectedResponse { .. }),
                "{name}: {error:?}"
            );
        }
    }
}

#[test]
fn the_token_does_not_change_how_a_response_is_judged() {
    let page = "<html><form action=/login></form></html>";
    let list = r#"{"errors":[{"code":1001,"message":"No","status":401}]}"#;
    for (body, token) in [
        (page, "form"),
        (page, "html"),
        (page, "m"),
        (list, "errors"),
        (list, "1"),
        (list, "{"),
    ] {
        let server = HttpServer::start(move |_| Response::new(200).html(body));
        let client = Client::builder(server.url()).token(token).build().unwrap();
        let error = client.start_all_tasks().unwrap_err();
        assert!(
            matches!(error, Error::UnexpectedResponse { status: 200, .. }),
            "{token}: {error:?}"
        );
    }
}
