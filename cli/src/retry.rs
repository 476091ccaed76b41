//! When to send a request again, and when to give up.

use std::thread;
use std::time::{Duration, Instant};

use plex_butler::Error;

use crate::output::eprint_line;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Even shortly before its end, a limited time leaves this long for an answer.
const SHORTEST_LIMIT: Duration = Duration::from_secs(1);

/// Growing pauses, until the time of `--retry` is up.
#[derive(Debug)]
pub(crate) struct Retry {
    total: Duration,
    end: Instant,
    /// The longest time for a single try.
    limit: Duration,
    next: Duration,
    /// Whether the next pause is to be announced.
    announces: bool,
}

/// Why a request did not succeed, and why it was not sent again if `--retry` would allow that.
pub(crate) struct RequestError {
    pub(crate) error: Box<Error>,
    pub(crate) gave_up: Option<String>,
}

impl Retry {
    /// Starts now. Without a time, or with zero, nothing is sent again.
    pub(crate) fn new(now: Instant, total: Option<Duration>, announces: bool) -> Retry {
        let total = total.unwrap_or_default();
        Retry {
            total,
            end: now + total,
            limit: Duration::MAX,
            next: FIRST_PAUSE,
            announces,
        }
    }

    /// The same, with no more than this time for all tries.
    pub(crate) fn within(
        limit: Duration,
        now: Instant,
        total: Option<Duration>,
        announces: bool,
    ) -> Retry {
        let limit = whole(limit).max(SHORTEST_LIMIT);
        let total = total.map(|total| total.min(limit));
        Retry {
            limit,
            ..Retry::new(now, total, announces)
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        !self.total.is_zero()
    }

    /// Whether a try has failed, and another one followed.
    pub(crate) fn has_waited(&self) -> bool {
        self.next > FIRST_PAUSE
    }

    /// The timeout, unless there is less time left.
    pub(crate) fn limited(&self, timeout: Duration) -> Duration {
        let timeout = timeout.min(self.limit);
        if self.is_on() {
            timeout.min(whole(self.left(Instant::now())))
        } else {
            timeout
        }
    }

    /// Waits before the next try, or fails with the error of the last one if there is none.
    pub(crate) fn wait(&mut self, error: Error) -> Result<(), RequestError> {
        if !self.is_on() {
            return Err(error.into());
        }
        let now = Instant::now();
        let left = self.left(now);
        let pause = match self.pause(now, error.retry_after()) {
            Ok(pause) => pause,
            Err(reason) => {
                return Err(RequestError {
                    error: error.into(),
                    gave_up: Some(reason),
                });
            }
        };
        if std::mem::take(&mut self.announces) {
            let left = left.as_secs_f64().ceil();
            eprint_line(&format!("waiting up to {left:.0}s: {error}"));
        }
        thread::sleep(pause);
        if self.left(Instant::now()).is_zero() {
            return self.wait(error);
        }
        Ok(())
    }

    /// How much time is left.
    fn left(&self, now: Instant) -> Duration {
        self.end.saturating_duration_since(now)
    }

    /// The pause before the next try, no shorter than the server asks for. Or else, why there is no next try.
    fn pause(&mut self, now: Instant, asked: Option<Duration>) -> Result<Duration, String> {
        let left = self.left(now);
        let asked = asked.unwrap_or_default();
        if left.is_zero() {
            return Err(format!("gave up after {:?}", self.total));
        }
        // The message of the error has the time.
        if asked > left {
            return Err("gave up".into());
        }
        let pause = self.next.max(asked).min(left);
        self.next = (self.next * 2).min(LONGEST_PAUSE);
        Ok(pause)
    }
}

impl RequestError {
    /// Whether the time of `--retry` is up.
    pub(crate) fn gave_up(&self) -> bool {
        self.gave_up.is_some()
    }
}

impl From<Error> for RequestError {
    fn from(error: Error) -> RequestError {
        RequestError {
            error: error.into(),
            gave_up: None,
        }
    }
}

/// Whether a server that starts, or what is in front of it, can answer the list like this.
pub(crate) fn is_starting(error: &Error) -> bool {
    match error {
        // After a reboot, a proxy can show its default certificate, and a clock can be wrong.
        Error::Transport { .. } => true,
        Error::Status { status, .. } => *status == 429 || *status >= 500,
        _ => false,
    }
}

/// The time in whole milliseconds, as a message shows it.
fn whole(time: Duration) -> Duration {
    Duration::from_millis(time.as_millis() as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn pauses_grow_until_the_time_is_up() {
        let mut now = Instant::now();
        let mut retry = Retry::new(now, Some(seconds(100.0)), false);
        let mut pauses = Vec::new();
        while let Ok(pause) = retry.pause(now, None) {
            pauses.push(pause.as_secs_f64());
            now += pause;
        }
        assert_eq!(pauses, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 8.5]);
        let reason = retry.pause(now, None).expect_err("the end");
        assert_eq!(reason, "gave up after 100s");
    }

    #[test]
    fn without_a_time_there_is_no_retry() {
        let now = Instant::now();
        for total in [None, Some(Duration::ZERO)] {
            assert!(!Retry::new(now, total, false).is_on());
        }
    }

    #[test]
    fn a_pause_is_as_long_as_the_server_asks() {
        let now = Instant::now();
        let mut retry = Retry::new(now, Some(seconds(10.0)), false);
        assert_eq!(retry.pause(now, Some(seconds(7.0))), Ok(seconds(7.0)));
        let reason = retry.pause(now, Some(seconds(11.0))).expect_err("an end");
        assert_eq!(reason, "gave up");
    }
}
