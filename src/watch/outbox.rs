//! What one stream has to say to the program, in batches, over a bounded channel.
//!
//! Nothing is lost: while the program keeps up, every step is handed over as it came. While it does not, steps wait
//! here, a later state of an object replaces the one that waits, and at [`MOST`] the stream itself stops reading.

use tokio::sync::mpsc;

use super::decode::Object;
use crate::delta::{Delta, Health, Skipped, Step};
use crate::model::{ClockReading, Kind, Map, Text, Uid};

/// Deltas that wait before the stream stops reading.
const MOST: usize = 256;
/// Deltas handed over at once even if more are about to come.
const BATCH: usize = 512;

/// The sending end of one stream.
pub(super) struct Outbox {
    to: mpsc::Sender<Vec<Delta>>,
    /// What the stream is about.
    kind: Kind,
    /// The one namespace that the stream is about; `None`: all.
    within: Option<Text>,
    pending: Vec<Delta>,
    /// Where the waiting state of an object stands in `pending`; used only while the program is behind.
    places: Map<Uid, usize>,
    behind: bool,
    told: Option<Health>,
}

/// The receiver is gone: nobody wants to know any more.
#[derive(Debug)]
pub(super) struct Gone;

impl Outbox {
    pub(super) fn new(to: mpsc::Sender<Vec<Delta>>, kind: Kind, within: Option<Text>) -> Self {
        Self { to, kind, within, pending: Vec::new(), places: Map::default(), behind: false, told: None }
    }

    pub(super) fn step<T: Object>(&mut self, step: Step<T>) {
        let step = match (step, &self.within) {
            (Step::Listed(objects), Some(namespace)) => Step::ListedIn(namespace.clone(), objects),
            (step, _) => step,
        };
        if self.behind {
            match &step {
                Step::Applied(object) => match self.places.get(&object.meta().uid) {
                    Some(&place) => {
                        self.pending[place] = T::delta(self.kind, step);
                        return;
                    }
                    None => {
                        self.places.insert(object.meta().uid.clone(), self.pending.len());
                    }
                },
                Step::Deleted(_, uid) => {
                    self.places.remove(uid);
                }
                Step::Listed(_) | Step::ListedIn(..) => self.places.clear(),
            }
        }
        self.pending.push(T::delta(self.kind, step));
    }

    /// Tells how well the kind is heard, if that is news.
    pub(super) fn health(&mut self, health: Health) {
        if self.told.as_ref() == Some(&health) {
            return;
        }
        self.told = Some(health.clone());
        match self.pending.last_mut() {
            // Progress that nobody has seen yet is replaced by later progress.
            Some(
                Delta::Health(_, waiting @ Health::Loading { .. })
                | Delta::HealthIn(_, _, waiting @ Health::Loading { .. }),
            ) if matches!(health, Health::Loading { .. }) => {
                *waiting = health;
            }
            _ => self.pending.push(Delta::health(self.kind, self.within.as_ref(), health)),
        }
    }

    /// What was told last.
    pub(super) fn told(&self) -> Option<&Health> {
        self.told.as_ref()
    }

    pub(super) fn skipped(&mut self, mut skipped: Skipped) {
        skipped.within = self.within.clone();
        self.pending.push(Delta::Skipped(self.kind, skipped));
    }

    /// Tells what an answer told of the server's clock.
    pub(super) fn clock(&mut self, reading: ClockReading) {
        self.pending.push(Delta::Clock(reading));
    }

    /// Enough has gathered to be handed over.
    pub(super) fn full(&self) -> bool {
        self.pending.len() >= BATCH
    }

    /// Hands over what waits, if the receiver has room; waits for room only when too much has gathered.
    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.pending.len() >= MOST {
            return self.deliver().await;
        }
        match self.to.try_reserve() {
            Ok(place) => {
                place.send(std::mem::take(&mut self.pending));
                self.behind = false;
                self.places.clear();
                Ok(())
            }
            Err(mpsc::error::TrySendError::Full(())) => {
                self.behind = true;
                Ok(())
            }
            Err(mpsc::error::TrySendError::Closed(())) => Err(Gone),
        }
    }

    /// Hands over what waits, however long the receiver takes.
    pub(super) async fn deliver(&mut self) -> Result<(), Gone> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let place = self.to.reserve().await.map_err(|_| Gone)?;
        place.send(std::mem::take(&mut self.pending));
        self.behind = false;
        self.places.clear();
        Ok(())
    }

    /// How many deltas wait to be handed over.
    pub(super) fn waiting(&self) -> usize {
        self.pending.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Key, Namespace};

    fn object(uid: &str, terminating: bool) -> Namespace {
        let mut object = Namespace { terminating, ..Namespace::default() };
        object.meta.uid = uid.into();
        object.meta.key = Key::new("", uid);
        object
    }

    #[tokio::test]
    async fn every_step_is_handed_over_while_the_program_keeps_up() {
        let (to, mut from) = mpsc::channel(1);
        let mut out = Outbox::new(to, Kind::Namespace, None);
        out.step(Step::Applied(object("a", false)));
        out.step(Step::Applied(object("a", true)));
        out.flush().await.unwrap();
        assert_eq!(from.recv().await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_later_state_replaces_one_that_waits_and_a_deletion_never_does() {
        let (to, mut from) = mpsc::channel(1);
        let mut out = Outbox::new(to, Kind::Namespace, None);
        out.health(Health::Live);
        out.flush().await.unwrap();
        for _ in 0..2 {
            out.step(Step::Applied(object("a", false)));
            out.flush().await.unwrap();
        }
        for _ in 0..1000 {
            out.step(Step::Applied(object("b", false)));
            out.step(Step::Applied(object("a", true)));
        }
        out.step::<Namespace>(Step::Deleted(Key::new("", "a"), "a".into()));
        out.step(Step::Applied(object("a", false)));
        from.recv().await.unwrap();
        out.flush().await.unwrap();
        let batch = from.recv().await.unwrap();
        let expected = [
            Delta::Namespace(Step::Applied(object("a", false))),
            Delta::Namespace(Step::Applied(object("a", true))),
            Delta::Namespace(Step::Applied(object("b", false))),
            Delta::Namespace(Step::Deleted(Key::new("", "a"), "a".into())),
            Delta::Namespace(Step::Applied(object("a", false))),
        ];
        assert_eq!(batch, expected);
    }
}
