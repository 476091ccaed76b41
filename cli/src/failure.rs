//! A failure as one line for people and as an exit code for scripts. The library's errors are mapped here, and nowhere
//! else.

use std::process::ExitCode;

use plex_butler::{Error, Input, TransportErrorKind};

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

/// A failure: what happened, and what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) message: String,
    /// Whether the next request would fail in the same way, perhaps after as long a time.
    pub(crate) is_unreachable: bool,
}

impl Failure {
    fn new(status: Status, message: impl Into<String>) -> Failure {
        Failure {
            status,
            message: message.into(),
            is_unreachable: false,
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Status::WrongUsage, message)
    }

    pub(crate) fn no_such_task(message: impl Into<String>) -> Failure {
        Failure::new(Status::NoSuchTask, message)
    }

    /// The same, after `--retry` has come to its end. There is no time for another request.
    pub(crate) fn gave_up(self, reason: &str) -> Failure {
        Failure {
            message: format!("{reason}: {}", self.message),
            is_unreachable: true,
            ..self
        }
    }

    pub(crate) fn not_tried() -> Failure {
        Failure::new(
            Status::Failed,
            "not tried, because the server cannot be reached",
        )
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let (status, advice) = match &error {
            Error::Unauthorized { from_pms, .. } => {
                let advice = match from_pms {
                    true => "; see --token-file and --token-from-server",
                    false => "; see --header-file",
                };
                (Status::NotAuthorized, advice)
            }
            Error::Status {
                status, from_pms, ..
            } => match (status, from_pms) {
                (403, true) => (
                    Status::NotAuthorized,
                    "; --verbose shows where the token is from",
                ),
                (403, false) => (Status::NotAuthorized, "; see --header-file"),
                (300..=399, _) => (Status::Failed, "; see --url and --header-file"),
                _ => (Status::Failed, ""),
            },
            Error::UnknownTask { .. } => (Status::NoSuchTask, ""),
            Error::InvalidInput { input, .. } => match input {
                Input::TaskName => (Status::NoSuchTask, ""),
                Input::Token => (
                    Status::WrongUsage,
                    "; the token file or PLEX_TOKEN must hold the token and nothing else",
                ),
                Input::RootCertificates => (
                    Status::WrongUsage,
                    "; --ca needs a file with `-----BEGIN CERTIFICATE-----`",
                ),
                Input::Proxy => (Status::WrongUsage, "; see --proxy"),
                _ => (Status::WrongUsage, ""),
            },
            Error::Transport { kind, .. } => {
                let advice = match kind {
                    TransportErrorKind::Tls => "; see --ca and --insecure",
                    TransportErrorKind::Proxy => "; see --proxy",
                    TransportErrorKind::Timeout => "; see --timeout",
                    _ => "",
                };
                (Status::Failed, advice)
            }
            _ => (Status::Failed, ""),
        };
        Failure {
            is_unreachable: is_unreachable(&error),
            ..Failure::new(status, format!("{error}{advice}"))
        }
    }
}

fn is_unreachable(error: &Error) -> bool {
    use TransportErrorKind::{HostNotFound, Proxy, Refused, Unreachable};
    let at_connecting = matches!(
        error,
        Error::Transport {
            kind: HostNotFound | Refused | Unreachable | Proxy,
            ..
        }
    );
    at_connecting || error.is_tls() || error.is_timeout()
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
