//! The client: one method per operation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::http::{Method, Response, Session, task_url};
use crate::{ButlerStatus, ButlerTask, Error, StartOutcome, StopOutcome, TaskName};

/// A client for the Butler of one Plex Media Server.
///
/// Every method blocks until the response is complete or the
/// [timeout](crate::ClientBuilder::timeout) has run out. The client keeps connections open and
/// reuses them.
///
/// ```no_run
/// use plex_butler::{Client, StartOutcome, TaskName};
///
/// let client = Client::new("http://127.0.0.1:32400", "token")?;
/// match client.start_task(TaskName::BACKUP_DATABASE)? {
///     StartOutcome::Accepted => println!("the server accepted the backup"),
///     StartOutcome::AlreadyRunning => println!("the backup is already running"),
/// }
/// # Ok::<(), plex_butler::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) session: Arc<Session>,
}

impl Client {
    /// The base URL of [`ClientBuilder::from_env`](crate::ClientBuilder::from_env) when `PLEX_URL`
    /// is not set.
    pub const DEFAULT_BASE_URL: &'static str = "http://127.0.0.1:32400";

    /// The default timeout of a call: 30 seconds.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// Lists the tasks of the server: `GET /butler`.
    ///
    /// The response does not show which tasks are running. See
    /// [`get_butler_status`](Client::get_butler_status).
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// for task in client.get_butler_tasks()? {
    ///     println!("{} runs every {} days", task.name, task.interval);
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Transport`](Error::Transport), [`Unauthorized`](Error::Unauthorized),
    /// [`Status`](Error::Status), [`UnexpectedResponse`](Error::UnexpectedResponse).
    pub fn get_butler_tasks(&self) -> Result<Vec<ButlerTask>, Error> {
        self.send_for_all(Method::GET)?.expect_list()
    }

    /// Returns what the Butler is doing now: `GET /activities`.
    ///
    /// It needs the token of the server's owner. Another account sees only its own activities, so the
    /// status is then always [`Idle`](ButlerStatus::Idle).
    ///
    /// The status cannot confirm that a particular start has finished: see [waiting for a
    /// task](crate#waiting-for-a-task).
    ///
    /// ```no_run
    /// use plex_butler::ButlerStatus;
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// match client.get_butler_status()? {
    ///     ButlerStatus::Idle => println!("idle"),
    ///     ButlerStatus::Waiting(_) => println!("between two tasks"),
    ///     ButlerStatus::Working(activities) => {
    ///         let step = activities.iter().find(|activity| !activity.subtitle.is_empty());
    ///         println!("working: {}", step.map_or("something", |activity| &activity.subtitle));
    ///     }
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Transport`](Error::Transport), [`Unauthorized`](Error::Unauthorized),
    /// [`Status`](Error::Status), [`UnexpectedResponse`](Error::UnexpectedResponse).
    pub fn get_butler_status(&self) -> Result<ButlerStatus, Error> {
        let session = &self.session;
        let response = session.send(Method::GET, &session.activities_url, session.deadline())?;
        response.expect_butler_status()
    }

    /// Starts all tasks that are enabled in the server's settings: `POST /butler`.
    ///
    /// Returns as soon as the server has accepted the request. The server skips a task that is not
    /// scheduled for today, and delays some inside the maintenance window: see [starting a
    /// task](crate#starting-a-task).
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// client.start_all_tasks()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Transport`](Error::Transport), [`Unauthorized`](Error::Unauthorized),
    /// [`Status`](Error::Status), [`UnexpectedResponse`](Error::UnexpectedResponse):
    /// a body that PMS does not send, such as an error list, or any body if the response lacks the
    /// header `X-Plex-Protocol`.
    pub fn start_all_tasks(&self) -> Result<(), Error> {
        self.send_for_all(Method::POST)?.expect_empty().map(drop)
    }

    /// Stops all running tasks, and removes the scheduled ones from the queue: `DELETE /butler`.
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// client.stop_all_tasks()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Transport`](Error::Transport), [`Unauthorized`](Error::Unauthorized),
    /// [`Status`](Error::Status), [`UnexpectedResponse`](Error::UnexpectedResponse).
    pub fn stop_all_tasks(&self) -> Result<(), Error> {
        self.send_for_all(Method::DELETE)?.expect_empty().map(drop)
    }

    /// Starts one task: `POST /butler/{taskName}`.
    ///
    /// Returns as soon as the server has accepted the request, as
    /// [`start_all_tasks`](Client::start_all_tasks) does. After a 404, the client requests the
    /// list, to distinguish an unknown task from a wrong address.
    ///
    /// ```no_run
    /// use plex_butler::{StartOutcome, TaskName};
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// if client.start_task(TaskName::BACKUP_DATABASE)? == StartOutcome::AlreadyRunning {
    ///     println!("the backup is already running");
    /// }
    /// client.start_task("TaskOfTheFuture")?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](Error::InvalidInput), [`UnknownTask`](Error::UnknownTask),
    /// [`Transport`](Error::Transport), [`Unauthorized`](Error::Unauthorized),
    /// [`Status`](Error::Status), [`UnexpectedResponse`](Error::UnexpectedResponse).
    pub fn start_task(&self, name: impl Into<TaskName>) -> Result<StartOutcome, Error> {
        match self.send_for_task(Method::POST, name.into())? {
            202 => Ok(StartOutcome::AlreadyRunning),
            _ => Ok(StartOutcome::Accepted),
        }
    }

    /// Stops one task, or removes it from the queue: `DELETE /butler/{taskName}`.
    ///
    /// After a 404, the client requests the list, to distinguish a task that was not running from
    /// an unknown task and from a wrong address. If the list has the header `X-Plex-Protocol` and
    /// the 404 lacks it, the 404 is not from PMS. The result is then [`Error::Status`].
    ///
    /// ```no_run
    /// use plex_butler::{StopOutcome, TaskName};
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// match client.stop_task(TaskName::DEEP_MEDIA_ANALYSIS)? {
    ///     StopOutcome::Stopped => println!("stopped"),
    ///     StopOutcome::NotRunning => println!("there was nothing to stop"),
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](Error::InvalidInput), [`UnknownTask`](Error::UnknownTask),
    /// [`Transport`](Error::Transport), [`Unauthorized`](Error::Unauthorized),
    /// [`Status`](Error::Status), [`UnexpectedResponse`](Error::UnexpectedResponse).
    pub fn stop_task(&self, name: impl Into<TaskName>) -> Result<StopOutcome, Error> {
        match self.send_for_task(Method::DELETE, name.into())? {
            404 => Ok(StopOutcome::NotRunning),
            _ => Ok(StopOutcome::Stopped),
        }
    }

    /// Sends a request for all tasks.
    fn send_for_all(&self, method: Method) -> Result<Response<'_>, Error> {
        let session = &self.session;
        session.send(method, &session.butler_url, session.deadline())
    }

    /// Sends a request for one task, and returns the status of the success. A 404 is one if the
    /// server had nothing to stop.
    ///
    /// After a 404, the list shows what it means. A task that is not listed is unknown. If only the
    /// list is from PMS, a proxy sent the 404.
    fn send_for_task(&self, method: Method, name: TaskName) -> Result<u16, Error> {
        let session = &self.session;
        let deadline = session.deadline();
        let url = task_url(&session.butler_url, name.as_str())?;
        let response = session.send(method.clone(), &url, deadline)?;
        if response.status() != 404 {
            return response.expect_empty();
        }
        let list = session.send(Method::GET, &session.butler_url, deadline)?;
        let proxy_answered = list.is_from_pms() && !response.is_from_pms();
        let tasks = list.expect_list()?;
        if !tasks.iter().any(|task| task.name == name) {
            return Err(self.unknown_task(name, &tasks));
        }
        if method == Method::DELETE && !proxy_answered {
            return Ok(404);
        }
        response.expect_empty()
    }

    fn unknown_task(&self, name: TaskName, listed: &[ButlerTask]) -> Error {
        let redacted = |task: &ButlerTask| self.session.redact(task.name.as_str()).into();
        Error::UnknownTask {
            name,
            available: listed.iter().map(redacted).collect(),
        }
    }
}

/// Shows neither the token nor any header.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.session.butler_url)
            .field("timeout", &self.session.timeout)
            .field("proxy", &self.session.proxy)
            .finish_non_exhaustive()
    }
}
