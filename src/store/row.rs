//! A row of the union table of one Service: a pod that its selector matches, an endpoint that its slices hold, or both.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use smallvec::SmallVec;

use super::Word;
use crate::model::{Hints, Key, ManagedBy, Pod, Port, TargetRef, Text, Time, Uid};

/// A list that almost always has one item, for which nothing is allocated: rows are made and dropped with each event.
pub(super) type Small<T> = SmallVec<[T; 1]>;

/// What a row is about, stable over updates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowId {
    /// A pod, by identity.
    Pod(Uid),
    /// An address that no pod is known to have.
    Address(IpAddr),
    /// A name in a slice of address type FQDN.
    Name(Text),
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pod(uid) => uid.fmt(f),
            Self::Address(ip) => ip.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// The object behind a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A pod that we hold.
    Pod(Arc<Pod>),
    /// A pod that the slice names and we do not hold: not seen yet, or gone.
    Unseen(Box<TargetRef>),
    /// Something other than a pod.
    Foreign(Box<TargetRef>),
    /// The slice names nothing and no pod has the address.
    Nobody,
}

impl Target {
    /// The pod, if we hold it.
    pub fn pod(&self) -> Option<&Arc<Pod>> {
        match self {
            Self::Pod(pod) => Some(pod),
            Self::Unseen(_) | Self::Foreign(_) | Self::Nobody => None,
        }
    }
}

/// One endpoint of one slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The slice's name; its namespace is the Service's.
    pub slice: Text,
    /// Who writes that slice.
    pub managed_by: ManagedBy,
    /// The address that consumers use: the first (R4.4). Absent for names.
    pub address: Option<IpAddr>,
    /// The three conditions.
    pub facts: Facts,
    /// The number of each Service port in this slice, by name and protocol (R4.5), in the Service's order; shared by its
    /// entries.
    pub ports: Arc<[Option<Port>]>,
    /// Another entry for the same address counts instead (R4.5), on each port that it has.
    pub shadowed: bool,
    /// Where that is so on some of its ports only: those that it keeps, in their places.
    pub rest: Option<Box<[Option<Port>]>>,
    /// `nodeName`
    pub node: Option<Text>,
    /// `zone`
    pub zone: Option<Text>,
    /// `hostname`
    pub hostname: Option<Text>,
    /// `hints`
    pub hints: Option<Box<Hints>>,
}

impl Member {
    /// The ports on which it counts; `None` where it counts on none.
    pub(super) fn counting(&self) -> Option<&[Option<Port>]> {
        (!self.shadowed).then(|| self.rest.as_deref().unwrap_or(&self.ports))
    }

    /// Another entry counts instead on this port; without a port, on all.
    pub(super) fn lose(&mut self, port: Option<usize>) {
        let rest = self.rest.get_or_insert_with(|| self.ports[..].into());
        match port {
            Some(port) => rest[port] = None,
            None => rest.fill(None),
        }
        if rest.iter().all(Option::is_none) {
            self.rest = None;
            self.shadowed = true;
        }
    }
}

/// The three conditions of an endpoint, absent ones filled in as consumers do (R4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// May get traffic.
    pub ready: bool,
    /// Its pod answers its readiness probe.
    pub serving: bool,
    /// Its pod is being deleted.
    pub terminating: bool,
}

/// One Service port as it stands for this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPort {
    /// What it resolves to; `None`: this row gets nothing on it.
    pub port: Option<Port>,
}

/// A row of the union table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is about.
    pub id: RowId,
    /// The object behind it.
    pub target: Target,
    /// Joined to its pod by address, because the slice names no object.
    pub by_ip: bool,
    /// The Service's selector matches the pod.
    pub selected: bool,
    /// Its entries in slices: none where the pod is no endpoint, several for two families.
    pub members: Small<Member>,
    /// Its addresses: of its entries, else of the pod.
    pub addresses: Small<IpAddr>,
    /// Each Service port, in the Service's order; shared by rows that have the same.
    pub ports: Arc<[RowPort]>,
    /// The reason in one word; `None` is a plain endpoint, or not known yet.
    pub word: Option<Word>,
    /// Since when the word holds, where an object tells.
    pub since: Option<Time>,
}

impl Row {
    /// Whether a slice holds it.
    pub fn is_endpoint(&self) -> bool {
        !self.members.is_empty()
    }

    /// The conditions of the entry that counts: of several the one that gets traffic first.
    pub fn facts(&self) -> Option<Facts> {
        let counting = || self.members.iter().filter(|member| !member.shadowed).map(|member| member.facts);
        let ready = counting().find(|facts| facts.ready);
        ready.or_else(|| counting().find(|facts| facts.serving && facts.terminating)).or_else(|| counting().next())
    }

    /// Whether it may get traffic as long as any such row exists: ready, and on some port.
    pub fn usable(&self) -> bool {
        self.reaches(|facts| facts.ready)
    }

    /// The same for one of the Service's ports.
    pub(super) fn usable_on(&self, port: usize) -> bool {
        let reached =
            |member: &Member| member.counting().is_some_and(|ports| ports.get(port).is_some_and(Option::is_some));
        self.members.iter().any(|member| member.facts.ready && reached(member))
    }

    /// Whether it gets traffic only if no usable row is left: serving while it terminates.
    pub fn fallback(&self) -> bool {
        self.reaches(|facts| facts.serving && facts.terminating)
    }

    fn reaches(&self, wanted: impl Fn(Facts) -> bool) -> bool {
        self.members.iter().any(|member| {
            let reachable = |ports: &[Option<Port>]| ports.is_empty() || ports.iter().any(Option::is_some);
            member.counting().is_some_and(reachable) && wanted(member.facts)
        })
    }

    /// Whether the row belongs to what the Service should be: everything but pods that have ended.
    pub fn counts(&self) -> bool {
        self.is_endpoint() || self.word != Some(Word::Finished)
    }

    /// The key of its pod, held or named.
    pub fn pod_key(&self) -> Option<Key> {
        match &self.target {
            Target::Pod(pod) => Some(pod.meta.key.clone()),
            Target::Unseen(target) => Some(Key { namespace: target.namespace.clone(), name: target.name.clone() }),
            Target::Foreign(_) | Target::Nobody => None,
        }
    }

    /// The node it runs on: the pod's, else the slice's word.
    pub fn node(&self) -> Option<&Text> {
        let pod = self.target.pod().and_then(|pod| pod.node.as_ref());
        pod.or_else(|| self.members.iter().find_map(|member| member.node.as_ref()))
    }
}
