//! Prints how long a warm call takes, as a ratio to bare ureq and to the floor.
//!
//! The contestants take turns, batch by batch, and each round in another order. Each round gives one ratio, and the median
//! of the ratios is printed. Anything that slows the machine down for a while slows down the whole round.

use std::env;
use std::hint::black_box;
use std::thread;
use std::time::Instant;

use plex_butler_benches::{Bare, Calls, Floor, LONG, SHORT, Server, client};

fn main() {
    println!(
        "{:<42} {:>12} {:>12} {:>8} {:>6} {:>12} {:>8}",
        "microseconds, median", "client", "bare ureq", "ratio", "bar", "floor", "ratio"
    );
    match env::args().nth(1).as_deref() {
        Some("calls") => {
            short();
            long();
        }
        Some("threads") => threads(),
        _ => panic!("`ratios calls` or `ratios threads`"),
    }
}

fn short() {
    let server = Server::start(SHORT);
    let url = server.url.as_str();
    let (mut client, mut bare, mut floor) = (client(url), Bare::new(url), Floor::new(url));
    compare(
        "list of 22 tasks",
        (400, 50),
        1.05,
        &mut [
            &mut || list(&mut client),
            &mut || list(&mut bare),
            &mut || list(&mut floor),
        ],
    );
    compare(
        "start",
        (400, 50),
        1.05,
        &mut [&mut || client.start(), &mut || bare.start(), &mut || {
            floor.start()
        }],
    );
}

fn long() {
    let server = Server::start(LONG);
    let (mut client, mut bare) = (client(&server.url), Bare::new(&server.url));
    compare(
        "list of 5,000 tasks",
        (100, 2),
        1.1,
        &mut [&mut || list(&mut client), &mut || list(&mut bare)],
    );
}

fn threads() {
    let server = Server::start(SHORT);
    let (client, bare) = (client(&server.url), Bare::new(&server.url));
    compare(
        "400 lists from 8 threads",
        (100, 1),
        1.15,
        &mut [&mut || from_threads(&client), &mut || from_threads(&bare)],
    );
    // By default ureq keeps three connections to a host, and the other threads connect again and again.
    let bare = Bare::with_config(&server.url, |config| {
        config.max_idle_connections_per_host(THREADS)
    });
    compare(
        "the same, bare ureq keeping 8 connections",
        (100, 1),
        1.15,
        &mut [&mut || from_threads(&client), &mut || from_threads(&bare)],
    );
}

fn list(calls: &mut impl Calls) {
    drop(black_box(calls.list()));
}

const THREADS: usize = 8;

/// Calls from eight threads that share one client.
fn from_threads<C: Calls + Clone + Send>(calls: &C) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let mut calls = calls.clone();
            scope.spawn(move || (0..50).for_each(|_| list(&mut calls)));
        }
    });
}

/// Lets the contestants, the client first and bare ureq second, take turns, and prints the row.
fn compare(
    what: &str,
    (rounds, batch): (usize, usize),
    bar: f64,
    contestants: &mut [&mut dyn FnMut()],
) {
    let count = contestants.len();
    let mut times = vec![Vec::with_capacity(rounds); count];
    contestants.iter_mut().for_each(|call| call());
    for round in 0..rounds {
        for turn in 0..count {
            let who = (round + turn) % count;
            let started = Instant::now();
            (0..batch).for_each(|_| contestants[who]());
            times[who].push(started.elapsed().as_secs_f64() * 1e6 / batch as f64);
        }
    }
    let time = |who: usize| median(times[who].iter().copied());
    let ratio = |to: usize| {
        median(
            times[0]
                .iter()
                .zip(&times[to])
                .map(|(client, other)| client / other),
        )
    };
    print!(
        "{what:<42} {:>12.1} {:>12.1} {:>8.3} {bar:>6}",
        time(0),
        time(1),
        ratio(1)
    );
    if count > 2 {
        print!(" {:>12.1} {:>8.3}", time(2), ratio(2));
    }
    println!();
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
