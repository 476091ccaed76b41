//! Writing to stdout and stderr: no panic, nothing to say about a closed pipe, and no control characters from outside.

use std::io::{self, ErrorKind, Write};

/// Standard output. A write that fails stops no task from being tried; [`finish`](Output::finish) tells of it.
#[derive(Debug, Default)]
pub(crate) struct Output {
    error: Option<io::Error>,
}

impl Output {
    /// Writes a text, unless writing has failed before.
    pub(crate) fn write(&mut self, text: &str) {
        if self.error.is_none() {
            let mut stdout = io::stdout().lock();
            let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
            self.error = written.err();
        }
    }

    /// Writes a line of text that comes from elsewhere.
    pub(crate) fn line(&mut self, text: &str) {
        self.write(&(printable(text) + "\n"));
    }

    /// The first error, where it is not that nobody reads on.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.error {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

/// Says on stderr what went wrong, on one line.
pub(crate) fn complain(message: &str) {
    // Where stderr is gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "plex-butler: {}", printable(message));
}

/// Makes a text safe for a terminal and one line of it: what could move the cursor or turn the text around is replaced.
pub(crate) fn printable(text: &str) -> String {
    let replace = |c: char| match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        _ if is_unsafe(c) => char::REPLACEMENT_CHARACTER,
        _ => c,
    };
    text.chars().map(replace).collect()
}

/// Makes JSON safe for a terminal in the same way, without a change to its meaning: JSON on one line has these
/// characters only in its strings.
pub(crate) fn printable_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) {
            safe += &format!("\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Control characters, and those that override the direction of the text after them.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
