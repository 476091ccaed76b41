//! The address of the server, checked once, and the only two shapes of URL that are ever asked for:
//! `<base>/butler` and `<base>/butler/<task name>`.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;

use ureq::http::Uri;
use ureq::http::uri::PathAndQuery;

use crate::text::excerpt;
use crate::{Error, TaskName};

/// A checked base URL, as the `<base>/butler` that every request starts with.
pub(crate) struct BaseUrl {
    butler: Uri,
}

impl BaseUrl {
    pub(crate) fn parse(url: &str) -> Result<BaseUrl, Error> {
        parse(url).map_err(|reason| Error::InvalidBaseUrl { url: printable(url), reason: reason.into() })
    }

    /// `<base>/butler`
    pub(crate) fn butler(&self) -> &Uri {
        &self.butler
    }

    /// `<base>/butler/<name>`, where the name is one path segment whatever is in it.
    pub(crate) fn task(&self, name: &TaskName) -> Result<Uri, Error> {
        let invalid = |reason: &str| Error::InvalidTaskName { name: excerpt(name.as_str()), reason: reason.into() };
        if name.as_str().split('/').any(|part| matches!(part, "" | "." | "..")) {
            // A server or proxy that decodes `%2F` would take such a name for another path: `DELETE /butler/` stops
            // every task.
            return Err(invalid("a name, and each part of it between slashes, must not be empty, \".\" or \"..\""));
        }
        if name.as_str().chars().any(char::is_control) {
            return Err(invalid("it has a control character in it"));
        }
        let mut path = format!("{}/", self.butler.path());
        push_percent_encoded(&mut path, name.as_str());
        let mut parts = self.butler.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(path).map_err(|_| invalid("it is too long"))?);
        Uri::from_parts(parts).map_err(|_| invalid("it is too long"))
    }

    pub(crate) fn is_https(&self) -> bool {
        is_https(&self.butler)
    }

    /// The host name or address, an IPv6 address without its brackets.
    pub(crate) fn host(&self) -> &str {
        without_brackets(self.butler.host().unwrap_or_default())
    }

    pub(crate) fn port(&self) -> u16 {
        port(&self.butler)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.butler.to_string();
        fmt::Debug::fmt(url.strip_suffix("/butler").unwrap_or(&url), f)
    }
}

fn parse(url: &str) -> Result<BaseUrl, &'static str> {
    if !url.is_ascii() {
        return Err("it has a character outside ASCII: write the host in its xn-- form and percent-encode the path");
    }
    if url.bytes().any(|byte| byte.is_ascii_control() || byte == b' ') {
        return Err("it has a space or a control character in it or around it");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err("it does not start with http:// or https://");
    };
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return Err("only http:// and https:// are understood");
    }
    if scheme == "https" && !crate::tls::ENABLED {
        return Err("https needs one of the cargo features `rustls` and `native-tls`, and neither is on");
    }
    if rest.contains(['?', '#']) {
        return Err("it has a query or a fragment; leave it out (a token is a setting of its own)");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("it has user information; send it as a header, `Authorization: Basic …`");
    }
    check_authority(authority)?;
    let path = path.trim_end_matches('/');
    check_path(path)?;

    let butler = format!("{scheme}://{}{path}/butler", authority.to_ascii_lowercase());
    let butler = butler.parse().map_err(|_| "it is not a valid URL")?;
    Ok(BaseUrl { butler })
}

pub(crate) fn check_authority(authority: &str) -> Result<(), &'static str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (address, rest) = bracketed.split_once(']').ok_or("the bracket of its IPv6 address is not closed")?;
            address.parse::<Ipv6Addr>().map_err(|_| "what stands in brackets is not an IPv6 address")?;
            match rest.strip_prefix(':') {
                None if !rest.is_empty() => return Err("what follows the IPv6 address is not a port"),
                port => (address, port),
            }
        }
        None => match authority.split_once(':') {
            Some((_, rest)) if rest.contains(':') => return Err("an IPv6 address must stand in brackets"),
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if let Some(port) = port {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !port.parse::<u16>().is_ok_and(|port| port > 0) {
            return Err("its port is not a number from 1 to 65535");
        }
    }
    if host.is_empty() {
        return Err("its host is missing");
    }
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte)) {
        return Err("its host has a character in it that no host has");
    }
    Ok(())
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' && !matches!(tail, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()) {
            return Err("its path has a % that two hexadecimal digits do not follow");
        }
        if !byte.is_ascii_alphanumeric() && !b"%/-._~!$&'()*+,;=:@".contains(&byte) {
            return Err("its path has a character in it that must be percent-encoded");
        }
    }
    let dots = path.replace("%2e", ".").replace("%2E", ".");
    if dots.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("its path has a \".\" or \"..\" segment");
    }
    Ok(())
}

pub(crate) fn is_https(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
}

/// The port, or that of the scheme.
pub(crate) fn port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(if is_https(uri) { 443 } else { 80 })
}

/// An IPv6 address as it is written outside a URL; any other host as it is.
pub(crate) fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn push_percent_encoded(path: &mut String, segment: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.push(char::from(HEX[usize::from(byte >> 4)]));
            path.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// A URL that is not checked yet, without the parts that can hold a password or a token.
pub(crate) fn printable(url: &str) -> String {
    let query = url.find(['?', '#']).unwrap_or(url.len());
    match url.rfind('@') {
        None => excerpt(&without_password(&url[..query])),
        Some(at) if at < query => excerpt(&format!("…{}", &url[at..query])),
        // What stands before this `@` can be a password as well as a query.
        Some(_) => "…".into(),
    }
}

/// A URL without what stands in the port's place and is none: a password whose `@` was forgotten or percent-encoded.
fn without_password(url: &str) -> Cow<'_, str> {
    let start = url.find("://").map_or(0, |scheme| scheme + "://".len());
    let authority = url[start..].split('/').next().unwrap_or_default();
    match authority.split_once(':') {
        Some((host, port)) if !host.starts_with('[') && !port.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}{host}:…", &url[..start]).into()
        }
        _ => url.into(),
    }
}
