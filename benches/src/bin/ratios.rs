//! Prints how long a warm call takes, as a ratio to bare ureq and to the floor.
//!
//! The contestants take turns, batch by batch and each round in another order, and each round gives one ratio. The
//! median of these is printed: what slows the machine down for a while slows down all of a round.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use plex_butler_benches::{Bare, Calls, Floor, LONG, SHORT, Server, client};

fn main() {
    let short = Server::start(SHORT);
    let url = short.url.as_str();
    let (mut client, mut bare, mut floor) = (client(url), Bare::new(url), Floor::new(url));
    println!("{:<34} {:>9} {:>9} {:>9} {:>8} {:>6} {:>8}", "time", "client", "bare", "floor", "/ bare", "bar", "/ floor");
    compare(
        "list of 22 tasks",
        (400, 50),
        &mut [&mut || drop(black_box(client.list())), &mut || drop(black_box(bare.list())), &mut || {
            drop(black_box(floor.list()))
        }],
        1.15,
    );
    compare(
        "start",
        (400, 50),
        &mut [&mut || client.start(), &mut || bare.start(), &mut || floor.start()],
        1.15,
    );
    let pool = Bare::with_config(url, |config| config.max_idle_connections_per_host(THREADS));
    compare(
        "list, 8 threads",
        (60, 1),
        &mut [&mut || from_threads(&client), &mut || from_threads(&bare)],
        1.15,
    );
    compare(
        "list, 8 threads, same pool",
        (60, 1),
        &mut [&mut || from_threads(&client), &mut || from_threads(&pool)],
        1.15,
    );
    let long = Server::start(LONG);
    let url = long.url.as_str();
    let (mut client, mut bare) = (plex_butler_benches::client(url), Bare::new(url));
    compare(
        "list of 100,000 tasks",
        (15, 1),
        &mut [&mut || drop(black_box(client.list())), &mut || drop(black_box(bare.list()))],
        1.1,
    );
}

const THREADS: usize = 8;

/// Calls from eight threads that share one client.
fn from_threads<C: Calls + Clone + Send>(calls: &C) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let mut calls = calls.clone();
            scope.spawn(move || (0..50).for_each(|_| drop(black_box(calls.list()))));
        }
    });
}

/// Lets the contestants, the client first and bare ureq second, take turns, and prints the row.
fn compare(what: &str, (rounds, batch): (usize, usize), contestants: &mut [&mut dyn FnMut()], bar: f64) {
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
    let ratio = |to: usize| median(times[0].iter().zip(&times[to]).map(|(client, other)| client / other));
    let time = |who: usize| format!("{:.1}", median(times[who].iter().copied()));
    let floor = count > 2;
    println!(
        "{what:<34} {:>9} {:>9} {:>9} {:>8.3} {bar:>6} {:>8}",
        time(0),
        time(1),
        if floor { time(2) } else { String::new() },
        ratio(1),
        if floor { format!("{:.3}", ratio(2)) } else { String::new() },
    );
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
