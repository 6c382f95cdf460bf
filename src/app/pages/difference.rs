//! `D`: what differs between two moments, Service by Service.

use std::sync::Arc;

use super::{Entry, Goal, Ground, Listing, Shown, Target, named};
use crate::churn::{ServiceDiff, Subject, diff};
use crate::model::{Kind, Time};
use crate::store::{Row, Store};

/// A line of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceBody {
    /// A Service, by its place.
    Service(usize),
    /// A row that is there and was not.
    Joined(usize, usize),
    /// A row that is gone.
    Left(usize, usize),
    /// A row that differs.
    Changed(usize, usize),
}

/// The page.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferencePage {
    /// The moment that was marked.
    pub marked: Time,
    /// The moment that it is compared with: the one on the screen.
    pub other: Time,
    /// Kinds of which not all is known at one of them.
    pub blind: Vec<Kind>,
    /// Kinds whose first list had not come at the earlier of them: what they brought later is no difference.
    pub early: Vec<Kind>,
    /// Words that the name of a Service must have.
    pub filter: String,
    /// Services that differ, whatever their names.
    pub differing: usize,
    /// What differs, from the earlier of them to the later.
    pub diffs: Vec<ServiceDiff>,
    /// The lines.
    pub listing: Listing<DifferenceBody>,
    /// The cluster at the marked moment.
    then: Arc<Store>,
}

impl DifferencePage {
    /// A page that is not worked out yet; `then` is the store at the marked moment.
    pub fn new(marked: Time, then: Store) -> Self {
        let (other, diffs, listing) = (marked, Vec::new(), Listing::default());
        let (blind, early, filter) = (Vec::new(), Vec::new(), String::new());
        Self { marked, other, blind, early, filter, differing: 0, diffs, listing, then: Arc::new(then) }
    }

    pub(super) fn refresh(&mut self, ground: &Ground<'_>, height: usize) {
        self.other = ground.now;
        let (before, after) =
            if self.marked <= self.other { (&*self.then, ground.store) } else { (ground.store, &*self.then) };
        let known = |kind: &Kind| before.complete(*kind) && after.complete(*kind);
        let kinds = [Kind::Service, Kind::Slice, Kind::Pod];
        self.blind = kinds.into_iter().filter(|kind| !known(kind)).collect();
        self.early = kinds.into_iter().filter(|kind| before.arriving(*kind)).collect();
        self.diffs = if self.early.is_empty() { diff(before, after) } else { Vec::new() };
        self.diffs.retain(|diff| ground.store.shows(&diff.service.namespace));
        self.differing = self.diffs.len();
        self.diffs.retain(|diff| named(&diff.service.to_string(), &self.filter));
        let mut entries = Vec::new();
        for (at, diff) in self.diffs.iter().enumerate() {
            let id = diff.service.to_string().replace('/', "·");
            let rows = diff.joined.len() + diff.left.len() + diff.changed.len();
            let fold = (rows > 0).then_some(Shown::AtOnce);
            entries.push(Entry { id: id.clone(), depth: 0, fold, body: DifferenceBody::Service(at) });
            let row = |row: &Row, body| Entry { id: format!("{id}/{}", row.id), depth: 1, fold: None, body };
            let joined = diff.joined.iter().enumerate();
            entries.extend(joined.map(|(place, held)| row(held, DifferenceBody::Joined(at, place))));
            let changed = diff.changed.iter().enumerate();
            entries.extend(changed.map(|(place, (_, held))| row(held, DifferenceBody::Changed(at, place))));
            let left = diff.left.iter().enumerate();
            entries.extend(left.map(|(place, held)| row(held, DifferenceBody::Left(at, place))));
        }
        self.listing.replace(entries, height);
    }

    /// The Service of a line.
    pub fn service(&self, body: DifferenceBody) -> Option<&ServiceDiff> {
        match body {
            DifferenceBody::Service(at)
            | DifferenceBody::Joined(at, _)
            | DifferenceBody::Left(at, _)
            | DifferenceBody::Changed(at, _) => self.diffs.get(at),
        }
    }

    /// The row of a line, before and after.
    pub fn row(&self, body: DifferenceBody) -> (Option<&Row>, Option<&Row>) {
        let Some(diff) = self.service(body) else { return (None, None) };
        match body {
            DifferenceBody::Service(_) => (None, None),
            DifferenceBody::Joined(_, row) => (None, diff.joined.get(row)),
            DifferenceBody::Left(_, row) => (diff.left.get(row), None),
            DifferenceBody::Changed(_, row) => {
                diff.changed.get(row).map_or((None, None), |(old, new)| (Some(old), Some(new)))
            }
        }
    }

    pub(super) fn subject(&self) -> Option<Subject> {
        let body = self.listing.current()?.entry.body;
        let service = self.service(body)?.service.clone();
        let (old, new) = self.row(body);
        Some(match new.or(old) {
            Some(row) => Subject::Row(service, row.id.clone()),
            None => Subject::Service(service),
        })
    }

    pub(super) fn goal(&self) -> Option<Goal> {
        let line = self.listing.current()?;
        if line.open.is_some() {
            return None;
        }
        Some(Goal { to: Target::Of(self.subject()?, None), at: None })
    }

    pub(super) fn copy(&self) -> Option<String> {
        let body = self.listing.current()?.entry.body;
        let (old, new) = self.row(body);
        let of_row =
            new.or(old).map(|row| row.pod_key().map_or_else(|| row.id.to_string(), |pod| pod.name.to_string()));
        of_row.or_else(|| Some(self.service(body)?.service.name.to_string()))
    }
}
