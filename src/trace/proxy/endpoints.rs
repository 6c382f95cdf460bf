//! The endpoints of one Service port as kube-proxy holds them (§4.1, §4.2).
//!
//! No choice between them here. What kube-proxy does not even see has its reason here.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use super::ProxyConfig;
use crate::model::{
    AddressType, ClusterIp, Endpoint, Family, Port, Protocol, Service, ServiceKind, Slice, SlicePort, Text,
};

/// Label that hides a Service from kube-proxy, whatever its value (R4.1).
pub const PROXY_NAME_LABEL: &str = "service.kubernetes.io/service-proxy-name";
/// Label that hides a slice from kube-proxy, whatever its value (R4.1).
pub const HEADLESS_LABEL: &str = "service.kubernetes.io/headless";

/// Why kube-proxy does nothing for a Service in one family (R4.1, R4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The label names another proxy (D71).
    ProxyName(Text),
    /// `clusterIP: None`
    Headless,
    /// `type: ExternalName`
    ExternalName,
    /// No cluster IP at all.
    NoClusterIp,
    /// No cluster IP of this family (D69).
    NoAddressOf(Family),
}

/// The cluster IP that kube-proxy serves in a family.
pub fn cluster_ip(service: &Service, family: Family) -> Result<IpAddr, Unseen> {
    if let Some(name) = service.meta.labels.get(PROXY_NAME_LABEL) {
        return Err(Unseen::ProxyName(name.clone()));
    }
    if service.kind == ServiceKind::ExternalName {
        return Err(Unseen::ExternalName);
    }
    let ips = match &service.cluster_ip {
        ClusterIp::Headless => return Err(Unseen::Headless),
        ClusterIp::Absent => return Err(Unseen::NoClusterIp),
        ClusterIp::Ips(ips) => ips,
    };
    let found = if service.families.is_empty() {
        ips.first().filter(|ip| Family::of(ip) == family)
    } else {
        service.families.iter().position(|own| *own == family).and_then(|at| ips.get(at))
    };
    found.copied().ok_or(Unseen::NoAddressOf(family))
}

/// Why kube-proxy does not use a slice for a Service in one family (D72).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SliceUnseen {
    /// It has the label of headless Services.
    HeadlessLabel,
    /// Its label names no Service.
    Unbound,
    /// Its addresses are of the other family.
    OtherFamily,
    /// Its addresses are names, or of a type nobody knows.
    AddressType(AddressType),
}

/// Whether kube-proxy reads a slice in a family.
pub fn sees(slice: &Slice, family: Family) -> Result<(), SliceUnseen> {
    if slice.meta.labels.get(HEADLESS_LABEL).is_some() {
        return Err(SliceUnseen::HeadlessLabel);
    }
    if slice.service_name().is_none() {
        return Err(SliceUnseen::Unbound);
    }
    match (&slice.address_type, family) {
        (AddressType::Ipv4, Family::V4) | (AddressType::Ipv6, Family::V6) => Ok(()),
        (AddressType::Ipv4, Family::V6) | (AddressType::Ipv6, Family::V4) => Err(SliceUnseen::OtherFamily),
        (AddressType::Fqdn | AddressType::Other(_), Family::V4 | Family::V6) => {
            Err(SliceUnseen::AddressType(slice.address_type.clone()))
        }
    }
}

/// An endpoint of a Service port: where a packet may be sent.
#[derive(Clone, Debug)]
pub struct Backend<'a> {
    /// The endpoint's first address (R4.4).
    pub ip: IpAddr,
    /// The slice port's number.
    pub port: Port,
    /// The endpoint that speaks for it.
    pub endpoint: &'a Endpoint,
    /// Its slice.
    pub slice: &'a Slice,
    /// Other endpoints of the same address and port (R4.5, D77).
    pub rivals: Vec<Rival<'a>>,
    /// Which of the rivals speaks depends on the order in which kube-proxy met the slices (§11.1).
    pub ambiguous: bool,
}

/// An endpoint that another one of the same address and port stands before.
#[derive(Clone, Copy, Debug)]
pub struct Rival<'a> {
    /// The endpoint.
    pub endpoint: &'a Endpoint,
    /// Its slice.
    pub slice: &'a Slice,
}

impl Backend<'_> {
    /// Whether it runs on a node.
    pub fn on(&self, node: &Text) -> bool {
        self.endpoint.node.as_ref() == Some(node)
    }

    /// Its address and port.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.ip, self.port.0)
    }

    /// `!ready`, but still answering while it shuts down (R4.6).
    pub fn lingers(&self) -> bool {
        self.endpoint.is_serving() && self.endpoint.is_terminating()
    }
}

/// One way into a set of backends, before duplicates are merged.
struct Entry<'a> {
    socket: SocketAddr,
    slice: &'a Slice,
    endpoint: &'a Endpoint,
}

/// What of an endpoint decides; two duplicates that agree in it are interchangeable.
fn substance(endpoint: &Endpoint) -> impl PartialEq {
    let hints = endpoint.hints.as_deref().cloned().unwrap_or_default();
    (
        endpoint.is_ready(),
        endpoint.is_serving(),
        endpoint.is_terminating(),
        endpoint.node.clone(),
        hints.zones,
        hints.nodes,
    )
}

/// Merges the entries of one address and port. Within a slice the order is given; between slices it is not, and where
/// it decides, the result is named ambiguous.
fn merge<'a>(entries: &[Entry<'a>], stands: impl Fn(&Endpoint) -> bool) -> Option<Backend<'a>> {
    let mut winners: Vec<usize> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        match winners.last_mut().filter(|last| std::ptr::eq(entries[**last].slice, entry.slice)) {
            Some(last) if stands(entry.endpoint) => *last = at,
            Some(_) => {}
            None => winners.push(at),
        }
    }
    let standing: Vec<usize> = winners.iter().copied().filter(|at| stands(entries[*at].endpoint)).collect();
    let (held, equal) = match standing.last() {
        Some(last) => (*last, standing.as_slice()),
        None => (*winners.first()?, winners.as_slice()),
    };
    let own = &entries[held];
    let ambiguous = equal.iter().any(|at| substance(entries[*at].endpoint) != substance(own.endpoint));
    let others = entries.iter().enumerate().filter(|(at, _)| *at != held);
    Some(Backend {
        ip: own.socket.ip(),
        port: Port(own.socket.port()),
        endpoint: own.endpoint,
        slice: own.slice,
        rivals: others.map(|(_, entry)| Rival { endpoint: entry.endpoint, slice: entry.slice }).collect(),
        ambiguous,
    })
}

/// A slice port that kube-proxy can use: it has a name, perhaps an empty one, and a number.
fn usable(port: &SlicePort) -> Option<(&Text, Port)> {
    Some((port.name.as_ref()?, port.port.filter(|port| port.0 != 0)?))
}

fn gather<'a>(
    slices: impl Iterator<Item = &'a Slice>,
    family: Family,
    wanted: impl Fn(&SlicePort) -> bool,
) -> Vec<((&'a Text, &'a Protocol), Entry<'a>)> {
    let mut found = Vec::new();
    for slice in slices.filter(|slice| sees(slice, family).is_ok()) {
        for port in slice.ports.iter().filter(|port| wanted(port)) {
            let Some((name, number)) = usable(port) else { continue };
            for endpoint in &slice.endpoints {
                let Some(ip) = endpoint.address() else { continue };
                let entry = Entry { socket: SocketAddr::new(ip, number.0), slice, endpoint };
                found.push(((name, &port.protocol), entry));
            }
        }
    }
    found
}

/// Merges duplicates and sorts by `ip:port` as text, the order of kube-proxy's rules (R4.5).
fn settle<'a>(mut entries: Vec<Entry<'a>>, node: Option<&Text>, config: &ProxyConfig) -> Vec<Backend<'a>> {
    // Up to 1.34 it was the endpoint on this node that stood before the others.
    let by_node = !config.at_least(35, 0);
    let stands = |endpoint: &Endpoint| {
        if by_node { node.is_some() && endpoint.node.as_ref() == node } else { !endpoint.is_terminating() }
    };
    entries.sort_by_key(|entry| entry.socket);
    let groups = entries.chunk_by(|a, b| a.socket == b.socket);
    let mut backends: Vec<Backend<'a>> = groups.filter_map(|group| merge(group, stands)).collect();
    backends.sort_by_cached_key(|backend| backend.socket().to_string());
    backends
}

/// Whether a slice port is that of a Service port.
pub(super) fn joins(own: &SlicePort, port: (&Text, &Protocol)) -> bool {
    own.name.as_ref() == Some(port.0) && own.protocol == *port.1
}

/// The endpoints of one Service port: the join is by port name and protocol only (§4.2).
pub fn backends<'a>(
    slices: impl Iterator<Item = &'a Slice>,
    port: (&Text, &Protocol),
    family: Family,
    node: Option<&Text>,
    config: &ProxyConfig,
) -> Vec<Backend<'a>> {
    let entries = gather(slices, family, |own| joins(own, port)).into_iter().map(|(_, entry)| entry);
    settle(entries.collect(), node, config)
}

/// All endpoints of a Service by port name and protocol (§4.2).
pub fn endpoints_map<'a>(
    slices: impl Iterator<Item = &'a Slice>,
    family: Family,
    node: Option<&Text>,
    config: &ProxyConfig,
) -> BTreeMap<(Text, Protocol), Vec<Backend<'a>>> {
    let mut map: BTreeMap<(Text, Protocol), Vec<Entry<'a>>> = BTreeMap::new();
    for ((name, protocol), entry) in gather(slices, family, |_| true) {
        map.entry((name.clone(), protocol.clone())).or_default().push(entry);
    }
    map.into_iter().map(|(key, entries)| (key, settle(entries, node, config))).collect()
}
