//! The URLs of a client: the base URL, checked once, and the two kinds of URL that are requested,
//! `<base>/butler` and `<base>/butler/<task name>`.

use std::net::Ipv6Addr;

use ureq::http::Uri;

use crate::text::excerpt;
use crate::{Error, Input};

/// Checks a base URL, and returns `<base>/butler`.
pub(crate) fn butler_url(base: &str) -> Result<Uri, Error> {
    let base = base.trim();
    parse(base).map_err(|reason| Error::invalid(Input::BaseUrl, printable(base), reason))
}

/// `<base>/butler/<name>`. The name is one path segment, whatever is in it.
pub(crate) fn task_url(butler: &Uri, name: &str) -> Result<Uri, Error> {
    let invalid = |reason| Error::invalid(Input::TaskName, Some(excerpt(name)), reason);
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        // A server or proxy that decodes `%2F` would see another path: `DELETE /butler/` stops
        // every task.
        return Err(invalid(
            "the name, and each part between slashes, cannot be empty, \".\" or \"..\"",
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(invalid("it contains a control character"));
    }
    let mut url = format!("{butler}/");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    Uri::try_from(url).map_err(|_| invalid("it is too long"))
}

fn parse(url: &str) -> Result<Uri, &'static str> {
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(
            "it must be ASCII, without a space or a control character; write the host name in its \
             xn-- form, and percent-encode the path",
        );
    }
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    check_scheme(scheme, "it must start with http:// or https://")?;
    if rest.contains(['?', '#']) {
        return Err(
            "it has a query or a fragment; end it after the port or the path prefix, without a token",
        );
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("it has credentials; send them as a header, `Authorization: Basic …`");
    }
    check_authority(authority)?;
    let path = path.trim_end_matches('/');
    check_path(path)?;
    if path.ends_with("/butler") {
        return Err("it ends in `/butler`, which the client adds; leave it out");
    }
    let butler = format!("{scheme}://{}{path}/butler", authority.to_ascii_lowercase());
    butler.parse().map_err(|_| "it is not a valid URL")
}

/// Checks a scheme. `unknown` is the error for any other than http and https.
pub(super) fn check_scheme(scheme: &str, unknown: &'static str) -> Result<(), &'static str> {
    match &*scheme.to_ascii_lowercase() {
        "https" if cfg!(not(feature = "rustls")) => Err("https needs the cargo feature `rustls`"),
        "http" | "https" => Ok(()),
        _ => Err(unknown),
    }
}

/// Checks the `host` or `host:port` of a URL.
pub(super) fn check_authority(authority: &str) -> Result<(), &'static str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, "80"),
    };
    if let Some(rest) = host.strip_prefix('[') {
        let address = rest.strip_suffix(']').map(str::parse::<Ipv6Addr>);
        if !matches!(address, Some(Ok(_))) {
            return Err(
                "the brackets must be closed and must contain an IPv6 address (zone ids are not \
                 supported), and only a port can follow",
            );
        }
    } else if host.contains(':') {
        return Err("an IPv6 address needs brackets, as in http://[::1]");
    } else if host.is_empty() {
        return Err("the host is missing");
    } else if !host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    {
        return Err("invalid character in the host name");
    }
    match port.parse::<u16>() {
        Ok(1..) if !port.starts_with('+') => Ok(()),
        _ => Err("the port must be a number from 1 to 65535"),
    }
}

fn check_path(path: &str) -> Result<(), &'static str> {
    if path
        .strip_prefix("/:")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return Err("the port belongs before the slash, as in http://localhost:32400");
    }
    if !path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"%/-._~!$&'()*+,;=:@".contains(&byte))
    {
        return Err("a character in the path must be percent-encoded");
    }
    let is_encoded = |rest: &str| {
        rest.get(..2)
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if !path.split('%').skip(1).all(is_encoded) {
        return Err("`%` must be followed by two hexadecimal digits");
    }
    let dots = path.to_ascii_lowercase().replace("%2e", ".");
    if dots.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("the path has a \".\" or \"..\" segment; remove it");
    }
    Ok(())
}

pub(super) fn is_https(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
}

/// The host name or address, an IPv6 address without its brackets.
pub(super) fn host(uri: &Uri) -> &str {
    uri.host().unwrap_or_default().trim_matches(['[', ']'])
}

/// The port, or the default of the scheme.
pub(super) fn port(uri: &Uri) -> u16 {
    uri.port_u16()
        .unwrap_or(if is_https(uri) { 443 } else { 80 })
}

/// The start of an unchecked URL, up to where a password or a token can begin. `None` without a
/// scheme, for then the text may be the token itself.
fn printable(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let start = match rest.split_once([':', '?', '#']) {
        _ if rest.contains('@') => "",
        Some((start, _)) => start,
        None => return Some(excerpt(url)),
    };
    Some(excerpt(&format!("{scheme}://{start}…")))
}
