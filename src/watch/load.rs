//! A list on its way: streamed on if it is the first, gathered if it must be applied as one difference.

use super::decode::Object;
use super::outbox::Outbox;
use crate::delta::{Skipped, Step};
use crate::model::{Key, Map};

/// A list on its way.
pub(super) struct Load<T> {
    /// Something is known already: gather everything, then apply it as one difference.
    again: bool,
    objects: Vec<T>,
    places: Map<Key, usize>,
    skipped: Vec<Skipped>,
    /// Objects received.
    pub(super) seen: u32,
    /// Something in it is gone, and nobody knows what.
    pub(super) doubtful: bool,
}

impl<T: Object> Load<T> {
    pub(super) fn new(again: bool) -> Self {
        Self { again, objects: Vec::new(), places: Map::default(), skipped: Vec::new(), seen: 0, doubtful: false }
    }

    /// Takes a step; within a list the same object may come more than once, its latest state counts.
    pub(super) fn take(&mut self, out: &mut Outbox, step: Step<T>) {
        if matches!(step, Step::Applied(_)) {
            self.seen = self.seen.saturating_add(1);
        }
        match step {
            Step::Applied(object) if self.again => {
                let key = &object.meta().key;
                if let Some(&place) = self.places.get(key) {
                    self.objects[place] = object;
                } else {
                    self.places.insert(key.clone(), self.objects.len());
                    self.objects.push(object);
                }
            }
            Step::Deleted(key, uid) if self.again => self.remove(&key, &uid),
            Step::Applied(_) | Step::Deleted(..) | Step::Listed(_) | Step::ListedIn(..) => out.step(step),
        }
    }

    fn remove(&mut self, key: &Key, uid: &crate::model::Uid) {
        let Some(&place) = self.places.get(key).filter(|&&place| self.objects[place].meta().uid == *uid) else {
            return;
        };
        self.places.remove(key);
        self.objects.swap_remove(place);
        if let Some(moved) = self.objects.get(place) {
            self.places.insert(moved.meta().key.clone(), place);
        }
    }

    /// An object of the list that could not be read.
    pub(super) fn skip(&mut self, out: &mut Outbox, skipped: Skipped) {
        self.seen = self.seen.saturating_add(1);
        if self.again {
            self.skipped.push(skipped);
        } else {
            out.skipped(skipped);
        }
    }

    /// The list is whole.
    pub(super) fn finish(self, out: &mut Outbox) {
        if self.again {
            out.step(Step::Listed(self.objects));
        }
        for skipped in self.skipped {
            out.skipped(skipped);
        }
    }
}
