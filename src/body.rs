//! What an answer's body says when it is not the answer that was asked for.
//!
//! No error body is expected to be of any one format: servers and proxies send JSON, HTML, XML or nothing.

use std::fmt;

use serde::Deserialize;

/// The most characters of a server's text that an error shows.
const EXCERPT_CHARS: usize = 200;

/// One entry of the error list that a server sends as `{"errors":[{"code":…,"message":…,"status":…}]}`.
///
/// ```no_run
/// use plex_butler::{Client, Error};
///
/// let client = Client::new("http://127.0.0.1:32400", "token")?;
/// if let Err(Error::Unauthorized { errors, .. }) = client.start_all_tasks() {
///     for error in errors {
///         eprintln!("code {:?}: {:?}", error.code, error.message);
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
    text: String,
    secret: Option<&'a str>,
}

impl<'a> Text<'a> {
    /// Reads a body as text, with every occurrence of the secret blotted out: a server may echo what it got.
    pub(crate) fn new(body: &[u8], secret: Option<&'a str>) -> Text<'a> {
        let text = redact(&String::from_utf8_lossy(body), secret);
        Text { text, secret }
    }

    pub(crate) fn excerpt(&self) -> String {
        excerpt(&self.text)
    }

    /// The server's error list, empty where it sent none.
    pub(crate) fn errors(&self) -> Vec<ServerError> {
        #[derive(Deserialize)]
        struct Errors {
            errors: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            code: Option<i64>,
            message: Option<String>,
            status: Option<u16>,
        }

        let entries = serde_json::from_str(&self.text).map_or_else(|_| Vec::new(), |Errors { errors }| errors);
        let errors = entries.into_iter().map(|Entry { code, message, status }| ServerError {
            code,
            // Only now is a secret seen that was written with escapes.
            message: message.map(|message| excerpt(&redact(&message, self.secret))),
            status,
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
            ["title", "status"]
                .iter()
                .filter_map(|name| self.xml_attribute(name))
                .collect()
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
            return format!(
                "XML, as PMS sends it when `Accept` gets lost on the way: {}",
                self.excerpt()
            );
        }
        format!("text that starts with \"{}\"", self.excerpt())
    }

    /// Whether this is a page to interact with or that leads elsewhere, such as a login page. PMS itself sends none.
    pub(crate) fn is_interactive_page(&self) -> bool {
        if !self.is_html() {
            return false;
        }
        let page = self.text.to_ascii_lowercase();
        ["<form", "<script", "http-equiv=\"refresh\""]
            .iter()
            .any(|part| page.contains(part))
    }

    fn is_html(&self) -> bool {
        let start = self
            .text
            .trim_start()
            .get(..512)
            .unwrap_or(self.text.trim_start())
            .to_ascii_lowercase();
        start.starts_with('<') && (start.contains("<html") || start.contains("<!doctype html"))
    }

    fn html_title(&self) -> Option<String> {
        let page = self.text.to_ascii_lowercase();
        let start = page.find("<title")?;
        let start = start + page[start..].find('>')? + 1;
        let end = start + page[start..].find("</title")?;
        let title = excerpt(&self.text[start..end]);
        (!title.is_empty()).then_some(title)
    }

    /// The value of the first attribute of this name in an XML text.
    fn xml_attribute(&self, name: &str) -> Option<String> {
        let text = self.text.trim_start().strip_prefix('<')?;
        let (_, rest) = text.split_once(&format!(" {name}=\""))?;
        let (value, _) = rest.split_once('"')?;
        let value = excerpt(value);
        (!value.is_empty()).then_some(value)
    }
}

/// A text with the secret blotted out.
pub(crate) fn redact(text: &str, secret: Option<&str>) -> String {
    secret.map_or_else(|| text.to_owned(), |secret| text.replace(secret, "***"))
}

/// A text on one line, without control characters and at most [`EXCERPT_CHARS`] long.
pub(crate) fn excerpt(text: &str) -> String {
    one_line(text, EXCERPT_CHARS)
}

/// A text on one line, without control characters and cut off after a number of characters.
pub(crate) fn one_line(text: &str, chars: usize) -> String {
    let mut excerpt = String::new();
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let mut left = chars;
    for word in words {
        if !excerpt.is_empty() {
            excerpt.push(' ');
            left = left.saturating_sub(1);
        }
        let end = word.char_indices().nth(left).map_or(word.len(), |(end, _)| end);
        excerpt.push_str(&word[..end]);
        if end < word.len() {
            excerpt.push('…');
            break;
        }
        left -= word.chars().count();
    }
    excerpt
}
