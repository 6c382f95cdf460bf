//! A reason at its place: at which step it was found, what it does to the trace, and its proof.

use std::net::IpAddr;

use super::evidence::Evidence;
use super::{Reason, Stage};
use crate::model::{Key, Port, Protocol, Text};

/// What stands in the way, or is worth knowing, at one step of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub reason: Reason,
    /// The step at which it was found.
    pub stage: Stage,
    /// What it does to the trace.
    pub weight: Weight,
    /// Every part of its proof was seen; otherwise it is possible only.
    pub certain: bool,
    /// The proof.
    pub evidence: Vec<Evidence>,
}

/// Findings that say the same of several things, under the first of them, in the order in which they were found.
pub fn alike<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<(&'a Finding, Vec<&'a Finding>)> {
    let mut groups: Vec<(&Finding, Vec<&Finding>)> = Vec::new();
    let kind = |finding: &Finding| (finding.reason.id(), finding.stage, finding.weight, finding.certain);
    for finding in findings {
        match groups.iter_mut().find(|(first, _)| kind(first) == kind(finding)) {
            Some((_, others)) => others.push(finding),
            None => groups.push((finding, Vec::new())),
        }
    }
    groups
}

/// What a finding does to a trace. Ordered: the gravest is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// Costs something: some endpoints, some time.
    Hurts,
    /// Nothing gets past it.
    Blocks,
}

/// Something that would have worked, near to what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Near {
    /// A Service of this namespace whose name is so many edits away.
    Name(Key, usize),
    /// The same Service name in another namespace.
    Namespace(Key),
    /// A namespace whose name is so many edits away.
    NamespaceName(Text, usize),
    /// A port of the Service.
    Port(Text, Port, Protocol),
    /// A client by another name.
    Client(Key),
}

/// An answer of a moment ago that caches may still hold (D36).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// "No such name": the Service was not there, or had no ready endpoint to answer with.
    Absence(Key),
    /// Other addresses: the endpoints of the Service have changed.
    Endpoints(Key),
    /// The failure of a server outside of the cluster.
    Failure,
}

/// Why a preference for near endpoints is not in force (D65).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreferenceOff {
    /// This ready endpoint has no hint.
    EndpointWithoutHint(IpAddr),
    /// The client's node has no zone.
    NodeWithoutZone(Text),
    /// No endpoint is hinted for the client's zone.
    NoneInZone(Text),
}

/// Why kube-proxy does not use a slice (D72).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SliceIgnored {
    /// It carries the label of headless Services.
    HeadlessLabel,
    /// Its addresses are names.
    Names,
    /// It has no port with a number.
    NoPorts,
}
