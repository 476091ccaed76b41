//! What went wrong, as one line for people and as an exit status for scripts.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::process::ExitCode;

use plex_butler::{Error, Setting, TransportErrorKind};

/// How the program ends. When several tasks fail for different reasons, the greatest counts, so that 4 says that every
/// other task was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Done,
    NoSuchTask,
    Failed,
    NotAuthorized,
    WrongUsage,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(match status {
            Status::Done => 0,
            Status::Failed => 1,
            Status::WrongUsage => 2,
            Status::NotAuthorized => 3,
            Status::NoSuchTask => 4,
        })
    }
}

/// A failure: what went wrong, the cause, and what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure { status: Status::WrongUsage, message: message.into() }
    }

    pub(crate) fn no_such_task(message: impl Into<String>) -> Failure {
        Failure { status: Status::NoSuchTask, message: message.into() }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Failure {
        Failure::usage(format!("{error}: see plex-butler --help"))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let (status, advice) = match &error {
            Error::Unauthorized { .. } => (
                Status::NotAuthorized,
                ": give the token of the server's owner with --token-file, PLEX_TOKEN or --token-from-server",
            ),
            Error::Status { status: 403, .. } => (Status::NotAuthorized, ""),
            Error::UnknownTask { .. } | Error::InvalidTaskName { .. } => (Status::NoSuchTask, ""),
            Error::InvalidSetting { setting: Setting::Token, .. } => {
                (Status::WrongUsage, ": the token file or PLEX_TOKEN must hold the token and nothing else")
            }
            Error::InvalidSetting { .. } => (Status::WrongUsage, ""),
            Error::Transport { kind: TransportErrorKind::CertificateIssuer, .. } => (Status::Failed, ": see --ca"),
            _ => (Status::Failed, ""),
        };
        Failure { status, message: chain(&error) + advice }
    }
}

/// The error and its causes, without those that a message before them has told already, if only the start of them.
fn chain(error: &dyn StdError) -> String {
    let mut message = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        let start: String = text.chars().take(100).collect();
        if !message.contains(&start) {
            let _ = write!(message, ": {text}");
        }
        next = cause.source();
    }
    message
}

#[cfg(test)]
mod tests;
