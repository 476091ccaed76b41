//! What to do about an error, in the words of the options. What happened is in the error's own message.

mod tls;

use std::env::consts::OS;
use std::net::IpAddr;

use plex_butler::{Error, Input, TransportErrorKind};

use crate::address::{finished_url, host, is_https};
use crate::token_text::is_jwt;

/// What the program knows about a request, and the error does not.
pub(crate) struct Context<'a> {
    /// The URL of the server.
    pub(crate) url: &'a str,
    /// The option or variable that has it, or would have it.
    pub(crate) url_option: &'static str,
    pub(crate) token: Option<&'a str>,
    /// Where the token is from.
    pub(crate) token_source: Option<&'a str>,
}

impl Context<'_> {
    /// The option or variable that an input of the library is from.
    pub(crate) fn name_of(&self, input: Input) -> String {
        match input {
            Input::BaseUrl => self.url_option.into(),
            Input::Token => format!("token from {}", self.token_source.unwrap_or_default()),
            Input::Header => "--header-file".into(),
            Input::RootCertificates => "--ca".into(),
            Input::Proxy => "--proxy".into(),
            _ => input.to_string(),
        }
    }

    fn is_https(&self) -> bool {
        is_https(self.url)
    }

    fn address(&self) -> Option<IpAddr> {
        host(self.url).parse().ok()
    }
}

/// What to do about an error, if there is something.
pub(crate) fn advice(error: &Error, context: &Context) -> Option<String> {
    match error {
        Error::InvalidInput { input, .. } => invalid_input(*input, context),
        Error::Transport { kind, cause, .. } => {
            transport(*kind, cause.as_deref().unwrap_or_default(), context, OS)
        }
        Error::Unauthorized { from_pms, .. } => Some(unauthorized(*from_pms, context)),
        Error::Status {
            request,
            status,
            location,
            from_pms,
            ..
        } => match status {
            300..=399 => Some(redirect(request, location.as_deref(), context)),
            _ => answer(*status, request, *from_pms, context),
        },
        Error::UnexpectedResponse { request, .. } => Some(unexpected(request, context)),
        _ => None,
    }
}

fn invalid_input(input: Input, context: &Context) -> Option<String> {
    let advice = match input {
        Input::BaseUrl if context.url.contains('@') => "see --header-file",
        Input::BaseUrl => {
            let url = finished_url(context.url.trim())?;
            return Some(format!("did you mean {url}?"));
        }
        Input::Token => "it must hold the token and nothing else",
        Input::RootCertificates => "it needs a file with `-----BEGIN CERTIFICATE-----`",
        Input::Proxy => "it needs a URL such as http://proxy.example.org:3128",
        _ => return None,
    };
    Some(advice.into())
}

fn transport(kind: TransportErrorKind, cause: &str, context: &Context, os: &str) -> Option<String> {
    use TransportErrorKind::*;

    let advice = match kind {
        HostNotFound => host_not_found(context),
        Refused => refused(context),
        Unreachable => unreachable(context, os),
        ConnectTimeout => {
            "check the address, firewalls, and that the host is up, or raise --timeout".into()
        }
        Timeout => "see --timeout".into(),
        Closed => {
            let other = if context.is_https() { "http" } else { "https" };
            format!("the server may be starting (see --retry), or the port is for {other}://")
        }
        InvalidResponse if context.is_https() => "check the port, and any proxy in front".into(),
        InvalidResponse => "check the port, and any proxy in front; if the server requires secure \
                            connections, use https://"
            .into(),
        Proxy if cause.contains(PROXY_WANTS_LOGIN) => {
            "it wants a user and a password: --proxy http://user:password@host:port".into()
        }
        Proxy => "check that the proxy in --proxy is up, and that it allows tunnels to the \
                  server's port"
            .into(),
        Tls => tls::advice(cause, context),
        _ if FORBIDDEN.iter().any(|text| cause.contains(text)) => {
            "a firewall or a sandbox of this machine forbids it".into()
        }
        _ => return None,
    };
    Some(advice)
}

/// The words of ureq for the status 407.
const PROXY_WANTS_LOGIN: &str = "responded 407";

/// The words of Unix for EACCES and EPERM.
const FORBIDDEN: [&str; 2] = ["Permission denied", "Operation not permitted"];

fn host_not_found(context: &Context) -> String {
    let url = context.url_option;
    if host(context.url).ends_with(".local") {
        format!("use the server's IP address in {url}: this program may not find .local names")
    } else {
        format!("check the name in {url}, or use the server's IP address")
    }
}

fn refused(context: &Context) -> String {
    let advice = "check that the server is running, and the port (Plex uses 32400)";
    let (host, url) = (host(context.url), context.url_option);
    if host == "localhost"
        || context
            .address()
            .is_some_and(|address| address.is_loopback())
    {
        format!(
            "{advice}; in a container or WSL, {host} is the container itself: use the server's \
             address in {url}"
        )
    } else {
        advice.into()
    }
}

fn unreachable(context: &Context, os: &str) -> String {
    let url = context.url_option;
    let advice = format!("check the address in {url}, the network, and that the host is up");
    if os == "macos" && context.address().is_some_and(is_private) {
        format!("{advice}; on macOS, allow it in Privacy & Security, Local Network")
    } else {
        advice
    }
}

/// Whether an address is of a local network.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// What a proxy with a login wants.
const HEADER: &str = "give the header that it wants, such as `Authorization` (--header-file)";

fn unauthorized(from_pms: bool, context: &Context) -> String {
    let token = owners_token(context);
    if context.token.is_some_and(is_jwt) {
        "Plex Media Server accepts no JSON Web Token (as of 2026); give the `PlexOnlineToken` of \
         the server's settings, which --token-from-server finds"
            .into()
    } else if !from_pms {
        format!("{HEADER}, or {token}")
    } else if context.token.is_none() && has_host_name(context) {
        format!(
            "give {token}; without one, a server in a container can refuse requests to its host \
             name and accept them at its IP address"
        )
    } else {
        format!("give {token}")
    }
}

/// Which token the server wants.
fn owners_token(context: &Context) -> String {
    match context.token_source {
        Some(source) => {
            format!("the current token of the server's owner (this one is from {source})")
        }
        None => "the token of the server's owner (--token-file or --token-from-server)".into(),
    }
}

/// Whether the server is given by a name other than `localhost`.
fn has_host_name(context: &Context) -> bool {
    host(context.url) != "localhost" && context.address().is_none()
}

/// A redirect leads to the server's real address, or to a login.
fn redirect(request: &str, location: Option<&str>, context: &Context) -> String {
    let url = context.url_option;
    let Some(location) = location else {
        return format!("check {url}");
    };
    if last_segment(location) == last_segment(request) {
        let endpoint = if request.ends_with("/activities") {
            "/activities"
        } else {
            "/butler"
        };
        format!("if that is your server, set {url} to the part before `{endpoint}`")
    } else {
        "perhaps there is a login in front of the server: see --header-file".into()
    }
}

fn last_segment(url: &str) -> Option<&str> {
    url.trim_end_matches('/').rsplit('/').next()
}

/// What to do about a status of the server, or of a proxy in front of it.
fn answer(status: u16, request: &str, from_pms: bool, context: &Context) -> Option<String> {
    let advice = match status {
        400 if !context.is_https() => {
            "check the address, and whether the server wants https://".into()
        }
        403 if from_pms => format!("give {}", owners_token(context)),
        403 => format!("perhaps a proxy in front refused; {HEADER}"),
        404 if asks_for_task(request) => match from_pms {
            true => "the server lists this task; its log may tell why".into(),
            false => "the server lists this task: check that a proxy in front passes all paths \
                      below /butler"
                .into(),
        },
        405 | 501 if !is_get(request) => format!(
            "{}, and that a proxy in front passes POST and DELETE",
            check_url(context)
        ),
        400 | 404 | 405 | 501 => check_url(context),
        429 => "see --retry".into(),
        503 if from_pms => "the server is starting; see --retry".into(),
        503 => "the server is starting, or the proxy in front cannot reach it; see --retry".into(),
        502 | 504 | 520 | 524 => {
            "the proxy in front got no valid response from the server, which may be starting".into()
        }
        521..=523 | 525 | 526 | 530 => {
            "the proxy in front does not reach the server; check that the server is up".into()
        }
        500.. => "the server's log may tell why".into(),
        _ => return None,
    };
    Some(advice)
}

/// Whether a request only reads: the list, or what the Butler is doing.
fn is_get(request: &str) -> bool {
    request.starts_with("GET ")
}

fn asks_for_task(request: &str) -> bool {
    !is_get(request) && !request.ends_with("/butler")
}

fn check_url(context: &Context) -> String {
    let url = context.url_option;
    match context.url.trim_end_matches('/').ends_with("/web") {
        true => format!("omit `/web` in {url}, if it is the path of Plex's web app"),
        false => format!("check the host, port and path prefix in {url}"),
    }
}

/// A page of another server, or the response of PMS without its header.
fn unexpected(request: &str, context: &Context) -> String {
    let proxy = match is_get(request) {
        true => "",
        false => ", or a proxy removed X-Plex-Protocol",
    };
    let url = context.url_option;
    format!(
        "is {url} that of a Plex Media Server? Perhaps a login in front answered (--header-file){proxy}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Context<'_> {
        Context {
            url,
            url_option: "PLEX_URL",
            token: None,
            token_source: None,
        }
    }

    #[test]
    fn on_macos_a_private_address_needs_a_permission() {
        let advice = |url, os| {
            let cause = "No route to host (os error 65)";
            transport(TransportErrorKind::Unreachable, cause, &at(url), os).expect("advice")
        };
        for url in [
            "http://192.168.1.10:32400",
            "http://10.0.0.1",
            "http://169.254.1.1",
            "http://[fd00::1]:32400",
            "http://[fe80::1]",
        ] {
            assert!(advice(url, "macos").ends_with("Privacy & Security, Local Network"));
            assert!(!advice(url, "linux").contains("macOS"));
        }
        for url in ["http://192.0.2.1:32400", "http://media.example.org"] {
            assert!(!advice(url, "macos").contains("macOS"), "{url}");
        }
    }

    #[test]
    fn a_forbidden_connection_is_explained() {
        let advice = |cause| {
            let context = at("http://192.168.1.10:32400");
            transport(TransportErrorKind::Other, cause, &context, "linux")
        };
        for cause in [
            "Permission denied (os error 13)",
            "Operation not permitted (os error 1)",
        ] {
            let explained = advice(cause).expect("advice");
            assert_eq!(
                explained,
                "a firewall or a sandbox of this machine forbids it"
            );
        }
        assert_eq!(advice("Too many open files (os error 24)"), None);
    }

    #[test]
    fn a_name_of_the_local_network_may_not_be_found() {
        let advice = |url| {
            transport(TransportErrorKind::HostNotFound, "", &at(url), "linux").expect("advice")
        };
        let address =
            "use the server's IP address in PLEX_URL: this program may not find .local names";
        assert_eq!(advice("http://nas.local:32400"), address);
        let either = "check the name in PLEX_URL, or use the server's IP address";
        assert_eq!(advice("http://nas.example.org/a.local"), either);
    }
}
