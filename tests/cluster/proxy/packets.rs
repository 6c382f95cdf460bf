//! The packets that are tried on a node: to every address and port that a Service has, and to some that it has not.

use std::collections::BTreeSet;
use std::net::IpAddr;

use podpath::model::{Cidr, ClusterIp, Service};
use podpath::store::Store;

use super::ruleset::Packet;
use crate::worlds::addresses;

/// Inside and outside of the source ranges that worlds have.
const OUTSIDE: [&str; 4] = ["203.0.113.7", "198.18.0.7", "2001:db8:feed::7", "fd00:77::7"];

/// The ranges of each node's pods.
pub(super) type PodRanges = [(String, Vec<Cidr>)];

/// Every packet for the node of that name.
pub(super) fn all(store: &Store, name: &str, ranges: &PodRanges) -> Vec<Packet> {
    let node: Vec<IpAddr> = addresses(name).iter().map(|ip| parse(ip)).collect();
    let mut sources: Vec<IpAddr> = OUTSIDE.iter().map(|ip| parse(ip)).chain(node.iter().copied()).collect();
    // A pod of the node and one of another.
    sources.extend(
        ranges
            .iter()
            .filter(|(node, _)| node == name || node == "n3")
            .flat_map(|(_, ranges)| ranges.iter().map(|range| in_range(*range))),
    );
    let mut tried = BTreeSet::new();
    for service in store.services() {
        let ports = ports(service);
        for destination in frontends(service) {
            tried.extend(ports.iter().map(|(protocol, port)| (destination, protocol.clone(), *port)));
        }
        for port in &service.ports {
            let Some(number) = port.node_port else { continue };
            let protocol = port.protocol.to_string().to_lowercase();
            let others = ["10.250.0.99", "127.0.0.1", "fd00:250::99"].map(parse);
            for ip in node.iter().copied().chain(others) {
                tried.insert((ip, protocol.clone(), number.0));
            }
            tried.insert((node[0], "udp".to_owned(), number.0));
        }
    }
    // Addresses of the Services' range that nobody has.
    for ip in ["10.96.255.254", "fd00:10:96::fffe"] {
        tried.insert((parse(ip), "tcp".to_owned(), 80));
    }
    let mut packets = Vec::new();
    for (destination, protocol, port) in tried {
        let own = endpoint(store, destination, name);
        for source in sources.iter().copied().chain(own).filter(|source| source.is_ipv4() == destination.is_ipv4()) {
            let holds = |(_, ranges): &&(String, Vec<Cidr>)| ranges.iter().any(|range| range.contains(&source));
            let sender = ranges.iter().find(holds).map(|(node, _)| node.clone());
            packets.push(Packet { source, sender, destination, protocol: protocol.clone(), port, node: node.clone() });
        }
    }
    packets
}

/// An endpoint of the Service that has the address: it asks itself, on its own node.
fn endpoint(store: &Store, destination: IpAddr, node: &str) -> Option<IpAddr> {
    let service = store.services().find(|service| frontends(service).contains(&destination))?;
    let endpoints = store.slices_of(&service.meta.key).flat_map(|slice| &slice.endpoints);
    let mut own = endpoints.filter(|endpoint| endpoint.node.as_ref().is_some_and(|name| name == node));
    own.find_map(|endpoint| endpoint.address().filter(|ip| ip.is_ipv4() == destination.is_ipv4()))
}

/// The two hundredth address of a range.
fn in_range(range: Cidr) -> IpAddr {
    let text = range.to_string();
    match parse(text.split('/').next().unwrap_or_default()) {
        IpAddr::V4(ip) => IpAddr::from((ip.to_bits() + 200).to_be_bytes()),
        IpAddr::V6(ip) => IpAddr::from((ip.to_bits() + 200).to_be_bytes()),
    }
}

fn parse(ip: &str) -> IpAddr {
    ip.parse().expect("an address")
}

/// Cluster IPs, external IPs, the load balancer's.
fn frontends(service: &Service) -> Vec<IpAddr> {
    let mut all = match &service.cluster_ip {
        ClusterIp::Ips(ips) => ips.clone(),
        ClusterIp::Headless | ClusterIp::Absent => Vec::new(),
    };
    all.extend(&service.external_ips);
    all.extend(service.load_balancer.iter().filter_map(|ingress| ingress.ip));
    all
}

/// Its ports; the first also by another protocol; one that it has not.
fn ports(service: &Service) -> Vec<(String, u16)> {
    let mut ports: Vec<(String, u16)> =
        service.ports.iter().map(|port| (port.protocol.to_string().to_lowercase(), port.port.0)).collect();
    if let Some((_, first)) = ports.first().cloned() {
        ports.extend([("udp".to_owned(), first), ("tcp".to_owned(), 4)]);
    }
    ports
}
