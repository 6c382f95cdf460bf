//! Which rows there are: the store, what is open and what is looked for become a list of lines; where the cursor goes
//! when its line vanishes.
//!
//! Only Services that are open have their rows computed; a closed Service costs one entry. To add a level: a variant
//! in [`Leaf`] or [`Branch`], and its lines in `lines`.

mod filter;
mod lines;
mod node;
mod order;

pub use filter::Filter;
pub use lines::{Body, Line};
pub use node::{Branch, Leaf, Node};

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::churn::Marks;
use crate::model::{Key, Time};
use crate::store::{Change, Edit, RowId, Severity, Store};

/// A Service (or a name that only slices give) and how many lines it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    key: Key,
    lines: usize,
}

/// What is shown of the tree.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// What is looked for.
    pub filter: Filter,
    /// Only what needs attention.
    pub faults_only: bool,
    /// Slices are a level of their own.
    pub slices: bool,
    open: HashSet<Node>,
    /// Ports and slices are open unless closed by hand.
    shut: HashSet<Node>,
    items: Vec<Item>,
    total: usize,
    /// Services of which only what is inside matches the filter: shown open.
    inside: BTreeSet<Key>,
    orders: BTreeMap<Key, Vec<RowId>>,
    stale: bool,
}

/// Services that a filter opens by itself, at most.
const OPENED_BY_FILTER: usize = 100;

impl Outline {
    /// Something other than the store changed: everything is worked out anew at the next refresh.
    pub fn touch(&mut self) {
        self.stale = true;
    }

    /// Whether a line is open.
    pub fn is_open(&self, node: &Node) -> bool {
        match (&node.leaf, &node.row, &node.branch) {
            (Leaf::None, None, Branch::Port(_) | Branch::Slice(_)) => !self.shut.contains(node),
            (Leaf::None, None, Branch::None) => self.open.contains(node) || self.inside.contains(&node.service),
            (Leaf::None | Leaf::Pod | Leaf::Container(_), _, _) => self.open.contains(node),
        }
    }

    /// Opens or closes a line.
    pub fn set_open(&mut self, node: &Node, open: bool) {
        let by_default = node.row.is_none() && node.branch != Branch::None;
        let set = if by_default { &mut self.shut } else { &mut self.open };
        if open == by_default {
            set.remove(node);
        } else {
            set.insert(node.clone());
        }
        if !open && node.is_service() {
            self.inside.remove(&node.service);
            self.orders.remove(&node.service);
        }
        self.stale = true;
    }

    /// Closes everything.
    pub fn close_all(&mut self) {
        self.open.clear();
        self.shut.clear();
        self.orders.clear();
        self.stale = true;
    }

    /// Opens every Service.
    pub fn open_all(&mut self) {
        let services = self.items.iter().map(|item| Node::service(item.key.clone()));
        self.open.extend(services);
        self.stale = true;
    }

    /// Brings the list up to date after a batch. Rows of the Service that holds the cursor keep their order.
    pub fn refresh(&mut self, store: &Store, marks: &Marks, now: Time, changes: &[Change], cursor: Option<&Node>) {
        let listed = changes.iter().any(|change| match &change.edit {
            Edit::Service(_) | Edit::Slice(_) => true,
            Edit::Row(_) | Edit::Pod(_) => self.filter.is_some() || self.faults_only,
            Edit::Node(_) | Edit::Namespace(_) => false,
        });
        if self.stale || listed {
            self.list(store);
            self.stale = false;
        }
        let held = cursor.map(|node| &node.service);
        let mut items = std::mem::take(&mut self.items);
        items.iter_mut().for_each(|item| item.lines = 1);
        let opened = self.open.iter().filter(|node| node.is_service()).map(|node| node.service.clone());
        let opened: BTreeSet<Key> = opened.chain(self.inside.iter().cloned()).collect();
        for key in opened {
            if let Ok(at) = items.binary_search_by(|item| item.key.cmp(&key)) {
                items[at].lines = self.count(store, marks, now, &key, held);
            }
        }
        self.total = items.iter().map(|item| item.lines).sum();
        self.items = items;
    }

    /// Which Services are there.
    fn list(&mut self, store: &Store) {
        let ghosts = store.missing_services();
        let all = store.services().map(|service| service.meta.key.clone()).chain(ghosts);
        self.inside.clear();
        let keys: Vec<Key> = if self.filter.is_some() {
            let matched = self.filter.services(store);
            if matched.inside.len() <= OPENED_BY_FILTER {
                self.inside = matched.inside.clone();
            }
            all.filter(|key| matched.whole.contains(key) || matched.inside.contains(key)).collect()
        } else {
            all.collect()
        };
        let faulty = |key: &Key| store.summary(key).severity >= Severity::Warn;
        let mut items: Vec<Item> =
            keys.into_iter().filter(|key| !self.faults_only || faulty(key)).map(|key| Item { key, lines: 1 }).collect();
        items.sort_by(|a, b| a.key.cmp(&b.key));
        items.dedup();
        self.items = items;
    }

    fn count(&mut self, store: &Store, marks: &Marks, now: Time, key: &Key, held: Option<&Key>) -> usize {
        self.reorder(store, marks, now, key, held == Some(key));
        1 + self.below(store, marks, now, key).len()
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.total
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// How many Services are listed.
    pub fn services(&self) -> usize {
        self.items.len()
    }

    /// `count` lines from line `first` on.
    pub fn window(&self, store: &Store, marks: &Marks, now: Time, first: usize, count: usize) -> Vec<Line> {
        let mut lines = Vec::with_capacity(count);
        let mut start = 0;
        for item in &self.items {
            let end = start + item.lines;
            if end > first && start < first + count {
                let whole = self.lines_of(store, marks, now, item);
                let skip = first.saturating_sub(start);
                lines.extend(whole.into_iter().skip(skip).take(count - lines.len()));
            }
            if end >= first + count {
                break;
            }
            start = end;
        }
        lines
    }

    fn lines_of(&self, store: &Store, marks: &Marks, now: Time, item: &Item) -> Vec<Line> {
        let mut lines = vec![self.service_line(&item.key)];
        if item.lines > 1 {
            lines.extend(self.below(store, marks, now, &item.key));
        }
        lines
    }

    /// The line at a place.
    pub fn line(&self, store: &Store, marks: &Marks, now: Time, at: usize) -> Option<Line> {
        self.window(store, marks, now, at, 1).pop()
    }

    /// Where a line stands.
    pub fn place(&self, store: &Store, marks: &Marks, now: Time, node: &Node) -> Option<usize> {
        let at = self.items.binary_search_by(|item| item.key.cmp(&node.service)).ok()?;
        let before: usize = self.items[..at].iter().map(|item| item.lines).sum();
        if node.is_service() {
            return Some(before);
        }
        let lines = self.lines_of(store, marks, now, &self.items[at]);
        lines.iter().position(|line| line.node == *node).map(|within| before + within)
    }

    /// The nearest ancestor of a line that is still there, else the place it stood at.
    pub fn nearest(&self, store: &Store, marks: &Marks, now: Time, node: &Node, stood: usize) -> usize {
        let mut node = node.clone();
        while !node.is_service() {
            if let Some(place) = self.place(store, marks, now, &node) {
                return place;
            }
            // A vanished row gives way to its neighbour, which now stands where it stood.
            if node.leaf == Leaf::None && node.row.is_some() {
                let neighbour = self.line(store, marks, now, stood.min(self.total.saturating_sub(1)));
                if neighbour.is_some_and(|line| line.node.service == node.service && line.node.row.is_some()) {
                    return stood.min(self.total.saturating_sub(1));
                }
            }
            node = node.parent();
        }
        self.place(store, marks, now, &node).unwrap_or(stood).min(self.total.saturating_sub(1))
    }
}
