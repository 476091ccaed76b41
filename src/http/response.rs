//! Judges a response: it has the expected content, or it becomes an [`Error`].

use std::io::Read;
use std::time::Duration;

use ureq::Body;
use ureq::http::HeaderMap;
use ureq::http::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};

use super::body::BodyText;
use super::failure::Exchange;
use super::limits::{MAX_BODY_SIZE, MAX_TEXT_SIZE};
use crate::task::list_from_json;
use crate::text::shown;
use crate::{ButlerTask, Error, TaskName};

/// A response, read to its end.
pub(crate) struct Response<'a> {
    exchange: Exchange<'a>,
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl<'a> Response<'a> {
    /// Reads the body. The body of a success must be complete. For an error, the status counts, so the start is enough.
    pub(super) fn read(
        response: ureq::http::Response<Body>,
        exchange: Exchange<'a>,
    ) -> Result<Response<'a>, Error> {
        let (head, mut body) = response.into_parts();
        let success = head.status.is_success();
        let limit = if success {
            MAX_BODY_SIZE
        } else {
            MAX_TEXT_SIZE as u64
        };
        let length = body.content_length().unwrap_or(0);
        let mut read = Response {
            exchange,
            status: head.status.as_u16(),
            headers: head.headers,
            body: Vec::new(),
        };
        let too_large = || format!("a body of more than {} MiB", MAX_BODY_SIZE >> 20);
        if success && length > limit {
            return Err(read.unexpected(too_large()));
        }
        read.body
            .reserve(usize::try_from(length.min(limit)).unwrap_or(0));
        match body
            .with_config()
            .limit(limit)
            .reader()
            .read_to_end(&mut read.body)
        {
            Err(error) if success => Err(match ureq::Error::from(error) {
                ureq::Error::BodyExceedsLimit(_) => read.unexpected(too_large()),
                error => exchange.failed(error),
            }),
            _ => Ok(read),
        }
    }

    /// Whether the response has the header that PMS adds to every response. A reverse proxy can remove it.
    pub(crate) fn is_from_pms(&self) -> bool {
        self.headers
            .contains_key(HeaderName::from_static("x-plex-protocol"))
    }

    /// Reads the response to a start or a stop. PMS sends no body. A body of another server says nothing about a task.
    pub(crate) fn into_done(self) -> Result<(), Error> {
        self.check_status()?;
        let done = self.body.trim_ascii().is_empty()
            || self.is_from_pms() && self.text().errors().is_none();
        if done {
            Ok(())
        } else {
            Err(self.unexpected(self.text().description()))
        }
    }

    /// Reads the response to `GET /butler`.
    pub(crate) fn into_list(self) -> Result<Vec<ButlerTask>, Error> {
        self.check_status()?;
        list_from_json(&self.body).map_err(|error| {
            let text = self.text();
            self.unexpected(if text.is_json() && text.errors().is_none() {
                format!(
                    "JSON that is not the task list ({})",
                    shown(&error.to_string(), self.exchange.token)
                )
            } else {
                text.description()
            })
        })
    }

    /// Passes a success and turns every other status into its error.
    fn check_status(&self) -> Result<(), Error> {
        Err(match self.status {
            200..=299 => return Ok(()),
            401 => Error::Unauthorized {
                url: self.url(),
                message: self.text().words(),
                challenge: self.header(WWW_AUTHENTICATE),
                token_sent: self.exchange.token.is_some(),
            },
            301 | 302 | 303 | 307 | 308 => Error::Redirected {
                url: self.url(),
                status: self.status,
                location: self.header(LOCATION),
            },
            _ => self.status_error(None),
        })
    }

    /// The error for the status. `task` is the task of a 404 that the server lists.
    pub(crate) fn status_error(&self, task: Option<TaskName>) -> Error {
        Error::Status {
            url: self.url(),
            status: self.status,
            message: self.text().words(),
            retry_after: self
                .header(RETRY_AFTER)
                .and_then(|value| value.parse().ok())
                .map(Duration::from_secs),
            task,
        }
    }

    fn unexpected(&self, found: String) -> Error {
        Error::Decode {
            url: self.url(),
            status: self.status,
            found,
        }
    }

    /// A header as an error shows it.
    fn header(&self, name: HeaderName) -> Option<String> {
        let value = String::from_utf8_lossy(self.headers.get(name)?.as_bytes());
        Some(shown(&value, self.exchange.token))
    }

    fn url(&self) -> String {
        self.exchange.url.to_string()
    }

    fn text(&self) -> BodyText<'_> {
        BodyText::new(
            &self.body[..self.body.len().min(MAX_TEXT_SIZE)],
            self.exchange.token,
        )
    }
}
