//! A packet, whence it comes, and what becomes of it: values only.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Backend, Choice, Missing, Policy, Standpoint, Zone};
use crate::model::{Cidr, Key, Kind, Port, Protocol, Service, ServicePort, Text};
use crate::store::Store;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// A pod with an address of its own.
    Pod {
        /// Its address.
        ip: IpAddr,
        /// Where it runs, if that is known.
        node: Option<&'a Text>,
    },
    /// The node on which the packet meets kube-proxy, or a pod there that shares its network.
    Node {
        /// Its address.
        ip: IpAddr,
    },
    /// Anyone else.
    Outside {
        /// The address the packet comes with.
        ip: IpAddr,
    },
}

impl Source<'_> {
    /// The address the packet comes with.
    pub fn ip(&self) -> IpAddr {
        match self {
            Self::Pod { ip, .. } | Self::Node { ip } | Self::Outside { ip } => *ip,
        }
    }
}

/// The first packet of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Who sends it.
    pub source: Source<'a>,
    /// To which address …
    pub to: IpAddr,
    /// … and port …
    pub port: Port,
    /// … by which protocol.
    pub protocol: &'a Protocol,
}

/// The node on which a packet meets kube-proxy: that of the pod that sends, or the one that receives from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryNode<'a> {
    /// Its name and zone.
    pub at: Standpoint<'a>,
    /// Its addresses, the primary ones first; `None` where they are not known.
    pub addresses: Option<&'a [IpAddr]>,
}

impl<'a> EntryNode<'a> {
    /// A node nobody knows.
    pub const UNKNOWN: Self = Self { at: Standpoint { node: None, zone: Zone::Unknown }, addresses: None };

    /// What the store knows of a node. A Node that cannot be read keeps its name.
    pub fn of(store: &'a Store, name: Option<&'a Text>) -> Self {
        let Some(name) = name else { return Self::UNKNOWN };
        match store.node(name) {
            Some(node) => Self {
                at: Standpoint { node: Some(name), zone: node.zone.as_ref().map_or(Zone::Unlabelled, Zone::In) },
                addresses: Some(&node.addresses),
            },
            None => Self { at: Standpoint { node: Some(name), zone: Zone::Unknown }, addresses: None },
        }
    }
}

/// By which of its addresses a Service took the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// `clusterIPs`
    ClusterIp,
    /// `externalIPs`
    ExternalIp,
    /// An address of the load balancer: short-circuited on the node, the balancer never sees it (R4.10, D73).
    LoadBalancer,
    /// A port of the node.
    NodePort,
    /// A port of the node's loopback address, accepted by kube-proxy itself.
    Loopback,
}

/// Why the endpoint sees the node's address instead of the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masquerade {
    /// External traffic under policy Cluster.
    ExternalPolicy,
    /// It comes from the node itself.
    NodeItself,
    /// It comes to a cluster IP from outside the pod network (R4.11).
    OutsidePodNetwork,
    /// `masqueradeAll`
    All,
    /// The endpoint is the client: the network must bring it back to where it came from (D76).
    Hairpin,
    /// kube-proxy copies the bytes itself.
    Userspace,
}

/// One endpoint that may be picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Its place among the backends of the match.
    pub place: usize,
    /// Whether and why the source address is replaced.
    pub masquerade: Option<Masquerade>,
}

/// Why a connection is refused at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No endpoint could be used anywhere (D58); [`super::left_out`] tells why those that exist are not.
    NoEndpoint,
    /// The Service has no such port (D60, D61): its ports.
    UndefinedPort(Key, Vec<(Port, Protocol)>),
    /// kube-proxy's own listener on loopback knows only TCP, or does not listen.
    Loopback,
}

/// Why a packet vanishes, so that the client waits until it gives up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// `internalTrafficPolicy: Local` and no endpoint on this node (D62).
    InternalLocal,
    /// `externalTrafficPolicy: Local` and no endpoint on this node (D63).
    ExternalLocal,
    /// The source is outside `loadBalancerSourceRanges` (D74).
    SourceRanges(Vec<Cidr>),
    /// A cluster IP that no Service has (nftables).
    Unallocated,
    /// The cluster IP of a Service that kube-proxy does not see (nftables, D71).
    Hidden(Key),
}

/// Why kube-proxy leaves a packet as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pass {
    /// No Service has this address.
    NoService,
    /// The address is a Service's, the port is not (iptables; D60, D61): its ports.
    UndefinedPort(Key, Vec<(Port, Protocol)>),
    /// The address is that of a Service which kube-proxy does not see (D71).
    Hidden(Key),
    /// A cluster IP that no Service has.
    Unallocated,
    /// The balancer takes it (`ipMode` is not `VIP`): it leaves the cluster (R4.10).
    ToBalancer(Key),
    /// A NodePort, but not on this address of the node (D79): the ranges where it is.
    NodePortElsewhere(Key, Vec<Cidr>),
    /// A NodePort, but not on loopback: the node's own sockets answer.
    NotOnLoopback(Key),
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It goes to one of these endpoints, chosen anew for each connection (R4.14).
    Dnat(Vec<Pick>),
    /// Refused: TCP "connection refused", UDP an ICMP error.
    Reject(Refusal),
    /// Dropped: a timeout.
    Drop(Loss),
    /// No rule matches: it goes on as it is.
    Unrouted(Pass),
    /// It cannot be said; these are the endpoints that are possible, if any are.
    Unknown(Missing, Vec<Pick>),
}

impl Decision {
    /// The share of new connections that each endpoint gets: even in iptables and nftables, and with ipvs's `rr`.
    pub fn share(&self) -> Option<f64> {
        match self {
            Self::Dnat(picks) => u32::try_from(picks.len()).ok().map(|count| 1.0 / f64::from(count)),
            Self::Reject(_) | Self::Drop(_) | Self::Unrouted(_) | Self::Unknown(..) => None,
        }
    }

    /// The endpoints that may be picked.
    pub fn picks(&self) -> &[Pick] {
        match self {
            Self::Dnat(picks) | Self::Unknown(_, picks) => picks,
            Self::Reject(_) | Self::Drop(_) | Self::Unrouted(_) => &[],
        }
    }
}

/// What was taken for granted on the way to a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// No configuration of kube-proxy was read: iptables and defaults.
    Config,
    /// The configuration leaves the mode empty: iptables.
    ModeUnset,
    /// `clusterCIDR` is not known: it covers the pods and nothing else.
    ClusterCidr,
    /// `serviceCIDRs` are not known: they hold this Service's own cluster IP.
    ServiceCidrs,
    /// ipvs is modelled with less certainty (R4.13).
    Ipvs,
    /// The picks are not even: ipvs has another scheduler than `rr`.
    Scheduler,
    /// A pod's packets meet kube-proxy on the pod's own node.
    EntersAtItsNode,
    /// The packet crossed to another node with its source address kept.
    SourceKept,
    /// Some objects of this kind could not be read, and are not counted.
    Skipped(Kind),
    /// Releases before 1.31 differ in ways that are not modelled: when zone hints count, endpoints that shut down.
    OldRelease,
    /// The node's rules may have stopped following changes (R4.23); [`super::frozen`] names the Service port.
    RulesFrozen,
    /// kube-proxy cannot have started with its `nodePortAddresses` (R4.17).
    NodePortWords,
}

/// The Service port that took a packet.
#[derive(Clone, Debug)]
pub struct Match<'a> {
    /// By which address.
    pub via: Via,
    /// The Service.
    pub service: &'a Service,
    /// Its port.
    pub port: &'a ServicePort,
    /// Its endpoints of this family, as kube-proxy holds them.
    pub backends: Vec<Backend<'a>>,
    /// What this node chooses from.
    pub choice: Choice,
    /// The policy the packet follows; `None` where it got no further than a refusal.
    pub policy: Option<Policy>,
    /// Other Services that claim the same address, port and protocol: which one wins is not defined (D80).
    pub contested: Vec<Key>,
    /// Seconds for which a client stays with one endpoint, per node (R4.15, D68).
    pub sticky: Option<u32>,
}

/// The whole answer.
#[derive(Clone, Debug)]
pub struct Routed<'a> {
    /// What becomes of the packet.
    pub decision: Decision,
    /// Where it met kube-proxy; another node than the sender's where it went to that node's address.
    pub entry: EntryNode<'a>,
    /// The Service port that took it.
    pub matched: Option<Match<'a>>,
    /// What was taken for granted.
    pub assumptions: BTreeSet<Assumption>,
}
