//! A blocking client for the Butler API of Plex Media Server (PMS). The Butler runs the server's maintenance tasks:
//! database backup, clean-ups, media analysis. This crate lists the tasks, starts one or all, and stops one or all.
//!
//! Each function blocks until the response is complete. There is no async runtime. The dependencies are ureq, serde,
//! serde_json and thiserror.
//!
//! The crate does not find servers and does not sign in to get a token.
//!
//! ```no_run
//! use plex_butler::{Client, TaskName};
//!
//! let client = Client::new("http://127.0.0.1:32400", "token")?;
//! println!("backup: {}", client.start_task(TaskName::BACKUP_DATABASE)?);
//! # Ok::<(), plex_butler::Error>(())
//! ```
//!
//! # Connecting
//!
//! [`Client::new`] takes the address and the token. [`Client::from_env`] reads them from `PLEX_URL` and `PLEX_TOKEN`.
//! [`Client::builder`] has all settings, such as further headers, the timeout, a private CA and a proxy. With it, the token
//! is optional.
//!
//! # Starting a task
//!
//! Starting returns as soon as the server has accepted the request. The rest happens in the server:
//!
//! 1. A task that is not scheduled to run on the current day is skipped.
//! 2. Outside the maintenance window, a task starts at once.
//! 3. Inside the maintenance window, a task that is set to run at a random time is scheduled for a random time in the
//!    window.
//!
//! The response does not say which of these happened. The API does not say which tasks are running either, so a program
//! cannot wait for a task to end. Stopping a task ends it, or removes it from the queue.
//!
//! # Outcomes and errors
//!
//! Starting a task that is already running is a success, and so is stopping a task that is not running: see
//! [`StartOutcome`] and [`StopOutcome`]. Everything else is an [`Error`]. Each variant calls for a different reaction, and
//! each message says what happened and what to do.
//!
//! ```no_run
//! use plex_butler::{Client, Error, StopOutcome, TaskName};
//!
//! let client = Client::from_env()?;
//! match client.stop_task(TaskName::DEEP_MEDIA_ANALYSIS) {
//!     Ok(StopOutcome::Stopped) => println!("stopped"),
//!     Ok(StopOutcome::NotRunning) => println!("it was not running"),
//!     // Nothing was done, and the same call can succeed later.
//!     Err(error) if error.is_transient() => eprintln!("try later: {error}"),
//!     // No complete response.
//!     Err(error) if error.is_tls() => eprintln!("check address and certificate: {error}"),
//!     Err(error @ (Error::Timeout { .. } | Error::Transport { .. })) => {
//!         eprintln!("is the server up? {error}")
//!     }
//!     // The server refused.
//!     Err(error @ Error::Unauthorized { .. }) => eprintln!("correct the token: {error}"),
//!     Err(Error::UnknownTask { available, .. }) => eprintln!("choose from {available:?}"),
//!     Err(error @ Error::Status { .. }) => eprintln!("{error}"),
//!     // Another server answered at this address.
//!     Err(error @ (Error::Redirected { .. } | Error::UnexpectedResponse { .. })) => {
//!         eprintln!("correct the address: {error}")
//!     }
//!     // `InvalidSetting` or `InvalidTaskName`: nothing was sent.
//!     Err(error) => eprintln!("correct the settings: {error}"),
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! Print an error with `{error}`. A `main` that returns a `Result` prints the `Debug` form, which is for developers. Write
//! this instead:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use plex_butler::{Client, Error, TaskName};
//!
//! fn main() -> ExitCode {
//!     match start_backup() {
//!         Ok(()) => ExitCode::SUCCESS,
//!         Err(error) => {
//!             eprintln!("no backup: {error}");
//!             ExitCode::FAILURE
//!         }
//!     }
//! }
//!
//! fn start_backup() -> Result<(), Error> {
//!     Client::from_env()?.start_task(TaskName::BACKUP_DATABASE).map(drop)
//! }
//! ```
//!
//! # Guarantees
//!
//! - **A call ends within the configured time**, 30 seconds by default. This includes name lookup, connecting, TLS, a
//!   proxy, and the last byte of the body. See [`ClientBuilder::timeout`].
//! - **A silent address is skipped.** If a host has several addresses, the client tries the next one after 250 ms, and
//!   remembers the one that worked.
//! - **Memory is limited.** The body of a success can have [`Client::MAX_BODY_SIZE`] bytes, the headers of a response
//!   [`Client::MAX_HEADER_SIZE`]. At most 64 KiB of an error's body are read.
//! - **A truncated response is an error**, unless its status is an error already.
//! - **A success comes from PMS.** A list must have the documented form. A start or a stop succeeds if the status is 200
//!   to 299, and the body is empty or the response has the header `X-Plex-Protocol`, which PMS adds to every response.
//!   An error list of up to 64 KiB is never a success. The client cannot distinguish PMS from another web server that
//!   answers with an empty body.
//! - **Redirects are not followed**, because the target would receive the token. [`Error::Redirected`] has the target.
//! - **Nothing is retried**: a retry could run a task again. One exception changes nothing on the server: the list is
//!   requested again if the server closes the connection after a 404.
//! - **Only the documented requests are sent.** A task name is one path segment, whatever is in it.
//! - **The token stays secret.** It is sent in a header, to the configured host only. No URL, error or debug output shows
//!   it. If the server echoes it as it was sent, the error shows `***`.
//! - **No background work.** Nothing is printed. No thread outlives a call, except while a DNS lookup hangs.
//!
//! Over plain http, anyone on the network path can read the token. Use https outside your own network. The crate
//! `ureq-proto` logs each request with its token at the `trace` level of the `log` crate, so set a logger to `debug` at
//! most.
//!
//! # Threads
//!
//! A [`Client`] is `Send` and `Sync`, and a clone is cheap. Clones, and threads that share a client, share its connections.
//! The host name is looked up for each new connection.
//!
//! # Proxies
//!
//! The client uses the proxy of the environment, such as `https_proxy`, but not for the machine itself and not for the hosts
//! in `no_proxy`. [`ClientBuilder::proxy`] has the details. [`ClientBuilder::proxy`] and [`ClientBuilder::no_proxy`]
//! override the environment.
//!
//! # Features
//!
//! - `rustls` (default): https with rustls, and with Mozilla's root certificates, which are built in. 34 packages.
//! - `platform-verifier`: https with rustls, and with the root certificates of the operating system. 37 packages.
//! - `native-tls`, if `rustls` is off: https with the TLS library and the root certificates of the operating system. 38
//!   packages.
//! - No feature: plain http only. [`ClientBuilder::build`] refuses an https URL. 22 packages.
//!
//! With `native-tls`, each https call opens a new connection on Windows and macOS. On macOS, any failure of TLS can be
//! reported as the kind [`Tls`](TransportErrorKind::Tls).
//!
//! Another crate in the same program can turn on features of ureq and serde_json. Requests, results and errors stay the
//! same, with three exceptions. With `ureq/cookies`, a client sends a server's cookies back to it. With `ureq/charset`, an
//! error shows the words of a page in ISO 8859-1 correctly. With `serde_json/arbitrary_precision`, a number that is too
//! large for an `f64` is refused in other words.
//!
//! # Testing your program
//!
//! The base URL is a setting, so any HTTP server can stand in for PMS, for example [mockito]:
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
//! assert_eq!(client.start_task(TaskName::BACKUP_DATABASE)?, StartOutcome::AlreadyRunning);
//! assert!(matches!(client.stop_all_tasks(), Err(Error::Unauthorized { .. })));
//! running.assert();
//! refused.assert();
//! # Ok::<(), Error>(())
//! ```
//!
//! A test can provoke each error: `Unauthorized`, `Redirected` and `Status` by a status; `UnknownTask` by a 404 and a list
//! without the task; `Decode` by a list in another form; `Transport` by a port where nothing listens; `Timeout` by a
//! timeout of zero; `InvalidSetting` by an empty token; `InvalidTaskName` by an empty name. A [`ButlerTask`] can be read
//! from JSON.
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.85. Raising it is at least a minor version. Of the dependencies, only serde's
//! traits `Serialize` and `Deserialize` are part of the public API. Messages are for people and can change in any version.
//!
//! Two parts of ureq that this crate uses, its connectors and its resolver, are outside ureq's semver promise. If a minor
//! version of ureq changes their methods, a patch of this crate follows.

#![warn(clippy::dbg_macro, clippy::print_stderr, clippy::print_stdout)]

mod advice;
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
pub use error::{Error, Input, TransportErrorKind};
pub use outcome::{StartOutcome, StopOutcome};
pub use task::ButlerTask;
pub use task_name::TaskName;

/// Compiles the examples in README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
