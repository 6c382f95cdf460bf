//! kube-proxy: which endpoints the real code chose, and where the rules it wrote sent packets.

use std::collections::BTreeMap;
use std::net::IpAddr;

use podpath::delta::{Delta, Health, Step};
use podpath::model::{Cidr, Family, Interner, Key, Kind, Meta, Node, Port, Protocol, Service, Slice, Text, Time};
use podpath::store::Store;
use podpath::trace::proxy::{
    Backend, Chosen, Decision, EntryNode, Packet, ProxyConfig, Routed, Source, Standpoint, Zone, backends, categorize,
    cluster_ip, route,
};
use podpath::watch::decode;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::files::{Tally, replay};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Categorize<'a> {
    id: u64,
    #[serde(borrow)]
    service: &'a RawValue,
    #[serde(borrow)]
    slices: Option<Vec<&'a RawValue>>,
    family: String,
    node: String,
    node_labels: Option<BTreeMap<String, String>>,
    expect: Option<Vec<PortChoice>>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct PortChoice {
    port: String,
    protocol: String,
    uses_cluster_endpoints: bool,
    uses_local_endpoints: bool,
    cluster: Option<Vec<String>>,
    local: Option<Vec<String>>,
    all_reachable: Option<Vec<String>>,
    has_any_endpoints: bool,
}

fn objects(service: &RawValue, slices: Option<&Vec<&RawValue>>) -> (Service, Vec<Slice>) {
    let interner = &mut Interner::default();
    let service = decode::service(service.get().as_bytes(), interner).unwrap();
    let slices = slices.into_iter().flatten();
    (service, slices.map(|slice| decode::slice(slice.get().as_bytes(), interner).unwrap()).collect())
}

/// As kube-proxy holds it: a set that is not used does not exist.
fn names(backends: &[Backend<'_>], chosen: &Chosen) -> Option<Vec<String>> {
    match chosen {
        Chosen::Unused => None,
        Chosen::These(places) => {
            let mut names: Vec<String> = places.iter().map(|at| backends[*at].socket().to_string()).collect();
            names.sort();
            Some(names)
        }
        Chosen::Unknown { missing, .. } => panic!("{missing:?} is given"),
    }
}

fn categorized(case: &Categorize<'_>) -> Vec<PortChoice> {
    let (service, slices) = objects(case.service, case.slices.as_ref());
    let family = Family::parse(&case.family).unwrap();
    if cluster_ip(&service, family).is_err() {
        return Vec::new();
    }
    let zone = case.node_labels.as_ref().and_then(|labels| labels.get("topology.kubernetes.io/zone"));
    let (node, zone) = (Text::from(case.node.as_str()), zone.map(|zone| Text::from(zone.as_str())));
    let at = Standpoint { node: Some(&node), zone: zone.as_ref().map_or(Zone::Unlabelled, Zone::In) };
    let config = ProxyConfig::default();
    let mut choices: Vec<PortChoice> = service
        .ports
        .iter()
        .map(|port| {
            let backends = backends(slices.iter(), (&port.name, &port.protocol), family, at.node, &config);
            let choice = categorize(&backends, (&service, port), family, at, &config);
            PortChoice {
                port: port.name.to_string(),
                protocol: port.protocol.to_string(),
                uses_cluster_endpoints: choice.uses_cluster,
                uses_local_endpoints: choice.uses_local,
                cluster: names(&backends, &choice.cluster),
                // kube-proxy makes no local set where it would be empty.
                local: names(&backends, &choice.local).filter(|local| !local.is_empty()),
                all_reachable: names(&backends, &choice.all()).filter(|all| choice.uses_cluster || !all.is_empty()),
                has_any_endpoints: choice.has_any,
            }
        })
        .collect();
    choices.sort_by(|a, b| (&a.port, &a.protocol).cmp(&(&b.port, &b.protocol)));
    choices
}

fn replay_categorize(file: &str) {
    replay(file, |line| {
        let case: Categorize<'_> = serde_json::from_str(line).unwrap();
        let ours = categorized(&case);
        let mut theirs = case.expect.unwrap_or_default();
        theirs.sort_by(|a, b| (&a.port, &a.protocol).cmp(&(&b.port, &b.protocol)));
        (ours != theirs).then(|| format!("case {}: ours {ours:?}, theirs {theirs:?}", case.id))
    });
}

#[test]
fn vectors_kubeproxy_categorize() {
    replay_categorize("kubeproxy_categorize");
}

#[test]
fn vectors_kubeproxy_categorize_edge() {
    replay_categorize("kubeproxy_categorize_edge");
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Packets<'a> {
    id: u64,
    backend: String,
    node: String,
    #[serde(rename = "nodeIPs")]
    node_ips: Vec<IpAddr>,
    #[serde(rename = "podCIDR")]
    pod_cidr: String,
    detect_local_mode: String,
    node_port_addresses: Option<Vec<String>>,
    #[serde(rename = "serviceCIDR")]
    service_cidr: String,
    #[serde(borrow)]
    service: &'a RawValue,
    #[serde(borrow)]
    slices: Option<Vec<&'a RawValue>>,
    packets: Vec<Sent>,
}

#[derive(Debug, Deserialize)]
struct Sent {
    src: IpAddr,
    dst: IpAddr,
    port: u16,
    proto: String,
    output: String,
    masq: bool,
}

/// A cluster of one node, one Service and its slices.
fn world(case: &Packets<'_>) -> Store {
    let (service, slices) = objects(case.service, case.slices.as_ref());
    let key = Key { namespace: Text::default(), name: case.node.as_str().into() };
    let node = Node { meta: Meta { key, ..Meta::default() }, addresses: case.node_ips.clone(), ..Node::default() };
    let mut store = Store::new();
    let objects = [
        Delta::Service(Step::Listed(vec![service])),
        Delta::Slice(Step::Listed(slices)),
        Delta::Pod(Step::Listed(Vec::new())),
        Delta::Node(Step::Listed(vec![node])),
        Delta::Namespace(Step::Listed(Vec::new())),
    ];
    store.apply(Time(0), objects.into_iter().chain(Kind::ALL.map(|kind| Delta::Health(kind, Health::Live))));
    store
}

/// The output as the tracer of the rules writes it, and whether the source address is replaced.
fn followed(routed: &Routed<'_>) -> (String, Option<bool>) {
    match &routed.decision {
        Decision::Dnat(picks) => {
            let backends = &routed.matched.as_ref().unwrap().backends;
            let mut names: Vec<String> = picks.iter().map(|pick| backends[pick.place].socket().to_string()).collect();
            names.sort();
            (names.join(", "), Some(picks.iter().any(|pick| pick.masquerade.is_some())))
        }
        Decision::Reject(_) => ("REJECT".to_owned(), None),
        Decision::Drop(_) => ("DROP".to_owned(), None),
        Decision::Unrouted(_) => (String::new(), None),
        Decision::Unknown(missing, _) => panic!("{missing:?} is given"),
    }
}

fn expected(output: &str) -> String {
    let mut parts: Vec<&str> = output.split(", ").collect();
    parts.sort_unstable();
    parts.dedup();
    parts.join(", ")
}

fn replay_packets(file: &str) {
    replay(file, |line| {
        let case: Packets<'_> = serde_json::from_str(line).unwrap();
        let store = world(&case);
        let config = format!(
            "mode: {}\ndetectLocalMode: {}\nclusterCIDR: {}\nnodePortAddresses: {:?}\n",
            case.backend,
            case.detect_local_mode,
            case.pod_cidr,
            case.node_port_addresses.as_deref().unwrap_or_default(),
        );
        let config = ProxyConfig::parse(&config).unwrap();
        let pods = Cidr::parse(&case.pod_cidr).unwrap();
        let node = Text::from(case.node.as_str());
        let service_cidrs = [Cidr::parse(&case.service_cidr).unwrap()];
        let mut tally = Tally::default();
        for sent in &case.packets {
            let source = match sent.src {
                ip if case.node_ips.contains(&ip) => Source::Node { ip },
                ip if pods.contains(&ip) => Source::Pod { ip, node: Some(&node) },
                ip => Source::Outside { ip },
            };
            let protocol = Protocol::from(sent.proto.as_str());
            let packet = Packet { source, to: sent.dst, port: Port(sent.port), protocol: &protocol };
            let entry = EntryNode::of(&store, Some(&node));
            let routed = route(&store, &packet, entry, &config, Some(&service_cidrs));
            let (output, masquerade) = followed(&routed);
            let same = output == expected(&sent.output) && masquerade.is_none_or(|ours| ours == sent.masq);
            tally.case((!same).then(|| format!("case {}: {sent:?}: {routed:?}", case.id)));
        }
        tally
    });
}

#[test]
fn vectors_kubeproxy_packets_iptables() {
    replay_packets("kubeproxy_packets_iptables");
}

#[test]
fn vectors_kubeproxy_packets_nftables() {
    replay_packets("kubeproxy_packets_nftables");
}
