//! What the server holds: objects as encoded JSON, a log of events, what was asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Fault;

/// The API path of a collection of all namespaces, for example `/api/v1/pods`.
pub type Collection = &'static str;

/// The collections.
pub const COLLECTIONS: [Collection; 8] = [
    "/api/v1/services",
    "/apis/discovery.k8s.io/v1/endpointslices",
    "/api/v1/pods",
    "/api/v1/nodes",
    "/api/v1/namespaces",
    "/api/v1/configmaps",
    "/apis/networking.k8s.io/v1/networkpolicies",
    "/apis/networking.k8s.io/v1/servicecidrs",
];

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`, if all is well.
    pub method: String,
    /// Path and query.
    pub target: String,
}

/// One change: a line of a watch.
#[derive(Clone)]
pub struct Event {
    pub version: u64,
    pub collection: Collection,
    pub namespace: Arc<str>,
    pub line: Arc<[u8]>,
}

/// Collection, namespace, name.
pub type ObjectKey = (Collection, Arc<str>, Arc<str>);

/// Everything.
#[derive(Default)]
pub struct State {
    pub version: u64,
    /// How far its clock is ahead of ours, in seconds.
    pub ahead: i64,
    /// Watches from before this version get 410.
    pub oldest: u64,
    pub objects: BTreeMap<ObjectKey, Arc<[u8]>>,
    pub log: Vec<Event>,
    pub asked: Vec<Asked>,
    pub faults: Vec<(String, Fault, u32)>,
    pub without_watch_list: bool,
}

impl State {
    /// Puts an object; the text must hold `"resourceVersion":"0"`, which gets the new version.
    pub fn put(&mut self, collection: Collection, (namespace, name): (&str, &str), json: &str) {
        self.version += 1;
        let json = json.replacen("\"resourceVersion\":\"0\"", &format!("\"resourceVersion\":\"{}\"", self.version), 1);
        let key = (collection, namespace.into(), name.into());
        let kind = if self.objects.contains_key(&key) { "MODIFIED" } else { "ADDED" };
        self.record(collection, namespace, kind, json.as_bytes());
        self.objects.insert(key, json.as_bytes().into());
    }

    /// Deletes an object.
    pub fn delete(&mut self, collection: Collection, (namespace, name): (&str, &str)) {
        self.version += 1;
        if let Some(json) = self.objects.remove(&(collection, namespace.into(), name.into())) {
            self.record(collection, namespace, "DELETED", &json);
        }
    }

    fn record(&mut self, collection: Collection, namespace: &str, kind: &str, object: &[u8]) {
        let line = line(kind, object).into();
        self.log.push(Event { version: self.version, collection, namespace: namespace.into(), line });
    }

    /// Takes the next fault that is meant for a request.
    pub fn fault(&mut self, target: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|(part, _, times)| *times > 0 && target.contains(part.as_str()))?;
        self.faults[at].2 -= 1;
        Some(self.faults[at].1.clone())
    }
}

/// A line of a watch.
pub fn line(kind: &str, object: &[u8]) -> Vec<u8> {
    [br#"{"type":""#, kind.as_bytes(), br#"","object":"#, object, b"}\n"].concat()
}
