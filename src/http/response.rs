//! Judges a response: it has the expected content, or it becomes an [`Error`].

use std::io::Read;
use std::time::Duration;

use ureq::Body;
use ureq::http::HeaderMap;
use ureq::http::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};

use super::body::{BodyText, ERROR_LIST, JSON};
use super::failure::RequestContext;
use crate::task::list_from_json;
use crate::text::sanitized;
use crate::{ButlerTask, Error, TaskName};

/// The largest body of a success. A list has about 5 KB.
const MAX_BODY_SIZE: u64 = 1 << 20;

/// How much of an error's body is read for the server's message.
const MAX_ERROR_SIZE: u64 = 64 << 10;

/// A response, read to its end.
pub(crate) struct Response<'a> {
    context: RequestContext<'a>,
    pub(crate) status: u16,
    /// The task of the request, once the server's list has shown that it exists.
    pub(crate) listed_task: Option<TaskName>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl<'a> Response<'a> {
    /// Reads the body. That of a success must be complete. An error is decided by its status, so
    /// the start of its body is enough.
    pub(super) fn read(
        response: ureq::http::Response<Body>,
        context: RequestContext<'a>,
    ) -> Result<Response<'a>, Error> {
        let (head, mut body) = response.into_parts();
        let mut read = Response {
            context,
            status: head.status.as_u16(),
            listed_task: None,
            headers: head.headers,
            body: Vec::new(),
        };
        if !head.status.is_success() {
            let mut start = body.as_reader().take(MAX_ERROR_SIZE);
            // What arrived before a failure is enough.
            let _ = start.read_to_end(&mut read.body);
            return Ok(read);
        }
        let length = body.content_length().unwrap_or(0).min(MAX_BODY_SIZE);
        read.body.reserve(length as usize);
        let mut reader = body.with_config().limit(MAX_BODY_SIZE).reader();
        match reader
            .read_to_end(&mut read.body)
            .map_err(ureq::Error::from)
        {
            Ok(_) => Ok(read),
            Err(ureq::Error::BodyExceedsLimit(_)) => {
                Err(read.unexpected("a body of more than 1 MiB".into()))
            }
            Err(error) => Err(read.context.failed(error)),
        }
    }

    /// Whether the response has the header that PMS adds to every response. A proxy can remove it.
    pub(crate) fn is_from_pms(&self) -> bool {
        self.headers.contains_key("x-plex-protocol")
    }

    /// Reads the response to a start or a stop. PMS sends no body. A body of another server says
    /// nothing about a task.
    pub(crate) fn into_done(self) -> Result<(), Error> {
        self.check_status()?;
        let text = self.text();
        let found = text.description();
        if text.format == ERROR_LIST {
            return Err(self.unexpected(found));
        }
        if self.body.trim_ascii().is_empty() || self.is_from_pms() {
            return Ok(());
        }
        Err(self.unexpected(format!(
            "{found}, where PMS sends an empty body or the header `X-Plex-Protocol` (a proxy may \
             remove it)"
        )))
    }

    /// Reads the response to `GET /butler`.
    pub(crate) fn into_list(self) -> Result<Vec<ButlerTask>, Error> {
        self.check_status()?;
        list_from_json(&self.body).map_err(|error| {
            let text = self.text();
            self.unexpected(if text.format == JSON {
                let error = sanitized(&error.to_string(), self.context.token);
                format!("JSON that is not the task list ({error})")
            } else {
                text.description()
            })
        })
    }

    /// Passes a success and turns every other status into its error.
    fn check_status(&self) -> Result<(), Error> {
        match self.status {
            200..=299 => Ok(()),
            _ => Err(self.status_error()),
        }
    }

    /// The error that the status means.
    pub(crate) fn status_error(&self) -> Error {
        let url = self.context.url.to_string();
        let status = self.status;
        let message = self.text().server_message;
        let from_pms = self.is_from_pms();
        if matches!(status, 401 | 498) {
            let token = self.context.token;
            return Error::Unauthorized {
                url,
                status,
                message,
                challenge: self.header(WWW_AUTHENTICATE),
                token_sent: token.is_some(),
                jwt_sent: token.is_some_and(is_jwt),
                from_pms,
            };
        }
        let retry_after = self
            .header(RETRY_AFTER)
            .and_then(|seconds| seconds.parse().ok());
        Error::Status {
            url,
            status,
            message,
            retry_after: retry_after.map(Duration::from_secs),
            location: self.header(LOCATION),
            task: self.listed_task.clone(),
            from_pms,
        }
    }

    fn unexpected(&self, found: String) -> Error {
        Error::UnexpectedResponse {
            url: self.context.url.to_string(),
            status: self.status,
            found,
        }
    }

    /// A header as an error shows it.
    fn header(&self, name: HeaderName) -> Option<String> {
        let value = String::from_utf8_lossy(self.headers.get(name)?.as_bytes());
        Some(sanitized(&value, self.context.token))
    }

    fn text(&self) -> BodyText {
        BodyText::read(&self.body, self.context.token)
    }
}

/// Whether a token is a JSON Web Token. No other token starts with `eyJ` and has two dots.
fn is_jwt(token: &str) -> bool {
    token.starts_with("eyJ") && token.matches('.').count() == 2
}
