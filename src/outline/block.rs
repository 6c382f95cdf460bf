//! The lines below one Service: rows joined and ordered once, lines made only for those that are looked at.

use std::sync::Arc;

use super::folds::Below;
use super::order::{Shown, ordered};
use super::{Body, Branch, Filter, Leaf, Line, Node, World};
use crate::model::{Key, ServiceKind, Slice, Text};
use crate::store::{Row, RowId};

/// A line, as places in the block: a branch or none, a row or none, a level below the row.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    branch: Option<u32>,
    row: Option<u32>,
    leaf: Level,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Level {
    Row,
    Pod,
    Container(u32),
}

#[derive(Clone, Debug, PartialEq)]
struct Limb {
    branch: Branch,
    slice: Option<Arc<Slice>>,
    /// `None` where no row is below.
    open: Option<bool>,
}

/// How a block is made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recipe<'a> {
    /// Slices are a level of their own.
    pub(super) slices: bool,
    /// Only rows that this finds.
    pub(super) filter: Option<&'a Filter>,
    /// What is open.
    pub(super) below: Option<&'a Below>,
    /// The order that rows had.
    pub(super) known: Option<&'a [RowId]>,
}

/// The lines below a Service.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Block {
    rows: Vec<Shown>,
    limbs: Vec<Limb>,
    entries: Vec<Entry>,
    /// Rows stand in the order that they would have from scratch.
    pub(super) settled: bool,
}

impl Block {
    pub(super) fn new(world: World<'_>, service: &Key, recipe: Recipe<'_>) -> Self {
        let mut block = Self { settled: true, ..Self::default() };
        if service.name.is_empty() {
            block.unbound(world, service);
            return block;
        }
        (block.rows, block.settled) = ordered(world, service, recipe.known);
        if let Some(filter) = recipe.filter {
            let own = filter.service(service, world.store.service(service).map(AsRef::as_ref));
            block.rows.retain(|(row, _)| filter.shows(own, row));
        }
        let ports = ports(world, service);
        if recipe.slices {
            block.by_slice(world, service, recipe.below);
        } else if ports > 1 {
            for port in 0..ports {
                let all: Vec<u32> = block.all().collect();
                block.limb(Branch::Port(port), None, &all, recipe.below);
            }
        } else {
            for row in block.all() {
                block.row(None, row, recipe.below);
            }
        }
        block
    }

    fn all(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Slices that name no Service: nothing below them is joined.
    fn unbound(&mut self, world: World<'_>, service: &Key) {
        let slices = world.store.unbound_slices();
        for slice in slices.filter(|slice| slice.meta.key.namespace == service.namespace) {
            self.limb(Branch::Slice(slice.meta.key.name.clone()), Some(slice), &[], None);
        }
    }

    fn by_slice(&mut self, world: World<'_>, service: &Key, below: Option<&Below>) {
        let mut held = vec![false; self.rows.len()];
        for slice in world.store.slices_of(service) {
            let name = &slice.meta.key.name;
            let inside: Vec<u32> = self.all().filter(|row| self.stands_in(*row, name)).collect();
            for row in &inside {
                held[*row as usize] = true;
            }
            self.limb(Branch::Slice(name.clone()), Some(slice), &inside, below);
        }
        // Selected pods that no slice holds, and tombstones of rows whose slice is gone.
        for row in self.all().filter(|row| !held[*row as usize]) {
            self.row(None, row, below);
        }
    }

    fn stands_in(&self, row: u32, slice: &Text) -> bool {
        self.rows[row as usize].0.members.iter().any(|member| member.slice == *slice)
    }

    fn limb(&mut self, branch: Branch, slice: Option<&Arc<Slice>>, rows: &[u32], below: Option<&Below>) {
        let open = below.is_none_or(|below| below.branch(&branch));
        let at = u32::try_from(self.limbs.len()).unwrap_or(u32::MAX);
        let fold = (!rows.is_empty()).then_some(open);
        self.limbs.push(Limb { branch, slice: slice.cloned(), open: fold });
        self.entries.push(Entry { branch: Some(at), row: None, leaf: Level::Row });
        if open {
            for row in rows {
                self.row(Some(at), *row, below);
            }
        }
    }

    fn branch(&self, at: Option<u32>) -> &Branch {
        at.map_or(&Branch::None, |at| &self.limbs[at as usize].branch)
    }

    fn row(&mut self, branch: Option<u32>, at: u32, below: Option<&Below>) {
        let (row, gone) = &self.rows[at as usize];
        let pod = row.target.pod().filter(|_| gone.is_none()).map_or(0, |pod| 1 + pod.containers.len());
        let name = self.branch(branch);
        let containers = match below {
            Some(below) if pod > 0 && below.row(name, &row.id) => {
                Some(if below.pod(name, &row.id) { pod - 1 } else { 0 })
            }
            Some(_) | None => None,
        };
        self.entries.push(Entry { branch, row: Some(at), leaf: Level::Row });
        let Some(containers) = containers else { return };
        self.entries.push(Entry { branch, row: Some(at), leaf: Level::Pod });
        let containers = 0..u32::try_from(containers).unwrap_or(0);
        self.entries.extend(containers.map(|at_pod| Entry { branch, row: Some(at), leaf: Level::Container(at_pod) }));
    }

    /// How many lines there are below the Service.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The order of its rows.
    pub(super) fn order(&self) -> Vec<RowId> {
        self.rows.iter().map(|(row, _)| row.id.clone()).collect()
    }

    /// The identity of the line at a place.
    fn node(&self, service: &Key, entry: Entry) -> Node {
        let row = entry.row.map(|at| &self.rows[at as usize].0);
        let leaf = match (entry.leaf, row.and_then(|row| row.target.pod())) {
            (Level::Container(at), Some(pod)) => {
                Leaf::Container(pod.containers.get(at as usize).map(|found| found.name.clone()).unwrap_or_default())
            }
            (Level::Pod, _) => Leaf::Pod,
            (Level::Row | Level::Container(_), _) => Leaf::None,
        };
        Node {
            service: service.clone(),
            branch: self.branch(entry.branch).clone(),
            row: row.map(|row| row.id.clone()),
            leaf,
        }
    }

    /// The line at a place.
    pub(super) fn line(&self, service: &Key, at: usize, below: Option<&Below>) -> Option<Line> {
        let entry = *self.entries.get(at)?;
        let node = self.node(service, entry);
        let outer = u16::from(entry.branch.is_some());
        let (depth, open, body) = match (entry.row, entry.leaf) {
            (None, _) => {
                let limb = &self.limbs[entry.branch? as usize];
                let body = match (&limb.slice, &limb.branch) {
                    (Some(slice), _) => Body::Slice(Arc::clone(slice)),
                    (None, Branch::Port(port)) => Body::Port(*port),
                    (None, Branch::None | Branch::Slice(_)) => return None,
                };
                (1, limb.open, body)
            }
            (Some(row), Level::Row) => {
                let (row, gone) = &self.rows[row as usize];
                let opens = gone.is_none() && row.target.pod().is_some();
                let open = opens.then(|| below.is_some_and(|below| below.row(&node.branch, &row.id)));
                (outer + 1, open, Body::Row { row: Arc::clone(row), gone: *gone })
            }
            (Some(row), level @ (Level::Pod | Level::Container(_))) => {
                let row: &Row = &self.rows[row as usize].0;
                let pod = Arc::clone(row.target.pod()?);
                match level {
                    Level::Container(at) => (outer + 3, None, Body::Container(pod, at as usize)),
                    Level::Row | Level::Pod => {
                        let open = below.is_some_and(|below| below.pod(&node.branch, &row.id));
                        (outer + 2, (!pod.containers.is_empty()).then_some(open), Body::Pod(pod))
                    }
                }
            }
        };
        Some(Line { node, depth, open, body })
    }

    /// Where a line stands, counted from the one after the Service's.
    pub(super) fn place(&self, node: &Node) -> Option<usize> {
        let mut candidates = self.entries.iter().enumerate().filter(|(_, entry)| {
            let row = entry.row.map(|at| &self.rows[at as usize].0.id);
            row == node.row.as_ref() && *self.branch(entry.branch) == node.branch
        });
        candidates.find(|(_, entry)| self.node(&node.service, **entry).leaf == node.leaf).map(|(at, _)| at)
    }

    /// The rows of the same branch, nearest first, those that follow before those that precede.
    pub(super) fn neighbours(&self, node: &Node) -> Vec<Node> {
        let Some(at) = self.place(&Node { leaf: Leaf::None, ..node.clone() }) else { return Vec::new() };
        let limb = self.entries[at].branch;
        let rows = |entry: &&Entry| entry.branch == limb && entry.row.is_some() && entry.leaf == Level::Row;
        let after = self.entries[at + 1..].iter().filter(rows);
        let before = self.entries[..at].iter().rev().filter(rows);
        after.chain(before).map(|entry| self.node(&node.service, *entry)).collect()
    }
}

/// Ports that are levels of their own.
fn ports(world: World<'_>, service: &Key) -> usize {
    let service = world.store.service(service).filter(|service| service.kind != ServiceKind::ExternalName);
    service.map_or(0, |service| service.ports.len())
}

/// How many lines are below a Service by slices while nothing below it was opened or closed by hand. `None` where it has
/// tombstones, which may stand in slices that are gone.
pub(super) fn plain_length_by_slice(world: World<'_>, service: &Key) -> Option<usize> {
    let mourned = world.marks.tombstones(service, world.now).next().is_some();
    (!mourned).then(|| world.store.slices_of(service).count() + world.store.summary(service).placed)
}

/// How many lines are below a Service while nothing below it was opened or closed by hand.
pub(super) fn plain_length(world: World<'_>, service: &Key) -> usize {
    let rows = world.store.summary(service).rows + world.marks.tombstones(service, world.now).count();
    match ports(world, service) {
        0 | 1 => rows,
        ports => ports * (1 + rows),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::churn::Marks;
    use crate::model::Time;
    use crate::store::Store;
    use crate::store::tests::{any_delta, keys, live};

    proptest! {
        #[test]
        fn what_is_counted_is_what_would_be_built(deltas in prop::collection::vec(any_delta(), 0..20)) {
            let mut store = Store::new();
            store.apply(Time(0), live());
            store.apply(Time(1), deltas);
            let world = World { store: &store, marks: &Marks::default(), now: Time(1) };
            for key in keys() {
                let built = |slices| Block::new(world, &key, Recipe { slices, below: Some(&Below::default()), ..Recipe::default() });
                prop_assert_eq!(plain_length(world, &key), built(false).len());
                prop_assert_eq!(plain_length_by_slice(world, &key), Some(built(true).len()));
            }
        }
    }
}
