//! What an answer tells of a server's clock.

use super::Time;

/// The server's clock minus ours lies within, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockReading {
    /// At least this.
    pub least: i64,
    /// At most this.
    pub most: i64,
}

impl ClockReading {
    /// Of an answer that says that it was given in the second `date`, was asked for at `sent` and began at `received` by
    /// our clock: it was given between these two. A date is a whole second (RFC 9110, section 6.6.1).
    pub fn of(date: Time, sent: Time, received: Time) -> Self {
        Self { least: date.0.saturating_sub(received.0), most: date.0.saturating_add(1_000).saturating_sub(sent.0) }
    }
}
