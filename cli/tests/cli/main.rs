//! The program `plex-butler` as a user or a script meets it, against servers on real sockets.

mod advice;
#[cfg(target_os = "linux")]
mod completions;
mod exit_codes;
mod help;
mod json;
mod list;
mod names;
mod options;
mod output;
#[cfg(target_os = "linux")]
mod package;
#[cfg(unix)]
mod readme;
mod retry;
mod start_stop;
mod status;
#[cfg(unix)]
mod terminal;
#[cfg(feature = "rustls")]
mod tls;
mod token;
mod util;
mod verbose;
