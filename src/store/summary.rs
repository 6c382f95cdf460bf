//! A Service in a few numbers, kept so that a list of ten thousand costs nothing to show.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Member, Resolution, Row, Store, Word};
use crate::model::{Key, Kind, ManagedBy, ServiceKind};

/// How much a thing asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// As it should be.
    #[default]
    Fine,
    /// Worth knowing.
    Info,
    /// Needs a look.
    Warn,
    /// Broken.
    Bad,
}

impl Word {
    /// How much it asks for attention.
    pub fn severity(&self) -> Severity {
        match self {
            Self::NotReady | Self::Stale | Self::NodeGone => Severity::Bad,
            Self::NoPort(_) | Self::Terminating | Self::NoIp | Self::OtherFamily | Self::Lag | Self::OrphanIp => {
                Severity::Warn
            }
            Self::NotSelected => Severity::Warn,
            Self::Custom | Self::Mirrored => Severity::Info,
            Self::Finished => Severity::Fine,
        }
    }
}

/// A Service in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Rows that may get traffic.
    pub usable: usize,
    /// Rows that the Service should have: its endpoints, and selected pods that have not ended.
    pub total: usize,
    /// Nothing is ready; the usable ones are terminating but still serve (kube-proxy's fallback).
    pub draining_only: bool,
    /// Who writes its slices, where it is not the EndpointSlice controller alone.
    pub managed_by: Option<ManagedBy>,
    /// The most severe word of its rows.
    pub worst: Option<Word>,
    /// How much it asks for attention.
    pub severity: Severity,
    /// Union rows, all of them.
    pub rows: usize,
    /// Rows slice by slice: one that stands in several counts in each, one that stands in none counts once.
    pub placed: usize,
    /// Each word and how many rows have it, the most severe first.
    pub words: Box<[(Word, usize)]>,
    /// Each port of the Service, in its order.
    pub ports: Box<[PortSummary]>,
    /// A row says more than the entry of a slice does: a pod that no slice holds, or one found by its address.
    pub beyond_slices: bool,
    /// A row stands in several entries: two families, or a duplicate.
    pub merged: bool,
}

/// A port of a Service in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortSummary {
    /// What it resolves to.
    pub resolution: Resolution,
    /// Rows that may get traffic on it.
    pub usable: usize,
}

fn ports(rows: &[Row], count: usize) -> Box<[PortSummary]> {
    let usable = |at: usize| rows.iter().filter(|row| row.usable_on(at)).count();
    (0..count).map(|at| PortSummary { resolution: Resolution::of(rows, at), usable: usable(at) }).collect()
}

fn beyond_slices(row: &Row) -> bool {
    let placed = row.members.iter().any(|member| member.node.is_some());
    !row.is_endpoint() || row.by_ip || (!placed && row.node().is_some())
}

/// In how many slices a row stands; one where it stands in none.
fn placed(row: &Row) -> usize {
    let fresh = |(at, member): &(usize, &Member)| row.members[..*at].iter().all(|other| other.slice != member.slice);
    row.members.iter().enumerate().filter(fresh).count().max(1)
}

fn words(rows: &[Row]) -> Box<[(Word, usize)]> {
    let mut counts: BTreeMap<&Word, usize> = BTreeMap::new();
    for word in rows.iter().filter_map(|row| row.word.as_ref()) {
        *counts.entry(word).or_default() += 1;
    }
    let mut words: Box<[(Word, usize)]> = counts.into_iter().map(|(word, count)| (word.clone(), count)).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.severity()));
    words
}

impl Store {
    /// A Service in numbers; all zero for one that is not there. Also for a name that only slices give.
    pub fn summary(&self, service: &Key) -> Arc<Summary> {
        match self.summaries.get(service) {
            Some(summary) if !self.unsettled.contains(service) => Arc::clone(summary),
            Some(_) | None => Arc::new(self.summarize(service, &self.rows(service))),
        }
    }

    /// The numbers of a Service that has these rows.
    pub(super) fn summarize(&self, key: &Key, rows: &[Row]) -> Summary {
        let service = self.services.get(key);
        let alias = service.is_some_and(|service| service.kind == ServiceKind::ExternalName);
        let headless = service.is_some_and(|service| service.headless());
        let ready = rows.iter().filter(|row| row.usable()).count();
        let fallback = if headless { 0 } else { rows.iter().filter(|row| row.fallback()).count() };
        let draining_only = ready == 0 && fallback > 0;
        let usable = if draining_only { fallback } else { ready };
        let total = rows.iter().filter(|row| row.counts()).count();
        let words = words(rows);
        let worst = words.first().map(|(word, _)| word.clone());
        let known = self.complete_in(Kind::Slice, &key.namespace);
        let severity = match &worst {
            _ if alias => Severity::Fine,
            _ if known && usable == 0 && service.is_some() => Severity::Bad,
            Some(word) => word.severity(),
            None => Severity::Fine,
        };
        let others = self.slices_of(key).map(|slice| slice.managed_by());
        let managed_by = others.filter(|who| *who != ManagedBy::Controller).max();
        let ports = ports(rows, service.map_or(0, |service| service.ports.len()));
        let beyond_slices = rows.iter().any(beyond_slices);
        let merged = rows.iter().any(|row| row.members.len() > 1);
        Summary {
            usable,
            total,
            draining_only,
            managed_by,
            worst,
            severity,
            rows: rows.len(),
            placed: rows.iter().map(placed).sum(),
            words,
            ports,
            beyond_slices,
            merged,
        }
    }
}

/// Rows in the order in which they are read: broken first, then by address and name.
pub fn broken_first(a: &Row, b: &Row) -> std::cmp::Ordering {
    let severity = |row: &Row| row.word.as_ref().map_or(Severity::Fine, Word::severity);
    severity(b).cmp(&severity(a)).then_with(|| a.addresses.cmp(&b.addresses)).then_with(|| a.id.cmp(&b.id))
}
