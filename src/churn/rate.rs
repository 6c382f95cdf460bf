//! How much changes: changes of endpoints per interval, for the sparkline and the rate. What is but another version of
//! the same pod is none, as in the ledger.

use std::collections::VecDeque;

use super::Pace;
use super::rows::event;
use crate::model::Time;
use crate::store::{Cause, Change, Edit};

/// Changes of union-table rows over the last minutes.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    /// Interval number and count, oldest first; intervals without change are left out.
    counts: VecDeque<(i64, u32)>,
}

impl Rate {
    /// Length of an interval in milliseconds.
    pub const INTERVAL: i64 = 5_000;
    /// Intervals kept: two minutes.
    pub const KEPT: i64 = 24;

    /// Takes in a batch of changes; what was there before we looked does not count.
    pub fn record(&mut self, at: Time, changes: &[Change]) {
        let counts = |change: &&Change| {
            change.cause != Cause::Load && matches!(&change.edit, Edit::Row(edit) if event(edit).is_some())
        };
        let rows = changes.iter().filter(counts).count();
        self.count(at, u32::try_from(rows).unwrap_or(u32::MAX));
    }

    /// Adds so many changes.
    pub(super) fn count(&mut self, at: Time, count: u32) {
        if count == 0 {
            return;
        }
        let interval = at.0.div_euclid(Self::INTERVAL);
        match self.counts.back_mut() {
            Some((last, sum)) if *last == interval => *sum = sum.saturating_add(count),
            Some(_) | None => self.counts.push_back((interval, count)),
        }
        while self.counts.front().is_some_and(|(first, _)| interval - first >= Self::KEPT) {
            self.counts.pop_front();
        }
    }

    /// The counts of the last `intervals` intervals up to `now`, oldest first.
    pub fn history(&self, now: Time, intervals: usize) -> Vec<u32> {
        let newest = now.0.div_euclid(Self::INTERVAL);
        let wanted = i64::try_from(intervals).unwrap_or(Self::KEPT);
        let count_of =
            |interval| self.counts.iter().find(|(known, _)| *known == interval).map_or(0, |(_, count)| *count);
        (newest - wanted + 1..=newest).map(count_of).collect()
    }

    /// Changes in the last minute: of the intervals of a [`Pace`], so that both tell the same number.
    pub fn per_minute(&self, now: Time) -> u32 {
        let first = (now.0.div_euclid(Pace::INTERVAL) + 1) * Pace::INTERVAL - 60_000;
        let within = self.counts.iter().filter(|(interval, _)| (first..=now.0).contains(&(interval * Self::INTERVAL)));
        within.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// When the sparkline next moves, if it shows anything at `now`.
    pub fn deadline(&self, now: Time) -> Option<Time> {
        let interval = now.0.div_euclid(Self::INTERVAL);
        let shows = self.counts.back().is_some_and(|(last, _)| interval - last < Self::KEPT);
        shows.then(|| Time((interval + 1) * Self::INTERVAL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_minute_is_made_of_the_intervals_of_a_pace() {
        let mut rate = Rate::default();
        for at in [0, 14_999, 15_000, 44_000, 60_000, 74_000] {
            rate.count(Time(at), 1);
        }
        let counts = [59_999, 74_999, 75_000, 119_999].map(|now| rate.per_minute(Time(now)));
        assert_eq!(counts, [4, 4, 3, 2]);
    }
}
