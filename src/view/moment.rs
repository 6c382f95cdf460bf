//! What is wrong with a moment, and the day and time of one.

use super::churn::{span, time_of_day};
use super::escape::safe;
use crate::model::{Moment, MomentError, Reach, Record, Time};

/// A moment that cannot be read: the forms that work.
pub fn no_time(asked: &str) -> String {
    format!("\"{}\" is no time; write {}", safe(asked), Moment::FORMS)
}

/// A moment that cannot be gone to, and what can.
pub fn no_moment(asked: &str, why: MomentError, reach: Reach) -> String {
    let record = match reach.of {
        Record::Tape => "tape",
        Record::Live => "record",
    };
    let where_ = match why {
        MomentError::Unreadable => return no_time(asked),
        MomentError::Before => format!("before the {record} begins"),
        MomentError::After => format!("after the end of the {record}"),
    };
    format!("{} lies {where_}; it runs {}", safe(asked.trim()), range(reach))
}

/// From when to when a record goes: `from 2026-11-25 14:03:10 to 14:05:10 (2m00s)`.
pub fn range(reach: Reach) -> String {
    let Reach { from, to, offset, .. } = reach;
    let (first, last) = (date(from, offset), date(to, offset));
    let last = if first == last { String::new() } else { format!("{last} ") };
    let (begin, end) = (time_of_day(from, offset), time_of_day(to, offset));
    format!("from {first} {begin} to {last}{end} ({})", span(to.since(from)))
}

/// The day of a moment, so many seconds east of UTC: `2026-11-25`.
pub fn date(time: Time, offset: i32) -> String {
    let time = time.plus(i64::from(offset) * 1_000).to_string();
    time.split_once('T').map_or(time.clone(), |(day, _)| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_out_of_reach_is_told_with_what_is_in_reach() {
        let time = |text: &str| Time::parse(text).unwrap();
        let (from, to) = (time("2026-11-25T23:58:10Z"), time("2026-11-26T00:00:10Z"));
        let tape = Reach { from, to, offset: 0, of: Record::Tape };
        let live = Reach { offset: 3_600, of: Record::Live, ..tape };
        for (asked, reach, expected) in [
            (
                "9h",
                tape,
                "9h lies after the end of the tape; it runs from 2026-11-25 23:58:10 to 2026-11-26 00:00:10 (2m00s)",
            ),
            ("-5m", live, "-5m lies before the record begins; it runs from 2026-11-26 00:58:10 to 01:00:10 (2m00s)"),
            ("so\non", live, "\"so\\non\" is no time; write 42s, 00:42, 14:03, 14:03:10, -5m or 2026-11-25T14:03:10Z"),
        ] {
            let why = Moment::parse(asked).and_then(|moment| moment.resolve(reach)).unwrap_err();
            assert_eq!(no_moment(asked, why, reach), expected);
        }
    }
}
