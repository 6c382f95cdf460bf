//! Puts a world through the API server and waits until its controllers have nothing more to say.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Event, World};
use crate::harness::Api;

/// How long nothing may have been written for the cluster to be at rest.
const QUIET: Duration = Duration::from_millis(1500);
/// Collections whose objects decide what is asked.
const KINDS: [&str; 6] = [
    "/api/v1/namespaces",
    "/api/v1/nodes",
    "/api/v1/services",
    "/api/v1/pods",
    "/api/v1/endpoints",
    "/apis/discovery.k8s.io/v1/endpointslices",
];

/// Creates everything of a world and lets happen what happens later; the cluster is at rest afterwards.
pub(crate) async fn put(api: &Api, world: &World) {
    for object in &world.ground {
        api.apply(object).await;
    }
    let objects = world.objects.iter().cloned();
    at_once(api, objects, |api, object| async move { drop(api.apply(&object).await) }).await;
    let statuses = world.statuses.iter().cloned();
    at_once(api, statuses, |api, (path, status)| async move { drop(api.patch_status(&path, &status).await) }).await;
    settled(api, &format!("created-{}", world.seed)).await;
    for event in &world.later {
        match event {
            Event::Patch(path, patch) => drop(api.patch(path, patch).await),
            Event::Delete(path) => api.delete(path, None).await,
        }
    }
    settled(api, &format!("changed-{}", world.seed)).await;
}

/// Does it for each, a few at a time.
async fn at_once<T, F>(api: &Api, items: impl Iterator<Item = T>, act: impl Fn(Api, T) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut running = JoinSet::new();
    for item in items {
        if running.len() >= 8 {
            running.join_next().await.expect("one runs").expect("it does not panic");
        }
        running.spawn(act(api.clone(), item));
    }
    running.join_all().await;
}

/// Waits until the controllers have worked off all that came before, and then until nobody writes any more.
async fn settled(api: &Api, mark: &str) {
    sentinel(api, mark).await;
    let mut seen = versions(api).await;
    let mut since = tokio::time::Instant::now();
    let end = since + Duration::from_secs(60);
    while since.elapsed() < QUIET {
        assert!(tokio::time::Instant::now() < end, "{mark}: the cluster does not come to rest within a minute");
        tokio::time::sleep(Duration::from_millis(250)).await;
        let now = versions(api).await;
        if now != seen {
            (seen, since) = (now, tokio::time::Instant::now());
        }
    }
}

/// A Service of its own goes the same way as the others, after them: both controllers have seen its like.
async fn sentinel(api: &Api, mark: &str) {
    api.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sentinel"}})).await;
    let name = format!("last-{mark}");
    let metadata = json!({"name": name, "namespace": "sentinel"});
    let subsets = json!([{"addresses": [{"ip": "10.255.0.1"}], "ports": [{"port": 80}]}]);
    for (kind, rest) in
        [("Service", json!({"spec": {"clusterIP": "None"}})), ("Endpoints", json!({ "subsets": subsets }))]
    {
        let mut object = rest;
        object["apiVersion"] = json!("v1");
        object["kind"] = json!(kind);
        object["metadata"] = metadata.clone();
        api.apply(&object).await;
    }
    let selecting = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": format!("{name}-s"), "namespace": "sentinel"},
        "spec": {"selector": {"app": "sentinel"}, "ports": [{"port": 80}], "ipFamilyPolicy": "RequireDualStack"}});
    api.apply(&selecting).await;
    let end = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        let slices = api.list("/apis/discovery.k8s.io/v1/namespaces/sentinel/endpointslices").await;
        let of = |service: &str| {
            slices.iter().any(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == *service)
        };
        if of(&name) && of(&format!("{name}-s")) {
            return;
        }
        assert!(tokio::time::Instant::now() < end, "{mark}: the controllers wrote no slices within a minute");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Every object with its version: the same before and after means that nothing moved in between.
pub(crate) async fn versions(api: &Api) -> Vec<(Value, Value)> {
    let mut all = Vec::new();
    for kind in KINDS {
        let items = api.list(kind).await;
        all.extend(
            items.iter().map(|item| (item["metadata"]["uid"].clone(), item["metadata"]["resourceVersion"].clone())),
        );
    }
    all
}
