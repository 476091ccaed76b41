//! The successful outcomes of starting and stopping a task.

use std::fmt;

/// The outcome of [`Client::start_task`](crate::Client::start_task). Both variants are successes.
///
/// ```
/// use plex_butler::StartOutcome;
///
/// assert_eq!(StartOutcome::AlreadyRunning.to_string(), "already running");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StartOutcome {
    /// The server accepted. The task runs now, is scheduled inside the maintenance window, or is
    /// skipped: see [starting a task](crate#starting-a-task). The response does not tell which.
    Accepted,
    /// The task was running already. Nothing changed.
    AlreadyRunning,
}

/// The outcome of [`Client::stop_task`](crate::Client::stop_task). Both variants are successes.
///
/// ```
/// use plex_butler::StopOutcome;
///
/// assert_eq!(StopOutcome::NotRunning.to_string(), "not running");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopOutcome {
    /// The task was running or scheduled. It no longer is.
    Stopped,
    /// The server has the task, and it was neither running nor scheduled. Nothing changed.
    NotRunning,
}

impl fmt::Display for StartOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StartOutcome::Accepted => "accepted",
            StartOutcome::AlreadyRunning => "already running",
        })
    }
}

impl fmt::Display for StopOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StopOutcome::Stopped => "stopped",
            StopOutcome::NotRunning => "not running",
        })
    }
}
