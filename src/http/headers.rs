//! The headers of a request without a body, checked once.

use ureq::http::HeaderMap;
use ureq::http::header::{HeaderName, HeaderValue};

use crate::text::excerpt;
use crate::{Error, Input};

/// The longest value of a request header. Servers refuse far shorter ones.
const MAX_HEADER_VALUE: usize = 64 << 10;

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
        if let Some(mistake) = token_mistake(token) {
            return Err(Error::invalid(Input::Token, None, mistake));
        }
        headers.insert("x-plex-token", credential(Input::Token, token)?);
    }
    for (name, value) in custom {
        let invalid = |reason: &str| Error::invalid(Input::Header, Some(shown_name(name)), reason);
        let header = custom_header_name(name).map_err(invalid)?;
        let value = header_value(value).map_err(invalid)?;
        headers
            .try_insert(header, value)
            .map_err(|_| invalid("there are too many headers"))?;
    }
    Ok(headers)
}

/// The name of a header for a message, up to the first character that a name cannot have: the rest
/// can be a value.
fn shown_name(name: &str) -> String {
    match name.split_once(|c: char| !c.is_ascii_alphanumeric() && !"!#$%&'*+-.^_`|~".contains(c)) {
        Some((name, _)) => excerpt(&format!("{name}…")),
        None => excerpt(name),
    }
}

/// The value of a header that identifies the user or the program: visible ASCII, and not empty.
fn credential(input: Input, value: &str) -> Result<HeaderValue, Error> {
    let checked = if value.is_empty() {
        Err("it is empty; if none is needed, do not set it")
    } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Err("it contains a space, a control character or a character outside ASCII")
    } else {
        header_value(value)
    };
    checked.map_err(|reason| Error::invalid(input, None, reason))
}

/// Why a text that people take for a token cannot be one.
fn token_mistake(token: &str) -> Option<&'static str> {
    let text = token.to_ascii_lowercase();
    if text.contains("claim-") {
        Some(
            "it is a claim code, which only claims a new server; set the token of the server's owner",
        )
    } else if text.contains("token=") || text.contains("token:") {
        Some("it begins with a name; remove all up to the `=` or `:`")
    } else if token.trim_matches(['"', '\'', '`']) != token {
        Some("it is in quotes; remove them")
    } else {
        None
    }
}

fn header_value(value: &str) -> Result<HeaderValue, &'static str> {
    if value.len() > MAX_HEADER_VALUE {
        return Err("the value is longer than 64 KiB");
    }
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| "the value contains a line break or another control character")?;
    value.set_sensitive(true);
    Ok(value)
}

/// The name of a header that the caller may set.
fn custom_header_name(name: &str) -> Result<HeaderName, &'static str> {
    let header =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| "it is not a valid header name")?;
    match header.as_str() {
        "x-plex-token" => Err("set it with `token`"),
        "x-plex-client-identifier" => Err("set it with `client_identifier`"),
        "accept" | "accept-encoding" | "connection" | "content-length" | "expect" | "host"
        | "range" | "te" | "trailer" | "transfer-encoding" | "upgrade" => {
            Err("the client sets it itself")
        }
        _ => Ok(header),
    }
}
