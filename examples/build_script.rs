//! What a `build.rs` does that puts files into a library and wants the server to notice: it triggers
//! `RefreshLibraries`, waits for a moment at most, and never fails the build.

use std::time::Duration;

use plex_butler::{Client, Error, StartOutcome, TaskName};

fn refresh_libraries() -> Result<StartOutcome, Error> {
    let url = std::env::var("PLEX_URL").unwrap_or_else(|_| Client::DEFAULT_BASE_URL.into());
    let mut builder = Client::builder(url).timeout(Duration::from_secs(2));
    if let Ok(token) = std::env::var("PLEX_TOKEN") {
        builder = builder.token(token);
    }
    builder.build()?.start_task(TaskName::RefreshLibraries)
}

fn main() {
    println!("cargo::rerun-if-env-changed=PLEX_URL");
    println!("cargo::rerun-if-env-changed=PLEX_TOKEN");
    if let Err(error) = refresh_libraries() {
        println!("cargo::warning=the libraries are not refreshed: {error}");
    }
}
