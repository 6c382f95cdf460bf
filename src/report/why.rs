//! Why a Service or a pod is as it is, as text and as JSON: `assets/why.schema.json`.

use serde::Serialize;

use super::finding::{FindingDocument, finding};
use super::proof;
use crate::model::{Key, Kind};
use crate::store::Store;
use crate::trace::{Finding, Weight};
use crate::view::escape::safe;

/// The version of the format.
const VERSION: &str = "podpath.why/v1";

/// What is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhySubject {
    /// A Service.
    Service(Key),
    /// A pod.
    Pod(Key),
}

impl WhySubject {
    fn parts(&self) -> (&'static str, &Key) {
        match self {
            Self::Service(key) => ("service", key),
            Self::Pod(key) => ("pod", key),
        }
    }
}

/// An explanation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhyDocument {
    version: &'static str,
    kind: &'static str,
    namespace: String,
    name: String,
    /// Of a Service: endpoints that may be used.
    usable: Option<usize>,
    /// Of a Service: all that belong to it.
    total: Option<usize>,
    /// Of a pod: the Services that select it.
    services: Option<Vec<String>>,
    /// The gravest first.
    findings: Vec<FindingDocument>,
    /// Whether everything that decides was known.
    complete: bool,
    /// What was not known, in words.
    blind_spots: Vec<String>,
}

fn complete(store: &Store, key: &Key) -> bool {
    [Kind::Service, Kind::Slice, Kind::Pod].into_iter().all(|kind| store.complete_in(kind, &key.namespace))
}

fn services(store: &Store, key: &Key) -> Vec<String> {
    let keys = store.pod(key).map(|pod| store.services_selecting(pod)).unwrap_or_default();
    keys.iter().map(|key| key.name.to_string()).collect()
}

/// The document of an explanation.
pub fn why_document(
    store: &Store,
    subject: &WhySubject,
    findings: &[Finding],
    blind_spots: Vec<String>,
) -> WhyDocument {
    let (kind, key) = subject.parts();
    let summary = matches!(subject, WhySubject::Service(_)).then(|| store.summary(key));
    WhyDocument {
        version: VERSION,
        kind,
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
        usable: summary.as_ref().map(|summary| summary.usable),
        total: summary.as_ref().map(|summary| summary.total),
        services: matches!(subject, WhySubject::Pod(_)).then(|| services(store, key)),
        findings: findings.iter().map(finding).collect(),
        complete: complete(store, key),
        blind_spots,
    }
}

/// The explanation for people.
pub fn why_text(store: &Store, subject: &WhySubject, findings: &[Finding]) -> String {
    let (_, key) = subject.parts();
    let stands = match subject {
        WhySubject::Service(_) => {
            let summary = store.summary(key);
            match store.service(key).and_then(|held| held.alias().cloned()) {
                Some(target) => format!("Service {key}: an alias of {target}, without endpoints of its own"),
                None => format!("Service {key}: {} of {} endpoints usable", summary.usable, summary.total),
            }
        }
        WhySubject::Pod(_) => match services(store, key).as_slice() {
            [] => format!("pod {key}: behind no Service"),
            names => format!("pod {key}: selected by {}", names.join(", ")),
        },
    };
    let mut lines = vec![stands];
    if !findings.iter().any(|finding| finding.weight > Weight::Note) {
        let known =
            if complete(store, key) { "nothing stands in the way" } else { "nothing that is known stands in the way" };
        lines.push(known.to_owned());
    }
    lines.extend(proof::all(findings, true, Some("-o json")));
    lines.iter().map(|line| safe(line).into_owned() + "\n").collect()
}
