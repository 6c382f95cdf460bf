//! Why an endpoint is not what it should be: what the deciding condition, container or node says.

use super::pieces::age;
use super::words::{explain, restarts};
use crate::app::State;
use crate::model::{Condition, ContainerState, ContainerStatus, Key, NodeReady, Phase, Pod, Time, Truth};
use crate::store::{Row, Target, Word};

/// Why a row is as it is, most decisive first; empty for a plain endpoint.
pub fn why(state: &State, service: &Key, row: &Row) -> Vec<String> {
    let mut reasons = Vec::new();
    let Some(word) = &row.word else {
        if let (Some(pod), Some(service)) = (row.target.pod(), state.store.service(service))
            && service.publish_not_ready
            && !pod.ready
            && row.is_endpoint()
        {
            reasons.push(
                "The Service publishes unready addresses, so it gets traffic although its pod is not ready.".to_owned(),
            );
            reasons.extend(not_ready(state, pod));
        }
        return reasons;
    };
    match (word, row.target.pod()) {
        (Word::NotReady, Some(pod)) => reasons.extend(not_ready(state, pod)),
        (Word::NoIp, Some(pod)) => reasons.extend(no_ip(pod)),
        (Word::Terminating, Some(pod)) => {
            let since = pod.meta.deleted.map(|at| since(at, state.now)).unwrap_or_default();
            let serving = row.facts().is_some_and(|facts| facts.serving);
            let serving = if serving { "it still serves" } else { "it no longer serves" };
            reasons.push(format!("Pod {} is shutting down{since}; {serving}.", pod.meta.key.name));
        }
        (Word::OtherFamily, Some(pod)) => {
            let ips: Vec<String> = pod.ips.as_slice().iter().map(ToString::to_string).collect();
            reasons.push(format!("Pod {} has only {}.", pod.meta.key.name, ips.join(", ")));
        }
        (Word::NodeGone, Some(pod)) => {
            let node = pod.node.as_deref().unwrap_or("no node");
            reasons.push(format!("Pod {} is bound to {node}, which does not exist.", pod.meta.key.name));
        }
        (Word::Finished, Some(pod)) => {
            reasons.push(format!("Pod {} has ended ({}).", pod.meta.key.name, super::words::phase(pod)))
        }
        (Word::Stale, _) => {
            if let Target::Unseen(target) = &row.target {
                reasons
                    .push(format!("The slice names pod {}, and there is no such pod with that identity.", target.name));
            }
        }
        (Word::NoPort(name), Some(pod)) => {
            let declared: Vec<String> = pod
                .containers
                .iter()
                .flat_map(|container| &container.ports)
                .map(|port| port.name.as_ref().map_or(port.port.to_string(), |name| format!("{name} {}", port.port)))
                .collect();
            let declared = if declared.is_empty() { "no port at all".to_owned() } else { declared.join(", ") };
            reasons.push(format!("Pod {} declares {declared}, not {name:?}.", pod.meta.key.name));
        }
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
        ) => {}
    }
    reasons.push(explain(word));
    reasons
}

fn since(at: Time, now: Time) -> String {
    format!(" since {}", age(at, now))
}

/// Why a pod is not Ready (R3.7): the node, then gates, then containers.
fn not_ready(state: &State, pod: &Pod) -> Vec<String> {
    let mut reasons = Vec::new();
    let ready = pod.condition("Ready");
    if let Some(node) = pod.node.as_ref().and_then(|name| state.store.node(name))
        && let NodeReady::NotReady { reason, since: at } = &node.ready
    {
        let since = at.map(|at| since(at, state.now)).unwrap_or_default();
        reasons.push(format!(
            "Node {} is not ready ({reason}){since}, so its pods were marked unready.",
            node.meta.key.name
        ));
    }
    let gates = pod.rare.as_ref().map(|rare| rare.readiness_gates.as_slice()).unwrap_or_default();
    for gate in gates {
        match pod.condition(gate) {
            Some(Condition { status: Truth::True, .. }) => {}
            Some(condition) => reasons.push(format!("Readiness gate {gate} is not True{}.", because(condition))),
            None => reasons.push(format!("Readiness gate {gate} was never set.")),
        }
    }
    for container in pod.containers.iter() {
        let Some(status) = pod.status(&container.name) else { continue };
        if status.ready
            || matches!(
                (&status.state, container.kind),
                (ContainerState::Terminated { exit_code: 0, .. }, crate::model::ContainerKind::Init)
            )
        {
            continue;
        }
        reasons.push(container_reason(status, container.readiness_probe, state.now));
    }
    if reasons.is_empty() {
        match ready {
            Some(condition) => reasons.push(format!("Pod condition Ready is not True{}.", because(condition))),
            None if pod.phase == Phase::Pending => reasons.extend(no_ip(pod)),
            None => reasons.push("The pod has no Ready condition yet.".to_owned()),
        }
    } else if let Some(at) = ready.and_then(|condition| condition.since) {
        reasons.push(format!("Pod condition Ready is not True{}.", since(at, state.now)));
    }
    reasons
}

fn because(condition: &Condition) -> String {
    let words: Vec<&str> =
        [condition.reason.as_str(), condition.message.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(": ")) }
}

fn container_reason(status: &ContainerStatus, probed: bool, now: Time) -> String {
    let name = &status.name;
    let restarts = if status.restarts > 0 { format!(", {}", restarts(status.restarts)) } else { String::new() };
    let last =
        status.last_exit.as_ref().map(|(reason, code)| format!(", last exit {code} {reason}")).unwrap_or_default();
    match &status.state {
        ContainerState::Running { since: at } => {
            let ran = at.map(|at| format!(" for {}", age(at, now))).unwrap_or_default();
            let probe = if probed { "its readiness probe does not pass" } else { "it is not ready" };
            format!("Container {name} runs{ran}, but {probe}{restarts}{last}.")
        }
        ContainerState::Waiting { reason, message } => {
            let message = if message.is_empty() { String::new() } else { format!(": {message}") };
            let reason = if reason.is_empty() { "waiting" } else { reason.as_str() };
            format!("Container {name} is not running: {reason}{message}{restarts}{last}.")
        }
        ContainerState::Terminated { reason, exit_code, .. } => {
            format!("Container {name} ended: {reason}, exit code {exit_code}{restarts}.")
        }
    }
}

/// Why a pod has no IP yet.
fn no_ip(pod: &Pod) -> Vec<String> {
    let deciding = ["PodScheduled", "PodReadyToStartContainers", "Initialized"];
    let mut conditions = deciding.iter().filter_map(|kind| pod.condition(kind));
    if let Some(condition) = conditions.find(|condition| condition.status != Truth::True) {
        return vec![format!("{} is not True{}.", condition.kind, because(condition))];
    }
    pod.statuses
        .iter()
        .filter_map(|status| match &status.state {
            ContainerState::Waiting { reason, .. } if !reason.is_empty() => {
                Some(format!("Container {} waits: {reason}.", status.name))
            }
            ContainerState::Waiting { .. } | ContainerState::Running { .. } | ContainerState::Terminated { .. } => None,
        })
        .collect()
}
