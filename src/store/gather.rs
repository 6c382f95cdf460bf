//! Selected pods and entries of slices become rows, one each, before anything is said of them.

use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::Arc;

use smallvec::SmallVec;

use super::row::Small;
use super::{Facts, Member, Row, RowId, RowPort, Store, Target, find_port};
use crate::model::{
    AddressType, Endpoint, Hashing, Key, ManagedBy, Map, Pod, Port, Service, ServiceKind, Slice, TargetRef, Text, Uid,
};

/// Rows in the making.
struct Gathered {
    rows: Vec<Row>,
    places: Map<RowId, usize>,
}

impl Gathered {
    /// With a row for each pod that the selector matches.
    fn new(mut rows: Vec<Row>, selected: impl Iterator<Item = Arc<Pod>>) -> Self {
        rows.reserve(selected.size_hint().0);
        let places = Map::with_capacity_and_hasher(rows.capacity(), Hashing::default());
        let mut gathered = Self { rows, places };
        for pod in selected {
            gathered.row(RowId::Pod(pod.meta.uid.clone()), || Target::Pod(pod)).selected = true;
        }
        gathered
    }

    /// The row with this identity; the first who asks for it says what stands behind it.
    fn row(&mut self, id: RowId, target: impl FnOnce() -> Target) -> &mut Row {
        let place = match self.places.entry(id) {
            Entry::Occupied(held) => *held.get(),
            Entry::Vacant(free) => {
                self.rows.push(Row::new(free.key().clone(), target()));
                *free.insert(self.rows.len() - 1)
            }
        };
        &mut self.rows[place]
    }

    /// Where the pod that a slice names has its row, if it has one: almost always it is one that the selector matches, and
    /// an identity is found faster than a name.
    fn place(&self, namespace: &Text, target: &TargetRef) -> Option<usize> {
        let place = *self.places.get(&RowId::Pod(target.uid.clone()))?;
        let key = &self.rows[place].target.pod()?.meta.key;
        (key.name == target.name && key.namespace == *namespace).then_some(place)
    }
}

/// A slice, and what all its entries share.
struct Source<'a> {
    slice: &'a Slice,
    managed_by: ManagedBy,
    ports: Arc<[Option<Port>]>,
}

impl Store {
    /// The rows of a Service in no particular order, without words, where there is `room` for them.
    pub(super) fn gather(&self, key: &Key, service: Option<&Service>, room: Vec<Row>) -> Vec<Row> {
        let selects = service.is_some_and(|service| service.kind != ServiceKind::ExternalName);
        let all = if selects { usize::MAX } else { 0 };
        let mut gathered = Gathered::new(room, self.selected(key).take(all).cloned());
        for slice in self.slices_of(key) {
            let ports = service.map(|service| slice_ports(service, slice)).unwrap_or_default();
            let source = Source { slice, managed_by: slice.managed_by(), ports };
            for endpoint in &slice.endpoints {
                self.admit(&mut gathered, &source, endpoint);
            }
        }
        let mut rows = gathered.rows;
        shadow_duplicates(&mut rows);
        let mut shared = Arc::default();
        for row in &mut rows {
            row.resolve(service, &mut shared);
        }
        rows
    }

    /// Puts one entry of a slice into the table.
    fn admit(&self, gathered: &mut Gathered, source: &Source<'_>, endpoint: &Endpoint) {
        let slice = source.slice;
        let member = |address| Member {
            slice: slice.meta.key.name.clone(),
            managed_by: source.managed_by,
            address,
            facts: Facts {
                ready: endpoint.is_ready(),
                serving: endpoint.is_serving(),
                terminating: endpoint.is_terminating(),
            },
            ports: Arc::clone(&source.ports),
            shadowed: false,
            rest: None,
            node: endpoint.node.clone(),
            zone: endpoint.zone.clone(),
            hostname: endpoint.hostname.clone(),
            hints: endpoint.hints.clone(),
        };
        match slice.address_type {
            AddressType::Ipv4 | AddressType::Ipv6 => {
                let Some(address) = endpoint.address() else { return };
                let row = self.row_of(gathered, &slice.meta.key, (endpoint, address));
                let members = &row.members;
                let fresh = |ip: &&IpAddr| !members.iter().any(|member| member.address == Some(**ip));
                row.addresses.extend(endpoint.addresses.as_slice().iter().filter(fresh).copied());
                row.members.push(member(Some(address)));
            }
            AddressType::Fqdn | AddressType::Other(_) => {
                for name in endpoint.names() {
                    gathered.row(RowId::Name(name.clone()), || Target::Nobody).members.push(member(None));
                }
            }
        }
    }

    /// The row that an entry belongs to: by `targetRef` with its uid; by address only where it names nothing.
    fn row_of<'a>(
        &self,
        gathered: &'a mut Gathered,
        slice: &Key,
        (endpoint, address): (&Endpoint, IpAddr),
    ) -> &'a mut Row {
        let of_pod = |pod: &Arc<Pod>| (RowId::Pod(pod.meta.uid.clone()), Target::Pod(Arc::clone(pod)));
        let Some(target) = endpoint.target.as_deref() else {
            // Several pods may claim an address: one that lives wins, then the first by name.
            let alive = |pod: &&Arc<Pod>| !pod.has_ended();
            let pod = self.pods_at(address).find(alive).or_else(|| self.pods_at(address).next());
            let Some(pod) = pod.filter(|pod| !pod.host_network()) else {
                return gathered.row(RowId::Address(address), || Target::Nobody);
            };
            let (id, target) = of_pod(pod);
            let row = gathered.row(id, || target);
            row.by_ip = true;
            return row;
        };
        if target.kind != "Pod" {
            return gathered.row(RowId::Address(address), || Target::Foreign(Box::new(target.clone())));
        }
        let namespace = if target.namespace.is_empty() { &slice.namespace } else { &target.namespace };
        if let Some(place) = gathered.place(namespace, target) {
            return &mut gathered.rows[place];
        }
        let unnamed = target.uid == Uid::default();
        let key = Key { namespace: namespace.clone(), name: target.name.clone() };
        match self.pods.get(&key).filter(|pod| unnamed || pod.meta.uid == target.uid) {
            Some(pod) => {
                let (id, target) = of_pod(pod);
                gathered.row(id, || target)
            }
            None => {
                let id = if unnamed { RowId::Address(address) } else { RowId::Pod(target.uid.clone()) };
                let mut unseen = target.clone();
                unseen.namespace.clone_from(namespace);
                gathered.row(id, || Target::Unseen(Box::new(unseen)))
            }
        }
    }
}

/// The number of each Service port in a slice: joined by name and protocol only; an absent or zero number and an absent
/// name are no port (§4.2, R4.5).
fn slice_ports(service: &Service, slice: &Slice) -> Arc<[Option<Port>]> {
    let number = |port: &crate::model::ServicePort| {
        let same = |candidate: &&crate::model::SlicePort| {
            candidate.name.as_ref() == Some(&port.name) && candidate.protocol == port.protocol
        };
        slice.ports.iter().find(same).and_then(|found| found.port)
    };
    service.ports.iter().map(number).collect()
}

/// Of several entries for one address, a later one replaces an earlier one unless it terminates (R4.5): on each port by
/// itself, and only where the number is the same too. Entries follow each other in the order of their rows' identities.
fn shadow_duplicates(rows: &mut [Row]) {
    let mut entries: Vec<(IpAddr, Place)> = Vec::with_capacity(rows.len());
    for (row, held) in rows.iter().enumerate() {
        let addresses = held.members.iter().enumerate().filter_map(|(at, member)| Some((member.address?, at)));
        entries.extend(addresses.map(|(address, at)| (address, Place { row, at })));
    }
    entries.sort_unstable_by_key(|(address, _)| *address);
    // Almost always each address is there once.
    for same in entries.chunk_by_mut(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        same.sort_unstable_by(|(_, a), (_, b)| (&rows[a.row].id, a.at).cmp(&(&rows[b.row].id, b.at)));
        shadow(rows, same);
    }
}

/// Where an entry stands: the row, and which of its members.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    at: usize,
}

impl Place {
    fn of(self, rows: &mut [Row]) -> &mut Member {
        &mut rows[self.row].members[self.at]
    }
}

/// Settles which of the entries for one address counts on each port.
fn shadow(rows: &mut [Row], entries: &[(IpAddr, Place)]) {
    // A port of the Service and its number, or an entry without any.
    let mut claims: Vec<(Option<(usize, Port)>, usize)> = Vec::new();
    for (entry, (_, place)) in entries.iter().enumerate() {
        let before = claims.len();
        let numbers = place.of(rows).ports.iter().enumerate().filter_map(|(port, number)| Some((port, (*number)?)));
        claims.extend(numbers.map(|claim| (Some(claim), entry)));
        if claims.len() == before {
            claims.push((None, entry));
        }
    }
    claims.sort_unstable();
    for rivals in claims.chunk_by(|a, b| a.0 == b.0) {
        let mut holder = rivals[0].1;
        for &(claim, entry) in &rivals[1..] {
            let terminating = entries[entry].1.of(rows).facts.terminating;
            let loser = if terminating { entry } else { std::mem::replace(&mut holder, entry) };
            entries[loser].1.of(rows).lose(claim.map(|(port, _)| port));
        }
    }
}

impl Row {
    fn new(id: RowId, target: Target) -> Self {
        Self {
            id,
            target,
            by_ip: false,
            selected: false,
            members: SmallVec::new(),
            addresses: SmallVec::new(),
            ports: Arc::default(),
            word: None,
            since: None,
        }
    }

    /// Merges what its entries say: addresses in order, each port from the first entry that has it; of a pod without
    /// entries, what the pod itself says. `last` is what the row before has for ports: mostly they are the same.
    fn resolve(&mut self, service: Option<&Service>, last: &mut Arc<[RowPort]>) {
        let ports: Small<RowPort> = if self.members.is_empty() {
            let (Some(pod), Some(service)) = (self.target.pod(), service) else { return };
            self.addresses = pod.ips.as_slice().into();
            service.ports.iter().map(|port| RowPort { port: find_port(pod, port) }).collect()
        } else {
            self.addresses.sort();
            self.addresses.dedup();
            let ports = self.members.iter().map(|member| member.ports.len()).max().unwrap_or(0);
            let port = |at: usize| self.members.iter().find_map(|member| member.counting()?.get(at).copied().flatten());
            (0..ports).map(|at| RowPort { port: port(at) }).collect()
        };
        if last[..] != ports[..] {
            *last = ports[..].into();
        }
        self.ports = Arc::clone(last);
    }
}
