//! What an unexpected body says.
//!
//! An error's body can have any format: servers and proxies send JSON, HTML, XML or nothing.

use serde_json::Value;

use crate::text::{BYTE_ORDER_MARK, after, sanitized};

/// A body, without white space before it.
pub(super) struct BodyText<'a> {
    body: &'a [u8],
    /// The text of the body. Empty if it is not text, but for example compressed.
    text: &'a str,
    token: Option<&'a str>,
}

impl<'a> BodyText<'a> {
    pub(super) fn new(body: &'a [u8], token: Option<&'a str>) -> BodyText<'a> {
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        let body = body.trim_ascii_start();
        let text = match std::str::from_utf8(body) {
            Ok(text) => text,
            // The text is cut off inside its last character.
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(&body[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => "",
        };
        BodyText { body, text, token }
    }

    /// The server's words: from its error list, its page's title, its XML, or else the start of the text.
    pub(super) fn words(&self) -> Option<String> {
        let words = self
            .errors()
            .or_else(|| self.page_title())
            .or_else(|| self.xml_words());
        let is_prose = !self.text.is_empty() && !self.text.starts_with('<');
        words.or_else(|| is_prose.then(|| self.sanitized(self.text)))
    }

    /// A description of the body, for a message that says what was found.
    pub(super) fn description(&self) -> String {
        if self.body.is_empty() {
            "an empty body".into()
        } else if self.text.is_empty() {
            "a compressed body, or another that is not text".into()
        } else if let Some(errors) = self.errors() {
            format!("an error list: {errors}")
        } else if self.is_html() {
            let title = self.page_title().map(|title| format!("\"{title}\""));
            format!("an HTML page{}", after(" titled ", title))
        } else if self.text.contains("<ButlerTasks") {
            "XML (Plex sends it when a proxy drops the header `Accept`)".into()
        } else if self.text.starts_with('<') {
            format!("XML{}", after(": ", self.xml_words()))
        } else {
            let format = if self.is_json() { "JSON" } else { "text" };
            format!(
                "{format} that starts with \"{}\"",
                self.sanitized(self.text)
            )
        }
    }

    pub(super) fn is_json(&self) -> bool {
        matches!(self.body.first(), Some(b'{' | b'['))
    }

    /// The entries of an error list, `{"errors":[{"code":…,"message":…,"status":…}]}`. Each field can be missing.
    pub(super) fn errors(&self) -> Option<String> {
        let body: Value = serde_json::from_str(self.text).ok()?;
        let errors = body.get("errors")?.as_array()?.iter().map(|error| {
            let message = error["message"].as_str().or(error.as_str());
            match (message, error["code"].as_i64()) {
                (Some(message), Some(code)) => format!("{message} (code {code})"),
                (Some(message), None) => message.into(),
                (None, Some(code)) => format!("code {code}"),
                (None, None) => "an error without a message".into(),
            }
        });
        let errors: Vec<String> = errors.collect();
        (!errors.is_empty()).then(|| self.sanitized(&errors.join(": ")))
    }

    /// A part of the text as an error shows it, without the token: a server may echo the request.
    fn sanitized(&self, part: &str) -> String {
        sanitized(part, self.token)
    }

    fn is_html(&self) -> bool {
        let text = self.text.to_ascii_lowercase();
        let tags = [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<form",
            "<script",
            "<meta",
            "<title",
        ];
        text.starts_with('<') && tags.iter().any(|tag| text.contains(tag))
    }

    /// The title of an HTML page, or else its first heading.
    fn page_title(&self) -> Option<String> {
        let element = |name: &str| {
            let is_named = |tag: &&str| {
                tag.get(..name.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(name))
            };
            let (_, text) = self.text.split('<').find(is_named)?.split_once('>')?;
            Some(self.sanitized(text)).filter(|text| !text.is_empty())
        };
        if !self.is_html() {
            return None;
        }
        element("title").or_else(|| element("h1"))
    }

    /// The attributes of PMS's own XML.
    fn xml_words(&self) -> Option<String> {
        let text = self.text.strip_prefix('<')?;
        // The value of the attribute `name`.
        let value = |name: &&str| {
            let (_, rest) = text.split_once(&format!(" {name}=\""))?;
            Some(rest.split_once('"')?.0.trim())
        };
        let words = ["title", "status"].iter().filter_map(value);
        let words: Vec<&str> = words.filter(|text| !text.is_empty()).collect();
        (!words.is_empty()).then(|| self.sanitized(&words.join(": ")))
    }
}
