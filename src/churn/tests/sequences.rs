//! Sequences that a real control plane was seen to bring about (`tests/cluster/churn`), told wrongly before.

use std::sync::Arc;

use super::world::{START, b, base, deleting, gone, of_web, put, ready, step, unready, up, web};
use crate::churn::{Entry, Event, Past, Step as Stage, Subject, Why};
use crate::model::{
    ContainerState, ContainerStatus, Endpoint, Key, Meta, Node, Owner, Pod, Second, Selector, Service, Text, Time, Uid,
};
use crate::store::tests::delta::{Delta, Step};
use crate::store::tests::{endpoint, service, slice};
use crate::store::{RowId, Store};

type World = (Store, Past);

fn key() -> Key {
    Key::new("shop", "web")
}

fn play(world: &mut World, steps: impl IntoIterator<Item = (i64, Delta)>) {
    for (at, delta) in steps {
        step(world, START.plus(at), vec![delta]);
    }
}

/// Event and cause of the entries of a pod and its row, in order.
fn told<'a>(world: &'a World, name: &str) -> Vec<(&'static str, &'static str)> {
    let mine = |entry: &&'a Entry| match &entry.on {
        Subject::Pod(_, uid) | Subject::Row(_, RowId::Pod(uid)) => *uid == Uid::from(name),
        Subject::Row(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Node(_) => false,
    };
    world.1.ledger.entries().filter(mine).map(|entry| (entry.event.id(), entry.why.id())).collect()
}

fn with(third: Endpoint) -> Delta {
    web(vec![ready(1, "a"), ready(2, "b"), third])
}

/// A pod of the template `h1` before anything has happened to it.
fn unbound(name: &str, last: u8) -> Pod {
    Pod { node: None, ready: false, ready_since: None, ips: Default::default(), ..of_web(name, "h1", last, START.0) }
}

#[test]
fn the_labels_that_a_pod_gets_with_its_node_let_it_into_no_service() {
    let mut world = base();
    let up = of_web("c", "h1", 3, START.0);
    let labels = [("app", "web"), ("pod-template-hash", "h1"), ("topology.kubernetes.io/zone", "z")];
    let meta = Meta { labels: labels.into_iter().collect(), ..up.meta.clone() };
    play(&mut world, [(0, put(unbound("c", 3))), (20, put(Pod { meta, ..up })), (30, with(ready(3, "c")))]);
    let expected = ["came", "selected", "scheduled", "addressed", "ready", "joined"].map(|event| (event, "scale"));
    assert_eq!(told(&world, "c"), expected);
}

#[test]
fn a_pod_that_came_before_another_went_replaces_nothing() {
    let mut world = base();
    play(&mut world, [(0, put(of_web("c", "h1", 3, START.0))), (900, put(deleting(b()))), (950, gone("b"))]);
    assert_eq!(told(&world, "c")[0], ("came", "scale"));
    assert_eq!(told(&world, "b")[0], ("deleting", "scale"));
}

#[test]
fn a_pod_of_a_stateful_set_is_replaced_when_it_is_gone() {
    let mut world = base();
    let of_set = |uid: &str| {
        let pod = of_web("c", "h1", 3, START.0);
        let owner = Owner { kind: "StatefulSet".into(), name: "db".into(), uid: Uid::from("db") };
        let meta = Meta { owner: Some(Arc::new(owner)), uid: Uid::from(uid), ..pod.meta };
        Pod { meta, ..pod }
    };
    play(
        &mut world,
        [
            (0, put(of_set("db-1"))),
            (10_000, put(deleting(of_set("db-1")))),
            (40_000, Delta::Pod(Step::Deleted(Key::new("shop", "c"), Uid::from("db-1")))),
            (40_100, put(of_set("db-2"))),
        ],
    );
    assert_eq!(told(&world, "db-2")[0], ("came", "pod-deleted"));
    let ends: Vec<_> = told(&world, "db-1").into_iter().filter(|(event, _)| *event == "deleting").collect();
    assert_eq!(ends, [("deleting", "pod-deleted")]);
}

#[test]
fn a_closed_node_explains_what_is_replaced_and_no_rollout() {
    let mut world = base();
    play(
        &mut world,
        [
            (0, Delta::Node(Step::Applied(Node { unschedulable: true, ..up("n1") }))),
            (20_000, put(of_web("n", "h2", 3, START.0 + 20_000))),
            (20_100, put(deleting(b()))),
        ],
    );
    assert_eq!(told(&world, "b"), [("deleting", "rollout")]);
}

#[test]
fn each_loss_of_readiness_keeps_its_own_evidence() {
    let mut world = base();
    let down = |restarts| {
        let state = ContainerState::Waiting { reason: "CrashLoopBackOff".into(), message: Text::default() };
        let status = ContainerStatus { name: "app".into(), ready: false, restarts, state, last_exit: None };
        put(Pod { ready: false, statuses: Box::new([status]), ..b() })
    };
    play(&mut world, [(0, down(1)), (5_000, put(b())), (10_000, down(2)), (15_000, put(b()))]);
    let lost = |entry: &Entry| {
        if let (Event::NotReady, Why::ReadinessLost(lost)) = (&entry.event, &entry.why) {
            Some(lost.restarts)
        } else {
            None
        }
    };
    assert_eq!(world.1.ledger.entries().filter_map(lost).collect::<Vec<_>>(), [1, 2]);
    // A slice that is heard before its pod waits for the loss that it tells of.
    let out = Endpoint { serving: Some(false), ..endpoint(2, Some(("b", "b")), false, false) };
    play(&mut world, [(20_000, web(vec![ready(1, "a"), out])), (20_010, put(unready(b())))]);
    let row = world.1.ledger.entries().find(|entry| entry.event.id() == "endpoint-not-ready").unwrap();
    assert!(matches!(&row.why, Why::ReadinessLost(lost) if lost.restarts == 4), "{:?}", row.why);
}

#[test]
fn a_service_made_again_let_its_pods_go_and_took_them_back() {
    let mut world = base();
    play(
        &mut world,
        [
            (0, Delta::Service(Step::Deleted(key(), Uid::from("web")))),
            (10, Delta::Service(Step::Applied(service("web", &[("app", "web")])))),
            (20, Delta::Slice(Step::Deleted(Key::new("shop", "web-1"), Uid::from("web-1")))),
            (30, Delta::Slice(Step::Applied(slice("web-2", "web", true, vec![ready(1, "a"), ready(2, "b")])))),
        ],
    );
    let expected = [
        ("changed", "service-deleted"),
        ("changed", "service-created"),
        ("left", "service-deleted"),
        ("joined", "service-created"),
    ];
    assert_eq!(told(&world, "b"), expected);
    let slices = world.1.ledger.entries().filter(|entry| matches!(entry.on, Subject::Slice(_)));
    let slices: Vec<_> = slices.map(|entry| (entry.event.id(), entry.why.id())).collect();
    assert_eq!(slices, [("went", "service-deleted"), ("came", "service-created")]);
    // Long after it was made, what a pod does is the pod's.
    play(
        &mut world,
        [
            (5_000, put(deleting(b()))),
            (5_010, Delta::Slice(Step::Applied(slice("web-2", "web", true, vec![ready(1, "a")])))),
        ],
    );
    assert_eq!(told(&world, "b").last(), Some(&("left", "scale")));
}

#[test]
fn a_slice_that_follows_an_edit_is_not_late() {
    for slice_first in [true, false] {
        let mut world = base();
        let other = |name: &str, app: &str| {
            let pod = of_web("c", "h1", 3, 1_000);
            let labels = [("app", app), ("pod-template-hash", "h1")].into_iter().collect();
            Pod { meta: Meta { labels, key: Key::new("shop", name), uid: Uid::from(name), ..pod.meta }, ..pod }
        };
        play(&mut world, [(0, put(other("c", "other")))]);
        let edit = Service { selector: Selector([("app", "other")].into_iter().collect()), ..service("web", &[]) };
        let (edit, slice) = (Delta::Service(Step::Applied(edit)), with(ready(3, "c")));
        let both = if slice_first { [slice, edit] } else { [edit, slice] };
        play(&mut world, (20_000..).zip(both));
        let joined = world.1.ledger.entries().find(|entry| entry.event.id() == "joined").unwrap();
        assert_eq!((joined.why.id(), joined.lag), ("selector-edited", None), "slice first: {slice_first}");
    }
}

#[test]
fn a_slice_heard_before_its_pod_is_one_change_of_its_row() {
    let mut world = base();
    play(&mut world, [(0, with(ready(3, "c"))), (10, put(of_web("c", "h1", 3, START.0)))]);
    let rows = told(&world, "c").into_iter().filter(|(event, _)| ["joined", "changed", "selected"].contains(event));
    assert_eq!(rows.collect::<Vec<_>>(), [("joined", "scale")]);
    let counted = world.1.unrest.of(&key()).unwrap().pace.history(START.plus(10), 1);
    assert_eq!(counted, [1]);
}

#[test]
fn stages_within_a_second_stand_in_their_order() {
    let mut world = base();
    let start = Time(START.0 + 900);
    let second = Second::of(START);
    let bound = Pod { node: Some("n1".into()), scheduled: second, ..unbound("c", 3) };
    let up = of_web("c", "h1", 3, START.0);
    let up = Pod { scheduled: second, started: second, ready_since: Some(START), ..up };
    for (after, delta) in [(0, put(unbound("c", 3))), (40, put(bound)), (150, put(up)), (200, with(ready(3, "c")))] {
        step(&mut world, start.plus(after), vec![delta]);
    }
    let life = world.1.ledger.life(&world.0, &key(), &RowId::Pod(Uid::from("c")), Time(i64::MAX));
    let steps: Vec<_> = life.passed.iter().map(|passed| passed.step).collect();
    let expected = [Stage::Created, Stage::Scheduled, Stage::Started, Stage::Addressed, Stage::Ready, Stage::InService];
    assert_eq!(steps, expected);
}
