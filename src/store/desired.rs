//! What the EndpointSlice controller should write for one pod (semantics §3.2, §3.3). Pure.

use std::net::IpAddr;

use super::{Facts, find_port};
use crate::model::{Family, Phase, Pod, Port, Service};

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

/// The endpoint that should be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Its addresses of the family (R3.4).
    pub addresses: Vec<IpAddr>,
    /// Its conditions (R3.5).
    pub facts: Facts,
    /// What each Service port resolves to; unresolved ones are left out of its slice (R3.9).
    pub ports: Vec<Option<Port>>,
}

/// What should be written for a pod that the Service selects. `node_exists` is `None` where Nodes are not known; then
/// the pod is taken to have one.
///
/// # Errors
/// The first reason, in the controller's order, why it is left out.
pub fn desired(pod: &Pod, service: &Service, node_exists: Option<bool>, family: Family) -> Result<Desired, Excluded> {
    match pod.phase {
        Phase::Succeeded | Phase::Failed => return Err(Excluded::Terminal),
        Phase::Pending | Phase::Running | Phase::Unknown => {}
    }
    if pod.ips.is_empty() {
        return Err(Excluded::NoIp);
    }
    if node_exists == Some(false) && !service.publish_not_ready {
        return Err(Excluded::NodeGone);
    }
    let addresses: Vec<IpAddr> = pod.ips.of(family).collect();
    if addresses.is_empty() {
        return Err(Excluded::NoIpOfFamily);
    }
    let (serving, terminating) = (pod.ready, pod.meta.deleted.is_some());
    let ready = service.publish_not_ready || (serving && !terminating);
    let ports = service.ports.iter().map(|port| find_port(pod, port)).collect();
    Ok(Desired { addresses, facts: Facts { ready, serving, terminating }, ports })
}
