//! Which service proxy a cluster runs, as far as its pods tell (R4.3).

use super::Release;
use crate::model::{Key, Kind, Pod, Text};
use crate::store::{Agent, Store};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceProxy {
    /// Pods of kube-proxy run.
    KubeProxy,
    /// None of kube-proxy, but of an agent that can do its work: §4 is only an assumption. One of its pods.
    Other(Key),
    /// Neither: a process outside pods, or a proxy nobody here knows. §4 is only an assumption.
    NotSeen,
    /// The pods are not all known.
    Unknown,
}

/// Looks for the pods of service proxies.
pub fn service_proxy(store: &Store) -> ServiceProxy {
    let running = |agent| store.agent_pods(agent).find(|pod| !pod.has_ended());
    if running(Agent::KubeProxy).is_some() {
        return ServiceProxy::KubeProxy;
    }
    if !store.complete_everywhere(Kind::Pod) {
        return ServiceProxy::Unknown;
    }
    match Agent::PROXIES.into_iter().find_map(running) {
        Some(pod) => ServiceProxy::Other(pod.meta.key.clone()),
        None => ServiceProxy::NotSeen,
    }
}

/// The release of a node's kube-proxy, or of any where the node is not known, from the tag of its image.
pub fn kube_proxy_release(store: &Store, node: Option<&Text>) -> Option<Release> {
    let here = |pod: &&std::sync::Arc<Pod>| !pod.has_ended() && (node.is_none() || pod.node.as_ref() == node);
    let pod = store.agent_pods(Agent::KubeProxy).find(here)?;
    pod.containers.iter().find_map(|container| Release::parse(&container.image))
}
