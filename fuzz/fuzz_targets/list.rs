//! Reading the task list: it never panics, and it returns the tasks that the bytes contain, all of them and no other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plex_butler::ButlerTask;
use plex_butler_fuzz::Peer;
use plex_butler_test_support::http::Response;
use serde_json::Value;

fn list(json: &[u8]) -> Option<Vec<ButlerTask>> {
    Peer::get()
        .answering(Response::new(200).json(json))
        .get_butler_tasks()
        .ok()
}

fuzz_target!(|json: &[u8]| {
    let Some(tasks) = list(json) else {
        return;
    };
    // Unlike reading a list, `Value` limits the depth of nesting and the size of numbers.
    if let Ok(value) = serde_json::from_slice::<Value>(json) {
        let listed = &value["ButlerTasks"]["ButlerTask"];
        let listed = listed.as_array().expect("a list").iter();
        assert!(
            tasks
                .iter()
                .map(|task| task.name.as_str())
                .eq(listed.map(|task| &task["name"]))
        );
    }
    let written = serde_json::json!({ "ButlerTasks": { "ButlerTask": tasks } });
    assert_eq!(list(written.to_string().as_bytes()), Some(tasks));
});
