//! An address that another pod takes, and slices that nobody writes for a while.

use std::time::Duration;

use podpath::churn::{LagOf, Step, When, Why};
use podpath::model::Key;
use serde_json::json;

use super::audit::Audit;
use super::field::{Field, ready, service};
use super::lives::steps;
use crate::observer::Observer;

const IP: &str = "10.244.77.7";

pub(super) async fn reuse(field: &mut Field) {
    field.namespace("address").await;
    field.api().apply(&service("address", "web")).await;
    field.bare("address", "first", "web", IP).await;
    field.serves("address", 1).await;
    field.api().delete("/api/v1/namespaces/address/pods/first", Some(0)).await;
    field.bare("address", "stranger", "other", IP).await;
    let stranger = Key::new("address", "stranger");
    field.sees("the stranger", |eyes| eyes.store.pod(&stranger).is_some_and(|pod| pod.ready)).await;
    field.serves("address", 0).await;
}

pub(super) fn reuse_is_told(field: &Field, audit: &Audit) {
    let pods = audit.pods("address");
    let [(first, first_uid, _), (_, stranger, _)] = pods.as_slice() else { panic!("{} pods", pods.len()) };
    let life = field.life(audit, "address", first, first_uid);
    assert_eq!(steps(&life)[..2], [Step::Created, Step::Scheduled]);
    for (event, why) in
        [("came", "pod-created"), ("joined", "pod-created"), ("left", "pod-deleted"), ("went", "pod-deleted")]
    {
        assert_eq!(field.one(first_uid, event).why.id(), why, "{event}\n{}", field.told("address"));
    }
    let ip = IP.parse().unwrap();
    let Why::IpReused(reused) = &field.one(stranger, "addressed").why else {
        panic!("{}", field.told("address"));
    };
    assert_eq!((reused.ip, &reused.before), (ip, &Key::new("address", "first")));
    let written = |name, uid, step| audit.step("address", name, uid, step).unwrap();
    let gone = written("first", first_uid, Step::Gone);
    let taken = written("stranger", stranger, Step::Addressed);
    let between = taken.received.since(gone.received);
    assert!(reused.after.abs_diff(between) <= 2_000, "{} ms told, {between} ms written", reused.after);
    let holds = field.eyes.past.holders.of(ip, &field.eyes.store);
    let names: Vec<_> = holds.iter().map(|hold| hold.pod.name.as_str()).collect();
    assert_eq!(names, ["first", "stranger"]);
    assert_eq!((holds[0].to.is_some(), holds[1].to, holds[1].reused.as_deref()), (true, None, Some(&**reused)));
    let (from, to) = (holds[1].from.time(), holds[0].to.unwrap());
    assert!(matches!(holds[1].from, When::Seen(_)) && to <= from);
    assert!(to >= gone.received && to <= gone.answered.plus(2_000) && from >= taken.received);
}

/// How long nobody writes slices.
const STANDSTILL: Duration = Duration::from_secs(20);

const LATE: &str = "late";

/// Pods become ready and go while no controller runs.
pub(super) async fn standstill(field: &mut Field) {
    let api = field.api();
    field.namespace(LATE).await;
    api.apply(&service(LATE, "web")).await;
    for (name, last) in [("stays", 1), ("returns", 2), ("lingers", 3), ("goes", 4)] {
        field.bare(LATE, name, "web", &format!("10.244.78.{last}")).await;
    }
    field.serves(LATE, 4).await;
    let path = |name: &str| format!("/api/v1/namespaces/{LATE}/pods/{name}");
    api.patch_status(&path("returns"), &json!({"conditions": ready(false)})).await;
    let key = Key::new(LATE, "web");
    field.sees("one is not ready", |eyes| eyes.store.summary(&key).usable == 3).await;
    field.cluster.stop_controllers();
    api.patch_status(&path("returns"), &json!({"conditions": ready(true)})).await;
    // Nobody ends its containers: it has its grace.
    api.delete(&path("lingers"), None).await;
    api.delete(&path("goes"), Some(0)).await;
    field.bare(LATE, "comes", "web", "10.244.78.5").await;
    field.wait(STANDSTILL).await;
    field.cluster.start_controllers();
    let drains = |eyes: &Observer| {
        let rows = eyes.store.rows(&key);
        rows.iter().any(|row| row.pod_key().is_some_and(|pod| *pod.name == *"lingers") && !row.usable())
    };
    field.sees("slices are written again", drains).await;
    field.wait(Duration::from_secs(1)).await;
    api.delete(&path("lingers"), Some(0)).await;
    field.serves(LATE, 3).await;
}

pub(super) fn standstill_is_told(field: &Field, audit: &Audit) {
    for (name, uid, _) in audit.pods(LATE) {
        field.life(audit, LATE, &name, &uid);
        let slow: Vec<_> = field
            .entries(LATE)
            .filter(|entry| entry.lag.is_some_and(|lag| lag.slow()))
            .filter(|entry| {
                entry.on == podpath::churn::Subject::Row(Key::new(LATE, "web"), podpath::store::RowId::Pod(uid.clone()))
            })
            .map(|entry| (entry.event.id(), entry.why.id(), entry.lag.unwrap().of))
            .collect();
        let expected: &[_] = match name.as_str() {
            "returns" => &[("endpoint-ready", "readiness-gained", LagOf::ReadyToSlice)],
            "lingers" => &[("draining", "pod-deleted", LagOf::DeletingToOut)],
            "goes" => &[("left", "pod-deleted", LagOf::DeletingToOut)],
            "comes" => &[("joined", "pod-created", LagOf::ReadyToSlice)],
            _ => &[],
        };
        assert_eq!(slow, expected, "{name}\n{}", field.told(LATE));
    }
    for (_, lag) in field.eyes.past.ledger.slowest(podpath::model::Time(0), 10) {
        assert!(lag.millis >= 19_000, "nobody wrote for 20 s: {lag:?}");
    }
}
