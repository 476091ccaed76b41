//! Makes a number of calls of one kind and nothing else, for tools that count what a process does.
//!
//! `calls <client|bare|floor> <list|start> <tasks in the list> <number of calls>`

use std::env;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use plex_butler_benches::{Bare, Calls, Floor, Server, client};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", tasks] => serve(number(tasks)),
        [who, what, tasks, count] => call(who, what, tasks, number(count)),
        _ => panic!("see the top of this program's source"),
    }
}

/// The server is a separate process, so that its work is not counted. It ends with its standard input.
fn serve(tasks: usize) -> io::Result<()> {
    println!("{}", Server::start(tasks).url);
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

fn call(who: &str, what: &str, tasks: &str, count: usize) -> io::Result<()> {
    let mut server = Command::new(env::current_exe()?)
        .args(["serve", tasks])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut url)?;
    let url = url.trim_end();
    let mut calls: Box<dyn Calls> = match who {
        "client" => Box::new(client(url)),
        "bare" => Box::new(Bare::new(url)),
        "floor" => Box::new(Floor::new(url)),
        _ => panic!("who is {who}?"),
    };
    for _ in 0..count {
        match what {
            "list" => drop(black_box(calls.list())),
            "start" => calls.start(),
            _ => panic!("what is {what}?"),
        }
    }
    drop(server.stdin.take());
    server.wait().map(drop)
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}
