//! What happened, entry by entry, with its cause.
//!
//! A batch is read in three passes: what happened to objects, what that did to the rows of Services, and which earlier
//! entries it explains; so neither the order within a batch nor that of batches matters. What came first waits for its
//! cause for [`Ledger::LOOK_AHEAD`]; what came last finds it in [`Ledger::LOOK_BACK`].
//! What was there before we looked is no entry.

use std::collections::BTreeMap;

use super::crew::{Crews, Verdict};
use super::fate::{Fates, Need};
use super::spool::Spool;
use super::{Entry, Event, Holders, Lag, Skew, Subject, When, Why};
use crate::model::{Key, Map, Text, Time, Uid};
use crate::store::{Cause, Change, Edit, Store};

/// The entries, and what is needed to tell their causes.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub(super) spool: Spool<Entry>,
    pub(super) crews: Crews,
    pub(super) fates: Fates,
    /// What was done to Services lately.
    pub(super) services: Map<Key, ServiceFate>,
    /// Nodes in trouble, or out of it lately, and since when.
    pub(super) nodes: Map<Text, (Time, super::NodeTrouble)>,
    pub(super) skew: Option<Skew>,
    /// When the newest dropped entry was heard.
    lost: Option<Time>,
    pub(super) began: Option<Time>,
    swept: Time,
}

/// What was done to one Service lately.
#[derive(Clone, Debug, Default)]
pub(super) struct ServiceFate {
    pub(super) touched: Time,
    pub(super) selector: Option<(Time, Why)>,
    pub(super) ports: Option<(Time, Why)>,
    pub(super) came: Option<(Time, Why)>,
    pub(super) went: Option<(Time, Why)>,
    /// Entries that something done to the Service would explain.
    pub(super) waiting: Vec<(Time, u64, ServiceNeed)>,
}

/// What done to a Service would explain an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServiceNeed {
    /// It came, or its selector was edited: a row entered.
    Enter,
    /// It went, or its selector was edited: a row left.
    Exit,
    /// It came: a slice came.
    Made,
    /// It went: a slice went.
    Unmade,
    /// Its ports were edited.
    Ports,
}

/// What is gone from the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// How many entries.
    pub count: u64,
    /// When the newest of them was heard: from then on everything is there.
    pub before: Option<Time>,
}

impl Ledger {
    /// An event explains what was heard up to so many milliseconds after it.
    pub const LOOK_BACK: u64 = 30_000;
    /// An entry's cause may change for so many milliseconds after it was heard.
    pub const LOOK_AHEAD: u64 = 60_000;
    /// An entry waits so many milliseconds for an edit of its Service: streams are not further apart than that.
    pub(super) const LATE: u64 = 10_000;
    /// Entries of one Service that wait for an edit of it.
    pub(super) const WAITING: usize = 256;

    /// Takes in a batch: its changes and the store after it. The addresses must have taken it in before.
    pub fn record(&mut self, at: Time, changes: &[Change], store: &Store, holders: &Holders) {
        self.began.get_or_insert(at);
        for Change { cause, edit } in changes {
            match edit {
                Edit::Pod(pair) => self.pod(at, *cause, pair, store, holders),
                Edit::Node(pair) if *cause != Cause::Load => self.node(at, *cause, pair),
                Edit::Service(pair) if *cause != Cause::Load => self.service(at, *cause, pair),
                Edit::Slice(pair) if *cause != Cause::Load => self.slice(at, *cause, pair),
                Edit::Node(_)
                | Edit::Service(_)
                | Edit::Slice(_)
                | Edit::Namespace(_)
                | Edit::Row(_)
                | Edit::NetworkPolicy(_)
                | Edit::ServiceCidr(_)
                | Edit::Config(_) => {}
            }
        }
        for Change { cause, edit } in changes {
            if let Edit::Row(edit) = edit
                && *cause != Cause::Load
            {
                self.row(at, *cause, edit, store, changes);
            }
        }
        if at.since(self.swept) > Self::LOOK_AHEAD {
            self.swept = at;
            self.crews.forget(at);
            self.services.retain(|_, fate| at.since(fate.touched) <= Self::LOOK_AHEAD);
            self.nodes.retain(|name, (since, _)| {
                store.node(name).is_some_and(super::objects::troubled) || at.since(*since) <= Self::LOOK_AHEAD
            });
        }
    }

    pub(super) fn write(&mut self, entry: Entry) -> u64 {
        let held = super::weigh::entry(&entry);
        let number = self.spool.next();
        self.spool.push(Entry { number, ..entry }, held)
    }

    /// Gives entries a cause that was found later.
    pub(super) fn explain(&mut self, entries: &[u64], why: &Why) {
        for number in entries {
            if let Some(entry) = self.spool.get_mut(*number) {
                entry.why = why.clone();
                // What the pod did before does not count where something else let the row in or out.
                entry.lag = entry.lag.filter(|_| why.of_pod());
            }
        }
    }

    /// Sets a part of a pod's fate, and tells the entries that follow it.
    pub(super) fn befall(&mut self, at: Time, uid: &Uid, part: Need, why: Why) {
        let open = |number: &u64| self.spool.get(*number).is_some_and(|entry| entry.why == Why::Unknown);
        let recent = |number: &u64| self.spool.get(*number).is_some_and(|entry| at.since(entry.at) <= Self::LOOK_BACK);
        let fate = self.fates.touch(at, uid);
        let mut followers = fate.followers(part);
        match part {
            Need::Birth => fate.birth = Some(why.clone()),
            Need::End => {
                fate.end = Some(why.clone());
                // Readiness lost on the way out needs no other cause.
                let lost = fate.unready.is_none();
                followers.extend(fate.followers(Need::Unready).into_iter().filter(|number| lost || open(number)));
            }
            Need::Unready => {
                fate.unready = Some(why.clone());
                fate.again = None;
                // Earlier losses had causes of their own; a node's trouble may be heard after what it did.
                let node = matches!(why, Why::Node(..));
                followers.retain(|number| open(number) || (node && recent(number)));
            }
            Need::Label => {}
        }
        self.explain(&followers, &why);
    }

    pub(super) fn hear(&mut self, at: Time, verdicts: Vec<Verdict>) {
        for Verdict { uid, end, why } in verdicts {
            let fate = self.fates.get(&uid).filter(|_| end);
            match fate.map(|fate| (&fate.end, &fate.closed)) {
                Some((Some(Why::PodEnded(_)), _)) => {}
                Some((Some(Why::Node(_, trouble)), _)) if *trouble != super::NodeTrouble::Cordoned => {}
                Some((_, Some((node, at_once)))) => {
                    let why = drained(node, *at_once, why);
                    self.befall(at, &uid, Need::End, why);
                }
                Some(_) => self.befall(at, &uid, Need::End, why),
                None => self.befall(at, &uid, if end { Need::End } else { Need::Birth }, why),
            }
        }
    }

    /// The skew that was measured last; set by whoever measures.
    pub fn set_skew(&mut self, skew: Option<Skew>) {
        self.skew = skew;
    }

    /// The skew in use.
    pub fn skew(&self) -> Option<Skew> {
        self.skew
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.spool.iter()
    }

    /// Entries from a number on: what a reader that follows has not seen.
    pub fn from(&self, number: u64) -> impl DoubleEndedIterator<Item = &Entry> {
        self.spool.after(move |entry| entry.number < number)
    }

    /// Entries heard after a moment.
    pub fn after(&self, at: Time) -> impl DoubleEndedIterator<Item = &Entry> {
        self.spool.after(move |entry| entry.at <= at)
    }

    /// One entry.
    pub fn entry(&self, number: u64) -> Option<&Entry> {
        self.spool.get(number)
    }

    /// The number that the next entry will have.
    pub fn next(&self) -> u64 {
        self.spool.next()
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        self.spool.len()
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.spool.len() == 0
    }

    /// What concerns a subject: a Service's are its own, its rows' and its slices'; a row's are its own and its pod's.
    pub fn of<'a>(&'a self, subject: &'a Subject) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.spool.iter().filter(move |entry| subject.tells(entry))
    }

    /// The last entry that concerns a subject and was heard before a moment.
    pub fn previous<'a>(&'a self, subject: &'a Subject, before: Time) -> Option<&'a Entry> {
        self.of(subject).rev().find(|entry| entry.at < before)
    }

    /// The first entry that concerns a subject and was heard after a moment.
    pub fn following<'a>(&'a self, subject: &'a Subject, after: Time) -> Option<&'a Entry> {
        self.after(after).find(|entry| subject.tells(entry))
    }

    /// How many rows of a Service stand in each stage more (or fewer) than when the ledger began.
    pub fn totals(&self) -> BTreeMap<Key, BTreeMap<super::Stage, i64>> {
        let mut totals: BTreeMap<Key, BTreeMap<super::Stage, i64>> = BTreeMap::new();
        for entry in self.entries() {
            if let (Subject::Row(service, _), Event::Moved { from, to }) = (&entry.on, &entry.event) {
                let stages = totals.entry(service.clone()).or_default();
                *stages.entry(*from).or_default() -= 1;
                *stages.entry(*to).or_default() += 1;
            }
        }
        totals
    }

    /// The slowest lags heard after a moment, the slowest first.
    pub fn slowest(&self, after: Time, most: usize) -> Vec<(&Entry, Lag)> {
        let mut slow: Vec<_> = self.after(after).filter_map(|entry| Some((entry, entry.lag?))).collect();
        slow.retain(|(_, lag)| lag.slow());
        slow.sort_by_key(|(entry, lag)| (std::cmp::Reverse(lag.millis), entry.number));
        slow.truncate(most);
        slow
    }

    /// Since when everything is there; `None` while nothing has been recorded.
    pub fn since(&self) -> Option<Time> {
        self.lost.or(self.began)
    }

    /// What is gone.
    pub fn dropped(&self) -> Dropped {
        Dropped { count: self.spool.dropped(), before: self.lost }
    }

    pub(super) fn compact(&mut self) -> bool {
        let Some(gone) = self.spool.drop_oldest() else { return false };
        self.lost = gone.last().map(|entry| entry.at).or(self.lost);
        true
    }

    /// Bytes held, estimated.
    pub fn bytes(&self) -> usize {
        let services = self.services.capacity() * (size_of::<(Key, ServiceFate)>() + 64);
        self.spool.bytes() + self.crews.bytes() + self.fates.bytes() + services
    }
}

impl Subject {
    /// Whether an entry belongs to the story of this subject.
    pub fn tells(&self, entry: &Entry) -> bool {
        let of_slice = match (self, &entry.on) {
            (Self::Service(own), Subject::Slice(slice)) => {
                own.namespace == slice.namespace && entry.service.as_ref() == Some(&own.name)
            }
            (_, Self::Service(_) | Self::Slice(_) | Self::Row(..) | Self::Pod(..) | Self::Node(_)) => false,
        };
        of_slice || self.concerns(&entry.on)
    }

    fn concerns(&self, other: &Self) -> bool {
        use crate::store::RowId;
        match (self, other) {
            (Self::Service(own), Self::Row(service, _)) => own == service,
            (Self::Row(_, RowId::Pod(own)), Self::Pod(_, uid)) => own == uid,
            (Self::Pod(_, own), Self::Row(_, RowId::Pod(uid))) => own == uid,
            // Another pod under the same name is another part of the name's story.
            (Self::Pod(own, _), Self::Pod(key, _)) => own == key,
            (
                Self::Service(_) | Self::Slice(_) | Self::Row(..) | Self::Pod(..) | Self::Node(_),
                Self::Service(_) | Self::Slice(_) | Self::Row(..) | Self::Pod(..) | Self::Node(_),
            ) => self == other,
        }
    }
}

/// Why a pod ends on a node that is closed to new pods, where `why` is what its crew tells: a drain has its pods
/// replaced elsewhere. Owners that replace a pod only when it is gone leave it looking like one too many until then.
pub(super) fn drained(node: &Text, at_once: bool, why: Why) -> Why {
    let drain = match &why {
        Why::PodDeleted(_) => true,
        Why::Scale(_) => !at_once,
        Why::Rollout(_)
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
        | Why::Unknown => false,
    };
    if drain { Why::Node(node.clone(), super::NodeTrouble::Cordoned) } else { why }
}

/// An entry that has no number yet.
pub(super) fn entry(at: Time, when: When, heard: Cause, on: Subject, event: Event, why: Why) -> Entry {
    Entry { number: 0, at, when, heard, on, event, why, lag: None, service: None, pod: None }
}
