//! How long to wait before the next attempt.

use std::time::Duration;

/// The first wait after a fault.
const FIRST: Duration = Duration::from_millis(300);
/// The longest: fewer than ten attempts a minute whatever the chance.
const LONGEST: Duration = Duration::from_secs(7);
/// The longest that a server may ask for.
const LONGEST_WISH: u32 = 120;
/// A stream that lived so long starts the waits anew.
const SETTLED: Duration = Duration::from_secs(30);

/// Exponential waits with jitter.
#[derive(Debug, Default)]
pub(super) struct Pace {
    faults: i32,
}

impl Pace {
    /// The wait after a stream that lived for `lived`; `jitter` lies in 0..1. A server's own wish counts if it is longer.
    pub(super) fn after(&mut self, lived: Duration, jitter: f64, wish: Option<u32>) -> Duration {
        if lived >= SETTLED {
            self.faults = 0;
        }
        let grown = FIRST.mul_f64(1.8_f64.powi(self.faults.min(10))).min(LONGEST);
        self.faults = self.faults.saturating_add(1);
        // Chance keeps the streams of one client, and many clients, from coming back together.
        let own = if grown < LONGEST { grown.mul_f64(0.5 + jitter) } else { grown.mul_f64(0.9 + 0.2 * jitter) };
        let wish = Duration::from_secs(u64::from(wish.unwrap_or(0).min(LONGEST_WISH)));
        own.min(LONGEST.mul_f64(1.1)).max(wish.mul_f64(1.0 + 0.1 * jitter))
    }

    /// All is well again.
    pub(super) fn calm(&mut self) {
        self.faults = 0;
    }
}

/// A number in 0..1 that differs between processes, streams and calls: enough to spread retries.
pub(super) fn chance() -> f64 {
    use std::hash::{BuildHasher, Hasher};
    let bits = std::collections::hash_map::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_minute_there_are_at_most_ten_attempts_a_minute() {
        for jitter in [0.0, 0.5, 1.0] {
            let mut pace = Pace::default();
            let mut at = Duration::ZERO;
            let mut late = 0;
            while at < Duration::from_secs(360) {
                at += pace.after(Duration::ZERO, jitter, None);
                late += u32::from(at > Duration::from_secs(60));
            }
            assert!(late <= 50, "{late} attempts in five minutes with jitter {jitter}");
        }
    }

    #[test]
    fn the_first_attempts_come_soon() {
        let mut pace = Pace::default();
        let first_four: Duration = (0..4).map(|_| pace.after(Duration::ZERO, 0.5, None)).sum();
        assert!(first_four < Duration::from_secs(4), "{first_four:?}");
    }

    #[test]
    fn a_settled_stream_starts_the_waits_anew() {
        let mut pace = Pace::default();
        for _ in 0..9 {
            pace.after(Duration::ZERO, 0.5, None);
        }
        assert!(pace.after(SETTLED, 0.5, None) < Duration::from_secs(1));
    }

    #[test]
    fn the_servers_wish_counts_if_it_is_longer() {
        assert_eq!(Pace::default().after(Duration::ZERO, 0.0, Some(30)), Duration::from_secs(30));
        assert!(Pace::default().after(Duration::ZERO, 1.0, Some(u32::MAX)) <= Duration::from_secs(132));
    }
}
