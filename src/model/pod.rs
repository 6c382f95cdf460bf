//! A Pod: where it runs, which addresses it has, whether it is ready, and why not.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Addresses, DnsConfig, DnsPolicy, HostAlias, Meta, Port, Protocol, Second, Text, Time};

/// `status.phase`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Accepted, not all containers have started.
    Pending,
    /// Bound to a node, at least one container runs or restarts.
    Running,
    /// All containers ended well and will not restart.
    Succeeded,
    /// All containers ended, at least one badly.
    Failed,
    /// `Unknown`, or a value this program does not know.
    #[default]
    Unknown,
}

/// The status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// exactly `"True"`
    True,
    /// `"False"`
    False,
    /// `"Unknown"` or anything else
    Unknown,
}

/// One of `status.conditions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// For example `Ready`, `ContainersReady`, `PodScheduled`, or a readiness gate's type.
    pub kind: Text,
    /// Its status.
    pub status: Truth,
    /// One word, for example `ContainersNotReady`; may be empty.
    pub reason: Text,
    /// For people; may be empty.
    pub message: Text,
    /// `lastTransitionTime`
    pub since: Option<Time>,
}

/// When a container of the pod runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerKind {
    /// `spec.containers`
    Main,
    /// `spec.initContainers` with `restartPolicy: Always`: runs beside the main ones, its ports count (R3.8).
    Sidecar,
    /// `spec.initContainers`: has ended before the main ones start, its ports never count.
    Init,
}

/// A container port as declared; a declaration is information, not a fact about what listens (R4.21).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerPort {
    /// Its name, if it has one.
    pub name: Option<Text>,
    /// `containerPort`
    pub port: Port,
    /// Its protocol.
    pub protocol: Protocol,
}

/// A container's specification. Equal lists are shared between the replicas of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Container {
    /// Its name.
    pub name: Text,
    /// When it runs.
    pub kind: ContainerKind,
    /// The image as written in the specification.
    pub image: Text,
    /// Declared ports in order.
    pub ports: Vec<ContainerPort>,
    /// Whether it has a readiness probe.
    pub readiness_probe: bool,
}

/// What a container does now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Not running yet, or between two runs.
    Waiting {
        /// For example `CrashLoopBackOff`.
        reason: Text,
        /// For people; may be empty.
        message: Text,
    },
    /// Running.
    Running {
        /// `startedAt`
        since: Option<Time>,
    },
    /// Ended.
    Terminated {
        /// For example `Completed`, `Error`, `OOMKilled`.
        reason: Text,
        /// The process's exit code.
        exit_code: i32,
        /// `finishedAt`
        at: Option<Time>,
    },
}

/// One of `status.containerStatuses` or `status.initContainerStatuses`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerStatus {
    /// The container it speaks of.
    pub name: Text,
    /// Its readiness probe passes (or it has none and runs).
    pub ready: bool,
    /// How often it was restarted.
    pub restarts: u32,
    /// What it does now.
    pub state: ContainerState,
    /// How the run before this one ended.
    pub last_exit: Option<(Text, i32)>,
}

/// What few pods have, boxed so that the others pay a pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodRare {
    /// `spec.hostNetwork`: the pod has the node's addresses.
    pub host_network: bool,
    /// `spec.hostname`
    pub hostname: Option<Text>,
    /// `spec.subdomain`
    pub subdomain: Option<Text>,
    /// `spec.readinessGates[].conditionType`
    pub readiness_gates: Vec<Text>,
    /// `status.reason`, for example `Evicted` or `NodeLost`.
    pub reason: Option<Text>,
    /// `spec.dnsPolicy`
    pub dns_policy: DnsPolicy,
    /// `spec.dnsConfig`
    pub dns_config: Option<Box<DnsConfig>>,
    /// `spec.hostAliases`
    pub host_aliases: Vec<HostAlias>,
    /// `spec.hostnameOverride`
    pub hostname_override: Option<Text>,
    /// `spec.setHostnameAsFQDN`
    pub hostname_as_fqdn: bool,
    /// `spec.os.name` or the node selector says `windows`.
    pub windows: bool,
    /// The texts of all addresses in order, where one of them is not in its canonical form.
    pub ip_texts: Vec<Text>,
    /// `metadata.deletionGracePeriodSeconds`, while it is being deleted.
    pub grace_seconds: Option<u32>,
    /// ConfigMaps mounted as volumes; kept for pods that serve DNS only.
    pub config_maps: Vec<Text>,
}

/// core/v1 Pod
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Name, identity, labels, owner.
    pub meta: Meta,
    /// `status.podIPs`, else `[status.podIP]`.
    pub ips: Addresses,
    /// `spec.nodeName`, once scheduled.
    pub node: Option<Text>,
    /// `status.phase`
    pub phase: Phase,
    /// The condition Ready is exactly `"True"` (R3.5).
    pub ready: bool,
    /// When the Ready condition last changed.
    pub ready_since: Option<Time>,
    /// When it was given its node: the condition PodScheduled became `"True"`.
    pub scheduled: Option<Second>,
    /// `status.startTime`: when the kubelet took it up.
    pub started: Option<Second>,
    /// Containers in the order of the specification, init containers last. Shared between replicas.
    pub containers: Arc<[Container]>,
    /// Their statuses in the API's order: main containers, then init containers.
    pub statuses: Box<[ContainerStatus]>,
    /// Conditions that are not `True`, and readiness gates. A healthy pod keeps none.
    pub conditions: Box<[Condition]>,
    /// What few pods have.
    pub rare: Option<Box<PodRare>>,
}

impl Pod {
    /// All its containers have ended for good.
    pub fn has_ended(&self) -> bool {
        matches!(self.phase, Phase::Succeeded | Phase::Failed)
    }

    /// It has its node's addresses.
    pub fn host_network(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.host_network)
    }

    /// `spec.hostname`, if not empty.
    pub fn hostname(&self) -> Option<&Text> {
        self.rare.as_ref()?.hostname.as_ref()
    }

    /// `spec.subdomain`, if not empty.
    pub fn subdomain(&self) -> Option<&Text> {
        self.rare.as_ref()?.subdomain.as_ref()
    }

    /// `spec.hostnameOverride`, if not empty.
    pub fn hostname_override(&self) -> Option<&Text> {
        self.rare.as_ref()?.hostname_override.as_ref()
    }

    /// `spec.setHostnameAsFQDN`
    pub fn hostname_as_fqdn(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.hostname_as_fqdn)
    }

    /// `spec.dnsPolicy`
    pub fn dns_policy(&self) -> &DnsPolicy {
        self.rare.as_ref().map_or(&DnsPolicy::ClusterFirst, |rare| &rare.dns_policy)
    }

    /// `spec.dnsConfig`
    pub fn dns_config(&self) -> Option<&DnsConfig> {
        self.rare.as_ref()?.dns_config.as_deref()
    }

    /// `spec.hostAliases`
    pub fn host_aliases(&self) -> &[HostAlias] {
        self.rare.as_ref().map_or(&[], |rare| &rare.host_aliases)
    }

    /// When its deletion was asked for: `deletionTimestamp` lies later by the grace.
    pub fn deletion_asked(&self) -> Option<Time> {
        let grace = self.rare.as_ref()?.grace_seconds?;
        Some(self.meta.deleted?.plus(-1_000 * i64::from(grace)))
    }

    /// It is known to run on Windows, where other resolver rules hold (R1.11).
    pub fn windows(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.windows)
    }

    /// Its addresses as the API writes them, which is what CoreDNS compares (§2.4 `pods verified`).
    pub fn ip_texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let odd = self.rare.as_ref().map_or(&[][..], |rare| &rare.ip_texts);
        let canonical = if odd.is_empty() { self.ips.as_slice() } else { &[] };
        let canonical = canonical.iter().map(|ip| Cow::Owned(ip.to_string()));
        odd.iter().map(|text| Cow::Borrowed(text.as_str())).chain(canonical)
    }

    /// A condition that was kept: one that is not `True`, or a readiness gate's.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// The status of the container named `name`.
    pub fn status(&self, name: &str) -> Option<&ContainerStatus> {
        self.statuses.iter().find(|status| status.name == name)
    }

    /// Restarts of all its containers.
    pub fn restarts(&self) -> u32 {
        self.statuses.iter().fold(0, |sum, status| sum.saturating_add(status.restarts))
    }
}
