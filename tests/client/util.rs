//! What the tests share.

use std::error::Error as StdError;

use plex_butler::{Client, Error};

/// The token of the tests. No error may show it.
pub(crate) const TOKEN: &str = "s3cr3t-t0k3n-0123456789";

/// A client with the token of the tests.
pub(crate) fn client(url: &str) -> Client {
    Client::builder(url).token(TOKEN).no_proxy().build().expect("a client")
}

/// The error, after a check that none of its forms shows the token.
#[track_caller]
pub(crate) fn error<T: std::fmt::Debug>(result: Result<T, Error>) -> Error {
    let error = result.expect_err("an error");
    for form in all_forms(&error) {
        assert!(!form.contains(TOKEN), "the token leaks: {form}");
    }
    error
}

/// `Display` and `Debug` of an error and of all its sources.
fn all_forms(error: &dyn StdError) -> Vec<String> {
    let mut forms = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        forms.extend([format!("{error}"), format!("{error:?}"), format!("{error:#?}")]);
        next = error.source();
    }
    forms
}

/// The five operations, each with its name, for what all of them have in common.
pub(crate) type Operation = fn(&Client) -> Result<(), Error>;

pub(crate) const OPERATIONS: [(&str, Operation); 5] = [
    ("get_butler_tasks", |client| client.get_butler_tasks().map(drop)),
    ("start_all_tasks", Client::start_all_tasks),
    ("stop_all_tasks", Client::stop_all_tasks),
    ("start_task", |client| client.start_task("BackupDatabase").map(drop)),
    ("stop_task", |client| client.stop_task("BackupDatabase").map(drop)),
];
