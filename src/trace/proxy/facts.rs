//! What a Service object alone says about how it is reached (R4.19, R4.22; D66, D70, D75, D80).

use std::net::IpAddr;

use crate::model::{Key, Port, Service, ServiceKind, ServicePort, TargetPort, Text};
use crate::store::Store;

/// How far a load balancer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Balancer {
    /// The Service asks for none.
    NotAsked,
    /// It has no address yet; the class that alone may give one, if one is named (D75).
    Pending(Option<Text>),
    /// It has an address or a name.
    Given,
}

/// How far the load balancer of a Service has come.
pub fn balancer(service: &Service) -> Balancer {
    match (&service.kind, service.load_balancer.is_empty()) {
        (ServiceKind::LoadBalancer, true) => {
            Balancer::Pending(service.rare.as_ref().and_then(|rare| rare.class.clone()))
        }
        (ServiceKind::LoadBalancer, false) => Balancer::Given,
        (ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::ExternalName | ServiceKind::Other(_), _) => {
            Balancer::NotAsked
        }
    }
}

/// Whether the topology annotation is on, in which case `trafficDistribution` counts for nothing (§3.5, D66).
pub fn annotation_rules(service: &Service) -> bool {
    service.topology_mode.as_ref().is_some_and(|mode| *mode == "Auto" || *mode == "auto")
}

/// Where a client of a headless Service must dial instead of the Service's own port, which nothing translates (D70).
pub fn untranslated<'a>(service: &Service, port: &'a ServicePort) -> Option<&'a TargetPort> {
    let same = port.target == TargetPort::Number(port.port);
    (service.headless() && !same).then_some(&port.target)
}

/// Whom an external IP of a Service collides with (D80).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Collision {
    /// A node has the address.
    Node(Key),
    /// Another Service claims it with the same port and protocol.
    Service(Key, Port),
}

/// The collisions of a Service's external IPs.
pub fn collisions(store: &Store, service: &Service) -> Vec<(IpAddr, Collision)> {
    let mut found = Vec::new();
    for ip in &service.external_ips {
        let nodes = store.nodes().filter(|node| node.addresses.contains(ip));
        found.extend(nodes.map(|node| (*ip, Collision::Node(node.meta.key.clone()))));
        for other in store.services_at(*ip).filter(|other| other.meta.key != service.meta.key) {
            let same = |port: &&ServicePort| {
                service.ports.iter().any(|own| own.port == port.port && own.protocol == port.protocol)
            };
            let port = other.ports.iter().find(same);
            found.extend(port.map(|port| (*ip, Collision::Service(other.meta.key.clone(), port.port))));
        }
    }
    found
}
