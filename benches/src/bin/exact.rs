//! Counts allocations and memory exactly. Prints them, and fails if one exceeds its limit (`bar`).

use std::process::ExitCode;

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

    let tenth = Server::start(LONG / 10);
    let (list, bare_list) = (
        memory_of_list(client(&tenth.url)),
        memory_of_list(Bare::new(&tenth.url)),
    );
    row(
        "allocations, list of 500 tasks",
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
        "allocations, list of 5,000 tasks",
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
