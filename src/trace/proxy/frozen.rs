//! nftables rules that the kernel has stopped taking (R4.23).

use super::choice::{external_local, internal_local};
use super::{Mode, ProxyConfig, Standpoint, backends, categorize, cluster_ip};
use crate::model::{Family, Key, Service, ServicePort, Text};
use crate::store::Store;

/// The longest comment that the kernel takes, in bytes.
const COMMENT: usize = 128;

/// A Service port whose name makes every sync of a node's rules fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The Service.
    pub service: Key,
    /// The port's name.
    pub port: Text,
}

/// Bytes of `namespace/name:port`, or `namespace/name` of an unnamed port.
fn comment(service: &Service, port: &ServicePort) -> usize {
    let Key { namespace, name } = &service.meta.key;
    let port = if port.name.is_empty() { 0 } else { 1 + port.name.len() };
    namespace.len() + 1 + name.len() + port
}

/// The Service port that keeps the rules of one family on a node as they were: what is said of later changes may not
/// hold there. An unknown release is the newest, which cuts the comment.
pub fn frozen(store: &Store, family: Family, at: Standpoint<'_>, config: &ProxyConfig) -> Option<Frozen> {
    if config.mode != Mode::Nftables || config.at_least(37, 0) {
        return None;
    }
    let ports = store.services().flat_map(|service| service.ports.iter().map(move |port| (service, port)));
    let mut long = ports.filter(|(service, port)| comment(service, port) > COMMENT);
    let (service, port) = long.find(|(service, port)| {
        if cluster_ip(service, family).is_err() {
            return false;
        }
        let slices = store.slices_of(&service.meta.key).map(|slice| &**slice);
        let backends = backends(slices, (&port.name, &port.protocol), family, at.node, config);
        let choice = categorize(&backends, (service, port), family, at, config);
        let local = internal_local(service) || external_local(service);
        !choice.has_any || (local && choice.local.is_empty())
    })?;
    Some(Frozen { service: service.meta.key.clone(), port: port.name.clone() })
}
