//! What must not matter to a trace, and what may only make it less sure.

use podpath::model::Kind;
use serde_json::{Value, json};

use super::world::Change;
use super::{Came, play, scenarios};

#[test]
fn the_order_of_objects_never_matters() {
    for (name, scenario) in scenarios() {
        let there = play(&scenario, &Change::default());
        let back = play(&scenario, &Change { backwards: true, ..Change::default() });
        assert_eq!(there, back, "{name}");
    }
}

/// A namespace of its own, in which everything is as in any other.
fn unrelated() -> Vec<Value> {
    let meta = |name: &str| json!({"name": name, "namespace": "zoo", "labels": {"app": "zebra"}});
    vec![
        json!({"kind": "Namespace", "metadata": {"name": "zoo"}}),
        json!({"kind": "Node", "metadata": {"name": "n9", "labels": {"topology.kubernetes.io/zone": "z"}},
            "status": {"addresses": [{"type": "InternalIP", "address": "192.168.9.9"}]}}),
        json!({"kind": "Service", "metadata": meta("zebra"), "spec": {"type": "ClusterIP", "clusterIP": "10.96.99.9",
            "clusterIPs": ["10.96.99.9"], "ipFamilies": ["IPv4"], "selector": {"app": "zebra"},
            "ports": [{"name": "stripes", "port": 1234, "targetPort": 1234}]}}),
        json!({"kind": "EndpointSlice", "metadata": {"name": "zebra-1", "namespace": "zoo",
                "labels": {"kubernetes.io/service-name": "zebra",
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}},
            "addressType": "IPv4", "ports": [{"name": "stripes", "port": 1234, "protocol": "TCP"}],
            "endpoints": [{"addresses": ["10.244.77.7"], "conditions": {"ready": true}, "nodeName": "n9", "zone": "z",
                "targetRef": {"kind": "Pod", "name": "zebra-a", "namespace": "zoo"}}]}),
        json!({"kind": "Pod", "metadata": meta("zebra-a"), "spec": {"nodeName": "n9", "containers": [{"name": "z",
                "image": "z"}]},
            "status": {"phase": "Running", "podIP": "10.244.77.7", "podIPs": [{"ip": "10.244.77.7"}],
                "conditions": [{"type": "Ready", "status": "True"}]}}),
        json!({"kind": "NetworkPolicy", "metadata": meta("fence"), "spec": {"podSelector": {}}}),
    ]
}

#[test]
fn an_unrelated_object_never_matters() {
    let all = unrelated();
    for (name, scenario) in scenarios() {
        let without = play(&scenario, &Change::default());
        for object in &all {
            let with = play(&scenario, &Change { more: vec![object.clone()], ..Change::default() });
            assert_eq!(without, with, "{name}: {object}");
        }
        assert_eq!(without, play(&scenario, &Change { more: all.clone(), ..Change::default() }), "{name}");
    }
}

/// Whether what came of a world of which less is known says no more than what came of the whole.
fn no_more(whole: &Came, less: &Came, kind: Kind) -> bool {
    let assumed = less.sure.as_ref().is_some_and(|sure| sure.starts_with("assumed"));
    match kind {
        // How the cluster is set up is assumed where it cannot be read, and said to be.
        Kind::Config(_) | Kind::ServiceCidr => {
            less.verdict == whole.verdict || less.verdict.starts_with("undecided") || assumed
        }
        Kind::Service | Kind::Slice | Kind::Pod | Kind::Node | Kind::Namespace | Kind::NetworkPolicy => {
            less.verdict == whole.verdict || less.verdict.starts_with("undecided") || less.verdict == "no trace"
        }
    }
}

#[test]
fn a_kind_that_is_not_known_makes_an_answer_less_sure_and_never_another_one() {
    let mut wrong = Vec::new();
    for (name, scenario) in scenarios() {
        if scenario.why.is_some() {
            continue;
        }
        let whole = play(&scenario, &Change::default());
        for kind in Kind::ALL {
            let less = play(&scenario, &Change { blind: vec![kind], ..Change::default() });
            if !no_more(&whole, &less, kind) {
                wrong.push(format!("{name} without {}: {} becomes {}", kind.name(), whole.verdict, less.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
