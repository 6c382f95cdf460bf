//! The lines below a Service.

use std::sync::Arc;

use super::{Branch, Leaf, Node, Outline};
use crate::churn::Marks;
use crate::model::{Container, Key, Pod, ServiceKind, Slice, Text, Time};
use crate::store::{Row, RowId, Store};

/// What a line shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A Service, or a name that only slices give.
    Service,
    /// A port of a Service, by its place.
    Port(usize),
    /// A slice.
    Slice(Arc<Slice>),
    /// A row of the union table.
    Row {
        /// The row.
        row: Box<Row>,
        /// When it went: the line is its tombstone.
        gone: Option<Time>,
    },
    /// The pod behind a row.
    Pod(Arc<Pod>),
    /// A container of that pod.
    Container(Arc<Pod>, Box<Container>),
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
    /// What it is called: the name or address that one would paste elsewhere.
    pub fn name(&self) -> String {
        match &self.body {
            Body::Service => self.node.service.name.to_string(),
            Body::Port(_) => self.node.service.name.to_string(),
            Body::Slice(slice) => slice.meta.key.name.to_string(),
            Body::Row { row, .. } => match (row.addresses.first(), row.pod_key(), &row.id) {
                (Some(address), _, _) => address.to_string(),
                (None, Some(pod), _) => pod.name.to_string(),
                (None, None, RowId::Name(name)) => name.to_string(),
                (None, None, RowId::Pod(_) | RowId::Address(_)) => String::new(),
            },
            Body::Pod(pod) => pod.meta.key.name.to_string(),
            Body::Container(_, container) => container.name.to_string(),
        }
    }
}

impl Outline {
    pub(super) fn service_line(&self, key: &Key) -> Line {
        let node = Node::service(key.clone());
        let open = Some(self.is_open(&node));
        Line { node, depth: 0, open, body: Body::Service }
    }

    /// All lines below an open Service.
    pub(super) fn below(&self, store: &Store, marks: &Marks, now: Time, key: &Key) -> Vec<Line> {
        let mut rows = self.ordered(store, marks, now, key);
        if self.inside.contains(key) {
            rows.retain(|(row, _)| self.filter.row(row));
        }
        let mut lines = Vec::with_capacity(rows.len());
        if self.slices {
            self.by_slice(&mut lines, store, key, &rows);
        } else {
            self.by_port(&mut lines, store, key, &rows);
        }
        lines
    }

    fn by_port(&self, lines: &mut Vec<Line>, store: &Store, key: &Key, rows: &[(Row, Option<Time>)]) {
        let service = store.service(key).filter(|service| service.kind != ServiceKind::ExternalName);
        let ports = service.map_or(0, |service| service.ports.len());
        if ports < 2 {
            for row in rows {
                self.row(lines, row, Node::service(key.clone()), 1);
            }
            return;
        }
        for port in 0..ports {
            let node = Node { branch: Branch::Port(port), ..Node::service(key.clone()) };
            let open = self.is_open(&node);
            let fold = (!rows.is_empty()).then_some(open);
            lines.push(Line { node: node.clone(), depth: 1, open: fold, body: Body::Port(port) });
            if open {
                for row in rows {
                    self.row(lines, row, node.clone(), 2);
                }
            }
        }
    }

    fn by_slice(&self, lines: &mut Vec<Line>, store: &Store, key: &Key, rows: &[(Row, Option<Time>)]) {
        for slice in store.slices_of(key) {
            let name = slice.meta.key.name.clone();
            let node = Node { branch: Branch::Slice(name.clone()), ..Node::service(key.clone()) };
            let open = self.is_open(&node);
            let inside = rows.iter().filter(|(row, _)| row.members.iter().any(|member| member.slice == name));
            let mut inside = inside.peekable();
            let fold = inside.peek().is_some().then_some(open);
            lines.push(Line { node: node.clone(), depth: 1, open: fold, body: Body::Slice(Arc::clone(slice)) });
            if open {
                for row in inside {
                    self.row(lines, row, node.clone(), 2);
                }
            }
        }
        // Selected pods that no slice holds, and tombstones of rows whose slice is gone.
        let held = |row: &Row| {
            let slices: Vec<&Text> = row.members.iter().map(|member| &member.slice).collect();
            store.slices_of(key).any(|slice| slices.contains(&&slice.meta.key.name))
        };
        for row in rows.iter().filter(|(row, _)| !held(row)) {
            self.row(lines, row, Node::service(key.clone()), 1);
        }
    }

    fn row(&self, lines: &mut Vec<Line>, (row, gone): &(Row, Option<Time>), parent: Node, depth: u16) {
        let node = Node { row: Some(row.id.clone()), ..parent };
        let pod = row.target.pod().filter(|_| gone.is_none());
        let open = pod.map(|_| self.is_open(&node));
        let body = Body::Row { row: Box::new(row.clone()), gone: *gone };
        lines.push(Line { node: node.clone(), depth, open, body });
        let (Some(pod), Some(true)) = (pod, open) else { return };
        let node = Node { leaf: Leaf::Pod, ..node };
        let open = self.is_open(&node);
        let fold = (!pod.containers.is_empty()).then_some(open);
        lines.push(Line { node: node.clone(), depth: depth + 1, open: fold, body: Body::Pod(Arc::clone(pod)) });
        if open {
            for container in pod.containers.iter() {
                let node = Node { leaf: Leaf::Container(container.name.clone()), ..node.clone() };
                let body = Body::Container(Arc::clone(pod), Box::new(container.clone()));
                lines.push(Line { node, depth: depth + 2, open: None, body });
            }
        }
    }
}
