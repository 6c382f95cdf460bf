//! What happened to the rows of Services.

use super::ledger::entry;
use super::{Detail, Event, Lag, LagOf, Ledger, Stage, Subject, When, Why};
use crate::model::{Time, Uid};
use crate::store::{Cause, Change, Member, Row, RowEdit, RowId, Store};

/// What happened to a row; `None` where it is only another version of the same pod.
pub(super) fn event(edit: &RowEdit) -> Option<Event> {
    let (from, to) = (Stage::of(edit.old.as_ref()), Stage::of(edit.new.as_ref()));
    match (&edit.old, &edit.new) {
        _ if from != to => Some(Event::Moved { from, to }),
        (Some(old), Some(new)) => detail(old, new).map(Event::Changed),
        (None, _) | (_, None) => None,
    }
}

impl Ledger {
    pub(super) fn row(&mut self, at: Time, heard: Cause, edit: &RowEdit, store: &Store, changes: &[Change]) {
        let (Some(id), Some(event)) = (edit.id(), event(edit)) else { return };
        let service = &edit.service;
        let reason = self.reason(at, edit, &event, store, changes);
        // A relist tells only that it happened since the stream was lost.
        let follows = heard == Cause::Live && reason.why.as_ref().is_none_or(Why::of_pod);
        let lag = if follows { self.lag(at, edit, store) } else { None };
        let on = Subject::Row(service.clone(), id.clone());
        let known = !matches!(reason.why, None | Some(Why::Unknown));
        let mut told = entry(at, When::Seen(at), heard, on, event, reason.why.unwrap_or(Why::Unknown));
        told.pod = edit.new.as_ref().or(edit.old.as_ref()).and_then(Row::pod_key).map(|key| key.name);
        told.lag = lag;
        let number = self.write(told);
        if let (Some(need), RowId::Pod(uid)) = (reason.need, id) {
            self.fates.link(at, uid, number, need);
        }
        if let (Some(need), false) = (reason.service, known) {
            self.wait(at, service, number, need);
        }
    }

    /// How long the slice took to follow the pod.
    fn lag(&self, at: Time, edit: &RowEdit, store: &Store) -> Option<Lag> {
        let RowId::Pod(uid) = edit.id()? else { return None };
        let fate = self.fates.get(uid);
        let between = |of, from| Some(Lag::between(of, from, at, self.skew));
        match (Stage::of(edit.old.as_ref()), Stage::of(edit.new.as_ref())) {
            (Stage::Ready, Stage::Ready) => None,
            (_, Stage::Ready) => {
                let pod = edit.new.as_ref()?.target.pod().filter(|pod| pod.ready)?;
                let heard = fate.and_then(|fate| fate.able);
                let since = When::Server(pod.ready_since?).finer(heard, self.skew);
                // One that was Ready before the record has been in the slice before, for all we know.
                let older = heard.is_none() && self.began.is_some_and(|began| since.ours(self.skew) < began);
                if older { None } else { between(LagOf::ReadyToSlice, since) }
            }
            // It was let drain: the slice lets it go when the pod is gone.
            (Stage::Draining | Stage::Ending, Stage::Absent | Stage::Waiting) => {
                let held = edit.old.as_ref()?.pod_key().and_then(|key| store.pod(&key));
                let gone = fate?.gone.filter(|_| held.is_none_or(|pod| pod.meta.uid != *uid))?;
                between(LagOf::GoneToOut, When::Seen(gone))
            }
            (Stage::Ready | Stage::NotReady, Stage::Absent | Stage::Waiting | Stage::Draining | Stage::Ending) => {
                between(LagOf::DeletingToOut, fate?.ending?)
            }
            (_, Stage::Absent | Stage::Waiting | Stage::NotReady | Stage::Draining | Stage::Ending) => None,
        }
    }
}

/// The first thing that differs in an endpoint that stays in its stage.
pub fn detail(old: &Row, new: &Row) -> Option<Detail> {
    let uid = |row: &Row| -> Option<Uid> { row.target.pod().map(|pod| pod.meta.uid.clone()) };
    let each = |differs: fn(&Member, &Member) -> bool| {
        old.members.len() == new.members.len() && old.members.iter().zip(&new.members).any(|(a, b)| differs(a, b))
    };
    if matches!(new.id, RowId::Address(_)) && uid(old) != uid(new) {
        return Some(Detail::Pod);
    }
    // A pod that is seen later than its slice, or gone earlier, was selected all the time.
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
