//! Why something changed.

use crate::churn::{IpReused, NodeTrouble, Readiness, Relabelled, Why};
use crate::model::{Selector, Text};
use crate::view::escape::safe;
use crate::view::words;

use super::times::span;

/// Why something changed, with the evidence in short.
pub fn cause(why: &Why) -> String {
    match why {
        Why::Rollout(rollout) => {
            let (workload, from, to) = (safe(&rollout.workload), safe(&rollout.from), safe(&rollout.to));
            format!("rollout of {workload}: {from} → {to}")
        }
        Why::Scale(scale) => format!("{} scaled {}", safe(&scale.workload), if scale.up { "up" } else { "down" }),
        Why::PodDeleted(pod) => format!("pod {} deleted", safe(&pod.name)),
        Why::PodCreated(pod) => format!("pod {} created", safe(&pod.name)),
        Why::PodEnded(reason) => said("containers ended", reason),
        Why::ReadinessLost(readiness) => lost(readiness),
        Why::ReadinessGained => "Ready again".to_owned(),
        Why::Node(node, NodeTrouble::Gone) => format!("node {} gone", safe(node)),
        Why::Node(node, NodeTrouble::NotReady(reason)) => said(&format!("node {} not ready", safe(node)), reason),
        Why::Node(node, NodeTrouble::Cordoned) => format!("node {} cordoned", safe(node)),
        Why::SelectorEdited(edit) => format!("selector edited: {} → {}", selector(&edit.0), selector(&edit.1)),
        Why::Relabelled(edit) => relabelled(edit),
        Why::PortEdited(port) => format!("port {} edited", safe(port)),
        Why::Edited => "edited".to_owned(),
        Why::ServiceCreated => "Service created".to_owned(),
        Why::ServiceDeleted => "Service deleted".to_owned(),
        Why::SliceEdited(slice, by) => format!("slice {} edited ({})", safe(slice), words::managed_by(*by)),
        Why::HintChanged => "hints changed by the controller".to_owned(),
        Why::IpReused(reused) => self::reused(reused),
        Why::Replaced(_) => "another object has its name".to_owned(),
        Why::Unknown => "unknown".to_owned(),
    }
}

/// Words, and what the cluster says beside, if it says something.
fn said(words: &str, reason: &Text) -> String {
    if reason.is_empty() { words.to_owned() } else { format!("{words}: {}", safe(reason)) }
}

fn lost(readiness: &Readiness) -> String {
    let Readiness { condition, container, restarts, reason } = readiness;
    let mut parts = vec![match (container, condition.as_str()) {
        (Some(container), _) => format!("{} {}", safe(container), safe(reason)),
        (None, "Ready") => safe(reason).into_owned(),
        (None, gate) => format!("gate {} {}", safe(gate), safe(reason)),
    }];
    if *restarts > 0 {
        parts.push(words::restarts(*restarts));
    }
    parts.retain(|part| !part.trim().is_empty());
    let parts = parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join(", ");
    if parts.is_empty() { "readiness lost".to_owned() } else { format!("readiness lost: {parts}") }
}

fn selector(selector: &Selector) -> String {
    let pairs: Vec<String> =
        selector.0.iter().map(|(label, value)| format!("{}={}", safe(label), safe(value))).collect();
    if pairs.is_empty() { "none".to_owned() } else { pairs.join(",") }
}

fn relabelled(edit: &Relabelled) -> String {
    let label = safe(&edit.label);
    match (&edit.old, &edit.new) {
        (Some(old), Some(new)) => format!("label {label}: {} → {}", safe(old), safe(new)),
        (Some(old), None) => format!("label {label}={} removed", safe(old)),
        (None, Some(new)) => format!("label {label}={} added", safe(new)),
        (None, None) => format!("label {label} edited"),
    }
}

fn reused(reused: &IpReused) -> String {
    let IpReused { ip, before, after } = reused;
    let before = safe(&before.name);
    match after {
        0 => format!("{ip} was {before}'s a moment before"),
        after => format!("{ip} was {before}'s until {} before", span(*after)),
    }
}
