//! What an unexpected body says.
//!
//! An error's body can have any format: servers and proxies send JSON, HTML, XML or nothing.

use std::borrow::Cow;

use serde_json::Value;

use crate::text::{BYTE_ORDER_MARK, shown};

/// The text of a body, for people, without white space before it.
pub(super) struct BodyText<'a> {
    text: Cow<'a, str>,
    secret: Option<&'a str>,
}

impl<'a> BodyText<'a> {
    pub(super) fn new(body: &'a [u8], secret: Option<&'a str>) -> BodyText<'a> {
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        BodyText {
            text: String::from_utf8_lossy(body.trim_ascii_start()),
            secret,
        }
    }

    /// The server's words: from its error list, its XML or its page's title, or else the start of the text.
    pub(super) fn words(&self) -> Option<String> {
        let words = self
            .errors()
            .or_else(|| self.html_title())
            .or_else(|| self.xml_words());
        words.or_else(|| Some(self.shown(&self.text)).filter(|start| !start.is_empty()))
    }

    /// A description of the body, for a message that says what was found.
    pub(super) fn description(&self) -> String {
        if self.text.is_empty() {
            "an empty body".into()
        } else if let Some(errors) = self.errors() {
            format!("an error list: {errors}")
        } else if self.is_html() {
            self.html_title().map_or("an HTML page".into(), |title| {
                format!("an HTML page titled \"{title}\"")
            })
        } else if self.text.starts_with('<') {
            format!(
                "XML (Plex sends it when a proxy drops the header `Accept`): {}",
                self.shown(&self.text)
            )
        } else {
            format!("text that starts with \"{}\"", self.shown(&self.text))
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.text.starts_with(['{', '['])
    }

    /// The entries of an error list, `{"errors":[{"code":…,"message":…,"status":…}]}`. Each field can be missing.
    pub(super) fn errors(&self) -> Option<String> {
        let body: Value = serde_json::from_str(&self.text).ok()?;
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
        (!errors.is_empty()).then(|| self.shown(&errors.join(": ")))
    }

    /// A part of the text as an error shows it, without the secret: a server may echo the request.
    fn shown(&self, part: &str) -> String {
        shown(part, self.secret)
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
        ];
        text.starts_with('<') && tags.iter().any(|tag| text.contains(tag))
    }

    fn html_title(&self) -> Option<String> {
        let page = Some(&self.text).filter(|_| self.is_html())?;
        let is_title = |tag: &&str| {
            tag.get(..5)
                .is_some_and(|name| name.eq_ignore_ascii_case("title"))
        };
        let (_, title) = page.split('<').find(is_title)?.split_once('>')?;
        Some(self.shown(title)).filter(|title| !title.is_empty())
    }

    /// The attributes of PMS's own XML.
    fn xml_words(&self) -> Option<String> {
        let text = self.text.strip_prefix('<')?;
        // What stands between the quotes after ` name=`.
        let value = |name: &&str| {
            Some(
                text.split_once(&format!(" {name}=\""))?
                    .1
                    .split_once('"')?
                    .0
                    .trim(),
            )
        };
        let words: Vec<&str> = ["title", "status"]
            .iter()
            .filter_map(value)
            .filter(|text| !text.is_empty())
            .collect();
        (!words.is_empty()).then(|| self.shown(&words.join(": ")))
    }
}
