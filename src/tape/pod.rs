//! Pods on tape.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::object::OnTape;
use super::part::{Meta, ips_out, is_default, protocol_out, shared, some, text, texts_in, texts_out};
use super::pod_dns::{self, Config};
use crate::model::{self, ContainerKind, ContainerState, Interner, Phase, Port, Protocol, Second, Time, Truth};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pod {
    meta: Meta,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ips: Vec<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    phase: String,
    #[serde(default, skip_serializing_if = "is_default")]
    ready: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ready_since: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scheduled: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    containers: Vec<Container>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<Status>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<Condition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rare: Option<Box<Rare>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Container {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    image: String,
    /// name, number, protocol
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ports: Vec<(Option<String>, u16, String)>,
    #[serde(default, skip_serializing_if = "is_default")]
    probe: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Status {
    name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    ready: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    restarts: u32,
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_exit: Option<(String, i32)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting { reason: String, message: String },
    Running { since: Option<i64> },
    Terminated { reason: String, exit_code: i32, at: Option<i64> },
}

#[derive(Debug, Serialize, Deserialize)]
struct Condition {
    kind: String,
    /// `null`: Unknown
    status: Option<bool>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Rare {
    #[serde(default, skip_serializing_if = "is_default")]
    host_network: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subdomain: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    readiness_gates: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dns_policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dns_config: Option<Config>,
    /// address, names
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    host_aliases: Vec<(String, Vec<String>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hostname_override: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    hostname_as_fqdn: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    windows: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ip_texts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grace_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    config_maps: Vec<String>,
}

fn rare_out(rare: &model::PodRare) -> Rare {
    Rare {
        host_network: rare.host_network,
        hostname: some(rare.hostname.as_ref()),
        subdomain: some(rare.subdomain.as_ref()),
        readiness_gates: texts_out(&rare.readiness_gates),
        reason: some(rare.reason.as_ref()),
        dns_policy: pod_dns::policy_out(&rare.dns_policy),
        dns_config: rare.dns_config.as_deref().map(Config::from),
        host_aliases: rare
            .host_aliases
            .iter()
            .map(|alias| (alias.ip.to_string(), texts_out(&alias.hostnames)))
            .collect(),
        hostname_override: some(rare.hostname_override.as_ref()),
        hostname_as_fqdn: rare.hostname_as_fqdn,
        windows: rare.windows,
        ip_texts: texts_out(&rare.ip_texts),
        grace_seconds: rare.grace_seconds,
        config_maps: texts_out(&rare.config_maps),
    }
}

fn rare_in(wire: Rare, interner: &mut Interner) -> model::PodRare {
    let aliases = wire
        .host_aliases
        .into_iter()
        .map(|(ip, hostnames)| model::HostAlias { ip: text(&ip, interner), hostnames: texts_in(&hostnames, interner) });
    model::PodRare {
        host_aliases: aliases.collect(),
        host_network: wire.host_network,
        hostname: shared(wire.hostname, interner),
        subdomain: shared(wire.subdomain, interner),
        readiness_gates: texts_in(&wire.readiness_gates, interner),
        reason: shared(wire.reason, interner),
        dns_policy: pod_dns::policy_in(&wire.dns_policy, interner),
        dns_config: wire.dns_config.map(|config| Box::new(config.read(interner))),
        hostname_override: shared(wire.hostname_override, interner),
        hostname_as_fqdn: wire.hostname_as_fqdn,
        windows: wire.windows,
        ip_texts: texts_in(&wire.ip_texts, interner),
        grace_seconds: wire.grace_seconds,
        config_maps: texts_in(&wire.config_maps, interner),
    }
}

fn container_out(container: &model::Container) -> Container {
    let kind = match container.kind {
        ContainerKind::Main => "",
        ContainerKind::Sidecar => "sidecar",
        ContainerKind::Init => "init",
    };
    let ports = container.ports.iter();
    Container {
        name: container.name.to_string(),
        kind: kind.to_owned(),
        image: container.image.to_string(),
        ports: ports.map(|port| (some(port.name.as_ref()), port.port.0, protocol_out(&port.protocol))).collect(),
        probe: container.readiness_probe,
    }
}

fn container_in(wire: Container, interner: &mut Interner) -> model::Container {
    let kind = match wire.kind.as_str() {
        "sidecar" => ContainerKind::Sidecar,
        "init" => ContainerKind::Init,
        _ => ContainerKind::Main,
    };
    let ports = wire.ports.into_iter().map(|(name, port, protocol)| model::ContainerPort {
        name: shared(name, interner),
        port: Port(port),
        protocol: Protocol::from(protocol.as_str()),
    });
    let ports = ports.collect();
    model::Container {
        name: text(&wire.name, interner),
        kind,
        image: text(&wire.image, interner),
        ports,
        readiness_probe: wire.probe,
    }
}

fn status_out(status: &model::ContainerStatus) -> Status {
    let millis = |time: Option<Time>| time.map(|time| time.0);
    let state = match &status.state {
        ContainerState::Waiting { reason, message } => {
            State::Waiting { reason: reason.to_string(), message: message.to_string() }
        }
        ContainerState::Running { since } => State::Running { since: millis(*since) },
        ContainerState::Terminated { reason, exit_code, at } => {
            State::Terminated { reason: reason.to_string(), exit_code: *exit_code, at: millis(*at) }
        }
    };
    Status {
        name: status.name.to_string(),
        ready: status.ready,
        restarts: status.restarts,
        state,
        last_exit: status.last_exit.as_ref().map(|(reason, code)| (reason.to_string(), *code)),
    }
}

fn status_in(wire: Status, interner: &mut Interner) -> model::ContainerStatus {
    let state = match wire.state {
        State::Waiting { reason, message } => {
            ContainerState::Waiting { reason: text(&reason, interner), message: text(&message, interner) }
        }
        State::Running { since } => ContainerState::Running { since: since.map(Time) },
        State::Terminated { reason, exit_code, at } => {
            ContainerState::Terminated { reason: text(&reason, interner), exit_code, at: at.map(Time) }
        }
    };
    model::ContainerStatus {
        name: text(&wire.name, interner),
        ready: wire.ready,
        restarts: wire.restarts,
        state,
        last_exit: wire.last_exit.map(|(reason, code)| (text(&reason, interner), code)),
    }
}

impl OnTape for model::Pod {
    type Wire = Pod;
    fn write(&self) -> Pod {
        let phase = match self.phase {
            Phase::Pending => "Pending",
            Phase::Running => "Running",
            Phase::Succeeded => "Succeeded",
            Phase::Failed => "Failed",
            Phase::Unknown => "",
        };
        let conditions = self.conditions.iter().map(|condition| Condition {
            kind: condition.kind.to_string(),
            status: match condition.status {
                Truth::True => Some(true),
                Truth::False => Some(false),
                Truth::Unknown => None,
            },
            reason: condition.reason.to_string(),
            message: condition.message.to_string(),
            since: condition.since.map(|time| time.0),
        });
        Pod {
            meta: (&self.meta).into(),
            ips: ips_out(self.ips.as_slice()),
            node: some(self.node.as_ref()),
            phase: phase.to_owned(),
            ready: self.ready,
            ready_since: self.ready_since.map(|time| time.0),
            scheduled: self.scheduled.map(|second| Time::from(second).0),
            started: self.started.map(|second| Time::from(second).0),
            containers: self.containers.iter().map(container_out).collect(),
            statuses: self.statuses.iter().map(status_out).collect(),
            conditions: conditions.collect(),
            rare: self.rare.as_deref().map(|rare| Box::new(rare_out(rare))),
        }
    }
    fn read(wire: Pod, interner: &mut Interner) -> Self {
        let phase = match wire.phase.as_str() {
            "Pending" => Phase::Pending,
            "Running" => Phase::Running,
            "Succeeded" => Phase::Succeeded,
            "Failed" => Phase::Failed,
            _ => Phase::Unknown,
        };
        let containers = wire.containers.into_iter().map(|container| container_in(container, interner)).collect();
        let conditions = wire.conditions.into_iter().map(|condition| model::Condition {
            kind: text(&condition.kind, interner),
            status: match condition.status {
                Some(true) => Truth::True,
                Some(false) => Truth::False,
                None => Truth::Unknown,
            },
            reason: text(&condition.reason, interner),
            message: text(&condition.message, interner),
            since: condition.since.map(Time),
        });
        let conditions = conditions.collect();
        Self {
            meta: wire.meta.read(interner),
            ips: wire.ips.into_iter().collect(),
            node: shared(wire.node, interner),
            phase,
            ready: wire.ready,
            ready_since: wire.ready_since.map(Time),
            scheduled: wire.scheduled.map(Time).and_then(Second::of),
            started: wire.started.map(Time).and_then(Second::of),
            containers: interner.containers(containers),
            statuses: wire.statuses.into_iter().map(|status| status_in(status, interner)).collect(),
            conditions,
            rare: wire.rare.map(|rare| Box::new(rare_in(*rare, interner))),
        }
    }
}
