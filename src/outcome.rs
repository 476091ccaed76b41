//! What starting and stopping a task can come to.

use std::fmt;

/// What [`Client::start_task`](crate::Client::start_task) came to. Both are successes.
///
/// ```
/// use plex_butler::StartOutcome;
///
/// assert_eq!(StartOutcome::AlreadyRunning.to_string(), "already running");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StartOutcome {
    /// The server accepted: the task runs now, waits for its time in the maintenance window, or is skipped as not due
    /// today. The API does not say which.
    Started,
    /// The task was running before; nothing changed.
    AlreadyRunning,
}

/// What [`Client::stop_task`](crate::Client::stop_task) came to. Both are successes.
///
/// ```
/// use plex_butler::StopOutcome;
///
/// assert_eq!(StopOutcome::NotRunning.to_string(), "not running");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopOutcome {
    /// The task was running or waiting, and is no more.
    Stopped,
    /// The server has the task, and it was neither running nor waiting; nothing changed.
    NotRunning,
}

impl fmt::Display for StartOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StartOutcome::Started => "started",
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
