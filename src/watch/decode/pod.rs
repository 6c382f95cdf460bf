//! A Pod on the wire.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::service::port;
use super::text::{Str, shared, shared_or_empty};
use super::{DecodeError, meta};
use crate::model::{
    Addresses, Condition, Container, ContainerKind, ContainerPort, ContainerState, ContainerStatus, Interner, Phase,
    Pod, PodRare, Protocol, Truth,
};

#[derive(Debug, Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(borrow, default)]
    pub(super) metadata: meta::Wire<'a>,
    #[serde(default)]
    spec: Spec<'a>,
    #[serde(default)]
    status: Status<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec<'a> {
    #[serde(borrow)]
    node_name: Option<Str<'a>>,
    host_network: Option<bool>,
    hostname: Option<Str<'a>>,
    subdomain: Option<Str<'a>>,
    readiness_gates: Option<Vec<Gate<'a>>>,
    containers: Option<Vec<ContainerWire<'a>>>,
    init_containers: Option<Vec<ContainerWire<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Gate<'a> {
    #[serde(borrow)]
    condition_type: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerWire<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    image: Option<Str<'a>>,
    ports: Option<Vec<PortWire<'a>>>,
    restart_policy: Option<Str<'a>>,
    readiness_probe: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PortWire<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    container_port: Option<i64>,
    protocol: Option<Str<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(borrow)]
    phase: Option<Str<'a>>,
    reason: Option<Str<'a>>,
    #[serde(rename = "podIP")]
    pod_ip: Option<Str<'a>>,
    #[serde(rename = "podIPs")]
    pod_ips: Option<Vec<PodIp<'a>>>,
    conditions: Option<Vec<ConditionWire<'a>>>,
    container_statuses: Option<Vec<StatusWire<'a>>>,
    init_container_statuses: Option<Vec<StatusWire<'a>>>,
}

#[derive(Debug, Deserialize)]
struct PodIp<'a> {
    #[serde(borrow)]
    ip: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConditionWire<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    status: Option<Str<'a>>,
    reason: Option<Str<'a>>,
    message: Option<Str<'a>>,
    last_transition_time: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusWire<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    ready: Option<bool>,
    restart_count: Option<i64>,
    state: Option<StateWire<'a>>,
    last_state: Option<StateWire<'a>>,
}

#[derive(Debug, Deserialize)]
struct StateWire<'a> {
    #[serde(borrow)]
    waiting: Option<Waiting<'a>>,
    running: Option<Running<'a>>,
    terminated: Option<Terminated<'a>>,
}

#[derive(Debug, Deserialize)]
struct Waiting<'a> {
    #[serde(borrow)]
    reason: Option<Str<'a>>,
    message: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Running<'a> {
    #[serde(borrow)]
    started_at: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terminated<'a> {
    #[serde(borrow)]
    reason: Option<Str<'a>>,
    exit_code: Option<i32>,
    finished_at: Option<Str<'a>>,
}

fn phase(text: Option<&Str<'_>>) -> Phase {
    match text.map_or("", Str::as_str) {
        "Pending" => Phase::Pending,
        "Running" => Phase::Running,
        "Succeeded" => Phase::Succeeded,
        "Failed" => Phase::Failed,
        _ => Phase::Unknown,
    }
}

fn truth(text: Option<&Str<'_>>) -> Truth {
    match text.map_or("", Str::as_str) {
        "True" => Truth::True,
        "False" => Truth::False,
        _ => Truth::Unknown,
    }
}

impl ContainerWire<'_> {
    fn project(&self, init: bool, interner: &mut Interner) -> Container {
        let sidecar = self.restart_policy.as_ref().is_some_and(|policy| policy.as_str() == "Always");
        let kind = match (init, sidecar) {
            (false, _) => ContainerKind::Main,
            (true, true) => ContainerKind::Sidecar,
            (true, false) => ContainerKind::Init,
        };
        let ports = self.ports.iter().flatten().filter_map(|wire| {
            Some(ContainerPort {
                name: shared(wire.name.as_ref(), interner),
                port: port(wire.container_port)?,
                protocol: Protocol::from(wire.protocol.as_ref().map_or("", Str::as_str)),
            })
        });
        let ports = ports.collect();
        Container {
            name: shared_or_empty(self.name.as_ref(), interner),
            kind,
            image: shared_or_empty(self.image.as_ref(), interner),
            ports,
            readiness_probe: self.readiness_probe.is_some(),
        }
    }
}

impl StatusWire<'_> {
    fn project(&self, interner: &mut Interner) -> ContainerStatus {
        let state = match &self.state {
            Some(StateWire { running: Some(running), .. }) => {
                ContainerState::Running { since: meta::time(running.started_at.as_ref()) }
            }
            Some(StateWire { terminated: Some(ended), .. }) => ContainerState::Terminated {
                reason: shared_or_empty(ended.reason.as_ref(), interner),
                exit_code: ended.exit_code.unwrap_or(0),
                at: meta::time(ended.finished_at.as_ref()),
            },
            Some(StateWire { waiting: Some(waiting), .. }) => ContainerState::Waiting {
                reason: shared_or_empty(waiting.reason.as_ref(), interner),
                message: shared_or_empty(waiting.message.as_ref(), interner),
            },
            // Default when none of the members is specified: waiting.
            Some(_) | None => ContainerState::Waiting { reason: interner.text(""), message: interner.text("") },
        };
        let last = self.last_state.as_ref().and_then(|state| state.terminated.as_ref());
        ContainerStatus {
            name: shared_or_empty(self.name.as_ref(), interner),
            ready: self.ready.unwrap_or(false),
            restarts: u32::try_from(self.restart_count.unwrap_or(0)).unwrap_or(0),
            state,
            last_exit: last.map(|last| (shared_or_empty(last.reason.as_ref(), interner), last.exit_code.unwrap_or(0))),
        }
    }
}

impl Wire<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Pod, DecodeError> {
        let (spec, status) = (&self.spec, &self.status);
        // A server fills podIPs and podIP from each other; files may have only the older one.
        let listed = status.pod_ips.iter().flatten().filter_map(|ip| ip.ip.as_ref());
        let mut ips: Addresses = listed.filter_map(|ip| Addresses::parse_one(ip.as_str())).collect();
        if ips.is_empty() {
            ips = status.pod_ip.iter().filter_map(|ip| Addresses::parse_one(ip.as_str())).collect();
        }
        let gates: Vec<_> = spec
            .readiness_gates
            .iter()
            .flatten()
            .filter_map(|gate| shared(gate.condition_type.as_ref(), interner))
            .collect();
        let all = || status.conditions.iter().flatten();
        let is = |condition: &&ConditionWire<'_>, kind: &str| {
            condition.kind.as_ref().is_some_and(|text| text.as_str() == kind)
        };
        let ready = all().find(|condition| is(condition, "Ready"));
        let kept = all().filter(|condition| {
            let gate = condition.kind.as_ref().is_some_and(|kind| gates.iter().any(|gate| *gate == *kind.as_str()));
            truth(condition.status.as_ref()) != Truth::True || gate
        });
        let conditions = kept
            .map(|condition| Condition {
                kind: shared_or_empty(condition.kind.as_ref(), interner),
                status: truth(condition.status.as_ref()),
                reason: shared_or_empty(condition.reason.as_ref(), interner),
                message: shared_or_empty(condition.message.as_ref(), interner),
                since: meta::time(condition.last_transition_time.as_ref()),
            })
            .collect();
        let main = spec.containers.iter().flatten().map(|container| (container, false));
        let init = spec.init_containers.iter().flatten().map(|container| (container, true));
        let containers = main.chain(init).map(|(container, init)| container.project(init, interner)).collect();
        let containers = interner.containers(containers);
        let statuses =
            status.container_statuses.iter().flatten().chain(status.init_container_statuses.iter().flatten());
        let statuses = statuses.map(|status| status.project(interner)).collect();
        let rare = PodRare {
            host_network: spec.host_network.unwrap_or(false),
            hostname: shared(spec.hostname.as_ref(), interner),
            subdomain: shared(spec.subdomain.as_ref(), interner),
            readiness_gates: gates,
            reason: shared(status.reason.as_ref(), interner),
        };
        Ok(Pod {
            meta: self.metadata.project(interner)?,
            ips,
            node: shared(spec.node_name.as_ref(), interner),
            phase: phase(status.phase.as_ref()),
            ready: ready.is_some_and(|ready| truth(ready.status.as_ref()) == Truth::True),
            ready_since: ready.and_then(|ready| meta::time(ready.last_transition_time.as_ref())),
            containers,
            statuses,
            conditions,
            rare: (rare != PodRare::default()).then(|| Box::new(rare)),
        })
    }
}
