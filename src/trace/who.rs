//! Whose an address or a name is: pods, Services, nodes, endpoints; several at once where they really claim it, and
//! whether that is a conflict.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::model::{ClusterIp, Key, Kind, Pod, Service, Text};
use crate::store::{Store, distance};

/// What a Service uses an address as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// One of `clusterIPs`.
    ClusterIp,
    /// One of `externalIPs`.
    ExternalIp,
    /// An address of its load balancer.
    LoadBalancer,
}

/// A holder of an address or a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A Service, and as what.
    Service(Key, Option<Role>),
    /// A pod.
    Pod {
        /// It.
        pod: Key,
        /// The node it is on.
        node: Option<Text>,
        /// Its containers have ended: the address may be another's by now.
        ended: bool,
        /// The address is its node's.
        host_network: bool,
    },
    /// A node.
    Node(Text),
    /// An entry of a slice.
    Endpoint {
        /// The slice.
        slice: Key,
        /// The Service that it names.
        service: Option<Key>,
        /// The object that the entry names.
        target: Option<Key>,
        /// May get traffic.
        ready: bool,
    },
    /// A namespace.
    Namespace(Text),
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// All holders.
    pub owners: Vec<Owner>,
    /// Two that cannot both be right.
    pub conflict: Option<(Owner, Owner)>,
    /// Kinds that are not completely known: there may be other holders.
    pub blind: Vec<Kind>,
    /// Names near to what was asked, where nobody has it.
    pub near: Vec<String>,
}

const KINDS: [Kind; 5] = [Kind::Service, Kind::Slice, Kind::Pod, Kind::Node, Kind::Namespace];

fn blind(store: &Store) -> Vec<Kind> {
    KINDS.into_iter().filter(|kind| !store.complete_everywhere(*kind)).collect()
}

fn pod_owner(pod: &Pod) -> Owner {
    let (node, ended) = (pod.node.clone(), pod.has_ended());
    Owner::Pod { pod: pod.meta.key.clone(), node, ended, host_network: pod.host_network() }
}

fn role(service: &Service, ip: IpAddr) -> Option<Role> {
    let cluster = matches!(&service.cluster_ip, ClusterIp::Ips(ips) if ips.contains(&ip));
    let balancer = || service.load_balancer.iter().any(|ingress| ingress.ip == Some(ip));
    if cluster {
        Some(Role::ClusterIp)
    } else if service.external_ips.contains(&ip) {
        Some(Role::ExternalIp)
    } else {
        balancer().then_some(Role::LoadBalancer)
    }
}

/// Whose an address is.
pub fn of_address(store: &Store, ip: IpAddr) -> Who {
    let mut owners = Vec::new();
    for service in store.services() {
        owners.extend(role(service, ip).map(|role| Owner::Service(service.meta.key.clone(), Some(role))));
    }
    let (sharing, own): (Vec<_>, Vec<_>) = store.pods_at(ip).partition(|pod| pod.host_network());
    owners.extend(own.into_iter().map(|pod| pod_owner(pod)));
    let nodes = store.nodes().filter(|node| node.addresses.contains(&ip));
    owners.extend(nodes.map(|node| Owner::Node(node.meta.key.name.clone())));
    owners.extend(sharing.into_iter().map(|pod| pod_owner(pod)));
    for slice in store.slices() {
        let holding = slice.endpoints.iter().filter(|endpoint| endpoint.addresses.as_slice().contains(&ip));
        let namespace = &slice.meta.key.namespace;
        owners.extend(holding.map(|endpoint| Owner::Endpoint {
            slice: slice.meta.key.clone(),
            service: slice.service_name().map(|name| Key::new(namespace.clone(), name.clone())),
            target: endpoint.target.as_ref().map(|target| Key {
                namespace: if target.namespace.is_empty() { namespace.clone() } else { target.namespace.clone() },
                name: target.name.clone(),
            }),
            ready: endpoint.is_ready(),
        }));
    }
    Who { conflict: conflict(&owners), owners, blind: blind(store), near: Vec::new() }
}

/// The first two holders that cannot both be right: two live pods, or a Service and a pod or node.
fn conflict(owners: &[Owner]) -> Option<(Owner, Owner)> {
    let clash = |one: &Owner, other: &Owner| match (one, other) {
        (Owner::Pod { ended: false, host_network: false, .. }, Owner::Pod { ended: false, .. })
        | (Owner::Pod { ended: false, .. }, Owner::Pod { ended: false, host_network: false, .. })
        | (Owner::Service(..), Owner::Service(..) | Owner::Node(_) | Owner::Pod { ended: false, .. }) => true,
        (Owner::Node(_), Owner::Pod { ended, host_network, .. })
        | (Owner::Pod { ended, host_network, .. }, Owner::Node(_)) => !ended && !host_network,
        // An entry that names another pod than the one that has the address.
        (Owner::Pod { pod, ended: false, host_network: false, .. }, Owner::Endpoint { target: Some(target), .. }) => {
            pod != target
        }
        (
            Owner::Service(..) | Owner::Pod { .. } | Owner::Node(_) | Owner::Endpoint { .. } | Owner::Namespace(_),
            Owner::Service(..) | Owner::Pod { .. } | Owner::Node(_) | Owner::Endpoint { .. } | Owner::Namespace(_),
        ) => false,
    };
    owners.iter().enumerate().find_map(|(at, one)| {
        let other = owners[at + 1..].iter().find(|other| clash(one, other))?;
        Some((one.clone(), other.clone()))
    })
}

/// Whose a name is: objects that are called so, in any namespace or, with `namespace/name`, in that one. Where nobody is
/// called so as a whole, the Service or pod that a name such as `web.shop.svc` is of.
pub fn of_name(store: &Store, name: &str) -> Who {
    let plain = match name.split_once('/') {
        Some((namespace, name)) => named(store, Some(namespace), name),
        None => named(store, None, name),
    };
    let Some((own, rest)) = name.trim_end_matches('.').split_once('.').filter(|_| plain.owners.is_empty()) else {
        return plain;
    };
    let (namespace, zone) = rest.split_once('.').unwrap_or((rest, "svc"));
    if name.contains('/') || zone.split('.').next() != Some("svc") {
        return plain;
    }
    let parted = named(store, Some(namespace), own);
    if parted.owners.is_empty() { plain } else { parted }
}

fn named(store: &Store, namespace: Option<&str>, plain: &str) -> Who {
    let fits = |key: &Key| key.name == *plain && namespace.is_none_or(|namespace| key.namespace == *namespace);
    let mut owners = Vec::new();
    let services = store.services().filter(|service| fits(&service.meta.key));
    owners.extend(services.map(|service| Owner::Service(service.meta.key.clone(), None)));
    owners.extend(store.pods().filter(|pod| fits(&pod.meta.key)).map(|pod| pod_owner(pod)));
    if namespace.is_none() {
        let nodes = store.nodes().filter(|node| node.meta.key.name == *plain);
        owners.extend(nodes.map(|node| Owner::Node(node.meta.key.name.clone())));
        let namespaces = store.namespaces().filter(|namespace| namespace.meta.key.name == *plain);
        owners.extend(namespaces.map(|namespace| Owner::Namespace(namespace.meta.key.name.clone())));
    }
    let near = if owners.is_empty() { near(store, plain) } else { Vec::new() };
    Who { conflict: None, owners, blind: blind(store), near }
}

/// Names of Services, pods and nodes at most three edits away, the nearest first.
fn near(store: &Store, name: &str) -> Vec<String> {
    let services = store.services().map(|service| &service.meta.key);
    let pods = store.pods().map(|pod| &pod.meta.key);
    let nodes = store.nodes().map(|node| &node.meta.key);
    let all = services.chain(pods).chain(nodes);
    let found: BTreeSet<(usize, String)> =
        all.map(|key| (distance(&key.name, name), key.to_string())).filter(|(edits, _)| *edits <= 3).collect();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}
