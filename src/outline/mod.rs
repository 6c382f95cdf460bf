//! Which rows there are: the store, what is open and what is looked for become a list of lines; where the cursor goes
//! when its line vanishes.
//!
//! Of each Service only the number of its lines is kept; the lines themselves are worked out for the Services in the
//! window, and anew only when something in them changed. What is kept is always what would be worked out from scratch,
//! but for the order of rows below the Service that holds the cursor. To add a level: a variant in [`Leaf`] or
//! [`Branch`], and its lines in `block`.

mod block;
mod filter;
mod folds;
mod items;
mod line;
mod node;
mod order;
mod search;

pub use filter::Filter;
pub use line::{Body, Line};
pub use node::{Branch, Leaf, Node};

use std::collections::BTreeMap;
use std::sync::Arc;

use self::block::Block;
use self::filter::Found;
use self::folds::Folds;
use self::items::Items;
use crate::churn::Marks;
use crate::model::{Key, Kind, Map, Service, Text, Time};
use crate::store::Store;

/// What lines are made of.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// What the cluster is.
    pub store: &'a Store,
    /// What changed a moment ago.
    pub marks: &'a Marks,
    /// It is now this late.
    pub now: Time,
}

/// What is shown of the tree.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    filter: Filter,
    faults_only: bool,
    slices: bool,
    selection: bool,
    folds: Folds,
    items: Items,
    /// Where the filter finds each Service, while there is one.
    found: Map<Key, Found>,
    /// How many of those are found with the help of a row.
    inside: usize,
    /// Services that went a moment ago.
    graves: BTreeMap<Key, (Arc<Service>, Time)>,
    /// Services below which tombstones stood.
    mourning: BTreeMap<Key, usize>,
    blocks: Map<Key, Block>,
    /// The lines around the cursor, as they were before the last change below its Service.
    before: Option<(Key, Block)>,
    /// Of how many streams of each kind everything was known.
    known: [usize; Kind::CORE.len()],
    stale: bool,
    resort: bool,
}

/// Services that a filter opens by itself, at most.
const OPENED_BY_FILTER: usize = 100;

impl Outline {
    /// What is looked for.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Looks for something else.
    pub fn look_for(&mut self, filter: Filter) {
        if filter != self.filter {
            self.folds.reopen();
            self.filter = filter;
            self.touch();
        }
    }

    /// Whether only what needs attention is shown.
    pub fn faults_only(&self) -> bool {
        self.faults_only
    }

    /// Shows everything, or only what needs attention.
    pub fn show_faults_only(&mut self, only: bool) {
        self.faults_only = only;
        self.touch();
    }

    /// Whether slices are a level of their own.
    pub fn slices(&self) -> bool {
        self.slices
    }

    /// Puts slices in as a level of their own, or takes them out.
    pub fn show_slices(&mut self, show: bool) {
        self.slices = show;
        self.touch();
    }

    /// Says that the Services held are but a selection: slices of others are then no orphans.
    pub fn select(&mut self, selection: bool) {
        self.selection = selection;
        self.touch();
    }

    /// Everything is worked out anew at the next refresh, the order of rows too.
    pub fn touch(&mut self) {
        self.stale = true;
        self.resort = true;
    }

    /// Puts these in place of the Services that went a moment ago: the moment shown is another one.
    pub fn mourn(&mut self, buried: impl IntoIterator<Item = (Arc<Service>, Time)>) {
        self.graves = buried.into_iter().map(|(service, at)| (service.meta.key.clone(), (service, at))).collect();
        self.touch();
    }

    /// Forgets what is open, and everything that it was made of.
    pub fn forget(&mut self) {
        *self = Self {
            filter: std::mem::take(&mut self.filter),
            faults_only: self.faults_only,
            slices: self.slices,
            selection: self.selection,
            stale: true,
            ..Self::default()
        };
    }

    /// Forgets everything that it was made of; what is open stays.
    pub fn restart(&mut self) {
        let folds = std::mem::take(&mut self.folds);
        self.forget();
        self.folds = folds;
    }

    /// Whether the lines below a Service are shown.
    fn shows_below(&self, service: &Key) -> bool {
        let automatic = || self.automatic() && self.found.get(service) == Some(&Found::Inside);
        self.folds.service(service).unwrap_or_else(automatic)
    }

    /// Whether Services in which the filter finds something are open.
    fn automatic(&self) -> bool {
        self.inside <= OPENED_BY_FILTER
    }

    /// Opens or closes a line; takes effect at the next refresh.
    pub fn set_open(&mut self, node: &Node, open: bool) {
        self.folds.set(node, open);
        self.items.dirty.insert(node.service.clone());
    }

    /// Closes all Services; what is open inside them stays so.
    pub fn close_all(&mut self) {
        self.folds.close_services();
        if self.filter.is_some() {
            for key in self.items.keys() {
                self.folds.set(&Node::service(key.clone()), false);
            }
        }
        self.touch();
    }

    /// Opens every Service.
    pub fn open_all(&mut self) {
        for key in self.items.keys() {
            self.folds.set(&Node::service(key.clone()), true);
        }
        self.touch();
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.items.total()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many Services are listed.
    pub fn services(&self) -> usize {
        self.items.len()
    }

    fn block<'a>(&'a self, world: World<'_>, service: &Key) -> std::borrow::Cow<'a, Block> {
        match self.blocks.get(service) {
            Some(block) => std::borrow::Cow::Borrowed(block),
            None => std::borrow::Cow::Owned(self.build(world, service, None)),
        }
    }

    fn service_line(&self, world: World<'_>, key: &Key) -> Line {
        let node = Node::service(key.clone());
        let body = match (world.store.service(key), self.graves.get(key)) {
            (Some(service), _) => Body::Service(Arc::clone(service)),
            (None, Some((service, at))) => Body::Gone(Arc::clone(service), *at),
            (None, None) if key.name.is_empty() => Body::Unbound,
            (None, None) => Body::Ghost,
        };
        let slices = || self.slices && world.store.slices_of(key).next().is_some();
        let empty = match body {
            Body::Service(_) => block::plain_length(world, key) == 0 && !slices(),
            Body::Gone(..) => block::plain_length(world, key) == 0,
            Body::Unbound | Body::Ghost | Body::Port(_) | Body::Slice(_) => false,
            Body::Row { .. } | Body::Pod(_) | Body::Container(..) => false,
        };
        let open = (!empty).then(|| self.shows_below(key));
        Line { node, depth: 0, open, body }
    }

    /// `count` lines from line `first` on.
    pub fn window(&self, world: World<'_>, first: usize, count: usize) -> Vec<Line> {
        let mut lines = Vec::with_capacity(count.min(self.len()));
        for (start, item) in self.items.crossing(first, count) {
            if start >= first {
                lines.push(self.service_line(world, &item.key));
            }
            if item.below == 0 {
                continue;
            }
            let block = self.block(world, &item.key);
            let below = self.folds.below(&item.key);
            let from = first.saturating_sub(start + 1);
            let wanted = from..item.below.min((first + count).saturating_sub(start + 1));
            lines.extend(wanted.filter_map(|at| block.line(&item.key, at, below)));
        }
        lines
    }

    /// The namespaces of the Services of which a line stands in a window, each perhaps several times.
    pub fn namespaces(&self, first: usize, count: usize) -> impl Iterator<Item = &Text> {
        self.items.crossing(first, count).map(|(_, item)| &item.key.namespace)
    }

    /// The line at a place.
    pub fn line(&self, world: World<'_>, at: usize) -> Option<Line> {
        self.window(world, at, 1).pop()
    }

    /// The place of the Service whose line, or a line below which, stands at a place; and of the next one.
    pub fn service_around(&self, at: usize) -> Option<(usize, usize)> {
        let (start, item) = self.items.crossing(at, 1).next()?;
        Some((start, start + 1 + item.below))
    }

    /// The nearest Service after or before a place that needs attention.
    pub fn fault_beside(&self, world: World<'_>, at: usize, forward: bool) -> Option<usize> {
        let mut faults = self.items.all().filter(|(_, item)| items::faulty(world, &item.key)).map(|(place, _)| place);
        if forward { faults.find(|place| *place > at) } else { faults.take_while(|place| *place < at).last() }
    }

    /// Where a line stands.
    pub fn place(&self, world: World<'_>, node: &Node) -> Option<usize> {
        let (before, item) = self.items.find(&node.service)?;
        if node.is_service() {
            return Some(before);
        }
        if item.below == 0 {
            return None;
        }
        self.block(world, &node.service).place(node).map(|within| before + 1 + within)
    }

    /// Where the cursor goes when its line vanishes: to what replaces it (its tombstone has the same identity), to the
    /// nearest row that was beside it, to what is above it, to the Service that stands there now.
    pub fn nearest(&self, world: World<'_>, node: &Node, stood: usize) -> usize {
        let last = self.len().saturating_sub(1);
        let mut node = node.clone();
        while !node.is_service() {
            if let Some(place) = self.place(world, &node) {
                return place;
            }
            if let (Leaf::None, Some(_), Some((service, before))) = (&node.leaf, &node.row, &self.before)
                && *service == node.service
            {
                let beside = before.neighbours(&node);
                if let Some(place) = beside.iter().find_map(|beside| self.place(world, beside)) {
                    return place;
                }
            }
            node = node.parent();
        }
        self.place(world, &node).unwrap_or_else(|| self.items.successor(&node.service).unwrap_or(stood)).min(last)
    }
}
