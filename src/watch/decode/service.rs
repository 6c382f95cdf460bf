//! A Service on the wire.

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::text::{Pairs, Str, shared, shared_or_empty};
use super::{DecodeError, meta};
use crate::model::{
    Addresses, Affinity, ClusterIp, Family, Interner, LoadBalancerIngress, Port, Protocol, Selector, Service,
    ServiceKind, ServicePort, TargetPort, TrafficPolicy,
};

/// Seconds after which a ClientIP pin ends, where the object does not say (R3.18).
const AFFINITY_SECONDS: u32 = 10_800;

#[derive(Debug, Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(borrow, default)]
    pub(super) metadata: meta::Wire<'a>,
    #[serde(default)]
    spec: Spec<'a>,
    status: Option<Status<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    selector: Option<Pairs<'a>>,
    #[serde(rename = "clusterIP")]
    cluster_ip: Option<Str<'a>>,
    #[serde(rename = "clusterIPs")]
    cluster_ips: Option<Vec<Str<'a>>>,
    ip_families: Option<Vec<Str<'a>>>,
    ip_family_policy: Option<Str<'a>>,
    ports: Option<Vec<PortWire<'a>>>,
    external_name: Option<Str<'a>>,
    #[serde(rename = "externalIPs")]
    external_ips: Option<Vec<Str<'a>>>,
    session_affinity: Option<Str<'a>>,
    session_affinity_config: Option<AffinityConfig>,
    internal_traffic_policy: Option<Str<'a>>,
    external_traffic_policy: Option<Str<'a>>,
    publish_not_ready_addresses: Option<bool>,
    traffic_distribution: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PortWire<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    port: Option<i64>,
    protocol: Option<Str<'a>>,
    target_port: Option<IntOrString<'a>>,
    node_port: Option<i64>,
    app_protocol: Option<Str<'a>>,
}

#[derive(Debug)]
enum IntOrString<'a> {
    Int(i64),
    String(Str<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for IntOrString<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = IntOrString<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number or a string")
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(IntOrString::Int(number))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                i64::try_from(number).map(IntOrString::Int).map_err(E::custom)
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(IntOrString::String(Str(text.into())))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(IntOrString::String(Str(text.to_owned().into())))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[derive(Debug, Deserialize)]
struct AffinityConfig {
    #[serde(rename = "clientIP")]
    client_ip: Option<ClientIp>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientIp {
    timeout_seconds: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(borrow)]
    load_balancer: Option<LoadBalancer<'a>>,
}

#[derive(Debug, Deserialize)]
struct LoadBalancer<'a> {
    #[serde(borrow)]
    ingress: Option<Vec<Ingress<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ingress<'a> {
    #[serde(borrow)]
    ip: Option<Str<'a>>,
    hostname: Option<Str<'a>>,
    ip_mode: Option<Str<'a>>,
}

/// A port number; 0 and what is out of range are absent (semantics §9.4).
pub(super) fn port(number: Option<i64>) -> Option<Port> {
    number.and_then(|number| u16::try_from(number).ok()).filter(|number| *number != 0).map(Port)
}

fn kind(text: Option<&Str<'_>>) -> ServiceKind {
    match text.map_or("", Str::as_str) {
        "" | "ClusterIP" => ServiceKind::ClusterIp,
        "NodePort" => ServiceKind::NodePort,
        "LoadBalancer" => ServiceKind::LoadBalancer,
        "ExternalName" => ServiceKind::ExternalName,
        other => ServiceKind::Other(other.into()),
    }
}

fn policy(text: Option<&Str<'_>>) -> TrafficPolicy {
    match text.map(Str::as_str) {
        Some("Local") => TrafficPolicy::Local,
        Some(_) | None => TrafficPolicy::Cluster,
    }
}

impl PortWire<'_> {
    fn project(&self, interner: &mut Interner) -> Option<ServicePort> {
        let number = port(self.port)?;
        let target = match &self.target_port {
            None => TargetPort::Number(number),
            Some(IntOrString::Int(target)) => TargetPort::Number(port(Some(*target)).unwrap_or(number)),
            Some(IntOrString::String(name)) if name.as_str().is_empty() => TargetPort::Number(number),
            Some(IntOrString::String(name)) => TargetPort::Name(name.shared(interner)),
        };
        Some(ServicePort {
            name: shared_or_empty(self.name.as_ref(), interner),
            port: number,
            protocol: Protocol::from(self.protocol.as_ref().map_or("", Str::as_str)),
            target,
            node_port: port(self.node_port),
            app_protocol: shared(self.app_protocol.as_ref(), interner),
        })
    }
}

impl Spec<'_> {
    fn cluster_ip(&self) -> ClusterIp {
        let first = self.cluster_ip.as_ref().or_else(|| self.cluster_ips.as_ref()?.first());
        if first.is_some_and(|first| first.as_str() == "None") {
            return ClusterIp::Headless;
        }
        let listed = self.cluster_ips.as_deref().unwrap_or_default();
        let listed = if listed.is_empty() { self.cluster_ip.as_slice() } else { listed };
        let ips: Vec<_> = listed.iter().filter_map(|ip| Addresses::parse_one(ip.as_str())).collect();
        if ips.is_empty() { ClusterIp::Absent } else { ClusterIp::Ips(ips) }
    }

    fn affinity(&self) -> Affinity {
        if self.session_affinity.as_ref().is_none_or(|affinity| affinity.as_str() != "ClientIP") {
            return Affinity::None;
        }
        let config = self.session_affinity_config.as_ref().and_then(|config| config.client_ip.as_ref());
        let timeout_seconds = config.and_then(|config| config.timeout_seconds).unwrap_or(AFFINITY_SECONDS);
        Affinity::ClientIp { timeout_seconds }
    }
}

impl Wire<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Service, DecodeError> {
        let spec = &self.spec;
        let topology = self
            .metadata
            .annotation("service.kubernetes.io/topology-aware-hints")
            .or_else(|| self.metadata.annotation("service.kubernetes.io/topology-mode"));
        let ingress = self.status.as_ref().and_then(|status| status.load_balancer.as_ref());
        let ingress = ingress.and_then(|balancer| balancer.ingress.as_ref()).into_iter().flatten();
        let load_balancer = ingress
            .map(|ingress| LoadBalancerIngress {
                ip: ingress.ip.as_ref().and_then(|ip| Addresses::parse_one(ip.as_str())),
                hostname: shared(ingress.hostname.as_ref(), interner),
                proxy_mode: ingress.ip_mode.as_ref().is_some_and(|mode| mode.as_str() == "Proxy"),
            })
            .collect();
        Ok(Service {
            meta: self.metadata.project(interner)?,
            kind: kind(spec.kind.as_ref()),
            selector: Selector(meta::labels(spec.selector.as_ref(), interner)),
            cluster_ip: spec.cluster_ip(),
            families: spec.ip_families.iter().flatten().filter_map(|family| Family::parse(family.as_str())).collect(),
            family_policy: shared(spec.ip_family_policy.as_ref(), interner),
            ports: spec.ports.iter().flatten().filter_map(|port| port.project(interner)).collect(),
            external_name: shared(spec.external_name.as_ref(), interner),
            external_ips: spec
                .external_ips
                .iter()
                .flatten()
                .filter_map(|ip| Addresses::parse_one(ip.as_str()))
                .collect(),
            load_balancer,
            affinity: spec.affinity(),
            internal_policy: policy(spec.internal_traffic_policy.as_ref()),
            external_policy: policy(spec.external_traffic_policy.as_ref()),
            publish_not_ready: spec.publish_not_ready_addresses.unwrap_or(false),
            traffic_distribution: shared(spec.traffic_distribution.as_ref(), interner),
            topology_mode: shared(topology, interner),
        })
    }
}
