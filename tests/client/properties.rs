//! Properties that hold for any bytes that a server sends, and for any text that a caller gives.

use std::io::Write;
use std::sync::{Arc, Mutex};

use plex_butler::{ButlerTask, Client, Error, Input};
use plex_butler_test_support::http::{HttpServer, Request, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::RawServer;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::string::bytes_regex;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::util::{
    NO_DATA, TOKEN, changes_something, client_for, expect_error, outcomes, read_request,
};

/// Tries a property on many values. A failure prints its smallest value; nothing is written to disk.
#[track_caller]
fn check<S: Strategy>(values: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if let Err(failure) = TestRunner::new(config).run(values, property) {
        panic!("{failure}");
    }
}

/// JSON of the words that a list is made of, in any order.
fn json() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "null", "true", "0", "1", "3", "3.0", "-1", "\"3\"", "\"A\"", "\"\"", "[]", "{}",
    ]);
    let key = select(vec![
        "ButlerTasks",
        "ButlerTask",
        "name",
        "interval",
        "scheduleRandomized",
        "enabled",
        "title",
        "further",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(4, 32, 6, move |inner| {
            let field =
                (key.clone(), inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
            prop_oneof![
                vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(","))),
                vec(field, 0..6).prop_map(|fields| format!("{{{}}}", fields.join(","))),
            ]
        })
}

/// A task, as it should be or with one field replaced.
fn task() -> impl Strategy<Value = String> {
    let field = select(vec![
        "name",
        "interval",
        "scheduleRandomized",
        "enabled",
        "title",
        "none",
    ]);
    (field, json()).prop_map(|(replaced, value)| {
        let fields = [
            ("name", "\"A\""),
            ("interval", "3"),
            ("scheduleRandomized", "false"),
            ("enabled", "true"),
        ];
        let fields = fields.map(|(name, usual)| {
            let value = if name == replaced { &*value } else { usual };
            format!("\"{name}\":{value}")
        });
        format!("{{{}}}", fields.join(","))
    })
}

/// Bodies, most of them nearly a list.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let list = vec(task(), 0..3).prop_map(|tasks| {
        format!(
            r#"{{"ButlerTasks":{{"ButlerTask":[{}]}}}}"#,
            tasks.join(",")
        )
    });
    let changed = (any::<Index>(), any::<u8>()).prop_map(|(place, byte)| {
        let mut list = Pms::new().json().into_bytes();
        let place = place.index(list.len());
        list[place] = byte;
        list
    });
    prop_oneof![
        vec(any::<u8>(), 0..300),
        json().prop_map(String::into_bytes),
        json().prop_map(
            |inner| format!(r#"{{"ButlerTasks":{{"ButlerTask":{inner}}}}}"#).into_bytes()
        ),
        list.prop_map(String::into_bytes),
        changed,
    ]
}

/// Whether the tasks are those in the JSON, as a parser of general JSON reads it.
fn is_what_it_says(tasks: &[ButlerTask], json: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(json) else {
        return false;
    };
    let Some(listed) = value["ButlerTasks"]["ButlerTask"].as_array() else {
        return false;
    };
    tasks.len() == listed.len()
        && tasks.iter().zip(listed).all(|(task, listed)| {
            listed["name"] == task.name.as_str()
                && listed["interval"] == task.interval
                && listed["enabled"] == task.enabled
                && listed["title"].as_str().unwrap_or_default() == task.title
        })
}

#[test]
fn any_list_matches_the_body_or_is_an_error() {
    let body_to_send = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&body_to_send);
    let server =
        HttpServer::start(move |_| Response::new(200).json(shared.lock().expect("a body").clone()));
    let client = client_for(&server.url());
    check(&body(), |body| {
        *body_to_send.lock().expect("a body") = body.clone();
        match client.get_butler_tasks() {
            Ok(tasks) => prop_assert!(is_what_it_says(&tasks, &body), "{tasks:?}"),
            Err(Error::UnexpectedResponse { .. }) => {}
            Err(other) => prop_assert!(false, "{other:?}"),
        }
        Ok(())
    });
}

/// Lines that match a pattern.
fn line(pattern: &str) -> impl Strategy<Value = Vec<u8>> {
    bytes_regex(pattern).expect("a pattern")
}

/// Responses, most of them nearly HTTP.
fn response() -> impl Strategy<Value = Vec<u8>> {
    let bytes = || vec(any::<u8>(), 0..40);
    let content_length = format!("Content-Length: {}\r\n", NO_DATA.len());
    let chunk_size = format!("{:x}\r\n", NO_DATA.len());
    let piece = |pieces: &[&str]| {
        select(
            pieces
                .iter()
                .map(|piece| piece.as_bytes().to_vec())
                .collect::<Vec<_>>(),
        )
    };
    let start = prop_oneof![
        8 => line("HTTP/1\\.[01] [1-5][0-9]{2} [ -~]{0,9}\r\n"),
        1 => line("HTTP/[0-9.]{1,3} [0-9]{1,4}[ -~]{0,9}\r?\n"),
        8 => piece(&["HTTP/1.1 200 OK\r\n"]),
        1 => bytes(),
    ];
    let header = prop_oneof![
        8 => piece(&[
            &content_length, "Content-Length: 0\r\n", "Content-Length: 18446744073709551615\r\n",
            "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "Location: http://example.invalid/\r\n",
            "Retry-After: 5\r\n", "Content-Encoding: gzip\r\n", "X-Plex-Token: s3cr3t-t0k3n-0123456789\r\n",
            "Location: /s3cr3t-t0k3n-0123456789\r\n",
        ]),
        1 => line("[A-Za-z-]{1,9}:[ -~]{0,9}\r?\n"),
        1 => bytes(),
    ];
    let body = prop_oneof![
        8 => piece(&[
            NO_DATA, &chunk_size, "\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n", "1;a\r\n", "<html><title>", "<form",
            TOKEN, "{\"errors\":[{\"message\":\"\\u0073", "3cr3t-t0k3n-0123456789\"}]}",
        ]),
        1 => bytes(),
    ];
    let body = prop_oneof![
        1 => piece(&[NO_DATA]),
        2 => vec(body, 0..6).prop_map(|pieces| pieces.concat()),
    ];
    (start, vec(header, 0..4), body).prop_map(|(start, headers, body)| {
        [start, headers.concat(), b"\r\n".to_vec(), body].concat()
    })
}

#[test]
fn any_response_is_a_genuine_success_or_an_error_without_the_token() {
    let response_to_send = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&response_to_send);
    let server = RawServer::start(move |mut stream, _| {
        let response = shared.lock().expect("a response").clone();
        let _ = read_request(&stream).and_then(|()| stream.write_all(&response));
    });
    check(&response(), |response| {
        *response_to_send.lock().expect("a response") = response.clone();
        let text = String::from_utf8_lossy(&response);
        for (name, outcome) in outcomes(&server) {
            match outcome {
                Ok(()) => {
                    prop_assert!(text.contains("HTTP/1.") && text.contains(" 2"), "{name}");
                    prop_assert!(changes_something(name) || text.contains(NO_DATA), "{name}");
                }
                outcome => drop(expect_error(outcome)),
            }
        }
        Ok(())
    });
}

/// Texts, most of them of pieces that mean something in a URL or a header.
fn text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "BackupDatabase",
        "a",
        "/",
        "..",
        ".",
        "%2e",
        "%2F",
        "%",
        "?",
        "#",
        "@",
        ":",
        "\\",
        " ",
        "\r\n",
        "\n",
        "\0",
        "\u{e9}",
        "\u{2028}",
        "&",
        ";",
        "HTTP/1.1",
        "X: y",
    ]);
    prop_oneof![
        3 => vec(piece, 0..5).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

/// Mostly the usual text, so that in most cases only one of several inputs is unusual.
fn mostly(usual: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![2 => Just(usual.to_owned()), 1 => text()]
}

fn percent_encoded(name: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(encode).collect()
}

#[test]
fn any_input_is_refused_or_sent_as_one_documented_request() {
    let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
    let seen = Arc::clone(&requests);
    let server = HttpServer::start(move |request| {
        seen.lock().expect("the requests").push(request.clone());
        Response::of_pms(200).json(NO_DATA)
    });
    let input = (mostly("plex"), mostly(TOKEN), mostly("NAS"), text());
    check(&input, |(path, token, value, name)| {
        // The path can be anything, but the host is always the server.
        let builder = Client::builder(format!("{}/{path}", server.url())).token(&token);
        let Ok(client) = builder.header("X-Plex-Device-Name", &value).build() else {
            return Ok(());
        };
        let path = path.trim_end();
        let prefix = format!("/{path}");
        let butler = format!("{}/butler", prefix.trim_end_matches('/'));
        let activities = format!("{}/activities", prefix.trim_end_matches('/'));
        let task = format!("{butler}/{}", percent_encoded(&name));
        for (outcome, request) in [
            (client.get_butler_tasks().map(drop), ("GET", &butler)),
            (client.get_butler_status().map(drop), ("GET", &activities)),
            (client.start_all_tasks(), ("POST", &butler)),
            (client.stop_all_tasks(), ("DELETE", &butler)),
            (client.start_task(&*name).map(drop), ("POST", &task)),
            (client.stop_task(&*name).map(drop), ("DELETE", &task)),
        ] {
            match outcome {
                Ok(()) => {
                    let seen = requests.lock().expect("the requests").remove(0);
                    prop_assert_eq!((&*seen.method, &seen.target), request);
                    prop_assert_eq!(seen.header("X-Plex-Token"), Some(token.trim()));
                    prop_assert_eq!(seen.header("X-Plex-Device-Name"), Some(value.trim()));
                    prop_assert!(seen.body.is_empty());
                }
                Err(Error::InvalidInput {
                    input: Input::TaskName,
                    ..
                }) => {}
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
        prop_assert!(
            requests.lock().expect("the requests").is_empty(),
            "more than was asked for"
        );
        Ok(())
    });
}

#[test]
fn any_base_url_is_refused_or_has_only_scheme_host_and_path() {
    let url = prop_oneof![
        text(),
        ("https?://", text()).prop_map(|(scheme, rest)| scheme + &rest),
        ("https?://[a-z0-9.:@\\[\\]-]{0,20}", text()).prop_map(|(start, rest)| start + &rest),
    ];
    check(&url, |url| {
        match Client::builder(&url).build() {
            Ok(_) => {
                let (scheme, rest) = url.trim().split_once("://").expect("a scheme");
                let host = rest.split('/').next().expect("a host");
                prop_assert!(matches!(scheme, "http" | "https") && !host.is_empty());
                prop_assert!(!host.contains('\\') && !rest.contains(['@', '?', '#', ' ']));
            }
            refused => {
                let refusal = expect_error(refused);
                prop_assert!(
                    matches!(
                        refusal,
                        Error::InvalidInput {
                            input: Input::BaseUrl,
                            ..
                        }
                    ),
                    "{refusal:?}"
                );
            }
        }
        Ok(())
    });
}
