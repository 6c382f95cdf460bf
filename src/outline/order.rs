//! The order of rows below a Service: broken first, then by address; never changed under the cursor.

use std::collections::HashMap;

use super::Outline;
use crate::churn::Marks;
use crate::model::{Key, Time};
use crate::store::{Row, RowId, Store, broken_first};

impl Outline {
    /// Brings the order of a Service's rows up to date. While the cursor stands in it, known rows keep their places and
    /// new ones come after the row that they would follow.
    pub(super) fn reorder(&mut self, store: &Store, marks: &Marks, now: Time, key: &Key, held: bool) {
        let rows = rows_with_graves(store, marks, now, key);
        let mut sorted: Vec<&Row> = rows.iter().map(|(row, _)| row).collect();
        sorted.sort_by(|a, b| broken_first(a, b));
        let wanted: Vec<RowId> = sorted.iter().map(|row| row.id.clone()).collect();
        let order = match self.orders.remove(key) {
            Some(known) if held => merge(known, wanted),
            Some(_) | None => wanted,
        };
        self.orders.insert(key.clone(), order);
    }

    /// The rows of a Service with its tombstones, in order; a tombstone comes with the time it went.
    pub(super) fn ordered(&self, store: &Store, marks: &Marks, now: Time, key: &Key) -> Vec<(Row, Option<Time>)> {
        let mut rows = rows_with_graves(store, marks, now, key);
        let order = self.orders.get(key).map(Vec::as_slice).unwrap_or_default();
        let places: HashMap<&RowId, usize> = order.iter().enumerate().map(|(place, id)| (id, place)).collect();
        rows.sort_by_key(|(row, _)| places.get(&row.id).copied().unwrap_or(usize::MAX));
        rows
    }
}

fn rows_with_graves(store: &Store, marks: &Marks, now: Time, key: &Key) -> Vec<(Row, Option<Time>)> {
    let mut rows: Vec<(Row, Option<Time>)> = store.rows(key).into_iter().map(|row| (row, None)).collect();
    rows.extend(marks.tombstones(key, now).map(|(row, at)| (row.clone(), Some(at))));
    rows
}

/// `known` without what is gone, with what is new put after its predecessor in `wanted`.
fn merge(known: Vec<RowId>, wanted: Vec<RowId>) -> Vec<RowId> {
    let mut merged: Vec<RowId> = known.into_iter().filter(|id| wanted.contains(id)).collect();
    for (at, id) in wanted.iter().enumerate() {
        if merged.contains(id) {
            continue;
        }
        let after = wanted[..at].iter().rev().find_map(|before| merged.iter().position(|known| known == before));
        merged.insert(after.map_or(0, |place| place + 1), id.clone());
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &str) -> Vec<RowId> {
        names.chars().map(|name| RowId::Name(name.to_string().into())).collect()
    }

    #[test]
    fn known_rows_keep_their_places_and_new_ones_follow_their_predecessor() {
        assert_eq!(merge(ids("abc"), ids("cba")), ids("abc"));
        assert_eq!(merge(ids("abc"), ids("axc")), ids("axc"));
        assert_eq!(merge(ids("ab"), ids("xab")), ids("xab"));
        assert_eq!(merge(ids(""), ids("ba")), ids("ba"));
    }
}
