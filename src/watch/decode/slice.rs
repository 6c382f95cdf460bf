//! discovery.k8s.io/v1 EndpointSlice

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::DecodeError;
use super::json::{List, Str};
use super::meta::{RawMeta, time};
use super::protobuf::message;
use crate::model::{
    AddressType, Addresses, Endpoint, Hints, Interner, Port, Protocol, Slice, SlicePort, Spelled, TargetRef, Text, Uid,
};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawSlice<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) address_type: Str<'a>,
    pub(super) endpoints: List<RawEndpoint<'a>>,
    pub(super) ports: List<RawPort<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawEndpoint<'a> {
    #[serde(borrow)]
    pub(super) addresses: List<Str<'a>>,
    pub(super) conditions: Option<RawConditions>,
    pub(super) hostname: Option<Str<'a>>,
    pub(super) node_name: Option<Str<'a>>,
    pub(super) zone: Option<Str<'a>>,
    pub(super) target_ref: Option<RawTarget<'a>>,
    pub(super) hints: Option<RawHints<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawConditions {
    pub(super) ready: Option<bool>,
    pub(super) serving: Option<bool>,
    pub(super) terminating: Option<bool>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawTarget<'a> {
    #[serde(borrow)]
    pub(super) kind: Str<'a>,
    pub(super) namespace: Str<'a>,
    pub(super) name: Str<'a>,
    pub(super) uid: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawHints<'a> {
    #[serde(borrow)]
    pub(super) for_zones: List<RawFor<'a>>,
    pub(super) for_nodes: List<RawFor<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawFor<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawPort<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Str<'a>>,
    pub(super) port: Option<i64>,
    pub(super) protocol: Str<'a>,
    pub(super) app_protocol: Option<Str<'a>>,
}

message!(RawSlice<'a> { 1 => metadata, 2 => endpoints, 3 => ports, 4 => address_type });
message!(RawEndpoint<'a> {
    1 => addresses,
    2 => conditions,
    3 => hostname,
    4 => target_ref,
    6 => node_name,
    7 => zone,
    8 => hints,
});
message!(RawConditions { 1 => ready, 2 => serving, 3 => terminating });
message!(RawTarget<'a> { 1 => kind, 2 => namespace, 3 => name, 4 => uid });
message!(RawHints<'a> { 1 => for_zones, 2 => for_nodes });
message!(RawFor<'a> { 1 => name });
message!(RawPort<'a> { 1 => name, 2 => protocol, 3 => port, 4 => app_protocol });

impl RawSlice<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Slice, DecodeError> {
        let address_type = match &*self.address_type {
            "IPv4" => AddressType::Ipv4,
            "IPv6" => AddressType::Ipv6,
            "FQDN" => AddressType::Fqdn,
            other => AddressType::Other(interner.text(other)),
        };
        let named = !matches!(address_type, AddressType::Ipv4 | AddressType::Ipv6);
        let triggered = self.metadata.annotations.get("endpoints.kubernetes.io/last-change-trigger-time");
        Ok(Slice {
            meta: self.metadata.project(interner)?,
            address_type,
            endpoints: self.endpoints.iter().map(|endpoint| endpoint.project(named, interner)).collect(),
            ports: self.ports.iter().map(|port| port.project(interner)).collect(),
            triggered: triggered.and_then(|text| time(text)),
        })
    }
}

impl RawEndpoint<'_> {
    fn project(&self, named: bool, interner: &mut Interner) -> Endpoint {
        let conditions = self.conditions.as_ref();
        let addresses = if named {
            Addresses::None
        } else {
            self.addresses.iter().filter_map(|address| Addresses::parse_one(address)).collect()
        };
        // The standard parser takes IPv4 in its canonical form only: the usual case costs no text.
        let canonical = |text: &Str<'_>| Addresses::parse_one(text).is_some_and(|ip| ip.to_string() == **text);
        let odd = |text: &&Str<'_>| text.parse::<Ipv4Addr>().is_err() && !canonical(text);
        let textual = named && !self.addresses.is_empty() || self.addresses.iter().any(|text| odd(&text));
        let spelled =
            textual.then(|| Box::new(Spelled(self.addresses.iter().map(|text| text.shared(interner)).collect())));
        let hints = self.hints.as_ref().map(|hints| Hints {
            zones: hints.for_zones.iter().filter_map(|zone| zone.name.some(interner)).collect(),
            nodes: hints.for_nodes.iter().filter_map(|node| node.name.some(interner)).collect(),
        });
        Endpoint {
            addresses,
            spelled,
            ready: conditions.and_then(|conditions| conditions.ready),
            serving: conditions.and_then(|conditions| conditions.serving),
            terminating: conditions.and_then(|conditions| conditions.terminating),
            hostname: self.hostname.as_ref().and_then(|name| name.some(interner)),
            node: self.node_name.as_ref().and_then(|name| name.some(interner)),
            zone: self.zone.as_ref().and_then(|name| name.some(interner)),
            target: self.target_ref.as_ref().map(|target| {
                Box::new(TargetRef {
                    kind: target.kind.shared(interner),
                    namespace: target.namespace.shared(interner),
                    name: Text::from(&*target.name),
                    uid: Uid::from(&*target.uid),
                })
            }),
            hints: hints.filter(|hints| *hints != Hints::default()).map(Box::new),
        }
    }
}

impl RawPort<'_> {
    fn project(&self, interner: &mut Interner) -> SlicePort {
        SlicePort {
            name: self.name.as_ref().map(|name| name.shared(interner)),
            port: self.port.and_then(port),
            protocol: Protocol::from(&*self.protocol),
            app_protocol: self.app_protocol.as_ref().and_then(|name| name.some(interner)),
        }
    }
}

/// A port number, if it is one.
pub(super) fn port(number: i64) -> Option<Port> {
    u16::try_from(number).ok().filter(|&number| number != 0).map(Port)
}
