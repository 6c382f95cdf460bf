//! The union table of a Service: `selected ∪ endpoint`, with the word that says why a row stands on one side only.

use std::sync::Arc;

use super::{Desired, Excluded, Member, Row, Store, Target, Word, desired};
use crate::model::{Family, Key, Kind, ManagedBy, Pod, Service, ServiceKind, TargetPort, Text, Time};

impl Store {
    /// The union table of a Service, by address and name. A name that only slices give has a table too.
    ///
    /// A kind that is not completely known never turns into a negative: without Pods no row is stale, without Nodes no
    /// node is gone, without slices nothing lags.
    pub fn rows(&self, key: &Key) -> Vec<Row> {
        self.rows_in(key, Vec::new())
    }

    /// The same, where there is `room`, which is empty.
    pub(super) fn rows_in(&self, key: &Key, room: Vec<Row>) -> Vec<Row> {
        let service = self.services.get(key).map(Arc::as_ref);
        let mut rows = self.gather(key, service, room);
        for row in &mut rows {
            (row.word, row.since) = self.word(service, row);
        }
        rows.sort_unstable_by(|a, b| a.addresses.cmp(&b.addresses).then_with(|| a.id.cmp(&b.id)));
        rows
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
        let writers = || row.members.iter().filter(|member| !member.shadowed).map(|member| member.managed_by);
        let controlled = writers().any(|writer| writer == ManagedBy::Controller);
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
        match writers().max() {
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
