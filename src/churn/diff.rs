//! What differs between two moments, Service by Service.

use std::collections::BTreeMap;

use super::Stage;
use crate::model::Key;
use crate::store::{Row, RowId, Store};

/// One Service at two moments.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceDiff {
    /// The Service.
    pub service: Key,
    /// Whether there was such a Service, and whether there is.
    pub exists: (bool, bool),
    /// Whether the Service object itself differs.
    pub edited: bool,
    /// Rows that a slice holds now and did not hold, or that are selected now and were not.
    pub joined: Vec<Row>,
    /// Rows that are gone.
    pub left: Vec<Row>,
    /// Rows that differ, before and after.
    pub changed: Vec<(Row, Row)>,
}

/// All Services that differ between two stores, by key: those that exist in either, and names that only slices give.
pub fn diff(before: &Store, after: &Store) -> Vec<ServiceDiff> {
    before.differing(after).into_iter().filter_map(|key| service(key, before, after)).collect()
}

fn service(key: Key, before: &Store, after: &Store) -> Option<ServiceDiff> {
    let by_id = |store: &Store| -> BTreeMap<RowId, Row> {
        store.rows(&key).into_iter().map(|row| (row.id.clone(), row)).collect()
    };
    let (was, is) = (before.service(&key), after.service(&key));
    let (mut old, new) = (by_id(before), by_id(after));
    let (mut joined, mut changed, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for (id, row) in new {
        match old.remove(&id) {
            None => joined.push(row),
            Some(held) => match (Stage::of(Some(&held)).in_slice(), Stage::of(Some(&row)).in_slice()) {
                (false, true) => joined.push(row),
                (true, false) => left.push(held),
                (true, true) | (false, false) if differs(&held, &row) => changed.push((held, row)),
                (true, true) | (false, false) => {}
            },
        }
    }
    left.extend(old.into_values());
    let edited = was.is_some() && is.is_some() && was != is;
    let exists = (was.is_some(), is.is_some());
    let same = exists.0 == exists.1 && !edited && joined.is_empty() && left.is_empty() && changed.is_empty();
    (!same).then_some(ServiceDiff { service: key, exists, edited, joined, left, changed })
}

/// A new version of the same pod alone is no difference.
fn differs(old: &Row, new: &Row) -> bool {
    old.members != new.members || old.selected != new.selected || old.word != new.word || old.ports != new.ports
}
