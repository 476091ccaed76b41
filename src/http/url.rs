//! The URLs of a client: the base URL, checked, and what is requested below it.

use ureq::http::Uri;

use crate::{Error, Input};

/// Checks a base URL, and returns the URL of an endpoint below it, such as `<base>/butler`.
pub(crate) fn endpoint(base: &str, path: &str) -> Result<Uri, Error> {
    let base = base.trim();
    let invalid = |reason| Error::invalid(Input::BaseUrl, reason);
    if base.contains('@') {
        return Err(invalid(
            "it has credentials, which belong in the header `Authorization`",
        ));
    }
    let url = parse(base).map_err(invalid)?;
    if url.path().starts_with("/:") {
        return Err(invalid("the port belongs before the slash"));
    }
    if url.path().trim_end_matches('/').ends_with("/butler") {
        return Err(invalid("it ends in `/butler`, which the client adds"));
    }
    format!("{}/{path}", base.trim_end_matches('/'))
        .parse()
        .map_err(|_| invalid("it is too long"))
}

/// `<butler>/<name>`. The name is one path segment, whatever is in it.
pub(crate) fn task_url(butler: &Uri, name: &str) -> Result<Uri, Error> {
    let invalid = |reason| Error::invalid(Input::TaskName, reason);
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

/// Parses an http or https URL without a query or a fragment. Refuses what `Uri` misreads.
pub(super) fn parse(url: &str) -> Result<Uri, &'static str> {
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it must be ASCII, without spaces");
    }
    let (scheme, _) = url.split_once("://").unwrap_or_default();
    match &*scheme.to_ascii_lowercase() {
        "https" if cfg!(not(feature = "rustls")) => {
            return Err("https needs the cargo feature `rustls`");
        }
        "http" | "https" => {}
        _ => return Err("it must start with http:// or https://"),
    }
    if url.contains(['?', '#']) {
        return Err("it has a query or a fragment");
    }
    let parsed: Uri = url.parse().map_err(|_| "it is not a valid URL")?;
    if parsed.path().contains('@') {
        return Err("a `/` before the `@` must be percent-encoded");
    }
    if host(&parsed).is_empty() {
        return Err("the host is missing");
    }
    let authority = parsed
        .authority()
        .map_or("", |authority| authority.as_str());
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    let after_host = host_and_port
        .strip_prefix(parsed.host().unwrap_or_default())
        .unwrap_or(host_and_port);
    // `Uri` reads a port that is no number as none.
    let is_valid_port =
        |port: &str| !port.starts_with('+') && matches!(port.parse(), Ok(1..=u16::MAX));
    if !after_host.is_empty() && !after_host.strip_prefix(':').is_some_and(is_valid_port) {
        return Err("the port must be a number from 1 to 65535");
    }
    Ok(parsed)
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
