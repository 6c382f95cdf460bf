//! Which endpoints of a Service port a node's kube-proxy chooses from, and why not the others (§4.3).
//!
//! No packet here: what a destination makes of the choice is in `route`.

use super::{Backend, ProxyConfig};
use crate::model::{Family, IpMode, Service, ServiceKind, ServicePort, Text, TrafficPolicy};

/// The zone of a node, as kube-proxy knows it from the Node's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone<'a> {
    /// The label's value.
    In(&'a Text),
    /// The node has no such label.
    Unlabelled,
    /// The node cannot be read.
    Unknown,
}

/// Where a packet meets kube-proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standpoint<'a> {
    /// The node's name; `None` where it is not known.
    pub node: Option<&'a Text>,
    /// Its zone.
    pub zone: Zone<'a>,
}

/// What would have to be known to say more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// All Services.
    Services,
    /// All EndpointSlices.
    Slices,
    /// The node on which the packet meets kube-proxy.
    EntryNode,
    /// The zone of that node.
    Zone,
    /// The addresses of that node.
    NodeAddresses,
    /// The node on which the source runs.
    SourceNode,
    /// All Nodes.
    Nodes,
    /// All Pods.
    Pods,
    /// The ranges of cluster IPs.
    ServiceCidrs,
    /// The mode is one whose decisions are not modelled.
    Mode,
}

/// Why a preference for a zone or a node is not in force (D65).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Off {
    /// There is no ready endpoint to prefer.
    NoneReady,
    /// No ready endpoint has such a hint: nobody asked for it, or the controller took the hints back.
    NoHints,
    /// Some ready endpoints have one; this one has not, which turns it off everywhere (R4.7).
    Unhinted(std::net::SocketAddr),
    /// The node has no zone label.
    Unlabelled,
    /// No hint names this zone or node.
    NotNamed,
    /// This kube-proxy does not read such hints yet (§0.2).
    TooOld,
}

/// The preference in force for the Service port on this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preference {
    /// All ready endpoints, and why neither node nor zone is preferred.
    Any {
        /// Why not the node's own.
        node: Off,
        /// Why not the zone's.
        zone: Off,
    },
    /// Those whose hints name this zone, and why not those of the node.
    Zone {
        /// Why not the node's own.
        node: Off,
    },
    /// Those whose hints name this node.
    Node,
    /// It depends on what is not known.
    Unknown(Missing),
}

/// A set of backends, by their place in the list that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// No policy of the Service uses this set, or there is nothing to choose from.
    Unused,
    /// These.
    These(Vec<usize>),
    /// Some of these, or all.
    Unknown {
        /// What would tell.
        missing: Missing,
        /// Those that are possible.
        among: Vec<usize>,
    },
}

impl Chosen {
    /// Nothing is in it, for certain.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Unused => true,
            Self::These(places) => places.is_empty(),
            Self::Unknown { .. } => false,
        }
    }

    /// The places, if they are known.
    pub fn places(&self) -> &[usize] {
        match self {
            Self::These(places) => places,
            Self::Unused | Self::Unknown { .. } => &[],
        }
    }
}

/// What one node's kube-proxy makes of the endpoints of a Service port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Some traffic follows policy Cluster.
    pub uses_cluster: bool,
    /// Some traffic follows policy Local.
    pub uses_local: bool,
    /// Where policy Cluster sends.
    pub cluster: Chosen,
    /// Where policy Local sends.
    pub local: Chosen,
    /// Whether any endpoint in the cluster could be used; never depends on the node.
    pub has_any: bool,
    /// The preference among the cluster set.
    pub preference: Preference,
    /// The cluster set holds only endpoints that shut down (D67).
    pub cluster_fallback: bool,
    /// The local set holds only endpoints that shut down (D67).
    pub local_fallback: bool,
}

/// Which policy a packet follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// `Cluster`
    Cluster,
    /// `Local`
    Local,
}

/// Why a backend is, or is not, where a policy sends on this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is chosen.
    Chosen,
    /// It shuts down, and is chosen because no ready one is left.
    ChosenAsLast,
    /// Not ready; the other two conditions say how.
    NotReady {
        /// `conditions.serving`
        serving: bool,
        /// `conditions.terminating`
        terminating: bool,
    },
    /// It shuts down, still serving, and ready ones exist.
    Lingering,
    /// Its hints name other zones.
    OtherZone,
    /// Its hints name other nodes.
    OtherNode,
    /// It runs elsewhere and the policy is Local.
    NotLocal,
    /// Traffic of this policy does not exist for the Service.
    NotUsed,
    /// It depends on what is not known.
    Unknown(Missing),
}

/// `internalTrafficPolicy: Local`
pub(super) fn internal_local(service: &Service) -> bool {
    service.internal_policy == TrafficPolicy::Local
}

/// `externalTrafficPolicy: Local`, which counts only where the Service can be reached from outside (R3.18).
pub(super) fn external_local(service: &Service) -> bool {
    let reachable = match service.kind {
        ServiceKind::NodePort | ServiceKind::LoadBalancer => true,
        ServiceKind::ClusterIp => !service.external_ips.is_empty(),
        ServiceKind::ExternalName | ServiceKind::Other(_) => false,
    };
    reachable && service.external_policy == TrafficPolicy::Local
}

/// The load balancer's addresses that kube-proxy takes (R4.10).
pub(super) fn balancer_vips(service: &Service, family: Family) -> impl Iterator<Item = std::net::IpAddr> {
    let taken = service.load_balancer.iter().filter(|ingress| ingress.ip_mode == IpMode::Vip);
    taken.filter_map(|ingress| ingress.ip).filter(move |ip| Family::of(ip) == family)
}

/// Whether a Service port has an address for the outside in a family.
fn external(service: &Service, port: &ServicePort, family: Family, config: &ProxyConfig) -> bool {
    port.node_port.is_some()
        || balancer_vips(service, family).next().is_some()
        || (config.serves_external_ips() && service.external_ips.iter().any(|ip| Family::of(ip) == family))
}

/// One kind of hint over the ready endpoints: `Ok` where it is in force.
fn hinted<'a>(
    ready: &[&Backend<'a>],
    hints: impl Fn(&Backend<'a>) -> &'a [Text],
    here: Option<&Text>,
) -> Result<(), Off> {
    if ready.is_empty() {
        return Err(Off::NoneReady);
    }
    if let Some(without) = ready.iter().find(|backend| hints(backend).is_empty()) {
        let some = ready.iter().any(|backend| !hints(backend).is_empty());
        return Err(if some { Off::Unhinted(without.socket()) } else { Off::NoHints });
    }
    let here = here.ok_or(Off::Unlabelled)?;
    if ready.iter().any(|backend| hints(backend).contains(here)) { Ok(()) } else { Err(Off::NotNamed) }
}

pub(super) fn zone_hints<'a>(backend: &Backend<'a>) -> &'a [Text] {
    backend.endpoint.hints.as_deref().map(|hints| &*hints.zones).unwrap_or_default()
}

pub(super) fn node_hints<'a>(backend: &Backend<'a>) -> &'a [Text] {
    backend.endpoint.hints.as_deref().map(|hints| &*hints.nodes).unwrap_or_default()
}

fn preference(ready: &[&Backend<'_>], at: Standpoint<'_>, config: &ProxyConfig) -> Preference {
    let node = if config.at_least(34, 0) { hinted(ready, node_hints, at.node) } else { Err(Off::TooOld) };
    let node = match (node, at.node) {
        (Ok(()), _) => return Preference::Node,
        (Err(Off::Unlabelled), None) => return Preference::Unknown(Missing::EntryNode),
        (Err(off), _) => off,
    };
    let here = match at.zone {
        Zone::In(zone) => Some(zone),
        Zone::Unlabelled | Zone::Unknown => None,
    };
    match (hinted(ready, zone_hints, here), at.zone) {
        (Ok(()), _) => Preference::Zone { node },
        (Err(Off::Unlabelled), Zone::Unknown) => {
            Preference::Unknown(if at.node.is_none() { Missing::EntryNode } else { Missing::Zone })
        }
        (Err(zone), _) => Preference::Any { node, zone },
    }
}

fn places(backends: &[Backend<'_>], keep: impl Fn(&Backend<'_>) -> bool) -> Vec<usize> {
    backends.iter().enumerate().filter(|(_, backend)| keep(backend)).map(|(at, _)| at).collect()
}

/// §4.3 for one Service port on one node. `backends` are its endpoints of one family.
pub fn categorize(
    backends: &[Backend<'_>],
    service: (&Service, &ServicePort),
    family: Family,
    at: Standpoint<'_>,
    config: &ProxyConfig,
) -> Choice {
    let (service, port) = service;
    let outside = external(service, port, family, config);
    let uses_cluster = !internal_local(service) || outside;
    let uses_local = internal_local(service) || (external_local(service) && outside);
    let ready: Vec<&Backend<'_>> = backends.iter().filter(|backend| backend.endpoint.is_ready()).collect();
    let preference = preference(&ready, at, config);
    let mut choice = Choice {
        uses_cluster,
        uses_local,
        cluster: Chosen::Unused,
        local: Chosen::Unused,
        has_any: false,
        preference,
        cluster_fallback: false,
        local_fallback: false,
    };
    if backends.is_empty() {
        return choice;
    }
    if uses_cluster {
        let cluster = cluster(backends, at, &choice.preference);
        choice.has_any = !cluster.is_empty();
        choice.cluster_fallback = ready.is_empty() && choice.has_any;
        choice.cluster = cluster;
    }
    if uses_local {
        let waiting = |backend: &Backend<'_>| !backend.endpoint.is_ready() && backend.lingers();
        choice.has_any |= !ready.is_empty() || backends.iter().any(waiting);
        (choice.local, choice.local_fallback) = local(backends, at.node);
    }
    choice
}

fn cluster(backends: &[Backend<'_>], at: Standpoint<'_>, preference: &Preference) -> Chosen {
    let ready = |backend: &Backend<'_>| backend.endpoint.is_ready();
    let chosen = match (preference, at.zone) {
        (Preference::Any { .. }, _) => places(backends, ready),
        (Preference::Zone { .. }, Zone::In(zone)) => places(backends, |b| ready(b) && zone_hints(b).contains(zone)),
        (Preference::Node, _) => {
            places(backends, |b| ready(b) && at.node.is_some_and(|node| node_hints(b).contains(node)))
        }
        (Preference::Unknown(missing), _) => {
            return Chosen::Unknown { missing: *missing, among: places(backends, ready) };
        }
        (Preference::Zone { .. }, Zone::Unlabelled | Zone::Unknown) => Vec::new(),
    };
    // Shutting down counts as the last resort, and hints do not bind it.
    Chosen::These(if chosen.is_empty() { places(backends, |backend| backend.lingers()) } else { chosen })
}

/// Where policy Local sends, and whether only by the last resort.
fn local(backends: &[Backend<'_>], node: Option<&Text>) -> (Chosen, bool) {
    let Some(node) = node else {
        let among = places(backends, |backend| backend.endpoint.is_ready() || backend.lingers());
        let none = among.is_empty();
        let unknown = Chosen::Unknown { missing: Missing::EntryNode, among };
        return (if none { Chosen::These(Vec::new()) } else { unknown }, false);
    };
    let ready = places(backends, |backend| backend.on(node) && backend.endpoint.is_ready());
    if !ready.is_empty() {
        return (Chosen::These(ready), false);
    }
    let lingering = places(backends, |backend| backend.on(node) && backend.lingers());
    let fallback = !lingering.is_empty();
    (Chosen::These(lingering), fallback)
}

impl Choice {
    /// What can be reached by any of the Service's policies on this node: `allReachable` of kube-proxy.
    pub fn all(&self) -> Chosen {
        let preferred = match self.preference {
            Preference::Any { .. } => false,
            Preference::Zone { .. } | Preference::Node | Preference::Unknown(_) => true,
        };
        match (self.uses_cluster, self.uses_local) {
            (_, false) => self.cluster.clone(),
            (false, true) => self.local.clone(),
            (true, true) if !preferred && !self.local_fallback => self.cluster.clone(),
            (true, true) => union(&self.cluster, &self.local),
        }
    }

    /// The set of a policy.
    pub fn set(&self, policy: Policy) -> &Chosen {
        match policy {
            Policy::Cluster => &self.cluster,
            Policy::Local => &self.local,
        }
    }

    /// Why a backend is, or is not, in the set of a policy. `place` is that in the list given to [`categorize`].
    pub fn standing(&self, backend: (usize, &Backend<'_>), policy: Policy, node: Option<&Text>) -> Standing {
        let (place, backend) = backend;
        let (used, fallback) = match policy {
            Policy::Cluster => (self.uses_cluster, self.cluster_fallback),
            Policy::Local => (self.uses_local, self.local_fallback),
        };
        if !used {
            return Standing::NotUsed;
        }
        let set = self.set(policy);
        if set.places().contains(&place) {
            return if fallback { Standing::ChosenAsLast } else { Standing::Chosen };
        }
        let endpoint = backend.endpoint;
        if policy == Policy::Local && node.is_some_and(|node| !backend.on(node)) {
            return Standing::NotLocal;
        }
        if let Chosen::Unknown { missing, among } = set
            && among.contains(&place)
        {
            return Standing::Unknown(*missing);
        }
        match (endpoint.is_ready(), backend.lingers(), &self.preference) {
            (true, _, Preference::Node) if policy == Policy::Cluster => Standing::OtherNode,
            (true, _, Preference::Zone { .. }) if policy == Policy::Cluster => Standing::OtherZone,
            (false, true, _) => Standing::Lingering,
            (..) => Standing::NotReady { serving: endpoint.is_serving(), terminating: endpoint.is_terminating() },
        }
    }
}

fn union(a: &Chosen, b: &Chosen) -> Chosen {
    let both = |a: &[usize], b: &[usize]| {
        let mut places: Vec<usize> = a.iter().chain(b).copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    };
    match (a, b) {
        (Chosen::Unused, other) | (other, Chosen::Unused) => other.clone(),
        (Chosen::These(a), Chosen::These(b)) => Chosen::These(both(a, b)),
        (Chosen::Unknown { missing, among }, other) | (other, Chosen::Unknown { missing, among }) => {
            let others = match other {
                Chosen::These(places) => places.as_slice(),
                Chosen::Unknown { among, .. } => among.as_slice(),
                Chosen::Unused => &[],
            };
            Chosen::Unknown { missing: *missing, among: both(among, others) }
        }
    }
}

/// Whether kube-proxy's check for the load balancer answers 200 on this node: a ready endpoint runs here, whatever else
/// is served (R4.18). `None` where the node is not known.
pub fn health_check_passes(backends: &[Backend<'_>], node: Option<&Text>) -> Option<bool> {
    let node = node?;
    Some(backends.iter().any(|backend| backend.endpoint.is_ready() && backend.on(node)))
}
