//! Why the row of a Service changed.
//!
//! A row enters a slice because its pod became able to, or because the Service came, was edited, or the pod was
//! relabelled after that: the latest of them did it. It leaves because its pod ends, or because of an edit where the pod
//! stays. What cannot be told yet waits for the pod's fate and for the Service.

use super::fate::Need;
use super::ledger::{ServiceFate, ServiceNeed};
use super::objects::recent;
use super::{Detail, Event, Ledger, Stage, Why};
use crate::model::{Key, ManagedBy, Time, Uid};
use crate::store::{Change, Edit, Member, Row, RowEdit, RowId, Store};

/// Why a row changed, as far as it is known, and what would tell better.
pub(super) struct Reason {
    pub(super) why: Option<Why>,
    pub(super) need: Option<Need>,
    pub(super) service: Option<ServiceNeed>,
}

impl Reason {
    fn known(why: Why) -> Self {
        Self { why: Some(why), need: None, service: None }
    }

    fn of(why: Option<Why>) -> Self {
        Self { why, need: None, service: None }
    }
}

impl Ledger {
    pub(super) fn reason(&self, at: Time, edit: &RowEdit, event: &Event, store: &Store, changes: &[Change]) -> Reason {
        let (service, old, new) = (&edit.service, edit.old.as_ref(), edit.new.as_ref());
        if let Some(why) = foreign(service, old, new, changes) {
            return Reason::known(why);
        }
        let nothing = ServiceFate::default();
        let fate = self.services.get(service).unwrap_or(&nothing);
        match event {
            Event::Moved { from, to } => match edit.id() {
                Some(RowId::Pod(uid)) => self.moved(at, edit, uid, fate, (*from, *to), store, changes),
                Some(RowId::Address(_) | RowId::Name(_)) | None => Self::unowned(at, fate, *from, *to),
            },
            Event::Changed(Detail::Selection) => {
                let edited = recent(at, [&fate.came, &fate.went, &fate.selector]);
                let relabelled = match edit.id() {
                    Some(RowId::Pod(uid)) => self.relabelled(at, service, uid, store),
                    Some(RowId::Address(_) | RowId::Name(_)) | None => None,
                };
                Reason::of(latest(edited, relabelled).map(|(_, why)| why))
            }
            Event::Changed(Detail::Ports) => {
                let why = recent(at, [&fate.ports]).map(|(_, why)| why);
                Reason { why, need: None, service: Some(ServiceNeed::Ports) }
            }
            Event::Changed(Detail::Hints) => Reason::known(Why::HintChanged),
            Event::Changed(Detail::Pod) => Reason::of(stranger(old, new)),
            Event::Changed(Detail::Slices) => Reason::of(recent(at, [&fate.came, &fate.went]).map(|(_, why)| why)),
            Event::Changed(Detail::Addresses | Detail::Place)
            | Event::Came
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
            | Event::Uncordoned => Reason::of(None),
        }
    }

    /// Rows without a pod follow their Service alone.
    fn unowned(at: Time, fate: &ServiceFate, from: Stage, to: Stage) -> Reason {
        let (done, need) = if to.in_slice() && !from.in_slice() {
            ([&fate.came, &fate.selector], ServiceNeed::Enter)
        } else {
            ([&fate.went, &fate.selector], ServiceNeed::Exit)
        };
        Reason { why: recent(at, done).map(|(_, why)| why), need: None, service: Some(need) }
    }

    #[expect(clippy::too_many_arguments, reason = "each tells a part of the reason")]
    fn moved(
        &self,
        at: Time,
        edit: &RowEdit,
        uid: &Uid,
        fate: &ServiceFate,
        (from, to): (Stage, Stage),
        store: &Store,
        changes: &[Change],
    ) -> Reason {
        let told = |need| self.fates.get(uid).and_then(|pod| pod.why(at, need)).cloned();
        let follows = |need| Reason { why: told(need), need: Some(need), service: None };
        match (from, to) {
            (_, Stage::Draining | Stage::Ending) => follows(Need::End),
            (Stage::Ready, Stage::NotReady) => follows(Need::Unready),
            (Stage::NotReady, Stage::Ready) => {
                // Ready again, unless it is young and was never ready before.
                let pod = self.fates.get(uid);
                let young = pod.is_some_and(|pod| pod.birth.is_some() && pod.unready.is_none());
                if young { follows(Need::Birth) } else { Reason::known(Why::ReadinessGained) }
            }
            (_, Stage::Absent) => self.exits(at, edit, uid, fate, false, (store, changes)),
            (_, Stage::Waiting) if from != Stage::Absent => self.exits(at, edit, uid, fate, true, (store, changes)),
            (_, Stage::Waiting | Stage::NotReady | Stage::Ready) => self.enters(at, edit, uid, fate, to, store),
        }
    }

    fn enters(&self, at: Time, edit: &RowEdit, uid: &Uid, fate: &ServiceFate, to: Stage, store: &Store) -> Reason {
        let own = self.fates.get(uid);
        let birth = own.and_then(|own| own.birth.clone());
        let row = edit.new.as_ref();
        let Some(pod) = row.and_then(|row| row.target.pod()) else {
            // The slice is heard before the pod.
            return Reason { why: birth, need: Some(Need::Birth), service: None };
        };
        if to.in_slice() && row.is_some_and(|row| !row.selected) {
            // The edit that let it in is not heard yet.
            return Reason { why: None, need: Some(Need::Label), service: Some(ServiceNeed::Enter) };
        }
        let able = match (own, to) {
            (Some(own), Stage::Waiting) => own.came,
            (Some(_), Stage::Ready) if !pod.ready => Some(at),
            (Some(own), _) => own.able.or(own.came),
            (None, _) => None,
        };
        let edited = latest(recent(at, [&fate.came, &fate.selector]), self.relabelled(at, &edit.service, uid, store));
        let edited = edited.filter(|(since, _)| birth.is_none() || able.is_none_or(|able| able < *since));
        match (edited, birth) {
            (Some((_, why)), _) => Reason::known(why),
            (None, birth) => Reason { why: birth, need: Some(Need::Birth), service: Some(ServiceNeed::Enter) },
        }
    }

    fn exits(
        &self,
        at: Time,
        edit: &RowEdit,
        uid: &Uid,
        fate: &ServiceFate,
        selected: bool,
        (store, changes): (&Store, &[Change]),
    ) -> Reason {
        let own = self.fates.get(uid);
        let end = own.and_then(|own| own.end.clone());
        let held = edit.new.as_ref().or(edit.old.as_ref()).and_then(|row| row.target.pod());
        let held = held.and_then(|pod| store.pod(&pod.meta.key)).filter(|pod| pod.meta.uid == *uid);
        let stays = held.is_some_and(|pod| pod.meta.deleted.is_none() && !pod.has_ended());
        if end.is_some() && !stays {
            return Reason { why: end, need: Some(Need::End), service: None };
        }
        // With its Service, slices are removed; all other edits leave them in place.
        let unmade = if slice_gone(edit, changes) { recent(at, [&fate.went]) } else { None };
        let edited = if selected {
            unmade
        } else {
            let edited = latest(unmade, recent(at, [&fate.selector]));
            latest(edited, self.relabelled(at, &edit.service, uid, store))
        };
        match edited {
            Some((_, why)) => Reason::known(why),
            None => Reason { why: None, need: Some(Need::End), service: Some(ServiceNeed::Exit) },
        }
    }

    /// A recent edit of a label that the Service's selector names.
    pub(super) fn relabelled(&self, at: Time, service: &Key, uid: &Uid, store: &Store) -> Option<(Time, Why)> {
        let (since, edits) = self.fates.get(uid)?.relabelled.as_ref()?;
        if at.since(*since) > Self::LOOK_BACK {
            return None;
        }
        let selector = &store.service(service)?.selector;
        let edit = edits.iter().find(|edit| selector.0.get(&edit.label).is_some())?;
        Some((*since, Why::Relabelled(Box::new(edit.clone()))))
    }
}

fn latest(one: Option<(Time, Why)>, other: Option<(Time, Why)>) -> Option<(Time, Why)> {
    one.into_iter().chain(other).max_by_key(|(since, _)| *since)
}

/// Whether a slice that held the row was removed in this batch.
fn slice_gone(edit: &RowEdit, changes: &[Change]) -> bool {
    let Some(old) = &edit.old else { return false };
    let gone = |change: &Change| match &change.edit {
        Edit::Slice(pair) if pair.new.is_none() && pair.key.namespace == edit.service.namespace => {
            old.members.iter().any(|member| member.slice == pair.key.name)
        }
        Edit::Slice(_)
        | Edit::Service(_)
        | Edit::Pod(_)
        | Edit::Node(_)
        | Edit::Namespace(_)
        | Edit::Row(_)
        | Edit::NetworkPolicy(_)
        | Edit::ServiceCidr(_)
        | Edit::Config(_) => false,
    };
    // A row that no slice held was let go by what let go of the Service itself.
    old.members.is_empty() || changes.iter().any(gone)
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
    fn members(row: Option<&Row>) -> &[Member] {
        row.map_or(&[], |row| &row.members)
    }
    let (old, new) = (members(old), members(new));
    let theirs = |member: &&Member| member.managed_by != ManagedBy::Controller;
    let came = new.iter().filter(theirs).find(|member| !old.contains(member));
    let member = came.or_else(|| old.iter().filter(theirs).find(|member| !new.contains(member)))?;
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
