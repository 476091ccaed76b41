//! The requests to the server.
//!
//! Each request uses a new connection: some servers promise to keep a connection open and close it all the same.

use std::time::{Duration, Instant};

use plex_butler::{ButlerStatus, ButlerTask, Client, Error, StartOutcome, StopOutcome, TaskName};

use crate::advice::Context;
use crate::args::Options;
use crate::failure::Failure;
use crate::retry::{self, RequestError, Retry};
use crate::settings::Settings;
use crate::token::Tokens;
use crate::trace::Trace;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    Start,
    Stop,
}

pub(crate) struct Server {
    settings: Settings,
    tokens: Tokens,
    retry: Retry,
    trace: Trace,
}

impl Server {
    pub(crate) fn new(options: &Options) -> Result<Server, Failure> {
        let trace = Trace::new(options.verbose);
        let tokens = Tokens::find(options)?;
        let settings = Settings::new(options)?;
        settings
            .client(tokens.current(), settings.timeout)
            .map_err(|error| Failure::of(error, &settings.context(&tokens)))?;
        settings.report(trace);
        tokens.check(settings.destination())?;
        tokens.report(trace);
        Ok(Server {
            settings,
            tokens,
            retry: Retry::new(Instant::now(), options.retry, !options.quiet),
            trace,
        })
    }

    /// Limits the requests that follow to this time, and starts that of `--retry` anew.
    pub(crate) fn limit(&mut self, time: Duration, options: &Options) {
        self.retry = Retry::within(time, Instant::now(), options.retry, !options.quiet);
    }

    /// With `--retry`, asks for the list until the server answers. Returns the list, if it is one. Whatever else the server
    /// answers, the answer to the request that follows counts.
    pub(crate) fn wait(&mut self) -> Result<Option<Vec<ButlerTask>>, Failure> {
        if !self.retry.is_on() {
            return Ok(None);
        }
        match self.request_list() {
            Ok(tasks) => Ok(Some(tasks)),
            Err(error) if error.gave_up() => Err(self.failure(error)),
            Err(_) => Ok(None),
        }
    }

    /// Lists the tasks. With `--retry`, again until the server answers, and within the time that is left.
    pub(crate) fn list(&mut self) -> Result<Vec<ButlerTask>, Failure> {
        self.request_list().map_err(|error| self.failure(error))
    }

    /// Returns what the Butler is doing. With `--retry`, as [`list`](Server::list) does.
    pub(crate) fn status(&mut self) -> Result<ButlerStatus, Failure> {
        let outcome = |status: &ButlerStatus| status.to_string();
        self.request_when_ready("status", Client::get_butler_status, outcome)
            .map_err(|error| self.failure(error))
    }

    /// Whether `--retry` has waited for the server, since it was started anew.
    pub(crate) fn has_waited(&self) -> bool {
        self.retry.has_waited()
    }

    /// Starts or stops one task, or all, and returns the outcome in words. Sends the request again only if nothing was done.
    pub(crate) fn act(
        &mut self,
        action: Action,
        task: Option<&TaskName>,
    ) -> Result<&'static str, Failure> {
        self.request(action, task)
            .map_err(|error| self.failure(error))
    }

    fn request_list(&mut self) -> Result<Vec<ButlerTask>, RequestError> {
        let outcome = |tasks: &Vec<ButlerTask>| format!("{} tasks", tasks.len());
        self.request_when_ready("list", Client::get_butler_tasks, outcome)
    }

    /// Sends a request that changes nothing. With `--retry`, again until the server answers.
    fn request_when_ready<T>(
        &mut self,
        what: &str,
        request: impl Fn(&Client) -> Result<T, Error>,
        outcome: impl Fn(&T) -> String,
    ) -> Result<T, RequestError> {
        loop {
            let timeout = self.retry.limited(self.settings.timeout);
            match self.send(what, timeout, &request, &outcome) {
                Err(error) if retry::is_starting(&error) => self.retry.wait(error)?,
                result => return result.map_err(RequestError::from),
            }
        }
    }

    fn request(
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
            match self.send(&what, self.settings.timeout, request, outcome) {
                Err(error) if error.is_transient() => self.retry.wait(error)?,
                result => return result.map_err(RequestError::from),
            }
        }
    }

    /// Sends a request with each token, until PMS does not refuse it.
    fn send<T>(
        &mut self,
        what: &str,
        timeout: Duration,
        request: impl Fn(&Client) -> Result<T, Error>,
        outcome: impl Fn(&T) -> String,
    ) -> Result<T, Error> {
        let destination = self.settings.destination();
        self.tokens
            .until_accepted(destination, self.trace, |token| {
                let result = request(&self.settings.client(token, timeout)?);
                self.trace.request(what, &result, &outcome);
                result
            })
    }

    fn failure(&self, RequestError { error, gave_up }: RequestError) -> Failure {
        let context = Context {
            gave_up: gave_up.is_some(),
            ..self.settings.context(&self.tokens)
        };
        let failure = Failure::of(*error, &context);
        match gave_up {
            Some(reason) => failure.gave_up(&reason),
            None => failure,
        }
    }
}
