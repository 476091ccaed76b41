//! The one error type.

use std::fmt;
use std::time::Duration;

use crate::TaskName;
use crate::advice;
use crate::text::{prefixed, quoted};

/// Everything that can go wrong. Each variant calls for a different reaction.
///
/// The message is complete: it says what happened and what to do, and
/// [`source`](std::error::Error::source) is always `None`. A text that it quotes from a server is
/// short and on one line.
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
    #[error("invalid {input}{}: {reason}", prefixed(" ", .value.as_deref().map(quoted)))]
    #[non_exhaustive]
    InvalidInput {
        /// Which input.
        input: Input,
        /// The start of the base URL, the name of the header, or the task name.
        /// `None` where the value can be a secret.
        value: Option<String>,
        /// What is wrong with it.
        reason: String,
    },

    /// The response never completed.
    #[error("no response from {url}: {}", .kind.message(.url, .cause.as_deref()))]
    #[non_exhaustive]
    Transport {
        /// The URL of the request.
        url: String,
        /// The reason, for a program.
        kind: TransportErrorKind,
        /// Details, if there are any: what the operating system or the TLS library said, the
        /// timeout, or the host and port of the proxy.
        cause: Option<String>,
    },

    /// The status is 401 or 498: the server, or a proxy in front of it, wants a token or a login.
    #[error(
        "{url} answered {}; {}",
        advice::answer(*.status, .message.as_deref()),
        advice::unauthorized(.url, *.token_sent, *.jwt_sent, *.from_pms, .challenge.as_deref())
    )]
    #[non_exhaustive]
    Unauthorized {
        /// The URL of the request.
        url: String,
        /// The status.
        status: u16,
        /// The server's words, if it sent any.
        message: Option<String>,
        /// The `WWW-Authenticate` header, if there is one. A proxy with a login sends it.
        challenge: Option<String>,
        /// Whether the request had a token.
        token_sent: bool,
        /// Whether that token was a JSON Web Token, which PMS does not accept.
        jwt_sent: bool,
        /// Whether PMS itself answered: the response has the header `X-Plex-Protocol`. Without it,
        /// it was a proxy in front, or PMS behind a proxy that removes the header.
        from_pms: bool,
    },

    /// The server has no task of this name.
    #[error(
        "the server has no task {}{}; it has {}",
        quoted(.name.as_str()),
        prefixed("; did you mean ", advice::same_name(.name, .available).map(|name| quoted(name.as_str()) + "?")),
        if .listed.is_empty() { "no tasks" } else { .listed }
    )]
    #[non_exhaustive]
    UnknownTask {
        /// The name in the request.
        name: TaskName,
        /// The names that the server lists.
        available: Vec<TaskName>,
        /// The same names for people: on one line, without the token, and at most 2000 characters.
        listed: String,
    },

    /// The server answered with any other status outside 200 to 299, for example with a redirect.
    /// The client does not follow redirects, because the target would receive the token.
    #[error(
        "{url} answered {}{}{}",
        advice::answer(*.status, .message.as_deref()),
        advice::status(.url, *.status, .task.is_some(), *.from_pms, .location.as_deref()),
        advice::wait(*.status, *.retry_after)
    )]
    #[non_exhaustive]
    Status {
        /// The URL of the request.
        url: String,
        /// The status.
        status: u16,
        /// The server's words: from its error list, its XML or the title of its page, or else the
        /// start of the text.
        message: Option<String>,
        /// How long the server asks to wait, if `Retry-After` is a number of seconds.
        retry_after: Option<Duration>,
        /// The target of a redirect: the `Location` header, if there is one.
        location: Option<String>,
        /// The task of the request, if the status is 404 although the server lists that task.
        task: Option<TaskName>,
        /// Whether PMS itself answered, as in [`Unauthorized`](Error::Unauthorized).
        from_pms: bool,
    },

    /// The server answered with success, but not with a response that the API documents.
    #[error("{url} answered {status} with {found}; is this a Plex Media Server?")]
    #[non_exhaustive]
    UnexpectedResponse {
        /// The URL of the request.
        url: String,
        /// The status, from 200 to 299.
        status: u16,
        /// What the response contains instead. For JSON, with the line and the column.
        found: String,
    },
}

impl Error {
    pub(crate) fn invalid(input: Input, value: Option<String>, reason: impl Into<String>) -> Error {
        Error::InvalidInput {
            input,
            value,
            reason: reason.into(),
        }
    }

    /// The HTTP status of the response, for an error about a response.
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
            _ => None,
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

    /// Whether nothing was done, so that the same call can safely be made again later.
    ///
    /// Either there was no connection: the host name was not found, the host refused or was
    /// unreachable, or connecting took too long. Or the status is 503, which PMS sends while it
    /// starts, or 429. After any other failure, such as a 502 of a proxy, a timeout or a closed
    /// connection, the server may have carried out the request.
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
        use TransportErrorKind::{ConnectTimeout, HostNotFound, Refused, Unreachable};
        match self {
            Error::Transport { kind, .. } => {
                matches!(kind, HostNotFound | Refused | Unreachable | ConnectTimeout)
            }
            Error::Status { status, .. } => matches!(status, 429 | 503),
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

/// What a caller gave, the `input` of [`Error::InvalidInput`].
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
    /// The proxy, set or from the environment.
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

/// Why the response never completed, the `kind` of [`Error::Transport`].
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
    /// Looking up the name or connecting, which includes TLS and the proxy, took longer than a
    /// third of the timeout. The request was not sent.
    ConnectTimeout,
    /// The response was not complete within the timeout. The server may have carried out the
    /// request.
    Timeout,
    /// The connection was closed or reset before the response was complete.
    Closed,
    /// The response is not HTTP, is malformed, or has more than 128 headers or 64 KiB of them.
    InvalidResponse,
    /// The proxy could not be reached, or did not open a tunnel to the server.
    Proxy,
    /// TLS failed. The message says why, and what to do.
    Tls,
    /// Anything else; the error's `cause` says what.
    Other,
}

impl TransportErrorKind {
    /// What happened, its cause, and what to do.
    fn message(self, url: &str, cause: Option<&str>) -> String {
        use TransportErrorKind::*;
        let (what, advice) = match self {
            HostNotFound => (
                "the host name cannot be resolved",
                "check the address and the name server",
            ),
            // The words of the operating system say no more.
            Refused => {
                return "connection refused; check the port (Plex uses 32400), and that the server \
                        is running"
                    .into();
            }
            Unreachable => (
                "the host cannot be reached",
                "check the address, the network, and that the host is up",
            ),
            ConnectTimeout => (
                "connecting took too long",
                "check the address, and that the host is up",
            ),
            Timeout => ("timed out", "set a longer timeout"),
            Closed => (
                "the connection was closed",
                "if it happens again, check the port, and whether to use http or https",
            ),
            InvalidResponse => (
                "invalid HTTP",
                "check the port and any proxy in front, and use https if the server requires \
                 secure connections",
            ),
            Proxy => (
                "the proxy failed",
                "check that it is up and allows tunnels to this port, or use none",
            ),
            Tls => return advice::tls(url, cause.unwrap_or_default()),
            Other => ("the request failed", "the cause says why"),
        };
        format!("{what}{}; {advice}", prefixed(": ", cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_transient_if_nothing_was_done_and_trying_later_can_help() {
        use TransportErrorKind::*;
        let transport = |kind| Error::Transport {
            url: String::new(),
            kind,
            cause: None,
        };
        for kind in [HostNotFound, Refused, Unreachable, ConnectTimeout] {
            assert!(transport(kind).is_transient(), "{kind:?}");
        }
        for kind in [Timeout, Closed, InvalidResponse, Proxy, Tls, Other] {
            assert!(!transport(kind).is_transient(), "{kind:?}");
        }
        let status = |status| {
            Error::Status {
                url: String::new(),
                status,
                message: None,
                retry_after: None,
                location: None,
                task: None,
                from_pms: true,
            }
            .is_transient()
        };
        assert!(status(429) && status(503) && ![404, 500, 502, 504].into_iter().any(status));
    }

    #[test]
    fn an_error_can_be_cloned_and_compared() {
        let error = Error::invalid(Input::Token, None, "it is empty");
        assert_eq!(error.clone(), error);
        assert_ne!(error, Error::invalid(Input::Token, None, "it is long"));
    }
}
