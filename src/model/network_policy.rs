//! A NetworkPolicy, as far as it tells which pods it isolates.

use super::{LabelSelector, Meta, Pod};

/// networking.k8s.io/v1 NetworkPolicy
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Name, identity, labels.
    pub meta: Meta,
    /// The pods of its namespace that it is about; the empty selector means all of them (R7.1).
    pub pods: LabelSelector,
    /// How many rules let traffic in: with none, nothing may come in. `None`: it says nothing about what comes in.
    pub ingress: Option<u32>,
    /// How many rules let traffic out: with none, nothing may go out. `None`: it says nothing about what goes out.
    pub egress: Option<u32>,
}

impl NetworkPolicy {
    /// Whether it is about a pod.
    pub fn selects(&self, pod: &Pod) -> bool {
        self.meta.key.namespace == pod.meta.key.namespace && self.pods.matches(&pod.meta.labels)
    }
}
