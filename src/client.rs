//! The client: one method per operation, and the one place that sends a request.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::header::CONTENT_LENGTH;
use ureq::http::{HeaderMap, HeaderValue, Method, Request, Uri};

use crate::answer::Answer;
use crate::base_url::BaseUrl;
use crate::resolver::CachingResolver;
use crate::text::redact;
use crate::{
    ButlerTask, ClientBuilder, Error, StartOutcome, StopOutcome, TaskName, TransportErrorKind, transport_error,
};

/// A client for the Butler of one Plex Media Server.
///
/// Every method blocks until the server has answered or the [timeout](ClientBuilder::timeout) has run out. Connections
/// are kept open and used again; clones, which are cheap, and threads that share a client share them.
///
/// ```no_run
/// use plex_butler::{Client, StartOutcome, TaskName};
///
/// let client = Client::new("http://127.0.0.1:32400", "token")?;
/// match client.start_task(TaskName::BackupDatabase)? {
///     StartOutcome::Started => println!("the backup has begun"),
///     StartOutcome::AlreadyRunning => println!("the backup was running before"),
/// }
/// # Ok::<(), plex_butler::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

/// What [`ClientBuilder::build`] has checked and made.
pub(crate) struct Inner {
    pub(crate) agent: Agent,
    pub(crate) resolver: CachingResolver,
    pub(crate) base_url: BaseUrl,
    pub(crate) headers: HeaderMap,
    pub(crate) token: Option<String>,
    pub(crate) timeout: Duration,
    /// The host and port of the proxy.
    pub(crate) proxy: Option<String>,
}

impl Client {
    /// The base URL of [`ClientBuilder::from_env`] when `PLEX_URL` is not set.
    pub const DEFAULT_BASE_URL: &'static str = "http://127.0.0.1:32400";

    /// The `X-Plex-Client-Identifier` of a client that sets none; the same in every program.
    pub const DEFAULT_CLIENT_IDENTIFIER: &'static str = env!("CARGO_PKG_NAME");

    /// The time that one call may take when nothing else is set: 30 seconds.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

    /// The largest body, in bytes, that a success may have: 64 MiB. A list of tasks has about 200 bytes a task.
    pub const MAX_BODY_SIZE: u64 = 64 << 20;

    /// The largest header section, in bytes, that an answer may have: 64 KiB, in at most 128 lines.
    pub const MAX_HEADER_SIZE: u64 = 64 << 10;

    /// Makes a client for a server that wants a token.
    ///
    /// `base_url` is `http://` or `https://`, the host, the port (PMS listens on 32400) and, behind a reverse proxy,
    /// the path prefix. For everything else there is [`Client::builder`].
    ///
    /// ```
    /// let client = plex_butler::Client::new("http://127.0.0.1:32400", "token")?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn new(base_url: impl Into<String>, token: impl Into<String>) -> Result<Client, Error> {
        Client::builder(base_url).token(token).build()
    }

    /// Starts with the base URL, and lets everything else be set.
    ///
    /// ```
    /// let client = plex_butler::Client::builder("http://[::1]:32400").build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    /// Makes a client from the environment variables `PLEX_URL` and `PLEX_TOKEN`, as [`ClientBuilder::from_env`] reads
    /// them.
    ///
    /// ```
    /// let client = plex_butler::Client::from_env()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Client, Error> {
        ClientBuilder::from_env().build()
    }

    /// Lists the tasks of the server: `GET /butler`.
    ///
    /// The answer does not say which tasks are running.
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
    /// [`Transport`](Error::Transport), [`Timeout`](Error::Timeout), [`TooLarge`](Error::TooLarge),
    /// [`Unauthorized`](Error::Unauthorized), [`Redirected`](Error::Redirected), [`Status`](Error::Status),
    /// [`Decode`](Error::Decode).
    pub fn get_butler_tasks(&self) -> Result<Vec<ButlerTask>, Error> {
        self.list(None)
    }

    /// Starts all tasks that are enabled in the server's settings: `POST /butler`.
    ///
    /// Returns when the server has accepted; the tasks run on in the server. One that is not due today is skipped. Outside
    /// the maintenance window all others start at once; inside it, one that is set to a random time waits for it.
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// client.start_all_tasks()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`get_butler_tasks`](Client::get_butler_tasks). `Decode` is a login page that a proxy put in the
    /// server's place, or an error list that came with a success.
    pub fn start_all_tasks(&self) -> Result<(), Error> {
        self.act(Method::POST, self.inner.base_url.butler()).map(drop)
    }

    /// Stops all running tasks and removes the waiting ones from the queue: `DELETE /butler`.
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
        self.act(Method::DELETE, self.inner.base_url.butler()).map(drop)
    }

    /// Starts one task: `POST /butler/{taskName}`.
    ///
    /// Returns when the server has accepted, by the same rules as [`start_all_tasks`](Client::start_all_tasks). After
    /// a 404 the server is asked for its list, to tell an unknown task from a wrong address.
    ///
    /// ```no_run
    /// use plex_butler::{StartOutcome, TaskName};
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// if client.start_task(TaskName::BackupDatabase)? == StartOutcome::AlreadyRunning {
    ///     println!("the backup was running before");
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
        self.start(name.into())
    }

    /// Stops one task, or removes it from the queue: `DELETE /butler/{taskName}`.
    ///
    /// After a 404 the server is asked for its list, to tell a task that was not running from an unknown task
    /// and from a wrong address.
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
        self.stop(name.into())
    }

    fn start(&self, name: TaskName) -> Result<StartOutcome, Error> {
        let started = Instant::now();
        match self.act(Method::POST, &self.inner.base_url.task(&name)?) {
            Ok(202) => Ok(StartOutcome::AlreadyRunning),
            Ok(_) => Ok(StartOutcome::Started),
            Err(error) if error.status() == Some(404) => self.check_listed(name, started).and(Err(error)),
            Err(error) => Err(error),
        }
    }

    fn stop(&self, name: TaskName) -> Result<StopOutcome, Error> {
        let started = Instant::now();
        match self.act(Method::DELETE, &self.inner.base_url.task(&name)?) {
            Ok(_) => Ok(StopOutcome::Stopped),
            Err(error) if error.status() == Some(404) => {
                self.check_listed(name, started).map(|()| StopOutcome::NotRunning)
            }
            Err(error) => Err(error),
        }
    }

    /// Fails with `UnknownTask` unless the server lists the task, in the time that is left of the call.
    fn check_listed(&self, name: TaskName, started: Instant) -> Result<(), Error> {
        let list = || self.list(Some(self.inner.timeout.saturating_sub(started.elapsed())));
        let tasks = match list() {
            // Some servers close the connection after a 404, and to ask again changes nothing.
            Err(Error::Transport { kind: TransportErrorKind::Closed, .. }) => list(),
            listed => listed,
        }?;
        if tasks.iter().any(|task| task.name == name) {
            return Ok(());
        }
        let token = self.inner.token.as_deref();
        let names = tasks.iter().map(|task| redact(task.name.as_str(), token));
        let available = names.map(TaskName::from).collect();
        Err(Error::UnknownTask { name, available })
    }

    fn list(&self, left: Option<Duration>) -> Result<Vec<ButlerTask>, Error> {
        self.send(Method::GET, self.inner.base_url.butler(), left)?.into_list()
    }

    /// Starts or stops something, and returns the status.
    fn act(&self, method: Method, uri: &Uri) -> Result<u16, Error> {
        self.send(method, uri, None)?.into_done()
    }

    /// Sends a request and reads its answer, in the configured time or in what is left of it.
    fn send<'a>(&'a self, method: Method, uri: &'a Uri, left: Option<Duration>) -> Result<Answer<'a>, Error> {
        let inner = &*self.inner;
        let mut request = Request::new(());
        *request.uri_mut() = uri.clone();
        *request.headers_mut() = inner.headers.clone();
        if method == Method::POST {
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *request.method_mut() = method;
        if left.is_some() {
            request = inner.agent.configure_request(request).timeout_global(left).build();
        }
        let response = inner.agent.run(request).map_err(|error| {
            inner.resolver.forget();
            transport_error::error(error, uri, inner)
        })?;
        Answer::read(response, uri, inner)?.into_success()
    }
}

/// Shows neither the token nor any header.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base_url)
            .field("timeout", &self.inner.timeout)
            .finish_non_exhaustive()
    }
}
