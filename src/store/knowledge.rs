//! How well each kind is known.

use std::collections::VecDeque;

use super::{Cause, Store};
use crate::delta::{Health, Skipped};
use crate::model::Kind;

/// How many unreadable objects are kept by name.
const KEPT: usize = 8;

/// Objects of one kind that could not be read and are therefore not in the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skips {
    /// How many, since the last complete list.
    pub count: u32,
    /// The latest of them.
    pub latest: VecDeque<Skipped>,
}

/// What is known of the knowledge of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Knowledge {
    health: Health,
    ever_complete: bool,
    skips: Skips,
}

impl Knowledge {
    pub(super) fn hear(&mut self, health: Health) {
        self.ever_complete |= health.complete();
        self.health = health;
    }

    pub(super) fn skip(&mut self, skipped: Skipped) {
        self.skips.count = self.skips.count.saturating_add(1);
        self.skips.latest.push_back(skipped);
        if self.skips.latest.len() > KEPT {
            self.skips.latest.pop_front();
        }
    }

    /// A complete list starts the count anew.
    pub(super) fn listed(&mut self) {
        self.skips = Skips::default();
    }

    /// Why a single step comes now.
    pub(super) fn cause(&self) -> Cause {
        if self.ever_complete { Cause::Live } else { Cause::Load }
    }

    /// Why a complete list comes now.
    pub(super) fn list_cause(&self) -> Cause {
        if self.ever_complete { Cause::Relist } else { Cause::Load }
    }
}

impl Store {
    /// How well a kind is heard.
    pub fn health(&self, kind: Kind) -> &Health {
        &self.knowledge[kind.index()].health
    }

    /// Objects of a kind that could not be read.
    pub fn skips(&self, kind: Kind) -> &Skips {
        &self.knowledge[kind.index()].skips
    }

    /// Whether what is held of a kind is everything, so that "none" may be said.
    pub fn complete(&self, kind: Kind) -> bool {
        self.health(kind).complete()
    }

    /// Whether the first list of a kind is still on its way.
    pub fn arriving(&self, kind: Kind) -> bool {
        matches!(self.health(kind), Health::Waiting | Health::Loading { .. })
    }
}
