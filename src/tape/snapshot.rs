//! All that a store holds, as deltas: what a recording that begins in the middle of a session begins with.

use std::sync::Arc;

use crate::delta::{Delta, Health, Step};
use crate::model::{Kind, Namespace, Node, Pod, Service, Slice};

/// What the tables of a store hold, and how well each kind is heard.
pub fn snapshot<'a>(
    services: impl Iterator<Item = &'a Arc<Service>>,
    slices: impl Iterator<Item = &'a Arc<Slice>>,
    pods: impl Iterator<Item = &'a Arc<Pod>>,
    nodes: impl Iterator<Item = &'a Arc<Node>>,
    namespaces: impl Iterator<Item = &'a Arc<Namespace>>,
    health: impl Fn(Kind) -> Health,
) -> Vec<Delta> {
    let mut deltas = vec![
        Delta::Namespace(Step::Listed(namespaces.map(|row| (**row).clone()).collect())),
        Delta::Node(Step::Listed(nodes.map(|row| (**row).clone()).collect())),
        Delta::Service(Step::Listed(services.map(|row| (**row).clone()).collect())),
        Delta::Slice(Step::Listed(slices.map(|row| (**row).clone()).collect())),
        Delta::Pod(Step::Listed(pods.map(|row| (**row).clone()).collect())),
    ];
    deltas.extend(Kind::ALL.into_iter().map(|kind| Delta::Health(kind, health(kind))));
    deltas
}
