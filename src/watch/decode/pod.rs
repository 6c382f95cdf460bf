//! core/v1 Pod

use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::DecodeError;
use super::json::{List, Str};
use super::meta::{RawMeta, RawTime};
use super::node::RawCondition;
use super::pod_dns::{RawDnsConfig, RawHostAlias, RawNodeSelector, RawOs, RawVolume, dns_policy, serves_dns};
use super::protobuf::message;
use super::slice::port;
use crate::model::{
    Addresses, Condition, Container, ContainerKind, ContainerPort, ContainerState, ContainerStatus, Interner, Labels,
    Phase, Pod, PodRare, Protocol, Second, Text, Truth,
};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawPod<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) spec: Option<RawSpec<'a>>,
    pub(super) status: Option<RawStatus<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawSpec<'a> {
    #[serde(borrow)]
    pub(super) node_name: Str<'a>,
    pub(super) host_network: Option<bool>,
    pub(super) hostname: Str<'a>,
    pub(super) subdomain: Str<'a>,
    pub(super) readiness_gates: List<RawGate<'a>>,
    pub(super) dns_policy: Str<'a>,
    pub(super) dns_config: Option<RawDnsConfig<'a>>,
    pub(super) host_aliases: List<RawHostAlias<'a>>,
    pub(super) hostname_override: Str<'a>,
    #[serde(rename = "setHostnameAsFQDN")]
    pub(super) hostname_as_fqdn: Option<bool>,
    pub(super) os: Option<RawOs<'a>>,
    pub(super) node_selector: Option<RawNodeSelector<'a>>,
    pub(super) volumes: List<RawVolume<'a>>,
    pub(super) containers: List<RawContainer<'a>>,
    pub(super) init_containers: List<RawContainer<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawGate<'a> {
    #[serde(borrow)]
    pub(super) condition_type: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawContainer<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) image: Str<'a>,
    pub(super) restart_policy: Str<'a>,
    pub(super) ports: List<RawPort<'a>>,
    pub(super) readiness_probe: Option<IgnoredAny>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawPort<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) container_port: Option<i64>,
    pub(super) protocol: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawStatus<'a> {
    #[serde(borrow)]
    pub(super) phase: Str<'a>,
    #[serde(rename = "podIP")]
    pub(super) pod_ip: Str<'a>,
    #[serde(rename = "podIPs")]
    pub(super) pod_ips: List<RawIp<'a>>,
    pub(super) reason: Str<'a>,
    pub(super) start_time: RawTime<'a>,
    pub(super) conditions: List<RawCondition<'a>>,
    pub(super) container_statuses: List<RawContainerStatus<'a>>,
    pub(super) init_container_statuses: List<RawContainerStatus<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawIp<'a> {
    #[serde(borrow)]
    pub(super) ip: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawContainerStatus<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) ready: Option<bool>,
    pub(super) restart_count: Option<i64>,
    pub(super) state: Option<RawState<'a>>,
    pub(super) last_state: Option<RawState<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawState<'a> {
    #[serde(borrow)]
    pub(super) waiting: Option<RawWaiting<'a>>,
    pub(super) running: Option<RawRunning<'a>>,
    pub(super) terminated: Option<RawTerminated<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawWaiting<'a> {
    #[serde(borrow)]
    pub(super) reason: Str<'a>,
    pub(super) message: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawRunning<'a> {
    #[serde(borrow)]
    pub(super) started_at: RawTime<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawTerminated<'a> {
    #[serde(borrow)]
    pub(super) reason: Str<'a>,
    pub(super) exit_code: Option<i64>,
    pub(super) finished_at: RawTime<'a>,
}

message!(RawPod<'a> { 1 => metadata, 2 => spec, 3 => status });
message!(RawSpec<'a> {
    1 => volumes,
    2 => containers,
    6 => dns_policy,
    7 => node_selector,
    10 => node_name,
    11 => host_network,
    16 => hostname,
    17 => subdomain,
    20 => init_containers,
    23 => host_aliases,
    26 => dns_config,
    28 => readiness_gates,
    35 => hostname_as_fqdn,
    36 => os,
    41 => hostname_override,
});
message!(RawGate<'a> { 1 => condition_type });
message!(RawContainer<'a> { 1 => name, 2 => image, 6 => ports, 11 => readiness_probe, 24 => restart_policy });
message!(RawPort<'a> { 1 => name, 3 => container_port, 4 => protocol });
message!(RawStatus<'a> {
    1 => phase,
    2 => conditions,
    4 => reason,
    6 => pod_ip,
    7 => start_time,
    8 => container_statuses,
    10 => init_container_statuses,
    12 => pod_ips,
});
message!(RawIp<'a> { 1 => ip });
message!(RawContainerStatus<'a> { 1 => name, 2 => state, 3 => last_state, 4 => ready, 5 => restart_count });
message!(RawState<'a> { 1 => waiting, 2 => running, 3 => terminated });
message!(RawWaiting<'a> { 1 => reason, 2 => message });
message!(RawRunning<'a> { 1 => started_at });
message!(RawTerminated<'a> { 1 => exit_code, 3 => reason, 6 => finished_at });

impl RawPod<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Pod, DecodeError> {
        let (no_spec, no_status) = (RawSpec::default(), RawStatus::default());
        let spec = self.spec.as_ref().unwrap_or(&no_spec);
        let status = self.status.as_ref().unwrap_or(&no_status);
        let ready = status.conditions.iter().find(|condition| &*condition.kind == "Ready");
        let scheduled = status
            .conditions
            .iter()
            .find(|condition| &*condition.kind == "PodScheduled" && &*condition.status == "True");
        let meta = self.metadata.project(interner)?;
        let addresses = status.addresses();
        Ok(Pod {
            rare: rare(&meta.labels, (&self.metadata, spec, status), odd_texts(&addresses, interner), interner),
            meta,
            ips: addresses.iter().map(|(_, ip)| *ip).collect(),
            node: spec.node_name.some(interner),
            phase: match &*status.phase {
                // The API server fills an absent phase so.
                "Pending" | "" => Phase::Pending,
                "Running" => Phase::Running,
                "Succeeded" => Phase::Succeeded,
                "Failed" => Phase::Failed,
                _ => Phase::Unknown,
            },
            ready: ready.is_some_and(|condition| &*condition.status == "True"),
            ready_since: ready.and_then(|condition| condition.last_transition_time.read()),
            scheduled: scheduled.and_then(|condition| second(&condition.last_transition_time)),
            started: second(&status.start_time),
            containers: spec.containers(interner),
            statuses: status
                .container_statuses
                .iter()
                .chain(status.init_container_statuses.iter())
                .map(|status| status.project(interner))
                .collect(),
            conditions: status
                .conditions
                .iter()
                .filter(|condition| &*condition.status != "True" || spec.is_gate(&condition.kind))
                .map(|condition| condition.project(interner))
                .collect(),
        })
    }
}

fn second(time: &RawTime<'_>) -> Option<Second> {
    time.read().and_then(Second::of)
}

/// Boxed only where something is there.
fn rare(
    labels: &Labels,
    (metadata, spec, status): (&RawMeta<'_>, &RawSpec<'_>, &RawStatus<'_>),
    ip_texts: Vec<Text>,
    interner: &mut Interner,
) -> Option<Box<PodRare>> {
    let images = spec.containers.iter().chain(spec.init_containers.iter()).map(|container| &*container.image);
    let mounted = spec.volumes.iter().filter(|_| serves_dns(labels, images.clone()));
    let rare = PodRare {
        host_network: spec.host_network == Some(true),
        hostname: spec.hostname.some(interner),
        subdomain: spec.subdomain.some(interner),
        readiness_gates: spec.readiness_gates.iter().map(|gate| gate.condition_type.shared(interner)).collect(),
        reason: status.reason.some(interner),
        dns_policy: dns_policy(&spec.dns_policy, interner),
        dns_config: spec.dns_config.as_ref().map(|config| Box::new(config.project(interner))),
        host_aliases: spec.host_aliases.iter().map(|alias| alias.project(interner)).collect(),
        hostname_override: spec.hostname_override.some(interner),
        hostname_as_fqdn: spec.hostname_as_fqdn == Some(true),
        windows: spec.os.as_ref().is_some_and(|os| &*os.name == "windows")
            || spec.node_selector.as_ref().is_some_and(|selector| &*selector.os == "windows"),
        ip_texts,
        grace_seconds: metadata.deletion_grace_period_seconds.and_then(|seconds| u32::try_from(seconds).ok()),
        config_maps: mounted.filter_map(|volume| volume.config_map.as_ref()?.name.some(interner)).collect(),
    };
    (rare != PodRare::default()).then(|| Box::new(rare))
}

impl RawSpec<'_> {
    fn is_gate(&self, kind: &str) -> bool {
        self.readiness_gates.iter().any(|gate| &*gate.condition_type == kind)
    }

    fn containers(&self, interner: &mut Interner) -> std::sync::Arc<[Container]> {
        let main = self.containers.iter().map(|container| (ContainerKind::Main, container));
        let init = self.init_containers.iter().map(|container| match &*container.restart_policy {
            "Always" => (ContainerKind::Sidecar, container),
            _ => (ContainerKind::Init, container),
        });
        let containers: Vec<Container> =
            main.chain(init).map(|(kind, container)| container.project(kind, interner)).collect();
        interner.containers(containers)
    }
}

impl RawContainer<'_> {
    fn project(&self, kind: ContainerKind, interner: &mut Interner) -> Container {
        Container {
            name: self.name.shared(interner),
            kind,
            image: self.image.shared(interner),
            ports: self
                .ports
                .iter()
                .filter_map(|declared| {
                    Some(ContainerPort {
                        name: declared.name.some(interner),
                        port: port(declared.container_port?)?,
                        protocol: Protocol::from(&*declared.protocol),
                    })
                })
                .collect(),
            readiness_probe: self.readiness_probe.is_some(),
        }
    }
}

impl RawStatus<'_> {
    /// `podIPs`, else `podIP` (semantics §9.4): as written and as read, where they are addresses.
    fn addresses(&self) -> Vec<(&Str<'_>, IpAddr)> {
        fn read<'t, 'a>(text: &'t Str<'a>) -> Option<(&'t Str<'a>, IpAddr)> {
            Some((text, Addresses::parse_one(text)?))
        }
        let several: Vec<_> = self.pod_ips.iter().filter_map(|ip| read(&ip.ip)).collect();
        if several.is_empty() { read(&self.pod_ip).into_iter().collect() } else { several }
    }
}

/// All texts, if one of them is not what its address is written as.
fn odd_texts(addresses: &[(&Str<'_>, IpAddr)], interner: &mut Interner) -> Vec<Text> {
    // The usual case without an allocation: the standard parser takes IPv4 in its canonical form only.
    let canonical = |(text, ip): &(&Str<'_>, IpAddr)| text.parse::<Ipv4Addr>().is_ok() || ip.to_string() == ***text;
    if addresses.iter().all(canonical) {
        return Vec::new();
    }
    addresses.iter().map(|(text, _)| text.shared(interner)).collect()
}

impl RawCondition<'_> {
    fn project(&self, interner: &mut Interner) -> Condition {
        Condition {
            kind: self.kind.shared(interner),
            status: match &*self.status {
                "True" => Truth::True,
                "False" => Truth::False,
                _ => Truth::Unknown,
            },
            reason: self.reason.shared(interner),
            message: self.message.shared(interner),
            since: self.last_transition_time.read(),
        }
    }
}

impl RawContainerStatus<'_> {
    fn project(&self, interner: &mut Interner) -> ContainerStatus {
        ContainerStatus {
            name: self.name.shared(interner),
            ready: self.ready == Some(true),
            restarts: self.restart_count.and_then(|count| u32::try_from(count).ok()).unwrap_or_default(),
            state: self.state.as_ref().unwrap_or(&RawState::default()).project(interner),
            last_exit: self
                .last_state
                .as_ref()
                .and_then(|state| state.terminated.as_ref())
                .map(|end| (end.reason.shared(interner), end.exit_code())),
        }
    }
}

impl RawState<'_> {
    /// No state at all means waiting, as the API says.
    fn project(&self, interner: &mut Interner) -> ContainerState {
        if let Some(end) = &self.terminated {
            return ContainerState::Terminated {
                reason: end.reason.shared(interner),
                exit_code: end.exit_code(),
                at: end.finished_at.read(),
            };
        }
        if let Some(running) = &self.running {
            return ContainerState::Running { since: running.started_at.read() };
        }
        match &self.waiting {
            Some(wait) => waiting(wait, interner),
            None => waiting(&RawWaiting::default(), interner),
        }
    }
}

impl RawTerminated<'_> {
    fn exit_code(&self) -> i32 {
        self.exit_code.and_then(|code| i32::try_from(code).ok()).unwrap_or_default()
    }
}

fn waiting(wait: &RawWaiting<'_>, interner: &mut Interner) -> ContainerState {
    let message: Text = wait.message.shared(interner);
    ContainerState::Waiting { reason: wait.reason.shared(interner), message }
}
