//! The list of Services with the number of lines below each, brought up to date by what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::block::{Block, Recipe, plain_length, plain_length_by_slice};
use super::filter::Found;
use super::{Node, Outline, World};
use crate::churn::Marks;
use crate::model::{Key, Kind, Service, Slice, Text};
use crate::store::{Cause, Change, Edit, Pair, RowId, Severity};

/// A Service, a name that only slices give, or the slices without one (then the name is empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) key: Key,
    pub(super) below: usize,
}

/// The Services by namespace and name; slices without a Service come last.
#[derive(Clone, Debug, Default)]
pub(super) struct Items {
    list: Vec<Item>,
    total: usize,
    /// Services whose lines must be counted anew.
    pub(super) dirty: BTreeSet<Key>,
}

/// Above so many changed Services at once the list is made anew.
const FEW: usize = 256;

fn rank(key: &Key) -> (bool, &Key) {
    (key.name.is_empty(), key)
}

impl Items {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn total(&self) -> usize {
        self.total
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.list.iter().map(|item| &item.key)
    }

    fn search(&self, key: &Key) -> Result<usize, usize> {
        self.list.binary_search_by(|item| rank(&item.key).cmp(&rank(key)))
    }

    /// The lines before a Service, and the Service.
    pub(super) fn find(&self, key: &Key) -> Option<(usize, &Item)> {
        let at = self.search(key).ok()?;
        Some((self.before(at), &self.list[at]))
    }

    /// The place of the first Service that comes after a key.
    pub(super) fn successor(&self, key: &Key) -> Option<usize> {
        let (Ok(at) | Err(at)) = self.search(key);
        (!self.list.is_empty()).then(|| self.before(at.min(self.list.len() - 1)))
    }

    fn before(&self, at: usize) -> usize {
        at + self.list[..at].iter().map(|item| item.below).sum::<usize>()
    }

    /// The Services of which a line stands in a window, each with the place of its own line.
    pub(super) fn crossing(&self, first: usize, count: usize) -> impl Iterator<Item = (usize, &Item)> {
        let end = first.saturating_add(count);
        self.all()
            .skip_while(move |(place, item)| place + item.below < first)
            .take_while(move |(place, _)| *place < end)
    }

    /// All Services, each with the place of its own line.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Item)> {
        let mut start = 0;
        self.list.iter().map(move |item| {
            let place = start;
            start += 1 + item.below;
            (place, item)
        })
    }

    /// Puts or removes a Service.
    fn set(&mut self, key: &Key, below: Option<usize>) {
        match (self.search(key), below) {
            (Ok(at), Some(below)) => {
                self.total = self.total - self.list[at].below + below;
                self.list[at].below = below;
            }
            (Ok(at), None) => {
                let item = self.list.remove(at);
                self.total -= 1 + item.below;
            }
            (Err(at), Some(below)) => {
                self.list.insert(at, Item { key: key.clone(), below });
                self.total += 1 + below;
            }
            (Err(_), None) => {}
        }
    }
}

/// The Services that a slice names or named.
fn named(pair: &Pair<Slice>) -> impl Iterator<Item = Key> {
    [&pair.old, &pair.new].into_iter().flatten().map(|slice| Key {
        namespace: slice.meta.key.namespace.clone(),
        name: slice.service_name().cloned().unwrap_or_default(),
    })
}

impl Outline {
    /// Brings the list up to date after a batch. Rows of the Service that holds the cursor keep their order.
    pub fn refresh(&mut self, world: World<'_>, changes: &[Change], cursor: Option<&Node>) {
        self.before = None;
        let known = Kind::CORE.map(|kind| world.store.heard(kind).filter(|(_, health)| health.complete()).count());
        if known != self.known {
            self.known = known;
            self.stale = true;
        }
        let loading = [Kind::Service, Kind::Slice, Kind::Pod].into_iter().any(|kind| world.store.arriving(kind));
        let mut dirty = std::mem::take(&mut self.items.dirty);
        for change in changes {
            match &change.edit {
                Edit::Service(pair) => {
                    self.bury(pair, change.cause, world);
                    dirty.insert(pair.key.clone());
                }
                Edit::Slice(pair) => dirty.extend(named(pair)),
                Edit::Row(edit) => {
                    dirty.insert(edit.service.clone());
                }
                // Rows are reported only once everything is known: until then any row may have changed.
                Edit::Pod(_) | Edit::Node(_) => {
                    if loading && (self.filter.is_some() || self.faults_only || !self.blocks.is_empty()) {
                        self.stale = true;
                    }
                }
                Edit::Namespace(_) | Edit::NetworkPolicy(_) | Edit::ServiceCidr(_) | Edit::Config(_) => {}
            }
        }
        let mourning: BTreeMap<Key, usize> =
            world.marks.mourned(world.now).map(|(key, count)| (key.clone(), count)).collect();
        let differs = |key: &&Key| self.mourning.get(*key) != mourning.get(*key);
        dirty.extend(self.mourning.keys().chain(mourning.keys()).filter(differs).cloned());
        self.mourning = mourning;
        self.graves.retain(|key, (_, at)| {
            let stays = world.now.0 - at.0 < Marks::LIFE && world.store.service(key).is_none();
            if !stays {
                dirty.insert(key.clone());
            }
            stays
        });
        dirty.retain(|key| world.store.shows(&key.namespace));
        let held = cursor.map(|node| &node.service);
        if self.stale || dirty.len() > FEW {
            self.anew(world, held);
        } else {
            let automatic = self.automatic();
            for key in &dirty {
                self.renew(world, key, held);
            }
            if self.automatic() != automatic {
                self.anew(world, held);
            }
            self.settle(world, held);
        }
    }

    fn bury(&mut self, pair: &Pair<Service>, cause: Cause, world: World<'_>) {
        if let (Some(old), None) = (&pair.old, &pair.new)
            && cause != Cause::Load
        {
            self.graves.insert(pair.key.clone(), (Arc::clone(old), world.now));
        }
    }

    /// Everything from scratch, but for the order under the cursor.
    fn anew(&mut self, world: World<'_>, held: Option<&Key>) {
        self.stale = false;
        let keep_order = !std::mem::take(&mut self.resort);
        let mut keys: Vec<Key> = world.store.services().map(|service| service.meta.key.clone()).collect();
        keys.extend(self.graves.keys().cloned());
        if self.orphans(world) {
            keys.extend(world.store.missing_services());
            let unbound = world.store.unbound_slices().map(|slice| slice.meta.key.namespace.clone());
            keys.extend(unbound.map(|namespace| Key { namespace, name: Text::default() }));
        }
        keys.retain(|key| world.store.shows(&key.namespace));
        keys.sort_by(|a, b| rank(a).cmp(&rank(b)));
        keys.dedup();
        if self.filter.is_some() {
            self.found = self.filter.search(world.store, &keys);
            self.inside = self.found.values().filter(|found| **found == Found::Inside).count();
            keys.retain(|key| self.found.contains_key(key));
        } else {
            self.found.clear();
        }
        if self.faults_only {
            keys.retain(|key| faulty(world, key));
        }
        let order = held.filter(|_| keep_order).and_then(|key| self.blocks.get(key)).map(Block::order);
        let blocks = std::mem::take(&mut self.blocks);
        self.before = held.and_then(|key| Some((key.clone(), blocks.get(key)?.clone())));
        if let (Some(key), Some(order)) = (held, order) {
            let block = self.build(world, key, Some(&order));
            self.blocks.insert(key.clone(), block);
        }
        let list: Vec<Item> = keys.into_iter().map(|key| Item { below: self.count(world, &key), key }).collect();
        let total = list.iter().map(|item| 1 + item.below).sum();
        self.items = Items { list, total, dirty: BTreeSet::new() };
    }

    /// One Service anew.
    fn renew(&mut self, world: World<'_>, key: &Key, held: Option<&Key>) {
        if self.filter.is_some() {
            let was = match self.filter.find(world.store, key).filter(|_| self.exists(world, key)) {
                Some(found) => {
                    self.inside += usize::from(found == Found::Inside);
                    self.found.insert(key.clone(), found)
                }
                None => self.found.remove(key),
            };
            self.inside -= usize::from(was == Some(Found::Inside));
        }
        if let Some(old) = self.blocks.remove(key) {
            let known = (held == Some(key)).then(|| old.order());
            let block = self.build(world, key, known.as_deref());
            self.blocks.insert(key.clone(), block);
            if held == Some(key) {
                self.before = Some((key.clone(), old));
            }
        }
        let below = self.listed(world, key).then(|| self.count(world, key));
        self.items.set(key, below);
    }

    /// Rows that the cursor has left take the order that they should have.
    fn settle(&mut self, world: World<'_>, held: Option<&Key>) {
        let left = self.blocks.iter().filter(|(key, block)| !block.settled && held != Some(*key));
        let left: Vec<Key> = left.map(|(key, _)| key.clone()).collect();
        for key in left {
            let block = self.build(world, &key, None);
            self.blocks.insert(key, block);
        }
    }

    /// Whether slices without a Service can be told: not before the Services are there.
    fn orphans(&self, world: World<'_>) -> bool {
        !world.store.arriving(Kind::Service) && !self.selection
    }

    fn exists(&self, world: World<'_>, key: &Key) -> bool {
        if world.store.service(key).is_some() || self.graves.contains_key(key) {
            return true;
        }
        if !self.orphans(world) {
            return false;
        }
        if key.name.is_empty() {
            return world.store.unbound_slices().any(|slice| slice.meta.key.namespace == key.namespace);
        }
        world.store.slices_of(key).next().is_some()
    }

    fn listed(&self, world: World<'_>, key: &Key) -> bool {
        self.exists(world, key)
            && (!self.filter.is_some() || self.found.contains_key(key))
            && (!self.faults_only || faulty(world, key))
    }

    fn count(&self, world: World<'_>, key: &Key) -> usize {
        if !self.shows_below(key) {
            return 0;
        }
        if let Some(block) = self.blocks.get(key) {
            return block.len();
        }
        let plain = self.folds.below(key).is_none_or(super::folds::Below::plain);
        let filtered = self.found.get(key) == Some(&Found::Inside);
        if plain && !filtered && !key.name.is_empty() {
            let length = match self.slices {
                true => plain_length_by_slice(world, key),
                false => Some(plain_length(world, key)),
            };
            if let Some(length) = length {
                return length;
            }
        }
        self.build(world, key, None).len()
    }

    pub(super) fn build(&self, world: World<'_>, key: &Key, known: Option<&[RowId]>) -> Block {
        let filter = (self.found.get(key) == Some(&Found::Inside)).then_some(&self.filter);
        let recipe = Recipe { slices: self.slices, filter, below: self.folds.below(key), known };
        Block::new(world, key, recipe)
    }

    /// Keeps the lines of the Services in this window at hand, and of no others.
    pub fn show(&mut self, world: World<'_>, first: usize, count: usize) {
        let wanted: Vec<Key> = self
            .items
            .crossing(first, count)
            .filter(|(_, item)| item.below > 0)
            .map(|(_, item)| item.key.clone())
            .collect();
        self.blocks.retain(|key, _| wanted.contains(key));
        for key in wanted {
            if !self.blocks.contains_key(&key) {
                let block = self.build(world, &key, None);
                self.blocks.insert(key, block);
            }
        }
    }
}

/// Whether a Service needs attention.
pub(super) fn faulty(world: World<'_>, key: &Key) -> bool {
    world.store.service(key).is_none() || world.store.summary(key).severity >= Severity::Warn
}
