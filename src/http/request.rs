//! A request, as its errors describe it.

use std::time::Duration;

use ureq::http::{Method, Uri};

use super::certificate;
use super::failure::Failure;
use crate::quote::quote;
use crate::{Error, TransportErrorKind};

/// What the errors about a request have in common.
pub(super) struct RequestContext<'a> {
    pub(super) method: Method,
    pub(super) url: Uri,
    /// The token, which no error may show.
    pub(super) token: Option<&'a str>,
    pub(super) timeout: Duration,
    /// The host and port of the proxy in use.
    pub(super) proxy: Option<&'a str>,
}

impl RequestContext<'_> {
    /// The method and the URL.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.url)
    }

    /// A text of a server, as an error shows it. Every such text passes here.
    pub(super) fn quote(&self, text: &str) -> String {
        quote(text, self.token)
    }

    /// The error for a failure of the request.
    pub(super) fn failed(&self, failure: Failure) -> Error {
        use TransportErrorKind::{ConnectTimeout, Proxy, Timeout, Tls};

        let mut kind = failure.kind;
        let cause = failure.cause.map(|cause| self.quote(&cause));
        let mut cause = match kind {
            Timeout => Some(format!("the limit of {:?} can be raised", self.timeout)),
            ConnectTimeout => Some(format!(
                "the limit is a third of the timeout, which is {:?} and can be raised",
                self.timeout
            )),
            Tls => cause.map(|cause| certificate::explained(&cause, &self.url)),
            _ => cause,
        };
        if let Some(proxy) = self.proxy.filter(|_| !failure.request_sent) {
            if failure.is_about_proxy && kind != ConnectTimeout {
                cause = Some(joined(&kind.to_string(), cause));
                kind = Proxy;
            }
            cause = Some(match (kind, cause) {
                (Proxy, cause) => joined(proxy, cause),
                (_, Some(cause)) => format!("{cause}, through the proxy {proxy}"),
                (_, None) => format!("through the proxy {proxy}"),
            });
        }
        Error::Transport {
            request: self.line(),
            kind,
            cause,
            request_sent: failure.request_sent,
        }
    }
}

/// A text, and what follows it if there is any.
fn joined(text: &str, rest: Option<String>) -> String {
    match rest {
        Some(rest) => format!("{text}: {rest}"),
        None => text.to_owned(),
    }
}
