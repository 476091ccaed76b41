//! The server that the options and the environment name, and the requests to it.
//!
//! Each request uses a new connection: some servers promise to keep a connection open and close it all the same.

use std::net::IpAddr;
use std::thread;
use std::time::{Duration, Instant};

use plex_butler::{
    ButlerTask, Client, ClientBuilder, Error, Input, StartOutcome, StopOutcome, TaskName,
    TransportErrorKind,
};

use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::headers;
use crate::output::eprint_line;
use crate::retry::Retry;
use crate::secret_file;
use crate::token::Tokens;
use crate::trace::Trace;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    Start,
    Stop,
}

pub(crate) struct Server {
    /// The client's settings, without a token.
    settings: ClientBuilder,
    tokens: Tokens,
    url: String,
    timeout: Duration,
    retry: Retry,
    trace: Trace,
    /// Whether the next pause is to be announced.
    announces: bool,
}

/// Why a request did not succeed, and why it was not sent again if `--retry` would allow that.
pub(crate) struct RequestError {
    error: Box<Error>,
    gave_up: Option<String>,
}

impl RequestError {
    /// The tasks of the server, if it does not have the one of the request.
    pub(crate) fn available(&self) -> Option<&[TaskName]> {
        match &*self.error {
            Error::UnknownTask { available, .. } => Some(available),
            _ => None,
        }
    }
}

impl From<RequestError> for Failure {
    fn from(RequestError { error, gave_up }: RequestError) -> Failure {
        let failure = Failure::from(*error);
        match gave_up {
            Some(reason) => failure.gave_up(&reason),
            None => failure,
        }
    }
}

impl Server {
    pub(crate) fn new(options: &Options) -> Result<Server, Failure> {
        let trace = Trace::new(options.verbose);
        let (url, url_source) = match (&options.url, variable("PLEX_URL")) {
            (Some(url), _) => (url.clone(), "--url"),
            (None, Some(url)) => (url.to_string_lossy().into_owned(), "PLEX_URL"),
            (None, None) => (Client::DEFAULT_BASE_URL.into(), "default"),
        };
        let server = Server {
            tokens: Tokens::find(options)?,
            settings: settings(&url, options)?,
            timeout: options.timeout.unwrap_or(Client::DEFAULT_TIMEOUT),
            retry: Retry::new(Instant::now(), options.retry),
            announces: !options.quiet,
            url,
            trace,
        };
        let client = server
            .client(server.timeout)
            .map_err(|error| invalid(error, &server.url))?;
        // The client has accepted the URL, so it holds no password.
        trace.line(&format!("address: {} ({url_source})", server.url));
        server.trace_token();
        let direct = if options.no_proxy {
            "none (--no-proxy)"
        } else {
            "none"
        };
        trace.line(&format!("proxy: {}", client.proxy().unwrap_or(direct)));
        Ok(server)
    }

    /// With `--retry`, asks for the list until the server answers. Returns the list, if it is one. Whatever else the server
    /// answers, the answer to the request that follows counts.
    pub(crate) fn wait(&mut self) -> Result<Option<Vec<ButlerTask>>, RequestError> {
        if !self.retry.is_on() {
            return Ok(None);
        }
        match self.list() {
            Ok(tasks) => Ok(Some(tasks)),
            Err(error) if error.gave_up.is_some() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Lists the tasks. With `--retry`, again until the server answers, and within the time that is left.
    pub(crate) fn list(&mut self) -> Result<Vec<ButlerTask>, RequestError> {
        loop {
            let timeout = match self.retry.is_on() {
                true => self.timeout.min(whole(self.retry.left(Instant::now()))),
                false => self.timeout,
            };
            let outcome = |tasks: &Vec<ButlerTask>| format!("{} tasks", tasks.len());
            let result = self.send("list", timeout, Client::get_butler_tasks, outcome);
            match result {
                Err(error) if is_starting(&error) => self.pause(error)?,
                result => return result.map_err(RequestError::from),
            }
        }
    }

    /// Starts or stops one task, or all, and returns the outcome in words. Sends the request again only if nothing was done.
    pub(crate) fn act(
        &mut self,
        action: Action,
        task: Option<&TaskName>,
    ) -> Result<&'static str, RequestError> {
        let verb = match action {
            Action::Start => "start",
            Action::Stop => "stop",
        };
        let what = format!("{verb} {}", task.map_or("all tasks", TaskName::as_str));
        let request = |client: &Client| match (action, task) {
            (Action::Start, None) => client.start_all_tasks().map(|()| "accepted"),
            (Action::Stop, None) => client.stop_all_tasks().map(|()| "stopped"),
            (Action::Start, Some(task)) => client.start_task(task).map(|outcome| match outcome {
                StartOutcome::Accepted => "accepted",
                StartOutcome::AlreadyRunning => "already running",
            }),
            (Action::Stop, Some(task)) => client.stop_task(task).map(|outcome| match outcome {
                StopOutcome::Stopped => "stopped",
                StopOutcome::NotRunning => "not running",
            }),
        };
        loop {
            let outcome = |outcome: &&'static str| (*outcome).to_owned();
            match self.send(&what, self.timeout, request, outcome) {
                Err(error) if error.is_transient() => self.pause(error)?,
                result => return result.map_err(RequestError::from),
            }
        }
    }

    /// Sends a request once, and again with another token while PMS refuses and there is one that it has not refused.
    fn send<T>(
        &mut self,
        what: &str,
        timeout: Duration,
        request: impl Fn(&Client) -> Result<T, Error>,
        outcome: impl Fn(&T) -> String,
    ) -> Result<T, Error> {
        loop {
            let result = request(&self.client(timeout)?);
            self.trace.request(what, &result, &outcome);
            let is_refused = matches!(result, Err(Error::Unauthorized { from_pms: true, .. }));
            if !is_refused || self.tokens.replace_refused().is_none() {
                return result;
            }
            self.trace_token();
        }
    }

    /// Waits before the next try, or fails if there is none.
    fn pause(&mut self, error: Error) -> Result<(), RequestError> {
        if !self.retry.is_on() {
            return Err(error.into());
        }
        let now = Instant::now();
        let left = self.retry.left(now);
        let pause = match self.retry.pause(now, error.retry_after()) {
            Ok(pause) => pause,
            Err(reason) => {
                return Err(RequestError {
                    error: error.into(),
                    gave_up: Some(reason),
                });
            }
        };
        if std::mem::take(&mut self.announces) {
            let left = left.as_secs_f64().ceil();
            eprint_line(&format!("waiting up to {left:.0}s: {error}"));
        }
        thread::sleep(pause);
        if self.retry.left(Instant::now()).is_zero() {
            return self.pause(error);
        }
        Ok(())
    }

    fn client(&self, timeout: Duration) -> Result<Client, Error> {
        let settings = self.settings.clone().timeout(timeout);
        match self.tokens.current() {
            Some(token) => settings.token(&token.text).build(),
            None => settings.build(),
        }
    }

    fn trace_token(&self) {
        let token = self.tokens.current();
        let source = token.map_or("none", |token| &token.source);
        self.trace.line(&format!("token: {source}"));
    }
}

impl From<Error> for RequestError {
    fn from(error: Error) -> RequestError {
        RequestError {
            error: error.into(),
            gave_up: None,
        }
    }
}

/// The time in whole milliseconds, as a message shows it.
fn whole(time: Duration) -> Duration {
    Duration::from_millis(time.as_millis() as u64 + 1)
}

/// Whether a server that starts, or what is in front of it, can answer the list like this.
fn is_starting(error: &Error) -> bool {
    match error {
        Error::Transport { kind, .. } => {
            !matches!(kind, TransportErrorKind::Tls | TransportErrorKind::Proxy)
        }
        Error::Status { status, .. } => *status == 429 || *status >= 500,
        _ => false,
    }
}

fn settings(url: &str, options: &Options) -> Result<ClientBuilder, Failure> {
    let mut builder = Client::builder(url).danger_accept_invalid_certificates(options.insecure);
    if let Some(path) = &options.header_file {
        let headers = headers::read(path, options.quiet)?;
        builder = headers.into_iter().fold(builder, |builder, (name, value)| {
            builder.header(name, value)
        });
    }
    if let Some(path) = &options.ca {
        let pem = std::fs::read(path).map_err(|error| {
            Failure::usage(format!(
                "cannot read the CA certificates {}: {error}",
                path.display()
            ))
        })?;
        let text = secret_file::decode(pem.clone());
        builder = builder.root_certificates(text.map_or(pem, String::into_bytes));
    }
    if options.no_proxy {
        builder = builder.no_proxy();
    }
    Ok(builder)
}

/// The failure for settings that the client refuses. An address without a scheme is finished.
fn invalid(error: Error, url: &str) -> Failure {
    let is_url = matches!(
        error,
        Error::InvalidInput {
            input: Input::BaseUrl,
            ..
        }
    );
    match finished_url(url.trim()).filter(|_| is_url) {
        Some(finished) => Failure::usage(format!("{error}; did you mean {finished}?")),
        None => error.into(),
    }
}

/// The URL that is meant by an address or a host name, with or without a port and a path. A name without dots and without a
/// port can be a token.
fn finished_url(address: &str) -> Option<String> {
    let address = address.trim_start_matches('/');
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let is_name = host == "localhost" || host.contains('.') && !host.starts_with("eyJ");
    let host = match host.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => format!("[{address}]:32400"),
        _ if has_port => host.into(),
        _ if !is_name && !host.starts_with('[') => return None,
        _ => format!("{host}:32400"),
    };
    // A browser shows the server's web app there.
    let path = path.strip_prefix("web").map_or(path, |_| "");
    let finished = format!("http://{host}/{path}");
    let finished = finished.trim_end_matches('/').to_owned();
    Client::builder(&finished).build().ok().map(|_| finished)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_finished_to_a_url() {
        for (address, url) in [
            ("192.168.1.10", "http://192.168.1.10:32400"),
            ("192.168.1.10:8080", "http://192.168.1.10:8080"),
            ("media.example.org", "http://media.example.org:32400"),
            ("localhost", "http://localhost:32400"),
            ("fd00::1", "http://[fd00::1]:32400"),
            ("[fd00::1]", "http://[fd00::1]:32400"),
            ("[fd00::1]:8080", "http://[fd00::1]:8080"),
            ("plex:32400", "http://plex:32400"),
            ("//192.168.1.10/", "http://192.168.1.10:32400"),
            (
                "192.168.1.10:8080/web/index.html",
                "http://192.168.1.10:8080",
            ),
            (
                "media.example.org/plex",
                "http://media.example.org:32400/plex",
            ),
        ] {
            assert_eq!(finished_url(address).as_deref(), Some(url));
        }
        for text in [
            "",
            "abcdefghijklmnopqrst",
            "eyJh.eyJi.c",
            "https//192.168.1.10:32400",
            "http:192.168.1.10",
            "user:word@media.example.org:1",
            "a b.c",
            "media.example.org:x",
        ] {
            assert_eq!(finished_url(text), None, "{text}");
        }
    }
}
