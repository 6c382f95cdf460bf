//! A Service.

use std::net::IpAddr;

use smallvec::SmallVec;

use super::{Cidr, Family, Meta, Port, Protocol, Selector, TargetPort, Text};

/// `spec.type`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ServiceKind {
    /// Reached by its cluster IP only (or headless).
    #[default]
    ClusterIp,
    /// Also by a port on every node.
    NodePort,
    /// Also by a load balancer's addresses.
    LoadBalancer,
    /// A DNS alias: no addresses, no endpoints.
    ExternalName,
    /// A value this program does not know, kept as it came.
    Other(Text),
}

/// The Service's virtual addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClusterIp {
    /// `clusterIP: None`: DNS answers with the endpoints themselves.
    Headless,
    /// `clusterIPs`, the first is `clusterIP`.
    Ips(Vec<IpAddr>),
    /// None allocated: ExternalName, or the object comes from a file.
    #[default]
    Absent,
}

/// `internalTrafficPolicy` or `externalTrafficPolicy`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrafficPolicy {
    /// All endpoints; the default.
    #[default]
    Cluster,
    /// Those of the node only.
    Local,
}

/// `sessionAffinity`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Affinity {
    /// Each connection is its own.
    #[default]
    None,
    /// One client address stays with one endpoint.
    ClientIp {
        /// Seconds without traffic after which the pin ends.
        timeout_seconds: u32,
    },
}

/// One of `spec.ports`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Empty where the only port has no name; joins with a slice's port name (R4.5).
    pub name: Text,
    /// The port on the Service's own addresses.
    pub port: Port,
    /// Its protocol.
    pub protocol: Protocol,
    /// Where it goes in a pod.
    pub target: TargetPort,
    /// The port on every node.
    pub node_port: Option<Port>,
    /// A hint such as `http` or `kubernetes.io/h2c`.
    pub app_protocol: Option<Text>,
}

/// `ipMode` of a load balancer's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IpMode {
    /// Packets keep it as their destination; every node takes it (R4.10). The default.
    #[default]
    Vip,
    /// Traffic passes through the balancer, kube-proxy does not take the address.
    Proxy,
    /// A value this program does not know, kept as it came; kube-proxy takes only `VIP` and absence.
    Other(Text),
}

/// One of `status.loadBalancer.ingress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerIngress {
    /// An address …
    pub ip: Option<IpAddr>,
    /// … or a name.
    pub hostname: Option<Text>,
    /// `ipMode`
    pub ip_mode: IpMode,
}

/// What few Services have, boxed so that the others pay a pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRare {
    /// `spec.allocateLoadBalancerNodePorts: false`
    pub no_node_ports: bool,
    /// `spec.loadBalancerClass`: only that implementation acts (R4.19).
    pub class: Option<Text>,
    /// `spec.loadBalancerSourceRanges`, those that can be read.
    pub source_ranges: Vec<Cidr>,
    /// `spec.healthCheckNodePort` (R4.18)
    pub health_check: Option<Port>,
    /// `spec.loadBalancerIP`, as written.
    pub wanted_ip: Option<Text>,
}

/// core/v1 Service
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Name, identity, labels.
    pub meta: Meta,
    /// `spec.type`
    pub kind: ServiceKind,
    /// `spec.selector`
    pub selector: Selector,
    /// `spec.clusterIPs`
    pub cluster_ip: ClusterIp,
    /// `spec.ipFamilies`; may be empty in old objects (R3.11).
    pub families: Vec<Family>,
    /// `spec.ipFamilyPolicy`, as written.
    pub family_policy: Option<Text>,
    /// `spec.ports`
    pub ports: Vec<ServicePort>,
    /// `spec.externalName`
    pub external_name: Option<Text>,
    /// `spec.externalIPs`
    pub external_ips: Vec<IpAddr>,
    /// `status.loadBalancer.ingress`
    pub load_balancer: Vec<LoadBalancerIngress>,
    /// `spec.sessionAffinity`
    pub affinity: Affinity,
    /// `spec.internalTrafficPolicy`
    pub internal_policy: TrafficPolicy,
    /// `spec.externalTrafficPolicy`
    pub external_policy: TrafficPolicy,
    /// `spec.publishNotReadyAddresses`: endpoints are `ready` whatever the pod says (R3.5).
    pub publish_not_ready: bool,
    /// `spec.trafficDistribution`, as written.
    pub traffic_distribution: Option<Text>,
    /// Annotation `service.kubernetes.io/topology-mode` (or the older `topology-aware-hints`), as written.
    pub topology_mode: Option<Text>,
    /// What few Services have.
    pub rare: Option<Box<ServiceRare>>,
}

impl Service {
    /// `clusterIP: None`.
    pub fn headless(&self) -> bool {
        self.cluster_ip == ClusterIp::Headless
    }

    /// Where it leads, where it is an alias and has nothing of its own.
    pub fn alias(&self) -> Option<&Text> {
        self.external_name.as_ref().filter(|_| self.kind == ServiceKind::ExternalName)
    }

    /// `spec.loadBalancerSourceRanges`
    pub fn source_ranges(&self) -> &[Cidr] {
        self.rare.as_ref().map(|rare| &*rare.source_ranges).unwrap_or_default()
    }

    /// The families its slices have (R3.11): `ipFamilies`, else those of its cluster IPs, else both.
    pub fn slice_families(&self) -> SmallVec<[Family; 2]> {
        if !self.families.is_empty() {
            return self.families.as_slice().into();
        }
        match &self.cluster_ip {
            ClusterIp::Ips(ips) => ips.first().map(Family::of).into_iter().collect(),
            ClusterIp::Headless | ClusterIp::Absent => SmallVec::from([Family::V4, Family::V6]),
        }
    }
}
