//! When to try a request again.

use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Growing pauses, until the time is up.
#[derive(Debug)]
pub(crate) struct Retry {
    end: Option<Instant>,
    next: Duration,
}

impl Retry {
    /// Starts now and lasts for this time. Without a time, nothing is tried again.
    pub(crate) fn new(now: Instant, total: Option<Duration>) -> Retry {
        // A time beyond the clock's range is cut to one that is longer than any process lives.
        let end = total.map(|total| {
            now.checked_add(total)
                .unwrap_or(now + Duration::from_secs(u32::MAX.into()))
        });
        Retry {
            end,
            next: FIRST_PAUSE,
        }
    }

    /// How much time is left.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        self.end
            .map_or(Duration::ZERO, |end| end.saturating_duration_since(now))
    }

    /// The pause before the next try, no shorter than the server asks for. `None` if the time does not suffice.
    pub(crate) fn pause(&mut self, now: Instant, asked: Option<Duration>) -> Option<Duration> {
        let left = self.left(now);
        let asked = asked.unwrap_or_default();
        if left.is_zero() || asked > left {
            return None;
        }
        let pause = self.next.max(asked).min(left);
        self.next = (self.next * 2).min(LONGEST_PAUSE);
        Some(pause)
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
        while let Some(pause) = retry.pause(now, None) {
            pauses.push(pause.as_secs_f64());
            now += pause;
        }
        assert_eq!(pauses, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 8.5]);
    }

    #[test]
    fn without_a_time_there_is_no_retry() {
        let now = Instant::now();
        assert_eq!(Retry::new(now, None).pause(now, None), None);
    }

    #[test]
    fn a_pause_is_as_long_as_the_server_asks() {
        let now = Instant::now();
        let mut retry = Retry::new(now, Some(seconds(10.0)));
        assert_eq!(retry.pause(now, Some(seconds(7.0))), Some(seconds(7.0)));
        assert_eq!(retry.pause(now, Some(seconds(11.0))), None);
    }

    #[test]
    fn any_time_is_accepted() {
        let now = Instant::now();
        assert!(
            Retry::new(now, Some(Duration::MAX))
                .pause(now, None)
                .is_some()
        );
    }
}
