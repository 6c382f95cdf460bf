//! A small world: Service `web` with every kind of address, three nodes in two zones, and packets to it.

use std::net::IpAddr;

use crate::model::{
    AddressType, Addresses, Cidr, ClusterIp, Endpoint, Family, Hints, IpMode, Key, Kind, LoadBalancerIngress, Meta,
    Node, Port, Protocol, Service, ServiceKind, ServicePort, ServiceRare, Slice, SlicePort, TargetPort, Text, Time,
    TrafficPolicy,
};
use crate::store::Store;
use crate::store::tests::delta::{Delta, Health, Step};
use crate::trace::proxy::*;

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn labelled(namespace: &str, name: &str, labels: &[(&str, &str)]) -> Meta {
    Meta { key: Key::new(namespace, name), labels: labels.iter().copied().collect(), ..Meta::default() }
}

pub(super) fn node(name: &str, zone: Option<&str>, addresses: &[&str]) -> Node {
    Node {
        meta: labelled("", name, &[]),
        zone: zone.map(Text::from),
        addresses: addresses.iter().map(|text| ip(text)).collect(),
        ..Node::default()
    }
}

/// A Service with every kind of address.
pub(super) fn web() -> Service {
    Service {
        meta: labelled("shop", "web", &[]),
        kind: ServiceKind::LoadBalancer,
        cluster_ip: ClusterIp::Ips(vec![ip("10.96.0.1")]),
        families: vec![Family::V4],
        ports: vec![ServicePort {
            name: "http".into(),
            port: Port(80),
            protocol: Protocol::Tcp,
            target: TargetPort::Number(Port(8080)),
            node_port: Some(Port(30080)),
            app_protocol: None,
        }],
        external_ips: vec![ip("198.51.100.1")],
        load_balancer: vec![LoadBalancerIngress { ip: Some(ip("203.0.113.1")), hostname: None, ip_mode: IpMode::Vip }],
        ..Service::default()
    }
}

/// `10.0.0.last` on a node: `ready`, `waiting` (not ready), `lingering` (shuts down, still serves) or `leaving`.
pub(super) fn endpoint(last: u8, on: &str, state: &str) -> Endpoint {
    let (ready, serving, terminating) = match state {
        "ready" => (true, true, false),
        "waiting" => (false, false, false),
        "lingering" => (false, true, true),
        _ => (false, false, true),
    };
    Endpoint {
        addresses: Addresses::One(ip(&format!("10.0.0.{last}"))),
        ready: Some(ready),
        serving: Some(serving),
        terminating: Some(terminating),
        node: Some(on.into()),
        ..Endpoint::default()
    }
}

pub(super) fn hinted(endpoint: Endpoint, zones: &[&str], nodes: &[&str]) -> Endpoint {
    let list = |names: &[&str]| names.iter().map(|name| Text::from(*name)).collect();
    Endpoint { hints: Some(Box::new(Hints { zones: list(zones), nodes: list(nodes) })), ..endpoint }
}

pub(super) fn slice(name: &str, endpoints: Vec<Endpoint>) -> Slice {
    Slice {
        meta: labelled("shop", name, &[("kubernetes.io/service-name", "web")]),
        address_type: AddressType::Ipv4,
        endpoints,
        ports: vec![SlicePort {
            name: Some("http".into()),
            port: Some(Port(8080)),
            protocol: Protocol::Tcp,
            app_protocol: None,
        }],
        triggered: None,
    }
}

pub(super) fn store(services: Vec<Service>, slices: Vec<Slice>) -> Store {
    let nodes = vec![
        node("n1", Some("a"), &["192.168.0.1", "192.168.1.1"]),
        node("n2", Some("b"), &["192.168.0.2"]),
        node("n3", None, &["192.168.0.3"]),
    ];
    let mut store = Store::new();
    let objects = [
        Delta::Service(Step::Listed(services)),
        Delta::Slice(Step::Listed(slices)),
        Delta::Pod(Step::Listed(Vec::new())),
        Delta::Node(Step::Listed(nodes)),
    ];
    store.apply(Time(0), objects.into_iter().chain(Kind::ALL.map(|kind| Delta::Health(kind, Health::Live))));
    store
}

pub(super) const POD: &str = "pod";
pub(super) const SAME: &str = "endpoint 1 itself";
pub(super) const FAR: &str = "pod of another node";
pub(super) const NODE: &str = "node";
pub(super) const OUTSIDE: &str = "outside";

pub(super) struct Case<'a> {
    pub(super) config: &'a str,
    pub(super) release: &'a str,
    pub(super) service: Service,
    pub(super) slices: Vec<Slice>,
    pub(super) entry: Option<&'a str>,
    pub(super) cidrs: Option<&'a str>,
}

/// iptables, endpoint 1 on n1 and 2 on n2, met on n1.
pub(super) fn plain() -> Case<'static> {
    Case {
        config: "{mode: iptables, clusterCIDR: 10.0.0.0/16}",
        release: "v1.37.2",
        service: web(),
        slices: vec![slice("web-1", vec![endpoint(1, "n1", "ready"), endpoint(2, "n2", "ready")])],
        entry: Some("n1"),
        cidrs: Some("10.96.0.0/16,fd00:96::/112"),
    }
}

pub(super) fn of(endpoints: Vec<Endpoint>) -> Case<'static> {
    Case { slices: vec![slice("web-1", endpoints)], ..plain() }
}

pub(super) fn with(change: impl Fn(&mut Service), case: Case<'static>) -> Case<'static> {
    let mut case = case;
    change(&mut case.service);
    case
}

pub(super) const NFTABLES: &str = "{mode: nftables, clusterCIDR: 10.0.0.0/16}";
pub(super) const IPVS: &str = "{mode: ipvs, clusterCIDR: 10.0.0.0/16}";

pub(super) fn local_inside(service: &mut Service) {
    service.internal_policy = TrafficPolicy::Local;
}

pub(super) fn local_outside(service: &mut Service) {
    service.external_policy = TrafficPolicy::Local;
}

pub(super) fn ranges(service: &mut Service, texts: &[&str]) {
    let source_ranges = texts.iter().filter_map(|text| Cidr::parse(text)).collect();
    service.rare = Some(Box::new(ServiceRare { source_ranges, ..ServiceRare::default() }));
}

pub(super) fn hidden(service: &mut Service) {
    service.meta.labels = [(PROXY_NAME_LABEL, "")].into_iter().collect();
}

impl Case<'_> {
    pub(super) fn config(&self) -> ProxyConfig {
        ProxyConfig::parse(self.config).unwrap().with_release(Release::parse(self.release))
    }

    /// What becomes of a packet, in a few characters, and what was assumed.
    pub(super) fn send(&self, from: &str, to: &str) -> String {
        let store = store(vec![self.service.clone()], self.slices.clone());
        self.send_in(&store, from, to).0
    }

    pub(super) fn send_in(&self, store: &Store, from: &str, to: &str) -> (String, Vec<Assumption>) {
        let (n1, n2) = (Text::from("n1"), Text::from("n2"));
        let source = match from {
            POD => Source::Pod { ip: ip("10.0.0.77"), node: Some(&n1) },
            SAME => Source::Pod { ip: ip("10.0.0.1"), node: Some(&n1) },
            FAR => Source::Pod { ip: ip("10.0.0.88"), node: Some(&n2) },
            NODE => Source::Node { ip: ip("192.168.0.1") },
            text => Source::Outside { ip: ip(if text == OUTSIDE { "203.0.113.200" } else { text }) },
        };
        let (to, protocol) = to.split_once(' ').unwrap_or((to, "TCP"));
        let (address, port) = to.rsplit_once(':').unwrap();
        let protocol = Protocol::from(protocol);
        let port = Port(port.parse().unwrap());
        let packet = Packet { source, to: ip(address), port, protocol: &protocol };
        let entry = self.entry.map(Text::from);
        let cidrs: Option<Vec<Cidr>> = self.cidrs.map(|text| text.split(',').filter_map(Cidr::parse).collect());
        let entry = EntryNode::of(store, entry.as_ref());
        let routed = route(store, &packet, entry, &self.config(), cidrs.as_deref());
        let list = |picks: &[Pick]| {
            let backends = routed.matched.as_ref().map(|matched| &*matched.backends).unwrap_or_default();
            let names = picks.iter().map(|pick| {
                let IpAddr::V4(v4) = backends[pick.place].ip else { unreachable!("only IPv4 here") };
                let name = v4.octets()[3].to_string();
                pick.masquerade.map_or(name.clone(), |why| format!("{name} {why:?}"))
            });
            names.collect::<Vec<_>>().join(", ")
        };
        let said = match &routed.decision {
            Decision::Dnat(picks) => list(picks),
            Decision::Unknown(missing, picks) => format!("{missing:?}? {}", list(picks)),
            Decision::Reject(Refusal::UndefinedPort(_, ports)) => format!("Reject {ports:?}"),
            Decision::Reject(why) => format!("Reject {why:?}"),
            Decision::Drop(Loss::SourceRanges(_)) => "Drop SourceRanges".to_owned(),
            Decision::Drop(Loss::Hidden(_)) => "Drop Hidden".to_owned(),
            Decision::Drop(why) => format!("Drop {why:?}"),
            Decision::Unrouted(Pass::UndefinedPort(_, ports)) => format!("Pass {ports:?}"),
            Decision::Unrouted(Pass::Hidden(_)) => "Pass Hidden".to_owned(),
            Decision::Unrouted(Pass::ToBalancer(_)) => "Pass ToBalancer".to_owned(),
            Decision::Unrouted(Pass::NodePortElsewhere(_, ranges)) => {
                format!("Pass {}", ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
            }
            Decision::Unrouted(Pass::NotOnLoopback(_)) => "Pass NotOnLoopback".to_owned(),
            Decision::Unrouted(why) => format!("Pass {why:?}"),
        };
        (said.trim_end().to_owned(), routed.assumptions.into_iter().collect())
    }
}

pub(super) const VIP: &str = "10.96.0.1:80";
pub(super) const EXTERNAL: &str = "198.51.100.1:80";
pub(super) const BALANCER: &str = "203.0.113.1:80";
pub(super) const NODE_PORT: &str = "192.168.0.1:30080";
