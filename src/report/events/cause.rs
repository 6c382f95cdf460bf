//! The evidence of a cause, by name.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::churn::{IpReused, Readiness, Relabelled, Rollout, Scale, Why};
use crate::model::{Key, Selector, Text};
use crate::view;

/// Why something happened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CauseDocument {
    id: &'static str,
    sentence: String,
    /// What tells it; which names there are depends on the cause.
    evidence: BTreeMap<&'static str, Evidence>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Evidence {
    Text(String),
    Number(u64),
    Yes(bool),
    Pairs(BTreeMap<String, String>),
}

pub(super) fn document(why: &Why) -> CauseDocument {
    CauseDocument { id: why.id(), sentence: view::churn::cause(why), evidence: evidence(why).into_iter().collect() }
}

fn text(text: &Text) -> Evidence {
    Evidence::Text(text.to_string())
}

fn pod(key: &Key) -> Vec<(&'static str, Evidence)> {
    vec![("namespace", text(&key.namespace)), ("pod", text(&key.name))]
}

fn selector(selector: &Selector) -> Evidence {
    Evidence::Pairs(selector.0.iter().map(|(label, value)| (label.to_string(), value.to_string())).collect())
}

fn evidence(why: &Why) -> Vec<(&'static str, Evidence)> {
    match why {
        Why::Rollout(rollout) => {
            let Rollout { workload, from, to } = rollout.as_ref();
            vec![("workload", text(workload)), ("fromHash", text(from)), ("toHash", text(to))]
        }
        Why::Scale(scale) => {
            let Scale { workload, up } = scale.as_ref();
            vec![("workload", text(workload)), ("up", Evidence::Yes(*up))]
        }
        Why::PodDeleted(key) | Why::PodCreated(key) => pod(key),
        Why::PodEnded(reason) => vec![("reason", text(reason))],
        Why::ReadinessLost(readiness) => {
            let Readiness { condition, container, restarts, reason } = readiness.as_ref();
            let mut evidence = vec![("condition", text(condition)), ("reason", text(reason))];
            evidence.push(("restarts", Evidence::Number(u64::from(*restarts))));
            evidence.extend(container.as_ref().map(|container| ("container", text(container))));
            evidence
        }
        Why::Node(node, trouble) => {
            let mut evidence = vec![("node", text(node)), ("trouble", Evidence::Text(trouble.id().to_owned()))];
            evidence.extend(trouble.reason().map(|reason| ("reason", text(reason))));
            evidence
        }
        Why::SelectorEdited(edit) => vec![("old", selector(&edit.0)), ("new", selector(&edit.1))],
        Why::Relabelled(edit) => {
            let Relabelled { label, old, new } = edit.as_ref();
            let mut evidence = vec![("label", text(label))];
            evidence.extend(old.as_ref().map(|old| ("old", text(old))));
            evidence.extend(new.as_ref().map(|new| ("new", text(new))));
            evidence
        }
        Why::PortEdited(port) => vec![("port", text(port))],
        Why::SliceEdited(slice, by) => {
            vec![
                ("slice", text(slice)),
                ("managedBy", Evidence::Text(crate::report::endpoints::managed_by(*by).into())),
            ]
        }
        Why::IpReused(reused) => {
            let IpReused { ip, before, after } = reused.as_ref();
            let mut evidence = vec![("ip", Evidence::Text(ip.to_string())), ("afterMillis", Evidence::Number(*after))];
            evidence.extend(pod(before));
            evidence
        }
        Why::Replaced(uid) => vec![("uidBefore", Evidence::Text(uid.to_string()))],
        Why::ReadinessGained
        | Why::Edited
        | Why::ServiceCreated
        | Why::ServiceDeleted
        | Why::HintChanged
        | Why::Unknown => Vec::new(),
    }
}
