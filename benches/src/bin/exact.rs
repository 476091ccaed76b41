//! Counts allocations, memory and threads exactly. Prints them, and fails if one exceeds its limit (`bar`).

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use plex_butler_benches::{Bare, Calls, LONG, SHORT, Server, client};

fn main() -> ExitCode {
    println!(
        "{:<42} {:>12} {:>12} {:>12}",
        "counted", "client", "bare ureq", "bar"
    );
    let mut held = true;
    let mut row = |what, client: u64, bare: u64, bar: u64| {
        println!("{what:<42} {client:>12} {bare:>12} {bar:>12}");
        held &= client <= bar;
    };

    let server = Server::start(SHORT);
    let (mut ours, mut bare) = (client(&server.url), Bare::new(&server.url));
    let (list, bare_list) = (memory_of(|| ours.list()), memory_of(|| bare.list()));
    let (start, bare_start) = (memory_of(|| ours.start()), memory_of(|| bare.start()));
    row(
        "allocations, list of 22 tasks",
        list.count_total,
        bare_list.count_total,
        bare_list.count_total + 2,
    );
    row(
        "allocations, start",
        start.count_total,
        bare_start.count_total,
        bare_start.count_total + 4,
    );

    // A host name, so that a lookup is needed, and for bare ureq a timeout, for which it starts a thread.
    let url = server.url.replace("127.0.0.1", "localhost");
    let (mut ours, mut bare) = (
        client(&url),
        Bare::with_config(&url, |config| {
            config.timeout_global(Some(Duration::from_secs(30)))
        }),
    );
    row(
        "threads, 100 lists (bare: with timeout)",
        threads_of(|| ours.list()),
        threads_of(|| bare.list()),
        0,
    );
    row(
        "threads, 100 starts (bare: with timeout)",
        threads_of(|| ours.start()),
        threads_of(|| bare.start()),
        0,
    );

    let tenth = Server::start(LONG / 10);
    let (list, bare_list) = (
        memory_of_list(client(&tenth.url)),
        memory_of_list(Bare::new(&tenth.url)),
    );
    row(
        "allocations, list of 10,000 tasks",
        list.count_total,
        bare_list.count_total,
        bare_list.count_total + 2,
    );
    let allocations = list.count_total;
    let long = Server::start(LONG);
    let (list, bare_list) = (
        memory_of_list(client(&long.url)),
        memory_of_list(Bare::new(&long.url)),
    );
    row(
        "allocations, list of 100,000 tasks",
        list.count_total,
        bare_list.count_total,
        allocations * 11,
    );
    let (body, result) = (long.body_size as u64, list.bytes_current as u64);
    row(
        "bytes at the peak of it",
        list.bytes_max,
        bare_list.bytes_max,
        body * 5 / 2 + result,
    );
    println!("  (its body has {body} bytes, its result {result})");

    if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What a warm call allocates. The result of the call is still in memory at the end.
fn memory_of<T>(mut call: impl FnMut() -> T) -> AllocationInfo {
    call();
    let mut result = None;
    measure(|| result = Some(call()))
}

fn memory_of_list(mut calls: impl Calls) -> AllocationInfo {
    memory_of(|| calls.list())
}

/// How many threads this process starts during a hundred warm calls. Their ids are counted up.
fn threads_of<T>(mut call: impl FnMut() -> T) -> u64 {
    call();
    let before = next_thread_id();
    (0..100).for_each(|_| drop(call()));
    next_thread_id() - before - 1
}

fn next_thread_id() -> u64 {
    let id = thread::spawn(|| thread::current().id())
        .join()
        .expect("a thread");
    let digits: String = format!("{id:?}")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().expect("a number")
}
