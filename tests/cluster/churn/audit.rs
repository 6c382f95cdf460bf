//! What the audit log says: every write with its time, and the objects that came of it.

use podpath::churn::Step;
use podpath::model::{Time, Uid};
use serde_json::Value;

use crate::harness::Cluster;

/// A successful write of a pod or a slice.
pub(super) struct Write {
    verb: String,
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
    /// When the server got it.
    pub(super) received: Time,
    /// When it had answered.
    pub(super) answered: Time,
    /// The object as it was then.
    object: Value,
}

impl Write {
    /// It created a pod on its node.
    pub(super) fn bound(&self) -> bool {
        self.verb == "create" && self.object["spec"]["nodeName"].is_string()
    }
}

/// All of them, by the time the server got them.
pub(super) struct Audit(Vec<Write>);

impl Audit {
    pub(super) fn read(cluster: &Cluster) -> Self {
        let log = cluster.audit_log();
        let mut writes: Vec<Write> = log.lines().filter_map(|line| write(&serde_json::from_str(line).ok()?)).collect();
        writes.sort_by_key(|write| write.received);
        Self(writes)
    }

    /// Pods of a namespace in the order of their creation: name, identity, template's hash.
    pub(super) fn pods(&self, namespace: &str) -> Vec<(String, Uid, String)> {
        let made = |write: &&Write| write.verb == "create" && write.resource == "pods" && write.subresource.is_empty();
        let made = self.0.iter().filter(made).filter(|write| write.namespace == namespace);
        made.map(|write| {
            let meta = &write.object["metadata"];
            let text = |field: &str| meta[field].as_str().unwrap_or_default();
            let hash = meta["labels"]["pod-template-hash"].as_str().unwrap_or_default();
            (write.name.clone(), Uid::from(text("uid")), hash.to_owned())
        })
        .collect()
    }

    /// All writes of a pod, for people who look for what went wrong.
    pub(super) fn told_of(&self, namespace: &str, name: &str) -> String {
        let mine = |write: &&Write| write.resource == "pods" && write.namespace == namespace && write.name == name;
        let line = |write: &Write| {
            let Write { verb, subresource, received, answered, object, .. } = write;
            let meta = &object["metadata"];
            let (deleted, grace) = (&meta["deletionTimestamp"], &meta["deletionGracePeriodSeconds"]);
            format!("{verb} {subresource} {received:?} to {answered:?}, deleted {deleted}, grace {grace}\n")
        };
        self.0.iter().filter(mine).map(line).collect()
    }

    /// The write that brought a pod of this name and identity to a stage for the first time.
    pub(super) fn step(&self, namespace: &str, name: &str, uid: &Uid, step: Step) -> Option<&Write> {
        let mine = |write: &&Write| write.resource == "pods" && write.namespace == namespace && write.name == name;
        let mut of_pod = self.0.iter().filter(mine);
        let mut of_slices = self.0.iter().filter(|write| write.resource == "endpointslices");
        let entry = |write: &Write| endpoint(write, uid).cloned();
        let says =
            |write: &Write, condition: &str| entry(write).is_some_and(|entry| entry["conditions"][condition] == true);
        match step {
            Step::Created => of_pod.find(|write| write.verb == "create" && write.subresource.is_empty()),
            // One that is created on its node needs no scheduler.
            Step::Scheduled => of_pod.find(|write| write.subresource == "binding" || write.bound()),
            Step::Started => of_pod.find(|write| write.object["status"]["startTime"].is_string()),
            Step::Addressed => of_pod.find(|write| write.object["status"]["podIP"].is_string()),
            Step::Ready => of_pod.find(|write| is(&write.object, "Ready", "True")),
            Step::NotReady => of_pod.find(|write| is(&write.object, "Ready", "False") && write.subresource == "status"),
            Step::Deleting => of_pod.find(|write| write.verb == "delete" || write.subresource == "eviction"),
            Step::Gone => of_pod.next_back(),
            Step::Joined => of_slices.find(|write| entry(write).is_some()),
            Step::InService => of_slices.find(|write| says(write, "ready")),
            Step::OutOfService => {
                let was = of_slices.by_ref().find(|write| says(write, "ready"))?;
                of_slices.find(|write| write.name == was.name && !says(write, "ready"))
            }
            Step::Draining => of_slices.find(|write| says(write, "terminating")),
            Step::Left => {
                let was = of_slices.by_ref().find(|write| entry(write).is_some())?;
                of_slices.find(|write| write.name == was.name && (write.verb == "delete" || entry(write).is_none()))
            }
        }
    }
}

fn write(event: &Value) -> Option<Write> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let object = event["responseObject"].clone();
    let name = object["metadata"]["name"].as_str().map_or_else(|| text("/objectRef/name"), str::to_owned);
    let done = event["responseStatus"]["code"].as_u64().is_some_and(|code| (200..300).contains(&code));
    (done && !object.is_null()).then_some(())?;
    Some(Write {
        verb: text("/verb"),
        resource: text("/objectRef/resource"),
        subresource: text("/objectRef/subresource"),
        namespace: text("/objectRef/namespace"),
        // What answers with a Status names the object in the reference.
        name: if text("/objectRef/name").is_empty() { name } else { text("/objectRef/name") },
        received: Time::parse(&text("/requestReceivedTimestamp"))?,
        answered: Time::parse(&text("/stageTimestamp"))?,
        object,
    })
}

fn endpoint<'a>(write: &'a Write, uid: &Uid) -> Option<&'a Value> {
    let uid = uid.to_string();
    write.object["endpoints"].as_array()?.iter().find(|endpoint| endpoint["targetRef"]["uid"] == *uid)
}

fn is(pod: &Value, condition: &str, status: &str) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|known| known["type"] == condition && known["status"] == status)
}
