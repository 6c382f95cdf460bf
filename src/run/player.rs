//! Playing a tape: its batches come as messages when they are due, through the very path of a live cluster.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::app::{Message, Playback, Scope, Session};
use crate::delta::{Delta, Health};
use crate::model::{Kind, Time};
use crate::tape::Tape;

/// A tape that is being played.
pub(super) struct Player {
    tape: Arc<Tape>,
    /// The first batch that has not been played.
    next: usize,
    /// Where the tape stood at `since`.
    stood: Duration,
    since: Instant,
    speed: u16,
    paused: bool,
    looped: bool,
    density: Arc<[u32]>,
}

/// A pause before a looped tape starts over.
const REST: Duration = Duration::from_secs(2);

/// Parts of a tape whose changes are counted.
const PARTS: usize = 240;

/// How many objects changed in each part; what was there before is no change.
fn density(tape: &Tape) -> Arc<[u32]> {
    let mut counts = [0_u32; PARTS];
    let length = tape.length().as_millis().max(1);
    for entry in &tape.entries {
        let part = usize::try_from(entry.at.as_millis() * PARTS as u128 / length).unwrap_or(0).min(PARTS - 1);
        let changes = entry.deltas.iter().filter(|delta| delta.is_change()).count();
        counts[part] = counts[part].saturating_add(u32::try_from(changes).unwrap_or(u32::MAX));
    }
    Arc::from(counts)
}

impl Player {
    pub(super) fn new(tape: Arc<Tape>, speed: u16, looped: bool) -> Self {
        let density = density(&tape);
        let (stood, since) = (Duration::ZERO, Instant::now());
        Self { tape, next: 0, stood, since, speed: speed.max(1), paused: false, looped, density }
    }

    fn end(&self) -> Duration {
        self.tape.length()
    }

    fn at(&self) -> Duration {
        let passed = if self.paused { Duration::ZERO } else { self.since.elapsed() * u32::from(self.speed) };
        self.stood + passed
    }

    /// The recording's time of day.
    pub(super) fn clock(&self) -> Time {
        self.tape.time(self.at().min(self.end()))
    }

    /// When the tape's clock shows this time of day; `None` while it stands still.
    pub(super) fn when(&self, time: Time) -> Option<Instant> {
        if self.paused || self.at() >= self.end() {
            return None;
        }
        let wait = Duration::from_millis(time.since(self.clock())) / u32::from(self.speed);
        Some(Instant::now() + wait)
    }

    fn stand(&mut self, at: Duration) {
        self.stood = at;
        self.since = Instant::now();
    }

    pub(super) fn session(&self) -> Session {
        let header = &self.tape.header;
        Session {
            context: header.context.clone(),
            cluster: header.cluster.clone(),
            user: String::new(),
            version: header.version.clone(),
            scope: Scope::of(header.namespaces.iter().map(String::as_str)),
            selector: header.selector.clone(),
            contexts: Vec::new(),
        }
    }

    pub(super) fn playback(&self) -> Message {
        // Whole seconds: the label moves once a second, not once a frame.
        let at = Duration::from_secs(self.at().min(self.end()).as_secs());
        let cut = self.tape.cut.clone().filter(|_| self.at() >= self.end());
        Message::Playback(Playback {
            at,
            length: self.end(),
            speed: self.speed,
            paused: self.paused,
            looped: self.looped,
            began: self.tape.time(Duration::ZERO),
            density: Arc::clone(&self.density),
            cut,
        })
    }

    /// Waits for what is due next: a batch, the next second of the label, the start over.
    pub(super) async fn next(&mut self) -> Vec<Message> {
        if self.paused || (self.at() >= self.end() && !self.looped && self.next >= self.tape.entries.len()) {
            std::future::pending::<()>().await;
        }
        let at = self.at();
        let batch = self.tape.entries.get(self.next).map_or(self.end() + REST, |entry| entry.at);
        let second = Duration::from_secs(at.as_secs() + 1);
        let due = batch.min(second).saturating_sub(at) / u32::from(self.speed);
        sleep_until(Instant::now() + due).await;
        if self.looped && self.at() >= self.end() + REST {
            return self.seek(Duration::ZERO);
        }
        let mut messages = self.play_to(self.at());
        messages.push(self.playback());
        messages
    }

    /// Batches up to a time that have not been played.
    fn play_to(&mut self, at: Duration) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Some(entry) = self.tape.entries.get(self.next).filter(|entry| entry.at <= at) {
            messages.push(Message::Deltas(self.tape.time(entry.at), entry.deltas.clone()));
            self.next += 1;
        }
        messages
    }

    /// Goes to a time: everything anew up to there.
    pub(super) fn seek(&mut self, to: Duration) -> Vec<Message> {
        let to = to.min(self.end());
        self.next = 0;
        self.stand(to);
        let mut messages = vec![Message::Session(Box::new(self.session()))];
        messages.extend(self.play_to(to));
        messages.push(Message::Clock(self.tape.time(to)));
        messages.push(self.playback());
        messages
    }

    /// What has not come up to now is not on the tape up to now; what comes later is told then.
    pub(super) fn lacks(&self, kinds: &[Kind]) -> Message {
        let deltas = kinds.iter().map(|kind| Delta::Health(*kind, Health::NotGiven));
        Message::Deltas(self.clock(), deltas.collect())
    }

    pub(super) fn toggle_pause(&mut self) -> Message {
        let at = self.at();
        self.paused = !self.paused;
        self.stand(at);
        self.playback()
    }

    pub(super) fn set_speed(&mut self, speed: u16) -> Message {
        self.stand(self.at());
        self.speed = speed.clamp(1, 60);
        self.playback()
    }
}
