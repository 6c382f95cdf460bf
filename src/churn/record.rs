//! All that is kept of the past, within one budget.

use super::skew::Meter;
use super::{Dropped, History, Holders, Ledger, OutOfReach, Unrest};
use crate::model::{ClockReading, Time};
use crate::store::{Change, Store};

/// The past: what happened and why, what was, who held which address, and how restless each Service is.
#[derive(Clone, Debug)]
pub struct Past {
    /// What happened, and why.
    pub ledger: Ledger,
    /// What was.
    pub history: History,
    /// Who held which address.
    pub holders: Holders,
    /// How restless each Service is.
    pub unrest: Unrest,
    clock: Meter,
    newest: Time,
    budget: usize,
}

/// What the record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Bytes, estimated; at most the budget and a chunk of each part.
    pub bytes: usize,
    /// The budget in bytes.
    pub budget: usize,
    /// The earliest moment that can be gone to.
    pub reach: Option<Time>,
    /// Entries that were dropped.
    pub entries: Dropped,
    /// Versions of objects that were dropped.
    pub versions: u64,
}

impl Default for Past {
    fn default() -> Self {
        Self::new(Self::BUDGET)
    }
}

impl Past {
    /// 64 MB.
    pub const BUDGET: usize = 64_000_000;

    /// A record of at most so many bytes.
    pub fn new(budget: usize) -> Self {
        Self {
            ledger: Ledger::default(),
            history: History::default(),
            holders: Holders::default(),
            unrest: Unrest::default(),
            clock: Meter::default(),
            newest: Time(i64::MIN),
            budget,
        }
    }

    /// Takes in a batch: its changes, also if there are none, and the store after it.
    pub fn record(&mut self, at: Time, changes: &[Change], store: &Store) {
        // A clock that is set back must not put what comes now before what was.
        let at = at.max(self.newest);
        self.newest = at;
        self.history.record(at, changes, store);
        self.holders.record(at, changes, store);
        self.ledger.record(at, changes, store, &self.holders);
        self.unrest.record(at, changes, store);
        self.compact();
    }

    /// Takes in what an answer told of the server's clock; before the changes that came with it.
    pub fn measure(&mut self, at: Time, reading: ClockReading) {
        self.clock.take(at, reading);
        self.ledger.set_skew(self.clock.skew());
    }

    /// Entries, addresses and unrest get a part of the budget each; what they leave is the history's.
    fn compact(&mut self) {
        while self.unrest.bytes() > self.budget / 8 && self.unrest.compact() {}
        while self.holders.bytes() > self.budget / 8 && self.holders.compact() {}
        while self.ledger.bytes() > self.budget / 4 && self.ledger.compact() {}
        while self.bytes() > self.budget && self.history.compact() {}
    }

    /// The store as it was at `to`; `present` is the store as it is.
    ///
    /// # Errors
    /// The moment lies before what is remembered.
    pub fn rewind(&self, present: &Store, to: Time) -> Result<Store, OutOfReach> {
        self.history.rewind(present, to)
    }

    /// The budget in bytes.
    pub fn budget(&self) -> usize {
        self.budget
    }

    fn bytes(&self) -> usize {
        self.ledger.bytes() + self.history.bytes() + self.holders.bytes() + self.unrest.bytes()
    }

    /// What is held, and what is gone.
    pub fn size(&self) -> Size {
        Size {
            bytes: self.bytes(),
            budget: self.budget,
            reach: self.history.reach(),
            entries: self.ledger.dropped(),
            versions: self.history.dropped(),
        }
    }
}
