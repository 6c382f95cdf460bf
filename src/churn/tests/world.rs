//! A small world: Service `web` with the pods of a Deployment in one slice.

use std::sync::Arc;

use crate::churn::Past;
use crate::model::{
    ContainerState, ContainerStatus, Endpoint, Key, Labels, Meta, Node, NodeReady, Owner, Pod, Text, Time, Uid,
};
use crate::store::Store;
use crate::store::tests::delta::{Delta, Step};
use crate::store::tests::{endpoint, live, node, pod, service, slice};

pub(super) const START: Time = Time(1_000_000);

/// A pod of a Deployment `web`: name and uid are the same.
pub(super) fn of_web(name: &str, hash: &str, last: u8, created: i64) -> Pod {
    let plain = pod(name, name, "web", last);
    let owner = Owner { kind: "ReplicaSet".into(), name: format!("web-{hash}").into(), uid: hash.into() };
    let labels: Labels = [("app", "web"), ("pod-template-hash", hash)].into_iter().collect();
    let meta = Meta { labels, created: Some(Time(created)), owner: Some(Arc::new(owner)), ..plain.meta };
    Pod { meta, ready_since: Some(Time(created + 1_000)), ..plain }
}

pub(super) fn deleting(pod: Pod) -> Pod {
    Pod { meta: Meta { deleted: Some(START.plus(30_000)), ..pod.meta }, ..pod }
}

pub(super) fn unready(pod: Pod) -> Pod {
    let state = ContainerState::Waiting { reason: "CrashLoopBackOff".into(), message: Text::default() };
    let status = ContainerStatus { name: "app".into(), ready: false, restarts: 4, state, last_exit: None };
    Pod { ready: false, statuses: Box::new([status]), ..pod }
}

pub(super) fn ready(last: u8, name: &str) -> Endpoint {
    endpoint(last, Some((name, name)), true, false)
}

pub(super) fn put(pod: Pod) -> Delta {
    Delta::Pod(Step::Applied(pod))
}

pub(super) fn gone(name: &str) -> Delta {
    Delta::Pod(Step::Deleted(Key::new("shop", name), Uid::from(name)))
}

pub(super) fn web(endpoints: Vec<Endpoint>) -> Delta {
    Delta::Slice(Step::Applied(slice("web-1", "web", true, endpoints)))
}

pub(super) fn up(name: &str) -> Node {
    Node { ready: NodeReady::Ready, ..node(name) }
}

pub(super) fn a() -> Pod {
    of_web("a", "h1", 1, 1_000)
}

pub(super) fn b() -> Pod {
    of_web("b", "h1", 2, 1_000)
}

/// Service `web` with pods `a` and `b` of template `h1` in one slice.
pub(super) fn base() -> (Store, Past) {
    let deltas = vec![
        Delta::Service(Step::Listed(vec![service("web", &[("app", "web")])])),
        Delta::Pod(Step::Listed(vec![a(), b()])),
        Delta::Node(Step::Listed(vec![up("n1"), up("n2")])),
        Delta::Namespace(Step::Listed(Vec::new())),
        Delta::Slice(Step::Listed(vec![slice("web-1", "web", true, vec![ready(1, "a"), ready(2, "b")])])),
    ];
    let (mut store, mut past) = (Store::new(), Past::default());
    for (at, batch) in [(Time(0), deltas), (Time(1), live())] {
        let changes = store.apply(at, batch);
        past.record(at, &changes, &store);
    }
    (store, past)
}

/// Applies a batch and records it.
pub(super) fn step(world: &mut (Store, Past), at: Time, batch: Vec<Delta>) {
    let changes = world.0.apply(at, batch);
    world.1.record(at, &changes, &world.0);
}
