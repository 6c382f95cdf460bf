//! Findings, their proof and how sure an answer is, as JSON: the same in every document.

use serde::Serialize;

use crate::trace::{Confidence, Evidence, Finding, Source, Weight};
use crate::view;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingDocument {
    /// Stable.
    id: &'static str,
    /// The rule that it follows from.
    rule: &'static str,
    stage: &'static str,
    weight: &'static str,
    /// Every part of its proof was seen.
    certain: bool,
    sentence: String,
    evidence: Vec<EvidenceDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EvidenceDocument {
    kind: &'static str,
    namespace: Option<String>,
    /// Null: all objects of the kind.
    name: Option<String>,
    path: String,
    /// Null: nothing stands there.
    value: Option<String>,
    /// The line that shows it.
    kubectl: String,
}

/// How sure something is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfidenceDocument {
    level: &'static str,
    because: Option<String>,
}

pub(super) fn finding(finding: &Finding) -> FindingDocument {
    FindingDocument {
        id: finding.reason.id(),
        rule: finding.reason.rule(),
        stage: finding.stage.id(),
        weight: weight(finding.weight),
        certain: finding.certain,
        sentence: view::reason(&finding.reason),
        evidence: finding.evidence.iter().map(evidence).collect(),
    }
}

pub(super) fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Note => "note",
        Weight::Hurts => "hurts",
        Weight::Blocks => "blocks",
    }
}

pub(super) fn evidence(evidence: &Evidence) -> EvidenceDocument {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (kind, namespace, name) = match &evidence.source {
        Source::Object(kind, key) => (kind, some(&key.namespace), some(&key.name)),
        Source::All(kind, namespace) => (kind, some(namespace), None),
    };
    EvidenceDocument {
        kind: kind.singular(),
        namespace,
        name,
        path: evidence.path.clone(),
        value: evidence.value.clone(),
        kubectl: evidence.kubectl(),
    }
}

pub(super) fn confidence(confidence: &Confidence) -> ConfidenceDocument {
    let (level, because) = match confidence {
        Confidence::Exact => ("exact", None),
        Confidence::Assumed(what) => ("assumed", Some(view::assumption(what))),
        Confidence::Unknown(why) => ("unknown", Some(view::blind(why))),
    };
    ConfidenceDocument { level, because }
}
