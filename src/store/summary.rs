//! A Service in a few numbers, kept so that a list of ten thousand costs nothing to show.

use super::{Row, Store, Word};
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
}

impl Store {
    /// A Service in numbers; all zero for one that is not there. Also for a name that only slices give.
    pub fn summary(&self, service: &Key) -> Summary {
        match self.summaries.get(service) {
            Some(summary) if !self.unsettled.contains(service) => summary.clone(),
            Some(_) | None => self.summarize(service),
        }
    }

    pub(super) fn summarize(&self, key: &Key) -> Summary {
        let rows = self.rows(key);
        let service = self.services.get(key);
        let alias = service.is_some_and(|service| service.kind == ServiceKind::ExternalName);
        let headless = service.is_some_and(|service| service.headless());
        let ready = rows.iter().filter(|row| row.usable()).count();
        let fallback = if headless { 0 } else { rows.iter().filter(|row| row.fallback()).count() };
        let draining_only = ready == 0 && fallback > 0;
        let usable = if draining_only { fallback } else { ready };
        let total = rows.iter().filter(|row| row.counts()).count();
        let worst = rows.iter().filter_map(|row| row.word.clone()).max_by_key(Word::severity);
        let known = self.complete(Kind::Slice);
        let severity = match &worst {
            _ if alias => Severity::Fine,
            _ if known && usable == 0 && service.is_some() => Severity::Bad,
            Some(word) => word.severity(),
            None => Severity::Fine,
        };
        let others = self.slices_of(key).map(|slice| slice.managed_by());
        let managed_by = others.filter(|who| *who != ManagedBy::Controller).max();
        Summary { usable, total, draining_only, managed_by, worst, severity, rows: rows.len() }
    }
}

/// Rows in the order in which they are read: broken first, then by address and name.
pub fn broken_first(a: &Row, b: &Row) -> std::cmp::Ordering {
    let severity = |row: &Row| row.word.as_ref().map_or(Severity::Fine, Word::severity);
    severity(b).cmp(&severity(a)).then_with(|| a.addresses.cmp(&b.addresses)).then_with(|| a.id.cmp(&b.id))
}
