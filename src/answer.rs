//! The one place that judges an answer: a success goes on, anything else becomes its error.

use std::io::Read;
use std::time::Duration;

use ureq::Body;
use ureq::http::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use ureq::http::{Response, Uri};

use crate::body::Text;
use crate::client::Inner;
use crate::task::list_from_json;
use crate::text::{excerpt, redact};
use crate::{ButlerTask, Client, Error, transport_error};

/// How much of an error's body is read: enough for what the server has to say.
const MAX_ERROR_BODY_SIZE: u64 = 64 << 10;

/// How much of a body is looked at as text, where it is no list. Nobody's login page is larger.
const MAX_TEXT_SIZE: usize = 1 << 20;

/// An answer, read to its end.
pub(crate) struct Answer<'a> {
    uri: &'a Uri,
    /// The token, which no error may show.
    secret: Option<&'a str>,
    pub(crate) status: u16,
    location: Option<String>,
    challenge: Option<String>,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl<'a> Answer<'a> {
    /// Reads the body. Of a success it must be complete; of an error the status counts, so the start will do.
    pub(crate) fn read(mut response: Response<Body>, uri: &'a Uri, client: &'a Inner) -> Result<Answer<'a>, Error> {
        let secret = client.token.as_deref();
        let status = response.status().as_u16();
        let header = |name: HeaderName| {
            let value = response.headers().get(name)?;
            Some(excerpt(&redact(&String::from_utf8_lossy(value.as_bytes()), secret)))
        };
        let location = header(LOCATION);
        let challenge = header(WWW_AUTHENTICATE);
        let retry_after = header(RETRY_AFTER).and_then(|value| value.parse().ok()).map(Duration::from_secs);

        let success = response.status().is_success();
        let limit = if success { Client::MAX_BODY_SIZE } else { MAX_ERROR_BODY_SIZE };
        let too_large = || Error::TooLarge { url: uri.to_string(), status: Some(status) };
        let length = response.body().content_length().unwrap_or(0);
        if success && length > limit {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(usize::try_from(length.min(limit)).unwrap_or(0));
        let read = response.body_mut().with_config().limit(limit).reader().read_to_end(&mut body);
        match read.map_err(ureq::Error::from) {
            Err(ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..)) if success => {
                return Err(too_large());
            }
            Err(error) if success => return Err(transport_error::error(error, uri, client)),
            _ => {}
        }
        Ok(Answer { uri, secret, status, location, challenge, retry_after, body })
    }

    /// Passes a success on and turns every other status into its error.
    pub(crate) fn into_success(self) -> Result<Answer<'a>, Error> {
        match self.status {
            200..=299 => Ok(self),
            401 => {
                Err(Error::Unauthorized { url: self.url(), errors: self.text().errors(), challenge: self.challenge })
            }
            301 | 302 | 303 | 307 | 308 => {
                Err(Error::Redirected { url: self.url(), status: self.status, location: self.location })
            }
            _ => {
                let text = self.text();
                Err(Error::Status {
                    url: self.url(),
                    status: self.status,
                    message: text.message(),
                    excerpt: text.excerpt(),
                    retry_after: self.retry_after,
                })
            }
        }
    }

    /// Reads the answer to a start or stop, which has nothing to say. An interactive page is a login page that some
    /// proxy put in the server's place, and an error list is no success whatever its status: nothing was done.
    pub(crate) fn into_done(self) -> Result<u16, Error> {
        if self.body.is_empty() {
            return Ok(self.status);
        }
        let text = self.text();
        if text.is_interactive_page() || !text.errors().is_empty() {
            return Err(self.unexpected(text.description()));
        }
        Ok(self.status)
    }

    /// Reads the answer to `GET /butler`.
    pub(crate) fn into_list(self) -> Result<Vec<ButlerTask>, Error> {
        list_from_json(&self.body).map_err(|error| {
            let text = self.text();
            self.unexpected(if text.is_json() {
                let error = error.to_string();
                format!("JSON that is not the task list ({})", excerpt(&redact(&error, self.secret)))
            } else {
                text.description()
            })
        })
    }

    fn unexpected(&self, found: String) -> Error {
        Error::Decode { url: self.url(), status: self.status, found }
    }

    fn url(&self) -> String {
        self.uri.to_string()
    }

    fn text(&self) -> Text<'_> {
        Text::new(&self.body[..self.body.len().min(MAX_TEXT_SIZE)], self.secret)
    }
}
