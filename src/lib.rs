//! A blocking client for the Butler of Plex Media Server (PMS): the task manager that backs up the database, cleans up
//! and analyzes media. It lists the tasks, starts all or one, and stops all or one.
//!
//! A call blocks until the server has answered and says exactly what happened. There is no async runtime, and nothing
//! but ureq, serde, serde_json and thiserror below it. This crate does not find servers, sign in to get a token, or
//! wait for a task to end, which the API cannot tell.
//!
//! # The smallest program
//!
//! ```no_run
//! use plex_butler::{Client, TaskName};
//!
//! let client = Client::new("http://127.0.0.1:32400", "token")?;
//! println!("backup: {}", client.start_task(TaskName::BackupDatabase)?);
//! # Ok::<(), plex_butler::Error>(())
//! ```
//!
//! # Reaching a server
//!
//! [`Client::new`] takes the address and the token, [`Client::from_env`] reads them from `PLEX_URL` and `PLEX_TOKEN`,
//! and [`Client::builder`] sets everything else: a server without a token, a path prefix, further headers, the timeout,
//! a CA of one's own, a proxy.
//!
//! # Outcomes and errors
//!
//! Starting a task that runs and stopping one that does not are successes: [`StartOutcome`] and [`StopOutcome`] tell.
//! Everything else is an [`Error`]. Each variant calls for a different reaction, and the message says what to do:
//!
//! ```no_run
//! use plex_butler::{Client, Error, StopOutcome, TaskName};
//!
//! let client = Client::from_env()?;
//! match client.stop_task(TaskName::DeepMediaAnalysis) {
//!     Ok(StopOutcome::Stopped) => println!("stopped"),
//!     Ok(StopOutcome::NotRunning) => println!("it was not running"),
//!     // The server cannot be reached, or not in time.
//!     Err(error) if error.is_transient() => eprintln!("try later: {error}"),
//!     Err(error) if error.is_tls() => eprintln!("correct the address or the certificate: {error}"),
//!     Err(error @ (Error::Timeout { .. } | Error::Transport { .. })) => eprintln!("is the server up? {error}"),
//!     // The server refuses.
//!     Err(error @ Error::Unauthorized { .. }) => eprintln!("correct the token: {error}"),
//!     Err(Error::UnknownTask { available, .. }) => eprintln!("this server has only {available:?}"),
//!     Err(error @ Error::Status { .. }) => eprintln!("{error}"),
//!     // Something else answers at this address.
//!     Err(error @ (Error::Redirected { .. } | Error::Decode { .. })) => eprintln!("correct the address: {error}"),
//!     // `InvalidSetting` or `InvalidTaskName`: nothing was sent.
//!     Err(error) => eprintln!("correct the settings: {error}"),
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! # Threads
//!
//! A [`Client`] is `Send` and `Sync`, and a clone is cheap. Threads that share one, or its clones, share its connections.
//!
//! # Testing a program that uses this crate
//!
//! The base URL is a setting, so any HTTP server can stand in for PMS, such as [mockito]. Each error can be provoked: a
//! status for `Unauthorized`, `Redirected` and `Status`, a 404 and a list without the task for `UnknownTask`, a list that
//! is none for `Decode`, a port where nothing listens for `Transport`, a timeout of zero for `Timeout`, an empty token for
//! `InvalidSetting`. A [`ButlerTask`] is read from JSON.
//!
//! [mockito]: https://docs.rs/mockito
//!
//! ```
//! use plex_butler::{Client, Error, StartOutcome, TaskName};
//!
//! let mut server = mockito::Server::new();
//! let running = server.mock("POST", "/butler/BackupDatabase").with_status(202).create();
//! let refused = server.mock("DELETE", "/butler").with_status(401).create();
//!
//! let client = Client::builder(server.url()).no_proxy().build()?;
//! assert_eq!(client.start_task(TaskName::BackupDatabase)?, StartOutcome::AlreadyRunning);
//! assert!(matches!(client.stop_all_tasks(), Err(Error::Unauthorized { .. })));
//! running.assert();
//! refused.assert();
//! # Ok::<(), Error>(())
//! ```
//!
//! # Features
//!
//! | feature | what it is for | packages |
//! | --- | --- | --- |
//! | `rustls` (default) | https with rustls, trusting the root certificates that come with the crate (Mozilla's) | 34 |
//! | `platform-verifier` | https with rustls, trusting what the operating system trusts | 37 |
//! | `native-tls` | https with the operating system's TLS library and what it trusts, where `rustls` is off; on Windows and macOS each call connects anew | 38 |
//! | none | plain http only; [`ClientBuilder::build`] refuses an https URL | 22 |
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.85. A version that requires a newer one is a minor version at least. Of the
//! dependencies, only serde's `Serialize` and `Deserialize` are part of the public API: a new major version of another
//! is no breaking change here. Messages are for people and can change in any version.

#![warn(clippy::dbg_macro, clippy::print_stderr, clippy::print_stdout)]

mod builder;
mod client;
mod error;
mod http;
mod outcome;
mod task;
mod task_name;
mod text;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::{Error, Setting, TransportErrorKind};
pub use outcome::{StartOutcome, StopOutcome};
pub use task::ButlerTask;
pub use task_name::TaskName;

/// Compiles the examples in README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
