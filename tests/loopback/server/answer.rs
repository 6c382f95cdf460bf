//! The answer to one request.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use super::serve::Shared;
use super::state::{COLLECTIONS, Collection, Event, line};
use super::{Fault, protobuf};

/// Bytes of a body on their way; dropping the sender closes it.
pub type Chunks = mpsc::Receiver<Bytes>;

/// What goes back.
pub struct Answer {
    pub code: u16,
    /// Seconds after which to come back.
    pub retry_after: Option<u32>,
    pub content_type: &'static str,
    pub body: Chunks,
}

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
const EVENTS: &str = "application/vnd.kubernetes.protobuf;stream=watch";

fn whole(code: u16, body: impl Into<Bytes>) -> Answer {
    let (to, from) = mpsc::channel(1);
    to.try_send(body.into()).expect("an empty channel takes one");
    Answer { code, retry_after: None, content_type: JSON, body: from }
}

struct Query<'a>(&'a str);

impl Query<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// The name that a field selector asks for. It holds for lists; events of all names come, as clients must stand.
    fn field(&self) -> Option<&str> {
        self.get("fieldSelector")?.strip_prefix("metadata.name%3D")
    }
}

/// The collection and namespace of a path.
fn route(path: &str) -> Option<(Collection, Option<String>)> {
    COLLECTIONS.into_iter().find_map(|collection| {
        if path == collection {
            return Some((collection, None));
        }
        let (group, plural) = collection.rsplit_once('/')?;
        let namespace =
            path.strip_prefix(group)?.strip_prefix("/namespaces/")?.strip_suffix(plural)?.strip_suffix('/')?;
        Some((collection, Some(namespace.to_owned())))
    })
}

/// Answers a GET.
pub fn answer(shared: &Arc<Shared>, target: &str, accept: &str, changed: watch::Receiver<u64>) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = Query(query);
    let fault = shared.state().fault(target);
    if let Some(Fault::Status(code, body, after)) = fault {
        return Answer { retry_after: after, ..whole(code, body) };
    }
    if path == "/version" {
        return whole(200, r#"{"major":"1","minor":"37","gitVersion":"v1.37.2"}"#);
    }
    if let Some(name) = path.strip_prefix("/api/v1/namespaces/").filter(|name| !name.contains('/')) {
        let key = ("/api/v1/namespaces", Arc::from(""), Arc::from(name));
        return match shared.state().objects.get(&key) {
            Some(encoded) => whole(200, encoded.json().to_vec()),
            None => whole(404, r#"{"kind":"Status","reason":"NotFound","code":404}"#),
        };
    }
    let single = path.rsplit_once('/').and_then(|(of, name)| Some((route(of)?, name)));
    if let Some(((collection, Some(namespace)), name)) = single {
        let key = (collection, Arc::from(namespace), Arc::from(name));
        return match shared.state().objects.get(&key) {
            Some(encoded) => whole(200, encoded.json().to_vec()),
            None => whole(404, r#"{"kind":"Status","reason":"NotFound","code":404}"#),
        };
    }
    let Some((collection, namespace)) = route(path) else { return whole(404, r#"{"kind":"Status","code":404}"#) };
    if query.get("watch") == Some("1") {
        let wanted = accept.starts_with(PROTOBUF) && shared.state().with_protobuf;
        return watching(shared, (collection, namespace), &query, fault, wanted, changed);
    }
    list(shared, collection, namespace.as_deref(), &query)
}

fn list(shared: &Shared, collection: Collection, namespace: Option<&str>, query: &Query<'_>) -> Answer {
    let state = shared.state();
    let limit: usize = query.get("limit").and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let from: usize = query.get("continue").and_then(|text| text.parse().ok()).unwrap_or(0);
    let held = state
        .objects
        .iter()
        .filter(|((held, ns, _), _)| *held == collection && namespace.is_none_or(|wanted| &**ns == wanted))
        .filter(|((_, _, name), _)| query.field().is_none_or(|wanted| &**name == wanted));
    let mut items: Vec<&[u8]> =
        held.map(|(_, encoded)| encoded.json()).skip(from).take(limit.saturating_add(1)).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { (from + limit).to_string() } else { String::new() };
    let head = format!(
        r#"{{"kind":"List","apiVersion":"v1","metadata":{{"resourceVersion":"{}","continue":"{next}"}},"items":["#,
        state.version
    );
    let mut body = head.into_bytes();
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(item);
    }
    body.extend_from_slice(b"]}");
    whole(200, body)
}

fn bookmark(collection: Collection, version: u64, protobuf: bool) -> Vec<u8> {
    let json = format!(
        r#"{{"metadata":{{"resourceVersion":"{version}","annotations":{{"k8s.io/initial-events-end":"true"}}}}}}"#
    );
    match protobuf {
        true => protobuf::event("BOOKMARK", &protobuf::object(collection, json.as_bytes())),
        false => line("BOOKMARK", json.as_bytes()),
    }
}

/// A refusal, in the form that was wanted.
fn refused(code: u16, json: &str, protobuf: bool) -> Answer {
    match protobuf {
        true => Answer { content_type: PROTOBUF, ..whole(code, protobuf::status(json.as_bytes())) },
        false => whole(code, json.to_owned()),
    }
}

fn watching(
    shared: &Arc<Shared>,
    (collection, namespace): (Collection, Option<String>),
    query: &Query<'_>,
    fault: Option<Fault>,
    protobuf: bool,
    mut changed: watch::Receiver<u64>,
) -> Answer {
    let initial = query.get("sendInitialEvents") == Some("true");
    let mut first: Vec<Bytes> = Vec::new();
    let mut at;
    {
        let state = shared.state();
        if initial && state.without_watch_list {
            return refused(
                422,
                r#"{"kind":"Status","reason":"Invalid","message":"sendInitialEvents is forbidden","code":422}"#,
                protobuf,
            );
        }
        let asked: u64 = query.get("resourceVersion").and_then(|text| text.parse().ok()).unwrap_or(0);
        at = if initial { state.version } else { asked };
        if !initial && asked < state.oldest {
            return refused(
                410,
                r#"{"kind":"Status","reason":"Expired","message":"too old resource version","code":410}"#,
                protobuf,
            );
        }
        if initial {
            for ((held, ns, name), encoded) in &state.objects {
                let named = query.field().is_none_or(|wanted| &**name == wanted);
                if *held == collection && named && namespace.as_ref().is_none_or(|wanted| **ns == **wanted) {
                    first.push(encoded.frame.as_ref().filter(|_| protobuf).unwrap_or(&encoded.line).clone());
                }
            }
            if !matches!(fault, Some(Fault::NoEndMark)) {
                first.push(bookmark(collection, state.version, protobuf).into());
            }
        }
    }
    let (to, from) = mpsc::channel::<Bytes>(64);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let mut left = if let Some(Fault::CutAfter(bytes)) = &fault { Some(*bytes) } else { None };
        let mut send = async |bytes: Bytes| -> bool {
            match &mut left {
                None => to.send(bytes).await.is_ok(),
                Some(left) => {
                    let part = bytes.slice(..bytes.len().min(*left));
                    *left -= part.len();
                    to.send(part).await.is_ok() && *left > 0
                }
            }
        };
        if matches!(fault, Some(Fault::CutAfter(0))) {
            return;
        }
        match &fault {
            Some(Fault::Stall(time)) => tokio::time::sleep(*time).await,
            Some(Fault::Bytes(bytes)) => first.insert(0, Bytes::copy_from_slice(bytes)),
            Some(Fault::Status(..) | Fault::CutAfter(_) | Fault::NoEndMark) | None => {}
        }
        // Many small objects in one chunk, as a server with a buffer does.
        let mut chunk = Vec::new();
        for bytes in first {
            chunk.extend_from_slice(&bytes);
            if chunk.len() > 32 * 1024 && !send(std::mem::take(&mut chunk).into()).await {
                return;
            }
        }
        if !chunk.is_empty() && !send(chunk.into()).await {
            return;
        }
        loop {
            let lines: Vec<Bytes> = {
                let state = shared.state();
                let start = state.log.partition_point(|event| event.version <= at);
                at = state.version.max(at);
                let new = state.log[start..].iter().filter(|event| {
                    event.collection == collection
                        && namespace.as_ref().is_none_or(|wanted| *event.namespace == **wanted)
                });
                let form = |event: &Event| event.frame.as_ref().filter(|_| protobuf).unwrap_or(&event.line).clone();
                new.map(form).collect()
            };
            for line in lines {
                if !send(line).await {
                    return;
                }
            }
            let end = shared.generation();
            if changed.changed().await.is_err() || shared.generation() != end {
                return;
            }
        }
    });
    Answer { code: 200, retry_after: None, content_type: if protobuf { EVENTS } else { JSON }, body: from }
}
