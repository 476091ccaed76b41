//! A blocking client for the Butler API of Plex Media Server (PMS). The Butler runs the server's
//! maintenance tasks: database backup, clean-ups, media analysis. This crate lists the tasks, starts
//! one or all, stops one or all, and reports what the Butler is doing.
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
//! [`Client::new`] takes the address and the token. [`Client::from_env`] reads them from `PLEX_URL`
//! and `PLEX_TOKEN`. [`Client::builder`] has all settings, such as headers, the timeout, a private CA
//! and a proxy. With it, the token is optional.
//!
//! # Starting a task
//!
//! Starting returns as soon as the server has accepted the request. The rest happens in the server:
//!
//! 1. Outside the maintenance window, a task starts at once.
//! 2. Inside the maintenance window, a task that is set to run at a random time is scheduled for a
//!    random time in the window.
//! 3. [`Client::start_all_tasks`] skips a task that is not scheduled for the current day. Plex's
//!    documents differ on whether [`Client::start_task`] does so too. On running servers, it does not.
//!
//! The response does not tell which of these happened. Stopping a task ends it, or removes it from the
//! queue.
//!
//! # Waiting for a task
//!
//! [`Client::get_butler_status`] reports whether the Butler is idle, waiting or working now. It cannot
//! confirm that a particular start has finished:
//!
//! - How soon a start becomes visible is not known. On running servers, a named task starts within about
//!   a minute.
//! - A task with nothing to do ends within milliseconds and is usually missed.
//! - In the maintenance window, the Butler can wait for hours between two tasks.
//!
//! # Outcomes and errors
//!
//! Starting a task that is already running is a success, and so is stopping a task that is not
//! running: see [`StartOutcome`] and [`StopOutcome`]. Everything else is an [`Error`].
//!
//! ```no_run
//! use plex_butler::{Client, Error, StopOutcome, TaskName};
//!
//! let client = Client::from_env()?;
//! match client.stop_task(TaskName::DEEP_MEDIA_ANALYSIS) {
//!     Ok(StopOutcome::Stopped) => println!("stopped"),
//!     Ok(StopOutcome::NotRunning) => println!("it was not running"),
//!     // The server has done nothing, and the same call can succeed later.
//!     Err(error) if error.is_transient() => eprintln!("try later: {error}"),
//!     Err(error @ Error::Unauthorized { .. }) => eprintln!("correct the token: {error}"),
//!     Err(Error::UnknownTask { available, .. }) => eprintln!("choose from {available:?}"),
//!     // Another server answered, or a login page in front of PMS.
//!     Err(error @ Error::UnexpectedResponse { .. }) => eprintln!("correct the address: {error}"),
//!     Err(error) => eprintln!("{error}"),
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! Print an error with `{error}`. A `main` that returns a `Result` prints the `Debug` form, which is
//! for developers.
//!
//! # Waiting for a server
//!
//! While it starts, a server may refuse or drop connections, or a proxy may answer 502 for it. Listing
//! the tasks changes nothing, so ask for the list until the server answers. Then start the task, once:
//! after an error that is not [transient](Error::is_transient), the server may have carried out the
//! request.
//!
//! ```no_run
//! use std::thread;
//! use std::time::{Duration, Instant};
//!
//! use plex_butler::{Client, ClientBuilder, Error, TaskName};
//!
//! let settings = ClientBuilder::from_env();
//! let deadline = Instant::now() + Duration::from_secs(300);
//! loop {
//!     let left = deadline.saturating_duration_since(Instant::now());
//!     let client = settings.clone().timeout(left.min(Client::DEFAULT_TIMEOUT)).build()?;
//!     let Err(error) = client.get_butler_tasks() else { break };
//!     let is_starting = matches!(error, Error::Transport { .. })
//!         || error.status().is_some_and(|status| status == 429 || status >= 500);
//!     let pause = error.retry_after().unwrap_or(Duration::from_secs(5)).max(Duration::from_secs(1));
//!     if !is_starting || Instant::now() + pause > deadline {
//!         return Err(error);
//!     }
//!     thread::sleep(pause);
//! }
//! settings.build()?.start_task(TaskName::BACKUP_DATABASE)?;
//! # Ok::<(), Error>(())
//! ```
//!
//! # Guarantees
//!
//! - **A call ends within the configured time**, 30 seconds by default: see
//!   [`ClientBuilder::timeout`]. Only a proxy that sends its answer to `CONNECT` byte by byte can hold a
//!   call for longer.
//! - **Memory use is bounded.** A successful response may have at most 1 MiB; a list has about 200
//!   bytes per task. At most 64 KiB of an error's body is read. Headers may have 64 KiB in 128 lines.
//! - **A truncated response is an error**, unless its status is an error already. Without a length, a
//!   truncated response looks complete. A truncated list fails to parse; for a start, only the status
//!   counts.
//! - **A success comes from PMS.** A list must have the documented form. A start or a stop succeeds if
//!   the status is 200 to 299, and the body is empty or the response has the header `X-Plex-Protocol`,
//!   which PMS adds to every response. An error list in JSON is never a success. Another web server that answers
//!   with an empty body cannot be distinguished from PMS.
//! - **Redirects are not followed**, because the target would receive the token.
//! - **A start or a stop is never sent twice**: that could run a task again. A `GET` is sent once more
//!   if the connection was closed before the response.
//! - **Only the documented requests are sent.** A task name is one path segment, whatever is in it.
//! - **The token stays secret.** It is sent in a header, to the configured host only. No URL, error or
//!   debug output shows it. If the server echoes it as it was sent, the error shows `***`; only a token of
//!   fewer than 8 characters is not replaced. At the log level `trace`, the crate `ureq-proto` logs each request,
//!   with the token. With `env_logger`, use `RUST_LOG=trace,ureq_proto=debug`.
//! - **No background work.** Nothing is printed. No thread outlives a call, except while a DNS lookup
//!   hangs.
//!
//! Over plain http, anyone on the network path can read the token. Use https outside your own network.
//!
//! # Addresses, proxies and threads
//!
//! IPv4 addresses of a host are tried before IPv6 addresses, because PMS listens on IPv6 only if its
//! owner has switched that on. A name such as
//! `192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct` needs no DNS: the client reads the
//! address from the name. The certificate must still be valid for the name.
//!
//! Environment proxies are ignored: see [`ClientBuilder::proxy`].
//!
//! A [`Client`] is `Send` and `Sync`, and a clone is cheap. Clones share their connections. A host name
//! is looked up for every call, in a thread that ends with the lookup. For
//! [`catch_unwind`](std::panic::catch_unwind), wrap a client in `AssertUnwindSafe`. ureq's `Agent` is
//! not `UnwindSafe`; wrapping it is sound, because no caller's code runs inside a call.
//!
//! # Features
//!
//! - `rustls` (default): https with rustls, and with Mozilla's root certificates, which are built in.
//! - `platform-verifier`: https with rustls, and with the root certificates of the operating system.
//! - No feature: plain http only. [`ClientBuilder::build`] refuses an https URL.
//!
//! Another crate in the same program can turn on features of ureq. With `ureq/cookies`, a client sends a
//! server's cookies back to it. With `ureq/gzip` or `ureq/brotli`, unsolicited compressed responses are
//! decoded.
//!
//! # Testing your program
//!
//! The base URL is a setting, so any HTTP server can stand in for PMS, such as one of [mockito] (with
//! `serde_json`, a dev-dependency of your own):
//!
//! [mockito]: https://docs.rs/mockito
//!
//! ```
//! use plex_butler::{ButlerStatus, Client, Error, StartOutcome, TaskName};
//!
//! const LIST: &str = r#"{"ButlerTasks":{"ButlerTask":[
//!     {"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true,
//!      "title":"Backup Database","description":"Create a backup copy of the server's database"}
//! ]}}"#;
//!
//! const ACTIVITIES: &str = r#"{"MediaContainer":{"size":1,"Activity":[
//!     {"type":"butler","title":"Butler tasks","subtitle":"DeepMediaAnalysis","progress":90}
//! ]}}"#;
//!
//! let mut server = mockito::Server::new();
//! server.mock("GET", "/butler").with_body(LIST).create();
//! server.mock("GET", "/activities").with_body(ACTIVITIES).create();
//! server.mock("POST", "/butler/BackupDatabase").with_status(202).create();
//! server.mock("DELETE", "/butler").with_status(401).create();
//!
//! let client = Client::builder(server.url()).build()?;
//! assert_eq!(client.get_butler_tasks()?.len(), 1);
//! assert!(matches!(client.get_butler_status()?, ButlerStatus::Working(_)));
//! assert_eq!(client.start_task(TaskName::BACKUP_DATABASE)?, StartOutcome::AlreadyRunning);
//! assert!(matches!(client.stop_all_tasks(), Err(Error::Unauthorized { .. })));
//! # Ok::<(), Error>(())
//! ```
//!
//! To test without a server, put the client behind a trait. A fake reads a [`ButlerTask`] or an
//! [`Activity`] from JSON. It cannot create an [`Error`], but it can clone one that a mock server provoked: an error is `Clone` and
//! `PartialEq`.
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.85. Raising it is at least a minor version. Of the
//! dependencies, only serde's traits `Serialize` and `Deserialize` are part of the public API. Messages
//! are for people and can change in any version.
//!
//! These names of ureq are outside ureq's semver promise: `Connector`, `ConnectionDetails`,
//! `DefaultConnector`, `Resolver`, `ResolvedSocketAddrs` and `NextTimeout`. If a minor version of ureq
//! changes them, a patch of this crate follows.

#![warn(clippy::dbg_macro, clippy::print_stderr, clippy::print_stdout)]

mod builder;
mod butler_status;
mod client;
mod error;
mod http;
mod json;
mod outcome;
mod quote;
mod task;
mod task_name;

pub use builder::ClientBuilder;
pub use butler_status::{Activity, ButlerStatus};
pub use client::Client;
pub use error::{Error, Input, TransportErrorKind};
pub use outcome::{StartOutcome, StopOutcome};
pub use task::ButlerTask;
pub use task_name::TaskName;

/// Compiles the examples in README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
