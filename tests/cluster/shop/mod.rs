//! The shop: a small company's Services, and two minutes in their life that show what makes pods unreliable and what
//! Services do about it. The playground lives it in a loop; the bundled demo is a recording of it.

mod objects;
mod story;
mod system;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use crate::harness::Cluster;

pub(crate) use story::LENGTH;

/// The API path of the shop's namespace for core objects.
const CORE: &str = "/api/v1/namespaces/shop";
/// … and for workloads.
const APPS: &str = "/apis/apps/v1/namespaces/shop";

/// Opens the shop: all objects are there and every pod that can be is ready.
pub(crate) async fn open(cluster: &Cluster) {
    for (name, zone) in [("node-a1", "a"), ("node-a2", "a"), ("node-b1", "b"), ("node-b2", "b"), ("node-c1", "c")] {
        cluster.node(name, zone).await;
    }
    for object in system::all().into_iter().chain(objects::all()) {
        cluster.api().apply(&object).await;
    }
    for (app, count) in
        [("cart", 4), ("checkout", 3), ("web", 6), ("search", 2), ("catalog", 2), ("db", 3), ("worker", 2)]
    {
        ready(cluster, app, count).await;
    }
    dual_stack(cluster).await;
}

/// Lives the two minutes, `speed` times as fast, from now on.
pub(crate) async fn live(cluster: &Cluster, speed: f64) {
    let start = Instant::now();
    for (second, act) in story::STORY {
        sleep_until(start + Duration::from_secs_f64(second / speed)).await;
        story::act(cluster, *act).await;
    }
    sleep_until(start + Duration::from_secs_f64(LENGTH / speed)).await;
}

/// The pods of an app by name.
async fn pods(cluster: &Cluster, app: &str) -> Vec<Value> {
    let mut pods = cluster.api().list(&format!("{CORE}/pods?labelSelector=app%3D{app}")).await;
    pods.sort_by_key(name_of);
    pods
}

fn name_of(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

/// Waits until so many pods of an app are ready.
async fn ready(cluster: &Cluster, app: &str, count: usize) {
    for _ in 0..600 {
        if pods(cluster, app).await.iter().filter(|pod| is_ready(pod)).count() >= count {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("{count} pods of {app} are not ready after a minute");
}

/// kwok gives IPv4 addresses only; the catalog's pods get one of each family.
async fn dual_stack(cluster: &Cluster) {
    for (at, pod) in pods(cluster, "catalog").await.iter().enumerate() {
        let v4 = pod["status"]["podIP"].as_str().unwrap_or_default();
        let ips = json!([{"ip": v4}, {"ip": format!("fd00:10:244::{:x}", at + 0x11)}]);
        let path = format!("{CORE}/pods/{}", name_of(pod));
        cluster.api().patch_status(&path, &json!({"podIP": v4, "podIPs": ips})).await;
    }
}
