//! The five operations: the requests that they send, and the outcome of each documented response.

use std::thread;

use mockito::Server;
use plex_butler::{Client, Error, StartOutcome, StopOutcome, TaskName};
use plex_butler_test_support::http::{HttpServer, Request, Response};
use plex_butler_test_support::pms::{HTML_401, Pms, TASKS, Task};
use plex_butler_test_support::proxy::ConnectProxy;

use crate::util::{OPERATIONS, Operation, TOKEN, client_for, expect_error};

/// The list as the API's documents show it.
const LIST: &str = r#"{"ButlerTasks":{"ButlerTask":[
  {"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true,
   "title":"Backup Database",
   "description":"Create a backup copy of the server's database in the configured backup directory"}
]}}"#;

/// Runs an operation against a server that answers every request with a success, and returns the one request.
fn request_of(operation: Operation, configure: fn(&str) -> Client) -> Request {
    let server = HttpServer::start(|_| Response::of_pms(200).json(LIST));
    operation(&configure(&server.url())).unwrap();
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

#[test]
fn each_operation_is_one_request_with_its_method_and_path() {
    let expected: [_; OPERATIONS.len()] = [
        ("GET", "/butler"),
        ("POST", "/butler"),
        ("DELETE", "/butler"),
        ("POST", "/butler/BackupDatabase"),
        ("DELETE", "/butler/BackupDatabase"),
    ];
    for ((name, operation), (method, target)) in OPERATIONS.into_iter().zip(expected) {
        let request = request_of(operation, client_for);
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            (method, target),
            "{name}"
        );
        assert!(request.body.is_empty(), "{name} sends a body");
        let length = matches!(method, "POST" | "PUT" | "PATCH").then_some("0");
        assert_eq!(request.header("Content-Length"), length, "{name}");
    }
}

#[test]
fn each_request_has_the_documented_headers_and_no_other() {
    for (name, operation) in OPERATIONS {
        let request = request_of(operation, client_for);
        let host = request.header("Host").unwrap().to_owned();
        assert!(host.starts_with("127.0.0.1:"), "{name}: {host}");
        let mut headers = request.headers;
        headers.retain(|(header, _)| !header.eq_ignore_ascii_case("Content-Length"));
        headers.sort();
        let version = env!("CARGO_PKG_VERSION");
        let expected = [
            ("accept", "application/json, text/html;q=0.9, */*;q=0.8"),
            ("host", &host),
            ("user-agent", &format!("plex-butler/{version}")),
            ("x-plex-client-identifier", "plex-butler"),
            ("x-plex-product", "plex-butler"),
            ("x-plex-token", TOKEN),
            ("x-plex-version", version),
        ];
        assert_eq!(
            headers,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned())),
            "{name}"
        );
    }
}

#[test]
fn the_caller_can_name_the_program_and_add_headers() {
    let request = request_of(Client::start_all_tasks, |url| {
        Client::builder(url)
            .client_identifier("nightly-backup")
            .header("X-Plex-Product", "Nightly Backup")
            .header("X-Plex-Device-Name", "first")
            .header("X-Plex-Device-Name", "Küche")
            .no_proxy()
            .build()
            .unwrap()
    });
    assert_eq!(
        request.header("X-Plex-Client-Identifier"),
        Some("nightly-backup")
    );
    assert_eq!(request.header("X-Plex-Product"), Some("Nightly Backup"));
    assert_eq!(request.header("X-Plex-Device-Name"), Some("Küche"));
    assert_eq!(request.header("X-Plex-Token"), None);
}

#[test]
fn every_path_starts_with_the_path_prefix() {
    for (name, operation) in OPERATIONS {
        for suffix in ["/plex", "/plex/", "/plex//"] {
            let server = HttpServer::start(|_| Response::of_pms(200).json(LIST));
            operation(&client_for(&(server.url() + suffix))).unwrap();
            let target = &server.requests()[0].target;
            assert!(target.starts_with("/plex/butler"), "{name}: {target}");
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
    assert_eq!(tasks[0].name, TaskName::BACKUP_DATABASE);
    assert_eq!(tasks[0].title, "Backup Database");
    assert!(
        tasks[0]
            .description
            .starts_with("Create a backup copy of the server's database")
    );
    assert_eq!(
        (
            tasks[0].interval,
            tasks[0].enabled,
            tasks[0].schedule_randomized
        ),
        (3, true, false)
    );

    let written = serde_json::json!({ "ButlerTasks": { "ButlerTask": tasks } });
    assert_eq!(
        written,
        serde_json::from_str::<serde_json::Value>(LIST).unwrap()
    );
}

#[test]
fn the_list_keeps_its_order_and_unknown_names() {
    let server = Pms::new().with_task("TaskOfTheFuture").start();
    let names: Vec<TaskName> = client_for(&server.url())
        .get_butler_tasks()
        .unwrap()
        .into_iter()
        .map(|task| task.name)
        .collect();
    let expected = TASKS
        .iter()
        .map(|task| task.name.as_str())
        .chain(["TaskOfTheFuture"]);
    assert!(names.iter().map(TaskName::as_str).eq(expected));
}

#[test]
fn a_task_starts_runs_and_stops() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    assert_eq!(
        client.start_task(TaskName::BACKUP_DATABASE).unwrap(),
        StartOutcome::Accepted
    );
    assert_eq!(
        client.start_task("BackupDatabase").unwrap(),
        StartOutcome::AlreadyRunning
    );
    assert_eq!(server.running(), ["BackupDatabase"]);
    assert_eq!(
        client.stop_task(String::from("BackupDatabase")).unwrap(),
        StopOutcome::Stopped
    );
    assert_eq!(
        client.stop_task(&TaskName::BACKUP_DATABASE).unwrap(),
        StopOutcome::NotRunning
    );
    assert!(server.running().is_empty());
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

#[test]
fn all_enabled_tasks_start_and_all_stop() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    client.start_all_tasks().unwrap();
    assert_eq!(
        server.running().len(),
        TASKS.iter().filter(|task| task.enabled).count()
    );
    client.stop_all_tasks().unwrap();
    assert!(server.running().is_empty());
}

#[test]
fn an_undocumented_task_is_started_and_stopped_by_its_exact_name() {
    for name in [
        "TaskOfTheFuture",
        "a/b",
        "50% off?",
        "#1",
        "Ünïcödé 音楽",
        "%2F",
        "...",
    ] {
        let server = Pms::new().with_task(name).start();
        let client = client_for(&server.url());
        assert_eq!(
            client.start_task(name).unwrap(),
            StartOutcome::Accepted,
            "{name}"
        );
        assert_eq!(server.running(), [name]);
        assert_eq!(
            client.stop_task(name).unwrap(),
            StopOutcome::Stopped,
            "{name}"
        );
        assert_eq!(
            client.stop_task(name).unwrap(),
            StopOutcome::NotRunning,
            "{name}"
        );
    }
}

#[test]
fn an_unknown_task_is_reported_with_the_names_of_the_server() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    let starts = expect_error(client.start_task("NoSuchTask"));
    let stops = expect_error(client.stop_task("NoSuchTask"));
    for error in [starts, stops] {
        assert_eq!(error.status(), Some(404));
        let message = error.to_string();
        assert!(
            message.starts_with("the server has no task \"NoSuchTask\"; it has AutomaticUpdates, "),
            "{message}"
        );
        let Error::UnknownTask {
            name, available, ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(name, "NoSuchTask");
        assert_eq!(available.len(), TASKS.len());
    }
}

#[test]
fn an_unknown_task_is_shown_with_invisible_characters_escaped() {
    let server = Pms::new().start();
    for (name, shown) in [
        ("BackupDatabase ", r#""BackupDatabase ""#),
        (" BackupDatabase", r#"" BackupDatabase""#),
        ("Backup  Database", r#""Backup  Database""#),
        ("BackupDatabase\u{a0}", r#""BackupDatabase\u{a0}""#),
        ("Backup\u{200b}Database", r#""Backup\u{200b}Database""#),
    ] {
        let message = expect_error(client_for(&server.url()).start_task(name)).to_string();
        assert!(
            message.starts_with(&format!("the server has no task {shown}; ")),
            "{message}"
        );
    }
}

#[test]
fn a_404_at_a_wrong_address_is_a_status_error() {
    let server =
        HttpServer::start(|_| Response::new(404).html("<html><title>404 Not Found</title></html>"));
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client_for(&server.url())));
        let Error::Status {
            status: 404,
            message,
            url,
            ..
        } = &error
        else {
            panic!("{name}: {error:?}")
        };
        assert_eq!(message.as_deref(), Some("404 Not Found"));
        assert!(
            url.starts_with(&format!("{}/butler", server.url())),
            "{name}: {url}"
        );
        assert!(
            error
                .to_string()
                .ends_with("; check the host, port and path prefix of the base URL"),
            "{error}"
        );
    }
}

#[test]
fn after_a_404_an_error_of_the_list_is_returned() {
    let server = HttpServer::start(|request| match request.method.as_str() {
        "GET" => Response::new(401).html(HTML_401),
        _ => Response::new(404),
    });
    let client = client_for(&server.url());
    assert!(matches!(
        expect_error(client.start_task("BackupDatabase")),
        Error::Unauthorized { .. }
    ));
    assert!(matches!(
        expect_error(client.stop_task("BackupDatabase")),
        Error::Unauthorized { .. }
    ));
    assert_eq!(
        server.requests().len(),
        4,
        "the list is asked for once a call"
    );
}

#[test]
fn a_404_for_starting_a_listed_task_is_a_status_error() {
    let server = HttpServer::start(|request| match request.method.as_str() {
        "GET" => Response::new(200).json(LIST),
        _ => Response::new(404),
    });
    let error = expect_error(client_for(&server.url()).start_task("BackupDatabase"));
    assert!(
        matches!(error, Error::Status { status: 404, .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().ends_with(
            "; the server lists this task; check that a proxy in front of it passes on all paths below `/butler`"
        ),
        "{error}"
    );
}

/// A front end that passes only `/butler` on to PMS, and answers everything else itself.
fn front_end(list: Response) -> HttpServer {
    HttpServer::start(move |request| match request.target.as_str() {
        "/butler" => list.clone(),
        _ => Response::new(404).html("<html><title>404 Not Found</title></html>"),
    })
}

#[test]
fn a_404_of_a_reverse_proxy_does_not_mean_not_running() {
    let server = front_end(Response::of_pms(200).json(LIST));
    let client = client_for(&server.url());
    for error in [
        expect_error(client.stop_task("BackupDatabase")),
        expect_error(client.start_task("BackupDatabase")),
    ] {
        assert!(
            error
                .to_string()
                .contains("; the server lists this task; check that a proxy"),
            "{error}"
        );
        let Error::Status {
            status: 404, task, ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(task, Some(TaskName::BACKUP_DATABASE));
    }
    // If the list lacks the header of PMS, the 404 need not have it.
    let server = front_end(Response::new(200).json(LIST));
    let outcome = client_for(&server.url())
        .stop_task("BackupDatabase")
        .unwrap();
    assert_eq!(outcome, StopOutcome::NotRunning);
}

#[test]
fn a_401_says_whether_a_token_was_sent() {
    let server = Pms::with_token(TOKEN).start();
    let message = |client: Client| expect_error(client.get_butler_tasks()).to_string();
    let refused = message(
        Client::builder(server.url())
            .token("another")
            .no_proxy()
            .build()
            .unwrap(),
    );
    assert!(
        refused.ends_with("; the token was refused; set the current token of the server's owner"),
        "{refused}"
    );
    let missing = message(Client::builder(server.url()).no_proxy().build().unwrap());
    assert!(
        missing.ends_with("; no token was sent; set the token of the server's owner"),
        "{missing}"
    );
}

#[test]
fn a_401_without_a_token_at_a_host_name_explains_containers() {
    let server = Pms::with_token(TOKEN).start();
    let proxy = ConnectProxy::start(server.address(), None);
    let client = Client::builder("http://plex:32400")
        .proxy(format!("http://{}", proxy.address()))
        .build()
        .unwrap();
    let message = expect_error(client.get_butler_tasks()).to_string();
    assert!(
        message.contains("no token was sent") && message.contains("accept them at its IP address"),
        "{message}"
    );
}

#[test]
fn a_documented_401_quotes_the_error_list() {
    let body =
        r#"{"errors":[{"code":1001,"message":"User could not be authenticated","status":401}]}"#;
    let server = HttpServer::start(move |_| Response::new(401).json(body));
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client_for(&server.url())));
        assert_eq!(error.status(), Some(401));
        let message = error.to_string();
        let expected = "401 Unauthorized: User could not be authenticated (code 1001); ";
        assert!(message.contains(expected), "{message}");
        let Error::Unauthorized {
            message,
            token_sent: true,
            ..
        } = error
        else {
            panic!("{name}: {error:?}")
        };
        assert_eq!(
            message.as_deref(),
            Some("User could not be authenticated (code 1001)")
        );
    }
}

#[test]
fn an_html_401_quotes_the_title() {
    let server = Pms::with_token("another token").start();
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client_for(&server.url())));
        let Error::Unauthorized { message, .. } = &error else {
            panic!("{name}: {error:?}")
        };
        assert_eq!(message.as_deref(), Some("Unauthorized"));
        let expected =
            "401 Unauthorized; the token was refused; set the current token of the server's owner";
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}

#[test]
fn a_documented_400_quotes_the_message() {
    let server = HttpServer::start(|_| {
        let body = r#"{"errors":[{"code":1000,"message":"X-Plex-Client-Identifier is missing","status":400}]}"#;
        Response::new(400).json(body)
    });
    for (name, operation) in OPERATIONS {
        let error = expect_error(operation(&client_for(&server.url())));
        let Error::Status {
            status: 400,
            message,
            ..
        } = error
        else {
            panic!("{name}: {error:?}")
        };
        assert_eq!(
            message.as_deref(),
            Some("X-Plex-Client-Identifier is missing (code 1000)")
        );
    }
}

#[test]
fn consecutive_calls_use_one_connection_whatever_the_status() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    for _ in 0..3 {
        client.get_butler_tasks().unwrap();
        client.start_task("BackupDatabase").unwrap();
        client.start_task("BackupDatabase").unwrap();
        client.start_all_tasks().unwrap();
        client.stop_all_tasks().unwrap();
        client.stop_task("BackupDatabase").unwrap();
        expect_error(client.start_task("NoSuchTask"));
    }
    assert_eq!(server.requests().len(), 3 * 9);
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_connection_is_reused_after_an_error_body() {
    let server = HttpServer::start(|request| match request.method.as_str() {
        "GET" => Response::new(401).html(HTML_401),
        "POST" => Response::new(500).json("x".repeat(50_000)),
        _ => Response::new(302)
            .header("Location", "/elsewhere")
            .html("moved"),
    });
    let client = client_for(&server.url());
    for (_, operation) in OPERATIONS {
        expect_error(operation(&client));
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn threads_and_clones_share_the_connections_of_a_client() {
    let server = Pms::with_token(TOKEN).start();
    let client = client_for(&server.url());
    thread::scope(|scope| {
        for Task { name, .. } in &TASKS[..8] {
            let client = client.clone();
            scope.spawn(move || {
                assert_eq!(client.start_task(name).unwrap(), StartOutcome::Accepted);
                assert_eq!(
                    client.start_task(name).unwrap(),
                    StartOutcome::AlreadyRunning
                );
                assert_eq!(client.stop_task(name).unwrap(), StopOutcome::Stopped);
                assert_eq!(client.get_butler_tasks().unwrap().len(), TASKS.len());
            });
        }
    });
    assert!(
        server.connections() <= 8,
        "{} connections",
        server.connections()
    );
    let before = server.connections();
    client.clone().get_butler_tasks().unwrap();
    assert_eq!(server.connections(), before);
}

#[test]
fn a_client_and_its_errors_are_send_sync_and_small() {
    fn crosses_threads<T: Send + Sync + 'static>() {}
    crosses_threads::<Client>();
    crosses_threads::<Error>();
    assert!(
        size_of::<Result<Vec<TaskName>, Error>>() <= 128,
        "{}",
        size_of::<Error>()
    );
}

#[test]
fn debug_output_shows_no_token_and_no_header_value() {
    let builder = Client::builder("http://127.0.0.1:32400")
        .token(TOKEN)
        .header("Authorization", "Basic c2VjcmV0")
        .proxy("http://user:password@127.0.0.1:3128");
    let client = builder.clone().build().unwrap();
    for debug in [format!("{builder:?}"), format!("{client:?}")] {
        for secret in [TOKEN, "c2VjcmV0", "password"] {
            assert!(!debug.contains(secret), "{debug}");
        }
    }
    for debug in [format!("{builder:?}"), format!("{client:?}")] {
        assert!(
            debug.contains("http://127.0.0.1:32400") && debug.contains("timeout: 30s"),
            "{debug}"
        );
    }
}
