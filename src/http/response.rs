//! Judges a response: it has the expected content, or it becomes an [`Error`].

use std::borrow::Cow;
use std::io::Read;
use std::time::Duration;

use ureq::Body;
use ureq::http::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use ureq::http::{HeaderMap, StatusCode};

use super::body;
use super::failure::Failure;
use super::request::RequestContext;
use crate::butler_status::status_from_json;
use crate::task::list_from_json;
use crate::{ButlerStatus, ButlerTask, Error};

/// The largest body of a success. A list has about 5 KB.
const MAX_BODY_SIZE: u64 = 1 << 20;

/// How much of an error's body is read for the server's message.
const MAX_ERROR_SIZE: u64 = 64 << 10;

/// A response, read to its end.
pub(crate) struct Response<'a> {
    context: RequestContext<'a>,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl<'a> Response<'a> {
    /// Reads the body. That of a success must be complete. An error is decided by its status, so
    /// the start of its body is enough, whatever ends it.
    pub(super) fn read(
        response: ureq::http::Response<Body>,
        context: RequestContext<'a>,
    ) -> Result<Response<'a>, Error> {
        let (head, mut body) = response.into_parts();
        let mut read = Response {
            context,
            status: head.status,
            headers: head.headers,
            body: Vec::new(),
        };
        if !head.status.is_success() {
            let mut start = body.as_reader().take(MAX_ERROR_SIZE);
            let _ = start.read_to_end(&mut read.body);
            return Ok(read);
        }
        match body.with_config().limit(MAX_BODY_SIZE).read_to_vec() {
            Ok(body) => {
                read.body = body;
                Ok(read)
            }
            Err(ureq::Error::BodyExceedsLimit(_)) => {
                Err(read.unexpected("a body of more than 1 MiB".into()))
            }
            Err(error) => Err(read.context.failed(Failure::from(error))),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Whether the response has the header that PMS adds to every response. A proxy can remove it.
    pub(crate) fn is_from_pms(&self) -> bool {
        self.headers.contains_key("x-plex-protocol")
    }

    /// Returns the status of a successful start or stop. PMS sends no body. A body of another server
    /// says nothing about a task.
    pub(crate) fn expect_empty(self) -> Result<u16, Error> {
        self.expect_success()?;
        if body::is_error_list(&self.body) {
            return Err(self.unexpected(self.quoting_body("an error list or broken JSON")));
        }
        if !self.body.trim_ascii().is_empty() && !self.is_from_pms() {
            return Err(
                self.unexpected(self.quoting_body("a body, where Plex Media Server sends none"))
            );
        }
        Ok(self.status())
    }

    /// Reads the response to `GET /butler`.
    pub(crate) fn expect_list(self) -> Result<Vec<ButlerTask>, Error> {
        self.expect_json("task list", list_from_json)
    }

    /// Reads the response to `GET /activities`.
    pub(crate) fn expect_butler_status(self) -> Result<ButlerStatus, Error> {
        self.expect_json("list of activities", status_from_json)
    }

    fn expect_json<T>(
        self,
        what: &str,
        read: fn(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<T, Error> {
        self.expect_success()?;
        read(&self.body).map_err(|error| {
            self.unexpected(if self.body.trim_ascii().is_empty() {
                "an empty body".into()
            } else if body::is_xml_data(&self.body) {
                "XML, which PMS sends if the request has no header `Accept`".into()
            } else {
                self.quoting_body(&format!("no {what} ({error})"))
            })
        })
    }

    /// Turns every status but a success into its error.
    fn expect_success(&self) -> Result<(), Error> {
        match self.status() {
            200..=299 => Ok(()),
            status @ (401 | 498) => Err(Error::Unauthorized {
                request: self.context.line(),
                status,
                message: self.message(),
                challenge: self.challenge(),
                token_sent: self.context.token.is_some(),
                from_pms: self.is_from_pms(),
            }),
            status => Err(Error::Status {
                request: self.context.line(),
                status,
                message: self.message(),
                retry_after: self.retry_after(),
                location: self.location(),
                from_pms: self.is_from_pms(),
            }),
        }
    }

    /// The server's message, or else the standard words for the status.
    fn message(&self) -> Option<String> {
        let message = self.context.quote(&body::message(&self.body));
        // The title of many pages begins with the status.
        match message.trim_start_matches(self.status.as_str()).trim() {
            "" => self.status.canonical_reason().map(str::to_owned),
            words => Some(words.to_owned()),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header(RETRY_AFTER)?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds))
    }

    fn challenge(&self) -> Option<String> {
        let challenge = self.header(WWW_AUTHENTICATE)?;
        Some(self.context.quote(&challenge))
    }

    /// The target of a redirect. The query of a login page can be longer than all the rest.
    fn location(&self) -> Option<String> {
        if !self.status.is_redirection() {
            return None;
        }
        let location = self.header(LOCATION)?;
        let target = location.split(['?', '#']).next()?;
        Some(self.context.quote(target))
    }

    fn header(&self, name: HeaderName) -> Option<Cow<'_, str>> {
        let value = self.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()))
    }

    /// What a body is, and the server's message in it.
    fn quoting_body(&self, what: &str) -> String {
        let what = self.context.quote(what);
        let message = self.context.quote(&body::message(&self.body));
        match message.is_empty() {
            true => format!("{what}: not a text, and perhaps compressed"),
            false => format!("{what}: {message}"),
        }
    }

    fn unexpected(&self, found: String) -> Error {
        Error::UnexpectedResponse {
            request: self.context.line(),
            status: self.status(),
            found,
            from_pms: self.is_from_pms(),
        }
    }
}
