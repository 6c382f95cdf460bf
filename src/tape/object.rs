//! Objects on tape.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::part::{Meta, ips_out, is_default, labels_in, labels_out, protocol_out, shared, some, text};
use crate::model::{self, Family, Interner, Port, Protocol, Time, Uid};

/// Both directions of a kind.
pub(super) trait OnTape: Sized {
    type Wire: Serialize + for<'de> Deserialize<'de>;
    fn write(&self) -> Self::Wire;
    fn read(wire: Self::Wire, interner: &mut Interner) -> Self;
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Namespace {
    meta: Meta,
    #[serde(default, skip_serializing_if = "is_default")]
    terminating: bool,
}

impl OnTape for model::Namespace {
    type Wire = Namespace;
    fn write(&self) -> Namespace {
        Namespace { meta: (&self.meta).into(), terminating: self.terminating }
    }
    fn read(wire: Namespace, interner: &mut Interner) -> Self {
        Self { meta: wire.meta.read(interner), terminating: wire.terminating }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Node {
    meta: Meta,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<IpAddr>,
    ready: Condition,
    #[serde(default, skip_serializing_if = "is_default")]
    unschedulable: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    kubelet: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Condition {
    True,
    False { reason: String, since: Option<i64> },
    Unreported,
}

impl OnTape for model::Node {
    type Wire = Node;
    fn write(&self) -> Node {
        let ready = match &self.ready {
            model::NodeReady::Ready => Condition::True,
            model::NodeReady::NotReady { reason, since } => {
                Condition::False { reason: reason.to_string(), since: since.map(|time| time.0) }
            }
            model::NodeReady::Unreported => Condition::Unreported,
        };
        Node {
            meta: (&self.meta).into(),
            zone: some(self.zone.as_ref()),
            addresses: ips_out(&self.addresses),
            ready,
            unschedulable: self.unschedulable,
            kubelet: self.kubelet_version.to_string(),
        }
    }
    fn read(wire: Node, interner: &mut Interner) -> Self {
        let ready = match wire.ready {
            Condition::True => model::NodeReady::Ready,
            Condition::False { reason, since } => {
                model::NodeReady::NotReady { reason: text(&reason, interner), since: since.map(Time) }
            }
            Condition::Unreported => model::NodeReady::Unreported,
        };
        Self {
            meta: wire.meta.read(interner),
            zone: shared(wire.zone, interner),
            addresses: wire.addresses,
            ready,
            unschedulable: wire.unschedulable,
            kubelet_version: text(&wire.kubelet, interner),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Slice {
    meta: Meta,
    addresses: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    endpoints: Vec<Endpoint>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ports: Vec<SlicePort>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    triggered: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SlicePort {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    protocol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app_protocol: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Endpoint {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ips: Vec<IpAddr>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spelled: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ready: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    serving: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terminating: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// kind, namespace, name, uid
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<(String, String, String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hint_zones: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hint_nodes: Vec<String>,
}

fn endpoint_out(endpoint: &model::Endpoint) -> Endpoint {
    let list = |texts: &[model::Text]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let hints = endpoint.hints.as_deref();
    Endpoint {
        ips: ips_out(endpoint.addresses.as_slice()),
        names: if endpoint.addresses.is_empty() { list(endpoint.names()) } else { Vec::new() },
        spelled: if endpoint.addresses.is_empty() { Vec::new() } else { list(endpoint.names()) },
        ready: endpoint.ready,
        serving: endpoint.serving,
        terminating: endpoint.terminating,
        hostname: some(endpoint.hostname.as_ref()),
        node: some(endpoint.node.as_ref()),
        zone: some(endpoint.zone.as_ref()),
        target: endpoint.target.as_deref().map(|target| {
            (target.kind.to_string(), target.namespace.to_string(), target.name.to_string(), target.uid.to_string())
        }),
        hint_zones: hints.map(|hints| list(&hints.zones)).unwrap_or_default(),
        hint_nodes: hints.map(|hints| list(&hints.nodes)).unwrap_or_default(),
    }
}

fn endpoint_in(wire: Endpoint, interner: &mut Interner) -> model::Endpoint {
    let mut list = |texts: Vec<String>| texts.iter().map(|text| interner.text(text)).collect::<Vec<_>>();
    let hints = model::Hints { zones: list(wire.hint_zones), nodes: list(wire.hint_nodes) };
    let spelled = list(if wire.spelled.is_empty() { wire.names } else { wire.spelled });
    let spelled = (!spelled.is_empty()).then(|| Box::new(model::Spelled(spelled)));
    model::Endpoint {
        addresses: wire.ips.into_iter().collect(),
        spelled,
        ready: wire.ready,
        serving: wire.serving,
        terminating: wire.terminating,
        hostname: wire.hostname.map(Into::into),
        node: shared(wire.node, interner),
        zone: shared(wire.zone, interner),
        target: wire.target.map(|(kind, namespace, name, uid)| {
            Box::new(model::TargetRef {
                kind: text(&kind, interner),
                namespace: text(&namespace, interner),
                name: name.into(),
                uid: Uid::from(uid.as_str()),
            })
        }),
        hints: (hints != model::Hints::default()).then(|| Box::new(hints)),
    }
}

impl OnTape for model::Slice {
    type Wire = Slice;
    fn write(&self) -> Slice {
        let addresses = match &self.address_type {
            model::AddressType::Ipv4 => "IPv4".to_owned(),
            model::AddressType::Ipv6 => "IPv6".to_owned(),
            model::AddressType::Fqdn => "FQDN".to_owned(),
            model::AddressType::Other(other) => other.to_string(),
        };
        let ports = self.ports.iter().map(|port| SlicePort {
            name: some(port.name.as_ref()),
            port: port.port.map(|port| port.0),
            protocol: protocol_out(&port.protocol),
            app_protocol: some(port.app_protocol.as_ref()),
        });
        Slice {
            meta: (&self.meta).into(),
            addresses,
            endpoints: self.endpoints.iter().map(endpoint_out).collect(),
            ports: ports.collect(),
            triggered: self.triggered.map(|time| time.0),
        }
    }
    fn read(wire: Slice, interner: &mut Interner) -> Self {
        let address_type = match wire.addresses.as_str() {
            "IPv4" => model::AddressType::Ipv4,
            "IPv6" => model::AddressType::Ipv6,
            "FQDN" => model::AddressType::Fqdn,
            other => model::AddressType::Other(other.into()),
        };
        let ports = wire.ports.into_iter().map(|port| model::SlicePort {
            name: shared(port.name, interner),
            port: port.port.map(Port),
            protocol: Protocol::from(port.protocol.as_str()),
            app_protocol: shared(port.app_protocol, interner),
        });
        let ports = ports.collect();
        Self {
            meta: wire.meta.read(interner),
            address_type,
            endpoints: wire.endpoints.into_iter().map(|endpoint| endpoint_in(endpoint, interner)).collect(),
            ports,
            triggered: wire.triggered.map(Time),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Service {
    meta: Meta,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    selector: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "is_default")]
    headless: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cluster_ips: Vec<IpAddr>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    families: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family_policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ports: Vec<ServicePort>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    external_ips: Vec<IpAddr>,
    /// ip, hostname, mode
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    load_balancer: Vec<(Option<IpAddr>, Option<String>, Mode)>,
    /// Seconds of a ClientIP pin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    affinity: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    internal_local: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    external_local: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    publish_not_ready: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traffic_distribution: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topology_mode: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    no_node_ports: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    source_ranges: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    health_check: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wanted_ip: Option<String>,
}

/// `ipMode`: whether it is `Proxy`, or a word that is neither that nor `VIP`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Mode {
    Proxy(bool),
    Other(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct ServicePort {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    port: u16,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    protocol: String,
    target: Target,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node_port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app_protocol: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Target {
    Number(u16),
    Name(String),
}

fn local(policy: model::TrafficPolicy) -> bool {
    policy == model::TrafficPolicy::Local
}

fn policy(local: bool) -> model::TrafficPolicy {
    if local { model::TrafficPolicy::Local } else { model::TrafficPolicy::Cluster }
}

fn service_port_in(port: ServicePort, interner: &mut Interner) -> model::ServicePort {
    model::ServicePort {
        name: text(&port.name, interner),
        port: Port(port.port),
        protocol: Protocol::from(port.protocol.as_str()),
        target: match port.target {
            Target::Number(number) => model::TargetPort::Number(Port(number)),
            Target::Name(name) => model::TargetPort::Name(text(&name, interner)),
        },
        node_port: port.node_port.map(Port),
        app_protocol: shared(port.app_protocol, interner),
    }
}

impl OnTape for model::Service {
    type Wire = Service;
    fn write(&self) -> Service {
        let kind = match &self.kind {
            model::ServiceKind::ClusterIp => String::new(),
            model::ServiceKind::NodePort => "NodePort".to_owned(),
            model::ServiceKind::LoadBalancer => "LoadBalancer".to_owned(),
            model::ServiceKind::ExternalName => "ExternalName".to_owned(),
            model::ServiceKind::Other(other) => other.to_string(),
        };
        let ports = self.ports.iter().map(|port| ServicePort {
            name: port.name.to_string(),
            port: port.port.0,
            protocol: protocol_out(&port.protocol),
            target: match &port.target {
                model::TargetPort::Number(port) => Target::Number(port.0),
                model::TargetPort::Name(name) => Target::Name(name.to_string()),
            },
            node_port: port.node_port.map(|port| port.0),
            app_protocol: some(port.app_protocol.as_ref()),
        });
        let cluster_ips = match &self.cluster_ip {
            model::ClusterIp::Ips(ips) => ips.clone(),
            model::ClusterIp::Headless | model::ClusterIp::Absent => Vec::new(),
        };
        let balancer = self.load_balancer.iter().map(|ingress| {
            let mode = match &ingress.ip_mode {
                model::IpMode::Vip => Mode::Proxy(false),
                model::IpMode::Proxy => Mode::Proxy(true),
                model::IpMode::Other(other) => Mode::Other(other.to_string()),
            };
            (ingress.ip, some(ingress.hostname.as_ref()), mode)
        });
        let rare = self.rare.as_deref();
        Service {
            meta: (&self.meta).into(),
            kind,
            selector: labels_out(&self.selector.0),
            headless: self.headless(),
            cluster_ips,
            families: self.families.iter().map(ToString::to_string).collect(),
            family_policy: some(self.family_policy.as_ref()),
            ports: ports.collect(),
            external_name: some(self.external_name.as_ref()),
            external_ips: self.external_ips.clone(),
            load_balancer: balancer.collect(),
            affinity: match self.affinity {
                model::Affinity::None => None,
                model::Affinity::ClientIp { timeout_seconds } => Some(timeout_seconds),
            },
            internal_local: local(self.internal_policy),
            external_local: local(self.external_policy),
            publish_not_ready: self.publish_not_ready,
            traffic_distribution: some(self.traffic_distribution.as_ref()),
            topology_mode: some(self.topology_mode.as_ref()),
            no_node_ports: rare.is_some_and(|rare| rare.no_node_ports),
            class: some(rare.and_then(|rare| rare.class.as_ref())),
            source_ranges: self.source_ranges().iter().map(ToString::to_string).collect(),
            health_check: rare.and_then(|rare| rare.health_check).map(|port| port.0),
            wanted_ip: some(rare.and_then(|rare| rare.wanted_ip.as_ref())),
        }
    }
    fn read(wire: Service, interner: &mut Interner) -> Self {
        let kind = match wire.kind.as_str() {
            "" | "ClusterIP" => model::ServiceKind::ClusterIp,
            "NodePort" => model::ServiceKind::NodePort,
            "LoadBalancer" => model::ServiceKind::LoadBalancer,
            "ExternalName" => model::ServiceKind::ExternalName,
            other => model::ServiceKind::Other(other.into()),
        };
        let cluster_ip = match (wire.headless, wire.cluster_ips) {
            (true, _) => model::ClusterIp::Headless,
            (false, ips) if ips.is_empty() => model::ClusterIp::Absent,
            (false, ips) => model::ClusterIp::Ips(ips),
        };
        let load_balancer = wire.load_balancer.into_iter().map(|(ip, hostname, mode)| {
            let ip_mode = match mode {
                Mode::Proxy(false) => model::IpMode::Vip,
                Mode::Proxy(true) => model::IpMode::Proxy,
                Mode::Other(other) => model::IpMode::Other(text(&other, interner)),
            };
            model::LoadBalancerIngress { ip, hostname: shared(hostname, interner), ip_mode }
        });
        let load_balancer = load_balancer.collect();
        let rare = model::ServiceRare {
            no_node_ports: wire.no_node_ports,
            class: shared(wire.class, interner),
            source_ranges: wire.source_ranges.iter().filter_map(|text| model::Cidr::parse(text)).collect(),
            health_check: wire.health_check.map(Port),
            wanted_ip: shared(wire.wanted_ip, interner),
        };
        Self {
            meta: wire.meta.read(interner),
            kind,
            selector: model::Selector(labels_in(wire.selector, interner)),
            cluster_ip,
            families: wire.families.iter().filter_map(|family| Family::parse(family)).collect(),
            family_policy: shared(wire.family_policy, interner),
            ports: wire.ports.into_iter().map(|port| service_port_in(port, interner)).collect(),
            external_name: shared(wire.external_name, interner),
            external_ips: wire.external_ips,
            load_balancer,
            affinity: wire
                .affinity
                .map_or(model::Affinity::None, |timeout_seconds| model::Affinity::ClientIp { timeout_seconds }),
            internal_policy: policy(wire.internal_local),
            external_policy: policy(wire.external_local),
            publish_not_ready: wire.publish_not_ready,
            traffic_distribution: shared(wire.traffic_distribution, interner),
            topology_mode: shared(wire.topology_mode, interner),
            rare: (rare != model::ServiceRare::default()).then(|| Box::new(rare)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_read_as_it_was_written() {
        let ingress = |ip_mode| model::LoadBalancerIngress { ip: "1.2.3.4".parse().ok(), hostname: None, ip_mode };
        let service = model::Service {
            meta: model::Meta { key: model::Key::new("shop", "web"), ..model::Meta::default() },
            load_balancer: [model::IpMode::Vip, model::IpMode::Proxy, model::IpMode::Other("Tunnel".into())]
                .map(ingress)
                .into(),
            rare: Some(Box::new(model::ServiceRare {
                no_node_ports: true,
                class: Some("a.example/b".into()),
                source_ranges: model::Cidr::parse("10.0.0.0/8").into_iter().collect(),
                health_check: Some(Port(32000)),
                wanted_ip: Some("1.2.3.4".into()),
            })),
            ..model::Service::default()
        };
        let line = serde_json::to_string(&service.write()).unwrap();
        let read = model::Service::read(serde_json::from_str(&line).unwrap(), &mut Interner::default());
        assert_eq!(read, service);
    }

    #[test]
    fn a_tape_from_before_these_fields_is_still_read() {
        let old = r#"{"meta":{"namespace":"shop","name":"web"},"kind":"LoadBalancer",
            "load_balancer":[["1.2.3.4",null,false],["1.2.3.5","lb.example",true]]}"#;
        let read = model::Service::read(serde_json::from_str(old).unwrap(), &mut Interner::default());
        assert_eq!(read.rare, None);
        let modes: Vec<&model::IpMode> = read.load_balancer.iter().map(|ingress| &ingress.ip_mode).collect();
        assert_eq!(modes, [&model::IpMode::Vip, &model::IpMode::Proxy]);
    }
}
