//! What waits to be taken by the program: bounded, because a later state of an object replaces an earlier one.

use std::collections::HashMap;

use tokio::sync::mpsc;

use super::decode::Decode;
use crate::delta::{Delta, Health, Skipped, Step};
use crate::model::{Key, Uid};

/// Deltas in one batch before the sender must wait for the receiver.
const MOST: usize = 2048;

/// The sending end of one stream.
pub(super) struct Outbox {
    to: mpsc::Sender<Vec<Delta>>,
    pending: Vec<Delta>,
    /// Where the waiting state of an object stands in `pending`.
    places: HashMap<(Key, Uid), usize>,
}

/// The receiver is gone: nobody wants to know any more.
#[derive(Debug)]
pub(super) struct Gone;

impl Outbox {
    pub(super) fn new(to: mpsc::Sender<Vec<Delta>>) -> Self {
        Self { to, pending: Vec::new(), places: HashMap::new() }
    }

    pub(super) fn step<T: Decode>(&mut self, step: Step<T>) {
        match step {
            Step::Applied(object) => {
                let meta = object.meta();
                let identity = (meta.key.clone(), meta.uid.clone());
                let delta = T::delta(Step::Applied(object));
                if let Some(place) = self.places.get(&identity) {
                    self.pending[*place] = delta;
                } else {
                    self.places.insert(identity, self.pending.len());
                    self.pending.push(delta);
                }
            }
            Step::Deleted(key, uid) => {
                self.places.remove(&(key.clone(), uid.clone()));
                self.pending.push(T::delta(Step::Deleted(key, uid)));
            }
            Step::Listed(objects) => {
                self.places.clear();
                self.pending.push(T::delta(Step::Listed(objects)));
            }
        }
    }

    pub(super) fn health<T: Decode>(&mut self, health: Health) {
        self.pending.push(Delta::Health(T::KIND, health));
    }

    pub(super) fn skipped<T: Decode>(&mut self, skipped: Skipped) {
        self.pending.push(Delta::Skipped(T::KIND, skipped));
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
                self.places.clear();
                Ok(())
            }
            Err(mpsc::error::TrySendError::Full(())) => Ok(()),
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
        self.places.clear();
        Ok(())
    }

    /// Whether something waits that the receiver had no room for.
    pub(super) fn waits(&self) -> bool {
        !self.pending.is_empty()
    }
}
