//! A cluster and what podpath sees of it.

use std::time::Duration;

use podpath::churn::{Entry, Event, Subject};
use podpath::model::{Key, Uid};
use podpath::store::RowId;
use podpath::watch::Scope;
use serde_json::{Value, json};

use crate::harness::{Api, Cluster, Options};
use crate::observer::Observer;

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(40);

/// A cluster and what podpath sees of it.
pub(super) struct Field {
    /// Closed before the cluster: a server waits for the watches that are open when it ends.
    pub(super) eyes: Observer,
    pub(super) cluster: Cluster,
}

impl Field {
    pub(super) async fn open() -> Self {
        let cluster = Cluster::start(Options::default()).await;
        for (name, zone) in [("n1", "a"), ("n2", "b"), ("d1", "drain"), ("d2", "drain")] {
            cluster.node(name, zone).await;
        }
        // No kubelet plays this one: its pods are what is written of them.
        cluster.api().apply(&json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "bare"}})).await;
        let mut eyes = Observer::open(&cluster.kubeconfig(), Scope::All).await;
        eyes.synced().await;
        Self { eyes, cluster }
    }

    pub(super) fn api(&self) -> Api {
        self.cluster.api().clone()
    }

    /// A namespace with a Deployment and its Service `web`, all its pods in service.
    pub(super) async fn shop(&mut self, namespace: &str, zone: &str, replicas: usize) {
        let api = self.api();
        self.namespace(namespace).await;
        api.apply(&deployment(namespace, "web", zone, replicas)).await;
        api.apply(&service(namespace, "web")).await;
        self.serves(namespace, replicas).await;
    }

    pub(super) async fn namespace(&self, name: &str) {
        self.api().apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).await;
    }

    /// A pod without owner and kubelet, ready at this address.
    pub(super) async fn bare(&self, namespace: &str, name: &str, app: &str, ip: &str) {
        let api = self.api();
        let mut pod = template(app, "", "web:1");
        pod["apiVersion"] = json!("v1");
        pod["kind"] = json!("Pod");
        pod["metadata"]["name"] = json!(name);
        pod["metadata"]["namespace"] = json!(namespace);
        pod["spec"]["nodeSelector"] = json!(null);
        pod["spec"]["nodeName"] = json!("bare");
        api.apply(&pod).await;
        let status = json!({"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "startTime": now(), "conditions": ready(true)});
        api.patch_status(&format!("/api/v1/namespaces/{namespace}/pods/{name}"), &status).await;
    }

    /// The pods of a namespace by name.
    pub(super) async fn pods(&self, namespace: &str) -> Vec<Value> {
        let mut pods = self.api().list(&format!("/api/v1/namespaces/{namespace}/pods")).await;
        pods.sort_by_key(name_of);
        pods
    }

    /// Waits until so many endpoints of `web` get traffic, and none are left that do not.
    pub(super) async fn serves(&mut self, namespace: &str, count: usize) {
        let key = Key::new(namespace, "web");
        self.sees(&format!("{count} in service of {namespace}"), |eyes| {
            let summary = eyes.store.summary(&key);
            let rows = eyes.store.rows(&key);
            summary.usable == count && rows.iter().filter(|row| row.usable()).count() == rows.len()
        })
        .await;
    }

    pub(super) async fn sees(&mut self, what: &str, done: impl Fn(&Observer) -> bool) {
        assert!(self.eyes.until(PATIENCE, done).await, "never seen: {what}\n{}", self.told(""));
    }

    /// Lets time pass with open eyes.
    pub(super) async fn wait(&mut self, time: Duration) {
        self.eyes.until(time, |_| false).await;
    }

    /// All entries of a namespace.
    pub(super) fn entries(&self, namespace: &str) -> impl Iterator<Item = &Entry> {
        self.eyes.past.ledger.entries().filter(move |entry| namespace.is_empty() || *space(&entry.on) == *namespace)
    }

    /// The causes that were told of something, each as often as it was.
    pub(super) fn causes(&self, namespace: &str, told: impl Fn(&Entry) -> bool) -> Vec<&'static str> {
        self.entries(namespace).filter(|entry| told(entry)).map(|entry| entry.why.id()).collect()
    }

    /// The entries of a pod and its rows.
    pub(super) fn of(&self, uid: &Uid, event: &str) -> Vec<&Entry> {
        let mine = |entry: &&Entry| match &entry.on {
            Subject::Pod(_, own) | Subject::Row(_, RowId::Pod(own)) => own == uid && entry.event.id() == event,
            Subject::Row(_, RowId::Address(_) | RowId::Name(_)) => false,
            Subject::Service(_) | Subject::Slice(_) | Subject::Node(_) => false,
        };
        self.eyes.past.ledger.entries().filter(mine).collect()
    }

    /// The one entry of a pod or its rows.
    pub(super) fn one(&self, uid: &Uid, event: &str) -> &Entry {
        let found = self.of(uid, event);
        let [one] = found.as_slice() else {
            panic!("{} times {event} of {uid}\n{}", found.len(), self.told_of(uid));
        };
        one
    }

    /// What was told of a pod, for people who look for what went wrong.
    pub(super) fn told_of(&self, uid: &Uid) -> String {
        let (told, uid) = (self.told(""), uid.to_string());
        told.lines().filter(|line| line.contains(&uid)).collect::<Vec<_>>().join("\n")
    }

    /// What was told in a namespace, or everywhere.
    pub(super) fn told(&self, namespace: &str) -> String {
        let line = |entry: &Entry| {
            let lag = entry.lag.map(|lag| (lag.of.id(), lag.millis));
            let event =
                if let Event::PodWent(_) = entry.event { "PodWent".into() } else { format!("{:?}", entry.event) };
            format!("{} {} {:?} {event} because {:?} {lag:?}", entry.at, entry.when.id(), entry.on, entry.why)
        };
        self.entries(namespace).map(line).collect::<Vec<_>>().join("\n")
    }
}

fn space(subject: &Subject) -> &str {
    match subject {
        Subject::Service(key) | Subject::Slice(key) | Subject::Row(key, _) | Subject::Pod(key, _) => &key.namespace,
        Subject::Node(_) => "",
    }
}

pub(super) fn name_of(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

pub(super) fn uid_of(object: &Value) -> Uid {
    Uid::from(object["metadata"]["uid"].as_str().unwrap_or_default())
}

/// The API path of a pod.
pub(super) fn path_of(pod: &Value) -> String {
    format!("/api/v1/namespaces/{}/pods/{}", pod["metadata"]["namespace"].as_str().unwrap_or_default(), name_of(pod))
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The conditions of a pod that is ready, or not.
pub(super) fn ready(ready: bool) -> Value {
    let word = if ready { "True" } else { "False" };
    let condition = |kind: &str| json!({"type": kind, "status": word, "lastTransitionTime": now()});
    json!([condition("Ready"), condition("ContainersReady")])
}

pub(super) fn template(app: &str, zone: &str, image: &str) -> Value {
    let containers = json!([{"name": "app", "image": image, "ports": [{"name": "http", "containerPort": 8080}]}]);
    json!({"metadata": {"labels": {"app": app}},
           "spec": {"containers": containers, "nodeSelector": {"topology.kubernetes.io/zone": zone}}})
}

pub(super) fn deployment(namespace: &str, app: &str, zone: &str, replicas: usize) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": app, "namespace": namespace},
           "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": app}},
                    "template": template(app, zone, "web:1")}})
}

/// The Service `web` of an app.
pub(super) fn service(namespace: &str, app: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": namespace},
           "spec": {"selector": {"app": app}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}})
}
