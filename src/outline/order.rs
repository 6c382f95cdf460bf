//! The order of rows below a Service: broken first, then by address; never changed under the cursor.

use std::sync::Arc;

use super::World;
use crate::model::{Key, Map, Time};
use crate::store::{Row, RowId, broken_first};

/// A row, and when it went if it is a tombstone.
pub(super) type Shown = (Arc<Row>, Option<Time>);

/// The rows of a Service with its tombstones, broken first. Where an order is `known`, rows in it keep their places and
/// new ones come after the row that they would follow. Also whether the order is the one it would have from scratch.
pub(super) fn ordered(world: World<'_>, service: &Key, known: Option<&[RowId]>) -> (Vec<Shown>, bool) {
    let rows = world.store.rows(service).into_iter().map(|row| (Arc::new(row), None));
    let graves = world.marks.tombstones(service, world.now).map(|(row, at)| (Arc::new(row.clone()), Some(at)));
    let mut rows: Vec<Shown> = rows.chain(graves).collect();
    rows.sort_by(|(a, _), (b, _)| broken_first(a, b));
    let Some(known) = known else { return (rows, true) };
    let wanted: Vec<&RowId> = rows.iter().map(|(row, _)| &row.id).collect();
    let places: Vec<usize> = merge(known, &wanted);
    let settled = places.is_sorted();
    if !settled {
        let mut placed: Vec<(usize, Shown)> = places.into_iter().zip(rows).collect();
        placed.sort_by_key(|(place, _)| *place);
        rows = placed.into_iter().map(|(_, row)| row).collect();
    }
    (rows, settled)
}

/// The place of each of `wanted` in an order that leaves those of `known` where they are and puts each new one after
/// its predecessor in `wanted`.
fn merge(known: &[RowId], wanted: &[&RowId]) -> Vec<usize> {
    let known: Map<&RowId, usize> = known.iter().enumerate().map(|(place, id)| (id, place + 1)).collect();
    // A new one stands behind a known one: the known one's place first, then the new ones' own order.
    let mut anchors: Vec<(usize, usize)> = Vec::with_capacity(wanted.len());
    let (mut anchor, mut behind) = (0, 0);
    for id in wanted {
        match known.get(id) {
            Some(place) => (anchor, behind) = (*place, 0),
            None => behind += 1,
        }
        anchors.push((anchor, behind));
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|at| anchors[*at]);
    let mut places = vec![0; wanted.len()];
    for (place, at) in order.into_iter().enumerate() {
        places[at] = place;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(known: &str, wanted: &str) -> String {
        let ids = |names: &str| -> Vec<RowId> {
            names.chars().map(|name| RowId::Name(name.to_string().as_str().into())).collect()
        };
        let (known, wanted_ids) = (ids(known), ids(wanted));
        let places = merge(&known, &wanted_ids.iter().collect::<Vec<_>>());
        let mut placed: Vec<(usize, char)> = places.into_iter().zip(wanted.chars()).collect();
        placed.sort_unstable();
        placed.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn known_rows_keep_their_places_and_new_ones_follow_their_predecessor() {
        assert_eq!(merged("abc", "cba"), "abc");
        assert_eq!(merged("abc", "axc"), "axc");
        assert_eq!(merged("ab", "xab"), "xab");
        assert_eq!(merged("", "ba"), "ba");
        assert_eq!(merged("abc", "cxyb"), "bcxy");
    }
}
