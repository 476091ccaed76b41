//! Writing to stdout and stderr, without panics and without control characters from outside. A closed pipe is not an error.

use std::io::{self, ErrorKind, Write};

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
    let replace = |c: char| match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        _ if is_unsafe(c) => '?',
        _ => c,
    };
    text.chars().map(replace).collect()
}

/// Makes JSON safe for a terminal, without a change to its meaning: JSON on one line has these characters only in strings,
/// where they can be escaped.
pub(crate) fn printable_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                safe += &format!("\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Control characters, those that override the direction of the text after them, and those that cannot be seen. U+200C
/// and U+200D cannot be seen either, but words of some languages and many emoji need them.
fn is_unsafe(c: char) -> bool {
    let is_invisible = matches!(c,
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    c.is_control() || is_invisible
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
    fn invisible_characters_are_replaced_but_not_joiners() {
        let invisible = "\u{ad}\u{180e}\u{200b}\u{200e}\u{200f}\u{202a}\u{202e}\u{2060}\u{2069}\u{206f}\u{feff}\u{fff9}\
            \u{fffb}\u{e0000}\u{e007f}";
        for c in invisible.chars() {
            assert_eq!(printable(&format!("a{c}b")), "a?b", "{c:?}");
        }
        for text in [
            "می\u{200c}خواهم",
            "👩\u{200d}🔧",
            "❤\u{fe0f}",
            "漢\u{e0101}",
        ] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn escaped_json_keeps_its_meaning() {
        let text = "a\x1b\x7f\u{9b}\u{202e}\u{feff}\u{e0041}\n音楽🎵";
        let json = printable_json(&serde_json::to_string(text).unwrap());
        assert!(json.chars().all(|c| !is_unsafe(c)), "{json:?}");
        assert!(
            json.contains(r"\udb40\udc41") && json.contains('🎵'),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
