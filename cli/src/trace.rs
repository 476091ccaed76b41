//! What `--verbose` reports: short lines on stderr, with the seconds since the start.

use std::time::Instant;

use plex_butler::Error;

use crate::output::eprint_line;

/// Reports nothing without `--verbose`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trace(Option<Instant>);

impl Trace {
    pub(crate) fn new(verbose: bool) -> Trace {
        Trace(verbose.then(Instant::now))
    }

    pub(crate) fn line(self, text: &str) {
        if let Some(started) = self.0 {
            let seconds = started.elapsed().as_secs_f64();
            eprint_line(&format!("{seconds:.3}s {text}"));
        }
    }

    /// Reports a request. An error gets one word, because the program prints it whole at its end.
    pub(crate) fn request<T>(
        self,
        what: &str,
        result: &Result<T, Error>,
        outcome: impl Fn(&T) -> String,
    ) {
        let outcome = match result {
            Ok(result) => outcome(result),
            Err(Error::Transport { kind, .. }) => format!("failed ({kind:?})"),
            Err(error) => error.status().map_or_else(
                || "failed".into(),
                |status| format!("failed (status {status})"),
            ),
        };
        self.line(&format!("{what}: {outcome}"));
    }
}
