//! How a text from outside is shown: short, on one line, and without the token.

/// What some programs put before a text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The most characters of a text from outside that an error shows.
const EXCERPT_CHARS: usize = 200;

/// The most characters of a server's text that an error quotes.
const QUOTE_CHARS: usize = 120;

/// A text with the token redacted. A short one, such as `token`, stands in many texts.
pub(crate) fn redact(text: &str, token: Option<&str>) -> String {
    match token {
        Some(token) if token.len() >= 8 => text.replace(token, "***"),
        _ => text.to_owned(),
    }
}

/// A text of a server as an error quotes it: short, and without the token, which a server may echo.
pub(crate) fn sanitized(text: &str, token: Option<&str>) -> String {
    one_line(&redact(text, token), QUOTE_CHARS)
}

/// The message of a server, short enough for a sentence that goes on after it.
pub(crate) fn in_sentence(message: &str) -> String {
    one_line(message, 80).trim_end_matches('.').into()
}

/// A text on one line, without control characters and at most [`EXCERPT_CHARS`] long.
pub(crate) fn excerpt(text: &str) -> String {
    one_line(text, EXCERPT_CHARS)
}

/// A text on one line, without control characters and cut off after a number of characters.
pub(crate) fn one_line(text: &str, chars: usize) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let mut line = words.join(" ");
    if line.chars().count() > chars {
        line = line.chars().take(chars - 1).chain(['…']).collect();
    }
    line
}

/// A text in quotes, with invisible characters escaped.
pub(crate) fn quoted(text: &str) -> String {
    format!("{text:?}").chars().take(EXCERPT_CHARS).collect()
}

/// A text behind a prefix, or nothing if there is no text.
pub(crate) fn prefixed(prefix: &str, text: Option<impl AsRef<str>>) -> String {
    text.map_or_else(String::new, |text| format!("{prefix}{}", text.as_ref()))
}
