//! The requests that are made: where a kind lives, and how it is asked for.

use crate::model::{Kind, Text};

/// The namespaces asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// One.
    Namespace(Text),
}

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

/// A kind in a scope, with a label selector: what one stream is about.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) kind: Kind,
    pub(super) scope: Scope,
    /// Only of the kind that is shown: a filtered join would not be exact.
    pub(super) selector: Option<String>,
}

/// Objects in one page of a list.
const PAGE: u32 = 500;

impl Resource {
    fn path(&self) -> String {
        let group = match self.kind {
            Kind::Slice => "/apis/discovery.k8s.io/v1",
            Kind::Service | Kind::Pod | Kind::Node | Kind::Namespace => "/api/v1",
        };
        match &self.scope {
            Scope::Namespace(name) if self.kind.namespaced() => {
                format!("{group}/namespaces/{}/{}", encode(name), self.kind.resource())
            }
            Scope::Namespace(_) | Scope::All => format!("{group}/{}", self.kind.resource()),
        }
    }

    fn query(&self, query: &str) -> String {
        let selector = self.selector.as_ref().map(|text| format!("labelSelector={}", encode(text)));
        let query = match (query, selector) {
            (query, None) => query.to_owned(),
            ("", Some(selector)) => selector,
            (query, Some(selector)) => format!("{query}&{selector}"),
        };
        if query.is_empty() { self.path() } else { format!("{}?{query}", self.path()) }
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
