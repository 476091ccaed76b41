//! Load, in a separate process: many threads share one client. Each call gets the response to its own request, over few
//! connections and in bounded memory.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::sync::Mutex;
use std::thread;

use plex_butler::{Client, Error, StartOutcome, StopOutcome};
use plex_butler_test_support::http::{HttpServer, Request, Response};

const THREADS: usize = 64;

/// The rounds of each thread, 50,000 calls in all, and those of them after which everything is warm.
const ROUNDS: usize = 98;
const WARM: usize = 10;

/// A server that counts the requests with each method and path. The response depends on the count, and an error shows it.
fn counting() -> HttpServer {
    let counts: Mutex<HashMap<String, usize>> = Mutex::default();
    HttpServer::start(move |request: &Request| {
        let asked = format!("{} {}", request.method, request.target);
        let count = {
            let mut counts = counts.lock().expect("the counts");
            let count = counts.entry(asked.clone()).or_default();
            *count += 1;
            *count
        };
        match (&*request.method, request.target.strip_prefix("/butler/")) {
            ("GET", _) => Response::new(200).json(
                r#"{"ButlerTasks":{"ButlerTask":[{"name":"Listed","interval":1,"scheduleRandomized":false,"enabled":true}]}}"#,
            ),
            // By turns a task starts, is running, and fails.
            ("POST", Some(_)) if count % 3 == 1 => Response::new(200),
            ("POST", Some(_)) if count % 3 == 2 => Response::new(202),
            // By turns it stops, and fails.
            ("DELETE", Some("Listed")) => Response::new(404),
            ("DELETE", Some(_)) if count % 2 == 1 => Response::new(200),
            ("POST", None) => Response::new(204),
            _ => Response::new(500).html(format!("{asked} {count}")),
        }
    })
}

/// The server's message in an error.
#[track_caller]
fn said<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Status {
            status: 500,
            message: Some(message),
            ..
        }) => message,
        other => panic!("{other:?}"),
    }
}

/// Eight calls, with responses that no other thread and no other round gets.
fn round(client: &Client, name: &str, round: usize) {
    let started = client.start_task(name).expect("the first start of a round");
    assert_eq!(started, StartOutcome::Accepted);
    let tasks = client.get_butler_tasks().expect("a list");
    assert_eq!(tasks[0].name, "Listed");
    let started = client
        .start_task(name)
        .expect("the second start of a round");
    assert_eq!(started, StartOutcome::AlreadyRunning);
    client.start_all_tasks().expect("a success");
    let third = said(client.start_task(name));
    assert_eq!(third, format!("POST /butler/{name} {}", 3 * round + 3));
    let stopped = client.stop_task(name).expect("the first stop of a round");
    assert_eq!(stopped, StopOutcome::Stopped);
    let second = said(client.stop_task(name));
    assert_eq!(second, format!("DELETE /butler/{name} {}", 2 * round + 2));
    let all = said(client.stop_all_tasks());
    assert!(all.starts_with("DELETE /butler "), "{all}");
}

/// The memory that the process uses, if the system reports it.
fn resident_kib() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[test]
fn threads_that_share_a_client_get_their_own_responses() {
    let server = counting();
    let builder = Client::builder(server.url()).token("token");
    let client = builder.build().expect("a client");
    let run = |rounds: Range<usize>| {
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (client, rounds) = (&client, rounds.clone());
                scope.spawn(move || {
                    rounds.for_each(|number| round(client, &format!("Task-{thread}"), number))
                });
            }
        });
        resident_kib()
    };
    let (warm, done) = (run(0..WARM), run(WARM..ROUNDS));
    assert!(
        server.connections() <= THREADS,
        "{} connections",
        server.connections()
    );
    if let (Some(warm), Some(done)) = (warm, done) {
        assert!(done < warm + 8 * 1024, "from {warm} to {done} KiB");
    }
}
