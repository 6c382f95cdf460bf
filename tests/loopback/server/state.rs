//! What the server holds: encoded objects, a log of events, what was asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{Fault, protobuf};

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
    /// The form of the answer.
    pub form: &'static str,
}

/// One change: a line of a watch.
#[derive(Clone)]
pub struct Event {
    pub version: u64,
    pub collection: Collection,
    pub namespace: Arc<str>,
    /// As it is sent to those who want JSON.
    pub line: Bytes,
    /// As it is sent to those who want protobuf, where the server has it.
    pub frame: Option<Bytes>,
}

/// An object as the first events of a watch send it, encoded beforehand: a server's work is no part of a figure.
pub struct Encoded {
    pub line: Bytes,
    /// `None`: the server knows JSON only.
    pub frame: Option<Bytes>,
}

impl Encoded {
    fn new(collection: Collection, json: &[u8], with_protobuf: bool) -> Self {
        let frame = with_protobuf.then(|| protobuf::event("ADDED", &protobuf::object(collection, json)).into());
        Self { line: line("ADDED", json).into(), frame }
    }

    /// The object itself.
    pub fn json(&self) -> &[u8] {
        let around = line("ADDED", b"").len();
        &self.line[around - END.len()..self.line.len() - END.len()]
    }
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
    pub objects: BTreeMap<ObjectKey, Encoded>,
    pub log: Vec<Event>,
    pub asked: Vec<Asked>,
    pub faults: Vec<(String, Fault, u32)>,
    pub without_watch_list: bool,
    /// Watches are answered in protobuf to those who want it.
    pub with_protobuf: bool,
}

impl State {
    /// Puts an object; the text must hold `"resourceVersion":"0"`, which gets the new version.
    pub fn put(&mut self, collection: Collection, (namespace, name): (&str, &str), json: &str) {
        self.version += 1;
        let json = json.replacen("\"resourceVersion\":\"0\"", &format!("\"resourceVersion\":\"{}\"", self.version), 1);
        let key = (collection, namespace.into(), name.into());
        let kind = if self.objects.contains_key(&key) { "MODIFIED" } else { "ADDED" };
        self.record(collection, namespace, kind, json.as_bytes());
        self.objects.insert(key, Encoded::new(collection, json.as_bytes(), self.with_protobuf));
    }

    /// The same world on a server that answers watches in protobuf.
    pub fn with_protobuf(mut self) -> Self {
        self.with_protobuf = true;
        for (key, encoded) in &mut self.objects {
            *encoded = Encoded::new(key.0, encoded.json(), true);
        }
        self
    }

    /// Deletes an object.
    pub fn delete(&mut self, collection: Collection, (namespace, name): (&str, &str)) {
        self.version += 1;
        if let Some(encoded) = self.objects.remove(&(collection, namespace.into(), name.into())) {
            self.record(collection, namespace, "DELETED", encoded.json());
        }
    }

    fn record(&mut self, collection: Collection, namespace: &str, kind: &str, json: &[u8]) {
        let line = line(kind, json).into();
        let frame = self.with_protobuf.then(|| protobuf::event(kind, &protobuf::object(collection, json)).into());
        self.log.push(Event { version: self.version, collection, namespace: namespace.into(), line, frame });
    }

    /// Takes the next fault that is meant for a request.
    pub fn fault(&mut self, target: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|(part, _, times)| *times > 0 && target.contains(part.as_str()))?;
        self.faults[at].2 -= 1;
        Some(self.faults[at].1.clone())
    }
}

/// What ends a line of a watch after the object.
const END: &[u8] = b"}\n";

/// A line of a watch.
pub fn line(kind: &str, object: &[u8]) -> Vec<u8> {
    [br#"{"type":""#, kind.as_bytes(), br#"","object":"#, object, END].concat()
}
