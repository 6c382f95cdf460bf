//! Why something changed.

use crate::churn::{Detail, Entry, Event, IpReused, NodeTrouble, Readiness, Relabelled, Stage, Subject, Why};
use crate::model::{Key, Selector, Text};
use crate::view::escape::{safe, tail, width};
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

/// Why an entry came to be, as far as that adds to what happened: nothing where it would say the same once more.
pub fn because(entry: &Entry) -> String {
    let own = |pod| is_of(entry, pod);
    let of_pod = matches!(entry.on, Subject::Pod(..));
    match &entry.why {
        // A pod that comes under the name of one that went.
        Why::PodDeleted(pod) if own(pod) && !goes(&entry.event) => "the pod of this name before was deleted".to_owned(),
        Why::PodDeleted(pod) if own(pod) => match (&entry.event, of_pod) {
            (Event::Deleting, _) => "no rollout, scale or drain seen".to_owned(),
            (_, true) => "it was deleted".to_owned(),
            (_, false) => "its pod was deleted".to_owned(),
        },
        Why::PodCreated(pod) if own(pod) => {
            if of_pod { "on its own, without an owner" } else { "its pod was created" }.to_owned()
        }
        Why::PodEnded(reason) if entry.event == Event::Ended => safe(reason).into_owned(),
        // How often is said by what happened already.
        Why::ReadinessLost(readiness) if matches!(entry.event, Event::Restarted(_)) => {
            lost_to(&Readiness { restarts: 0, ..(**readiness).clone() })
        }
        Why::ReadinessLost(readiness) => lost_to(readiness),
        Why::ReadinessGained if of_pod || matches!(entry.on, Subject::Node(_)) => "after it was lost".to_owned(),
        Why::ReadinessGained => "its pod is Ready again".to_owned(),
        Why::Node(node, trouble) if entry.on == Subject::Node(node.clone()) => match trouble {
            NodeTrouble::NotReady(reason) => safe(reason).into_owned(),
            NodeTrouble::Gone | NodeTrouble::Cordoned => String::new(),
        },
        Why::SelectorEdited(edit) if entry.event == Event::Selector => {
            format!("{} → {}", selector(&edit.0), selector(&edit.1))
        }
        Why::PortEdited(port) if entry.event == Event::Ports => format!("port {}", safe(port)),
        Why::Relabelled(edit) if entry.event == Event::Relabelled => {
            relabelled(edit).trim_start_matches("label ").to_owned()
        }
        Why::SliceEdited(slice, by) if matches!(&entry.on, Subject::Slice(key) if key.name == *slice) => {
            format!("written by others ({})", words::managed_by(*by))
        }
        Why::IpReused(reused) => match reused.after {
            0 => format!("{} had it a moment before", safe(&reused.before.name)),
            after => format!("{} had it until {} before", safe(&reused.before.name), span(after)),
        },
        Why::HintChanged if entry.event == Event::Changed(Detail::Hints) => "by the controller".to_owned(),
        Why::Edited | Why::Replaced(_) => String::new(),
        Why::ServiceCreated | Why::ServiceDeleted if matches!(entry.on, Subject::Service(_)) => String::new(),
        Why::Rollout(_)
        | Why::Scale(_)
        | Why::PodDeleted(_)
        | Why::PodCreated(_)
        | Why::PodEnded(_)
        | Why::Node(..)
        | Why::SelectorEdited(_)
        | Why::Relabelled(_)
        | Why::PortEdited(_)
        | Why::ServiceCreated
        | Why::ServiceDeleted
        | Why::SliceEdited(..)
        | Why::HintChanged
        | Why::Unknown => cause(&entry.why),
    }
}

/// Whether an entry is on this pod, or on an endpoint of it.
fn is_of(entry: &Entry, pod: &Key) -> bool {
    match &entry.on {
        Subject::Pod(key, _) => key == pod,
        Subject::Row(service, _) => service.namespace == pod.namespace && entry.pod.as_ref() == Some(&pod.name),
        Subject::Service(_) | Subject::Slice(_) | Subject::Node(_) => false,
    }
}

/// Whether something ends or gets worse with an event.
fn goes(event: &Event) -> bool {
    match event {
        Event::Moved { from, to } => match to {
            Stage::Absent | Stage::NotReady | Stage::Draining | Stage::Ending => true,
            Stage::Waiting => from.in_slice(),
            Stage::Ready => false,
        },
        Event::Went | Event::PodWent(_) | Event::NotReady | Event::Deleting | Event::Ended | Event::Cordoned => true,
        Event::Changed(_)
        | Event::Came
        | Event::Replaced
        | Event::Selector
        | Event::Ports
        | Event::Edited
        | Event::Scheduled(_)
        | Event::Addressed(_)
        | Event::Ready
        | Event::Restarted(_)
        | Event::Relabelled
        | Event::Uncordoned => false,
    }
}

/// The same for a narrow column: a rollout says where to, the rest stands below.
pub fn because_short(entry: &Entry) -> String {
    match &entry.why {
        Why::Rollout(rollout) => format!("rollout → {}", safe(&rollout.to)),
        Why::PodDeleted(pod) if is_of(entry, pod) && !goes(&entry.event) => "the one before went".to_owned(),
        Why::PodDeleted(pod) if !is_of(entry, pod) && width(&pod.name) > 12 => {
            format!("pod …{} deleted", tail(&safe(&pod.name), 6))
        }
        Why::Node(node, NodeTrouble::NotReady(_)) if entry.on != Subject::Node(node.clone()) => {
            format!("node {} not ready", safe(node))
        }
        Why::Scale(_)
        | Why::PodDeleted(_)
        | Why::PodCreated(_)
        | Why::PodEnded(_)
        | Why::ReadinessLost(_)
        | Why::ReadinessGained
        | Why::Node(..)
        | Why::SelectorEdited(_)
        | Why::Relabelled(_)
        | Why::PortEdited(_)
        | Why::Edited
        | Why::ServiceCreated
        | Why::ServiceDeleted
        | Why::SliceEdited(..)
        | Why::HintChanged
        | Why::IpReused(_)
        | Why::Replaced(_)
        | Why::Unknown => because(entry),
    }
}

/// Words, and what the cluster says beside, if it says something.
fn said(words: &str, reason: &Text) -> String {
    if reason.is_empty() { words.to_owned() } else { format!("{words}: {}", safe(reason)) }
}

fn lost(readiness: &Readiness) -> String {
    let to = lost_to(readiness);
    if to.is_empty() { "readiness lost".to_owned() } else { format!("readiness lost: {to}") }
}

/// What the readiness was lost to, where that is known.
fn lost_to(readiness: &Readiness) -> String {
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
    parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join(", ")
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

/// How soon an address was taken after another pod let go of it: who still sends there means that one.
pub fn after_another(reused: &IpReused) -> String {
    let IpReused { before, after, .. } = reused;
    match after {
        0 => format!("at once after {}", safe(&before.name)),
        after => format!("{} after {}", span(*after), safe(&before.name)),
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
