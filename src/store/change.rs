//! What a batch changed. A change carries the old row, so that highlights, ledgers and rewinding need nothing else.

use std::sync::Arc;

use super::{Object, Row, RowId};
use crate::model::{ConfigMap, Key, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice, Text};

/// Why a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was there before we looked: part of the first complete list.
    Load,
    /// It happened now.
    Live,
    /// It happened at some time since the stream was lost (or the last poll).
    Relist,
}

/// An object before and after; at least one side is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair<T> {
    /// Its name.
    pub key: Key,
    /// What it was.
    pub old: Option<Arc<T>>,
    /// What it is.
    pub new: Option<Arc<T>>,
}

impl<T: Object> Pair<T> {
    /// What it was and what it is, where it is an edit.
    pub fn both(&self) -> Option<(&T, &T)> {
        Some((self.old.as_deref()?, self.new.as_deref()?))
    }

    /// Another object has taken the name, even if no deletion was ever seen.
    pub fn replaced(&self) -> bool {
        matches!((&self.old, &self.new), (Some(old), Some(new)) if old.meta().uid != new.meta().uid)
    }
}

/// A row of a Service's union table, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct RowEdit {
    /// The Service.
    pub service: Key,
    /// What the row was.
    pub old: Option<Row>,
    /// What the row is.
    pub new: Option<Row>,
}

impl RowEdit {
    /// Which row.
    pub fn id(&self) -> Option<&RowId> {
        self.new.as_ref().or(self.old.as_ref()).map(|row| &row.id)
    }
}

/// What was edited.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A Service.
    Service(Pair<Service>),
    /// An EndpointSlice.
    Slice(Pair<Slice>),
    /// A Pod.
    Pod(Pair<Pod>),
    /// A Node.
    Node(Pair<Node>),
    /// A Namespace.
    Namespace(Pair<Namespace>),
    /// A NetworkPolicy.
    NetworkPolicy(Pair<NetworkPolicy>),
    /// A ServiceCIDR.
    ServiceCidr(Pair<ServiceCidr>),
    /// A ConfigMap.
    Config(Pair<ConfigMap>),
    /// A row of a union table: the net effect of the batch, reported once.
    Row(Box<RowEdit>),
}

impl Edit {
    /// The namespace that it is in; empty for what is in none.
    pub fn namespace(&self) -> &Text {
        let key = match self {
            Self::Service(pair) => &pair.key,
            Self::Slice(pair) => &pair.key,
            Self::Pod(pair) => &pair.key,
            Self::Node(pair) => &pair.key,
            Self::Namespace(pair) => &pair.key,
            Self::NetworkPolicy(pair) => &pair.key,
            Self::ServiceCidr(pair) => &pair.key,
            Self::Config(pair) => &pair.key,
            Self::Row(edit) => &edit.service,
        };
        &key.namespace
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Why it came.
    pub cause: Cause,
    /// What was edited.
    pub edit: Edit,
}
