//! How long to wait before the next attempt.

use std::time::Duration;

/// The first wait after a fault.
const FIRST: Duration = Duration::from_millis(400);
/// The longest: at most ten attempts a minute.
const LONGEST: Duration = Duration::from_secs(8);
/// A stream that lived so long starts the waits anew.
const SETTLED: Duration = Duration::from_secs(20);

/// Exponential waits with jitter.
#[derive(Debug, Default)]
pub(super) struct Pace {
    faults: u32,
}

impl Pace {
    /// The wait after a stream that lived for `lived`; `jitter` lies in 0..1. A server's own wish counts if it is longer.
    pub(super) fn after(&mut self, lived: Duration, jitter: f64, wish: Option<u32>) -> Duration {
        if lived >= SETTLED {
            self.faults = 0;
        }
        let doubled = FIRST.saturating_mul(2u32.saturating_pow(self.faults.min(10)));
        self.faults = self.faults.saturating_add(1);
        // Half of the wait is fixed, half is chance, so that many clients do not come back together.
        let own = doubled.min(LONGEST).mul_f64(0.75 + 0.5 * jitter.clamp(0.0, 1.0));
        let wish = Duration::from_secs(u64::from(wish.unwrap_or(0).min(120)));
        own.max(wish)
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
    fn waits_grow_to_at_most_ten_attempts_a_minute() {
        let mut pace = Pace::default();
        let waits: Vec<_> = (0..12).map(|_| pace.after(Duration::ZERO, 0.0, None)).collect();
        assert!(waits.is_sorted());
        assert!(*waits.last().unwrap() >= Duration::from_secs(6));
        assert!(waits[0] < Duration::from_millis(500));
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
    }
}
