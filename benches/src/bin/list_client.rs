//! The smallest program that lists the tasks, for its size.

fn main() {
    let client = plex_butler::Client::new("http://127.0.0.1:32400", "token").unwrap();
    for task in client.get_butler_tasks().unwrap() {
        println!("{} {}", task.name, task.interval);
    }
}
