//! What the EndpointSlice controller should write for one pod (semantics §3.2, §3.3). Pure.

use std::net::IpAddr;

use super::row::Small;
use super::{Facts, find_port};
use crate::model::{Family, Hints, Node, Pod, Port, Service, Text};

/// Why a selected pod is not an endpoint, in the order in which the controller decides (§3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// Phase Succeeded or Failed.
    Terminal,
    /// No IP.
    NoIp,
    /// Its Node object does not exist, and the Service does not publish unready addresses.
    NodeGone,
    /// No IP of this family.
    NoIpOfFamily,
}

/// The Node that a pod is bound to.
#[derive(Clone, Copy, Debug)]
pub enum Bound<'a> {
    /// It exists.
    To(&'a Node),
    /// It does not exist, or the pod is bound to none.
    Nowhere,
    /// Nodes are not known; then the pod is taken to have one.
    Unknown,
}

/// The endpoint that should be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Its addresses of the family (R3.4).
    pub addresses: Small<IpAddr>,
    /// Its conditions (R3.5).
    pub facts: Facts,
    /// What each Service port resolves to; unresolved ones are left out of its slice (R3.9).
    pub ports: Small<Option<Port>>,
    /// The node's zone (R3.6).
    pub zone: Option<Text>,
    /// The name that DNS gives it within a headless Service (R3.6).
    pub hostname: Option<Text>,
    /// Who should use it, as far as `trafficDistribution` decides (§3.5).
    pub hints: Hints,
}

/// What should be written for a pod that the Service selects.
///
/// # Errors
/// The first reason, in the controller's order, why it is left out.
pub fn desired(pod: &Pod, service: &Service, bound: Bound<'_>, family: Family) -> Result<Desired, Excluded> {
    if pod.has_ended() {
        return Err(Excluded::Terminal);
    }
    if pod.ips.is_empty() {
        return Err(Excluded::NoIp);
    }
    if matches!(bound, Bound::Nowhere) && !service.publish_not_ready {
        return Err(Excluded::NodeGone);
    }
    let addresses: Small<IpAddr> = pod.ips.of(family).collect();
    if addresses.is_empty() {
        return Err(Excluded::NoIpOfFamily);
    }
    let (serving, terminating) = (pod.ready, pod.meta.deleted.is_some());
    let ready = service.publish_not_ready || (serving && !terminating);
    let zone = match bound {
        Bound::To(node) => node.zone.clone(),
        Bound::Nowhere | Bound::Unknown => None,
    };
    Ok(Desired {
        addresses,
        facts: Facts { ready, serving, terminating },
        ports: service.ports.iter().map(|port| find_port(pod, port)).collect(),
        hostname: pod.hostname().filter(|_| pod.subdomain() == Some(&service.meta.key.name)).cloned(),
        hints: if ready { hints(pod, service, zone.as_ref()) } else { Hints::default() },
        zone,
    })
}

/// The hints of a ready endpoint. The topology annotation wins over `trafficDistribution`; what it decides is not
/// deterministic and therefore not predicted (§3.5).
fn hints(pod: &Pod, service: &Service, zone: Option<&Text>) -> Hints {
    let annotated = service.topology_mode.as_ref().is_some_and(|mode| matches!(mode.as_str(), "Auto" | "auto"));
    let distribution = service.traffic_distribution.as_deref().unwrap_or_default();
    let (by_zone, by_node) = match distribution {
        "PreferClose" | "PreferSameZone" => (true, false),
        "PreferSameNode" => (true, true),
        _ => (false, false),
    };
    Hints {
        zones: zone.filter(|_| by_zone && !annotated).cloned().into_iter().collect(),
        nodes: pod.node.clone().filter(|_| by_node && !annotated).into_iter().collect(),
    }
}
