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
    /// Whether the time of `--retry` is up.
    pub(crate) gave_up: bool,
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

    /// Whether the URL has an address that each machine uses for itself.
    fn is_this_machine(&self) -> bool {
        let host = host(self.url);
        let address = self.address().map(|address| address.to_canonical());
        host.eq_ignore_ascii_case("localhost")
            // Such as `127.1`.
            || host.starts_with("127.")
            || address.is_some_and(|address| address.is_loopback() || address.is_unspecified())
    }
}

/// What to do about an error, if there is something.
pub(crate) fn advice(error: &Error, context: &Context) -> Option<String> {
    match error {
        Error::InvalidInput { input, .. } => invalid_input(*input, context),
        Error::Transport {
            request,
            kind: TransportErrorKind::Closed,
            request_sent: true,
            ..
        } => Some(closed(!is_get(request), context)),
        Error::Transport { kind, cause, .. } => {
            transport(*kind, cause.as_deref().unwrap_or_default(), context, OS)
        }
        Error::Unauthorized { from_pms, .. } => Some(unauthorized(*from_pms, context)),
        Error::Status {
            request,
            status,
            message,
            location,
            from_pms,
            ..
        } => match status {
            300..=399 => Some(redirect(request, location.as_deref(), context)),
            400 if *from_pms => removed_header(message.as_deref().unwrap_or_default()),
            _ => answer(*status, request, *from_pms, context),
        },
        Error::UnexpectedResponse {
            found,
            from_pms: true,
            ..
        } => removed_header(found),
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
        Input::RootCertificates => "it needs a file with `-----BEGIN CERTIFICATE-----`",
        Input::Proxy => "it needs a URL such as http://proxy.example.org:3128",
        _ => return None,
    };
    Some(advice.into())
}

fn transport(kind: TransportErrorKind, cause: &str, context: &Context, os: &str) -> Option<String> {
    use TransportErrorKind::*;

    let through_proxy = cause.contains(THROUGH_PROXY);
    let advice = match kind {
        HostNotFound => host_not_found(context),
        Refused => refused(context),
        Unreachable => unreachable(cause, context, os),
        ConnectTimeout => {
            let check = if through_proxy {
                "that the proxy in --proxy is up and reaches the server"
            } else if context.is_https() {
                "the address, firewalls, and that the port speaks https"
            } else {
                "the address, firewalls, and that the host is up"
            };
            format!("check {check}, or {}", longer(context, "raise --timeout"))
        }
        Timeout => longer(context, "see --timeout").into(),
        Closed if !through_proxy => closed(false, context),
        InvalidResponse if context.is_https() => "check the port, and any proxy in front".into(),
        InvalidResponse => {
            "check the port, any proxy in front, and whether it must be https://".into()
        }
        Proxy if cause.contains(PROXY_WANTS_LOGIN) => {
            "it wants a user and a password: --proxy http://user:password@host:port".into()
        }
        Proxy | Closed => "check that the proxy in --proxy is up, and that it allows tunnels to \
                           the server's port"
            .into(),
        Tls => tls::advice(cause, context),
        _ if FORBIDDEN.iter().any(|text| cause.contains(text)) => {
            "a firewall or a sandbox of this machine forbids it".into()
        }
        _ => return None,
    };
    Some(advice)
}

/// The words of the library, if the request was not sent.
const THROUGH_PROXY: &str = "through the proxy ";

const MORE_TIME: &str = "give --retry more time";

/// How to wait longer: by this option, unless the time of `--retry` is up.
fn longer<'a>(context: &Context, option: &'a str) -> &'a str {
    if context.gave_up { MORE_TIME } else { option }
}

/// The words of ureq for the status 407.
const PROXY_WANTS_LOGIN: &str = "responded 407";

/// The words of Unix for EACCES and EPERM.
const FORBIDDEN: [&str; 2] = ["Permission denied", "Operation not permitted"];

/// The words of Unix for an address that cannot be connected to, which is one of a link without its interface.
const INVALID_ADDRESS: &str = "Invalid argument";

fn host_not_found(context: &Context) -> String {
    let url = context.url_option;
    let host = host(context.url).to_ascii_lowercase();
    if host.trim_end_matches('.').ends_with(".local") {
        format!("use the server's IP address in {url}: this program may not find .local names")
    } else {
        format!("check the name in {url}, or use the server's IP address")
    }
}

fn refused(context: &Context) -> String {
    let advice = "check that the server is running, and the port (Plex uses 32400)";
    let (host, url) = (host(context.url), context.url_option);
    if context.is_this_machine() {
        format!(
            "{advice}; in a container or WSL, {host} is the container itself: use the server's \
             address in {url}"
        )
    } else {
        advice.into()
    }
}

/// The end of a connection, before the response or in it.
fn closed(leaves_outcome_open: bool, context: &Context) -> String {
    let other = if context.is_https() { "http" } else { "https" };
    let check = format!("check the port, and whether it is for {other}://");
    if leaves_outcome_open {
        // The message has just named the server.
        format!("it may be starting; if not, {check}")
    } else if context.gave_up {
        format!("{MORE_TIME}, or {check}")
    } else {
        format!("the server may be starting (see --retry); if not, {check}")
    }
}

fn unreachable(cause: &str, context: &Context, os: &str) -> String {
    let url = context.url_option;
    if cause.contains(INVALID_ADDRESS) {
        return format!(
            "use another address in {url}: one that begins with fe80 needs an interface"
        );
    }
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
    if context.token.is_some_and(is_jwt) {
        "Plex Media Server accepts no JSON Web Token (as of 2026); give the `PlexOnlineToken` of \
         the server's settings, which --token-from-server finds"
            .into()
    } else if !from_pms {
        let token = match context.token {
            Some(_) => "the current token of the server's owner",
            None => "the token of the server's owner (--token-file)",
        };
        format!("{HEADER}, or {token}")
    } else if context.token.is_none() && has_host_name(context) {
        format!(
            "{}; without one, a server in a container can refuse requests to its host name and \
             accept them at its IP address",
            give_token(context)
        )
    } else {
        give_token(context)
    }
}

/// Which token the server wants.
fn give_token(context: &Context) -> String {
    match context.token_source {
        Some(source) => {
            format!(
                "give the current token of the server's owner; the refused one is from {source}"
            )
        }
        None => "give the token of the server's owner (--token-file or --token-from-server)".into(),
    }
}

/// Whether the server is given by a name other than `localhost`.
fn has_host_name(context: &Context) -> bool {
    !context.is_this_machine() && context.address().is_none()
}

/// A redirect leads to the server's real address, or to a login.
fn redirect(request: &str, location: Option<&str>, context: &Context) -> String {
    let url = context.url_option;
    let Some(location) = location else {
        return format!("check {url}");
    };
    if is_same_url(location, request) {
        "a proxy in front redirects to the same URL, perhaps with a slash: check its rules".into()
    } else if last_segment(location) == last_segment(request) {
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

/// Whether the target of a redirect is the URL of the request, but for slashes at the end.
fn is_same_url(location: &str, request: &str) -> bool {
    let location = location.trim_end_matches('/');
    let (_, url) = request.split_once(' ').unwrap_or_default();
    let path = url.splitn(4, '/').nth(3);
    location == url || location.strip_prefix('/') == path
}

fn last_segment(url: &str) -> Option<&str> {
    url.trim_end_matches('/').rsplit('/').next()
}

/// What to do about a status of the server, or of a proxy in front of it.
fn answer(status: u16, request: &str, from_pms: bool, context: &Context) -> Option<String> {
    let advice = match status {
        400 | 426 if !context.is_https() => {
            "check the address, and whether the server wants https://".into()
        }
        403 if from_pms => give_token(context),
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
        400 | 404 | 405 | 421 | 426 | 501 => check_url(context),
        407 => HEADER.into(),
        408 => "try again".into(),
        429 => longer(context, "see --retry").into(),
        503 if from_pms => format!(
            "Plex Media Server is starting; {}",
            longer(context, "see --retry")
        ),
        503 if is_get(request) => format!(
            "Plex Media Server is starting, or the proxy in front cannot reach it; {}",
            longer(context, "see --retry")
        ),
        502..=504 | 520 | 522 | 524 => match is_get(request) {
            true => "the proxy in front got no valid response from the server, which may be \
                     starting"
                .into(),
            // The message has just named the server.
            false => "the proxy in front got no valid response from it".into(),
        },
        521 | 523 | 525 | 526 | 530 => {
            "the proxy in front does not reach the server; check that it is up".into()
        }
        500.. => "see the log of Plex Media Server".into(),
        _ => return None,
    };
    Some(advice)
}

/// Whether a request only reads: the list, or what the Butler is doing.
pub(crate) fn is_get(request: &str) -> bool {
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

/// What to do about a response of PMS to a request without one of its headers. The response names the header.
fn removed_header(said: &str) -> Option<String> {
    let headers = ["`Accept`", "X-Plex-Client-Identifier"];
    let header = headers.into_iter().find(|header| said.contains(header))?;
    Some(format!("check that a proxy in front passes {header}"))
}

/// A page of another server, or the response of PMS without its header.
fn unexpected(request: &str, context: &Context) -> String {
    let proxy = match is_get(request) {
        true => "",
        false => ", and that a proxy passes X-Plex-Protocol",
    };
    format!(
        "check that {} is a Plex Media Server{proxy}, or see --header-file for a login in front",
        context.url_option
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
            gave_up: false,
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
    fn this_machine_is_known_in_each_spelling() {
        for host in [
            "localhost",
            "LOCALHOST",
            "127.0.0.1",
            "127.1",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            let url = format!("http://{host}:32400");
            let context = at(&url);
            let advice = transport(TransportErrorKind::Refused, "", &context, "linux");
            assert!(
                advice.is_some_and(|advice| advice.contains("in a container")),
                "{host}"
            );
            let refused = unauthorized(true, &context);
            assert!(!refused.contains("container"), "{host}: {refused}");
        }
        let advice = refused(&at("http://192.168.1.10:32400"));
        assert!(!advice.contains("in a container"), "{advice}");
    }

    #[test]
    fn an_address_of_a_link_needs_its_interface() {
        let advice = |url| {
            let cause = "Invalid argument (os error 22)";
            transport(TransportErrorKind::Unreachable, cause, &at(url), "linux")
        };
        assert_eq!(
            advice("http://[fe80::1]").as_deref(),
            Some("use another address in PLEX_URL: one that begins with fe80 needs an interface")
        );
    }

    #[test]
    fn a_name_of_the_local_network_may_not_be_found() {
        let advice = |url: &str| {
            transport(TransportErrorKind::HostNotFound, "", &at(url), "linux").expect("advice")
        };
        let address =
            "use the server's IP address in PLEX_URL: this program may not find .local names";
        for host in ["nas.local", "NAS.LOCAL", "nas.local."] {
            assert_eq!(advice(&format!("http://{host}:32400")), address);
        }
        let either = "check the name in PLEX_URL, or use the server's IP address";
        assert_eq!(advice("http://nas.example.org/a.local"), either);
    }
}
