//! The identity of a line: stable while the thing it shows exists, whatever happens around it.

use crate::model::{Key, Text};
use crate::store::RowId;

/// The level between a Service and its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Branch {
    /// None: the Service itself, or rows of a Service with at most one port.
    #[default]
    None,
    /// A Service port, by its place in the Service.
    Port(usize),
    /// A slice, by name.
    Slice(Text),
}

/// The level below a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leaf {
    /// None: the row itself, or something above it.
    #[default]
    None,
    /// The row's pod.
    Pod,
    /// A container of that pod.
    Container(Text),
}

/// A line of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The Service it belongs to.
    pub service: Key,
    /// Port or slice.
    pub branch: Branch,
    /// The row.
    pub row: Option<RowId>,
    /// What is below the row.
    pub leaf: Leaf,
}

impl Node {
    /// The line of a Service.
    pub fn service(service: Key) -> Self {
        Self { service, ..Self::default() }
    }

    /// Whether it is the line of a Service.
    pub fn is_service(&self) -> bool {
        self.branch == Branch::None && self.row.is_none()
    }

    /// The line above it in the tree; a Service is its own parent.
    #[must_use]
    pub fn parent(&self) -> Self {
        let mut parent = self.clone();
        match (&self.leaf, &self.row) {
            (Leaf::Container(_), _) => parent.leaf = Leaf::Pod,
            (Leaf::Pod, _) => parent.leaf = Leaf::None,
            (Leaf::None, Some(_)) => parent.row = None,
            (Leaf::None, None) => parent.branch = Branch::None,
        }
        parent
    }
}
