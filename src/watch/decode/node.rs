//! A Node on the wire.

use serde::Deserialize;

use super::text::{Str, shared_or_empty};
use super::{DecodeError, meta};
use crate::model::{Addresses, Interner, Labels, Node, NodeReady};

#[derive(Debug, Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(borrow, default)]
    pub(super) metadata: meta::Wire<'a>,
    spec: Option<Spec>,
    status: Option<Status<'a>>,
}

#[derive(Debug, Deserialize)]
struct Spec {
    unschedulable: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(borrow)]
    addresses: Option<Vec<Address<'a>>>,
    conditions: Option<Vec<Condition<'a>>>,
    node_info: Option<NodeInfo<'a>>,
}

#[derive(Debug, Deserialize)]
struct Address<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    address: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    status: Option<Str<'a>>,
    reason: Option<Str<'a>>,
    last_transition_time: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeInfo<'a> {
    #[serde(borrow)]
    kubelet_version: Option<Str<'a>>,
}

/// The zone label, if it is not empty (R3.6).
fn zone(labels: &Labels) -> Option<crate::model::Text> {
    labels.get("topology.kubernetes.io/zone").filter(|zone| !zone.is_empty()).cloned()
}

impl Wire<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Node, DecodeError> {
        let meta = self.metadata.project(interner)?;
        let status = self.status.as_ref();
        let is_ip =
            |kind: Option<&Str<'_>>| kind.is_some_and(|kind| matches!(kind.as_str(), "InternalIP" | "ExternalIP"));
        let addresses = status.and_then(|status| status.addresses.as_ref()).into_iter().flatten();
        let addresses = addresses
            .filter(|address| is_ip(address.kind.as_ref()))
            .filter_map(|address| Addresses::parse_one(address.address.as_ref()?.as_str()))
            .collect();
        let mut conditions = status.and_then(|status| status.conditions.as_ref()).into_iter().flatten();
        let ready = conditions.find(|condition| condition.kind.as_ref().is_some_and(|kind| kind.as_str() == "Ready"));
        let ready = match ready {
            None => NodeReady::Unreported,
            Some(condition) if condition.status.as_ref().is_some_and(|status| status.as_str() == "True") => {
                NodeReady::Ready
            }
            Some(condition) => NodeReady::NotReady {
                reason: shared_or_empty(condition.reason.as_ref(), interner),
                since: meta::time(condition.last_transition_time.as_ref()),
            },
        };
        let version =
            status.and_then(|status| status.node_info.as_ref()).and_then(|info| info.kubelet_version.as_ref());
        Ok(Node {
            zone: zone(&meta.labels),
            meta,
            addresses,
            ready,
            unschedulable: self.spec.as_ref().and_then(|spec| spec.unschedulable).unwrap_or(false),
            kubelet_version: shared_or_empty(version, interner),
        })
    }
}
