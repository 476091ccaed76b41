//! What an unexpected body says.
//!
//! An error's body can have any format: servers and proxies send JSON, HTML, XML or nothing.

use serde_json::Value;

use crate::text::{BYTE_ORDER_MARK, in_sentence, prefixed, sanitized};

pub(super) const ERROR_LIST: &str = "an error list";
pub(super) const JSON: &str = "JSON";

/// What a body is, and the server's message in it.
pub(super) struct BodyText {
    pub(super) format: &'static str,
    pub(super) server_message: Option<String>,
}

impl BodyText {
    /// Reads the start of a body. The message does not contain the token, which a server may echo.
    pub(super) fn read(body: &[u8], token: Option<&str>) -> BodyText {
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        let body = body.trim_ascii_start();
        let (format, message) = match std::str::from_utf8(body) {
            Ok(text) => describe(text),
            // The text is cut off inside its last character.
            Err(error) if error.error_len().is_none() => {
                describe(&String::from_utf8_lossy(&body[..error.valid_up_to()]))
            }
            Err(_) if body.starts_with(b"{") => (JSON, None),
            Err(_) => ("a compressed body, or another that is not text", None),
        };
        let message = message.map(|message| sanitized(&message, token));
        BodyText {
            format,
            server_message: message.filter(|message| !message.is_empty()),
        }
    }

    /// What was found, for a message.
    pub(super) fn description(&self) -> String {
        format!(
            "{}{}",
            self.format,
            prefixed(": ", self.server_message.as_deref().map(in_sentence))
        )
    }
}

/// The format of a text, and the server's message: from its error list, its page's title or its XML,
/// or else all of it.
fn describe(text: &str) -> (&'static str, Option<String>) {
    if text.is_empty() {
        ("an empty body", None)
    } else if let Some(errors) = errors(text) {
        (ERROR_LIST, Some(errors))
    } else if text.starts_with(['{', '[']) {
        (JSON, Some(text.to_owned()))
    } else if !text.contains('<') {
        ("text", Some(text.to_owned()))
    } else if is_html(text) {
        ("an HTML page", title(text))
    } else if text.contains("<ButlerTasks") {
        (
            "XML (Plex sends it when a proxy drops the header `Accept`)",
            None,
        )
    } else {
        ("XML", xml_message(text))
    }
}

/// The entries of an error list, `{"errors":[{"code":…,"message":…,"status":…}]}`. Each field can
/// be missing.
fn errors(text: &str) -> Option<String> {
    let body: Value = serde_json::from_str(text).ok()?;
    let errors = body.get("errors")?.as_array()?.iter().map(|error| {
        let message = error["message"].as_str().or(error.as_str());
        let code = error["code"].as_i64().map(|code| format!("code {code}"));
        match (message, code) {
            (Some(message), Some(code)) => format!("{message} ({code})"),
            (None, Some(code)) => code,
            (message, None) => message.unwrap_or("an error without a message").into(),
        }
    });
    let errors: Vec<String> = errors.collect();
    (!errors.is_empty()).then(|| errors.join(": "))
}

fn is_html(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let tags = [
        "<!doctype html",
        "<html",
        "<title",
        "<meta",
        "<body",
        "<form",
        "<script",
    ];
    tags.iter().any(|tag| text.contains(tag))
}

fn title(page: &str) -> Option<String> {
    let start = page.to_ascii_lowercase().find("<title")?;
    let (_, title) = page[start..].split_once('>')?;
    Some(title.split('<').next()?.to_owned())
}

/// The attributes of PMS's own XML.
fn xml_message(text: &str) -> Option<String> {
    let value = |name: &&str| Some(text.split_once(name)?.1.split('"').next()?.trim());
    let words: Vec<&str> = [" title=\"", " status=\""]
        .iter()
        .filter_map(value)
        .filter(|text| !text.is_empty())
        .collect();
    Some(words.join(": "))
}
