//! The server that the options and the environment name, and the requests to it. `--retry` repeats them, and so does another
//! token after a refusal. `--verbose` reports them.

use std::io::{self, IsTerminal};
use std::time::Instant;

use plex_butler::{ButlerTask, Client, ClientBuilder, Error, StartOutcome, StopOutcome, TaskName};

use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::headers;
use crate::output::complain;
use crate::retry::Retry;
use crate::token::{Token, Tokens};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    Start,
    Stop,
}

pub(crate) struct Server {
    client: Client,
    /// The client's settings, without a token.
    builder: ClientBuilder,
    tokens: Tokens,
    url: String,
    retry: Retry,
    verbose: bool,
    /// Whether the first pause is to be announced.
    announce: bool,
}

impl Server {
    pub(crate) fn new(options: &Options) -> Result<Server, Failure> {
        let (url, url_source) = match (&options.url, variable("PLEX_URL")) {
            (Some(url), _) => (url.clone(), "--url"),
            (None, Some(url)) => (url.to_string_lossy().into_owned(), "PLEX_URL"),
            (None, None) => (Client::DEFAULT_BASE_URL.into(), "default"),
        };
        let tokens = Tokens::find(options)?;
        let builder = builder(&url, options)?;
        let client = client(&builder, tokens.current())?;
        if options.verbose {
            // The client has accepted the URL, so it holds no password.
            complain(&format!("address: {url} ({url_source})"));
            report_token(tokens.current());
            let direct = if options.no_proxy {
                "none (--no-proxy)"
            } else {
                "none"
            };
            complain(&format!("proxy: {}", client.proxy().unwrap_or(direct)));
        }
        let announce = io::stderr().is_terminal() && !options.quiet;
        let retry = Retry::new(Instant::now(), options.retry);
        Ok(Server {
            client,
            builder,
            tokens,
            url,
            retry,
            verbose: options.verbose,
            announce,
        })
    }

    pub(crate) fn list(&mut self) -> Result<Vec<ButlerTask>, Error> {
        let outcome = |tasks: &Vec<ButlerTask>| format!("{} tasks", tasks.len());
        self.request("list", Client::get_butler_tasks, outcome)
    }

    /// Starts or stops one task, or all, and returns the outcome in words.
    pub(crate) fn act(
        &mut self,
        action: Action,
        task: Option<&TaskName>,
    ) -> Result<&'static str, Error> {
        let verb = match action {
            Action::Start => "start",
            Action::Stop => "stop",
        };
        let what = format!("{verb} {}", task.map_or("all tasks", TaskName::as_str));
        let request = |client: &Client| match (action, task) {
            (Action::Start, None) => client.start_all_tasks().map(|()| "accepted"),
            (Action::Stop, None) => client.stop_all_tasks().map(|()| "stopped"),
            (Action::Start, Some(task)) => client.start_task(task).map(|outcome| match outcome {
                // The API does not say whether the task runs now, runs later, or is skipped.
                StartOutcome::Accepted => "accepted",
                StartOutcome::AlreadyRunning => "already running",
            }),
            (Action::Stop, Some(task)) => client.stop_task(task).map(|outcome| match outcome {
                StopOutcome::Stopped => "stopped",
                StopOutcome::NotRunning => "not running",
            }),
        };
        self.request(&what, request, |outcome| outcome.to_string())
    }

    fn request<T>(
        &mut self,
        what: &str,
        request: impl Fn(&Client) -> Result<T, Error>,
        outcome: impl Fn(&T) -> String,
    ) -> Result<T, Error> {
        loop {
            let mut result = self.send(what, &request, &outcome);
            if result.as_ref().is_err_and(is_refusal_by_pms) && self.take_other_token() {
                result = self.send(what, &request, &outcome);
            }
            let error = match result {
                Err(error) if error.is_transient() => error,
                result => return result,
            };
            let now = Instant::now();
            let left = self.retry.left(now);
            let Some(pause) = self.retry.pause(now, error.retry_after()) else {
                return Err(error);
            };
            if std::mem::take(&mut self.announce) {
                complain(&format!(
                    "waiting up to {:.0}s for {}: {error}",
                    left.as_secs_f64().ceil(),
                    self.url
                ));
            }
            std::thread::sleep(pause);
        }
    }

    /// Sends a request once.
    fn send<T>(
        &self,
        what: &str,
        request: impl Fn(&Client) -> Result<T, Error>,
        outcome: impl Fn(&T) -> String,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let result = request(&self.client);
        if self.verbose {
            let outcome = result
                .as_ref()
                .map_or_else(|error| format!("failed: {error}"), outcome);
            let time = started.elapsed().as_secs_f64() * 1000.0;
            complain(&format!("{what}: {outcome} (in {time:.1} ms)"));
        }
        result
    }

    /// Replaces the token that PMS has refused, for the rest of the run. `false` if there is no other.
    fn take_other_token(&mut self) -> bool {
        let Some(token) = self.tokens.replace_refused() else {
            return false;
        };
        if self.verbose {
            report_token(Some(token));
        }
        client(&self.builder, Some(token))
            .map(|client| self.client = client)
            .is_ok()
    }
}

/// Whether PMS has refused the token.
fn is_refusal_by_pms(error: &Error) -> bool {
    matches!(error, Error::Unauthorized { .. })
}

fn report_token(token: Option<&Token>) {
    let source = token.map_or("none", |token| &token.source);
    complain(&format!("token: {source}"));
}

fn client(builder: &ClientBuilder, token: Option<&Token>) -> Result<Client, Error> {
    let builder = builder.clone();
    match token {
        Some(token) => builder.token(&token.text).build(),
        None => builder.build(),
    }
}

fn builder(url: &str, options: &Options) -> Result<ClientBuilder, Failure> {
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
        builder = builder.root_certificates(pem);
    }
    if let Some(timeout) = options.timeout {
        builder = builder.timeout(timeout);
    }
    if options.no_proxy {
        builder = builder.no_proxy();
    }
    Ok(builder)
}
