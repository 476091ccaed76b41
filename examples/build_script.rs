//! A `build.rs` that adds media files, and asks the server to refresh its libraries. It waits for two seconds at most, and
//! never fails the build.

use std::time::Duration;

use plex_butler::{ClientBuilder, Error, StartOutcome, TaskName};

fn refresh_libraries() -> Result<StartOutcome, Error> {
    let client = ClientBuilder::from_env()
        .timeout(Duration::from_secs(2))
        .build()?;
    client.start_task(TaskName::REFRESH_LIBRARIES)
}

fn main() {
    println!("cargo::rerun-if-changed=media"); // the folder with the files
    println!("cargo::rerun-if-env-changed=PLEX_URL");
    println!("cargo::rerun-if-env-changed=PLEX_TOKEN");
    if let Err(error) = refresh_libraries() {
        println!("cargo::warning=the libraries are not refreshed: {error}");
    }
}
