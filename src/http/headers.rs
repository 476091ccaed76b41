//! The headers of a request without a body, checked once.

use ureq::http::HeaderMap;
use ureq::http::header::{AUTHORIZATION, HeaderName, HeaderValue};

use crate::{Error, Input};

pub(super) fn request_headers(
    token: Option<&str>,
    identifier: &str,
    custom: &[(String, String)],
) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        // By PMS's OpenAPI document, the response to a start or a stop is text/html, and a server
        // that enforces the document refuses a request that does not accept it.
        ("accept", "application/json, text/html;q=0.9, */*;q=0.8"),
        (
            "user-agent",
            concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
        ),
        ("x-plex-product", env!("CARGO_PKG_NAME")),
        ("x-plex-version", env!("CARGO_PKG_VERSION")),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let identifier = credential(Input::ClientIdentifier, identifier)?;
    headers.insert("x-plex-client-identifier", identifier);
    if let Some(token) = token {
        headers.insert("x-plex-token", credential(Input::Token, token)?);
    }
    for (name, value) in custom {
        let invalid = |reason: String| Error::invalid(Input::Header, reason);
        let name = custom_header_name(name).map_err(invalid)?;
        let value = custom_header_value(&name, value)
            .map_err(|reason| invalid(format!("the value of `{name}` {reason}")))?;
        headers
            .try_insert(name, value)
            .map_err(|_| invalid("there are too many headers".into()))?;
    }
    Ok(headers)
}

/// The value of a header that identifies the user or the program: visible ASCII, and not empty.
fn credential(input: Input, value: &str) -> Result<HeaderValue, Error> {
    let checked = if value.is_empty() {
        Err("is empty")
    } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Err("contains a space, a control character or a character outside ASCII")
    } else {
        header_value(value)
    };
    checked.map_err(|reason| Error::invalid(input, format!("it {reason}")))
}

/// The value of a header that the caller may set. ureq refuses some in this header, and so would most
/// servers.
fn custom_header_value(name: &HeaderName, value: &str) -> Result<HeaderValue, &'static str> {
    if name == AUTHORIZATION && !value.is_ascii() {
        return Err("contains a character outside ASCII");
    }
    header_value(value)
}

fn header_value(value: &str) -> Result<HeaderValue, &'static str> {
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| "contains a line break or another control character")?;
    value.set_sensitive(true);
    Ok(value)
}

/// The name of a header that the caller may set. An invalid name is not shown: it can be a whole line,
/// with the value.
fn custom_header_name(name: &str) -> Result<HeaderName, String> {
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| "a header name is invalid".to_owned())?;
    match name.as_str() {
        "x-plex-token" => Err(format!("`{name}` is set with `token`")),
        "x-plex-client-identifier" => Err(format!("`{name}` is set with `client_identifier`")),
        "accept" | "accept-encoding" | "connection" | "content-length" | "expect" | "host"
        | "range" | "te" | "trailer" | "transfer-encoding" | "upgrade" => {
            Err(format!("the client sets `{name}` itself"))
        }
        _ => Ok(name),
    }
}
