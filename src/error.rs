//! The one error type.

use std::fmt;
use std::time::Duration;

use crate::TaskName;
use crate::http::status::status_line;
use crate::text::{EXCERPT_CHARS, one_line};

/// Everything that can go wrong. Each variant calls for a different reaction.
///
/// The message is complete: it says what happened and what to do, and [`source`](std::error::Error::source) is always
/// `None`. A text that it quotes from a server is on one line, and has at most 200 characters, or 2000 for task names. No
/// message and no debug output shows the token as it was sent, even if the server echoes it.
///
/// ```no_run
/// use plex_butler::{Client, Error};
///
/// let client = Client::from_env()?;
/// match client.start_all_tasks() {
///     Ok(()) => println!("started"),
///     Err(Error::Unauthorized { .. }) => eprintln!("get a new token"),
///     Err(error) if error.is_transient() => eprintln!("try later: {error}"),
///     Err(error) => eprintln!("{error}"),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting of the client is invalid. Nothing was sent.
    #[error("invalid {setting}{}: {reason}", .value.as_ref().map_or(String::new(), |value| format!(" \"{value}\"")))]
    #[non_exhaustive]
    InvalidSetting {
        /// Which setting.
        setting: Setting,
        /// The base URL without user information and query, or the name of the header. `None` for the other settings.
        value: Option<String>,
        /// What is wrong with it.
        reason: String,
    },

    /// The task name is invalid. Nothing was sent.
    #[error("invalid task name \"{name}\": {reason}")]
    #[non_exhaustive]
    InvalidTaskName {
        /// The name on one line, shortened if it is long.
        name: String,
        /// What is wrong with it.
        reason: String,
    },

    /// No complete response arrived, for another reason than the timeout.
    #[error("no response from {url}: {}", with_cause(*.kind, .cause))]
    #[non_exhaustive]
    Transport {
        /// The URL of the request.
        url: String,
        /// The reason, for a program.
        kind: TransportErrorKind,
        /// The reason in other words, where they add to `kind`: those of the operating system, the TLS library and so on.
        cause: Option<String>,
    },

    /// No complete response arrived within the configured time.
    #[error(
        "no {} {url} within {timeout:?}{}; {}",
        if *.connecting { "connection to" } else { "complete response from" },
        after(" through the proxy ", .proxy),
        if *.connecting { "check the address, and that the host is up" } else { "try later, or set a longer timeout" }
    )]
    #[non_exhaustive]
    Timeout {
        /// The URL of the request.
        url: String,
        /// The configured time.
        timeout: Duration,
        /// The host and port of the proxy in use, if any.
        proxy: Option<String>,
        /// Whether the time ran out while connecting. If so, the request was not sent.
        connecting: bool,
    },

    /// The server answered 401: it wants a token, or another token.
    #[error(
        "{url} answered 401 Unauthorized{}; {}{}",
        words(401, .message),
        token_advice(*.token_sent, .url),
        after("; a proxy in front of the server may want the header `Authorization`; it asked for ", .challenge)
    )]
    #[non_exhaustive]
    Unauthorized {
        /// The URL of the request.
        url: String,
        /// The server's words, if it sent any.
        message: Option<String>,
        /// The `WWW-Authenticate` header, if there is one: the sign of a reverse proxy with a login of its own.
        challenge: Option<String>,
        /// Whether the request had a token.
        token_sent: bool,
    },

    /// The server has no task of this name.
    #[error("the server has no task {}; it has {}", quoted(.name), names(.available))]
    #[non_exhaustive]
    UnknownTask {
        /// The name in the request.
        name: TaskName,
        /// The names that the server lists.
        available: Vec<TaskName>,
    },

    /// The server answered with a redirect. The client does not follow it, because the target would receive the token.
    #[error(
        "{url} answered {status}, a redirect {}; if that is your server, set the base URL to the part before `/butler`",
        .location.as_ref().map_or("without a target".into(), |location| format!("to {location}"))
    )]
    #[non_exhaustive]
    Redirected {
        /// The URL of the request.
        url: String,
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The `Location` header, if there is one.
        location: Option<String>,
    },

    /// The server answered with any other status outside 200 to 299.
    #[error(
        "{url} answered {}{}{}{}",
        status_line(*.status),
        words(*.status, .message),
        status_advice(*.status, .task),
        wait(*.status, *.retry_after)
    )]
    #[non_exhaustive]
    Status {
        /// The URL of the request.
        url: String,
        /// The status.
        status: u16,
        /// The server's words: from its error list, its XML, its page's title, or else the start of the body.
        message: Option<String>,
        /// How long the server asks to wait, if `Retry-After` is a number of seconds.
        retry_after: Option<Duration>,
        /// The task of the request, if the status is 404 although the server lists that task.
        task: Option<TaskName>,
    },

    /// The server answered with success, but not with a response that the API documents.
    #[error("{url} answered {status} with {found}; is this the address of a Plex Media Server?")]
    #[non_exhaustive]
    Decode {
        /// The URL of the request.
        url: String,
        /// The status, from 200 to 299.
        status: u16,
        /// What the response contains instead. For JSON, with the field, the line and the column.
        found: String,
    },
}

impl Error {
    pub(crate) fn invalid(
        setting: Setting,
        value: Option<String>,
        reason: impl Into<String>,
    ) -> Error {
        Error::InvalidSetting {
            setting,
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
            Error::Unauthorized { .. } => Some(401),
            Error::UnknownTask { .. } => Some(404),
            Error::Redirected { status, .. }
            | Error::Status { status, .. }
            | Error::Decode { status, .. } => Some(*status),
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

    /// Whether nothing was done and the same call can succeed later. Either the request was not sent: the host name was not
    /// found, the host refused the connection or was unreachable, or connecting took the whole timeout. Or the status is
    /// 503, which PMS sends while it starts, or 429.
    ///
    /// ```no_run
    /// use std::{thread, time::Duration};
    ///
    /// # let client = plex_butler::Client::from_env()?;
    /// let mut tries = 1;
    /// while let Err(error) = client.start_all_tasks() {
    ///     if tries == 30 || !error.is_transient() {
    ///         return Err(error);
    ///     }
    ///     thread::sleep(error.retry_after().unwrap_or(Duration::from_secs(10)).min(Duration::from_secs(60)));
    ///     tries += 1;
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn is_transient(&self) -> bool {
        use TransportErrorKind::{HostNotFound, Refused, Unreachable};
        match self {
            Error::Transport { kind, .. } => matches!(kind, HostNotFound | Refused | Unreachable),
            Error::Timeout { connecting, .. } => *connecting,
            Error::Status { status, .. } => matches!(status, 429 | 503),
            _ => false,
        }
    }

    /// How long the server asks to wait before the next request, if it says so in seconds.
    ///
    /// See [`is_transient`](Error::is_transient) for an example.
    pub fn retry_after(&self) -> Option<Duration> {
        if let Error::Status { retry_after, .. } = self {
            *retry_after
        } else {
            None
        }
    }
}

/// A setting of a client, the `setting` of [`Error::InvalidSetting`].
///
/// ```
/// use plex_butler::{Client, Error, Setting};
///
/// let result = Client::new("192.168.1.10:32400", "token");
/// assert!(matches!(result, Err(Error::InvalidSetting { setting: Setting::BaseUrl, .. })));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Setting {
    /// The base URL.
    BaseUrl,
    /// The token.
    Token,
    /// The client identifier.
    ClientIdentifier,
    /// A further header.
    Header,
    /// The root certificates.
    RootCertificates,
    /// The proxy, set or from the environment.
    Proxy,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Setting::BaseUrl => "base URL",
            Setting::Token => "token",
            Setting::ClientIdentifier => "client identifier",
            Setting::Header => "header",
            Setting::RootCertificates => "root certificates",
            Setting::Proxy => "proxy",
        })
    }
}

/// Why no complete response arrived, the `kind` of [`Error::Transport`].
///
/// Displayed, it says what happened and what to do.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host name could not be resolved.
    #[error("the host name cannot be resolved; check the address and the name server")]
    HostNotFound,
    /// No program listens at the address.
    #[error("connection refused; check the port (Plex uses 32400), and that the server is running")]
    Refused,
    /// The host does not respond, or there is no route to it.
    #[error("the host cannot be reached; check the address, the network, and that the host is up")]
    Unreachable,
    /// The connection was closed or reset before the response was complete.
    #[error(
        "the connection was closed; if it happens again, check the port, and whether to use http or https"
    )]
    Closed,
    /// The first bytes of the response are not HTTP.
    #[error(
        "this port does not speak HTTP; check it, and use https if the server requires secure connections"
    )]
    NotHttp,
    /// The response is HTTP, but malformed, compressed without a request for it, or has headers beyond
    /// [`Client::MAX_HEADER_SIZE`](crate::Client::MAX_HEADER_SIZE).
    #[error("invalid HTTP; check the address, and any proxy in front of the server")]
    InvalidResponse,
    /// The proxy could not be reached, or did not open a tunnel to the server.
    #[error("the proxy failed; check that it is up and allows tunnels to this port, or use none")]
    Proxy,
    /// The issuer of the certificate is not trusted, or the certificate is self-signed.
    #[error(
        "the issuer of the certificate is not trusted; set the CA's certificate as a root certificate, or use \
         the server's plex.direct name"
    )]
    CertificateIssuer,
    /// The certificate is for another name or address.
    #[error(
        "the certificate is for another name; use one of its names, such as the server's plex.direct name"
    )]
    CertificateName,
    /// The certificate has expired, or is not valid yet.
    #[error("the certificate has expired or is not valid yet; renew it, or check the clocks")]
    CertificateExpired,
    /// The certificate is marked as that of a CA, which rustls does not accept as a server's own.
    #[error(
        "the server uses a CA certificate as its own, which rustls does not accept; make another with \
         `openssl req -x509 -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:…`"
    )]
    CertificateIsCa,
    /// The URL says https, and the server speaks plain http on the port.
    #[error("the server speaks plain http on this port; use http")]
    PlainHttp,
    /// TLS failed in another way.
    #[error("TLS failed; check that the server speaks https on this port, with TLS 1.2 or newer")]
    Tls,
    /// Anything else; the error's `cause` says what.
    #[error("the request failed")]
    Other,
}

impl TransportErrorKind {
    /// Whether the connection was established and TLS failed on it.
    ///
    /// ```
    /// use plex_butler::TransportErrorKind;
    ///
    /// assert!(TransportErrorKind::CertificateExpired.is_tls());
    /// assert!(!TransportErrorKind::Refused.is_tls());
    /// ```
    pub fn is_tls(self) -> bool {
        use TransportErrorKind::*;
        matches!(
            self,
            CertificateIssuer
                | CertificateName
                | CertificateExpired
                | CertificateIsCa
                | PlainHttp
                | Tls
        )
    }
}

/// What happened, its cause, and what to do.
fn with_cause(kind: TransportErrorKind, cause: &Option<String>) -> String {
    let cause = after(": ", cause);
    let text = kind.to_string();
    match text.split_once("; ") {
        Some((what, advice)) => format!("{what}{cause}; {advice}"),
        None => text + &cause,
    }
}

/// A text that may be missing, after the words that introduce it.
fn after(words: &str, text: &Option<String>) -> String {
    text.as_ref()
        .map_or_else(String::new, |text| format!("{words}{text}"))
}

/// The server's words, where they add to the status.
fn words(status: u16, message: &Option<String>) -> String {
    after(
        ": ",
        &message
            .clone()
            .filter(|message| !status_line(status).contains(message.as_str())),
    )
}

fn token_advice(sent: bool, url: &str) -> &'static str {
    match sent {
        true => "the token was refused; set the current token of the server's owner",
        false if has_host_name(url) => {
            "no token was sent; set the token of the server's owner (without a token, a server in a container can refuse \
             requests to its host name and accept them at its IP address)"
        }
        false => "no token was sent; set the token of the server's owner",
    }
}

/// Whether the host of a URL is a name. At a name, a server in a container can refuse requests without a token.
fn has_host_name(url: &str) -> bool {
    // The parts before the host are the scheme and two empty ones.
    let host = url.split(['/', ':']).nth(3).unwrap_or_default();
    host != "localhost"
        && !host.starts_with('[')
        && host.contains(|c: char| c.is_ascii_alphabetic())
}

/// The most characters of task names that a message shows: four times as many as a genuine server has.
const MAX_NAMES_CHARS: usize = 2000;

/// A name that the server does not have, with invisible characters escaped.
fn quoted(name: &TaskName) -> String {
    format!("{:?}", name.as_str())
        .chars()
        .take(EXCERPT_CHARS)
        .collect()
}

fn names(available: &[TaskName]) -> String {
    let names: Vec<&str> = available.iter().map(TaskName::as_str).collect();
    if names.is_empty() {
        "none".into()
    } else {
        one_line(&names.join(", "), MAX_NAMES_CHARS)
    }
}

fn status_advice(status: u16, task: &Option<TaskName>) -> &'static str {
    match status {
        404 if task.is_some() => {
            "; the server lists this task; check that a proxy in front of it passes on all paths below `/butler`"
        }
        400 => "; check the address, and whether the server wants https",
        403 => "; set the token of the server's owner",
        404 | 405 | 501 => "; check the host, port and path prefix of the base URL",
        500 => "; the server's log may say why",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_message_of_its_own() {
        use TransportErrorKind::*;
        let kinds = [
            HostNotFound,
            Refused,
            Unreachable,
            Closed,
            NotHttp,
            InvalidResponse,
            Proxy,
            CertificateIssuer,
            CertificateName,
            CertificateExpired,
            CertificateIsCa,
            PlainHttp,
            Tls,
            Other,
        ];
        let messages: std::collections::HashSet<String> =
            kinds.iter().map(TransportErrorKind::to_string).collect();
        assert_eq!(messages.len(), kinds.len());
        let of_tls: Vec<_> = kinds.into_iter().filter(|kind| kind.is_tls()).collect();
        assert_eq!(
            of_tls,
            [
                CertificateIssuer,
                CertificateName,
                CertificateExpired,
                CertificateIsCa,
                PlainHttp,
                Tls
            ]
        );
    }

    #[test]
    fn host_names_are_distinguished_from_addresses() {
        for url in [
            "http://plex:32400/butler",
            "https://media.example.org/plex/butler",
        ] {
            assert!(has_host_name(url), "{url}");
        }
        for url in [
            "http://192.0.2.1:32400/butler",
            "http://192.0.2.1/butler",
            "http://[::1]:1/butler",
            "http://localhost/butler",
        ] {
            assert!(!has_host_name(url), "{url}");
        }
    }

    #[test]
    fn an_error_is_transient_if_nothing_was_done_and_trying_later_can_help() {
        use TransportErrorKind::*;
        let url = String::new;
        let transport = |kind| {
            Error::Transport {
                url: url(),
                kind,
                cause: None,
            }
            .is_transient()
        };
        assert!(
            [HostNotFound, Refused, Unreachable]
                .into_iter()
                .all(transport)
        );
        assert!(
            ![
                Closed,
                NotHttp,
                InvalidResponse,
                Proxy,
                CertificateExpired,
                Tls,
                Other
            ]
            .into_iter()
            .any(transport)
        );
        let timeout = |connecting| {
            Error::Timeout {
                url: url(),
                timeout: Duration::ZERO,
                proxy: None,
                connecting,
            }
            .is_transient()
        };
        assert!(timeout(true) && !timeout(false));
        let status = |status| {
            Error::Status {
                url: url(),
                status,
                message: None,
                retry_after: None,
                task: None,
            }
            .is_transient()
        };
        assert!(status(429) && status(503) && ![404, 500, 502, 504].into_iter().any(status));
        assert!(
            !Error::Decode {
                url: url(),
                status: 200,
                found: String::new()
            }
            .is_transient()
        );
    }
}
