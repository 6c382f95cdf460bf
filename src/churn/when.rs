//! Whose clock a time is of, and how far the two clocks are apart.

use crate::model::Time;

/// A time, and whose clock it is of: never mixed without saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// An object says so; most of them in whole seconds.
    Server(Time),
    /// We heard of it then.
    Seen(Time),
}

impl When {
    /// What the object says, if it says something.
    pub fn of(server: Option<Time>, seen: Time) -> Self {
        server.map_or(Self::Seen(seen), Self::Server)
    }

    /// The word for JSON: whose clock.
    pub fn id(self) -> &'static str {
        match self {
            Self::Server(_) => "server",
            Self::Seen(_) => "seen",
        }
    }

    /// The time as that clock shows it.
    pub fn time(self) -> Time {
        match self {
            Self::Server(time) | Self::Seen(time) => time,
        }
    }

    /// The time on our clock; without a measured skew the clocks are taken to agree.
    pub fn ours(self, skew: Option<Skew>) -> Time {
        match self {
            Self::Server(time) => time.plus(-skew.map_or(0, |skew| skew.millis)),
            Self::Seen(time) => time,
        }
    }
}

impl When {
    /// An object's whole second, told finer where we heard of it within that second.
    pub(super) fn finer(self, seen: Option<Time>, skew: Option<Skew>) -> Self {
        let within = |seen: &Time| (0..1_000).contains(&(seen.0 - self.ours(skew).0));
        match (self, seen.filter(within)) {
            (Self::Server(_), Some(seen)) => Self::Seen(seen),
            (Self::Server(_) | Self::Seen(_), _) => self,
        }
    }
}

/// How far the server's clock is ahead of ours, as measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    /// Server − ours, in milliseconds: the middle of what is possible, 0 where the clocks may agree.
    pub millis: i64,
    /// When it was measured, on our clock.
    pub measured: Time,
}

/// How long one thing came after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lag {
    /// What of.
    pub of: LagOf,
    /// From then …
    pub from: When,
    /// … so many milliseconds, to the moment we heard.
    pub millis: u64,
    /// The skew that was allowed for; `None` where `from` is the server's time and no skew had been measured.
    pub skew: Option<Skew>,
}

/// Which two things a lag lies between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LagOf {
    /// The pod became Ready; the slice said so.
    ReadyToSlice,
    /// The pod's deletion began; the slice took it out of service, or at least said that it drains.
    DeletingToOut,
    /// A pod that drained was gone; the slice let it go.
    GoneToOut,
}

impl LagOf {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::ReadyToSlice, Self::DeletingToOut, Self::GoneToOut];

    /// The word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::ReadyToSlice => "ready-to-slice",
            Self::DeletingToOut => "deleting-to-out",
            Self::GoneToOut => "gone-to-out",
        }
    }
}

impl Lag {
    /// From here on a lag is slow, in milliseconds: the controllers batch for up to a second, and server times are in
    /// whole seconds.
    pub const SLOW: u64 = 3_000;

    /// The lag from `from` to `seen`.
    pub(super) fn between(of: LagOf, from: When, seen: Time, skew: Option<Skew>) -> Self {
        Self { of, from, millis: seen.since(from.ours(skew)), skew }
    }

    /// Whether that is slow.
    pub fn slow(self) -> bool {
        self.millis >= Self::SLOW
    }
}
