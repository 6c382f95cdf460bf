//! The requests that are made: where a kind lives, and how it is asked for.

use crate::model::{Kind, Text};

/// Percent-encodes everything but unreserved characters.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A kind in a namespace or in all of them, with a label selector: what one stream is about.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) kind: Kind,
    /// `None`: in all namespaces, or of a kind without.
    pub(super) namespace: Option<Text>,
    /// Only of the kind that is shown: a filtered join would not be exact.
    pub(super) selector: Option<String>,
}

/// Objects in one page of a list.
const PAGE: u32 = 500;

impl Resource {
    /// The name of the one object that is read, where it is one.
    pub(super) fn object(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Config(name) => Some(name.as_str()),
            Kind::Service
            | Kind::Slice
            | Kind::Pod
            | Kind::Node
            | Kind::Namespace
            | Kind::NetworkPolicy
            | Kind::ServiceCidr => None,
        }
    }

    fn path(&self) -> String {
        let group = match self.kind {
            Kind::Slice => "/apis/discovery.k8s.io/v1",
            Kind::NetworkPolicy | Kind::ServiceCidr => "/apis/networking.k8s.io/v1",
            Kind::Service | Kind::Pod | Kind::Node | Kind::Namespace | Kind::Config(_) => "/api/v1",
        };
        match &self.namespace {
            Some(name) => format!("{group}/namespaces/{}/{}", encode(name), self.kind.resource()),
            None => format!("{group}/{}", self.kind.resource()),
        }
    }

    fn query(&self, query: &str) -> String {
        let labels = self.selector.as_ref().map(|text| format!("labelSelector={}", encode(text)));
        let field = self.object().map(|name| format!("fieldSelector=metadata.name%3D{}", encode(name)));
        let query = Some(query.to_owned()).filter(|query| !query.is_empty());
        let query: Vec<String> = [query, labels, field].into_iter().flatten().collect();
        if query.is_empty() { self.path() } else { format!("{}?{}", self.path(), query.join("&")) }
    }

    /// One page of a consistent list, or all of it.
    pub(super) fn list(&self, next: &str, paged: bool) -> String {
        match (paged, next) {
            (false, _) => self.query(""),
            (true, "") => self.query(&format!("limit={PAGE}")),
            (true, next) => self.query(&format!("limit={PAGE}&continue={}", encode(next))),
        }
    }

    /// The shortest list there is: for its resource version.
    pub(super) fn least(&self) -> String {
        self.query("limit=1")
    }

    /// One object by its name.
    pub(super) fn one(&self, name: &str) -> String {
        format!("{}/{}", self.path(), encode(name))
    }

    /// A list that goes on as a watch (R9.6).
    pub(super) fn watch_list(&self, seconds: u32) -> String {
        self.query(&format!(
            "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds={seconds}"
        ))
    }

    /// The changes after a resource version.
    pub(super) fn watch(&self, version: &str, seconds: u32) -> String {
        self.query(&format!(
            "watch=1&resourceVersion={}&allowWatchBookmarks=true&timeoutSeconds={seconds}",
            encode(version)
        ))
    }
}
