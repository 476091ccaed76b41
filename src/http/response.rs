//! Judges a response: it has the expected content, or it becomes an [`Error`].

use std::io::Read;
use std::time::Duration;

use ureq::Body;
use ureq::http::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};

use super::body::BodyText;
use super::failure::Exchange;
use super::limits::{MAX_BODY_SIZE, MAX_ERROR_BODY_SIZE, MAX_TEXT_SIZE};
use crate::task::list_from_json;
use crate::text::{excerpt, redact};
use crate::{ButlerTask, Error, TaskName};

/// A header of every response of PMS. A reverse proxy can remove it.
const X_PLEX_PROTOCOL: HeaderName = HeaderName::from_static("x-plex-protocol");

/// A response, read to its end.
pub(crate) struct Response<'a> {
    exchange: Exchange<'a>,
    status: u16,
    is_from_pms: bool,
    location: Option<String>,
    challenge: Option<String>,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl<'a> Response<'a> {
    /// Reads the body. The body of a success must be complete. For an error the status counts, and the start of the body
    /// is enough.
    pub(super) fn read(
        mut response: ureq::http::Response<Body>,
        exchange: Exchange<'a>,
    ) -> Result<Response<'a>, Error> {
        let header = |name: HeaderName| {
            let value = response.headers().get(name)?;
            Some(excerpt(&redact(&String::from_utf8_lossy(value.as_bytes()), exchange.token)))
        };
        let mut read = Response {
            exchange,
            status: response.status().as_u16(),
            is_from_pms: response.headers().contains_key(X_PLEX_PROTOCOL),
            location: header(LOCATION),
            challenge: header(WWW_AUTHENTICATE),
            retry_after: header(RETRY_AFTER).and_then(|value| value.parse().ok()).map(Duration::from_secs),
            body: Vec::new(),
        };
        let success = response.status().is_success();
        let limit = if success { MAX_BODY_SIZE } else { MAX_ERROR_BODY_SIZE };
        let too_large = || format!("a body of more than {} MiB", MAX_BODY_SIZE >> 20);
        let length = response.body().content_length().unwrap_or(0);
        if success && length > limit {
            return Err(read.unexpected(too_large()));
        }
        read.body.reserve(usize::try_from(length.min(limit)).unwrap_or(0));
        match response.body_mut().with_config().limit(limit).reader().read_to_end(&mut read.body) {
            Err(error) if success => Err(match ureq::Error::from(error) {
                ureq::Error::BodyExceedsLimit(_) => read.unexpected(too_large()),
                error => exchange.failed(error),
            }),
            _ => Ok(read),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// Whether the response has PMS's own header. A response without the header can still be from PMS.
    pub(crate) fn is_from_pms(&self) -> bool {
        self.is_from_pms
    }

    /// Reads the response to a start or a stop. PMS sends no body. A body of another server says nothing about a task.
    pub(crate) fn into_done(self) -> Result<(), Error> {
        self.check_status()?;
        if self.body.trim_ascii().is_empty() || self.is_from_pms && self.text().errors().is_none() {
            return Ok(());
        }
        Err(self.unexpected(self.text().description()))
    }

    /// Reads the response to `GET /butler`.
    pub(crate) fn into_list(self) -> Result<Vec<ButlerTask>, Error> {
        self.check_status()?;
        list_from_json(&self.body).map_err(|error| {
            let text = self.text();
            self.unexpected(if text.is_json() && text.errors().is_none() {
                let error = excerpt(&redact(&error.to_string(), self.exchange.token));
                format!("JSON that is not the task list ({error})")
            } else {
                text.description()
            })
        })
    }

    /// The error for a 404 to a request for a task that the server lists.
    pub(crate) fn into_not_found(self, task: TaskName) -> Error {
        self.status_error(Some(task))
    }

    /// Passes a success and turns every other status into its error.
    fn check_status(&self) -> Result<(), Error> {
        Err(match self.status {
            200..=299 => return Ok(()),
            401 => Error::Unauthorized {
                url: self.url(),
                message: self.text().words(),
                challenge: self.challenge.clone(),
                token_sent: self.exchange.token.is_some(),
            },
            301 | 302 | 303 | 307 | 308 => {
                Error::Redirected { url: self.url(), status: self.status, location: self.location.clone() }
            }
            _ => self.status_error(None),
        })
    }

    fn status_error(&self, task: Option<TaskName>) -> Error {
        Error::Status {
            url: self.url(),
            status: self.status,
            message: self.text().words(),
            retry_after: self.retry_after,
            task,
        }
    }

    fn unexpected(&self, found: String) -> Error {
        Error::Decode { url: self.url(), status: self.status, found }
    }

    fn url(&self) -> String {
        self.exchange.url.to_string()
    }

    fn text(&self) -> BodyText<'_> {
        BodyText::new(&self.body[..self.body.len().min(MAX_TEXT_SIZE)], self.exchange.token)
    }
}
