//! `--retry`: waiting for a server that starts. Each server changes after a number of connections or requests.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use plex_butler_test_support::http::{HttpServer, Request, Response, serve};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::proxy::ConnectProxy;
use plex_butler_test_support::raw::{RawServer, unused_address};
use plex_butler_test_support::tls::{Ca, Identity};

use crate::util::{Dir, Run};

/// A server that sends this response to a number of requests, and then answers as PMS.
fn starting_up(failures: usize, response: Response) -> HttpServer {
    let pms = Pms::new();
    let requests = AtomicUsize::new(0);
    HttpServer::start(move |request| {
        if requests.fetch_add(1, Ordering::SeqCst) < failures {
            response.clone()
        } else {
            pms.answer(request)
        }
    })
}

/// The methods and paths of the requests, without those of the waiting.
fn after_waiting(server: &HttpServer) -> Vec<String> {
    let requests = server.requests();
    let requests = requests.iter().filter(|request| request.method != "GET");
    let line = |request: &Request| format!("{} {}", request.method, request.target);
    requests.map(line).collect()
}

#[test]
fn whatever_a_proxy_answers_for_a_server_that_starts_is_waited_through() {
    for status in [
        429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530,
    ] {
        let server = starting_up(1, Response::new(status));
        let args = [
            "-q",
            "--retry",
            "60",
            "start",
            "BackupDatabase",
            "MusicAnalysis",
        ];
        let run = Run::new(&args).env("PLEX_URL", server.url());
        run.done().prints("");
        let sent = ["POST /butler/BackupDatabase", "POST /butler/MusicAnalysis"];
        assert_eq!(after_waiting(&server), sent, "{status}");
        assert_eq!(server.requests().len(), 4, "{status}");
    }
}

#[test]
fn a_published_port_that_accepts_and_closes_is_waited_through() {
    let pms = Pms::new();
    let server = RawServer::start(move |stream, number| {
        if number >= 2 {
            let _ = serve(stream, number, |request| pms.answer(request));
        }
    });
    let url = format!("http://{}", server.address());
    // The list is requested twice on the first try.
    Run::new(&["-q", "--retry", "60", "stop", "--all", "--url", &url])
        .done()
        .prints("");
}

#[test]
fn a_close_during_the_tls_handshake_is_waited_through() {
    let ca = Ca::new("ours");
    let (identity, pms) = (ca.sign("127.0.0.1"), Pms::new());
    let server = RawServer::start(move |mut stream, number| {
        if number < 2 {
            let _ = stream.read(&mut [0; 4096]);
        } else {
            let _ = identity
                .accept(stream)
                .and_then(|stream| serve(stream, number, |request| pms.answer(request)));
        }
    });
    let (dir, url) = (Dir::new(), format!("https://{}", server.address()));
    let ca = dir.file("ca.pem", ca.pem());
    let args = ["--retry", "60", "-q", "list", "--ca", &ca, "--url", &url];
    Run::new(&args).done().prints(include_str!("list.txt"));
}

/// A server that shows the first of these certificates for one connection only, the `number`th.
fn with_another_certificate_at_first(
    number: usize,
    other: Identity,
    identity: Identity,
) -> RawServer {
    let pms = Pms::new();
    RawServer::start(move |stream, connection| {
        let identity = if connection == number {
            &other
        } else {
            &identity
        };
        let _ = identity
            .accept(stream)
            .and_then(|stream| serve(stream, connection, |request| pms.answer(request)));
    })
}

#[test]
fn a_certificate_that_is_not_trusted_yet_is_waited_through() {
    let ca = Ca::new("ours");
    let (default, own) = (Ca::new("default"), ca.sign("127.0.0.1"));
    let dir = Dir::new();
    let ca = dir.file("ca.pem", ca.pem());
    // For the list, and for the start after it.
    for number in [0, 1] {
        let other = default.sign("127.0.0.1");
        let server = with_another_certificate_at_first(number, other, own.clone());
        let url = format!("https://{}", server.address());
        let args = [
            "-q",
            "--retry",
            "60",
            "start",
            "BackupDatabase",
            "--ca",
            &ca,
        ];
        Run::new(&args).env("PLEX_URL", url).done().prints("");
        assert_eq!(server.connections(), 3);
    }
}

#[test]
fn a_proxy_that_is_not_ready_is_waited_through() {
    let server = Pms::new().start();
    let ready = ConnectProxy::start(server.address(), None);
    let proxy = RawServer::start(move |stream, number| {
        let _ = match number {
            0 => refuse_tunnel(stream),
            _ => forward(stream, ready.address()),
        };
    });
    let args = [
        "-q",
        "--retry",
        "60",
        "start",
        "BackupDatabase",
        "--url",
        "http://media.example.org:32400",
        "--proxy",
        &proxy.address().to_string(),
    ];
    Run::new(&args).done().prints("");
    assert_eq!((proxy.connections(), server.requests().len()), (3, 2));

    let args = [
        "--retry",
        "0.1",
        "list",
        "--url",
        "http://media.example.org:32400",
        "--proxy",
        &unused_address().to_string(),
    ];
    let done = Run::new(&args).done();
    let lines: Vec<&str> = done.stderr.lines().collect();
    assert_eq!((done.code, lines.len()), (Some(1), 2), "{}", done.stderr);
    assert!(lines[0].contains("waiting up to") && lines[1].contains("gave up after 100ms"));
}

fn refuse_tunnel(mut stream: TcpStream) -> io::Result<()> {
    let _ = Request::read(&mut BufReader::new(&stream), 0)?;
    stream.write_all(&Response::new(503).to_bytes())
}

/// Passes a connection on to another server.
fn forward(client: TcpStream, target: SocketAddr) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    io::copy(&mut &client, &mut &server)?;
    server.shutdown(Shutdown::Write)
}

#[test]
fn any_other_answer_ends_the_waiting_and_that_to_the_start_counts() {
    for (response, code, said) in [
        (Response::of_pms(401), Some(0), ""),
        (Response::new(404), Some(0), ""),
        (Response::new(200).html("Welcome"), Some(0), ""),
        (Response::new(302), Some(0), ""),
    ] {
        let server = HttpServer::start(move |request| match &*request.method {
            "GET" => response.clone(),
            _ => Response::of_pms(200),
        });
        let args = ["--retry", "60", "start", "BackupDatabase"];
        let done = Run::new(&args).env("PLEX_URL", server.url()).done();
        assert_eq!((done.code, &*done.stderr), (code, said));
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn a_start_that_may_have_taken_effect_is_sent_once() {
    // Varnish answers 503 also after it has passed the start on.
    for status in [500, 502, 503, 504] {
        let pms = Pms::new();
        let server = HttpServer::start(move |request| match &*request.method {
            "GET" => pms.answer(request),
            _ => Response::new(status),
        });
        let args = ["--retry", "60", "start", "BackupDatabase"];
        let run = Run::new(&args).env("PLEX_URL", server.url());
        run.done().fails(1, &[&status.to_string()]);
        assert_eq!(after_waiting(&server).len(), 1, "{status}");
    }
}

#[test]
fn a_start_that_was_refused_for_now_is_sent_again() {
    let (pms, starts) = (Pms::new(), AtomicUsize::new(0));
    let server = HttpServer::start(move |request| {
        if request.method == "POST" && starts.fetch_add(1, Ordering::SeqCst) == 0 {
            Response::of_pms(503)
        } else {
            pms.answer(request)
        }
    });
    let args = ["-q", "--retry", "60", "start", "BackupDatabase"];
    Run::new(&args)
        .env("PLEX_URL", server.url())
        .done()
        .prints("");
    assert_eq!(after_waiting(&server).len(), 2);
}

#[test]
fn if_the_time_runs_out_the_first_task_gets_the_error() {
    let started = Instant::now();
    let url = format!("http://{}", unused_address());
    let run = |args: &[&str]| {
        let start = ["--retry", "0.7", "start", "BackupDatabase", "MusicAnalysis"];
        Run::new(&[&start, args].concat())
            .env("PLEX_URL", &url)
            .done()
    };
    let done = run(&[]);
    assert!(started.elapsed() >= Duration::from_millis(700));
    let lines: Vec<&str> = done.stderr.lines().collect();
    let waiting = format!("plex-butler: waiting up to 1s: cannot send GET {url}/butler: ");
    assert_eq!((done.code, lines.len()), (Some(1), 3), "{}", done.stderr);
    assert!(lines[0].starts_with(&waiting), "{}", done.stderr);
    let gave_up = "plex-butler: BackupDatabase: gave up after 700ms: cannot send GET ";
    assert!(lines[1].starts_with(gave_up), "{}", done.stderr);
    assert!(lines[2].starts_with("plex-butler: MusicAnalysis: not tried"));

    let done = run(&["--json", "-q"]);
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert_eq!((done.code, &*done.stderr, lines.len()), (Some(1), "", 2));
    assert!(lines[0].contains("gave up after 700ms"), "{}", done.stdout);
    assert!(lines[1].contains("not tried"), "{}", done.stdout);
}

#[test]
fn a_server_that_answered_is_not_ready_when_the_time_is_up() {
    for response in [Response::of_pms(503), Response::new(429)] {
        let server = starting_up(usize::MAX, response.header("Retry-After", "3600"));
        let args = ["-q", "--retry", "60", "start", "BackupDatabase", "A", "B"];
        let done = Run::new(&args).env("PLEX_URL", server.url()).done();
        let lines: Vec<&str> = done.stderr.lines().collect();
        assert_eq!((done.code, lines.len()), (Some(1), 2), "{}", done.stderr);
        assert!(
            lines[0].ends_with("; give --retry more time"),
            "{}",
            lines[0]
        );
        assert_eq!(
            lines[1],
            "plex-butler: A, B: not tried, because the server is not ready"
        );
    }
}

#[test]
fn a_silent_server_does_not_make_the_waiting_longer() {
    let silent = RawServer::start(|mut stream, _| {
        while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
        let _ = stream.shutdown(Shutdown::Both);
    });
    let started = Instant::now();
    let url = format!("http://{}", silent.address());
    let done = Run::new(&["-q", "--retry", "1", "list", "--url", &url]).done();
    assert!(started.elapsed() < Duration::from_secs(25));
    // `1s` or `999ms`, not `999.987654ms`.
    let (_, time) = done.stderr.split_once("the limit of ").expect("the time");
    assert!(time.find(' ') <= Some(5), "{time}");
    done.fails(
        1,
        &[
            "gave up after 1s: ",
            "timed out",
            "; give --retry more time\n",
        ],
    );
}

#[test]
fn a_start_that_was_cut_off_may_have_been_carried_out() {
    let server = RawServer::start(|stream, number| {
        let _ = Request::read(&mut BufReader::new(&stream), number);
    });
    let url = format!("http://{}", server.address());
    let run = |command| Run::new(&[command, "BackupDatabase", "--url", &url]).done();
    let doubt = "the server may have carried out the request";
    run("start").fails(1, &["connection closed", doubt]);
    assert!(!run("list").stderr.contains(doubt));
}

#[test]
fn a_retry_of_zero_is_none() {
    let server = starting_up(1, Response::new(503));
    let args = ["--retry", "0", "start", "BackupDatabase"];
    let done = Run::new(&args).env("PLEX_URL", server.url()).done();
    done.fails(1, &["BackupDatabase: POST http://"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_wait_longer_than_the_time_is_not_started() {
    let response = Response::new(429).header("Retry-After", "3600");
    let server = starting_up(usize::MAX, response);
    Run::new(&["--retry", "60", "list", "--url", &server.url()])
        .done()
        .fails(
            1,
            &[
                "gave up: GET ",
                "429: Too Many Requests; it asks to wait 3600s; give --retry more time\n",
            ],
        );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn without_retry_a_start_by_a_known_name_is_one_request() {
    let server = starting_up(0, Response::new(503));
    Run::new(&["start", "backup-database", "--url", &server.url()])
        .done()
        .prints("BackupDatabase: accepted\n");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_server_that_closes_after_each_answer_does_not_disturb_the_next_start() {
    let pms = Pms::new();
    let server = RawServer::start(move |mut stream, number| {
        let request = Request::read(&mut BufReader::new(&stream), number);
        if let Ok(Some(request)) = request {
            // The response promises to keep the connection open.
            let _ = stream.write_all(&pms.answer(&request).to_bytes());
        }
    });
    let url = format!("http://{}", server.address());
    let names = vec!["BackupDatabase"; 20];
    let done = Run::new(&[&["start", "--url", &url], &names[..]].concat()).done();
    assert_eq!((done.code, &*done.stderr), (Some(0), ""));
    assert_eq!(done.stdout.lines().count(), 20);
}
