//! Why a pod is not ready, or no endpoint (D40–D52).

use super::{found, hurts};
use crate::model::{
    Condition, Container, ContainerKind, ContainerState, ContainerStatus, Key, Kind, NodeReady, Phase, Pod, Port,
    Protocol, Service, ServicePort, TargetPort, Text, Truth,
};
use crate::store::{Store, find_port};
use crate::trace::evidence::Evidence;
use crate::trace::{Finding, Reason, Weight};

/// Why a pod is not Ready: its node, then gates, then init containers, then containers (R3.7). Empty for one that is.
pub fn unready(store: &Store, pod: &Pod) -> Vec<Finding> {
    if pod.ready {
        return Vec::new();
    }
    let key = pod.meta.key.clone();
    let mut findings = Vec::new();
    if let Some(node) = pod.node.as_ref().and_then(|name| store.node(name))
        && let NodeReady::NotReady { reason, .. } = &node.ready
    {
        let evidence = Evidence::field(Kind::Node, &node.meta.key, "condition Ready", reason);
        findings.push(hurts(Reason::NodeNotReady { pod: key.clone(), node: node.meta.key.name.clone() }, [evidence]));
    }
    for gate in pod.rare.as_ref().map(|rare| rare.readiness_gates.as_slice()).unwrap_or_default() {
        if pod.condition(gate).is_none_or(|condition| condition.status != Truth::True) {
            let said = pod.condition(gate).map(said).unwrap_or_default();
            let evidence = Evidence::field(Kind::Pod, &key, format!("condition {gate}"), said);
            findings.push(hurts(Reason::GateClosed { pod: key.clone(), gate: gate.clone() }, [evidence]));
        }
    }
    let unfinished = of_kind(pod, |kind| kind == ContainerKind::Init).find(|(_, status)| !finished(status));
    if let Some((container, status)) = unfinished {
        let reason = Reason::InitUnfinished { pod: key.clone(), container: container.name.clone() };
        findings.push(hurts(reason, [status_evidence(&key, status)]));
    } else {
        let running = of_kind(pod, |kind| kind != ContainerKind::Init).filter(|(_, status)| !status.ready);
        findings.extend(running.map(|(container, status)| container_finding(&key, container, status)));
    }
    if findings.is_empty() {
        let why = pod.condition("Ready").map(|condition| condition.reason.clone()).unwrap_or_default();
        let evidence = Evidence::field(Kind::Pod, &key, "condition Ready", &why);
        findings.push(hurts(Reason::NotReady { pod: key, why }, [evidence]));
    }
    findings
}

fn of_kind(pod: &Pod, wanted: impl Fn(ContainerKind) -> bool) -> impl Iterator<Item = (&Container, &ContainerStatus)> {
    let containers = pod.containers.iter().filter(move |container| wanted(container.kind));
    containers.filter_map(|container| Some((container, pod.status(&container.name)?)))
}

fn finished(status: &ContainerStatus) -> bool {
    matches!(status.state, ContainerState::Terminated { exit_code: 0, .. })
}

fn said(condition: &Condition) -> String {
    match condition.reason.as_str() {
        "" => "False".to_owned(),
        reason => format!("False ({reason})"),
    }
}

fn status_evidence(pod: &Key, status: &ContainerStatus) -> Evidence {
    let state = match &status.state {
        ContainerState::Running { .. } => "running, not ready".to_owned(),
        ContainerState::Waiting { reason, message } if message.is_empty() => format!("waiting: {reason}"),
        ContainerState::Waiting { reason, message } => format!("waiting: {reason} ({message})"),
        ContainerState::Terminated { reason, exit_code, .. } => format!("terminated: {reason} ({exit_code})"),
    };
    let restarts = match status.restarts {
        0 => String::new(),
        1 => ", 1 restart".to_owned(),
        many => format!(", {many} restarts"),
    };
    let last = status.last_exit.as_ref().map(|(reason, code)| format!(", last exit {code} {reason}"));
    let state = state + &restarts + &last.unwrap_or_default();
    Evidence::field(Kind::Pod, pod, format!("status of container {}", status.name), state)
}

fn container_finding(pod: &Key, container: &Container, status: &ContainerStatus) -> Finding {
    let (pod_key, name) = (pod.clone(), container.name.clone());
    let reason = match &status.state {
        ContainerState::Running { .. } => Reason::ProbeFails { pod: pod_key, container: name },
        ContainerState::Waiting { reason, .. } | ContainerState::Terminated { reason, .. } => {
            Reason::ContainerDown { pod: pod_key, container: name, why: reason.clone() }
        }
    };
    hurts(reason, [status_evidence(pod, status)])
}

/// Why a pod that a Service selects is no endpoint of it, or gets nothing on some port.
pub fn of_member(store: &Store, service: &Service, pod: &Pod) -> Vec<Finding> {
    let key = pod.meta.key.clone();
    let node_gone = pod.node.as_ref().is_none_or(|name| store.node(name).is_none()) && store.complete(Kind::Node);
    if pod.has_ended() {
        let evidence = Evidence::field(Kind::Pod, &key, ".status.phase", phase(pod.phase));
        return vec![found(Weight::Note, Reason::PodEnded { pod: key, phase: pod.phase }, [evidence])];
    }
    if pod.ips.is_empty() {
        let evidence = Evidence::no_field(Kind::Pod, &key, ".status.podIPs");
        return vec![hurts(Reason::PodWithoutIp { pod: key }, [evidence])];
    }
    if node_gone && !service.publish_not_ready {
        let evidence = match &pod.node {
            Some(node) => Evidence::no_object(Kind::Node, &Key::new("", node.clone())),
            None => Evidence::no_field(Kind::Pod, &key, ".spec.nodeName"),
        };
        return vec![hurts(Reason::NodeGone { pod: key, node: pod.node.clone() }, [evidence])];
    }
    let families = service.slice_families();
    if families.iter().all(|family| pod.ips.of(*family).next().is_none()) {
        let ips: Vec<String> = pod.ips.as_slice().iter().map(ToString::to_string).collect();
        let evidence = Evidence::field(Kind::Pod, &key, ".status.podIPs", ips.join(", "));
        return vec![hurts(Reason::PodOfOtherFamily { pod: key, wanted: families.to_vec() }, [evidence])];
    }
    let mut findings = Vec::new();
    if let Some(deleted) = pod.meta.deleted {
        let evidence = Evidence::time(Kind::Pod, &key, ".metadata.deletionTimestamp", deleted);
        findings.push(hurts(Reason::ShuttingDown { pod: key }, [evidence]));
    } else {
        findings.extend(unready(store, pod));
    }
    findings.extend(service.ports.iter().filter_map(|port| target_port(pod, port)));
    findings
}

/// The word of a phase in the API.
fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "Pending",
        Phase::Running => "Running",
        Phase::Succeeded => "Succeeded",
        Phase::Failed => "Failed",
        Phase::Unknown => "Unknown",
    }
}

/// What is wrong with a target port in a pod: a name that it does not declare (D50, D51), a number that nobody declares
/// (D52, a hint only: R4.21).
pub fn target_port(pod: &Pod, port: &ServicePort) -> Option<Finding> {
    let key = pod.meta.key.clone();
    let name = match (&port.target, find_port(pod, port)) {
        (TargetPort::Number(number), _) => return undeclared(pod, *number, &port.protocol),
        (TargetPort::Name(_), Some(_)) => return None,
        (TargetPort::Name(name), None) => name,
    };
    let declaring = |wanted: &dyn Fn(&Container) -> bool| {
        pod.containers.iter().filter(|container| wanted(container)).find_map(|container| {
            let declared = container.ports.iter().find(|declared| declared.name.as_ref() == Some(name))?;
            Some((container, declared.protocol.clone()))
        })
    };
    let reason = if let Some((_, protocol)) = declaring(&|container| container.kind != ContainerKind::Init) {
        Reason::TargetPortMissing { pod: key.clone(), port: name.clone(), instead: Some(protocol) }
    } else if let Some((container, _)) = declaring(&|container| container.kind == ContainerKind::Init) {
        Reason::TargetPortInInit { pod: key.clone(), port: name.clone(), container: container.name.clone() }
    } else {
        Reason::TargetPortMissing { pod: key.clone(), port: name.clone(), instead: None }
    };
    Some(hurts(reason, [Evidence::field(Kind::Pod, &key, ".spec.containers[*].ports", declared(pod))]))
}

/// The declared ports of a pod as text: `http 8080/TCP, 9100/TCP`.
fn declared(pod: &Pod) -> String {
    let ports = pod.containers.iter().flat_map(|container| &container.ports);
    let words: Vec<String> = ports
        .map(|port| match &port.name {
            Some(name) => format!("{name} {}/{}", port.port, port.protocol),
            None => format!("{}/{}", port.port, port.protocol),
        })
        .collect();
    words.join(", ")
}

fn undeclared(pod: &Pod, number: Port, protocol: &Protocol) -> Option<Finding> {
    let counting = || pod.containers.iter().filter(|container| container.kind != ContainerKind::Init);
    let declares = |container: &Container| {
        container.ports.iter().any(|declared| declared.port == number && declared.protocol == *protocol)
    };
    let anything = counting().any(|container| !container.ports.is_empty());
    if !anything || counting().any(declares) {
        return None;
    }
    let evidence = Evidence::field(Kind::Pod, &pod.meta.key, ".spec.containers[*].ports", declared(pod));
    Some(found(Weight::Note, Reason::Undeclared { pod: pod.meta.key.clone(), port: number }, [evidence]))
}

/// Which labels of a pod fail a selector (D37).
pub(super) fn misses(service: &Service, pod: &Pod) -> Vec<(Text, Text, Option<Text>)> {
    let misses = service.selector.misses(&pod.meta.labels);
    misses.map(|(key, wanted, found)| (key.clone(), wanted.clone(), found.cloned())).collect()
}
