//! What objects still tell of their past, for when nobody was looking: times that stand in them, by the server's clock.

use super::ledger::entry;
use super::pods::{readiness, requested};
use super::{Entry, Event, Subject, When, Why};
use crate::model::{Node, NodeReady, Pod, Time};
use crate::store::{Cause, Store};

/// The stages that the objects of a store tell of themselves, by their time. Slices tell none of their endpoints.
pub fn told(store: &Store) -> Vec<Entry> {
    let mut told = Vec::new();
    let mut tell = |on: Subject, event: Event, when: Option<Time>, why: Why| {
        if let Some(when) = when {
            told.push(entry(when, When::Server(when), Cause::Load, on, event, why));
        }
    };
    for service in store.services() {
        tell(Subject::Service(service.meta.key.clone()), Event::Came, service.meta.created, Why::Unknown);
    }
    for node in store.nodes() {
        let on = || Subject::Node(node.meta.key.name.clone());
        tell(on(), Event::Came, node.meta.created, Why::Unknown);
        let (since, why) = unready(node);
        tell(on(), Event::NotReady, since, why);
    }
    for pod in store.pods() {
        let on = || Subject::Pod(pod.meta.key.clone(), pod.meta.uid.clone());
        tell(on(), Event::Came, pod.meta.created, Why::Unknown);
        if let Some(node) = &pod.node {
            tell(on(), Event::Scheduled(node.clone()), pod.scheduled.map(Time::from), Why::Unknown);
        }
        let (event, why) = if pod.ready {
            (Event::Ready, Why::Unknown)
        } else {
            (Event::NotReady, Why::ReadinessLost(Box::new(readiness(pod))))
        };
        // A pod that has never been Ready has lost nothing.
        tell(on(), event, pod.ready_since.filter(|since| pod.ready || was_ready(pod, *since)), why);
        tell(on(), Event::Deleting, deletion(pod), Why::PodDeleted(pod.meta.key.clone()));
    }
    for slice in store.slices() {
        if let Some(when) = slice.meta.created {
            let on = Subject::Slice(slice.meta.key.clone());
            let came = entry(when, When::Server(when), Cause::Load, on, Event::Came, Why::Unknown);
            told.push(Entry { service: slice.service_name().cloned(), ..came });
        }
    }
    told.sort_by_key(|entry| entry.at);
    for (number, entry) in (0..).zip(&mut told) {
        entry.number = number;
    }
    told
}

fn unready(node: &Node) -> (Option<Time>, Why) {
    match &node.ready {
        NodeReady::NotReady { reason, since } => {
            let trouble = super::NodeTrouble::NotReady(reason.clone());
            (*since, Why::Node(node.meta.key.name.clone(), trouble))
        }
        NodeReady::Ready | NodeReady::Unreported => (None, Why::Unknown),
    }
}

fn was_ready(pod: &Pod, since: Time) -> bool {
    pod.started.is_some_and(|started| since > Time::from(started).plus(1_000))
}

fn deletion(pod: &Pod) -> Option<Time> {
    match requested(pod, Time(0)) {
        When::Server(time) => pod.meta.deleted.map(|_| time),
        When::Seen(_) => None,
    }
}
