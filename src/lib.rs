//! A blocking client for the Butler API of Plex Media Server (PMS). The Butler runs the server's
//! maintenance tasks: database backup, clean-ups, media analysis. This crate lists the tasks, starts
//! one or all, and stops one or all.
//!
//! Each function blocks until the response is complete. There is no async runtime. The dependencies
//! are ureq, serde, serde_json and thiserror. The crate does not find servers and does not sign in to
//! get a token.
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
//! [`Client::new`] takes the address and the token. [`Client::from_env`] reads them from `PLEX_URL`
//! and `PLEX_TOKEN`. [`Client::builder`] has all settings, such as headers, the timeout, a private CA
//! and a proxy. With it, the token is optional.
//!
//! # Starting a task
//!
//! Starting returns as soon as the server has accepted the request. The rest happens in the server:
//!
//! 1. A task that is not scheduled to run on the current day is skipped.
//! 2. Outside the maintenance window, a task starts at once.
//! 3. Inside the maintenance window, a task that is set to run at a random time is scheduled for a
//!    random time in the window.
//!
//! The response does not say which of these happened. The API does not say which tasks are running
//! either, so a program cannot wait for a task to end. Stopping a task ends it, or removes it from the
//! queue.
//!
//! # Outcomes and errors
//!
//! Starting a task that is already running is a success, and so is stopping a task that is not
//! running: see [`StartOutcome`] and [`StopOutcome`]. Everything else is an [`Error`]. Each variant
//! calls for a different reaction, and each message says what happened and what to do.
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
//!     Err(error) if error.is_tls() => eprintln!("check address and certificate: {error}"),
//!     Err(error @ Error::Transport { .. }) => eprintln!("is the server up? {error}"),
//!     Err(error @ Error::Unauthorized { .. }) => eprintln!("correct the token: {error}"),
//!     Err(Error::UnknownTask { available, .. }) => eprintln!("choose from {available:?}"),
//!     // Another server answered at this address.
//!     Err(error @ Error::UnexpectedResponse { .. }) => eprintln!("correct the address: {error}"),
//!     Err(error @ Error::InvalidInput { .. }) => eprintln!("correct the settings: {error}"),
//!     Err(error) => eprintln!("{error}"),
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! Print an error with `{error}`. A `main` that returns a `Result` prints the `Debug` form, which is
//! for developers. Write this instead:
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
//! # Waiting for a server
//!
//! A server that starts can refuse connections, close them, or answer 502 through a proxy. Listing the
//! tasks changes nothing, so ask for the list until the server answers. Then start the task, once:
//! after an error that is not [transient](Error::is_transient), the server may have carried out the
//! request.
//!
//! ```no_run
//! use std::thread;
//! use std::time::{Duration, Instant};
//!
//! use plex_butler::{Client, Error, TaskName, TransportErrorKind};
//!
//! let client = Client::from_env()?;
//! let deadline = Instant::now() + Duration::from_secs(300);
//! while let Err(error) = client.get_butler_tasks() {
//!     let is_starting = match &error {
//!         Error::Transport { kind, .. } => {
//!             !matches!(kind, TransportErrorKind::Tls | TransportErrorKind::Proxy)
//!         }
//!         Error::Status { status, .. } => *status == 429 || *status >= 500,
//!         _ => false,
//!     };
//!     if !is_starting || Instant::now() > deadline {
//!         return Err(error);
//!     }
//!     let pause = error.retry_after().unwrap_or(Duration::from_secs(5));
//!     thread::sleep(pause.clamp(Duration::from_secs(1), Duration::from_secs(60)));
//! }
//! client.start_task(TaskName::BACKUP_DATABASE)?;
//! # Ok::<(), Error>(())
//! ```
//!
//! # Guarantees
//!
//! - **A call ends within the configured time**, 30 seconds by default. This includes name lookup,
//!   connecting, TLS and the last byte of the body. See [`ClientBuilder::timeout`]. There is one
//!   exception: a proxy that sends its answer to `CONNECT` byte by byte can hold a call for longer.
//! - **Memory is limited.** The body of a success can have 1 MiB; a list has about 200 bytes per task.
//!   The headers of a response can have 64 KiB, in at most 128 lines. At most 64 KiB of an error's
//!   body are read.
//! - **A truncated response is an error**, unless its status is an error already. There is one
//!   exception: without a length, a response that is cut off counts as complete. A list then does not
//!   parse, and a start is judged by its status.
//! - **A success comes from PMS.** A list must have the documented form. A start or a stop succeeds if
//!   the status is 200 to 299, and the body is empty or the response has the header `X-Plex-Protocol`,
//!   which PMS adds to every response. An error list is never a success. The client cannot distinguish
//!   PMS from another web server that answers with an empty body.
//! - **Redirects are not followed**, because the target would receive the token. [`Error::Status`] has
//!   the target.
//! - **A start or a stop is never sent twice**: that could run a task again. Only the list is requested
//!   once more, if the connection was closed before the response.
//! - **Only the documented requests are sent.** A task name is one path segment, whatever is in it.
//! - **The token stays secret.** It is sent in a header, to the configured host only. No URL, error or
//!   debug output shows it. If the server echoes it as it was sent, the error shows `***`. There are
//!   two exceptions: a token of fewer than 8 characters is not replaced, and the `available` names of
//!   [`Error::UnknownTask`] are data, shown as the server sent them by `Debug`. At the log level
//!   `trace`, the crate `ureq-proto` logs each request, with the token. With `env_logger`, use
//!   `RUST_LOG=trace,ureq_proto=debug`.
//! - **No background work.** Nothing is printed. No thread outlives a call, except while a DNS lookup
//!   hangs.
//!
//! Over plain http, anyone on the network path can read the token. Use https outside your own network.
//!
//! Some responses of broken servers get a misleading error. An endless line between two chunks is
//! reported as a closed connection, and an interim response that is immediately followed by more than
//! 64 KiB as invalid HTTP. Over https, bytes that a server sends after a response can be read as the
//! start of the next one.
//!
//! # Addresses
//!
//! IPv4 addresses of a host are tried before IPv6 addresses, because PMS listens on IPv6 only if its
//! owner has switched that on. A name such as
//! `192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct` spells its address, so no name server
//! is asked. That works without internet access, and behind routers that refuse to resolve such names.
//! The certificate must still be valid for the name.
//!
//! # Threads
//!
//! A [`Client`] is `Send` and `Sync`, and a clone is cheap. Clones, and threads that share a client,
//! share its connections. A host name is looked up for every call, in a thread that ends with the
//! lookup. For [`catch_unwind`](std::panic::catch_unwind), wrap a client in `AssertUnwindSafe`: ureq's
//! agent lacks the marker, but a call runs no code of the caller, so no panic can interrupt it.
//!
//! # Proxies
//!
//! The client uses the proxy of the environment, such as `https_proxy`, but not for the machine itself
//! and not for the hosts in `no_proxy`. [`ClientBuilder::proxy`] has the details.
//! [`ClientBuilder::proxy`] and [`ClientBuilder::no_proxy`] override the environment.
//!
//! A proxy that does not answer `CONNECT` as HTTP, or with more than 20 headers, is reported as
//! [`InvalidResponse`](TransportErrorKind::InvalidResponse), and one that closes the connection
//! without an answer as [`Closed`](TransportErrorKind::Closed).
//!
//! # Features
//!
//! - `rustls` (default): https with rustls, and with Mozilla's root certificates, which are built in.
//! - `platform-verifier`: https with rustls, and with the root certificates of the operating system.
//! - No feature: plain http only. [`ClientBuilder::build`] refuses an https URL.
//!
//! Another crate in the same program can turn on features of ureq and serde_json. Requests, results and
//! errors stay the same, with two exceptions. With `ureq/cookies`, a client sends a server's cookies
//! back to it. With `ureq/gzip` or `ureq/brotli`, a body that a server compressed unasked is
//! decompressed, and an empty body that is labelled as compressed is an error. Without them, an error
//! calls the first a compressed body, and the second is a success.
//!
//! # Testing your program
//!
//! The base URL is a setting, so any HTTP server can stand in for PMS, such as one of [mockito]:
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
//! let client = Client::builder(server.url()).build()?;
//! assert_eq!(client.start_task(TaskName::BACKUP_DATABASE)?, StartOutcome::AlreadyRunning);
//! assert!(matches!(client.stop_all_tasks(), Err(Error::Unauthorized { .. })));
//! running.assert();
//! refused.assert();
//! # Ok::<(), Error>(())
//! ```
//!
//! A test can provoke each error: `Unauthorized` and `Status` by a status; `UnknownTask` by a 404 and
//! a list without the task; `UnexpectedResponse` by a list in another form; `Transport` by a port where
//! nothing listens, or by a timeout of zero; `InvalidInput` by an empty token.
//!
//! To test without a server, put the client behind a trait. A fake reads a [`ButlerTask`] from JSON,
//! with the crate `serde_json`, and clones an error to return it more than once:
//!
//! ```
//! use plex_butler::{ButlerTask, Client, Error};
//!
//! trait Butler {
//!     fn tasks(&self) -> Result<Vec<ButlerTask>, Error>;
//! }
//!
//! impl Butler for Client {
//!     fn tasks(&self) -> Result<Vec<ButlerTask>, Error> {
//!         self.get_butler_tasks()
//!     }
//! }
//!
//! struct Fake(Result<Vec<ButlerTask>, Error>);
//!
//! impl Butler for Fake {
//!     fn tasks(&self) -> Result<Vec<ButlerTask>, Error> {
//!         self.0.clone()
//!     }
//! }
//!
//! fn count_enabled(butler: &impl Butler) -> Result<usize, Error> {
//!     Ok(butler.tasks()?.iter().filter(|task| task.enabled).count())
//! }
//!
//! let json = r#"{"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true}"#;
//! let task: ButlerTask = serde_json::from_str(json)?;
//! assert_eq!(count_enabled(&Fake(Ok(vec![task]))), Ok(1));
//!
//! let error = Client::new("http://localhost:32400", "").unwrap_err();
//! assert_eq!(count_enabled(&Fake(Err(error.clone()))), Err(error));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.85. Raising it is at least a minor version. Of the
//! dependencies, only serde's traits `Serialize` and `Deserialize` are part of the public API. Messages
//! are for people and can change in any version.
//!
//! Two names of ureq that this crate uses are outside ureq's semver promise: the trait `Resolver` and
//! `DefaultConnector`. If a minor version of ureq changes them, a patch of this crate follows.

#![warn(clippy::dbg_macro, clippy::print_stderr, clippy::print_stdout)]

mod builder;
mod client;
mod error;
mod http;
mod json;
mod outcome;
mod quote;
mod status;
mod task;
mod task_name;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::{Error, Input, TransportErrorKind};
pub use outcome::{StartOutcome, StopOutcome};
pub use status::{Activity, ButlerStatus};
pub use task::ButlerTask;
pub use task_name::TaskName;

/// Compiles the examples in README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
