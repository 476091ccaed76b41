//! A failure as one line for people, and as an exit code and a word for scripts. The library's errors are mapped here, and
//! nowhere else.

use std::process::ExitCode;

use plex_butler::{Error, Input, TaskName, TransportErrorKind};
use serde::Serialize;

use crate::advice::{Context, advice, is_get};

/// How the program ends. When several tasks fail for different reasons, the greatest counts. So exit code 4 means that the
/// requests for all other tasks succeeded.
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

/// The word for a failure in the output of `--json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Usage,
    NoSuchTask,
    NotAuthorized,
    /// There was no connection, so the request was not sent.
    Unreachable,
    Proxy,
    Tls,
    /// The request was sent, and the response did not come in time.
    Timeout,
    /// The request was sent, and the response was cut off or is not HTTP.
    NoResponse,
    Status,
    UnexpectedResponse,
    NotTried,
}

/// A failure: what happened, and what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    /// The tasks of the server, if it does not have the one of the request.
    pub(crate) available: Option<Vec<TaskName>>,
    /// Why the requests that would follow are not sent, if so.
    ends_run: Option<&'static str>,
}

impl Failure {
    fn new(kind: Kind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            available: None,
            ends_run: match kind {
                Kind::Unreachable | Kind::Proxy | Kind::Tls => Some("the server cannot be reached"),
                Kind::Timeout => Some("the server did not answer in time"),
                Kind::NotAuthorized => Some("access was refused"),
                _ => None,
            },
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Kind::Usage, message)
    }

    pub(crate) fn no_such_task(message: impl Into<String>) -> Failure {
        Failure::new(Kind::NoSuchTask, message)
    }

    /// An error of the library, with what to do about it.
    pub(crate) fn of(error: Error, context: &Context) -> Failure {
        let mut message = match &error {
            // The library does not know which option or variable has the input.
            Error::InvalidInput { input, reason, .. } => {
                format!("invalid {}: {reason}", context.name_of(*input))
            }
            _ => error.to_string(),
        };
        if let Some(advice) = advice(&error, context) {
            message = format!("{message}; {advice}");
        }
        let mut failure = Failure::new(Kind::of(&error), message);
        if failure.ends_run.is_none() && is_about_all_tasks(&error) {
            failure.ends_run = Some("it would fail in the same way");
        }
        match error {
            Error::UnknownTask { available, .. } => Failure {
                available: Some(available),
                ..failure
            },
            _ => failure,
        }
    }

    /// The same, after `--retry` has come to its end. There is no time for another request.
    pub(crate) fn gave_up(self, reason: &str) -> Failure {
        Failure {
            message: format!("{reason}: {}", self.message),
            ends_run: match self.kind {
                Kind::Status | Kind::NoResponse => Some("the server is not ready"),
                _ => self.ends_run,
            },
            ..self
        }
    }

    /// How the program ends if this is the only failure.
    pub(crate) fn status(&self) -> Status {
        match self.kind {
            Kind::Usage => Status::WrongUsage,
            Kind::NoSuchTask => Status::NoSuchTask,
            Kind::NotAuthorized => Status::NotAuthorized,
            _ => Status::Failed,
        }
    }

    /// The failure of the tasks that follow, if their requests are not sent.
    pub(crate) fn not_tried(&self) -> Option<Failure> {
        let message = format!("not tried, because {}", self.ends_run?);
        Some(Failure::new(Kind::NotTried, message))
    }
}

/// Whether the request for any other task would have the same answer: for example that of a proxy. The list is
/// requested for a name that only the server can know.
fn is_about_all_tasks(error: &Error) -> bool {
    match error {
        Error::Transport { request, .. }
        | Error::Status { request, .. }
        | Error::UnexpectedResponse { request, .. }
            if is_get(request) =>
        {
            true
        }
        Error::Status {
            status: 400,
            from_pms,
            ..
        }
        | Error::UnexpectedResponse { from_pms, .. } => !from_pms,
        Error::Status { status, .. } => matches!(status, 300..=399 | 405 | 407 | 421 | 426 | 501),
        _ => false,
    }
}

impl Kind {
    fn of(error: &Error) -> Kind {
        match error {
            Error::InvalidInput { input, .. } => match input {
                Input::TaskName => Kind::NoSuchTask,
                _ => Kind::Usage,
            },
            Error::UnknownTask { .. } => Kind::NoSuchTask,
            Error::Unauthorized { .. } | Error::Status { status: 403, .. } => Kind::NotAuthorized,
            Error::Status { .. } => Kind::Status,
            Error::Transport {
                kind, request_sent, ..
            } => match kind {
                TransportErrorKind::Tls => Kind::Tls,
                TransportErrorKind::Proxy => Kind::Proxy,
                _ if !request_sent => Kind::Unreachable,
                TransportErrorKind::Timeout => Kind::Timeout,
                _ => Kind::NoResponse,
            },
            _ => Kind::UnexpectedResponse,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_ordered_by_severity() {
        use Status::*;
        assert!(Done < NoSuchTask && NoSuchTask < Failed && Failed < NotAuthorized);
    }
}
