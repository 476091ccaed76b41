//! What an answer's body says when it is not the answer that was asked for.
//!
//! No error body is expected to be of any one format: servers and proxies send JSON, HTML, XML or nothing.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::text::{excerpt, redact};

/// How the text of some servers starts.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One entry of the error list that a server sends as `{"errors":[{"code":…,"message":…,"status":…}]}`.
///
/// ```no_run
/// use plex_butler::{Client, Error};
///
/// let client = Client::new("http://127.0.0.1:32400", "token")?;
/// if let Err(Error::Unauthorized { errors, .. }) = client.start_all_tasks() {
///     for error in errors {
///         eprintln!("{error}");
///     }
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The server's own number for what went wrong, such as 1001.
    pub code: Option<i64>,
    /// What went wrong, in words.
    pub message: Option<String>,
    /// The HTTP status that belongs to it.
    pub status: Option<u16>,
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.message, self.code) {
            (Some(message), Some(code)) => write!(f, "{message} (code {code})"),
            (Some(message), None) => f.write_str(message),
            (None, Some(code)) => write!(f, "code {code}"),
            (None, None) => f.write_str("an error without a message"),
        }
    }
}

/// The text of a body, as far as anyone would read it.
pub(crate) struct Text<'a> {
    text: Cow<'a, str>,
    secret: Option<&'a str>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(body: &'a [u8], secret: Option<&'a str>) -> Text<'a> {
        let text = String::from_utf8_lossy(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body));
        Text { text, secret }
    }

    pub(crate) fn excerpt(&self) -> String {
        self.shown(&self.text)
    }

    /// A part of the text as an error shows it, without the secret: a server may echo what it got.
    fn shown(&self, part: &str) -> String {
        excerpt(&redact(part, self.secret))
    }

    /// The server's error list, empty where it sent none. What is of another type than documented is left out.
    pub(crate) fn errors(&self) -> Vec<ServerError> {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let errors = body["errors"].as_array().into_iter().flatten().map(|error| ServerError {
            code: error["code"].as_i64(),
            message: error["message"].as_str().or(error.as_str()).map(|message| self.shown(message)),
            status: error["status"].as_u64().and_then(|status| status.try_into().ok()),
        });
        errors.collect()
    }

    /// What the server says went wrong, in the words of its error list, of its XML or of its page's title.
    pub(crate) fn message(&self) -> Option<String> {
        let errors = self.errors();
        let said: Vec<String> = if !errors.is_empty() {
            errors.iter().map(ServerError::to_string).collect()
        } else if self.is_html() {
            self.html_title().into_iter().collect()
        } else {
            ["title", "status"].iter().filter_map(|name| self.xml_attribute(name)).collect()
        };
        (!said.is_empty()).then(|| excerpt(&said.join(": ")))
    }

    /// What the body is, for a message that says what was found.
    pub(crate) fn description(&self) -> String {
        let text = self.text.trim_start();
        if text.is_empty() {
            return "an empty body".into();
        }
        if self.is_html() {
            return match self.html_title() {
                Some(title) => format!("an HTML page titled \"{title}\""),
                None => "an HTML page".into(),
            };
        }
        if text.starts_with('<') {
            return format!("XML, as PMS sends it when `Accept` gets lost on the way: {}", self.excerpt());
        }
        format!("text that starts with \"{}\"", self.excerpt())
    }

    pub(crate) fn is_json(&self) -> bool {
        self.text.trim_start().starts_with(['{', '['])
    }

    /// Whether this is a page to interact with or that leads elsewhere, such as a login page. PMS itself sends none.
    pub(crate) fn is_interactive_page(&self) -> bool {
        let markup = self.markup();
        let mut meta = markup.split("http-equiv").skip(1);
        ["<form", "<script", "<input"].iter().any(|tag| markup.contains(tag))
            || meta.any(|value| value.trim_start_matches([' ', '=', '"', '\'']).starts_with("refresh"))
    }

    fn is_html(&self) -> bool {
        let markup = self.markup();
        let mut tags = ["<!doctype html", "<html", "<head", "<body", "<form", "<script", "<meta"].iter();
        tags.any(|tag| markup.contains(tag))
    }

    /// HTML or XML in lower case, empty where the text is neither.
    fn markup(&self) -> String {
        let text = self.text.trim_start();
        if text.starts_with('<') { text.to_ascii_lowercase() } else { String::new() }
    }

    fn html_title(&self) -> Option<String> {
        let page = self.text.to_ascii_lowercase();
        let start = page.find("<title")?;
        let start = start + page[start..].find('>')? + 1;
        let end = start + page[start..].find("</title")?;
        let title = self.shown(&self.text[start..end]);
        (!title.is_empty()).then_some(title)
    }

    /// The value of the first attribute of this name in an XML text.
    fn xml_attribute(&self, name: &str) -> Option<String> {
        let text = self.text.trim_start().strip_prefix('<')?;
        let (_, rest) = text.split_once(&format!(" {name}=\""))?;
        let (value, _) = rest.split_once('"')?;
        let value = self.shown(value);
        (!value.is_empty()).then_some(value)
    }
}
