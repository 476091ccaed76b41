//! The client: one method per operation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::http::{Method, Response, Session, task_url};
use crate::text::{one_line, redact};
use crate::{ButlerTask, Error, StartOutcome, StopOutcome, TaskName};

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
    /// [`Transport`](Error::Transport), [`Unauthorized`](Error::Unauthorized),
    /// [`Status`](Error::Status), [`UnexpectedResponse`](Error::UnexpectedResponse).
    pub fn get_butler_tasks(&self) -> Result<Vec<ButlerTask>, Error> {
        self.send_for_all(Method::GET)?.into_list()
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
    /// Those of [`get_butler_tasks`](Client::get_butler_tasks). `UnexpectedResponse` means a body
    /// that PMS does not send: an error list, or any body if the response lacks the header
    /// `X-Plex-Protocol`.
    pub fn start_all_tasks(&self) -> Result<(), Error> {
        self.send_for_all(Method::POST)?.into_done()
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
        self.send_for_all(Method::DELETE)?.into_done()
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
    /// [`InvalidInput`](Error::InvalidInput), [`UnknownTask`](Error::UnknownTask), and those of
    /// [`start_all_tasks`](Client::start_all_tasks).
    pub fn start_task(&self, name: impl Into<TaskName>) -> Result<StartOutcome, Error> {
        let response = self.send_for_task(Method::POST, name.into())?;
        let outcome = match response.status {
            202 => StartOutcome::AlreadyRunning,
            _ => StartOutcome::Accepted,
        };
        response.into_done().map(|()| outcome)
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
    /// Those of [`start_task`](Client::start_task).
    pub fn stop_task(&self, name: impl Into<TaskName>) -> Result<StopOutcome, Error> {
        let response = self.send_for_task(Method::DELETE, name.into())?;
        if response.status == 404 {
            return Ok(StopOutcome::NotRunning);
        }
        response.into_done().map(|()| StopOutcome::Stopped)
    }

    /// The host and port of the proxy that the client uses, or `None` if it connects to the server
    /// directly.
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

    /// Sends a request for all tasks.
    fn send_for_all(&self, method: Method) -> Result<Response<'_>, Error> {
        let session = &self.session;
        session.send(method, &session.butler, session.deadline())
    }

    /// Sends a request for one task.
    ///
    /// After a 404, the list shows what it means. A task that is not listed is unknown. If only the
    /// list is from PMS, the 404 is that of a proxy, and an error. A 404 that is returned is the
    /// server's answer about a task that it has.
    fn send_for_task(&self, method: Method, name: TaskName) -> Result<Response<'_>, Error> {
        let session = &self.session;
        let deadline = session.deadline();
        let url = task_url(&session.butler, name.as_str())?;
        let mut response = session.send(method, &url, deadline)?;
        if response.status != 404 {
            return Ok(response);
        }
        let list = session.send(Method::GET, &session.butler, deadline)?;
        let is_of_proxy = list.is_from_pms() && !response.is_from_pms();
        let available: Vec<TaskName> = list
            .into_list()?
            .into_iter()
            .map(|task| task.name)
            .collect();
        if !available.contains(&name) {
            return Err(self.unknown_task(name, available));
        }
        response.listed_task = Some(name);
        if is_of_proxy {
            return Err(response.status_error());
        }
        Ok(response)
    }

    fn unknown_task(&self, name: TaskName, available: Vec<TaskName>) -> Error {
        let names: Vec<&str> = available.iter().map(TaskName::as_str).collect();
        let names = redact(&names.join(", "), self.session.token.as_deref());
        Error::UnknownTask {
            // Four times as many characters as a genuine server has.
            listed: one_line(&names, 2000),
            name,
            available,
        }
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
