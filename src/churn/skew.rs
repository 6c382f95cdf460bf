//! How far the server's clock is from ours, from many readings that each tell it to a second or so.

use super::Skew;
use crate::model::{ClockReading, Time};

/// What all readings together tell: each narrows what is known, and what is known grows wider with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meter {
    known: Option<(Time, ClockReading)>,
}

impl Meter {
    /// Two clocks drift apart, or together, by less than a millisecond in so many; what more they do is a step.
    const DRIFT: i64 = 1_000;

    /// Takes in a reading. One that contradicts what is known tells that a clock was set: it counts alone.
    pub(super) fn take(&mut self, at: Time, reading: ClockReading) {
        if reading.least > reading.most {
            return;
        }
        let narrowed = self.known.map(|(since, known)| {
            let wider = (at.0 - since.0).abs() / Self::DRIFT;
            let least = reading.least.max(known.least.saturating_sub(wider));
            let most = reading.most.min(known.most.saturating_add(wider));
            ClockReading { least, most }
        });
        let known = narrowed.filter(|both| both.least <= both.most).unwrap_or(reading);
        self.known = Some((at, known));
    }

    /// The middle of what is possible; 0 where it is possible that the clocks agree.
    pub(super) fn skew(&self) -> Option<Skew> {
        let (measured, ClockReading { least, most }) = self.known?;
        let agree = least <= 0 && most >= 0;
        Some(Skew { millis: if agree { 0 } else { least + (most - least) / 2 }, measured })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server tells whose clock is so far ahead, asked at a moment and answering after some milliseconds.
    fn reading(ahead: i64, sent: i64, took: i64) -> ClockReading {
        let given = sent + took / 2 + ahead;
        ClockReading::of(Time(given.div_euclid(1_000) * 1_000), Time(sent), Time(sent + took))
    }

    fn millis(meter: &Meter) -> i64 {
        meter.skew().unwrap().millis
    }

    #[test]
    fn clocks_that_may_agree_agree() {
        let mut meter = Meter::default();
        assert_eq!(meter.skew(), None);
        for sent in [10_300, 70_900, 130_050] {
            meter.take(Time(sent), reading(0, sent, 40));
            assert_eq!(meter.skew(), Some(Skew { millis: 0, measured: Time(sent) }));
        }
    }

    #[test]
    fn several_answers_narrow_it() {
        let mut meter = Meter::default();
        meter.take(Time(10_500), reading(90_000, 10_500, 20));
        assert!((millis(&meter) - 90_000).abs() <= 510, "{meter:?}");
        let width = |meter: &Meter| meter.known.map(|(_, known)| known.most - known.least).unwrap();
        let one = width(&meter);
        for sent in [20_010, 31_970, 40_250, 50_750] {
            meter.take(Time(sent), reading(90_000, sent, 20));
        }
        assert!(width(&meter) < one / 5, "{} of {one}", width(&meter));
        assert!((millis(&meter) - 90_000).abs() <= 100, "{meter:?}");
    }

    #[test]
    fn less_than_a_second_shows_when_the_answers_tell() {
        let mut meter = Meter::default();
        meter.take(Time(10_000), reading(-600, 10_000, 10));
        meter.take(Time(10_100), reading(-600, 10_100, 10));
        assert!((-1_000..=-400).contains(&millis(&meter)), "{meter:?}");
    }

    #[test]
    fn a_drift_is_followed() {
        let mut meter = Meter::default();
        for minute in 0..600 {
            // 60 ms a minute, 36 s in ten hours.
            let sent = minute * 60_000 + minute * 37 % 1_000;
            meter.take(Time(sent), reading(minute * 60, sent, 20));
        }
        assert!((millis(&meter) - 36_000).abs() <= 1_100, "{meter:?}");
    }

    #[test]
    fn a_clock_that_is_set_is_believed_at_once() {
        let mut meter = Meter::default();
        meter.take(Time(10_000), reading(90_000, 10_000, 20));
        meter.take(Time(11_000), reading(0, 11_000, 20));
        assert_eq!(millis(&meter), 0);
        meter.take(Time(12_000), ClockReading { least: 5, most: 4 });
        assert_eq!(meter.skew().unwrap().measured, Time(11_000), "what cannot be is no reading");
    }
}
