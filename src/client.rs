//! The client: one method per operation.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::http::{self, Method, Response, Session, task_url};
use crate::text::redact;
use crate::{ButlerTask, Error, StartOutcome, StopOutcome, TaskName, TransportErrorKind};

/// A client for the Butler of one Plex Media Server.
///
/// Every method blocks until the response is complete or the [timeout](crate::ClientBuilder::timeout) has run out. The
/// client keeps connections open and reuses them.
///
/// ```no_run
/// use plex_butler::{Client, StartOutcome, TaskName};
///
/// let client = Client::new("http://127.0.0.1:32400", "token")?;
/// match client.start_task(TaskName::BackupDatabase)? {
///     StartOutcome::Started => println!("the server accepted the backup"),
///     StartOutcome::AlreadyRunning => println!("the backup is already running"),
/// }
/// # Ok::<(), plex_butler::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) session: Arc<Session>,
}

impl Client {
    /// The base URL of [`ClientBuilder::from_env`](crate::ClientBuilder::from_env) when `PLEX_URL` is not set.
    pub const DEFAULT_BASE_URL: &'static str = "http://127.0.0.1:32400";

    /// The `X-Plex-Client-Identifier` of a client that does not set one. It is the same in every program.
    pub const DEFAULT_CLIENT_IDENTIFIER: &'static str = env!("CARGO_PKG_NAME");

    /// The default timeout of a call: 30 seconds.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// The maximum size of a success's body in bytes: 64 MiB. A list has about 200 bytes per task.
    pub const MAX_BODY_SIZE: u64 = http::MAX_BODY_SIZE;

    /// The maximum size of a response's headers in bytes: 64 KiB, in at most 128 lines.
    pub const MAX_HEADER_SIZE: u64 = http::MAX_HEADER_SIZE;

    /// Lists the tasks of the server: `GET /butler`.
    ///
    /// The response does not say which tasks are running.
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
    /// [`Transport`](Error::Transport), [`Timeout`](Error::Timeout), [`Unauthorized`](Error::Unauthorized),
    /// [`Redirected`](Error::Redirected), [`Status`](Error::Status), [`Decode`](Error::Decode).
    pub fn get_butler_tasks(&self) -> Result<Vec<ButlerTask>, Error> {
        self.session
            .send(Method::GET, &self.session.butler, None)?
            .into_list()
    }

    /// Starts all tasks that are enabled in the server's settings: `POST /butler`.
    ///
    /// Returns as soon as the server has accepted the request. The server skips a task that is not scheduled for today, and
    /// delays some inside the maintenance window: see [starting a task](crate#starting-a-task).
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// client.start_all_tasks()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`get_butler_tasks`](Client::get_butler_tasks). `Decode` means a body that PMS does not send: an error list,
    /// or any body if the response lacks the header `X-Plex-Protocol`.
    pub fn start_all_tasks(&self) -> Result<(), Error> {
        self.session
            .send(Method::POST, &self.session.butler, None)?
            .into_done()
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
    /// Those of [`start_all_tasks`](Client::start_all_tasks).
    pub fn stop_all_tasks(&self) -> Result<(), Error> {
        self.session
            .send(Method::DELETE, &self.session.butler, None)?
            .into_done()
    }

    /// Starts one task: `POST /butler/{taskName}`.
    ///
    /// Returns as soon as the server has accepted the request, as [`start_all_tasks`](Client::start_all_tasks) does. After
    /// a 404, the client requests the list, to distinguish an unknown task from a wrong address.
    ///
    /// ```no_run
    /// use plex_butler::{StartOutcome, TaskName};
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// if client.start_task(TaskName::BackupDatabase)? == StartOutcome::AlreadyRunning {
    ///     println!("the backup is already running");
    /// }
    /// client.start_task("TaskOfTheFuture")?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidTaskName`](Error::InvalidTaskName), [`UnknownTask`](Error::UnknownTask), and those of
    /// [`start_all_tasks`](Client::start_all_tasks).
    pub fn start_task(&self, name: impl Into<TaskName>) -> Result<StartOutcome, Error> {
        let (name, started) = (name.into(), Instant::now());
        let url = task_url(&self.session.butler, name.as_str())?;
        let response = self.session.send(Method::POST, &url, None)?;
        match response.status {
            404 => {
                self.check_not_found(&response, &name, started)?;
                Err(response.status_error(Some(name)))
            }
            202 => response.into_done().map(|()| StartOutcome::AlreadyRunning),
            _ => response.into_done().map(|()| StartOutcome::Started),
        }
    }

    /// Stops one task, or removes it from the queue: `DELETE /butler/{taskName}`.
    ///
    /// After a 404, the client requests the list, to distinguish a task that was not running from an unknown task and from
    /// a wrong address. If the list has the header `X-Plex-Protocol` and the 404 lacks it, the 404 is not from PMS. The
    /// result is then [`Error::Status`].
    ///
    /// ```no_run
    /// use plex_butler::{StopOutcome, TaskName};
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// match client.stop_task(TaskName::DeepMediaAnalysis)? {
    ///     StopOutcome::Stopped => println!("stopped"),
    ///     StopOutcome::NotRunning => println!("there was nothing to stop"),
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`start_task`](Client::start_task).
    pub fn stop_task(&self, name: impl Into<TaskName>) -> Result<StopOutcome, Error> {
        let (name, started) = (name.into(), Instant::now());
        let url = task_url(&self.session.butler, name.as_str())?;
        let response = self.session.send(Method::DELETE, &url, None)?;
        match response.status {
            404 if self.check_not_found(&response, &name, started)? => Ok(StopOutcome::NotRunning),
            404 => Err(response.status_error(Some(name))),
            _ => response.into_done().map(|()| StopOutcome::Stopped),
        }
    }

    /// The host and port of the proxy that the client uses, or `None` if it connects to the server directly.
    ///
    /// ```
    /// # use plex_butler::Client;
    /// let builder = Client::builder("http://media.example.org:32400");
    /// let client = builder.proxy("http://user:password@proxy.example.org:3128").build()?;
    /// assert_eq!(client.proxy(), Some("proxy.example.org:3128"));
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn proxy(&self) -> Option<&str> {
        self.session.proxy.as_deref()
    }

    /// After a 404 for a task, requests the list in the time that is left of the call. Fails with `UnknownTask` unless the
    /// list has the task. Returns whether the 404 is from the server, and not from a proxy that passes on the list only.
    fn check_not_found(
        &self,
        not_found: &Response,
        name: &TaskName,
        started: Instant,
    ) -> Result<bool, Error> {
        let session = &self.session;
        let left = || session.timeout.saturating_sub(started.elapsed());
        let list = || session.send(Method::GET, &session.butler, Some(left()));
        let list = match list() {
            // Some servers close the connection after a 404. Requesting the list again changes nothing.
            Err(Error::Transport {
                kind: TransportErrorKind::Closed,
                ..
            }) => list(),
            result => result,
        }?;
        let same_sender = not_found.is_from_pms() || !list.is_from_pms();
        let tasks = list.into_list()?;
        if tasks.iter().any(|task| task.name == *name) {
            return Ok(same_sender);
        }
        let available = tasks
            .iter()
            .map(|task| redact(task.name.as_str(), session.token.as_deref()).into())
            .collect();
        Err(Error::UnknownTask {
            name: name.clone(),
            available,
        })
    }
}

/// Shows neither the token nor any header.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.session.butler)
            .field("timeout", &self.session.timeout)
            .field("proxy", &self.session.proxy)
            .finish_non_exhaustive()
    }
}
