//! `x`: why a Service or pod is as it is. Findings with their proof, the gravest first, those alike under one head.

use super::{Entry, Listing, Shown};
use crate::model::{Key, Kind, Time};
use crate::outline::Node;
use crate::store::Store;
use crate::trace::{Evidence, Finding, Source, alike, why};

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyTopic {
    /// A Service.
    Service(Key),
    /// A pod.
    Pod(Key),
}

/// A line of the page.
#[derive(Clone, Debug, PartialEq)]
pub enum WhyBody {
    /// A finding, and how many more are alike.
    Finding(Box<Finding>, usize),
    /// A piece of its proof.
    Evidence(Evidence),
}

/// The page.
#[derive(Clone, Debug, PartialEq)]
pub struct WhyPage {
    /// What is asked about.
    pub topic: WhyTopic,
    /// It is there.
    pub exists: bool,
    /// What was found.
    pub findings: Vec<Finding>,
    /// When that may be otherwise although nothing happens.
    until: Option<Time>,
    /// The lines.
    pub listing: Listing<WhyBody>,
}

impl WhyPage {
    /// A page that is not worked out yet.
    pub fn new(topic: WhyTopic) -> Self {
        Self { topic, exists: false, findings: Vec::new(), until: None, listing: Listing::default() }
    }

    pub(super) fn refresh(&mut self, store: &Store, now: Time, height: usize) {
        (self.exists, self.findings) = match &self.topic {
            WhyTopic::Service(key) => (store.service(key).is_some(), why::of_service(store, key, now)),
            WhyTopic::Pod(key) => (store.pod(key).is_some(), why::of_pod(store, key)),
        };
        self.until = match &self.topic {
            WhyTopic::Service(key) => why::settles(store, key, now),
            WhyTopic::Pod(_) => None,
        };
        self.listing.replace(entries(&self.findings), height);
    }

    /// When the answer may be another one although nothing happens.
    pub(super) fn until(&self) -> Option<Time> {
        self.until
    }

    /// What is copied from the line under the cursor: the kubectl line that shows its proof.
    pub(super) fn copy(&self) -> Option<String> {
        match &self.listing.current()?.entry.body {
            WhyBody::Finding(finding, _) => finding.evidence.first().map(Evidence::kubectl),
            WhyBody::Evidence(evidence) => Some(evidence.kubectl()),
        }
    }

    pub(super) fn leads_to(&self) -> Option<Node> {
        let line = self.listing.current()?;
        let WhyBody::Evidence(Evidence { source: Source::Object(Kind::Service, key), .. }) = &line.entry.body else {
            return None;
        };
        Some(Node::service(key.clone()))
    }
}

/// Findings of one kind stand under the first of them.
fn entries(findings: &[Finding]) -> Vec<Entry<WhyBody>> {
    let mut entries = Vec::new();
    for (first, others) in alike(findings) {
        let known = |id: &str| entries.iter().any(|entry: &Entry<WhyBody>| entry.id == id);
        let id = first.reason.id();
        let id = if known(id) { format!("{id} {}", entries.len()) } else { id.to_owned() };
        let fold = |finding: &Finding| (!finding.evidence.is_empty()).then_some(Shown::WhenOpened);
        if others.is_empty() {
            push(&mut entries, id, 0, first, fold(first), 0);
            continue;
        }
        let body = WhyBody::Finding(Box::new(first.clone()), others.len());
        entries.push(Entry { id: id.clone(), depth: 0, fold: Some(Shown::WhenOpened), body });
        for (at, finding) in std::iter::once(first).chain(others).enumerate() {
            push(&mut entries, format!("{id}/{at}"), 1, finding, fold(finding), 0);
        }
    }
    entries
}

fn push(
    entries: &mut Vec<Entry<WhyBody>>,
    id: String,
    depth: u16,
    finding: &Finding,
    fold: Option<Shown>,
    alike: usize,
) {
    let proof = finding.evidence.iter().enumerate().map(|(at, evidence)| Entry {
        id: format!("{id}/proof{at}"),
        depth: depth + 1,
        fold: None,
        body: WhyBody::Evidence(evidence.clone()),
    });
    let proof: Vec<Entry<WhyBody>> = proof.collect();
    entries.push(Entry { id, depth, fold, body: WhyBody::Finding(Box::new(finding.clone()), alike) });
    entries.extend(proof);
}
