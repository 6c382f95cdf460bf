//! A moment as people write it, and where it lies in a record.
//!
//! Pure: the zone of the reader is an argument. To add a form: a variant, its reading in `parse`, its place in `resolve`,
//! and [`Moment::FORMS`].

use std::time::Duration;

use super::Time;

/// A moment as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long after the record began: `42s`, `1m30s`.
    Elapsed(Duration),
    /// So long before the record ends: `-5m`.
    Ago(Duration),
    /// Numbers with colons: so long after the record began, or a time of day.
    Clock(Clock),
    /// Date and time: RFC 3339.
    Absolute(Time),
}

/// Numbers with colons, and what they can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// `00:42` is 42 seconds, `1:02:03` an hour and more.
    elapsed: Option<Duration>,
    /// `14:03` is a minute of the day, `14:03:10` a second of it: where that begins, and how long it is, in milliseconds.
    day: Option<(i64, i64)>,
}

/// What a moment is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Where it begins.
    pub from: Time,
    /// Where it ends.
    pub to: Time,
    /// So many seconds the reader's clock is east of UTC.
    pub offset: i32,
    /// Which record.
    pub of: Record,
}

/// Of numbers with colons the first reading that fits counts; which is tried first depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// A tape: its own time goes first.
    Tape,
    /// What was seen of a live cluster: the time of day goes first.
    Live,
}

/// Why a moment cannot be gone to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentError {
    /// It is in none of the [`Moment::FORMS`].
    Unreadable,
    /// It lies before the record.
    Before,
    /// It lies after the record.
    After,
}

const DAY: i64 = 86_400_000;

impl Moment {
    /// The forms that can be read, for help and errors.
    pub const FORMS: &str = "42s, 00:42, 14:03, 14:03:10, -5m or 2026-11-25T14:03:10Z";

    /// Reads a moment.
    ///
    /// # Errors
    /// It is in none of the [`Moment::FORMS`].
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let text = text.trim();
        let moment = match text.strip_prefix('-') {
            Some(ago) => duration(ago).map(Self::Ago),
            None => duration(text)
                .map(Self::Elapsed)
                .or_else(|| Clock::parse(text).map(Self::Clock))
                .or_else(|| Time::parse(text).map(Self::Absolute)),
        };
        moment.ok_or(MomentError::Unreadable)
    }

    /// Where it lies in a record.
    ///
    /// # Errors
    /// It lies before or after.
    pub fn resolve(self, reach: Reach) -> Result<Time, MomentError> {
        match self {
            Self::Elapsed(time) => reach.hold(reach.from.plus(millis(time))),
            Self::Ago(time) => reach.hold(reach.to.plus(-millis(time))),
            Self::Absolute(time) => reach.hold(time),
            Self::Clock(clock) => {
                let elapsed = clock.elapsed.map(|time| reach.hold(reach.from.plus(millis(time))));
                let day = clock.day.map(|(start, length)| reach.day(start, length));
                let (first, second) = match reach.of {
                    Record::Tape => (elapsed, day),
                    Record::Live => (day, elapsed),
                };
                match (first, second) {
                    (Some(Ok(time)), _) | (Some(Err(_)) | None, Some(Ok(time))) => Ok(time),
                    (Some(Err(why)), _) | (None, Some(Err(why))) => Err(why),
                    (None, None) => Err(MomentError::Unreadable),
                }
            }
        }
    }
}

impl Clock {
    fn parse(text: &str) -> Option<Self> {
        let parts: Option<Vec<u32>> = text.split(':').map(number).collect();
        let of = |hours: u32, minutes: u32, seconds: u32| {
            let seconds = u64::from(hours) * 3_600 + u64::from(minutes) * 60 + u64::from(seconds);
            Duration::from_secs(seconds)
        };
        let (elapsed, day) = match parts?.as_slice() {
            [first, second @ 0..60] => {
                let day = (*first < 24).then(|| (of(*first, *second, 0), 60_000));
                (of(0, *first, *second), day)
            }
            [hours, minutes @ 0..60, seconds @ 0..60] => {
                let time = of(*hours, *minutes, *seconds);
                (time, (*hours < 24).then_some((time, 1_000)))
            }
            _ => return None,
        };
        Some(Self { elapsed: Some(elapsed), day: day.map(|(start, length)| (millis(start), length)) })
    }
}

impl Reach {
    fn hold(self, time: Time) -> Result<Time, MomentError> {
        match time {
            time if time < self.from => Err(MomentError::Before),
            time if time > self.to => Err(MomentError::After),
            time => Ok(time),
        }
    }

    /// The latest minute or second with that name, as far as the record has it; it may begin in the midst of one.
    fn day(self, start: i64, length: i64) -> Result<Time, MomentError> {
        let offset = i64::from(self.offset) * 1_000;
        let midnight = (self.to.0.saturating_add(offset)).div_euclid(DAY).saturating_mul(DAY) - offset;
        let on = |days: i64| Time(midnight.saturating_add(days * DAY).saturating_add(start));
        let latest = if on(0) <= self.to { on(0) } else { on(-1) };
        let next = latest.plus(DAY);
        if latest.plus(length) > self.from {
            return Ok(latest.max(self.from));
        }
        // Neither yesterday's nor tomorrow's is there; the nearer one was meant.
        if self.from.since(latest) <= next.since(self.to) { Err(MomentError::Before) } else { Err(MomentError::After) }
    }
}

/// `42s`, `1h30m`, `500ms`, or seconds without a unit.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut sum = Duration::ZERO;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let count = u64::from(number(&rest[..digits])?);
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        sum = sum.checked_add(match &rest[..letters] {
            "" if sum.is_zero() => Duration::from_secs(count),
            "ms" => Duration::from_millis(count),
            "s" => Duration::from_secs(count),
            "m" => Duration::from_secs(count * 60),
            "h" => Duration::from_secs(count * 3_600),
            "d" => Duration::from_secs(count * 86_400),
            _ => return None,
        })?;
        rest = &rest[letters..];
        if rest.is_empty() {
            return Some(sum);
        }
        if letters == 0 {
            return None;
        }
    }
}

/// Digits and nothing else, up to nine.
fn number(text: &str) -> Option<u32> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    /// Two minutes by a clock two hours east of UTC: 14:03:10.5 to 14:05:10.5.
    fn tape() -> Reach {
        let (from, to) = (time("2026-11-25T12:03:10.5Z"), time("2026-11-25T12:05:10.5Z"));
        Reach { from, to, offset: 7_200, of: Record::Tape }
    }

    fn found(text: &str, reach: Reach) -> Result<String, MomentError> {
        Ok(Moment::parse(text)?.resolve(reach)?.to_string())
    }

    fn at(rest: &str) -> Result<String, MomentError> {
        Ok(format!("2026-11-25T{rest}Z"))
    }

    #[test]
    fn every_form_leads_to_its_moment() {
        for (text, expected) in [
            ("0s", at("12:03:10.500")),
            ("42s", at("12:03:52.500")),
            ("42", at("12:03:52.500")),
            (" 1m30s ", at("12:04:40.500")),
            ("500ms", at("12:03:11.000")),
            ("2m", at("12:05:10.500")),
            ("00:42", at("12:03:52.500")),
            ("0:00:42", at("12:03:52.500")),
            ("-1m", at("12:04:10.500")),
            ("-0s", at("12:05:10.500")),
            ("14:04", at("12:04:00.000")),
            ("14:05:10", at("12:05:10.000")),
            // The record begins in the midst of these.
            ("14:03", at("12:03:10.500")),
            ("14:03:10", at("12:03:10.500")),
            ("2026-11-25T12:04:00Z", at("12:04:00.000")),
            ("2026-11-25T14:04:00.25+02:00", at("12:04:00.250")),
        ] {
            assert_eq!(found(text, tape()), expected, "{text:?}");
        }
    }

    #[test]
    fn what_lies_outside_is_told_apart() {
        for (text, expected) in [
            ("-3m", MomentError::Before),
            ("9h", MomentError::After),
            ("03:00", MomentError::After),
            ("2026-11-25T12:03:10Z", MomentError::Before),
            ("2027-01-01T00:00:00Z", MomentError::After),
        ] {
            assert_eq!(found(text, tape()), Err(expected), "{text:?}");
        }
        let live = Reach { of: Record::Live, ..tape() };
        for (text, expected) in [
            ("13:59", MomentError::Before),
            ("14:06", MomentError::After),
            ("14:05:11", MomentError::After),
            ("23:00", MomentError::After),
            ("03:00", MomentError::Before),
        ] {
            assert_eq!(found(text, live), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn of_two_readings_the_tapes_own_goes_first_and_in_a_live_record_the_time_of_day() {
        // From midnight to six, by UTC.
        let (from, to) = (time("2026-11-25T00:00:00Z"), time("2026-11-25T06:00:00Z"));
        let reach = |of| Reach { from, to, offset: 0, of };
        assert_eq!(found("04:05", reach(Record::Tape)), at("00:04:05.000"));
        assert_eq!(found("04:05", reach(Record::Live)), at("04:05:00.000"));
        assert_eq!(found("90:00", reach(Record::Live)), at("01:30:00.000"));
        assert_eq!(found("23:00", reach(Record::Live)), at("00:23:00.000"));
    }

    #[test]
    fn a_time_of_day_is_the_latest_one() {
        let (from, to) = (time("2026-11-23T10:00:00Z"), time("2026-11-25T06:00:00Z"));
        let reach = Reach { from, to, offset: 0, of: Record::Live };
        assert_eq!(found("05:00", reach), at("05:00:00.000"));
        assert_eq!(found("23:00", reach), Ok("2026-11-24T23:00:00.000Z".into()));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "-",
            "soon",
            "0:99",
            "24:60",
            "1:2:3:4",
            "5x",
            "s",
            "1m30",
            "+5m",
            "-14:03",
            "1e3",
            "٣s",
            "14:",
            "2026-11-25",
            "99999999999s",
            "--5m",
        ] {
            assert_eq!(Moment::parse(text), Err(MomentError::Unreadable), "{text:?}");
        }
    }
}
