//! core/v1 Node

use serde::Deserialize;

use super::DecodeError;
use super::json::{List, Str};
use super::meta::{RawMeta, RawTime};
use super::protobuf::message;
use crate::model::{Addresses, Interner, Node, NodeReady};

const ZONE: &str = "topology.kubernetes.io/zone";

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawNode<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) spec: Option<RawSpec>,
    pub(super) status: Option<RawStatus<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawSpec {
    pub(super) unschedulable: Option<bool>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawStatus<'a> {
    #[serde(borrow)]
    pub(super) addresses: List<RawAddress<'a>>,
    pub(super) conditions: List<RawCondition<'a>>,
    pub(super) node_info: Option<RawInfo<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawAddress<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Str<'a>,
    pub(super) address: Str<'a>,
}

/// A condition of a Node or of a Pod.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawCondition<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Str<'a>,
    pub(super) status: Str<'a>,
    pub(super) reason: Str<'a>,
    pub(super) message: Str<'a>,
    pub(super) last_transition_time: RawTime<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawInfo<'a> {
    #[serde(borrow)]
    pub(super) kubelet_version: Str<'a>,
}

message!(RawNode<'a> { 1 => metadata, 2 => spec, 3 => status });
message!(RawSpec { 4 => unschedulable });
message!(RawStatus<'a> { 4 => conditions, 5 => addresses, 7 => node_info });
message!(RawAddress<'a> { 1 => kind, 2 => address });
message!(RawCondition<'a> { 1 => kind, 2 => status, 4 => last_transition_time, 5 => reason, 6 => message });
message!(RawInfo<'a> { 7 => kubelet_version });

impl RawNode<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Node, DecodeError> {
        let meta = self.metadata.project(interner)?;
        let status = self.status.as_ref();
        let addresses = status.map(|status| &*status.addresses).unwrap_or_default();
        let ready = status.and_then(|status| status.conditions.iter().find(|condition| &*condition.kind == "Ready"));
        Ok(Node {
            zone: meta.labels.get(ZONE).filter(|zone| !zone.is_empty()).cloned(),
            meta,
            addresses: ["InternalIP", "ExternalIP"]
                .into_iter()
                .flat_map(|kind| addresses.iter().filter(move |address| &*address.kind == kind))
                .filter_map(|address| Addresses::parse_one(&address.address))
                .collect(),
            ready: match ready {
                None => NodeReady::Unreported,
                Some(condition) if &*condition.status == "True" => NodeReady::Ready,
                Some(condition) => NodeReady::NotReady {
                    reason: condition.reason.shared(interner),
                    since: condition.last_transition_time.read(),
                },
            },
            unschedulable: self.spec.as_ref().is_some_and(|spec| spec.unschedulable == Some(true)),
            kubelet_version: match status.and_then(|status| status.node_info.as_ref()) {
                Some(info) => info.kubelet_version.shared(interner),
                None => interner.text(""),
            },
        })
    }
}
