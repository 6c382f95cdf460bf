//! core/v1 Service

use std::fmt;
use std::marker::PhantomData;
use std::net::IpAddr;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use super::DecodeError;
use super::json::{List, Pairs, Str};
use super::meta::{RawMeta, selector};
use super::protobuf::{Broken, Fields, Slot, Value, message};
use super::slice::port;
use crate::model::{
    Addresses, Affinity, Cidr, ClusterIp, Family, Interner, IpMode, LoadBalancerIngress, Protocol, Service,
    ServiceKind, ServicePort, ServiceRare, TargetPort, TrafficPolicy,
};

/// What the API server fills in where `sessionAffinityConfig` is absent (3 hours).
const AFFINITY_SECONDS: i64 = 10_800;

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawService<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) spec: Option<RawSpec<'a>>,
    pub(super) status: Option<RawStatus<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawSpec<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Str<'a>,
    pub(super) selector: Pairs<'a>,
    #[serde(rename = "clusterIP")]
    pub(super) cluster_ip: Str<'a>,
    #[serde(rename = "clusterIPs")]
    pub(super) cluster_ips: List<Str<'a>>,
    pub(super) ip_families: List<Str<'a>>,
    pub(super) ip_family_policy: Option<Str<'a>>,
    pub(super) ports: List<RawPort<'a>>,
    pub(super) external_name: Str<'a>,
    #[serde(rename = "externalIPs")]
    pub(super) external_ips: List<Str<'a>>,
    pub(super) session_affinity: Str<'a>,
    pub(super) session_affinity_config: Option<RawAffinity>,
    pub(super) internal_traffic_policy: Option<Str<'a>>,
    pub(super) external_traffic_policy: Str<'a>,
    pub(super) publish_not_ready_addresses: Option<bool>,
    pub(super) traffic_distribution: Option<Str<'a>>,
    pub(super) allocate_load_balancer_node_ports: Option<bool>,
    pub(super) load_balancer_class: Option<Str<'a>>,
    pub(super) load_balancer_source_ranges: List<Str<'a>>,
    pub(super) health_check_node_port: Option<i64>,
    #[serde(rename = "loadBalancerIP")]
    pub(super) load_balancer_ip: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawPort<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) protocol: Str<'a>,
    pub(super) port: Option<i64>,
    pub(super) target_port: RawTarget<'a>,
    pub(super) node_port: Option<i64>,
    pub(super) app_protocol: Option<Str<'a>>,
}

/// An int-or-string.
#[derive(Debug, Default, PartialEq)]
pub(super) enum RawTarget<'a> {
    #[default]
    Absent,
    Number(i64),
    Name(Str<'a>),
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawAffinity {
    #[serde(rename = "clientIP")]
    pub(super) client_ip: Option<RawClientIp>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawClientIp {
    pub(super) timeout_seconds: Option<i64>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawStatus<'a> {
    #[serde(borrow)]
    pub(super) load_balancer: Option<RawBalancer<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawBalancer<'a> {
    #[serde(borrow)]
    pub(super) ingress: List<RawIngress<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawIngress<'a> {
    #[serde(borrow)]
    pub(super) ip: Str<'a>,
    pub(super) hostname: Str<'a>,
    pub(super) ip_mode: Str<'a>,
}

message!(RawService<'a> { 1 => metadata, 2 => spec, 3 => status });
message!(RawSpec<'a> {
    1 => ports,
    2 => selector,
    3 => cluster_ip,
    4 => kind,
    5 => external_ips,
    7 => session_affinity,
    8 => load_balancer_ip,
    9 => load_balancer_source_ranges,
    10 => external_name,
    11 => external_traffic_policy,
    12 => health_check_node_port,
    13 => publish_not_ready_addresses,
    14 => session_affinity_config,
    17 => ip_family_policy,
    18 => cluster_ips,
    19 => ip_families,
    20 => allocate_load_balancer_node_ports,
    21 => load_balancer_class,
    22 => internal_traffic_policy,
    23 => traffic_distribution,
});
message!(RawPort<'a> {
    1 => name,
    2 => protocol,
    3 => port,
    4 => target_port,
    5 => node_port,
    6 => app_protocol,
});
message!(RawAffinity { 1 => client_ip });
message!(RawClientIp { 1 => timeout_seconds });
message!(RawStatus<'a> { 1 => load_balancer });
message!(RawBalancer<'a> { 1 => ingress });
message!(RawIngress<'a> { 1 => ip, 2 => hostname, 3 => ip_mode });

impl<'a> Slot<'a> for RawTarget<'a> {
    /// Both values are written; the type, 1 for a string, says which of them counts.
    fn fill(&mut self, value: Value<'a>) -> Result<(), Broken> {
        let (mut named, mut number, mut name) = (0_i64, 0_i64, Str::default());
        let mut fields = Fields::of(value)?;
        while let Some((field, value)) = fields.next()? {
            match field {
                1 => named.fill(value)?,
                2 => number.fill(value)?,
                3 => name.fill(value)?,
                _ => {}
            }
        }
        *self = if named == 1 { RawTarget::Name(name) } else { RawTarget::Number(number) };
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawTarget<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Target<'a>(PhantomData<&'a str>);
        impl<'de: 'a, 'a> Visitor<'de> for Target<'a> {
            type Value = RawTarget<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a string")
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(RawTarget::Number(number))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(RawTarget::Number(i64::try_from(number).unwrap_or(i64::MAX)))
            }
            fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(RawTarget::Name(Str::borrowed(name)))
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(RawTarget::Name(Str::owned(name)))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(RawTarget::Absent)
            }
        }
        deserializer.deserialize_any(Target(PhantomData))
    }
}

impl RawService<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Service, DecodeError> {
        let meta = self.metadata.project(interner)?;
        let notes = &self.metadata.annotations;
        let topology_mode = notes
            .get("service.kubernetes.io/topology-aware-hints")
            .or_else(|| notes.get("service.kubernetes.io/topology-mode"))
            .and_then(|mode| mode.some(interner));
        let balancer = self.status.as_ref().and_then(|status| status.load_balancer.as_ref());
        let load_balancer = balancer.map(|balancer| &*balancer.ingress).unwrap_or_default();
        let load_balancer = load_balancer.iter().map(|ingress| ingress.project(interner)).collect();
        let Some(spec) = &self.spec else {
            return Ok(Service { meta, topology_mode, load_balancer, ..Service::default() });
        };
        Ok(Service {
            meta,
            kind: match &*spec.kind {
                "" | "ClusterIP" => ServiceKind::ClusterIp,
                "NodePort" => ServiceKind::NodePort,
                "LoadBalancer" => ServiceKind::LoadBalancer,
                "ExternalName" => ServiceKind::ExternalName,
                other => ServiceKind::Other(interner.text(other)),
            },
            selector: selector(&spec.selector, interner),
            cluster_ip: spec.cluster_ip(),
            families: spec.ip_families.iter().filter_map(|family| Family::parse(family)).collect(),
            family_policy: spec.ip_family_policy.as_ref().and_then(|policy| policy.some(interner)),
            ports: spec.ports.iter().filter_map(|port| port.project(interner)).collect(),
            external_name: spec.external_name.some(interner),
            external_ips: ips(&spec.external_ips),
            load_balancer,
            affinity: match &*spec.session_affinity {
                "ClientIP" => Affinity::ClientIp { timeout_seconds: spec.affinity_seconds() },
                _ => Affinity::None,
            },
            internal_policy: policy(spec.internal_traffic_policy.as_deref().unwrap_or_default()),
            external_policy: policy(&spec.external_traffic_policy),
            publish_not_ready: spec.publish_not_ready_addresses == Some(true),
            traffic_distribution: spec.traffic_distribution.as_ref().and_then(|text| text.some(interner)),
            topology_mode,
            rare: spec.rare(interner),
        })
    }
}

impl RawSpec<'_> {
    fn cluster_ip(&self) -> ClusterIp {
        let written =
            if self.cluster_ips.is_empty() { std::slice::from_ref(&self.cluster_ip) } else { &self.cluster_ips };
        if written.iter().any(|text| &**text == "None") {
            return ClusterIp::Headless;
        }
        let ips = ips(written);
        if ips.is_empty() { ClusterIp::Absent } else { ClusterIp::Ips(ips) }
    }

    fn rare(&self, interner: &mut Interner) -> Option<Box<ServiceRare>> {
        let rare = ServiceRare {
            no_node_ports: self.allocate_load_balancer_node_ports == Some(false),
            class: self.load_balancer_class.as_ref().and_then(|class| class.some(interner)),
            source_ranges: self.load_balancer_source_ranges.iter().filter_map(|text| Cidr::parse(text)).collect(),
            health_check: self.health_check_node_port.and_then(port),
            wanted_ip: self.load_balancer_ip.some(interner),
        };
        (rare != ServiceRare::default()).then(|| Box::new(rare))
    }

    fn affinity_seconds(&self) -> u32 {
        let config = self.session_affinity_config.as_ref().and_then(|config| config.client_ip.as_ref());
        let seconds = config.and_then(|client| client.timeout_seconds).unwrap_or(AFFINITY_SECONDS);
        u32::try_from(seconds).unwrap_or_default()
    }
}

impl RawPort<'_> {
    /// A port outside 1–65535 is left out: the API server accepts none, a file might have one.
    fn project(&self, interner: &mut Interner) -> Option<ServicePort> {
        let number = port(self.port?)?;
        Some(ServicePort {
            name: self.name.shared(interner),
            port: number,
            protocol: Protocol::from(&*self.protocol),
            target: match &self.target_port {
                RawTarget::Name(name) if !name.is_empty() => TargetPort::Name(name.shared(interner)),
                RawTarget::Number(target) => TargetPort::Number(port(*target).unwrap_or(number)),
                RawTarget::Absent | RawTarget::Name(_) => TargetPort::Number(number),
            },
            node_port: self.node_port.and_then(port),
            app_protocol: self.app_protocol.as_ref().and_then(|name| name.some(interner)),
        })
    }
}

impl RawIngress<'_> {
    fn project(&self, interner: &mut Interner) -> LoadBalancerIngress {
        LoadBalancerIngress {
            ip: Addresses::parse_one(&self.ip),
            hostname: self.hostname.some(interner),
            ip_mode: match &*self.ip_mode {
                "" | "VIP" => IpMode::Vip,
                "Proxy" => IpMode::Proxy,
                other => IpMode::Other(interner.text(other)),
            },
        }
    }
}

fn ips(texts: &[Str<'_>]) -> Vec<IpAddr> {
    texts.iter().filter_map(|text| Addresses::parse_one(text)).collect()
}

fn policy(text: &str) -> TrafficPolicy {
    if text == "Local" { TrafficPolicy::Local } else { TrafficPolicy::Cluster }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::decode;

    fn read(json: &str) -> Service {
        decode::service(json.as_bytes(), &mut Interner::default()).unwrap()
    }

    #[test]
    fn what_few_services_have_is_read_and_the_others_pay_a_pointer() {
        let service = read(
            r#"{"metadata":{"name":"s","namespace":"n"},"spec":{"type":"LoadBalancer","allocateLoadBalancerNodePorts":false,
            "loadBalancerClass":"a.example/b","loadBalancerSourceRanges":["203.0.113.9/25"," fd00::/8 ","nonsense"],
            "healthCheckNodePort":32000,"loadBalancerIP":"1.2.3.4"}}"#,
        );
        let rare = ServiceRare {
            no_node_ports: true,
            class: Some("a.example/b".into()),
            source_ranges: vec![Cidr::parse("203.0.113.0/25").unwrap(), Cidr::parse("fd00::/8").unwrap()],
            health_check: Some(crate::model::Port(32000)),
            wanted_ip: Some("1.2.3.4".into()),
        };
        assert_eq!(service.rare, Some(Box::new(rare)));
        let plain = read(
            r#"{"metadata":{"name":"s","namespace":"n"},"spec":{"type":"LoadBalancer","healthCheckNodePort":0,
            "allocateLoadBalancerNodePorts":true,"loadBalancerSourceRanges":null}}"#,
        );
        assert_eq!(plain.rare, None);
    }

    #[test]
    fn words_of_another_release_never_fail_the_decode() {
        let service = read(
            r#"{"metadata":{"name":"s","namespace":"n"},"spec":{"type":"Mesh","ipFamilies":["IPv9"],"sessionAffinity":"Cookie",
            "internalTrafficPolicy":"Zone","externalTrafficPolicy":"Rack","ports":[{"port":80,"protocol":"QUIC"}]},
            "status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4","ipMode":"Tunnel"},{"ip":"1.2.3.5"},{"ip":"1.2.3.6","ipMode":"Proxy"}]}}}"#,
        );
        assert_eq!(service.kind, ServiceKind::Other("Mesh".into()));
        assert_eq!(service.families, []);
        assert_eq!(service.affinity, Affinity::None);
        assert_eq!(
            (service.internal_policy, service.external_policy),
            (TrafficPolicy::Cluster, TrafficPolicy::Cluster)
        );
        assert_eq!(service.ports[0].protocol, Protocol::Other("QUIC".into()));
        let modes: Vec<&IpMode> = service.load_balancer.iter().map(|ingress| &ingress.ip_mode).collect();
        assert_eq!(modes, [&IpMode::Other("Tunnel".into()), &IpMode::Vip, &IpMode::Proxy]);
    }
}
