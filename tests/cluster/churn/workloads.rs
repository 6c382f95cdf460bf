//! What controllers and administrators do to pods: a rolling update, a drained node, a crash loop.

use std::collections::BTreeSet;
use std::time::Duration;

use podpath::churn::{NodeTrouble, Rollout, Step, Why};
use podpath::model::{Key, Uid};
use podpath::store::RowId;
use serde_json::json;

use super::audit::Audit;
use super::field::{Field, name_of, path_of, ready, template, uid_of};
use super::lives::steps;

const HOLD: &str = "podpath.test/hold";
const PODS: usize = 30;

/// A pod that stays while it is deleted drains meanwhile.
pub(super) async fn rollout(field: &mut Field) -> Uid {
    field.shop("rollout", "a", PODS).await;
    let api = field.api();
    let held = field.pods("rollout").await.remove(0);
    api.patch(&path_of(&held), &json!({"metadata": {"finalizers": [HOLD]}})).await;
    let change = json!({"spec": {"template": template("web", "a", "web:2")}});
    api.patch("/apis/apps/v1/namespaces/rollout/deployments/web", &change).await;
    let key = Key::new("rollout", "web");
    field
        .sees("all pods but the held one are new", |eyes| {
            let pods = eyes.store.pods().filter(|pod| pod.meta.key.namespace == *"rollout");
            let old = pods.filter(|pod| pod.containers[0].image == *"web:1").count();
            old == 1 && eyes.store.summary(&key).usable == PODS
        })
        .await;
    field.wait(Duration::from_secs(4)).await;
    api.patch(&path_of(&held), &json!({"metadata": {"finalizers": null}})).await;
    field.serves("rollout", PODS).await;
    uid_of(&held)
}

pub(super) fn rollout_is_told(field: &Field, audit: &Audit, held: &Uid) {
    let pods = audit.pods("rollout");
    let (old, new) = pods.split_at(PODS);
    assert_eq!(new.len(), PODS);
    let (from, to) = (&old[0].2, &new[0].2);
    let rollout = Rollout { workload: "web".into(), from: from.as_str().into(), to: to.as_str().into() };
    let rollout = Why::Rollout(Box::new(rollout));
    for (name, uid, _) in new {
        let life = field.life(audit, "rollout", name, uid);
        let expected = [Step::Created, Step::Scheduled, Step::Started, Step::Addressed, Step::Ready, Step::InService];
        assert_eq!(steps(&life), expected, "{name}\n{}", field.told_of(uid));
        for event in ["came", "scheduled", "ready", "joined"] {
            assert_eq!(field.one(uid, event).why, rollout, "{name} {event}");
        }
    }
    for (name, uid, _) in old {
        let life = field.life(audit, "rollout", name, uid);
        let passed = steps(&life);
        assert_eq!(passed[..6].last(), Some(&Step::InService), "{name} {passed:?}");
        let ends: BTreeSet<Step> = passed[6..].iter().copied().collect();
        assert!([Step::Deleting, Step::Left, Step::Gone].iter().all(|step| ends.contains(step)), "{name} {passed:?}");
        for event in ["deleting", "left", "went"] {
            assert_eq!(field.one(uid, event).why, rollout, "{name} {event}");
        }
    }
    let lingers = field.one(held, "left");
    let drains = field.one(held, "draining");
    assert!(lingers.at.since(drains.at) >= 4_000, "it was held");
    assert!(lingers.lag.is_none_or(|lag| !lag.slow()), "to be held is no delay of the slice: {:?}", lingers.lag);
}

/// As `kubectl drain` does it.
pub(super) async fn drain(field: &mut Field) {
    field.shop("drain", "drain", 6).await;
    let api = field.api();
    api.patch("/api/v1/nodes/d1", &json!({"spec": {"unschedulable": true}})).await;
    for pod in field.pods("drain").await.iter().filter(|pod| pod["spec"]["nodeName"] == "d1") {
        api.evict("drain", &name_of(pod)).await;
    }
    field
        .sees("all pods on the other node", |eyes| {
            let mut pods = eyes.store.pods().filter(|pod| pod.meta.key.namespace == *"drain");
            pods.all(|pod| pod.node.as_ref().is_some_and(|node| *node == "d2"))
        })
        .await;
    field.serves("drain", 6).await;
}

pub(super) fn drain_is_told(field: &Field, audit: &Audit) {
    let closed = Why::Node("d1".into(), NodeTrouble::Cordoned);
    let mut moved = 0;
    for (place, (name, uid, _)) in audit.pods("drain").iter().enumerate() {
        field.life(audit, "drain", name, uid);
        if !field.of(uid, "went").is_empty() {
            moved += 1;
            for event in ["deleting", "left", "went"] {
                assert_eq!(field.one(uid, event).why, closed, "{name} {event}");
            }
        }
        let came = if place < 6 { "scale" } else { "pod-deleted" };
        for event in ["came", "ready", "joined"] {
            assert_eq!(field.one(uid, event).why.id(), came, "{name} {event}");
        }
    }
    assert!(moved > 0 && audit.pods("drain").len() == 6 + moved);
    let cordons = field.causes("", |entry| entry.event.id() == "cordoned");
    assert_eq!(cordons, ["edited"]);
}

const CRASHES: u32 = 4;

pub(super) async fn crash_loop(field: &mut Field) -> Uid {
    field.shop("crash", "b", 3).await;
    let pod = field.pods("crash").await.remove(0);
    let key = Key::new("crash", "web");
    for restarts in 1..=CRASHES {
        for up in [false, true] {
            let state = if up {
                json!({"running": {"startedAt": null}, "waiting": null})
            } else {
                json!({"waiting": {"reason": "CrashLoopBackOff"}, "running": null})
            };
            let mut container = pod["status"]["containerStatuses"][0].clone();
            container["ready"] = json!(up);
            container["restartCount"] = json!(restarts);
            container["state"] = state;
            let status = json!({"conditions": ready(up), "containerStatuses": [container]});
            field.api().patch_status(&path_of(&pod), &status).await;
            let usable = if up { 3 } else { 2 };
            field.sees("it goes up and down", |eyes| eyes.store.summary(&key).usable == usable).await;
        }
    }
    uid_of(&pod)
}

pub(super) fn crash_loop_is_told(field: &Field, audit: &Audit, uid: &Uid) {
    let (name, ..) = audit.pods("crash").into_iter().find(|(_, known, _)| known == uid).unwrap();
    field.life(audit, "crash", &name, uid);
    let restarts: Vec<u32> = field
        .of(uid, "not-ready")
        .iter()
        .map(|entry| {
            let Why::ReadinessLost(lost) = &entry.why else { panic!("{:?}", entry.why) };
            assert_eq!((lost.container.as_deref(), &*lost.reason), (Some("app"), "CrashLoopBackOff"));
            lost.restarts
        })
        .collect();
    assert_eq!(restarts, (1..=CRASHES).collect::<Vec<_>>(), "each loss has its own evidence");
    let told = |event| field.of(uid, event).iter().map(|entry| entry.why.id()).collect::<Vec<_>>();
    assert_eq!(told("restarted"), ["readiness-lost"; CRASHES as usize]);
    assert_eq!(told("endpoint-not-ready"), ["readiness-lost"; CRASHES as usize]);
    assert_eq!(told("endpoint-ready"), ["readiness-gained"; CRASHES as usize]);
    let restless = field.eyes.past.unrest.of(&Key::new("crash", "web")).unwrap();
    let now = field.of(uid, "endpoint-ready").last().unwrap().at;
    let flapping: Vec<_> = restless.flapping(now).map(|(id, _)| id.clone()).collect();
    assert_eq!(flapping, [RowId::Pod(uid.clone())]);
}
