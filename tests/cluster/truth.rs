//! What the store holds and the screen shows is what the server says, through everything that happens to a cluster.

use std::time::Duration;

use podpath::delta::{Cause, Health};
use podpath::model::{Key, Kind};
use podpath::watch::Scope;
use serde_json::json;

use crate::harness::{Api, Cluster, Options};
use crate::observer::Observer;
use crate::pty::Pty;

const APPS: &str = "/apis/apps/v1/namespaces/flood/deployments/flood";

async fn flood(cluster: &Cluster, replicas: u32) {
    for (name, zone) in [("n1", "a"), ("n2", "b"), ("n3", "c")] {
        cluster.node(name, zone).await;
    }
    let api = cluster.api();
    api.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flood"}})).await;
    let containers = json!([{"name": "app", "image": "flood:1", "ports": [{"name": "http", "containerPort": 8080}]}]);
    api.apply(
        &json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "flood", "namespace": "flood"},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "flood"}},
                 "template": {"metadata": {"labels": {"app": "flood"}}, "spec": {"containers": containers}}}}),
    )
    .await;
    api.apply(&json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "flood", "namespace": "flood"},
        "spec": {"selector": {"app": "flood"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}}))
        .await;
}

/// Waits until the Deployment has so many pods and all are ready and of its newest version.
async fn rolled(api: &Api, replicas: u64) {
    for _ in 0..300 {
        let deployment = api.get(APPS).await;
        let number = |field: &str| deployment["status"][field].as_u64().unwrap_or(0);
        let seen = deployment["status"]["observedGeneration"] == deployment["metadata"]["generation"];
        if seen
            && number("updatedReplicas") == replicas
            && number("readyReplicas") == replicas
            && number("replicas") == replicas
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the Deployment never had {replicas} ready pods");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_and_the_screen_are_what_the_server_says() {
    let options = Options { apiserver: vec!["--etcd-compaction-interval=5s".to_owned()], ..Options::default() };
    let mut cluster = Cluster::start(options).await;
    flood(&cluster, 50).await;
    let api = cluster.api().clone();
    rolled(&api, 50).await;
    let mut observer = Observer::open(&cluster.kubeconfig(), Scope::All).await;
    observer.synced().await;
    observer.converges(&api, "the first list").await;
    let mut screen = open(&cluster);
    agrees(&mut screen, &mut observer, (50, 50)).await;

    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "flood:2",
        "ports": [{"name": "http", "containerPort": 8080}]}]}}}});
    api.patch(APPS, &image).await;
    rolled(&api, 50).await;
    observer.converges(&api, "a rolling update of 50 pods").await;
    agrees(&mut screen, &mut observer, (50, 50)).await;

    api.patch(APPS, &json!({"spec": {"replicas": 0}})).await;
    rolled(&api, 0).await;
    observer.converges(&api, "scaling to zero").await;
    agrees(&mut screen, &mut observer, (0, 0)).await;
    api.patch(APPS, &json!({"spec": {"replicas": 20}})).await;
    rolled(&api, 20).await;
    observer.converges(&api, "scaling back").await;
    agrees(&mut screen, &mut observer, (20, 20)).await;

    flap(&api, false).await;
    observer.converges(&api, "a pod that is not ready").await;
    agrees(&mut screen, &mut observer, (19, 20)).await;
    flap(&api, true).await;
    observer.converges(&api, "a pod that is ready again").await;
    agrees(&mut screen, &mut observer, (20, 20)).await;

    cluster.stop_apiserver();
    let lost =
        |this: &Observer| Kind::CORE.into_iter().all(|kind| matches!(this.store.health(kind), Health::Stale { .. }));
    assert!(
        observer.until(Duration::from_secs(20), lost).await,
        "a lost server is not told: {:?}",
        observer.store.health(Kind::Pod)
    );
    screen.shows("stale");
    screen.says("the rows as they were", |text| row(text).is_some_and(|line| line.contains(" 20/20")));
    cluster.start_apiserver().await;
    observer.synced().await;
    observer.converges(&api, "a restart of the API server").await;
    screen.says("live", |text| text.contains("live") && !text.contains("stale"));
    agrees(&mut screen, &mut observer, (20, 20)).await;

    // A version from before a compaction is gone: the stream lists anew and says nothing that did not happen.
    cluster.stop_apiserver();
    observer.until(Duration::from_secs(5), lost).await;
    let before = observer.changes.len();
    cluster.start_apiserver().await;
    for round in 0..30 {
        api.patch(APPS, &json!({"metadata": {"annotations": {"round": round.to_string()}}})).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    observer.synced().await;
    observer.converges(&api, "compaction while the stream was lost").await;
    let phantoms =
        observer.changes[before..].iter().filter(|change| matches!(change.edit, podpath::store::Edit::Row(_)));
    assert_eq!(phantoms.count(), 0, "nothing happened to a row, and yet rows changed");
    agrees(&mut screen, &mut observer, (20, 20)).await;

    api.delete("/api/v1/namespaces/flood", None).await;
    let gone = |this: &Observer| this.store.service(&Key::new("flood", "flood")).is_none();
    assert!(observer.until(Duration::from_secs(40), gone).await, "the Service outlives its namespace");
    observer.converges(&api, "a namespace deleted").await;
    screen.shows("no Services in flood");

    let expired = observer
        .health
        .iter()
        .filter(|(_, health)| matches!(health, Health::Stale { fault, .. } if fault.cause == Cause::Expired));
    assert!(expired.count() > 0, "no version was ever too old: compaction was not tested");
    only_reads(&cluster);
}

/// The line of the Service on the screen.
fn row(text: &str) -> Option<&str> {
    // Its name begins the line, behind the cursor and the fold; the details beside it begin with it too.
    text.lines().find(|line| line.trim_start_matches(['▌', '▸', '▾', ' ']).starts_with("flood "))
}

/// The screen tells the numbers of the store, which are those of LIST: so many of so many endpoints get traffic, so many
/// pods are there. The slices follow the pods within some seconds; until then they still hold endpoints that drain.
async fn agrees(screen: &mut Pty, observer: &mut Observer, (usable, total): (usize, usize)) {
    let flood = Key::new("flood", "flood");
    let there = |this: &Observer| {
        let summary = this.store.summary(&flood);
        (summary.usable, summary.total) == (usable, total)
    };
    assert!(observer.until(Duration::from_secs(20), there).await, "{usable} of {total} endpoints never got traffic");
    let pods = observer.store.pods().filter(|pod| &*pod.meta.key.namespace == "flood").count();
    let (count, pods) = (format!(" {usable}/{total} "), format!("pods {pods} "));
    screen.says(&format!("{count} and {pods}"), |text| {
        row(text).is_some_and(|line| line.contains(&count)) && text.contains(&pods)
    });
}

fn open(cluster: &Cluster) -> Pty {
    Pty::open((160, 50), &["-n", "flood"], &[("KUBECONFIG", cluster.kubeconfig().to_str().unwrap())])
}

async fn flap(api: &Api, ready: bool) {
    let pods = api.list("/api/v1/namespaces/flood/pods").await;
    let mut names: Vec<_> = pods.iter().filter_map(|pod| pod["metadata"]["name"].as_str()).collect();
    names.sort_unstable();
    let word = if ready { "True" } else { "False" };
    let conditions =
        json!({"conditions": [{"type": "Ready", "status": word}, {"type": "ContainersReady", "status": word}]});
    api.patch_status(&format!("/api/v1/namespaces/flood/pods/{}", names[0]), &conditions).await;
}

/// The audit log has only get, list and watch from us.
fn only_reads(cluster: &Cluster) {
    let log = cluster.audit_log();
    let ours: Vec<serde_json::Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|event: &serde_json::Value| {
            event["userAgent"].as_str().is_some_and(|agent| agent.starts_with("podpath/"))
        })
        .collect();
    assert!(ours.len() > 10, "{} requests of podpath in the audit log", ours.len());
    for event in ours {
        let verb = event["verb"].as_str().unwrap_or_default();
        assert!(matches!(verb, "get" | "list" | "watch"), "podpath sent {verb} {}", event["requestURI"]);
    }
}
