//! Writing to stdout and stderr: without panics, without a secret, and without control characters from outside. A closed pipe is
//! not an error.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// The shortest secret that is hidden. A shorter one stands in many texts.
const MIN_HIDDEN: usize = 8;

/// The tokens of this run and the headers of `--header-file`, in each form that a message can have, the longest first.
static HIDDEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hides a secret in all that is printed from now on. A server can echo it, for example as the name of a task.
pub(crate) fn hide(secret: &str) {
    if secret.len() < MIN_HIDDEN {
        return;
    }
    let in_quotes = escaped(secret);
    let in_json = escaped(&in_quotes);
    let mut hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    hidden.extend([secret.to_owned(), in_quotes, in_json, in_url(secret)]);
    hidden.sort_by(|a, b| (b.len(), b).cmp(&(a.len(), a)));
    hidden.dedup();
}

/// The text as it is between quotes, in a message or in JSON.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

/// The text as it is in a URL.
fn in_url(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).into(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).into(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The text without the secrets of this run.
fn without_secrets(text: &str) -> String {
    let hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    hidden
        .iter()
        .fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
}

/// Standard output. After a write that fails, every task is still tried; [`finish`](Output::finish) reports it.
#[derive(Debug, Default)]
pub(crate) struct Output {
    error: Option<io::Error>,
}

impl Output {
    /// Writes a text, unless writing has failed before. Its colours reach only a terminal that shows them.
    pub(crate) fn write(&mut self, text: &str) {
        if self.error.is_none() {
            let mut stdout = anstream::stdout().lock();
            let written = stdout
                .write_all(text.as_bytes())
                .and_then(|()| stdout.flush());
            self.error = written.err();
        }
    }

    /// Writes a line of text that comes from elsewhere.
    pub(crate) fn line(&mut self, text: &str) {
        self.write(&(printable(text) + "\n"));
    }

    /// The first error, unless it is a closed pipe.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.error {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

/// Writes a line to stderr.
pub(crate) fn eprint_line(message: &str) {
    // A message can be cut with an ellipsis, which not every terminal can show.
    let message = printable(message).replace('…', "...");
    // If stderr is closed, the message cannot be shown.
    let _ = writeln!(io::stderr(), "plex-butler: {message}");
}

/// Writes the message of wrong usage, which has several lines, to stderr.
pub(crate) fn eprint_usage(message: &str) {
    let lines: String = message.lines().map(|line| printable(line) + "\n").collect();
    // If stderr is closed, the message cannot be shown.
    let _ = write!(io::stderr(), "plex-butler: {lines}");
}

/// Makes a text safe for one line of a terminal. Replaces characters that move the cursor, change the text's direction, or
/// cannot be seen.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = None;
    for c in without_secrets(text).chars() {
        safe.push(match c {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            _ if is_unsafe(c, before) => '?',
            _ => c,
        });
        before = Some(c);
    }
    safe
}

/// Makes JSON safe for a terminal, without a change to its meaning: JSON on one line has these characters only in strings,
/// where they can be escaped.
pub(crate) fn printable_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut before = None;
    for c in without_secrets(json).chars() {
        if is_unsafe(c, before) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                safe += &format!("\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
        before = Some(c);
    }
    safe
}

/// Whether a character must not reach a terminal: a control character, one that overrides the direction of the text after it,
/// or one that cannot be seen. Words of some languages and many emoji need a joiner or a variation selector after a character
/// that can be seen.
fn is_unsafe(c: char, before: Option<char>) -> bool {
    if is_variation_selector(c) {
        !before.is_some_and(is_visible)
    } else if is_joiner(c) {
        !before.is_some_and(|before| is_visible(before) || is_variation_selector(before))
    } else {
        c.is_control() || is_invisible(c)
    }
}

/// Whether a character can be seen, and is not the quote at the start of a text in JSON.
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !is_invisible(c) && c != '"'
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The characters with Unicode's property Default_Ignorable_Code_Point, and those that only mark lines, paragraphs or
/// annotations.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(printable("a\x1b[31m\u{9b}b\r\nc\u{202e}d"), "a?[31m?b  c?d");
        assert_eq!(printable("Größe 音楽 🎵"), "Größe 音楽 🎵");
    }

    #[test]
    fn invisible_characters_are_replaced() {
        let invisible = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180e}\u{200b}\u{200e}\u{200f}\u{202a}\u{202e}\
            \u{2060}\u{2065}\u{2069}\u{206f}\u{3164}\u{feff}\u{ffa0}\u{fff0}\u{fff9}\u{fffb}\u{1bca0}\u{1bca3}\u{1d173}\u{1d17a}\
            \u{e0000}\u{e007f}\u{e0080}\u{e01f0}\u{e0fff}";
        for c in invisible.chars() {
            assert_eq!(printable(&format!("a{c}b")), "a?b", "{c:?}");
        }
    }

    #[test]
    fn joiners_and_variation_selectors_follow_what_can_be_seen() {
        for text in [
            "می\u{200c}خواهم",
            "👩\u{200d}🔧",
            "❤\u{fe0f}",
            "❤\u{fe0f}\u{200d}🔥",
            "漢\u{e0101}",
            "ᠠ\u{180b}",
        ] {
            assert_eq!(printable(text), text);
        }
        for c in "\u{200c}\u{200d}\u{180b}\u{180f}\u{fe00}\u{fe0f}\u{e0100}\u{e01ef}".chars() {
            assert_eq!(printable(&format!("{c}a")), "?a", "{c:?}");
            assert_eq!(printable(&format!("a {c}")), "a ?", "{c:?}");
            assert_eq!(
                printable(&format!("a{c}{c}{c}b")),
                format!("a{c}??b"),
                "{c:?}"
            );
            let json = serde_json::to_string(&format!("{c}a")).unwrap();
            assert!(printable_json(&json).is_ascii(), "{c:?}");
        }
    }

    #[test]
    fn a_secret_is_hidden_in_each_form() {
        hide(r#"s3c"r3t\t0/k3n"#);
        hide(r#"s3c"r3t\t0"#);
        hide("short");
        let text = r#"a s3c"r3t\t0/k3n, b s3c"r3t\t0"#;
        assert_eq!(printable(text), "a ***, b ***");
        assert_eq!(printable(&format!("{text:?}")), r#""a ***, b ***""#);
        assert_eq!(printable("/butler/s3c%22r3t%5Ct0%2Fk3n"), "/butler/***");
        let json = serde_json::to_string(&[text, &format!("{text:?}")]).unwrap();
        assert_eq!(
            printable_json(&json),
            r#"["a ***, b ***","\"a ***, b ***\""]"#
        );
        assert_eq!(printable("short"), "short");
    }

    #[test]
    fn escaped_json_keeps_its_meaning() {
        let text = "a\x1b\x7f\u{9b}\u{202e}\u{feff}\u{e0041}\n音楽🎵";
        let json = printable_json(&serde_json::to_string(text).unwrap());
        assert!(json.chars().all(|c| !is_unsafe(c, None)), "{json:?}");
        assert!(
            json.contains(r"\udb40\udc41") && json.contains('🎵'),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
