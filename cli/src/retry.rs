//! When to send a request again, and when to give up.

use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Growing pauses, until the time of `--retry` is up.
#[derive(Debug)]
pub(crate) struct Retry {
    total: Duration,
    end: Instant,
    next: Duration,
}

impl Retry {
    /// Starts now. Without a time, or with zero, nothing is sent again.
    pub(crate) fn new(now: Instant, total: Option<Duration>) -> Retry {
        let total = total.unwrap_or_default();
        Retry {
            total,
            end: now + total,
            next: FIRST_PAUSE,
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        !self.total.is_zero()
    }

    /// How much time is left.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        self.end.saturating_duration_since(now)
    }

    /// The pause before the next try, no shorter than the server asks for. Or else, why there is no next try.
    pub(crate) fn pause(
        &mut self,
        now: Instant,
        asked: Option<Duration>,
    ) -> Result<Duration, String> {
        let left = self.left(now);
        let asked = asked.unwrap_or_default();
        if left.is_zero() {
            return Err(format!("gave up after {:?}", self.total));
        }
        if asked > left {
            return Err(format!(
                "gave up, because the server asks to wait for {asked:?}"
            ));
        }
        let pause = self.next.max(asked).min(left);
        self.next = (self.next * 2).min(LONGEST_PAUSE);
        Ok(pause)
    }
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
        let mut retry = Retry::new(now, Some(seconds(100.0)));
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
            assert!(!Retry::new(now, total).is_on());
        }
    }

    #[test]
    fn a_pause_is_as_long_as_the_server_asks() {
        let now = Instant::now();
        let mut retry = Retry::new(now, Some(seconds(10.0)));
        assert_eq!(retry.pause(now, Some(seconds(7.0))), Ok(seconds(7.0)));
        let reason = retry.pause(now, Some(seconds(11.0))).expect_err("an end");
        assert!(reason.contains("asks to wait for 11s"), "{reason}");
    }
}
