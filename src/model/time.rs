//! A moment, as a value.

use std::fmt;
use std::num::NonZeroU32;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// Reads an RFC 3339 timestamp as the API server writes it; `None` where it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self(timestamp.as_millisecond()))
    }

    /// Milliseconds from `earlier` to `self`; 0 where `earlier` is later.
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// The time of day to the second, so many seconds east of UTC: `14:03:10`.
    pub fn of_day(self, offset: i32) -> String {
        let second = (self.0.div_euclid(1000) + i64::from(offset)).rem_euclid(86_400);
        format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
    }

    /// The moment `millis` milliseconds later.
    #[must_use]
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC, to the millisecond.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => write!(f, "{}ms", self.0),
        }
    }
}

/// A moment to the second, as the API writes most of its times: a quarter of the size of an optional [`Time`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Second(NonZeroU32);

impl Second {
    /// The second in which `time` lies; `None` before 1970 and after 2105.
    pub fn of(time: Time) -> Option<Self> {
        u32::try_from(time.0.div_euclid(1000)).ok().and_then(NonZeroU32::new).map(Self)
    }
}

impl From<Second> for Time {
    fn from(second: Second) -> Self {
        Self(i64::from(second.0.get()) * 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_small_and_gives_its_time_back() {
        assert_eq!(size_of::<Option<Second>>(), 4);
        let time = Time::parse("2026-02-03T04:05:06Z").unwrap();
        assert_eq!(Second::of(time.plus(999)).map(Time::from), Some(time));
        assert_eq!(Second::of(Time(-1)), None);
        assert_eq!(Second::of(Time(i64::MAX)), None);
    }
}
