//! Blocking client for the Butler of Plex Media Server.

mod answer;
mod base_url;
mod body;
mod builder;
mod client;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod outcome;
mod proxy;
mod resolver;
mod task;
mod task_name;
mod tls;
mod transport;

pub use body::ServerError;
pub use builder::ClientBuilder;
pub use client::Client;
pub use error::Error;
pub use outcome::{StartOutcome, StopOutcome};
pub use task::ButlerTask;
pub use task_name::TaskName;
pub use transport::TransportErrorKind;
