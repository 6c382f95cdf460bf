//! What happened to the rows of Services, and why.

use super::fate::Need;
use super::ledger::{ServiceNeed, entry};
use super::{Detail, Event, Lag, LagOf, Ledger, Stage, Subject, When, Why};
use crate::model::{Key, ManagedBy, Time, Uid};
use crate::store::{Cause, Change, Edit, Member, Row, RowEdit, RowId, Store};

/// Why a row changed, as far as it is known, and what would tell better.
struct Reason {
    why: Option<Why>,
    need: Option<Need>,
    service: Option<ServiceNeed>,
}

impl Reason {
    fn known(why: Why) -> Self {
        Self { why: Some(why), need: None, service: None }
    }
}

impl Ledger {
    pub(super) fn row(&mut self, at: Time, heard: Cause, edit: &RowEdit, store: &Store, changes: &[Change]) {
        let RowEdit { service, old, new } = edit;
        let Some(id) = edit.id() else { return };
        let (from, to) = (Stage::of(old.as_ref()), Stage::of(new.as_ref()));
        let event = match (old, new) {
            _ if from != to => Event::Moved { from, to },
            (Some(old), Some(new)) => match detail(old, new) {
                Some(detail) => Event::Changed(detail),
                None => return,
            },
            (None, _) | (_, None) => return,
        };
        let reason = self.reason(at, edit, &event, store, changes);
        let on = Subject::Row(service.clone(), id.clone());
        let mut told = entry(at, When::Seen(at), heard, on, event, reason.why.clone().unwrap_or(Why::Unknown));
        told.pod = new.as_ref().or(old.as_ref()).and_then(Row::pod_key).map(|key| key.name);
        // A relist tells only that it happened since the stream was lost.
        if heard == Cause::Live {
            told.lag = self.lag(at, edit, from, to);
        }
        let number = self.write(told);
        if let (Some(need), RowId::Pod(uid)) = (reason.need, id) {
            self.fates.link(at, uid, number, need);
        }
        if let (Some(need), true) = (reason.service, matches!(reason.why, None | Some(Why::Unknown))) {
            let fate = self.services.entry(service.clone()).or_default();
            fate.waiting.retain(|(since, _, _)| at.since(*since) <= Self::LOOK_AHEAD);
            if fate.waiting.len() < Self::WAITING {
                fate.waiting.push((at, number, need));
            }
            if fate.touched < at {
                fate.touched = at;
            }
        }
    }

    fn reason(&self, at: Time, edit: &RowEdit, event: &Event, store: &Store, changes: &[Change]) -> Reason {
        let RowEdit { service, old, new } = edit;
        if let Some(why) = foreign(service, old.as_ref(), new.as_ref(), changes) {
            return Reason::known(why);
        }
        let recent = self.recent(at, service);
        let since = |found: &Option<(Time, Why)>| {
            found.as_ref().filter(|(since, _)| at.since(*since) <= Self::LOOK_BACK).map(|(_, why)| why.clone())
        };
        match event {
            Event::Moved { from, to } => self.moved(at, edit, (*from, *to), store),
            Event::Changed(Detail::Selection) => {
                let why = recent.and_then(|fate| since(&fate.came).or_else(|| since(&fate.selector)));
                match why.or_else(|| self.relabelled(at, edit, store)) {
                    Some(why) => Reason::known(why),
                    None => Reason { why: None, need: Some(Need::Label), service: Some(ServiceNeed::Selector) },
                }
            }
            Event::Changed(Detail::Ports) => {
                let why = recent.and_then(|fate| since(&fate.ports));
                Reason { why, need: None, service: Some(ServiceNeed::Ports) }
            }
            Event::Changed(Detail::Hints) => Reason::known(Why::HintChanged),
            Event::Changed(Detail::Pod) => match stranger(old.as_ref(), new.as_ref()) {
                Some(why) => Reason::known(why),
                None => Reason::known(Why::Unknown),
            },
            Event::Changed(Detail::Addresses | Detail::Slices | Detail::Place) => Reason::known(Why::Unknown),
            Event::Came
            | Event::Went
            | Event::PodWent(_)
            | Event::Replaced
            | Event::Selector
            | Event::Ports
            | Event::Edited
            | Event::Scheduled(_)
            | Event::Addressed(_)
            | Event::Ready
            | Event::NotReady
            | Event::Restarted(_)
            | Event::Relabelled
            | Event::Deleting
            | Event::Ended
            | Event::Cordoned
            | Event::Uncordoned => Reason::known(Why::Unknown),
        }
    }

    fn moved(&self, at: Time, edit: &RowEdit, (from, to): (Stage, Stage), store: &Store) -> Reason {
        let Some(RowId::Pod(uid)) = edit.id() else {
            return Reason {
                why: self.service_why(at, edit, from, to),
                need: None,
                service: Some(ServiceNeed::Selector),
            };
        };
        let need = match (from, to) {
            (_, Stage::Draining | Stage::Ending) => Need::End,
            (_, Stage::NotReady) if from == Stage::Ready => Need::Unready,
            (Stage::Absent | Stage::Waiting, _) if to != Stage::Absent => Need::Birth,
            (_, Stage::Absent | Stage::Waiting) => Need::End,
            (_, Stage::NotReady | Stage::Ready) => Need::Birth,
        };
        let fate = self.fates.get(uid);
        let told = fate.and_then(|fate| fate.why(need).cloned());
        match need {
            Need::Birth if from == Stage::NotReady => {
                // Ready again, unless it is young and was never ready before.
                let young = fate.is_some_and(|fate| fate.birth.is_some() && fate.unready.is_none());
                if young {
                    Reason { why: told, need: Some(need), service: None }
                } else {
                    Reason::known(Why::ReadinessGained)
                }
            }
            Need::Birth | Need::End => {
                let going = need == Need::End && (told.is_some() || leaves(edit, store));
                let edited = if going { None } else { self.service_why(at, edit, from, to) };
                let why = edited.or_else(|| if going { None } else { self.relabelled(at, edit, store) });
                match (why, told) {
                    (Some(why), _) => Reason::known(why),
                    (None, Some(told)) => Reason { why: Some(told), need: Some(need), service: None },
                    // A pod that stays as it is must have been let go by an edit.
                    (None, None) => Reason { why: None, need: Some(need), service: Some(ServiceNeed::Selector) },
                }
            }
            Need::Unready | Need::Label => Reason { why: told, need: Some(need), service: None },
        }
    }

    /// What an edit of the Service has to do with it.
    fn service_why(&self, at: Time, edit: &RowEdit, from: Stage, to: Stage) -> Option<Why> {
        let fate = self.recent(at, &edit.service)?;
        let since = |found: &Option<(Time, Why)>| {
            found.as_ref().filter(|(since, _)| at.since(*since) <= Self::LOOK_BACK).map(|(_, why)| why.clone())
        };
        let pod_born = match edit.id() {
            Some(RowId::Pod(uid)) => self.fates.get(uid).and_then(|fate| fate.birth.as_ref()).is_some(),
            Some(RowId::Address(_) | RowId::Name(_)) | None => false,
        };
        let enters = !from.in_slice() && to != Stage::Absent;
        let exits = !to.in_slice() && from != Stage::Absent;
        if (enters && !pod_born) || exits { since(&fate.came).or_else(|| since(&fate.selector)) } else { None }
    }

    /// A label that this very Service's selector names was edited on the pod.
    fn relabelled(&self, at: Time, edit: &RowEdit, store: &Store) -> Option<Why> {
        let Some(RowId::Pod(uid)) = edit.id() else { return None };
        let (since, why) = self.fates.get(uid)?.relabelled.as_ref()?;
        let Why::Relabelled(edited) = why else { return None };
        let named = store.service(&edit.service).is_some_and(|service| service.selector.0.get(&edited.label).is_some());
        (named && at.since(*since) <= Self::LOOK_BACK).then(|| why.clone())
    }

    fn lag(&self, at: Time, edit: &RowEdit, from: Stage, to: Stage) -> Option<Lag> {
        let between = |of, from| Some(Lag::between(of, from, at, self.skew));
        if to == Stage::Ready && from != Stage::Ready {
            let pod = edit.new.as_ref()?.target.pod().filter(|pod| pod.ready)?;
            return between(LagOf::ReadyToSlice, When::Server(pod.ready_since?));
        }
        if from.in_slice() && !to.in_slice() {
            let Some(RowId::Pod(uid)) = edit.id() else { return None };
            return between(LagOf::DeletingToOut, self.fates.get(uid)?.ending?);
        }
        None
    }
}

/// Whether the pod of a row is on its way out, or gone.
fn leaves(edit: &RowEdit, store: &Store) -> bool {
    let Some(row) = edit.new.as_ref().or(edit.old.as_ref()) else { return false };
    let Some(pod) = row.target.pod() else { return true };
    match store.pod(&pod.meta.key).filter(|held| held.meta.uid == pod.meta.uid) {
        Some(pod) => pod.meta.deleted.is_some() || pod.has_ended(),
        None => true,
    }
}

/// The first thing that differs in an endpoint that stays in its stage. That its pod came or went is the pod's to tell.
pub fn detail(old: &Row, new: &Row) -> Option<Detail> {
    let uid = |row: &Row| -> Option<Uid> { row.target.pod().map(|pod| pod.meta.uid.clone()) };
    let each = |differs: fn(&Member, &Member) -> bool| {
        old.members.len() == new.members.len() && old.members.iter().zip(&new.members).any(|(a, b)| differs(a, b))
    };
    if matches!(new.id, RowId::Address(_)) && uid(old) != uid(new) {
        return Some(Detail::Pod);
    }
    if old.selected != new.selected && old.target.pod().is_some() == new.target.pod().is_some() {
        return Some(Detail::Selection);
    }
    if old.members == new.members {
        return None;
    }
    let slices = |row: &Row| row.members.iter().map(|member| member.slice.clone()).collect::<Vec<_>>();
    if slices(old) != slices(new) {
        Some(Detail::Slices)
    } else if each(|a, b| a.address != b.address) {
        Some(Detail::Addresses)
    } else if each(|a, b| a.ports != b.ports) {
        Some(Detail::Ports)
    } else if each(|a, b| a.hints != b.hints) {
        Some(Detail::Hints)
    } else if each(|a, b| (&a.node, &a.zone, &a.hostname) != (&b.node, &b.zone, &b.hostname)) {
        Some(Detail::Place)
    } else {
        None
    }
}

/// Another pod stands behind the same address.
fn stranger(old: Option<&Row>, new: Option<&Row>) -> Option<Why> {
    let (old, new) = (old?, new?);
    let before = old.target.pod()?;
    let RowId::Address(ip) = &new.id else { return None };
    let reused = super::IpReused { ip: *ip, before: before.meta.key.clone(), after: 0 };
    new.target.pod().map(|_| Why::IpReused(Box::new(reused)))
}

/// The slice that changed this row in the batch, where not the controller wrote it.
fn foreign(service: &Key, old: Option<&Row>, new: Option<&Row>, changes: &[Change]) -> Option<Why> {
    let members = |row: Option<&Row>| row.map_or(Vec::new(), |row| row.members.clone());
    let (old, new) = (members(old), members(new));
    let mut differ = new.iter().filter(|member| !old.contains(member)).chain(old.iter().filter(|m| !new.contains(m)));
    let member = differ.find(|member| member.managed_by != ManagedBy::Controller)?;
    let edited = changes.iter().any(|change| match &change.edit {
        Edit::Slice(pair) => pair.key.namespace == service.namespace && pair.key.name == member.slice,
        Edit::Service(_)
        | Edit::Pod(_)
        | Edit::Node(_)
        | Edit::Namespace(_)
        | Edit::Row(_)
        | Edit::NetworkPolicy(_)
        | Edit::ServiceCidr(_)
        | Edit::Config(_) => false,
    });
    edited.then(|| Why::SliceEdited(member.slice.clone(), member.managed_by))
}
