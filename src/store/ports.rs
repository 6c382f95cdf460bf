//! Target ports: what a Service port means in one pod (R3.8).

use crate::model::{ContainerKind, Pod, Port, ServicePort, TargetPort};

use super::Row;

/// The number that `port` means in `pod`: a number as it is, never checked; a name by the first container port with
/// that name and protocol, in main containers first, then in sidecars (R3.8).
pub fn find_port(pod: &Pod, port: &ServicePort) -> Option<Port> {
    let name = match &port.target {
        TargetPort::Number(number) => return Some(*number),
        TargetPort::Name(name) => name,
    };
    let of = |kind| {
        let containers = pod.containers.iter().filter(move |container| container.kind == kind);
        containers.flat_map(|container| &container.ports).find_map(|declared| {
            (declared.name.as_ref() == Some(name) && declared.protocol == port.protocol).then_some(declared.port)
        })
    };
    of(ContainerKind::Main).or_else(|| of(ContainerKind::Sidecar))
}

/// What one Service port resolves to over all rows of its Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Each number, in ascending order, and how many rows have it.
    pub numbers: Vec<(Port, usize)>,
    /// How many rows that are alive lack the port.
    pub lacking: usize,
}

impl Resolution {
    /// What port number `index` of the Service resolves to over `rows`.
    pub fn of(rows: &[Row], index: usize) -> Self {
        let mut numbers = std::collections::BTreeMap::new();
        let mut lacking = 0;
        for row in rows.iter().filter(|row| row.counts()) {
            match row.ports.get(index).and_then(|resolved| resolved.port) {
                Some(port) => *numbers.entry(port).or_insert(0) += 1,
                None => lacking += 1,
            }
        }
        Self { numbers: numbers.into_iter().collect(), lacking }
    }
}
