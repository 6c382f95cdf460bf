//! What must not be taken for a cause.

use super::world::{START, b, base, deleting, of_web, put, ready, step, unready, up, web};
use crate::churn::{Past, Subject};
use crate::model::{Endpoint, Labels, Meta, Node, NodeReady, Pod};
use crate::store::Store;
use crate::store::tests::delta::{Delta, Step};
use crate::store::tests::endpoint;

fn node_fails(world: &mut (Store, Past), after: i64) {
    let ready = NodeReady::NotReady { reason: "NodeStatusUnknown".into(), since: None };
    step(world, START.plus(after), vec![Delta::Node(Step::Applied(Node { ready, ..up("n1") }))]);
}

fn whys(past: &Past, name: &str, event: &str) -> Vec<&'static str> {
    let named = |subject: &Subject| match subject {
        Subject::Row(_, crate::store::RowId::Pod(uid)) | Subject::Pod(_, uid) => uid.to_string() == name,
        Subject::Row(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Node(_) => false,
    };
    let entries = past.ledger.entries().filter(|entry| named(&entry.on) && entry.event.id() == event);
    entries.map(|entry| entry.why.id()).collect()
}

#[test]
fn a_label_that_no_selector_names_moves_no_pod() {
    let mut world = base();
    let young = Pod { ready: false, ready_since: None, node: None, ..of_web("c", "h1", 3, START.0) };
    let labels: Labels =
        [("app", "web"), ("pod-template-hash", "h1"), ("topology.kubernetes.io/zone", "a")].into_iter().collect();
    let placed = of_web("c", "h1", 3, START.0);
    let placed = Pod { meta: Meta { labels, ..placed.meta }, ..placed };
    step(&mut world, START, vec![put(young)]);
    step(&mut world, START.plus(50), vec![put(placed)]);
    step(&mut world, START.plus(90), vec![web(vec![ready(1, "a"), ready(2, "b"), ready(3, "c")])]);
    assert_eq!(whys(&world.1, "c", "joined"), ["scale"]);
    // The scheduler writes its node's place into the labels of a pod that it binds: that is no news.
    assert_eq!(whys(&world.1, "c", "relabelled"), [""; 0]);
}

#[test]
fn a_node_that_fails_later_explains_nothing_that_was_before() {
    let mut world = base();
    let crash = Endpoint { serving: Some(false), ..endpoint(2, Some(("b", "b")), false, false) };
    step(&mut world, START, vec![put(unready(b()))]);
    step(&mut world, START.plus(300), vec![web(vec![ready(1, "a"), crash])]);
    step(&mut world, START.plus(5_000), vec![put(b())]);
    step(&mut world, START.plus(5_300), vec![web(vec![ready(1, "a"), ready(2, "b")])]);
    step(&mut world, START.plus(9_000), vec![put(deleting(super::world::a()))]);
    // The node takes b's readiness along, and what happened before keeps its cause.
    step(&mut world, START.plus(20_000), vec![put(unready(b()))]);
    node_fails(&mut world, 20_100);
    assert_eq!(whys(&world.1, "b", "not-ready"), ["readiness-lost", "node"]);
    assert_eq!(whys(&world.1, "b", "endpoint-not-ready"), ["readiness-lost"]);
    assert_eq!(whys(&world.1, "a", "deleting"), ["scale"]);
}

#[test]
fn a_pod_that_is_gone_before_its_slice_says_so_is_told_once() {
    let mut world = base();
    step(&mut world, START, vec![put(deleting(b()))]);
    step(&mut world, START.plus(100), vec![super::world::gone("b")]);
    step(&mut world, START.plus(200), vec![web(vec![ready(1, "a")])]);
    assert_eq!(whys(&world.1, "b", "changed"), [""; 0]);
    assert_eq!(whys(&world.1, "b", "left"), ["scale"]);
}
