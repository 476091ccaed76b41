//! The one error type.

use std::error::Error as StdError;
use std::time::Duration;

use ureq::http::StatusCode;

use crate::text::{EXCERPT_CHARS, excerpt, one_line};
use crate::{Client, ServerError, TaskName, TransportErrorKind};

/// Everything that can go wrong, told apart by what a caller can do about it.
///
/// A message says what went wrong and what to do; a cause behind it is the [`source`](StdError::source). A text that
/// it quotes of a server is on one line of at most 200 characters. No message and no debug output shows the token as it
/// was sent, even where the server does.
///
/// ```no_run
/// use plex_butler::{Client, Error};
///
/// let client = Client::from_env()?;
/// match client.start_all_tasks() {
///     Ok(()) => println!("started"),
///     Err(Error::Unauthorized { .. }) => eprintln!("get a new token"),
///     Err(error) => eprintln!("{error}"),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The base URL cannot be used. Nothing was sent.
    #[error("invalid base URL \"{url}\": {reason}")]
    #[non_exhaustive]
    InvalidBaseUrl {
        /// The URL, without user information and query.
        url: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A header, the token or the client identifier cannot be sent. Nothing was sent.
    #[error("invalid header {name}: {reason}")]
    #[non_exhaustive]
    InvalidHeader {
        /// The header's name; `X-Plex-Token` for the token.
        name: String,
        /// What is wrong with it. Never shows the value.
        reason: String,
    },

    /// A task name that no server can have. Nothing was sent.
    #[error("invalid task name \"{name}\": {reason}")]
    #[non_exhaustive]
    InvalidTaskName {
        /// The name, cut short where it is long.
        name: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The proxy cannot be used. Nothing was sent.
    #[error("invalid proxy: {reason}")]
    #[non_exhaustive]
    InvalidProxy {
        /// What is wrong with it. Never shows user information.
        reason: String,
    },

    /// The root certificates cannot be used. Nothing was sent.
    #[error("invalid root certificates: {reason}")]
    #[non_exhaustive]
    InvalidCertificate {
        /// What is wrong with them.
        reason: String,
    },

    /// No complete answer came, other than for lack of time.
    #[error("no answer from {url}: {kind}{}", cause(*.kind, &**.source))]
    #[non_exhaustive]
    Transport {
        /// The URL that was asked.
        url: String,
        /// Why, in a form to decide on.
        kind: TransportErrorKind,
        /// The cause, as the operating system or a library words it.
        source: Box<dyn StdError + Send + Sync>,
    },

    /// No complete answer came within the configured time.
    #[error(
        "no complete answer from {url} within {timeout:?}{}; try later, or set a longer timeout",
        with(" through the proxy ", .proxy)
    )]
    #[non_exhaustive]
    Timeout {
        /// The URL that was asked.
        url: String,
        /// The configured time.
        timeout: Duration,
        /// The host and port of the proxy on the way, if there is one.
        proxy: Option<String>,
    },

    /// The answer is larger than [`Client::MAX_BODY_SIZE`] or [`Client::MAX_HEADER_SIZE`].
    #[error(
        "the answer from {url} is larger than {} MiB in its body or {} KiB in its headers; is this a Plex Media Server?",
        Client::MAX_BODY_SIZE >> 20,
        Client::MAX_HEADER_SIZE >> 10
    )]
    #[non_exhaustive]
    TooLarge {
        /// The URL that was asked.
        url: String,
        /// The status, unless the headers themselves are too large.
        status: Option<u16>,
    },

    /// 401: the server wants a token, or another one.
    #[error(
        "{url} answered 401 Unauthorized: the token is missing, wrong or expired{}{}",
        list(.errors),
        with("; or a proxy in front of the server wants the header `Authorization`: ", .challenge)
    )]
    #[non_exhaustive]
    Unauthorized {
        /// The URL that was asked.
        url: String,
        /// The server's error list, empty where it sent none.
        errors: Vec<ServerError>,
        /// What the answer's `WWW-Authenticate` asks for, if it has one: the sign of a proxy with a login of its own.
        challenge: Option<String>,
    },

    /// The server has no task of this name.
    #[error("the server has no task {}; it has {}", quoted(.name), names(.available))]
    #[non_exhaustive]
    UnknownTask {
        /// The name that was asked for.
        name: TaskName,
        /// The names that the server lists.
        available: Vec<TaskName>,
    },

    /// The answer is a redirect. It is not followed, for the token would go along.
    #[error(
        "{url} answered {status}, a redirect {}; if that is your server, set the base URL to what stands before `/butler`",
        to(.location)
    )]
    #[non_exhaustive]
    Redirected {
        /// The URL that was asked.
        url: String,
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// Where to. `None` where the server did not say.
        location: Option<String>,
    },

    /// Any other status that is no success.
    #[error(
        "{url} answered {}{}{}{}",
        status_line(*.status),
        said(*.status, .message, .excerpt),
        advice(*.status, .url),
        wait(*.status, *.retry_after)
    )]
    #[non_exhaustive]
    Status {
        /// The URL that was asked.
        url: String,
        /// The status.
        status: u16,
        /// The server's words: from its error list, its XML or its page's title.
        message: Option<String>,
        /// The start of the body.
        excerpt: String,
        /// How long the server asks to wait, where it says so in seconds.
        retry_after: Option<Duration>,
    },

    /// A success whose body is not what the API documents.
    #[error("{url} answered {status} with {found}; is this the address of a Plex Media Server?")]
    #[non_exhaustive]
    Decode {
        /// The URL that was asked.
        url: String,
        /// The status, from 200 to 299.
        status: u16,
        /// What was found instead; for JSON with the field, line and column.
        found: String,
    },
}

impl Error {
    /// The HTTP status of the answer, where the error is about an answer.
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
            Error::Unauthorized { .. } => Some(401),
            Error::UnknownTask { .. } => Some(404),
            Error::TooLarge { status, .. } => *status,
            Error::Redirected { status, .. } | Error::Status { status, .. } | Error::Decode { status, .. } => {
                Some(*status)
            }
            _ => None,
        }
    }

    /// Whether the configured time ran out.
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
        matches!(self, Error::Timeout { .. })
    }

    /// Whether TLS failed: an untrusted certificate, the wrong name in it, plain http on the port and the like.
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// if client.get_butler_tasks().is_err_and(|error| error.is_tls()) {
    ///     eprintln!("check the address and the certificate");
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn is_tls(&self) -> bool {
        matches!(self, Error::Transport { kind, .. } if kind.is_tls())
    }
}

/// The cause, where it says what the kind leaves open, such as which names the certificate has, or what the proxy said.
fn cause(kind: TransportErrorKind, source: &(dyn StdError + Send + Sync)) -> String {
    use TransportErrorKind::{CertificateName, HostNotFound, Other, Proxy, Tls};
    match kind {
        HostNotFound | CertificateName | Proxy | Tls | Other => format!(": {}", excerpt(&source.to_string())),
        _ => String::new(),
    }
}

/// A text that may be missing, after the words that lead to it.
fn with(words: &str, text: &Option<String>) -> String {
    text.as_ref().map_or_else(String::new, |text| format!("{words}{text}"))
}

fn to(location: &Option<String>) -> String {
    match location {
        Some(location) => format!("to {location}"),
        None => "without a target".into(),
    }
}

fn list(errors: &[ServerError]) -> String {
    excerpt(&errors.iter().map(|error| format!(": {error}")).collect::<String>())
}

/// The most characters of task names that a message shows: four times what a genuine server has.
const MAX_NAMES_CHARS: usize = 2000;

/// A name that the server does not have, with what the eye takes for nothing made visible.
fn quoted(name: &TaskName) -> String {
    format!("{:?}", name.as_str()).chars().take(EXCERPT_CHARS).collect()
}

fn names(available: &[TaskName]) -> String {
    if available.is_empty() {
        return "none".into();
    }
    let names: Vec<&str> = available.iter().map(TaskName::as_str).collect();
    one_line(&names.join(", "), MAX_NAMES_CHARS)
}

fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

/// The server's words, where they say more than the status does.
fn said(status: u16, message: &Option<String>, excerpt: &str) -> String {
    let said = message.as_deref().unwrap_or(excerpt);
    if status_line(status).contains(said) { String::new() } else { format!(": {said}") }
}

fn advice(status: u16, url: &str) -> &'static str {
    match status {
        400 => "; check the address, and whether the server wants https",
        403 => "; the token must be that of the server's owner",
        // Of a task, a 404 becomes an error only after the list has shown that there is such a task.
        404 if !url.ends_with("/butler") => "; the server lists this task, but answers 404 for it",
        404 | 405 | 501 => "; check host, port and path prefix of the base URL",
        502..=504 => "; the server is starting, or the proxy in front of it cannot reach it",
        _ => "",
    }
}

fn wait(status: u16, retry_after: Option<Duration>) -> String {
    match (status, retry_after) {
        (_, Some(wait)) if !wait.is_zero() => format!("; try again in {wait:?}"),
        (429 | 502..=504, _) => "; try later".into(),
        _ => String::new(),
    }
}
