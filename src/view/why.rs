//! Why an endpoint is not what it should be: what the deciding condition, container or node says.

use super::pieces::age;
use super::words::{because, explain, restarts};
use crate::app::State;
use crate::model::{
    Condition, Container, ContainerKind, ContainerState, ContainerStatus, Key, NodeReady, Phase, Pod, Service,
    TargetPort, Text, Time, Truth,
};
use crate::store::{Row, Target, Word};

/// How long the controller may take before it is said to lag, in milliseconds (§3.6).
const CONVERGING: u64 = 5_000;

/// Why a row is as it is, most decisive first; empty for a plain endpoint.
pub fn why(state: &State, service: &Key, row: &Row) -> Vec<String> {
    let held = state.store.service(service);
    let Some(word) = &row.word else {
        return published(state, held.map(AsRef::as_ref), row);
    };
    let mut reasons = match (word, row.target.pod()) {
        (Word::NotReady, Some(pod)) => not_ready(state, pod),
        (Word::NoIp, Some(pod)) => no_ip(pod),
        (Word::Terminating, Some(pod)) => vec![shutting_down(state, row, pod)],
        (Word::OtherFamily, Some(pod)) => {
            let ips: Vec<String> = pod.ips.as_slice().iter().map(ToString::to_string).collect();
            let families = held.map(|service| service.slice_families()).unwrap_or_default();
            let families: Vec<String> = families.iter().map(ToString::to_string).collect();
            vec![format!("The Service is {}; the pod has only {}.", families.join(" and "), ips.join(", "))]
        }
        (Word::NodeGone, Some(pod)) => {
            let node = pod.node.as_deref().unwrap_or("no node");
            vec![format!("The pod is bound to node {node}, which does not exist.")]
        }
        (Word::Finished, Some(pod)) => vec![format!("The pod has ended: {}.", super::words::phase(pod))],
        (Word::Lag, Some(_)) => lag(state, row),
        (Word::Stale, _) => stale(row),
        (Word::NoPort(name), Some(pod)) => held.map(|service| no_port(service, row, pod, name)).unwrap_or_default(),
        (Word::NotSelected, Some(pod)) => held.map(|service| not_selected(service, pod)).unwrap_or_default(),
        (
            Word::NotReady
            | Word::NoPort(_)
            | Word::Terminating
            | Word::NoIp
            | Word::Finished
            | Word::OtherFamily
            | Word::NodeGone
            | Word::Lag
            | Word::Custom
            | Word::Mirrored
            | Word::OrphanIp
            | Word::NotSelected,
            _,
        ) => Vec::new(),
    };
    reasons.push(explain(word));
    reasons
}

/// A plain endpoint: worth a word only where it is one although its pod is not ready (R3.5).
fn published(state: &State, service: Option<&Service>, row: &Row) -> Vec<String> {
    let unready = row.target.pod().filter(|pod| !pod.ready && row.is_endpoint());
    let Some(pod) = unready.filter(|_| service.is_some_and(|service| service.publish_not_ready)) else {
        return undeclared(service, row);
    };
    let words = "The Service publishes unready addresses, so this gets traffic although its pod is not ready.";
    let mut reasons = vec![words.to_owned()];
    reasons.extend(not_ready(state, pod));
    reasons
}

/// No container declares the number that a port goes to: no error, but worth checking (R4.21).
fn undeclared(service: Option<&Service>, row: &Row) -> Vec<String> {
    let (Some(service), Some(pod)) = (service, row.target.pod()) else { return Vec::new() };
    let numbers =
        service.ports.iter().zip(row.ports.iter()).filter(|(port, _)| matches!(port.target, TargetPort::Number(_)));
    let undeclared = numbers.filter_map(|(port, resolved)| Some((port, resolved.port?))).find(|(port, number)| {
        let declares = |container: &Container| {
            let mut ports = container.ports.iter();
            container.kind != ContainerKind::Init
                && ports.any(|declared| declared.port == *number && declared.protocol == port.protocol)
        };
        !pod.containers.iter().any(declares)
    });
    let anything = pod.containers.iter().any(|container| !container.ports.is_empty());
    undeclared
        .filter(|_| anything)
        .map(|(_, number)| {
            format!(
                "No container of the pod declares port {number}; that is allowed, but check that something listens."
            )
        })
        .into_iter()
        .collect()
}

fn lasts(at: Time, now: Time) -> String {
    format!(" for {}", age(at, now))
}

fn shutting_down(state: &State, row: &Row, pod: &Pod) -> String {
    let lasts = pod.meta.deleted.map(|at| lasts(at, state.now)).unwrap_or_default();
    let serving = row.facts().is_some_and(|facts| facts.serving);
    format!("The pod is shutting down{lasts}; it {} serves.", if serving { "still" } else { "no longer" })
}

fn lag(state: &State, row: &Row) -> Vec<String> {
    let behind = row.since.map(|since| state.now.since(since));
    match behind {
        Some(behind) if behind < CONVERGING => {
            vec!["The controller is about to write it: that takes up to a few seconds.".to_owned()]
        }
        Some(_) | None => {
            let lasts = row.since.map(|since| lasts(since, state.now)).unwrap_or_default();
            let what = if row.is_endpoint() { "is not written as it should be" } else { "should be in a slice" };
            vec![format!("It {what}{lasts}: the EndpointSlice controller lags or has stopped.")]
        }
    }
}

fn stale(row: &Row) -> Vec<String> {
    match &row.target {
        Target::Unseen(target) => {
            vec![format!("The slice names pod {}, and there is no such pod with that identity.", target.name)]
        }
        Target::Pod(pod) if pod.has_ended() => {
            vec![format!("The slice lists it, but its pod has ended: {}.", super::words::phase(pod))]
        }
        Target::Pod(_) => vec!["The slice lists it, but its pod should not be there any more.".to_owned()],
        Target::Foreign(_) | Target::Nobody => Vec::new(),
    }
}

fn not_selected(service: &Service, pod: &Pod) -> Vec<String> {
    let misses = service.selector.misses(&pod.meta.labels).map(|(key, wanted, found)| match found {
        Some(found) => format!("The selector wants {key}={wanted}, the pod has {key}={found}."),
        None => format!("The selector wants {key}={wanted}, the pod has no label {key}."),
    });
    misses.collect()
}

/// The port that a pod lacks: not declared, declared for another protocol, or only by an init container (R3.8).
fn no_port(service: &Service, row: &Row, pod: &Pod, name: &Text) -> Vec<String> {
    let by_name = service.ports.iter().find(|port| port.target == TargetPort::Name(name.clone()));
    let Some(port) = by_name else {
        let slices: Vec<String> = row.members.iter().map(|member| member.slice.to_string()).collect();
        return vec![format!("Slice {} has no port of that name; ports are joined by name.", slices.join(", "))];
    };
    let declares = |container: &&Container| container.ports.iter().any(|declared| declared.name.as_ref() == Some(name));
    match pod.containers.iter().find(declares) {
        Some(container) if container.kind == ContainerKind::Init => {
            vec![format!("Port {name:?} belongs to init container {}, which has ended.", container.name)]
        }
        Some(container) => {
            let Container { name: owner, .. } = container;
            vec![format!("Container {owner} declares {name:?}, but not as {}.", port.protocol)]
        }
        None => {
            let ports = pod.containers.iter().flat_map(|container| &container.ports);
            let ports: Vec<String> = ports
                .map(|port| port.name.as_ref().map_or(port.port.to_string(), |name| format!("{name} {}", port.port)))
                .collect();
            let declared = if ports.is_empty() { "no port at all".to_owned() } else { ports.join(", ") };
            vec![format!("The pod declares {declared}, not {name:?}.")]
        }
    }
}

/// Why a pod is not Ready (R3.7): the node, then gates, then containers, then what the condition says.
pub(super) fn not_ready(state: &State, pod: &Pod) -> Vec<String> {
    let mut reasons = Vec::new();
    let ready = pod.condition("Ready");
    let since = ready.and_then(|condition| condition.since).or(pod.ready_since.filter(|_| !pod.ready));
    let node = pod.node.as_ref().and_then(|name| state.store.node(name));
    if let Some(NodeReady::NotReady { reason, since: at }) = node.map(|node| &node.ready) {
        let lasts = at.map(|at| lasts(at, state.now)).unwrap_or_default();
        let name = pod.node.as_deref().unwrap_or_default();
        reasons.push(format!("Node {name} is not ready ({reason}){lasts}, so its pods were marked unready."));
    }
    for gate in pod.rare.as_ref().map(|rare| rare.readiness_gates.as_slice()).unwrap_or_default() {
        match pod.condition(gate) {
            Some(Condition { status: Truth::True, .. }) => {}
            Some(condition) => {
                let because = because(&condition.reason, &condition.message);
                reasons.push(format!("Readiness gate {gate} is not True{because}."));
            }
            None => reasons.push(format!("Readiness gate {gate} was never set.")),
        }
    }
    // What has not begun waits for the init containers: name those, not the ones that wait.
    let unfinished = pod.containers.iter().filter(|container| container.kind == ContainerKind::Init);
    let mut unfinished = unfinished.filter_map(|container| pod.status(&container.name)).filter(|status| !ended(status));
    if let Some(status) = unfinished.next() {
        reasons.push(format!("Init container {} has not finished{}.", status.name, doing(status)));
    } else {
        let containers = pod.containers.iter().filter(|container| container.kind != ContainerKind::Init);
        let unready = containers.filter_map(|container| Some((container, pod.status(&container.name)?)));
        let unready = unready.filter(|(_, status)| !status.ready);
        reasons.extend(unready.map(|(container, status)| container_reason(status, container.readiness_probe)));
    }
    match ready {
        Some(condition) if reasons.is_empty() => {
            let because = because(&condition.reason, &condition.message);
            reasons.push(format!("Pod condition Ready is not True{because}."));
        }
        None if reasons.is_empty() && pod.phase == Phase::Pending => reasons.extend(no_ip(pod)),
        None if reasons.is_empty() => reasons.push("The pod has no Ready condition yet.".to_owned()),
        Some(_) | None => {}
    }
    if let (Some(at), Some(first)) = (since, reasons.first_mut()) {
        *first = format!("{} Not ready{}.", first, lasts(at, state.now));
    }
    reasons
}

fn ended(status: &ContainerStatus) -> bool {
    matches!(status.state, ContainerState::Terminated { exit_code: 0, .. })
}

/// What an unfinished container is doing, after a comma or a colon.
fn doing(status: &ContainerStatus) -> String {
    let again = again(status);
    match &status.state {
        ContainerState::Running { .. } => format!(", it runs{again}"),
        ContainerState::Waiting { reason, message } => format!("{}{again}", because(reason, message)),
        ContainerState::Terminated { reason, exit_code, .. } => {
            format!(": it ended with {reason}, exit code {exit_code}{again}")
        }
    }
}

fn again(status: &ContainerStatus) -> String {
    let restarts = if status.restarts > 0 { format!(", {}", restarts(status.restarts)) } else { String::new() };
    let last = status.last_exit.as_ref().map(|(reason, code)| format!(", last exit {code} {reason}"));
    format!("{restarts}{}", last.unwrap_or_default())
}

fn container_reason(status: &ContainerStatus, probed: bool) -> String {
    let name = &status.name;
    match &status.state {
        ContainerState::Running { .. } => {
            let probe = if probed { "its readiness probe fails" } else { "it is not ready" };
            format!("Container {name} runs, but {probe}{}.", again(status))
        }
        ContainerState::Waiting { .. } => format!("Container {name} is not running{}.", doing(status)),
        ContainerState::Terminated { reason, exit_code, .. } => {
            format!("Container {name} ended: {reason}, exit code {exit_code}{}.", again(status))
        }
    }
}

/// Why a pod has no IP yet.
fn no_ip(pod: &Pod) -> Vec<String> {
    let deciding = ["PodScheduled", "PodReadyToStartContainers", "Initialized"];
    let mut conditions = deciding.iter().filter_map(|kind| pod.condition(kind));
    if let Some(condition) = conditions.find(|condition| condition.status != Truth::True) {
        let because = because(&condition.reason, &condition.message);
        return vec![format!("Pod condition {} is not True{because}.", condition.kind)];
    }
    let waiting = pod.statuses.iter().filter_map(|status| match &status.state {
        ContainerState::Waiting { reason, message } if !reason.is_empty() => {
            Some(format!("Container {} waits{}.", status.name, because(reason, message)))
        }
        ContainerState::Waiting { .. } | ContainerState::Running { .. } | ContainerState::Terminated { .. } => None,
    });
    waiting.collect()
}
