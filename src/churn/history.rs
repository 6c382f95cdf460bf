//! What every object was before each of its changes: the store at any moment within reach, from the present backwards.
//!
//! Each change costs the old version of one object (of a slice: only the endpoints that differ). Going back takes, of
//! each object that changed since, the version it had, and puts it into a copy of the present; so the way costs what
//! changed since, once for each object, however often it changed. There are no keyframes: the present is one.

use std::sync::Arc;

use super::patch::Patch;
use super::spool::Spool;
use super::weigh::{self, Weigh};
use crate::model::{ConfigName, Key, Kind, Map, Set, Slice, Time};
use crate::store::{Change, Edit, Hearing, Held, Object, Pair, Store, Was};

/// What was, before each change.
#[derive(Clone, Debug)]
pub struct History {
    spool: Spool<Past>,
    hearing: Hearing,
    /// When the record began.
    began: Option<Time>,
    /// When the newest thing happened that is no longer held.
    lost: Option<Time>,
    newest: Time,
}

#[derive(Clone, Debug)]
struct Past {
    at: Time,
    was: Before,
}

#[derive(Clone, Debug)]
enum Before {
    Object(Was),
    Slice(Box<Patch>),
    Hearing(Box<Hearing>),
}

/// The moment lies before what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfReach {
    /// The earliest moment that can be gone to; `None` while nothing has been recorded.
    pub since: Option<Time>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            spool: Spool::default(),
            hearing: Store::new().hearing(),
            began: None,
            lost: None,
            newest: Time(i64::MIN),
        }
    }
}

/// What is kept of how one stream is heard, in bytes.
const STREAM: usize = 256;

/// One in 64 versions of a slice is held whole, so that a way back through a slice's versions is never long.
fn whole(number: u64) -> bool {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58 == 0
}

impl History {
    /// Takes in a batch: its changes, also if there are none, and the store after it.
    pub fn record(&mut self, at: Time, changes: &[Change], store: &Store) {
        let at = at.max(self.newest);
        self.newest = at;
        self.began.get_or_insert(at);
        if !store.hears(&self.hearing) {
            let was = std::mem::replace(&mut self.hearing, store.hearing());
            let held = size_of::<Hearing>() + was.streams() * STREAM;
            self.spool.push(Past { at, was: Before::Hearing(Box::new(was)) }, held);
        }
        for Change { edit, .. } in changes {
            let (was, held) = match edit {
                Edit::Service(pair) => before(pair, Was::Service),
                Edit::Slice(pair) => self.slice_before(pair),
                Edit::Pod(pair) => before(pair, Was::Pod),
                Edit::Node(pair) => before(pair, Was::Node),
                Edit::Namespace(pair) => before(pair, Was::Namespace),
                Edit::NetworkPolicy(pair) => before(pair, Was::NetworkPolicy),
                Edit::ServiceCidr(pair) => before(pair, Was::ServiceCidr),
                Edit::Config(pair) => before(pair, Was::Config),
                Edit::Row(_) => continue,
            };
            self.spool.push(Past { at, was }, held);
        }
    }

    fn slice_before(&self, pair: &Pair<Slice>) -> (Before, usize) {
        match (&pair.old, &pair.new) {
            (Some(old), Some(new)) if !whole(self.spool.next()) => {
                let patch = Box::new(Patch::between(old, new));
                let held = patch.weight();
                (Before::Slice(patch), held)
            }
            (Some(_) | None, _) => before(pair, Was::Slice),
        }
    }

    /// The store as it was when everything received up to `to` had been applied; `present` is the store that the last
    /// recorded batch left.
    ///
    /// # Errors
    /// The moment lies before what is remembered.
    pub fn rewind(&self, present: &Store, to: Time) -> Result<Store, OutOfReach> {
        self.between(present, self.newest, to)
    }

    /// The store as it was at `to`; `later` is the store as it was at `from`.
    ///
    /// # Errors
    /// The moment lies before what is remembered.
    pub(super) fn between(&self, later: &Store, from: Time, to: Time) -> Result<Store, OutOfReach> {
        if self.reach().is_none_or(|since| to < since) {
            return Err(OutOfReach { since: self.reach() });
        }
        let mut store = later.clone();
        let mut hearing = None;
        let mut first: Set<(Kind, &Key)> = Set::default();
        let mut objects = Vec::new();
        let mut chains: Map<&Key, Vec<&Patch>> = Map::default();
        for past in self.spool.after(|past| past.at <= to).take_while(|past| past.at <= from) {
            match &past.was {
                Before::Hearing(was) => hearing = hearing.or(Some(&**was)),
                Before::Slice(patch) => {
                    let key = &patch.rest().meta.key;
                    if !first.contains(&(Kind::Slice, key)) {
                        chains.entry(key).or_default().push(patch);
                    }
                }
                Before::Object(was) => {
                    let (kind, key) = named(was);
                    if first.insert((kind, key)) {
                        let chain = if kind == Kind::Slice { chains.remove(key) } else { None };
                        objects.push(unwound(chain, was));
                    }
                }
            }
        }
        for (key, chain) in chains {
            if let Some(now) = later.slice(key) {
                objects.push(unwound(Some(chain), &Was::Slice(Held::By(Arc::clone(now)))));
            }
        }
        store.put_back(hearing, objects);
        Ok(store)
    }

    /// The earliest moment that can be gone to.
    pub fn reach(&self) -> Option<Time> {
        self.lost.or(self.began)
    }

    /// When something changed after `from` and up to `to`, oldest first; a moment may come several times.
    pub fn moments(&self, from: Time, to: Time) -> impl DoubleEndedIterator<Item = Time> {
        self.spool
            .after(move |past| past.at <= from)
            .map(|past| past.at)
            .take_while(move |at| *at <= to)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Drops the oldest part; whether there was something to drop.
    pub(super) fn compact(&mut self) -> bool {
        let Some(gone) = self.spool.drop_oldest() else { return false };
        self.lost = gone.last().map(|past| past.at).or(self.lost);
        true
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.spool.bytes()
    }

    /// How many versions have been dropped.
    pub fn dropped(&self) -> u64 {
        self.spool.dropped()
    }
}

fn before<T: Object + Weigh>(pair: &Pair<T>, was: impl Fn(Held<T>) -> Was) -> (Before, usize) {
    let Some(old) = &pair.old else {
        return (Before::Object(was(Held::Free(pair.key.clone()))), 0);
    };
    let last = if pair.new.is_none() || pair.replaced() { weigh::last(old.meta()) } else { 0 };
    (Before::Object(was(Held::By(Arc::clone(old)))), old.weight() + last)
}

fn named(was: &Was) -> (Kind, &Key) {
    match was {
        Was::Service(held) => (Kind::Service, held.key()),
        Was::Slice(held) => (Kind::Slice, held.key()),
        Was::Pod(held) => (Kind::Pod, held.key()),
        Was::Node(held) => (Kind::Node, held.key()),
        Was::Namespace(held) => (Kind::Namespace, held.key()),
        Was::NetworkPolicy(held) => (Kind::NetworkPolicy, held.key()),
        Was::ServiceCidr(held) => (Kind::ServiceCidr, held.key()),
        // The key tells them apart.
        Was::Config(held) => (Kind::Config(ConfigName::Coredns), held.key()),
    }
}

/// A version, or the one that a chain of patches (oldest first) leads back to from it.
fn unwound(chain: Option<Vec<&Patch>>, newest: &Was) -> Was {
    match (chain, newest) {
        (Some(chain), Was::Slice(Held::By(slice))) => {
            let mut patches = chain.into_iter().rev();
            let Some(first) = patches.next() else { return newest.clone() };
            let start = first.undo(slice.endpoints.clone());
            Was::Slice(Held::By(Arc::new(patches.fold(start, |newer, patch| patch.undo(newer.endpoints)))))
        }
        (None | Some(_), _) => newest.clone(),
    }
}
