//! The one error type.

use std::fmt;
use std::time::Duration;

use crate::TaskName;

/// Everything that can go wrong. Match on the variant to decide; print the message to explain.
///
/// The message is complete: [`source`](std::error::Error::source) is always `None`. It states facts, in
/// one line. A text that it quotes from a server has at most 200 characters.
///
/// ```no_run
/// use plex_butler::{Client, Error};
///
/// let client = Client::from_env()?;
/// match client.start_all_tasks() {
///     Ok(()) => println!("accepted"),
///     Err(Error::Unauthorized { .. }) => eprintln!("get a new token"),
///     Err(error) if error.is_transient() => eprintln!("try later: {error}"),
///     Err(error) => eprintln!("{error}"),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting of the client or a task name is invalid. Nothing was sent.
    #[error("invalid {input}: {reason}")]
    #[non_exhaustive]
    InvalidInput {
        /// Which input.
        input: Input,
        /// What is wrong with it. It does not show the input, which can be a secret.
        reason: String,
    },

    /// No complete response arrived.
    #[error(
        "{} {request}: {kind}{}{}",
        if *.request_sent { "no complete response to" } else { "cannot send" },
        after_colon(.cause.as_deref()),
        if *.request_sent { open_outcome(.request) } else { "" }
    )]
    #[non_exhaustive]
    Transport {
        /// The method and the URL.
        request: String,
        /// What failed.
        kind: TransportErrorKind,
        /// Details, if there are any: what the operating system or the TLS library reported, the
        /// timeout, or the host and port of the proxy.
        cause: Option<String>,
        /// Whether any of the request may have been sent. If not, the server has done nothing.
        request_sent: bool,
    },

    /// The status is 401 or 498: the server, or a proxy in front of it, requires a token or a login.
    /// Newer servers answer the token of another account with 403, which is a
    /// [`Status`](Error::Status).
    #[error(
        "{request} answered {status}{}; {}{}",
        after_colon(.message.as_deref()),
        match (*.from_pms, *.token_sent) {
            (true, true) => "the token was refused",
            (true, false) => "no token was sent",
            (false, true) => "perhaps a proxy in front of the server refused",
            (false, false) => "no token was sent, or a proxy in front of the server refused",
        },
        prefixed("; the challenge is ", .challenge.as_deref())
    )]
    #[non_exhaustive]
    Unauthorized {
        /// The method and the URL.
        request: String,
        /// The status.
        status: u16,
        /// The server's message, or else the standard words for the status.
        message: Option<String>,
        /// The `WWW-Authenticate` header, if there is one. A proxy with a login sends it.
        challenge: Option<String>,
        /// Whether the request had a token.
        token_sent: bool,
        /// Whether PMS itself answered: the response has the header `X-Plex-Protocol`. Without it,
        /// it was a proxy in front, or PMS behind a proxy that removes the header.
        from_pms: bool,
    },

    /// The server has no task of this name.
    #[error("the server has no task {:?}; it lists {}", .name.as_str(), others(.available.len()))]
    #[non_exhaustive]
    UnknownTask {
        /// The name in the request.
        name: TaskName,
        /// The names that the server lists.
        available: Vec<TaskName>,
    },

    /// The server answered with any other status outside 200 to 299, for example with a redirect.
    /// The client does not follow redirects, because the target would receive the token.
    ///
    /// A 404 to [`start_task`](crate::Client::start_task) or
    /// [`stop_task`](crate::Client::stop_task) is about a task that the server lists: otherwise it is
    /// [`UnknownTask`](Error::UnknownTask).
    #[error(
        "{request} answered {status}{}{}{}{}",
        after_colon(.message.as_deref()),
        prefixed(", a redirect to ", .location.as_deref()),
        wait_clause(*.retry_after),
        if leaves_outcome_open(*.status, *.from_pms) { open_outcome(.request) } else { "" }
    )]
    #[non_exhaustive]
    Status {
        /// The method and the URL.
        request: String,
        /// The status.
        status: u16,
        /// The server's message, or else the standard words for the status. The message is from an
        /// error list, from the XML or JSON of PMS, or from the title of a page. In any other format,
        /// it is the start of the body.
        message: Option<String>,
        /// How long the server asks to wait, if `Retry-After` is a number of seconds.
        retry_after: Option<Duration>,
        /// The target of a redirect, without its query: the `Location` header, if there is one.
        location: Option<String>,
        /// Whether PMS itself answered, as in [`Unauthorized`](Error::Unauthorized).
        from_pms: bool,
    },

    /// The server answered with success, but not with a response that the API documents.
    ///
    /// A login page in front of PMS and any other wrong server give the same error: only the texts of
    /// their pages differ.
    #[error(
        "{request} answered {status} with {}{}",
        .found.trim_end_matches('.'),
        open_outcome(.request)
    )]
    #[non_exhaustive]
    UnexpectedResponse {
        /// The method and the URL.
        request: String,
        /// The status, from 200 to 299.
        status: u16,
        /// What the response contains instead. For JSON, with the line and the column.
        found: String,
        /// Whether PMS itself answered, as in [`Unauthorized`](Error::Unauthorized).
        from_pms: bool,
    },
}

impl Error {
    pub(crate) fn invalid(input: Input, reason: impl Into<String>) -> Error {
        Error::InvalidInput {
            input,
            reason: reason.into(),
        }
    }

    /// The HTTP status of the response, for an error about a response. It is 404 for
    /// [`UnknownTask`](Error::UnknownTask).
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// if let Err(error) = client.start_all_tasks() {
    ///     if error.status() == Some(503) {
    ///         eprintln!("the server is still starting");
    ///     }
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::UnknownTask { .. } => Some(404),
            Error::Unauthorized { status, .. }
            | Error::Status { status, .. }
            | Error::UnexpectedResponse { status, .. } => Some(*status),
            Error::InvalidInput { .. } | Error::Transport { .. } => None,
        }
    }

    /// Whether the time ran out, while connecting or later.
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// let tasks = client.get_butler_tasks();
    /// if tasks.is_err_and(|error| error.is_timeout()) {
    ///     eprintln!("the server is busy");
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn is_timeout(&self) -> bool {
        use TransportErrorKind::{ConnectTimeout, Timeout};
        matches!(
            self,
            Error::Transport {
                kind: ConnectTimeout | Timeout,
                ..
            }
        )
    }

    /// Whether TLS failed, for example because of an untrusted certificate, another name in it, or
    /// plain http on the port.
    ///
    /// The causes have no kinds of their own. Only the TLS library's text tells them apart, and that
    /// text can change with any version of it.
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// if client.get_butler_tasks().is_err_and(|error| error.is_tls()) {
    ///     eprintln!("check the address and the certificate");
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn is_tls(&self) -> bool {
        matches!(
            self,
            Error::Transport {
                kind: TransportErrorKind::Tls,
                ..
            }
        )
    }

    /// Whether the server has done nothing, so the call can be repeated: the request was not sent, or
    /// the status is 429, or PMS itself answered 503, which it does while it starts.
    ///
    /// To wait for a server, ask for the list until it answers: see
    /// [waiting for a server](crate#waiting-for-a-server).
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// if let Err(error) = client.start_all_tasks() {
    ///     let again = if error.is_transient() { "try again" } else { "look at the server first" };
    ///     eprintln!("{error} ({again})");
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Transport { request_sent, .. } => !request_sent,
            Error::Status {
                status, from_pms, ..
            } => *status == 429 || *status == 503 && *from_pms,
            _ => false,
        }
    }

    /// How long the server asks to wait before the next request, if it says so in seconds.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// if let Err(error) = client.start_all_tasks() {
    ///     let pause = error.retry_after().unwrap_or(Duration::from_secs(10));
    ///     eprintln!("{error}; the next try is in {pause:?}");
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// The input that was invalid, the `input` of [`Error::InvalidInput`].
///
/// ```
/// use plex_butler::{Client, Error, Input};
///
/// let result = Client::new("192.168.1.10:32400", "token");
/// assert!(matches!(result, Err(Error::InvalidInput { input: Input::BaseUrl, .. })));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Input {
    /// The base URL.
    BaseUrl,
    /// The token.
    Token,
    /// The client identifier.
    ClientIdentifier,
    /// A header that the caller added.
    Header,
    /// The root certificates.
    RootCertificates,
    /// The URL of the proxy.
    Proxy,
    /// The name of a task.
    TaskName,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Input::BaseUrl => "base URL",
            Input::Token => "token",
            Input::ClientIdentifier => "client identifier",
            Input::Header => "header",
            Input::RootCertificates => "root certificates",
            Input::Proxy => "proxy",
            Input::TaskName => "task name",
        })
    }
}

/// Why no complete response arrived, the `kind` of [`Error::Transport`].
///
/// ```no_run
/// use plex_butler::{Client, Error, TransportErrorKind};
///
/// let client = Client::from_env()?;
/// match client.get_butler_tasks() {
///     Err(Error::Transport { kind: TransportErrorKind::Refused, .. }) => println!("the server is down"),
///     Err(error) => eprintln!("{error}"),
///     Ok(tasks) => println!("{} tasks", tasks.len()),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host name could not be resolved.
    HostNotFound,
    /// No program listens at the address.
    Refused,
    /// There is no route to the host, or it is not an address that can be connected to.
    Unreachable,
    /// Name lookup, or connecting with proxy and TLS, took longer than a third of the timeout. Or
    /// the timeout had passed before.
    ConnectTimeout,
    /// The response was not complete within the timeout.
    Timeout,
    /// The connection was closed or reset, while connecting or before the response was complete.
    Closed,
    /// The response is not HTTP, is malformed, or has more than 128 headers or 64 KiB of them.
    InvalidResponse,
    /// The proxy could not be reached, or did not open a tunnel to the server.
    Proxy,
    /// TLS failed.
    Tls,
    /// Anything else; the error's `cause` tells what.
    Other,
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TransportErrorKind::HostNotFound => "host name not found",
            TransportErrorKind::Refused => "connection refused",
            TransportErrorKind::Unreachable => "host unreachable",
            TransportErrorKind::ConnectTimeout => "connecting timed out",
            TransportErrorKind::Timeout => "timed out",
            TransportErrorKind::Closed => "connection closed",
            TransportErrorKind::InvalidResponse => "invalid HTTP",
            TransportErrorKind::Proxy => "the proxy failed",
            TransportErrorKind::Tls => "TLS failed",
            TransportErrorKind::Other => "the request failed",
        })
    }
}

/// A text behind a prefix, or nothing if there is no text.
fn prefixed(prefix: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!("{prefix}{text}"))
}

/// The same for a text that can be a sentence, which goes on in the message.
fn after_colon(text: Option<&str>) -> String {
    prefixed(": ", text.map(|text| text.trim_end_matches('.')))
}

/// What is left open by the failure of a request that was sent. A `GET` changes nothing.
fn open_outcome(request: &str) -> &'static str {
    match request.starts_with("GET ") {
        true => "",
        false => "; the server may have carried out the request",
    }
}

/// Whether the request may have been carried out before this status: any 5xx but the 503 of PMS, 501,
/// which refuses the method, and Cloudflare's codes for an unreachable server.
fn leaves_outcome_open(status: u16, from_pms: bool) -> bool {
    match status {
        501 | 521 | 523 | 525 | 526 | 530 => false,
        503 => !from_pms,
        _ => status >= 500,
    }
}

fn wait_clause(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(time) if !time.is_zero() => format!("; it asks to wait {time:?}"),
        _ => String::new(),
    }
}

fn others(count: usize) -> String {
    match count {
        0 => "none".into(),
        1 => "1 other".into(),
        _ => format!("{count} others"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transport(request_sent: bool) -> Error {
        Error::Transport {
            request: "POST http://localhost/butler".into(),
            kind: TransportErrorKind::Closed,
            cause: None,
            request_sent,
        }
    }

    fn status(status: u16, from_pms: bool) -> Error {
        Error::Status {
            request: "POST http://localhost/butler".into(),
            status,
            message: None,
            retry_after: None,
            location: None,
            from_pms,
        }
    }

    #[test]
    fn an_error_is_transient_if_the_server_has_done_nothing() {
        for error in [
            transport(false),
            status(429, false),
            status(429, true),
            status(503, true),
        ] {
            assert!(error.is_transient(), "{error:?}");
        }
        for error in [
            transport(true),
            status(503, false),
            status(404, true),
            status(502, true),
        ] {
            assert!(!error.is_transient(), "{error:?}");
        }
    }

    #[test]
    fn the_message_tells_whether_a_start_may_have_been_carried_out() {
        let may_have_been = |error: Error| {
            error
                .to_string()
                .contains("the server may have carried out the request")
        };
        for error in [
            transport(true),
            status(500, true),
            status(502, false),
            status(503, false),
            status(504, false),
            status(524, false),
        ] {
            assert!(!error.is_transient());
            assert!(may_have_been(error.clone()), "{error}");
        }
        for error in [
            transport(false),
            status(404, false),
            status(429, false),
            status(501, false),
            status(521, false),
            status(503, true),
        ] {
            assert!(!may_have_been(error.clone()), "{error}");
        }
    }

    #[test]
    fn an_error_is_small() {
        // With one more field beside it, the error of a caller stays below the 128 bytes from which
        // clippy calls an `Err` large.
        assert!(size_of::<Error>() <= 96, "{}", size_of::<Error>());
    }

    #[test]
    fn an_error_can_be_cloned_and_compared() {
        let error = Error::invalid(Input::Token, "it is empty");
        assert_eq!(error.clone(), error);
        assert_ne!(error, Error::invalid(Input::Token, "it is long"));
    }
}
