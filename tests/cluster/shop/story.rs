//! Two minutes, act by act.

use serde_json::{Value, json};

use super::{APPS, CORE, is_ready, name_of, pods};
use crate::harness::Cluster;

/// Something that happens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// A pod dies; its successor has another name and another IP.
    Die(&'static str),
    /// More or fewer replicas.
    Scale(&'static str, u32),
    /// A new version, one pod after the other.
    Roll(&'static str, &'static str),
    /// A container crashes again and again; how often so far.
    Crash(&'static str, u32),
    /// It runs again.
    Recover(&'static str),
    /// A readiness probe fails for a while.
    Unready(&'static str),
    /// A node stops answering.
    NodeDown(&'static str),
    /// It is back.
    NodeUp(&'static str),
    /// A pod is asked to end and takes its time: it still serves.
    Linger(&'static str),
    /// It has ended.
    Release(&'static str),
}

/// How long the story is, in seconds.
pub(crate) const LENGTH: f64 = 120.0;

/// When what happens, in seconds.
pub(super) const STORY: &[(f64, Act)] = &[
    (6.0, Act::Die("cart")),
    (12.0, Act::Unready("checkout")),
    (17.0, Act::Recover("checkout")),
    (20.0, Act::Scale("cart", 7)),
    (28.0, Act::Scale("cart", 3)),
    (34.0, Act::Roll("checkout", "1.5.0")),
    (44.0, Act::Crash("reports", 1)),
    (48.0, Act::Scale("search-v1", 2)),
    (50.0, Act::Crash("reports", 3)),
    (54.0, Act::NodeDown("node-c1")),
    (58.0, Act::Crash("reports", 5)),
    (66.0, Act::Linger("worker")),
    (72.0, Act::Die("db")),
    (78.0, Act::NodeUp("node-c1")),
    (84.0, Act::Recover("reports")),
    (88.0, Act::Release("worker")),
    (92.0, Act::Scale("worker", 0)),
    (96.0, Act::Scale("search-v1", 0)),
    (102.0, Act::Scale("worker", 2)),
    (106.0, Act::Roll("web", "1.5.0")),
    (112.0, Act::Scale("cart", 4)),
];

/// What holds a pod that was asked to end.
const HOLD: &str = "podpath.test/hold";

/// Lets it happen.
pub(super) async fn act(cluster: &Cluster, act: Act) {
    let api = cluster.api();
    match act {
        Act::Die(app) => {
            if let Some(pod) = staying(cluster, app).await.get(1) {
                api.delete(&format!("{CORE}/pods/{}", name_of(pod)), None).await;
            }
        }
        Act::Scale(workload, replicas) => {
            api.patch(&format!("{APPS}/deployments/{workload}"), &json!({"spec": {"replicas": replicas}})).await;
        }
        Act::Roll(workload, version) => {
            let image = format!("shop/{workload}:{version}");
            let path = format!("{APPS}/deployments/{workload}");
            let mut containers = api.get(&path).await["spec"]["template"]["spec"]["containers"].take();
            containers[0]["image"] = json!(image);
            api.patch(&path, &json!({"spec": {"template": {"spec": {"containers": containers}}}})).await;
        }
        Act::Crash(app, restarts) => {
            let state = json!({"waiting": {"reason": "CrashLoopBackOff",
                               "message": "back-off 40s restarting failed container"}});
            let last = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
            status(cluster, app, false, &json!({"state": state, "lastState": last, "restartCount": restarts})).await;
        }
        Act::Unready(app) => status(cluster, app, false, &json!({})).await,
        Act::Recover(app) => {
            status(cluster, app, true, &json!({"state": {"running": {"startedAt": now()}}})).await;
        }
        Act::NodeDown(node) => {
            let path = format!("/api/v1/nodes/{node}");
            // kwok lets go of it, as a kubelet that is gone.
            api.patch(&path, &json!({"metadata": {"annotations": {"kwok.x-k8s.io/node": null}}})).await;
            node_condition(cluster, &path, "Unknown", "NodeStatusUnknown").await;
        }
        Act::NodeUp(node) => {
            let path = format!("/api/v1/nodes/{node}");
            api.patch(&path, &json!({"metadata": {"annotations": {"kwok.x-k8s.io/node": "fake"}}})).await;
            node_condition(cluster, &path, "True", "KubeletReady").await;
        }
        Act::Linger(app) => {
            if let Some(pod) = staying(cluster, app).await.first() {
                let path = format!("{CORE}/pods/{}", name_of(pod));
                api.patch(&path, &json!({"metadata": {"finalizers": [HOLD]}})).await;
                api.delete(&path, None).await;
            }
        }
        Act::Release(app) => {
            for pod in pods(cluster, app).await.iter().filter(|pod| !pod["metadata"]["finalizers"].is_null()) {
                let path = format!("{CORE}/pods/{}", name_of(pod));
                api.patch(&path, &json!({"metadata": {"finalizers": null}})).await;
            }
        }
    }
}

/// The pods of an app that nobody has asked to end.
async fn staying(cluster: &Cluster, app: &str) -> Vec<Value> {
    let mut pods = pods(cluster, app).await;
    pods.retain(|pod| pod["metadata"]["deletionTimestamp"].is_null());
    pods
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

async fn node_condition(cluster: &Cluster, path: &str, status: &str, reason: &str) {
    let condition = json!({"type": "Ready", "status": status, "reason": reason,
                           "lastTransitionTime": now(), "lastHeartbeatTime": now()});
    cluster.api().patch_status(path, &json!({"conditions": [condition]})).await;
}

/// Patches the status of one pod of an app: the first that is not what it shall become.
async fn status(cluster: &Cluster, app: &str, ready: bool, container: &Value) {
    let pods = staying(cluster, app).await;
    let wanted = pods.iter().find(|pod| ready != is_ready(pod)).or(pods.first());
    let Some(pod) = wanted else { return };
    let word = if ready { "True" } else { "False" };
    let reason = (!ready).then_some("ContainersNotReady");
    let message = (!ready).then_some("containers with unready status: [app]");
    let condition = |kind: &str| json!({"type": kind, "status": word, "reason": reason, "message": message, "lastTransitionTime": now()});
    let mut entry = pod["status"]["containerStatuses"][0].clone();
    entry["ready"] = json!(ready);
    for (key, value) in container.as_object().into_iter().flatten() {
        entry[key] = value.clone();
    }
    // A map of states merges; what it was before must go by name.
    if container.pointer("/state/waiting").is_some() {
        entry["state"]["running"] = json!(null);
    } else if container.pointer("/state/running").is_some() {
        entry["state"]["waiting"] = json!(null);
    }
    let mut statuses = pod["status"]["containerStatuses"].clone();
    statuses[0] = entry;
    let status =
        json!({"conditions": [condition("Ready"), condition("ContainersReady")], "containerStatuses": statuses});
    cluster.api().patch_status(&format!("{CORE}/pods/{}", name_of(pod)), &status).await;
}
