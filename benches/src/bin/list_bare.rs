//! The smallest program that lists the tasks with ureq alone, for its size.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    butler_tasks: Tasks,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tasks {
    butler_task: Vec<Task>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "a program that lists the tasks reads all of them")]
struct Task {
    name: String,
    interval: u32,
    schedule_randomized: bool,
    enabled: bool,
    title: String,
    description: String,
}

fn main() {
    let mut response = ureq::get("http://127.0.0.1:32400/butler")
        .header("Accept", "application/json")
        .header("X-Plex-Token", "token")
        .call()
        .unwrap();
    let list: List = serde_json::from_slice(&response.body_mut().read_to_vec().unwrap()).unwrap();
    for task in list.butler_tasks.butler_task {
        println!("{} {}", task.name, task.interval);
    }
}
