//! Each cause, in every order in which the kinds' streams can arrive.

use std::collections::BTreeSet;

use super::world::{START, b, base, deleting, gone, of_web, put, ready, step, unready, up, web};
use crate::churn::{Past, Subject, Why};
use crate::model::{
    Endpoint, Hints, Key, Meta, Node, NodeReady, Phase, Pod, Port, Selector, Service, TargetPort, Text, Uid,
};
use crate::store::RowId;
use crate::store::tests::delta::{Delta, Step};
use crate::store::tests::{endpoint, pod, service, slice};

/// All ways to merge streams, each of which keeps its order.
fn merges(streams: &[Vec<Delta>]) -> Vec<Vec<Delta>> {
    if streams.iter().all(Vec::is_empty) {
        return vec![Vec::new()];
    }
    let mut merged = Vec::new();
    for (at, stream) in streams.iter().enumerate() {
        let Some(first) = stream.first() else { continue };
        let mut rest = streams.to_vec();
        rest[at].remove(0);
        merged.extend(merges(&rest).into_iter().map(|mut tail| {
            tail.insert(0, first.clone());
            tail
        }));
    }
    merged
}

/// What was told: subject's name and event, and the causes given for it.
fn told(past: &Past, name: &str, event: &str) -> BTreeSet<&'static str> {
    let named = |subject: &Subject| match subject {
        Subject::Row(_, RowId::Pod(uid)) | Subject::Pod(_, uid) => uid.to_string() == name,
        Subject::Service(key) | Subject::Slice(key) => key.name == name,
        Subject::Node(node) => *node == name,
        Subject::Row(_, RowId::Address(_) | RowId::Name(_)) => false,
    };
    past.ledger
        .entries()
        .filter(|entry| named(&entry.on) && entry.event.id() == event)
        .map(|entry| entry.why.id())
        .collect()
}

struct Case {
    what: &'static str,
    streams: Vec<Vec<Delta>>,
    /// Subject, event, cause.
    expected: Vec<(&'static str, &'static str, &'static str)>,
}

fn cases() -> Vec<Case> {
    let new = || of_web("n", "h2", 3, 900_000);
    let same = || of_web("c", "h1", 3, 900_000);
    let both = || vec![ready(1, "a"), ready(2, "b")];
    let draining = || endpoint(2, Some(("b", "b")), false, true);
    let on = |pod: Pod, node: &str| Pod { node: Some(node.into()), ..pod };
    let not_ready = || {
        let ready = NodeReady::NotReady { reason: "KubeletDown".into(), since: None };
        Delta::Node(Step::Applied(Node { ready, ..up("n1") }))
    };
    let n1 = Key { namespace: Text::default(), name: "n1".into() };
    let other = || Service { selector: Selector([("app", "other")].into_iter().collect()), ..service("web", &[]) };
    let mut moved = service("web", &[("app", "web")]);
    moved.ports[0].target = TargetPort::Number(Port(9_090));
    let mut moved_slice = slice("web-1", "web", true, both());
    moved_slice.ports[0].port = Some(Port(9_090));
    let hinted = Endpoint { hints: Some(Box::new(Hints { zones: vec!["z".into()], nodes: vec![] })), ..ready(1, "a") };
    let relabelled = Pod { meta: Meta { labels: [("app", "aside")].into_iter().collect(), ..b().meta }, ..b() };
    let unowned = |name: &str, last: u8| pod(name, name, "web", last);
    let failed = Pod { phase: Phase::Failed, ready: false, ..b() };
    vec![
        Case {
            what: "a rollout",
            streams: vec![
                vec![put(new()), put(deleting(b())), gone("b")],
                vec![
                    web([both(), vec![ready(3, "n")]].concat()),
                    web(vec![ready(1, "a"), draining(), ready(3, "n")]),
                    web(vec![ready(1, "a"), ready(3, "n")]),
                ],
            ],
            expected: vec![
                ("n", "joined", "rollout"),
                ("b", "left", "rollout"),
                ("b", "draining", "rollout"),
                ("n", "came", "rollout"),
                ("b", "went", "rollout"),
            ],
        },
        Case {
            what: "a rollout that deletes first",
            streams: vec![
                vec![put(deleting(b())), gone("b"), put(new())],
                vec![web(vec![ready(1, "a")]), web(vec![ready(1, "a"), ready(3, "n")])],
            ],
            expected: vec![("n", "joined", "rollout"), ("b", "left", "rollout"), ("b", "deleting", "rollout")],
        },
        Case {
            what: "a scale down",
            streams: vec![
                vec![put(deleting(b())), gone("b")],
                vec![web(vec![ready(1, "a"), draining()]), web(vec![ready(1, "a")])],
            ],
            expected: vec![("b", "left", "scale"), ("b", "draining", "scale"), ("b", "went", "scale")],
        },
        Case {
            what: "a scale up",
            streams: vec![vec![put(same())], vec![web([both(), vec![ready(3, "c")]].concat())]],
            expected: vec![("c", "joined", "scale"), ("c", "came", "scale"), ("c", "ready", "scale")],
        },
        Case {
            what: "a pod deleted and replaced by its owner",
            streams: vec![
                vec![put(deleting(b())), put(same()), gone("b")],
                vec![web(vec![ready(1, "a")]), web(vec![ready(1, "a"), ready(3, "c")])],
            ],
            expected: vec![
                ("b", "left", "pod-deleted"),
                ("c", "joined", "pod-deleted"),
                ("b", "deleting", "pod-deleted"),
            ],
        },
        Case {
            what: "a pod without owner",
            streams: vec![
                vec![put(unowned("x", 7)), put(deleting(unowned("x", 7))), gone("x")],
                vec![web([both(), vec![ready(7, "x")]].concat()), web(both())],
            ],
            expected: vec![("x", "joined", "pod-created"), ("x", "left", "pod-deleted"), ("x", "came", "pod-created")],
        },
        Case {
            what: "a pod that ended",
            streams: vec![vec![put(failed)], vec![web(vec![ready(1, "a")])]],
            expected: vec![("b", "left", "pod-ended"), ("b", "ended", "pod-ended")],
        },
        Case {
            what: "readiness lost",
            streams: vec![
                vec![put(unready(b()))],
                vec![web(vec![
                    ready(1, "a"),
                    Endpoint { serving: Some(false), ..endpoint(2, Some(("b", "b")), false, false) },
                ])],
            ],
            expected: vec![("b", "endpoint-not-ready", "readiness-lost"), ("b", "not-ready", "readiness-lost")],
        },
        Case {
            what: "a node lost",
            streams: vec![
                vec![not_ready()],
                vec![put(unready(b()))],
                vec![web(vec![ready(1, "a"), endpoint(2, Some(("b", "b")), false, false)])],
            ],
            expected: vec![("b", "endpoint-not-ready", "node"), ("n1", "not-ready", "node")],
        },
        Case {
            what: "a node gone",
            streams: vec![
                vec![Delta::Node(Step::Deleted(n1, Uid::from("n1")))],
                vec![gone("b")],
                vec![web(vec![ready(1, "a")])],
            ],
            expected: vec![("b", "left", "node"), ("b", "went", "node"), ("n1", "went", "node")],
        },
        Case {
            what: "a selector edited",
            streams: vec![vec![Delta::Service(Step::Applied(other()))], vec![web(vec![])]],
            expected: vec![("b", "left", "selector-edited"), ("web", "selector", "edited")],
        },
        Case {
            what: "a Service port edited",
            streams: vec![vec![Delta::Service(Step::Applied(moved))], vec![Delta::Slice(Step::Applied(moved_slice))]],
            expected: vec![("b", "changed", "port-edited"), ("web", "ports", "edited")],
        },
        Case {
            what: "a pod's label edited",
            streams: vec![vec![put(relabelled)], vec![web(vec![ready(1, "a")])]],
            expected: vec![("b", "left", "relabelled"), ("b", "relabelled", "relabelled")],
        },
        Case {
            what: "a slice of someone else",
            streams: vec![vec![Delta::Slice(Step::Applied(slice("mine", "web", false, vec![ready(9, "z")])))]],
            expected: vec![("z", "joined", "slice-edited"), ("mine", "came", "slice-edited")],
        },
        Case {
            what: "hints",
            streams: vec![vec![web(vec![hinted, ready(2, "b")])]],
            expected: vec![("a", "changed", "hint-changed")],
        },
        Case {
            what: "an address taken again",
            streams: vec![vec![put(deleting(b())), gone("b"), put(unowned("x", 2))], vec![web(vec![ready(1, "a")])]],
            expected: vec![("x", "addressed", "ip-reused"), ("b", "left", "scale")],
        },
        Case {
            what: "an address taken before it was let go",
            streams: vec![vec![put(unowned("x", 2)), gone("b")]],
            expected: vec![("x", "addressed", "ip-reused")],
        },
        Case {
            what: "another pod under the name",
            streams: vec![
                vec![put(Pod { meta: Meta { uid: Uid::from("b2"), ..b().meta }, ..b() })],
                vec![web(vec![ready(1, "a"), endpoint(2, Some(("b", "b2")), true, false)])],
            ],
            expected: vec![
                ("b2", "replaced", "replaced"),
                ("b2", "joined", "pod-deleted"),
                ("b", "left", "pod-deleted"),
            ],
        },
        Case {
            what: "a Service deleted",
            streams: vec![
                vec![Delta::Service(Step::Deleted(Key::new("shop", "web"), Uid::from("web")))],
                vec![Delta::Slice(Step::Deleted(Key::new("shop", "web-1"), Uid::from("web-1")))],
            ],
            expected: vec![
                ("web", "went", "service-deleted"),
                ("web-1", "went", "service-deleted"),
                ("b", "left", "service-deleted"),
            ],
        },
        Case {
            what: "an entry of a slice gone for no reason",
            streams: vec![vec![web(vec![ready(1, "a")])]],
            expected: vec![("b", "left", "unknown")],
        },
        Case {
            what: "a drain",
            streams: vec![
                vec![Delta::Node(Step::Applied(Node { unschedulable: true, ..up("n1") }))],
                vec![put(deleting(b())), put(on(same(), "n2")), gone("b")],
                vec![web(vec![ready(1, "a")]), web(vec![ready(1, "a"), ready(3, "c")])],
            ],
            expected: vec![
                ("n1", "cordoned", "edited"),
                ("b", "left", "node"),
                ("b", "deleting", "node"),
                ("c", "joined", "pod-deleted"),
            ],
        },
    ]
}

#[test]
fn each_cause_is_found_in_every_order_of_arrival() {
    let mut wrong = Vec::new();
    for Case { what, streams, expected } in cases() {
        for order in merges(&streams) {
            // One delta to a batch, two, all.
            for size in [1, 2, order.len()] {
                let mut world = base();
                for (batch, number) in order.chunks(size).zip(0..) {
                    let at = START.plus(number * 400);
                    step(&mut world, at, batch.to_vec());
                }
                for (name, event, why) in &expected {
                    let told = told(&world.1, name, event);
                    let seen = !told.is_empty() || size > 1;
                    if told.iter().any(|told| told != why) || !seen {
                        let kinds: Vec<String> = order.iter().map(kind).collect();
                        wrong.push(format!("{what}: {name} {event}: {told:?}, not {why}; {size} of {kinds:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

fn kind(delta: &Delta) -> String {
    match delta {
        Delta::Service(_) => "service".into(),
        Delta::Slice(Step::Applied(slice)) => format!("slice {}", slice.endpoints.len()),
        Delta::Slice(_) => "slice gone".into(),
        Delta::Pod(Step::Applied(pod)) => {
            format!("pod {}{}", pod.meta.key.name, if pod.meta.deleted.is_some() { "-" } else { "" })
        }
        Delta::Pod(_) => "pod gone".into(),
        Delta::Node(_) => "node".into(),
        Delta::Namespace(_)
        | Delta::NetworkPolicy(_)
        | Delta::ServiceCidr(_)
        | Delta::Config(..)
        | Delta::Watching(..)
        | Delta::Health(..)
        | Delta::HealthIn(..)
        | Delta::Skipped(..)
        | Delta::Clock(_) => String::new(),
    }
}

#[test]
fn every_cause_has_its_word() {
    let ids: Vec<&str> = Why::all().iter().map(Why::id).collect();
    assert_eq!(ids, Why::IDS);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}
