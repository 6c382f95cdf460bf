//! A line of the tree, and what it shows.

use std::sync::Arc;

use super::Node;
use crate::churn::Subject;
use crate::model::{Pod, Service, Slice, Time};
use crate::store::{Row, RowId};

/// What a line shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A Service.
    Service(Arc<Service>),
    /// A Service that went a moment ago: its tombstone.
    Gone(Arc<Service>, Time),
    /// A name that slices give in their label, without such a Service.
    Ghost,
    /// The slices of a namespace that name no Service at all.
    Unbound,
    /// A port of a Service, by its place.
    Port(usize),
    /// A slice.
    Slice(Arc<Slice>),
    /// A row of the union table.
    Row {
        /// The row.
        row: Arc<Row>,
        /// When it went: the line is its tombstone.
        gone: Option<Time>,
    },
    /// The pod behind a row.
    Pod(Arc<Pod>),
    /// A container of that pod, by its place.
    Container(Arc<Pod>, usize),
}

/// A line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its identity.
    pub node: Node,
    /// Levels below the top.
    pub depth: u16,
    /// Open or closed; `None` where nothing is below.
    pub open: Option<bool>,
    /// What it shows.
    pub body: Body,
}

impl Line {
    /// What it shows, as the record of changes knows it.
    pub fn subject(&self) -> Option<Subject> {
        let service = &self.node.service;
        match &self.body {
            Body::Service(_) | Body::Gone(..) | Body::Ghost | Body::Port(_) => Some(Subject::Service(service.clone())),
            Body::Unbound => None,
            Body::Slice(slice) => Some(Subject::Slice(slice.meta.key.clone())),
            Body::Row { row, .. } => Some(Subject::Row(service.clone(), row.id.clone())),
            Body::Pod(pod) | Body::Container(pod, _) => Some(Subject::Pod(pod.meta.key.clone(), pod.meta.uid.clone())),
        }
    }

    /// What it is called: the name or address that one would paste elsewhere.
    pub fn name(&self) -> String {
        match &self.body {
            Body::Service(_) | Body::Gone(..) | Body::Ghost => self.node.service.name.to_string(),
            Body::Unbound => self.node.service.namespace.to_string(),
            Body::Port(_) => self.node.service.name.to_string(),
            Body::Slice(slice) => slice.meta.key.name.to_string(),
            Body::Row { row, .. } => match (row.addresses.first(), row.pod_key(), &row.id) {
                (Some(address), _, _) => address.to_string(),
                (None, Some(pod), _) => pod.name.to_string(),
                (None, None, RowId::Name(name)) => name.to_string(),
                (None, None, RowId::Pod(_) | RowId::Address(_)) => String::new(),
            },
            Body::Pod(pod) => pod.meta.key.name.to_string(),
            Body::Container(pod, at) => pod.containers.get(*at).map(|found| found.name.to_string()).unwrap_or_default(),
        }
    }
}
