//! The union table of a Service: `selected ∪ endpoint`, one row each, with the word that says why a row stands on one
//! side only.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::{Desired, Excluded, Facts, Member, Row, RowId, RowPort, Store, Target, Word, desired, find_port};
use crate::model::{
    AddressType, Endpoint, Family, Key, Kind, ManagedBy, Pod, Port, Service, ServiceKind, Slice, TargetPort, Text,
    Time, Uid,
};

impl Store {
    /// The union table of a Service, by address and name. A name that only slices give has a table too.
    ///
    /// A kind that is not completely known never turns into a negative: without Pods no row is stale, without Nodes no
    /// node is gone, without slices nothing lags.
    pub fn rows(&self, key: &Key) -> Vec<Row> {
        let service = self.services.get(key);
        let mut rows: BTreeMap<RowId, Row> = BTreeMap::new();
        for slice in self.slices_of(key) {
            for endpoint in &slice.endpoints {
                self.admit(&mut rows, service, slice, endpoint);
            }
        }
        if let Some(service) = service.filter(|service| service.kind != ServiceKind::ExternalName) {
            for pod in self.selected(key) {
                let id = RowId::Pod(pod.meta.uid.clone());
                let row = rows.entry(id.clone()).or_insert_with(|| Row::new(id, Target::Pod(Arc::clone(pod))));
                row.selected = true;
                if row.members.is_empty() {
                    row.addresses = pod.ips.as_slice().to_vec();
                    row.ports = service.ports.iter().map(|port| RowPort { port: find_port(pod, port) }).collect();
                }
            }
        }
        shadow_duplicates(&mut rows);
        let mut rows: Vec<Row> = rows.into_values().collect();
        for row in &mut rows {
            row.resolve();
            (row.word, row.since) = self.word(service.map(Arc::as_ref), row);
        }
        rows.sort_by(|a, b| a.addresses.cmp(&b.addresses).then_with(|| a.id.cmp(&b.id)));
        rows
    }

    /// Puts one entry of a slice into the table.
    fn admit(
        &self,
        rows: &mut BTreeMap<RowId, Row>,
        service: Option<&Arc<Service>>,
        slice: &Slice,
        endpoint: &Endpoint,
    ) {
        let member = |address| Member {
            slice: slice.meta.key.name.clone(),
            managed_by: slice.managed_by(),
            address,
            facts: Facts {
                ready: endpoint.is_ready(),
                serving: endpoint.is_serving(),
                terminating: endpoint.is_terminating(),
            },
            ports: service.map(|service| slice_ports(service, slice)).unwrap_or_default(),
            shadowed: false,
            node: endpoint.node.clone(),
            zone: endpoint.zone.clone(),
            hostname: endpoint.hostname.clone(),
            hints: endpoint.hints.clone(),
        };
        match slice.address_type {
            AddressType::Ipv4 | AddressType::Ipv6 => {
                let Some(address) = endpoint.address() else { return };
                let (id, target, by_ip) = self.identify(&slice.meta.key, endpoint, address);
                let row = rows.entry(id.clone()).or_insert_with(|| Row::new(id, target));
                row.by_ip |= by_ip;
                row.addresses.extend(
                    endpoint
                        .addresses
                        .as_slice()
                        .iter()
                        .filter(|ip| !row.members.iter().any(|m| m.address == Some(**ip))),
                );
                row.members.push(member(Some(address)));
            }
            AddressType::Fqdn | AddressType::Other(_) => {
                for name in &endpoint.names {
                    let id = RowId::Name(name.clone());
                    let row = rows.entry(id.clone()).or_insert_with(|| Row::new(id, Target::Nobody));
                    row.members.push(member(None));
                }
            }
        }
    }

    /// Which object an entry stands for: by `targetRef` with its uid; by address only where it names nothing.
    fn identify(&self, slice: &Key, endpoint: &Endpoint, address: IpAddr) -> (RowId, Target, bool) {
        if let Some(target) = endpoint.target.as_deref() {
            if target.kind != "Pod" {
                return (RowId::Address(address), Target::Foreign(Box::new(target.clone())), false);
            }
            let mut target = target.clone();
            if target.namespace.is_empty() {
                target.namespace = slice.namespace.clone();
            }
            let key = Key { namespace: target.namespace.clone(), name: target.name.clone() };
            let unnamed = target.uid == Uid::default();
            return match self.pods.get(&key) {
                Some(pod) if unnamed || pod.meta.uid == target.uid => {
                    (RowId::Pod(pod.meta.uid.clone()), Target::Pod(Arc::clone(pod)), false)
                }
                Some(_) | None if unnamed => (RowId::Address(address), Target::Unseen(Box::new(target)), false),
                Some(_) | None => (RowId::Pod(target.uid.clone()), Target::Unseen(Box::new(target)), false),
            };
        }
        // Several pods may claim an address: one that lives wins, then the first by name.
        let alive = |pod: &&Arc<Pod>| !pod.has_ended();
        match self.pods_at(address).find(alive).or_else(|| self.pods_at(address).next()) {
            Some(pod) if !pod.host_network() => (RowId::Pod(pod.meta.uid.clone()), Target::Pod(Arc::clone(pod)), true),
            Some(_) | None => (RowId::Address(address), Target::Nobody, false),
        }
    }

    /// The word of a row and since when it holds.
    fn word(&self, service: Option<&Service>, row: &Row) -> (Option<Word>, Option<Time>) {
        match (row.is_endpoint(), service) {
            (false, Some(service)) => self.word_of_selected(service, row),
            (false, None) => (None, None),
            (true, service) => self.word_of_endpoint(service, row),
        }
    }

    /// Selected, in no slice.
    fn word_of_selected(&self, service: &Service, row: &Row) -> (Option<Word>, Option<Time>) {
        let Some(pod) = row.target.pod() else { return (None, None) };
        let bound = self.bound(pod);
        let verdicts = service.slice_families().into_iter().map(|family| desired(pod, service, bound, family));
        match verdicts.fold(None, best) {
            Some(Err(Excluded::Terminal)) => (Some(Word::Finished), pod.ready_since),
            Some(Err(Excluded::NoIp)) => (Some(Word::NoIp), pod.meta.created),
            Some(Err(Excluded::NodeGone)) => (Some(Word::NodeGone), None),
            Some(Err(Excluded::NoIpOfFamily)) => (Some(Word::OtherFamily), pod.meta.created),
            Some(Ok(_)) if self.complete_in(Kind::Slice, &service.meta.key.namespace) => {
                (Some(Word::Lag), pod.ready_since.or(pod.meta.created))
            }
            Some(Ok(_)) | None => (None, None),
        }
    }

    /// In a slice, selected or not.
    fn word_of_endpoint(&self, service: Option<&Service>, row: &Row) -> (Option<Word>, Option<Time>) {
        let selects =
            service.is_some_and(|service| service.selector.is_some() && service.kind != ServiceKind::ExternalName);
        let counting = row.members.iter().filter(|member| !member.shadowed);
        let writers: Vec<ManagedBy> = counting.map(|member| member.managed_by).collect();
        let controlled = writers.contains(&ManagedBy::Controller);
        let pod = row.target.pod();
        let whole = service.is_some_and(|service| self.complete_in(Kind::Pod, &service.meta.key.namespace));
        let missing = match &row.target {
            Target::Pod(_) | Target::Foreign(_) => None,
            Target::Unseen(target) if self.complete_in(Kind::Pod, &target.namespace) => Some(Word::Stale),
            Target::Nobody if selects && whole => Some(Word::OrphanIp),
            Target::Unseen(_) | Target::Nobody => None,
        };
        if missing.is_some() {
            return (missing, None);
        }
        if let (Some(pod), Some(service), true, true) = (pod, service, row.selected, controlled)
            && let Some(drift) = self.drift(pod, service, row)
        {
            return (Some(drift), pod.ready_since.max(pod.meta.deleted).or(pod.meta.created));
        }
        if let (Some(pod), Some(service)) = (pod, service)
            && let Some(name) = lacks_every_port(service, row)
        {
            return (Some(Word::NoPort(name)), pod.meta.created);
        }
        if let Some(facts) = row.facts() {
            if facts.terminating {
                return (Some(Word::Terminating), pod.and_then(|pod| pod.meta.deleted));
            }
            if !facts.ready {
                return (Some(Word::NotReady), pod.and_then(|pod| pod.ready_since.or(pod.meta.created)));
            }
        }
        if let Some(name) = service.and_then(|service| lacks_a_port(service, row)) {
            return (Some(Word::NoPort(name)), pod.and_then(|pod| pod.meta.created));
        }
        match writers.iter().max() {
            Some(ManagedBy::Custom) if !row.selected => (Some(Word::Custom), None),
            Some(ManagedBy::Mirroring) if !row.selected => (Some(Word::Mirrored), None),
            Some(ManagedBy::Controller) if selects && !row.selected && pod.is_some() => (Some(Word::NotSelected), None),
            Some(_) | None => (None, None),
        }
    }

    /// How what the controller wrote differs from what it should have written (§3.6).
    fn drift(&self, pod: &Pod, service: &Service, row: &Row) -> Option<Word> {
        let bound = self.bound(pod);
        for family in service.slice_families() {
            let written = row.members.iter().find(|member| {
                member.managed_by == ManagedBy::Controller && member.address.is_some_and(|ip| Family::of(&ip) == family)
            });
            match (desired(pod, service, bound, family), written) {
                (Err(_), Some(_)) => return Some(Word::Stale),
                (Ok(_), None) => return Some(Word::Lag),
                (Ok(wanted), Some(member)) if differs(&wanted, member) => return Some(Word::Lag),
                (Ok(_), Some(_)) | (Err(_), None) => {}
            }
        }
        None
    }
}

/// Conditions or ports are not what they should be. Addresses may be spelled otherwise, zones come from Nodes: neither
/// is compared.
fn differs(wanted: &Desired, member: &Member) -> bool {
    let moved = member.address.is_some_and(|address| !wanted.addresses.contains(&address));
    moved || wanted.facts != member.facts || wanted.ports[..] != member.ports[..]
}

/// Of two verdicts for two families, the one that makes an endpoint; else the first.
fn best(
    so_far: Option<Result<Desired, Excluded>>,
    next: Result<Desired, Excluded>,
) -> Option<Result<Desired, Excluded>> {
    match (so_far, next) {
        (Some(Ok(first)), _) => Some(Ok(first)),
        (_, Ok(next)) => Some(Ok(next)),
        (Some(Err(first)), Err(_)) => Some(Err(first)),
        (None, Err(next)) => Some(Err(next)),
    }
}

/// The number of each Service port in a slice: joined by name and protocol only; an absent or zero number and an absent
/// name are no port (§4.2, R4.5).
fn slice_ports(service: &Service, slice: &Slice) -> Box<[Option<Port>]> {
    let number = |port: &crate::model::ServicePort| {
        let same = |candidate: &&crate::model::SlicePort| {
            candidate.name.as_ref() == Some(&port.name) && candidate.protocol == port.protocol
        };
        slice.ports.iter().find(same).and_then(|found| found.port)
    };
    service.ports.iter().map(number).collect()
}

/// Which name the row lacks, if it resolves no port of the Service at all.
fn lacks_every_port(service: &Service, row: &Row) -> Option<Text> {
    let none = row.ports.iter().all(|resolved| resolved.port.is_none());
    if none { lacks_a_port(service, row) } else { None }
}

/// The first target port that the row does not resolve.
fn lacks_a_port(service: &Service, row: &Row) -> Option<Text> {
    let missing = row.ports.iter().zip(&service.ports).find(|(resolved, _)| resolved.port.is_none());
    missing.map(|(_, port)| match &port.target {
        TargetPort::Name(name) => name.clone(),
        TargetPort::Number(_) if !port.name.is_empty() => port.name.clone(),
        TargetPort::Number(number) => Text::from(number.to_string()),
    })
}

/// Of several entries for one address, a later one replaces an earlier one unless it terminates (R4.5).
fn shadow_duplicates(rows: &mut BTreeMap<RowId, Row>) {
    let mut holder: BTreeMap<(IpAddr, Option<Port>), (RowId, usize)> = BTreeMap::new();
    let mut shadowed: Vec<(RowId, usize)> = Vec::new();
    for (id, row) in &*rows {
        for (at, member) in row.members.iter().enumerate() {
            let Some(address) = member.address else { continue };
            let port = member.ports.iter().flatten().next().copied();
            match holder.get(&(address, port)) {
                Some(_) if member.facts.terminating => shadowed.push((id.clone(), at)),
                held => {
                    shadowed.extend(held.cloned());
                    holder.insert((address, port), (id.clone(), at));
                }
            }
        }
    }
    for (id, at) in shadowed {
        if let Some(member) = rows.get_mut(&id).and_then(|row| row.members.get_mut(at)) {
            member.shadowed = true;
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
            members: Vec::new(),
            addresses: Vec::new(),
            ports: Vec::new(),
            word: None,
            since: None,
        }
    }

    /// Merges what its entries say: addresses in order, each port from the first entry that has it.
    fn resolve(&mut self) {
        if self.members.is_empty() {
            return;
        }
        self.addresses.sort();
        self.addresses.dedup();
        let counting = || self.members.iter().filter(|member| !member.shadowed);
        let ports = self.members.iter().map(|member| member.ports.len()).max().unwrap_or(0);
        let port = |at: usize| counting().find_map(|member| member.ports.get(at).copied().flatten());
        self.ports = (0..ports).map(|at| RowPort { port: port(at) }).collect();
    }
}
