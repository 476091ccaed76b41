//! Shared by the benchmarks: a server, and three ways to make the same calls to it.

mod bare;
mod floor;
mod server;

use plex_butler::{ButlerTask, Client, TaskName};
use serde::Deserialize;

pub use bare::Bare;
pub use floor::Floor;
pub use server::Server;

/// The length of the list of a running server.
pub const SHORT: usize = 22;
/// As many tasks as fit into the 1 MiB that the client reads, to see which costs grow with the list.
pub const LONG: usize = 5_000;
/// The task that is started.
pub const TASK: TaskName = TaskName::BACKUP_DATABASE;

const HEADERS: [(&str, &str); 6] = [
    ("Accept", "application/json, text/html;q=0.9, */*;q=0.8"),
    ("User-Agent", "plex-butler/0.1.0"),
    ("X-Plex-Product", "plex-butler"),
    ("X-Plex-Version", "0.1.0"),
    ("X-Plex-Client-Identifier", "plex-butler"),
    ("X-Plex-Token", TOKEN),
];
const TOKEN: &str = "xxxxxxxxxxxxxxxxxxxx";

/// The two calls that are measured, because a user waits for them.
pub trait Calls {
    fn list(&mut self) -> Vec<ButlerTask>;
    fn start(&mut self);
}

impl Calls for Client {
    fn list(&mut self) -> Vec<ButlerTask> {
        self.get_butler_tasks().expect("a list")
    }

    fn start(&mut self) {
        self.start_task(TASK).expect("a start");
    }
}

/// The client with its default settings.
pub fn client(url: &str) -> Client {
    Client::builder(url).token(TOKEN).build().expect("a client")
}

/// The list, as a program without this crate would read it.
#[derive(Deserialize)]
struct List {
    #[serde(rename = "ButlerTasks")]
    tasks: Tasks,
}

#[derive(Deserialize)]
struct Tasks {
    #[serde(rename = "ButlerTask")]
    task: Vec<ButlerTask>,
}

fn parse(body: &[u8]) -> Vec<ButlerTask> {
    let list: List = serde_json::from_slice(body).expect("a list");
    list.tasks.task
}
