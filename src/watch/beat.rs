//! When readers take in what came: at the same instants for all kinds, so that one waking serves all and a pod and its
//! slice come together. A program that wakes for each event of a watch spends most of its time waking.
//!
//! Nobody sees more than a frame in the time between two instants; while a cluster storms, frames are fewer too.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds between two instants.
const CALM: u64 = 16;
/// The same while a cluster storms.
const STORM: u64 = 100;
/// Milliseconds over which events are counted.
const WINDOW: u64 = 256;
/// Events in a window from which on it is a storm: 250 a second.
const MANY: usize = 64;
/// … and from which on it is a flood, in which there is no time to rest: 4,000 a second.
const FLOOD: usize = 1_024;

/// The beat that all readers keep.
#[derive(Debug, Default)]
pub(super) struct Beat {
    events: Mutex<Count>,
    awaited: AtomicUsize,
}

/// An answer's beginning is awaited or a list is read, for as long as this is held: there is no resting meanwhile, which would
/// cost each round trip up to an instant.
#[derive(Debug)]
pub(super) struct Awake<'a>(&'a Beat);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.awaited.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Events of the current window and of the one before.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    window: u64,
    now: usize,
    before: usize,
}

impl Count {
    fn turn(&mut self, now: u64) {
        let window = now / WINDOW;
        if window != self.window {
            self.before = if window == self.window + 1 { self.now } else { 0 };
            (self.window, self.now) = (window, 0);
        }
    }

    fn storms(self) -> bool {
        (MANY..FLOOD).contains(&self.now.max(self.before))
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    u64::try_from(now).unwrap_or_default()
}

fn until_next(beat: u64, now: u64) -> Duration {
    Duration::from_millis(beat - now % beat)
}

impl Beat {
    fn count(&self, now: u64, events: usize) -> Count {
        let mut count = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        count.turn(now);
        count.now = count.now.saturating_add(events);
        *count
    }

    /// So many events came: how long a reader leaves the next ones where they are. In a storm it does not wait by itself;
    /// its thread does ([`Self::rest`]).
    pub(super) fn after(&self, events: usize) -> Option<Duration> {
        let now = now();
        (!self.count(now, events).storms()).then(|| until_next(CALM, now))
    }

    /// Keeps the thread from resting.
    pub(super) fn awake(&self) -> Awake<'_> {
        self.awaited.fetch_add(1, Ordering::Relaxed);
        Awake(self)
    }

    /// How long a thread that has nothing to do may sleep although something comes.
    pub(super) fn rest(&self) -> Option<Duration> {
        if self.awaited.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let now = now();
        self.count(now, 0).storms().then(|| until_next(STORM, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_the_same_for_all() {
        let wait = |beat, now| until_next(beat, now).as_millis();
        assert_eq!((wait(CALM, 1_000), wait(CALM, 1_007), wait(CALM, 1_008)), (8, 1, 16));
        assert_eq!((wait(STORM, 1_000), wait(STORM, 1_099)), (100, 1));
    }

    #[test]
    fn a_storm_lasts_a_window_longer_than_its_events_and_ends_in_a_flood() {
        let beat = Beat::default();
        let storms = |now, events| beat.count(now, events).storms();
        assert!(!storms(1_024, MANY - 1));
        assert!(storms(1_100, 1));
        assert!(storms(1_280, 0), "the window before counts too");
        assert!(!storms(1_536, 0), "the one before that does not");
        assert!(storms(2_048, MANY));
        assert!(!storms(2_048, FLOOD));
        assert!(!storms(9_000, 0));
    }

    #[test]
    fn nobody_rests_while_an_answer_is_awaited() {
        let beat = Beat::default();
        beat.after(MANY);
        assert!(beat.rest().is_some());
        let (one, other) = (beat.awake(), beat.awake());
        drop(one);
        assert!(beat.rest().is_none());
        drop(other);
        beat.after(MANY);
        assert!(beat.rest().is_some());
    }
}
