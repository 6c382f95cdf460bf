//! The cluster's own agents: the few labels by which they are known, and who has them. Found without a look at every
//! set of labels, because details and traces ask at each frame and each letter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Store;
use crate::model::{Key, Labels, Pod, Service};

/// A part of the cluster that a trace has to know of, by the label that its pods or its Service carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// The cluster's DNS (R1.5).
    Dns,
    /// kube-proxy in clusters made by kubeadm, and in most others (R4.3).
    KubeProxy,
    /// Cilium, which can take Services over.
    Cilium,
    /// kube-router, which can take Services over.
    KubeRouter,
    /// OVN-Kubernetes, which can take Services over.
    OvnKubernetes,
    /// Antrea, which can take Services over.
    Antrea,
    /// Kube-OVN, which can take Services over.
    KubeOvn,
}

impl Agent {
    /// Agents that can do kube-proxy's work.
    pub const PROXIES: [Self; 5] = [Self::Cilium, Self::KubeRouter, Self::OvnKubernetes, Self::Antrea, Self::KubeOvn];

    /// Whether labels are an agent's.
    pub fn any(labels: &Labels) -> bool {
        labels.iter().any(|(key, value)| Self::with_label(key, value).is_some())
    }

    fn with_label(key: &str, value: &str) -> Option<Self> {
        match (key, value) {
            ("k8s-app", "kube-dns") => Some(Self::Dns),
            ("k8s-app", "kube-proxy") => Some(Self::KubeProxy),
            ("k8s-app", "cilium") => Some(Self::Cilium),
            ("k8s-app", "kube-router") => Some(Self::KubeRouter),
            ("app", "ovnkube-node") => Some(Self::OvnKubernetes),
            ("component", "antrea-agent") => Some(Self::Antrea),
            ("app", "kube-ovn-cni") => Some(Self::KubeOvn),
            _ => None,
        }
    }
}

/// Who carries the label of an agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Agents(BTreeMap<Agent, BTreeSet<Key>>);

impl Agents {
    pub(super) fn add(&mut self, key: &Key, labels: &Labels) {
        for agent in labels.iter().filter_map(|(key, value)| Agent::with_label(key, value)) {
            self.0.entry(agent).or_default().insert(key.clone());
        }
    }

    pub(super) fn drop(&mut self, key: &Key, labels: &Labels) {
        for agent in labels.iter().filter_map(|(key, value)| Agent::with_label(key, value)) {
            if let Some(keys) = self.0.get_mut(&agent) {
                keys.remove(key);
                if keys.is_empty() {
                    self.0.remove(&agent);
                }
            }
        }
    }

    fn of(&self, agent: Agent) -> impl Iterator<Item = &Key> {
        self.0.get(&agent).into_iter().flatten()
    }
}

impl Store {
    /// The pods that carry an agent's label, by namespace and name.
    pub fn agent_pods(&self, agent: Agent) -> impl Iterator<Item = &Arc<Pod>> {
        self.index.agent_pods.of(agent).filter_map(|key| self.pods.get(key))
    }

    /// The Services that carry an agent's label, by namespace and name.
    pub fn agent_services(&self, agent: Agent) -> impl Iterator<Item = &Arc<Service>> {
        self.index.agent_services.of(agent).filter_map(|key| self.services.get(key))
    }
}
