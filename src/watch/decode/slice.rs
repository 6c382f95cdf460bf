//! An EndpointSlice on the wire.

use serde::Deserialize;

use super::service::port;
use super::text::{Str, shared, shared_or_empty};
use super::{DecodeError, meta};
use crate::model::{AddressType, Addresses, Endpoint, Hints, Interner, Protocol, Slice, SlicePort, TargetRef, Uid};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire<'a> {
    #[serde(borrow, default)]
    pub(super) metadata: meta::Wire<'a>,
    address_type: Option<Str<'a>>,
    endpoints: Option<Vec<EndpointWire<'a>>>,
    ports: Option<Vec<PortWire<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EndpointWire<'a> {
    #[serde(borrow)]
    addresses: Option<Vec<Str<'a>>>,
    conditions: Option<Conditions>,
    hostname: Option<Str<'a>>,
    node_name: Option<Str<'a>>,
    zone: Option<Str<'a>>,
    target_ref: Option<TargetWire<'a>>,
    hints: Option<HintsWire<'a>>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Conditions {
    ready: Option<bool>,
    serving: Option<bool>,
    terminating: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct TargetWire<'a> {
    #[serde(borrow)]
    kind: Option<Str<'a>>,
    namespace: Option<Str<'a>>,
    name: Option<Str<'a>>,
    uid: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HintsWire<'a> {
    #[serde(borrow)]
    for_zones: Option<Vec<Named<'a>>>,
    for_nodes: Option<Vec<Named<'a>>>,
}

#[derive(Debug, Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PortWire<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    port: Option<i64>,
    protocol: Option<Str<'a>>,
    app_protocol: Option<Str<'a>>,
}

fn address_type(text: Option<&Str<'_>>) -> AddressType {
    match text.map_or("", Str::as_str) {
        "IPv4" => AddressType::Ipv4,
        "IPv6" => AddressType::Ipv6,
        "FQDN" => AddressType::Fqdn,
        other => AddressType::Other(other.into()),
    }
}

fn names(named: Option<&Vec<Named<'_>>>, interner: &mut Interner) -> Vec<crate::model::Text> {
    named.into_iter().flatten().filter_map(|named| shared(named.name.as_ref(), interner)).collect()
}

impl EndpointWire<'_> {
    fn project(&self, kind: &AddressType, interner: &mut Interner) -> Endpoint {
        let Conditions { ready, serving, terminating } = self.conditions.unwrap_or_default();
        let texts = self.addresses.as_deref().unwrap_or_default();
        let (addresses, names_of) = match kind {
            AddressType::Ipv4 | AddressType::Ipv6 => {
                (texts.iter().filter_map(|text| Addresses::parse_one(text.as_str())).collect(), Box::default())
            }
            AddressType::Fqdn | AddressType::Other(_) => (Addresses::None, texts.iter().map(Str::own).collect()),
        };
        let target = self.target_ref.as_ref().map(|target| {
            Box::new(TargetRef {
                kind: shared_or_empty(target.kind.as_ref(), interner),
                namespace: shared_or_empty(target.namespace.as_ref(), interner),
                name: target.name.as_ref().map(Str::own).unwrap_or_default(),
                uid: Uid::from(target.uid.as_ref().map_or("", Str::as_str)),
            })
        });
        let hints = self.hints.as_ref().map(|hints| Hints {
            zones: names(hints.for_zones.as_ref(), interner),
            nodes: names(hints.for_nodes.as_ref(), interner),
        });
        Endpoint {
            addresses,
            names: names_of,
            ready,
            serving,
            terminating,
            hostname: self.hostname.as_ref().filter(|name| !name.as_str().is_empty()).map(Str::own),
            node: shared(self.node_name.as_ref(), interner),
            zone: shared(self.zone.as_ref(), interner),
            target,
            hints: hints.filter(|hints| *hints != Hints::default()).map(Box::new),
        }
    }
}

impl Wire<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Slice, DecodeError> {
        let address_type = address_type(self.address_type.as_ref());
        let triggered = meta::time(self.metadata.annotation("endpoints.kubernetes.io/last-change-trigger-time"));
        let endpoints =
            self.endpoints.iter().flatten().map(|endpoint| endpoint.project(&address_type, interner)).collect();
        let ports = self.ports.iter().flatten().map(|wire| SlicePort {
            name: wire.name.as_ref().map(|name| name.shared(interner)),
            port: port(wire.port),
            protocol: Protocol::from(wire.protocol.as_ref().map_or("", Str::as_str)),
            app_protocol: shared(wire.app_protocol.as_ref(), interner),
        });
        let ports = ports.collect();
        Ok(Slice { meta: self.metadata.project(interner)?, address_type, endpoints, ports, triggered })
    }
}
