//! How late, how long, and by whose clock.

use crate::churn::{Lag, LagOf, Step, When};
use crate::model::Time;

/// How long one thing came after what should have led to it: `in slice 0.3s after Ready`. Where the first of the two is
/// the server's time, in whole seconds, only a bound can be said: `in slice within 1.3s of Ready`.
pub fn lag(lag: &Lag) -> String {
    let (end, start) = lag_of(lag.of);
    match (lag.millis, lag.from) {
        (0..100, _) => format!("{end} at once after {start}"),
        (millis, When::Seen(_)) => format!("{end} {} after {start}", span(millis)),
        (millis, When::Server(_)) => format!("{end} within {} of {start}", span(millis)),
    }
}

/// The two things that a lag lies between: the later one, and the earlier one.
pub fn lag_of(of: LagOf) -> (&'static str, &'static str) {
    match of {
        LagOf::ReadyToSlice => ("in slice", "Ready"),
        LagOf::DeletingToOut => ("not ready in slice", "deletion"),
        LagOf::GoneToOut => ("out of slice", "its pod's end"),
    }
}

/// Whose clocks a lag was measured with, and what was allowed for.
pub fn clocks(lag: &Lag) -> String {
    match (lag.from, lag.skew) {
        (When::Seen(_), _) => "both as seen here".to_owned(),
        (When::Server(_), None) => "the server's clock and ours, taken to agree".to_owned(),
        (When::Server(_), Some(skew)) => match skew.millis {
            0 => "the server's clock and ours, which agree".to_owned(),
            ahead @ 1.. => format!("the server's clock is {} ahead of ours, allowed for", span(ahead.unsigned_abs())),
            behind => format!("the server's clock is {} behind ours, allowed for", span(behind.unsigned_abs())),
        },
    }
}

/// Whose clock a time is of.
pub fn clock(when: When) -> &'static str {
    match when {
        When::Server(_) => "server",
        When::Seen(_) => "seen",
    }
}

/// A length of time: `0.3s`, `31s`, `2m05s`, `1h02m`.
pub fn span(millis: u64) -> String {
    let seconds = millis / 1000;
    match millis {
        0..10_000 => format!("{seconds}.{}s", millis % 1000 / 100),
        10_000..60_000 => format!("{seconds}s"),
        60_000..3_600_000 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3_600_000.. => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
    }
}

/// The time of day to the second, so many seconds east of UTC: `14:03:10`.
pub fn time_of_day(time: Time, offset: i32) -> String {
    time.of_day(offset)
}

/// A stage in the life of an endpoint.
pub fn step(step: Step) -> &'static str {
    match step {
        Step::Created => "created",
        Step::Scheduled => "scheduled",
        Step::Started => "started",
        Step::Addressed => "got its IP",
        Step::Ready => "Ready",
        Step::Joined => "in the slice",
        Step::InService => "ready in the slice",
        Step::OutOfService => "not ready in the slice",
        Step::NotReady => "not Ready",
        Step::Deleting => "being deleted",
        Step::Draining => "draining",
        Step::Left => "out of the slice",
        Step::Gone => "gone",
    }
}
