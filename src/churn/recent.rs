//! What changed a moment ago, now or at a moment that lies back: marks, tombstones, rate.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Marks, Past, Rate, Subject};
use crate::model::{Key, Map, Service, Time};
use crate::store::{Change, Edit, Pair, Row, RowEdit, RowId, Store};

/// Everything recent.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// Marks and tombstones.
    pub marks: Marks,
    /// Changes over time.
    pub rate: Rate,
    /// Services that had gone a moment before, and when; told only of a moment that lies back.
    pub buried: Vec<(Arc<Service>, Time)>,
}

impl Recent {
    /// Takes in a batch of changes.
    pub fn record(&mut self, at: Time, changes: &[Change]) {
        self.marks.record(at, changes);
        self.rate.record(at, changes);
    }
}

/// The rows of the Services that were asked for, by their identity.
struct Rows<'a> {
    store: &'a Store,
    of: Map<Key, Map<RowId, Row>>,
}

impl<'a> Rows<'a> {
    fn new(store: &'a Store) -> Self {
        Self { store, of: Map::default() }
    }

    fn get(&mut self, service: &Key, id: &RowId) -> Option<Row> {
        let rows = self
            .of
            .entry(service.clone())
            .or_insert_with(|| self.store.rows(service).into_iter().map(|row| (row.id.clone(), row)).collect());
        rows.get(id).cloned()
    }
}

impl Past {
    /// What had changed a moment before `at`; `then` is the store as it was at that moment. A row that came and went
    /// since leaves no mark: its content is not kept.
    pub fn recent(&self, then: &Store, at: Time) -> Recent {
        let mut recent = Recent::default();
        let Some(reach) = self.history.reach() else { return recent };
        let fresh = at.plus(-Marks::LIFE).max(reach);
        let Ok(before) = self.history.between(then, at, fresh) else { return recent };
        let (mut was, mut is) = (Rows::new(&before), Rows::new(then));
        let mut batches: BTreeMap<Time, Vec<Change>> = BTreeMap::new();
        for entry in self.ledger.after(at.plus(-Marks::MEMORY)).take_while(|entry| entry.at <= at) {
            if entry.on.namespace().is_some_and(|namespace| !then.shows(namespace)) {
                continue;
            }
            if let Subject::Row(..) = entry.on {
                recent.rate.count(entry.at, 1);
            }
            if entry.at <= fresh {
                recent.marks.note(entry.at, &entry.on, entry.heard);
                continue;
            }
            let edit = match &entry.on {
                Subject::Row(service, id) => {
                    let (old, new) = (was.get(service, id), is.get(service, id));
                    let some = old.is_some() || new.is_some();
                    some.then(|| Edit::Row(Box::new(RowEdit { service: service.clone(), old, new })))
                }
                Subject::Service(key) => pair(key, before.service(key), then.service(key)).map(Edit::Service),
                Subject::Slice(key) => pair(key, before.slice(key), then.slice(key)).map(Edit::Slice),
                Subject::Pod(..) | Subject::Node(_) => None,
            };
            batches.entry(entry.at).or_default().extend(edit.map(|edit| Change { cause: entry.heard, edit }));
        }
        for (at, changes) in batches {
            let gone = changes.iter().filter_map(|change| match &change.edit {
                Edit::Service(Pair { old: Some(old), new: None, .. }) => Some((Arc::clone(old), at)),
                Edit::Service(_)
                | Edit::Slice(_)
                | Edit::Pod(_)
                | Edit::Node(_)
                | Edit::Namespace(_)
                | Edit::NetworkPolicy(_)
                | Edit::ServiceCidr(_)
                | Edit::Config(_)
                | Edit::Row(_) => None,
            });
            recent.buried.extend(gone);
            recent.marks.record(at, &changes);
        }
        recent.marks.forget(at);
        recent
    }
}

fn pair<T>(key: &Key, old: Option<&Arc<T>>, new: Option<&Arc<T>>) -> Option<Pair<T>> {
    let some = old.is_some() || new.is_some();
    some.then(|| Pair { key: key.clone(), old: old.cloned(), new: new.cloned() })
}
