//! Moments as flags name them, by the reader's clock.

use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::{Moment, Reach, Record, Time};
use crate::tape::Tape;
use crate::view;

/// How many seconds east of UTC the reader's clock is at a moment: what `TZ` says, else the system; UTC where neither does.
pub(super) fn offset(at: Time) -> i32 {
    let Ok(at) = Timestamp::from_millisecond(at.0) else { return 0 };
    zone().to_offset(at).seconds()
}

/// Without `TZ` it is the zone in this file; the library would look for the zone's name and read all names that there are.
fn zone() -> TimeZone {
    let local = || TimeZone::tzif("local", &std::fs::read("/etc/localtime").ok()?).ok();
    let local = if std::env::var_os("TZ").is_none() { local() } else { None };
    local.unwrap_or_else(TimeZone::system)
}

/// From when to when a tape goes.
pub(super) fn reach(tape: &Tape) -> Reach {
    let to = tape.time(tape.length());
    Reach { from: tape.time(Duration::ZERO), to, offset: offset(to), of: Record::Tape }
}

/// A time of a tape, as it can be written behind a flag: `14ms`, `1s250ms`, `42s`.
pub(super) fn elapsed(at: Duration) -> String {
    match (at.as_secs(), at.subsec_millis()) {
        (0, millis) => format!("{millis}ms"),
        (seconds, 0) => format!("{seconds}s"),
        (seconds, millis) => format!("{seconds}s{millis}ms"),
    }
}

/// A flag and what was written behind it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) flag: &'static str,
    pub(super) text: &'a str,
}

/// What a flag says of a moment, read before anything else is.
pub(super) fn parse(asked: Asked<'_>) -> Result<Moment> {
    Moment::parse(asked.text).map_err(|_| eyre!("{}: {}", asked.flag, view::no_time(asked.text)))
}

/// The moment of a tape that a flag names.
pub(super) fn find(tape: &Tape, asked: Asked<'_>) -> Result<Time> {
    let reach = reach(tape);
    let found = parse(asked)?.resolve(reach);
    found.map_err(|why| eyre!("{} {}", asked.flag, view::no_moment(asked.text, why, reach)))
}
