//! Which lines are open: Services, rows and pods are closed until opened, ports and slices open until closed.

use super::{Branch, Leaf, Node};
use crate::model::{Key, Map, Set};
use crate::store::RowId;

/// What is open below one Service.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Below {
    /// The Service itself was opened, or closed, by hand.
    itself: Option<bool>,
    /// Rows and pods that are open.
    open: Set<(Branch, RowId, bool)>,
    /// Ports and slices that are closed.
    shut: Set<Branch>,
}

impl Below {
    pub(super) fn row(&self, branch: &Branch, row: &RowId) -> bool {
        !self.open.is_empty() && self.open.contains(&(branch.clone(), row.clone(), false))
    }

    pub(super) fn pod(&self, branch: &Branch, row: &RowId) -> bool {
        !self.open.is_empty() && self.open.contains(&(branch.clone(), row.clone(), true))
    }

    pub(super) fn branch(&self, branch: &Branch) -> bool {
        !self.shut.contains(branch)
    }

    /// Whether ports, slices, rows and pods are as they are at first.
    pub(super) fn plain(&self) -> bool {
        self.open.is_empty() && self.shut.is_empty()
    }
}

/// What is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Folds {
    services: Map<Key, Below>,
}

impl Folds {
    pub(super) fn below(&self, service: &Key) -> Option<&Below> {
        self.services.get(service)
    }

    /// Whether a Service was opened or closed by hand.
    pub(super) fn service(&self, service: &Key) -> Option<bool> {
        self.services.get(service)?.itself
    }

    pub(super) fn set(&mut self, node: &Node, open: bool) {
        let below = self.services.entry(node.service.clone()).or_default();
        match (&node.row, &node.leaf) {
            (None, _) if node.branch == Branch::None => below.itself = Some(open),
            (None, _) if open => {
                below.shut.remove(&node.branch);
            }
            (None, _) => {
                below.shut.insert(node.branch.clone());
            }
            (Some(row), leaf) => {
                let entry = (node.branch.clone(), row.clone(), *leaf != Leaf::None);
                if open {
                    below.open.insert(entry);
                } else {
                    below.open.remove(&entry);
                }
            }
        }
    }

    /// Forgets which Services were opened or closed by hand; what is open inside them stays.
    pub(super) fn close_services(&mut self) {
        self.services.retain(|_, below| {
            below.itself = None;
            !below.plain()
        });
    }

    /// Forgets which Services were closed by hand.
    pub(super) fn reopen(&mut self) {
        for below in self.services.values_mut().filter(|below| below.itself == Some(false)) {
            below.itself = None;
        }
    }
}
