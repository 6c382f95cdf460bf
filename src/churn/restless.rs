//! How restless a Service is: changes a minute, rows that flap, the least ready it has been, and when it had nothing.

use std::collections::{BTreeMap, VecDeque};

use super::rows::event;
use super::{Stage, UsableCount};
use crate::model::{Key, Kind, Time};
use crate::store::{Cause, Change, Edit, RowEdit, RowId, Store};

/// Changes over the last quarter of an hour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    /// Interval number and count, oldest first; intervals without change are left out.
    counts: VecDeque<(i64, u32)>,
}

impl Pace {
    /// Length of an interval in milliseconds.
    pub const INTERVAL: i64 = 15_000;
    /// Intervals kept: fifteen minutes and the one that has begun.
    pub const KEPT: i64 = 61;

    fn count(&mut self, at: Time, changes: u32) {
        let interval = at.0.div_euclid(Self::INTERVAL);
        match self.counts.back_mut() {
            Some((last, sum)) if *last >= interval => *sum = sum.saturating_add(changes),
            Some(_) | None => self.counts.push_back((interval, changes)),
        }
        while self.counts.front().is_some_and(|(first, _)| interval - first >= Self::KEPT) {
            self.counts.pop_front();
        }
    }

    /// Counts of the last `intervals` intervals up to `now`, oldest first: a sparkline.
    pub fn history(&self, now: Time, intervals: usize) -> Vec<u32> {
        let newest = now.0.div_euclid(Self::INTERVAL);
        let mut history = vec![0; intervals];
        for (interval, count) in &self.counts {
            let back = usize::try_from(newest - interval).ok().filter(|back| *back < intervals);
            if let Some(back) = back {
                history[intervals - 1 - back] = *count;
            }
        }
        history
    }

    /// Changes a minute, over the last 1, 5 or 15 minutes.
    pub fn per_minute(&self, now: Time, minutes: u32) -> f64 {
        let newest = now.0.div_euclid(Self::INTERVAL);
        let within = i64::from(minutes) * 60_000 / Self::INTERVAL;
        let counts = self.counts.iter().filter(|(interval, _)| (0..within).contains(&(newest - interval)));
        let sum: u64 = counts.map(|(_, count)| u64::from(*count)).sum();
        sum as f64 / f64::from(minutes.max(1))
    }
}

/// A time in which a Service had no usable endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Since when; `None` means since before we looked.
    pub from: Option<Time>,
    /// Until when; `None` means still.
    pub to: Option<Time>,
}

/// What is known of one Service's unrest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restless {
    /// Changes of its rows.
    pub pace: Pace,
    /// Usable endpoints now.
    pub usable: usize,
    /// The fewest usable endpoints since we look, and when that was first so.
    pub least: Option<(usize, Time)>,
    /// Times without a usable endpoint, oldest first; the latest [`Restless::OUTAGES`].
    pub outages: VecDeque<Outage>,
    /// How many were usable, each time that it changed.
    usable_since: UsableCount,
    /// Rows whose readiness goes back and forth.
    flips: BTreeMap<RowId, Flips>,
    last: Time,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Flips {
    times: VecDeque<Time>,
    flapping: bool,
}

impl Restless {
    /// Outages kept.
    pub const OUTAGES: usize = 16;
    /// A row that was ready and not ready so often in [`Restless::WITHIN`] begins to flap …
    pub const BEGINS: usize = 5;
    /// … and ends when it was fewer times than this.
    pub const ENDS: usize = 2;
    /// Ten minutes, in milliseconds.
    pub const WITHIN: u64 = 10 * 60_000;
    /// Rows whose flips are kept.
    const ROWS: usize = 32;

    /// The rows that flap at `now`, and how often each was ready and not ready of late.
    pub fn flapping(&self, now: Time) -> impl Iterator<Item = (&RowId, usize)> {
        self.flips.iter().filter_map(move |(id, flips)| {
            let recent = flips.recent(now);
            (flips.flapping && recent >= Self::ENDS).then_some((id, recent))
        })
    }

    /// How long it had no usable endpoint, of what is kept, in milliseconds.
    pub fn down(&self, now: Time) -> u64 {
        self.outages.iter().filter_map(|outage| Some(outage.to.unwrap_or(now).since(outage.from?))).sum()
    }

    /// When one of its rows last changed.
    pub fn last(&self) -> Time {
        self.last
    }

    fn flip(&mut self, at: Time, id: &RowId) {
        if self.flips.len() >= Self::ROWS && !self.flips.contains_key(id) {
            self.flips.retain(|_, flips| flips.recent(at) > 0);
            if self.flips.len() >= Self::ROWS {
                // The one that has been quiet for longest makes room.
                let quiet = self.flips.iter().min_by_key(|(_, flips)| flips.times.back().copied());
                if let Some(quiet) = quiet.map(|(id, _)| id.clone()) {
                    self.flips.remove(&quiet);
                }
            }
        }
        let flips = self.flips.entry(id.clone()).or_default();
        if flips.recent(at) < Self::ENDS {
            flips.flapping = false;
        }
        flips.times.push_back(at);
        if flips.times.len() > Self::BEGINS {
            flips.times.pop_front();
        }
        flips.flapping |= flips.recent(at) >= Self::BEGINS;
    }

    /// The Service is gone: what does not exist is not out.
    fn gone(&mut self, at: Time) {
        if let Some(outage) = self.outages.back_mut().filter(|outage| outage.to.is_none()) {
            outage.to = Some(at);
        }
        self.usable_since.end(at);
    }

    /// So many are usable; so many were, since `began` where nothing was known of it.
    fn stands(&mut self, at: Time, before: usize, usable: usize, began: Option<Time>) {
        // One that has never had any is not known to have wanted one.
        if before > 0 || usable > 0 {
            if let Some(began) = began {
                self.usable_since.stand(began, before);
            }
            self.usable_since.stand(at, usable);
        }
        if self.least.is_none() && (before > 0 || (began.is_some() && usable > 0)) {
            self.least = Some((before, began.unwrap_or(at)));
        }
        if self.least.is_none_or(|(least, _)| usable < least) && (usable > 0 || before > 0) {
            self.least = Some((usable, at));
        }
        match (before, usable) {
            (0, 0) => {}
            (_, 0) => self.outages.push_back(Outage { from: Some(at), to: None }),
            (0, _) => match self.outages.back_mut() {
                Some(outage) if outage.to.is_none() => outage.to = Some(at),
                Some(_) | None if began.is_some() => self.outages.push_back(Outage { from: None, to: Some(at) }),
                Some(_) | None => {}
            },
            (_, _) => {}
        }
        if self.outages.len() > Self::OUTAGES {
            self.outages.pop_front();
        }
        self.usable = usable;
    }

    /// An estimate, in bytes.
    fn bytes(&self) -> usize {
        let counts = self.pace.counts.capacity() * size_of::<(i64, u32)>();
        let flips = self.flips.len() * (size_of::<(RowId, Flips)>() + 8 * size_of::<Time>()) * 2;
        let outages = self.outages.capacity() * size_of::<Outage>();
        size_of::<(Key, Self)>() + 64 + counts + flips + outages + self.usable_since.bytes()
    }
}

impl Flips {
    fn recent(&self, now: Time) -> usize {
        self.times.iter().filter(|at| now.since(**at) < Restless::WITHIN).count()
    }
}

/// The unrest of the cluster and of each Service that changed.
#[derive(Clone, Debug, Default)]
pub struct Unrest {
    /// Of all Services together.
    pub cluster: Pace,
    services: BTreeMap<Key, Restless>,
    bytes: usize,
    began: Option<Time>,
}

impl Unrest {
    /// Takes in a batch, and the store after it. What was there before we looked is no change.
    pub fn record(&mut self, at: Time, changes: &[Change], store: &Store) {
        // Before that, what was usable is not known.
        let known = [Kind::Service, Kind::Slice].into_iter().all(|kind| store.complete(kind));
        if self.began.is_none() && known && !store.arriving(Kind::Pod) {
            self.began = Some(at);
        }
        let mut touched: BTreeMap<&Key, Vec<&RowEdit>> = BTreeMap::new();
        let mut fresh = Vec::new();
        for Change { cause, edit } in changes {
            match edit {
                Edit::Row(edit) if *cause != Cause::Load => touched.entry(&edit.service).or_default().push(edit),
                Edit::Service(pair) if pair.old.is_none() && *cause == Cause::Live => fresh.push(&pair.key),
                Edit::Row(_)
                | Edit::Service(_)
                | Edit::Slice(_)
                | Edit::Pod(_)
                | Edit::Node(_)
                | Edit::Namespace(_)
                | Edit::NetworkPolicy(_)
                | Edit::ServiceCidr(_)
                | Edit::Config(_) => {}
            }
        }
        let lost = changes.iter().filter_map(|change| match &change.edit {
            Edit::Service(pair) if pair.new.is_none() => Some(&pair.key),
            Edit::Service(_)
            | Edit::Row(_)
            | Edit::Slice(_)
            | Edit::Pod(_)
            | Edit::Node(_)
            | Edit::Namespace(_)
            | Edit::NetworkPolicy(_)
            | Edit::ServiceCidr(_)
            | Edit::Config(_) => None,
        });
        for key in lost {
            if let Some(restless) = self.services.get_mut(key) {
                self.bytes -= restless.bytes();
                restless.gone(at);
                self.bytes += restless.bytes();
            }
        }
        for (service, edits) in touched {
            let moved = edits.iter().filter(|edit| event(edit).is_some()).count();
            let count = u32::try_from(moved).unwrap_or(u32::MAX);
            let usable = store.summary(service).usable;
            let known = self.services.get(service);
            if count == 0 && known.is_none_or(|known| known.usable == usable) {
                continue;
            }
            let new = known.is_none() && !fresh.contains(&service);
            let before = known.map_or_else(|| usable_before(usable, &edits), |known| known.usable);
            self.bytes -= known.map_or(0, Restless::bytes);
            let restless = self.services.entry(service.clone()).or_default();
            if count > 0 {
                self.cluster.count(at, count);
                restless.pace.count(at, count);
            }
            for edit in &edits {
                let ready = |stage| match stage {
                    Stage::Ready => Some(true),
                    Stage::NotReady => Some(false),
                    Stage::Absent | Stage::Waiting | Stage::Draining | Stage::Ending => None,
                };
                let (old, new) = (Stage::of(edit.old.as_ref()), Stage::of(edit.new.as_ref()));
                if let (Some(was), Some(is), Some(row)) = (ready(old), ready(new), &edit.new)
                    && was != is
                {
                    restless.flip(at, &row.id);
                }
            }
            // What is watched only to explain was not listened to from the beginning.
            let began = self.began.filter(|_| store.shows(&service.namespace)).unwrap_or(at);
            restless.stands(at, before, usable, new.then_some(began));
            if store.service(service).is_none() {
                restless.gone(at);
            }
            restless.last = at;
            self.bytes += restless.bytes();
        }
    }

    /// How many endpoints of a Service were usable from one moment, or from where the record begins, to another; of one
    /// that has not changed since all was known it is as many as now.
    pub fn usable(&self, service: &Key, (from, to): (Time, Time), now: usize) -> UsableCount {
        match (self.services.get(service), self.began) {
            (Some(restless), _) => restless.usable_since.between(from, to),
            (None, Some(began)) => UsableCount::steady(began.max(from), now).between(from, to),
            (None, None) => UsableCount::default(),
        }
    }

    /// The unrest of a Service; `None` where none of its rows has changed since we look, or not for long.
    pub fn of(&self, service: &Key) -> Option<&Restless> {
        self.services.get(service)
    }

    /// All Services that changed, by key.
    pub fn services(&self) -> impl ExactSizeIterator<Item = (&Key, &Restless)> {
        self.services.iter()
    }

    /// The Services that changed, the most restless first: those that flap or are out, then by changes a minute over so
    /// many minutes, then by their last change.
    pub fn most(&self, now: Time, minutes: u32) -> Vec<(&Key, &Restless)> {
        let rank = |restless: &Restless| {
            let out = restless.outages.back().is_some_and(|outage| outage.to.is_none());
            (out || restless.flapping(now).next().is_some(), restless.pace.per_minute(now, minutes), restless.last)
        };
        let mut all: Vec<_> = self.services.iter().map(|(key, held)| (rank(held), key, held)).collect();
        all.sort_by(|(x, a, _), (y, b, _)| {
            y.0.cmp(&x.0).then(y.1.total_cmp(&x.1)).then(y.2.cmp(&x.2)).then_with(|| a.cmp(b))
        });
        all.into_iter().map(|(_, key, held)| (key, held)).collect()
    }

    /// Makes room: strips become shorter, until there is nothing left to gain by that; then the Service goes that has been
    /// quiet for longest.
    pub(super) fn compact(&mut self) -> bool {
        let mut shortened = false;
        for restless in self.services.values_mut() {
            self.bytes -= restless.bytes();
            shortened |= restless.usable_since.halve();
            self.bytes += restless.bytes();
        }
        if shortened {
            return true;
        }
        let quiet = self.services.iter().min_by_key(|(_, restless)| restless.last);
        let Some(key) = quiet.map(|(key, _)| key.clone()) else { return false };
        if let Some(gone) = self.services.remove(&key) {
            // Should it change again, nothing is known of it from before then.
            self.began = self.began.max(Some(gone.last));
            self.bytes -= gone.bytes();
        }
        true
    }

    /// Bytes held, estimated.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// How many endpoints were usable before these edits.
fn usable_before(after: usize, edits: &[&RowEdit]) -> usize {
    let usable = |row: &Option<crate::store::Row>| usize::from(row.as_ref().is_some_and(|row| row.usable()));
    let (was, is) = edits.iter().fold((0, 0), |(was, is), edit| (was + usable(&edit.old), is + usable(&edit.new)));
    (after + was).saturating_sub(is)
}
