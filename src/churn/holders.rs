//! Who held an address, from when to when.
//!
//! What is held now stands in the store; here are the times it was taken, and what has been let go. A pod on the host's
//! network has its node's address and holds none; one that has ended has let go of its own.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::When;
use super::spool::Spool;
use super::why::IpReused;
use crate::model::{Key, Pod, Time, Uid};
use crate::store::{Cause, Change, Edit, Pair, Store};

/// One pod's time with an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The address.
    pub ip: IpAddr,
    /// The pod.
    pub pod: Key,
    /// Its identity.
    pub uid: Uid,
    /// Since when: seen, or else not before the pod was created.
    pub from: When,
    /// Until when; `None` means still.
    pub to: Option<Time>,
    /// Another pod had let go of it shortly before: who may still send here means that one.
    pub reused: Option<Box<IpReused>>,
}

/// The history of addresses.
#[derive(Clone, Debug, Default)]
pub struct Holders {
    past: Spool<Hold>,
    /// When addresses were taken, of those taken since we look.
    taken: BTreeMap<(IpAddr, Uid), Taken>,
    /// The latest hold in `past` of an address.
    latest: BTreeMap<IpAddr, u64>,
    newest_lost: Option<Time>,
}

#[derive(Clone, Debug)]
struct Taken {
    at: Time,
    reused: Option<Box<IpReused>>,
}

fn holds(pod: Option<&Arc<Pod>>) -> &[IpAddr] {
    match pod {
        Some(pod) if !pod.host_network() && !pod.has_ended() => pod.ips.as_slice(),
        Some(_) | None => &[],
    }
}

impl Holders {
    /// An address taken again within this many milliseconds is marked: longer than clients keep a connection or a name.
    pub const SHORT: u64 = 5 * 60_000;

    /// Takes in a batch, and the store after it.
    pub fn record(&mut self, at: Time, changes: &[Change], store: &Store) {
        let pods = changes.iter().filter_map(|change| match &change.edit {
            Edit::Pod(pair) => Some((change.cause, pair)),
            Edit::Service(_)
            | Edit::Slice(_)
            | Edit::Node(_)
            | Edit::Namespace(_)
            | Edit::Row(_)
            | Edit::NetworkPolicy(_)
            | Edit::ServiceCidr(_)
            | Edit::Config(_) => None,
        });
        // First all that was let go, whatever the order within the batch.
        for (_, pair) in pods.clone() {
            self.let_go(at, pair);
        }
        for (cause, pair) in pods {
            if cause != Cause::Load {
                self.take(at, pair, store);
            }
        }
    }

    fn let_go(&mut self, at: Time, pair: &Pair<Pod>) {
        let Some(old) = &pair.old else { return };
        let kept = if pair.replaced() { &[][..] } else { holds(pair.new.as_ref()) };
        for ip in holds(Some(old)).iter().filter(|ip| !kept.contains(ip)) {
            let taken = self.taken.remove(&(*ip, old.meta.uid.clone()));
            let from = match &taken {
                Some(taken) => When::Seen(taken.at),
                None => When::of(old.meta.created, at),
            };
            let (pod, uid) = (old.meta.key.clone(), old.meta.uid.clone());
            let reused = taken.and_then(|taken| taken.reused);
            let held = pod.name.len() + 32 + size_of::<(IpAddr, u64)>() * 3 / 2 + reused.as_ref().map_or(0, |_| 128);
            let number = self.past.push(Hold { ip: *ip, pod, uid, from, to: Some(at), reused }, held);
            self.latest.insert(*ip, number);
        }
    }

    fn take(&mut self, at: Time, pair: &Pair<Pod>, store: &Store) {
        let Some(new) = &pair.new else { return };
        let had = if pair.replaced() { &[][..] } else { holds(pair.old.as_ref()) };
        for ip in holds(Some(new)).iter().filter(|ip| !had.contains(ip)) {
            let reused = self.stranger(at, *ip, &new.meta.uid, store).map(Box::new);
            self.taken.insert((*ip, new.meta.uid.clone()), Taken { at, reused });
        }
    }

    /// Whether a pod has the address of one that let go of it shortly before, or has not yet.
    fn stranger(&self, at: Time, ip: IpAddr, uid: &Uid, store: &Store) -> Option<IpReused> {
        let other = store.pods_at(ip).find(|pod| pod.meta.uid != *uid && !holds(Some(pod)).is_empty());
        if let Some(other) = other {
            return Some(IpReused { ip, before: other.meta.key.clone(), after: 0 });
        }
        let hold = self.latest.get(&ip).and_then(|number| self.past.get(*number))?;
        let after = at.since(hold.to?);
        (hold.uid != *uid && after <= Self::SHORT).then(|| IpReused { ip, before: hold.pod.clone(), after })
    }

    /// Whether a pod took the address shortly after another, or while another still had it.
    pub fn reused(&self, ip: IpAddr, uid: &Uid) -> Option<&IpReused> {
        self.taken.get(&(ip, uid.clone()))?.reused.as_deref()
    }

    /// All that held an address, oldest first, as far as it is remembered; the present ones from the store last.
    pub fn of(&self, ip: IpAddr, store: &Store) -> Vec<Hold> {
        let mut holds_: Vec<Hold> = self.past.iter().filter(|hold| hold.ip == ip).cloned().collect();
        for pod in store.pods_at(ip).filter(|pod| !holds(Some(pod)).is_empty()) {
            let taken = self.taken.get(&(ip, pod.meta.uid.clone()));
            let from = taken.map_or_else(|| When::of(pod.meta.created, Time(0)), |taken| When::Seen(taken.at));
            let reused = taken.and_then(|taken| taken.reused.clone());
            holds_.push(Hold { ip, pod: pod.meta.key.clone(), uid: pod.meta.uid.clone(), from, to: None, reused });
        }
        holds_
    }

    /// Who held an address at a moment: several while one took it before another let go.
    pub fn at(&self, ip: IpAddr, at: Time, store: &Store) -> Vec<Hold> {
        let then = |hold: &Hold| hold.from.time() <= at && hold.to.is_none_or(|to| at < to);
        self.of(ip, store).into_iter().filter(then).collect()
    }

    /// Since when it is complete, where something has been dropped.
    pub fn complete_since(&self) -> Option<Time> {
        self.newest_lost
    }

    pub(super) fn compact(&mut self) -> bool {
        let first = self.past.dropped();
        let Some(gone) = self.past.drop_oldest() else { return false };
        for (number, hold) in (first..).zip(gone) {
            if self.latest.get(&hold.ip) == Some(&number) {
                self.latest.remove(&hold.ip);
            }
            self.newest_lost = hold.to.max(self.newest_lost);
        }
        true
    }

    /// Bytes held, estimated.
    pub fn bytes(&self) -> usize {
        self.past.bytes() + self.taken.len() * size_of::<((IpAddr, Uid), Taken)>() * 3 / 2
    }
}
