//! A Node.

use std::net::IpAddr;

use super::{Meta, Text, Time};

/// The node's Ready condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NodeReady {
    /// `status: "True"`
    Ready,
    /// `False` or `Unknown`, with the condition's reason and since when.
    NotReady {
        /// For example `NodeStatusUnknown`.
        reason: Text,
        /// `lastTransitionTime`
        since: Option<Time>,
    },
    /// The node has no Ready condition.
    #[default]
    Unreported,
}

/// core/v1 Node
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Name, identity, labels.
    pub meta: Meta,
    /// Label `topology.kubernetes.io/zone`, if not empty.
    pub zone: Option<Text>,
    /// `status.addresses` of type InternalIP, then those of type ExternalIP: the first of a family is the primary one.
    pub addresses: Vec<IpAddr>,
    /// The Ready condition.
    pub ready: NodeReady,
    /// `spec.unschedulable` (cordoned).
    pub unschedulable: bool,
    /// `status.nodeInfo.kubeletVersion`
    pub kubelet_version: Text,
}
