//! The columns of the tree.

use super::{Align, Column};
use crate::app::State;

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Name,
    Namespace,
    Address,
    Ready,
    Port,
    Pod,
    Node,
    Zone,
    Changed,
}

/// The columns for a state. When room is short, zone and node go first, then the address; the port's
/// column, in which reasons stand too, stays longer.
pub(super) fn columns(state: &State) -> Vec<(Topic, Column)> {
    let left = |title, min, ideal, grow, fold| Column { title, min, ideal, grow, fold, align: Align::Left };
    let mut columns = vec![(Topic::Name, left("NAME", 18, 28, 2, 0))];
    if state.session.scope.single().is_none() {
        columns.push((Topic::Namespace, left("NAMESPACE", 9, 14, 1, 3)));
    }
    columns.extend([
        (Topic::Address, left("ADDRESS", 15, 16, 1, 5)),
        (Topic::Ready, left("READY", 12, 13, 0, 0)),
        (Topic::Port, left("PORT → TARGET", 13, 24, 2, 4)),
        (Topic::Pod, left("POD", 12, 22, 3, 1)),
        (Topic::Node, left("NODE", 6, 10, 1, 6)),
        (Topic::Zone, left("ZONE", 4, 8, 0, 7)),
        (Topic::Changed, Column { title: "CHANGED", min: 7, ideal: 7, grow: 0, fold: 2, align: Align::Right }),
    ]);
    columns
}
