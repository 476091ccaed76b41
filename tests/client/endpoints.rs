//! The operations against mockito: the requests that they send, and the outcome of each documented response.

use mockito::{Matcher, Mock, Server, ServerGuard};
use plex_butler::{Client, Error, StartOutcome, StopOutcome, TaskName};

use crate::util::{
    NO_DATA, OPERATIONS, Operation, TASK_OPERATIONS, TOKEN, client_for, expect_error,
};

/// The request of each of `OPERATIONS`.
const REQUESTS: [(&str, &str); OPERATIONS.len()] = [
    ("GET", "/butler"),
    ("GET", "/activities"),
    ("POST", "/butler"),
    ("DELETE", "/butler"),
    ("POST", "/butler/BackupDatabase"),
    ("DELETE", "/butler/BackupDatabase"),
];

/// The list as the API's documents show it.
const LIST: &str = r#"{"ButlerTasks":{"ButlerTask":[
  {"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true,
   "title":"Backup Database",
   "description":"Create a backup copy of the server's database in the configured backup directory"}
]}}"#;

/// The body of a 401 that a running server sends, whatever the request accepts.
const HTML_401: &str =
    "<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>";

/// Those of `OPERATIONS` that act on one task, each with its request.
fn on_one_task() -> impl Iterator<Item = ((&'static str, Operation), (&'static str, &'static str))>
{
    OPERATIONS
        .into_iter()
        .zip(REQUESTS)
        .filter(|(_, (_, path))| path.contains("BackupDatabase"))
}

/// A request that is answered with success, whatever its operation is.
fn succeeding(server: &mut ServerGuard, method: &str, path: &str) -> Mock {
    server
        .mock(method, path)
        .with_header("X-Plex-Protocol", "1.0")
        .with_body(NO_DATA)
}

/// The error of each operation, from a server that gives every request this response.
fn errors_of_all(response: fn(Mock) -> Mock) -> Vec<Error> {
    let mut server = Server::new();
    let mocks = REQUESTS.map(|(method, path)| {
        response(server.mock(method, path))
            .expect_at_least(1)
            .create()
    });
    let client = client_for(&server.url());
    let errors = OPERATIONS.map(|(_, operation)| expect_error(operation(&client)));
    mocks.iter().for_each(Mock::assert);
    errors.into()
}

#[test]
fn each_operation_is_one_request_with_its_method_and_path() {
    for ((name, operation), (method, path)) in OPERATIONS.into_iter().zip(REQUESTS) {
        let mut server = Server::new();
        let mock = succeeding(&mut server, method, path).expect(1).create();
        operation(&client_for(&server.url())).expect(name);
        mock.assert();
    }
}

#[test]
fn each_request_has_the_documented_headers_and_no_other() {
    for ((name, operation), (method, path)) in OPERATIONS.into_iter().zip(REQUESTS) {
        let version = env!("CARGO_PKG_VERSION");
        let (length, headers) = match method {
            "GET" | "DELETE" => (Matcher::Missing, 7),
            _ => (Matcher::Exact("0".into()), 8),
        };
        let mut server = Server::new();
        let mock = succeeding(&mut server, method, path)
            .match_header("Host", Matcher::Regex(r"^127\.0\.0\.1:\d+$".into()))
            .match_header("Accept", "application/json, text/html;q=0.9, */*;q=0.8")
            .match_header("User-Agent", &*format!("plex-butler/{version}"))
            .match_header("X-Plex-Token", TOKEN)
            .match_header("X-Plex-Client-Identifier", "plex-butler")
            .match_header("X-Plex-Product", "plex-butler")
            .match_header("X-Plex-Version", version)
            .match_header("Content-Length", length)
            .match_request(move |request| request.headers().len() == headers)
            .match_body("")
            .expect(1)
            .create();
        operation(&client_for(&server.url())).expect(name);
        mock.assert();
    }
}

#[test]
fn the_caller_can_name_the_program_and_add_headers() {
    let mut server = Server::new();
    let mock = server
        .mock("POST", "/butler")
        .match_header("X-Plex-Client-Identifier", "nightly-backup")
        .match_header("X-Plex-Product", "Nightly Backup")
        .match_header("X-Plex-Device-Name", "last")
        .match_header("X-Plex-Token", Matcher::Missing)
        .expect(1)
        .create();
    let client = Client::builder(server.url())
        .client_identifier("nightly-backup")
        .header("X-Plex-Product", "Nightly Backup")
        .header("X-Plex-Device-Name", "first")
        .header("X-Plex-Device-Name", "last")
        .build();
    client.unwrap().start_all_tasks().unwrap();
    mock.assert();
}

#[test]
fn every_path_starts_with_the_path_prefix() {
    for ((name, operation), (method, path)) in OPERATIONS.into_iter().zip(REQUESTS) {
        for prefix in ["/plex", "/plex/", "/plex//"] {
            let mut server = Server::new();
            let path = format!("/plex{path}");
            let mock = succeeding(&mut server, method, &path).expect(1).create();
            operation(&client_for(&(server.url() + prefix))).expect(name);
            mock.assert();
        }
    }
}

#[test]
fn the_documented_list_round_trips() {
    let mut server = Server::new();
    let mock = server.mock("GET", "/butler").with_body(LIST).create();
    let tasks = client_for(&server.url()).get_butler_tasks().unwrap();
    mock.assert();

    assert_eq!(tasks.len(), 1);
    let task = &tasks[0];
    assert_eq!(task.name, TaskName::BACKUP_DATABASE);
    assert_eq!(task.interval, 3);
    assert!(task.enabled && !task.schedule_randomized);
    assert_eq!(task.title, "Backup Database");
    assert!(task.description.starts_with("Create a backup copy of the "));

    let written = serde_json::json!({ "ButlerTasks": { "ButlerTask": tasks } });
    let list: serde_json::Value = serde_json::from_str(LIST).unwrap();
    assert_eq!(written, list);
}

#[test]
fn all_tasks_start_and_stop_with_an_empty_200() {
    let mut server = Server::new();
    let start = server.mock("POST", "/butler").with_status(200).create();
    let stop = server.mock("DELETE", "/butler").with_status(200).create();
    let client = client_for(&server.url());
    client.start_all_tasks().unwrap();
    client.stop_all_tasks().unwrap();
    start.assert();
    stop.assert();
}

#[test]
fn a_started_task_is_accepted_or_already_running() {
    for (status, outcome) in [
        (200, StartOutcome::Accepted),
        (202, StartOutcome::AlreadyRunning),
    ] {
        let mut server = Server::new();
        let mock = server
            .mock("POST", "/butler/BackupDatabase")
            .with_status(status)
            .create();
        let client = client_for(&server.url());
        let started = client.start_task(TaskName::BACKUP_DATABASE).unwrap();
        assert_eq!(started, outcome);
        mock.assert();
    }
}

#[test]
fn a_stopped_task_was_running() {
    let mut server = Server::new();
    let mock = server.mock("DELETE", "/butler/BackupDatabase").create();
    let client = client_for(&server.url());
    let stopped = client.stop_task(TaskName::BACKUP_DATABASE).unwrap();
    assert_eq!(stopped, StopOutcome::Stopped);
    mock.assert();
}

#[test]
fn a_404_for_stopping_a_listed_task_means_not_running() {
    let mut server = Server::new();
    let stop = server
        .mock("DELETE", "/butler/BackupDatabase")
        .with_status(404)
        .create();
    let list = server.mock("GET", "/butler").with_body(LIST).create();
    let client = client_for(&server.url());
    let stopped = client.stop_task(TaskName::BACKUP_DATABASE).unwrap();
    assert_eq!(stopped, StopOutcome::NotRunning);
    stop.assert();
    list.assert();
}

#[test]
fn a_404_for_starting_a_listed_task_is_a_status_error() {
    let mut server = Server::new();
    let start = server
        .mock("POST", "/butler/BackupDatabase")
        .with_status(404)
        .create();
    let list = server.mock("GET", "/butler").with_body(LIST).create();
    let error = expect_error(client_for(&server.url()).start_task("BackupDatabase"));
    assert!(
        matches!(error, Error::Status { status: 404, .. }),
        "{error:?}"
    );
    start.assert();
    list.assert();
}

#[test]
fn each_operation_on_one_task_reports_a_task_that_is_not_listed() {
    let (names, requests): (Vec<_>, Vec<_>) = on_one_task()
        .map(|((name, _), request)| (name, request))
        .unzip();
    assert_eq!(
        names,
        TASK_OPERATIONS.map(|(name, _)| name),
        "an operation on one task must be in TASK_OPERATIONS too, in the same order"
    );
    for ((name, operation), (method, path)) in TASK_OPERATIONS.into_iter().zip(requests) {
        let mut server = Server::new();
        let path = path.replace("BackupDatabase", "NoSuchTask");
        let request = server.mock(method, &*path).with_status(404).create();
        let list = server.mock("GET", "/butler").with_body(LIST).create();
        let error = expect_error(operation(&client_for(&server.url()), "NoSuchTask"));
        assert_eq!(error.status(), Some(404));
        let message = error.to_string();
        assert!(
            message == "the server has no task \"NoSuchTask\"; it lists 1 other",
            "{message}"
        );
        match error {
            Error::UnknownTask {
                name, available, ..
            } => {
                assert_eq!(name, "NoSuchTask");
                assert_eq!(available, [TaskName::BACKUP_DATABASE]);
            }
            other => panic!("{name}: {other:?}"),
        }
        request.assert();
        list.assert();
    }
}

#[test]
fn after_a_404_an_error_of_the_list_is_returned() {
    for ((name, operation), (method, path)) in on_one_task() {
        let mut server = Server::new();
        let request = server.mock(method, path).with_status(404).create();
        let list = server
            .mock("GET", "/butler")
            .with_status(401)
            .with_body(HTML_401)
            .expect(1)
            .create();
        let error = expect_error(operation(&client_for(&server.url())));
        assert!(
            matches!(error, Error::Unauthorized { .. }),
            "{name}: {error:?}"
        );
        request.assert();
        list.assert();
    }
}

#[test]
fn a_404_of_a_reverse_proxy_does_not_mean_not_running() {
    // Only `/butler` is passed on to PMS. The proxy answers the rest, without the header of PMS.
    for ((name, operation), (method, path)) in on_one_task() {
        let mut server = Server::new();
        let list = succeeding(&mut server, "GET", "/butler").with_body(LIST);
        let list = list.expect(1).create();
        let proxy = server
            .mock(method, path)
            .with_status(404)
            .with_body("<html><title>404 Not Found</title></html>")
            .create();
        let error = expect_error(operation(&client_for(&server.url())));
        assert!(
            matches!(
                error,
                Error::Status {
                    status: 404,
                    from_pms: false,
                    ..
                }
            ),
            "{name}: {error:?}"
        );
        list.assert();
        proxy.assert();
    }
}

#[test]
fn a_404_at_a_wrong_address_is_a_status_error() {
    for error in errors_of_all(|mock| {
        mock.with_status(404)
            .with_body("<html><title>404 Not Found</title></html>")
    }) {
        let Error::Status {
            request,
            status: 404,
            message,
            ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert!(
            request.contains("/butler") || request.contains("/activities"),
            "{request}"
        );
        assert_eq!(message.as_deref(), Some("Not Found"));
    }
}

#[test]
fn a_documented_401_quotes_the_error_list() {
    for error in errors_of_all(|mock| {
        mock.with_status(401).with_body(
            r#"{"errors":[{"code":1001,"message":"User could not be authenticated","status":401}]}"#,
        )
    }) {
        assert_eq!(error.status(), Some(401));
        let words = "User could not be authenticated (code 1001)";
        assert!(error.to_string().contains(words), "{error}");
        let Error::Unauthorized {
            message,
            token_sent: true,
            ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(message.as_deref(), Some(words));
    }
}

#[test]
fn an_html_401_quotes_the_title() {
    for error in errors_of_all(|mock| {
        mock.with_status(401)
            .with_header("X-Plex-Protocol", "1.0")
            .with_body(HTML_401)
    }) {
        let Error::Unauthorized {
            message,
            from_pms: true,
            ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(message.as_deref(), Some("Unauthorized"));
    }
}

#[test]
fn a_401_says_whether_a_token_was_sent() {
    let mut server = Server::new();
    let mock = server
        .mock("GET", "/butler")
        .with_status(401)
        .with_header("X-Plex-Protocol", "1.0")
        .with_body(HTML_401)
        .expect(2)
        .create();
    let builder = Client::builder(server.url());
    for (builder, words) in [
        (
            builder.clone().token("another"),
            "401: Unauthorized; the token was refused",
        ),
        (builder, "401: Unauthorized; no token was sent"),
    ] {
        let error = expect_error(builder.build().unwrap().get_butler_tasks());
        let message = error.to_string();
        assert!(message.ends_with(words), "{message}");
    }
    mock.assert();
}

#[test]
fn a_documented_400_quotes_the_message() {
    for error in errors_of_all(|mock| {
        mock.with_status(400).with_body(
            r#"{"errors":[{"code":1000,"message":"X-Plex-Client-Identifier is missing","status":400}]}"#,
        )
    }) {
        let Error::Status {
            status: 400,
            message,
            ..
        } = error
        else {
            panic!("{error:?}")
        };
        let words = "X-Plex-Client-Identifier is missing (code 1000)";
        assert_eq!(message.as_deref(), Some(words));
    }
}

#[test]
fn a_503_of_a_server_that_starts_is_transient() {
    for error in errors_of_all(|mock| {
        mock.with_status(503)
            .with_header("X-Plex-Protocol", "1.0")
            .with_header("Retry-After", "5")
            .with_body(r#"{"code":503,"title":"Maintenance","status":"Starting"}"#)
    }) {
        assert!(error.is_transient(), "{error:?}");
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(5)));
        assert!(
            matches!(&error, Error::Status { status: 503, message: Some(words), .. } if words == "Maintenance: Starting"),
            "{error:?}"
        );
    }
}

#[test]
fn outcomes_are_displayed_in_words() {
    let outcomes = [
        StartOutcome::Accepted.to_string(),
        StartOutcome::AlreadyRunning.to_string(),
    ];
    assert_eq!(outcomes, ["accepted", "already running"]);
    let outcomes = [
        StopOutcome::Stopped.to_string(),
        StopOutcome::NotRunning.to_string(),
    ];
    assert_eq!(outcomes, ["stopped", "not running"]);
    assert_eq!(
        format!(
            "{:<16}|{:>8}",
            StartOutcome::AlreadyRunning,
            StopOutcome::Stopped
        ),
        "already running | stopped"
    );
}
