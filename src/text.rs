//! How a text from outside is shown: short, on one line, and without the token.

/// How some programs start a text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The most characters of a server's text that an error shows.
pub(crate) const EXCERPT_CHARS: usize = 200;

/// The shortest beginning of a secret that is redacted at the end of a text that was cut off.
const MIN_SECRET_PART: usize = 4;

/// A text with the secret redacted, even if the text was cut off inside the secret.
pub(crate) fn redact(text: &str, secret: Option<&str>) -> String {
    let Some(secret) = secret else {
        return text.to_owned();
    };
    let text = text.replace(secret, "***");
    let mut parts = (MIN_SECRET_PART..secret.len())
        .rev()
        .filter_map(|length| secret.get(..length));
    match parts.find_map(|part| text.strip_suffix(part)) {
        Some(before) => format!("{before}***"),
        None => text,
    }
}

/// A text of a server as an error shows it: an excerpt without the secret, which a server may echo.
pub(crate) fn shown(text: &str, secret: Option<&str>) -> String {
    excerpt(&redact(text, secret))
}

/// A text on one line, without control characters and at most [`EXCERPT_CHARS`] long.
pub(crate) fn excerpt(text: &str) -> String {
    one_line(text, EXCERPT_CHARS)
}

/// A text on one line, without control characters and cut off after a number of characters.
pub(crate) fn one_line(text: &str, chars: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut line = words.join(" ");
    if line.chars().count() > chars {
        line = line.chars().take(chars - 1).chain(['…']).collect();
    }
    line
}
