//! Which service proxy a cluster runs, as far as its pods tell (R4.3).

use super::Release;
use crate::model::{Key, Kind, Pod, Text};
use crate::store::Store;

/// The label of kube-proxy's pods in clusters made by kubeadm, and in most others.
const KUBE_PROXY: (&str, &str) = ("k8s-app", "kube-proxy");

/// Labels of agents that can take Services over.
const OTHERS: [(&str, &str); 5] = [
    ("k8s-app", "cilium"),
    ("k8s-app", "kube-router"),
    ("app", "ovnkube-node"),
    ("component", "antrea-agent"),
    ("app", "kube-ovn-cni"),
];

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

/// Looks for the pods of service proxies. Costs a look at each distinct set of labels: ask once, not for each packet.
pub fn service_proxy(store: &Store) -> ServiceProxy {
    let running = |label| store.pods_labelled(label).find(|pod| !pod.has_ended());
    if running(KUBE_PROXY).is_some() {
        return ServiceProxy::KubeProxy;
    }
    if !store.complete_everywhere(Kind::Pod) {
        return ServiceProxy::Unknown;
    }
    match OTHERS.into_iter().find_map(running) {
        Some(pod) => ServiceProxy::Other(pod.meta.key.clone()),
        None => ServiceProxy::NotSeen,
    }
}

/// The release of a node's kube-proxy, or of any where the node is not known, from the tag of its image.
pub fn kube_proxy_release(store: &Store, node: Option<&Text>) -> Option<Release> {
    let here = |pod: &&std::sync::Arc<Pod>| !pod.has_ended() && (node.is_none() || pod.node.as_ref() == node);
    let pod = store.pods_labelled(KUBE_PROXY).find(here)?;
    pod.containers.iter().find_map(|container| Release::parse(&container.image))
}
