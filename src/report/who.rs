//! Whose an address or a name is, as text and as JSON: `assets/who.schema.json`.

use serde::Serialize;

use super::table::lay_out;
use crate::churn::{Hold, When};
use crate::model::{Key, Kind, Time};
use crate::trace::who::{Owner, Role, Who};
use crate::view;
use crate::view::escape::safe;

/// The version of the format.
const VERSION: &str = "podpath.who/v1";

/// An answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhoDocument {
    version: &'static str,
    asked: String,
    holders: Vec<HolderDocument>,
    /// Two that cannot both be right.
    conflict: Option<Vec<HolderDocument>>,
    /// Names near to what was asked, where nobody has it.
    near: Vec<String>,
    /// Of an address on a recording: all pods that held it, the earliest first; null: nothing was recorded.
    history: Option<Vec<HoldDocument>>,
    /// Whether everything that decides was known.
    complete: bool,
    /// What was not known, in words.
    blind_spots: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HolderDocument {
    kind: &'static str,
    namespace: Option<String>,
    name: String,
    /// As what a Service has the address.
    r#as: Option<&'static str>,
    node: Option<String>,
    /// The pod has ended.
    ended: Option<bool>,
    host_network: Option<bool>,
    /// The Service of an endpoint.
    service: Option<String>,
    /// The object that an endpoint names.
    target: Option<String>,
    ready: Option<bool>,
    sentence: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HoldDocument {
    namespace: String,
    pod: String,
    uid: String,
    from: String,
    /// Whose clock `from` is of; `server`: when the pod was created, so not before.
    clock: &'static str,
    /// Null: to the end of the recording.
    to: Option<String>,
    /// At the moment that was asked about.
    then: bool,
    /// Another pod had let go of it shortly before.
    reused: Option<ReusedDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReusedDocument {
    namespace: String,
    before: String,
    after_millis: u64,
}

/// Who held an address, as far as a recording tells.
#[derive(Debug)]
pub struct Held {
    /// The earliest first.
    pub holds: Vec<Hold>,
    /// The moment that is asked about.
    pub at: Time,
    /// Where the recording begins.
    pub from: Time,
    /// So many seconds the reader's clock is east of UTC.
    pub offset: i32,
}

impl Held {
    fn then(&self, hold: &Hold) -> bool {
        hold.from.time() <= self.at && hold.to.is_none_or(|to| self.at < to)
    }
}

fn hold(held: &Held, hold: &Hold) -> HoldDocument {
    HoldDocument {
        namespace: hold.pod.namespace.to_string(),
        pod: hold.pod.name.to_string(),
        uid: hold.uid.to_string(),
        from: hold.from.time().to_string(),
        clock: hold.from.id(),
        to: hold.to.map(|to| to.to_string()),
        then: held.then(hold),
        reused: hold.reused.as_deref().map(|reused| ReusedDocument {
            namespace: reused.before.namespace.to_string(),
            before: reused.before.name.to_string(),
            after_millis: reused.after,
        }),
    }
}

/// Who held it, as a table.
fn history(held: &Held) -> String {
    let clock = |time| view::churn::time_of_day(time, held.offset);
    let rows = held.holds.iter().map(|hold| {
        let from = match hold.from {
            When::Server(created) if created < held.from => format!("before {}", clock(held.from)),
            When::Server(time) | When::Seen(time) => clock(time),
        };
        let to = hold.to.map_or_else(|| "-".to_owned(), clock);
        let reused = hold.reused.as_deref().map_or_else(|| "-".to_owned(), view::churn::after_another);
        let then = if held.then(hold) { "yes" } else { "no" };
        vec![hold.pod.to_string(), from, to, then.to_owned(), reused]
    });
    let then = format!("AT {}", clock(held.at));
    lay_out(&["HELD BY", "FROM", "TO", &then, "TAKEN"], rows.collect())
}

/// The document of an answer.
pub fn who_document(asked: &str, who: &Who, held: Option<&Held>, blind_spots: Vec<String>) -> WhoDocument {
    WhoDocument {
        version: VERSION,
        asked: asked.to_owned(),
        holders: who.owners.iter().map(holder).collect(),
        conflict: who.conflict.as_ref().map(|(one, other)| vec![holder(one), holder(other)]),
        near: who.near.clone(),
        history: held.map(|held| held.holds.iter().map(|each| hold(held, each)).collect()),
        complete: who.blind.is_empty(),
        blind_spots,
    }
}

fn holder(owner: &Owner) -> HolderDocument {
    let of = |kind, key: &Key| HolderDocument {
        kind,
        namespace: Some(key.namespace.to_string()).filter(|namespace| !namespace.is_empty()),
        name: key.name.to_string(),
        r#as: None,
        node: None,
        ended: None,
        host_network: None,
        service: None,
        target: None,
        ready: None,
        sentence: view::holder(owner),
    };
    match owner {
        Owner::Service(key, role) => {
            let role = role.map(|role| match role {
                Role::ClusterIp => "clusterIP",
                Role::ExternalIp => "externalIP",
                Role::LoadBalancer => "loadBalancer",
            });
            HolderDocument { r#as: role, ..of("service", key) }
        }
        Owner::Pod { pod, node, ended, host_network } => HolderDocument {
            node: node.as_ref().map(ToString::to_string),
            ended: Some(*ended),
            host_network: Some(*host_network),
            ..of("pod", pod)
        },
        Owner::Node(name) => of("node", &Key::new("", name.clone())),
        Owner::Endpoint { slice, service, target, ready } => HolderDocument {
            service: service.as_ref().map(ToString::to_string),
            target: target.as_ref().map(ToString::to_string),
            ready: Some(*ready),
            ..of("endpointslice", slice)
        },
        Owner::Namespace(name) => of("namespace", &Key::new("", name.clone())),
    }
}

/// How far an answer sees.
#[derive(Debug, Default)]
pub struct Sight {
    /// The namespaces that are held, where not all are.
    pub held: Option<String>,
    /// That, in a sentence.
    pub bounds: Option<String>,
    /// Kinds that are not completely known even there.
    pub gaps: Vec<Kind>,
}

/// The answer for people.
pub fn who_text(asked: &str, who: &Who, held: Option<&Held>, sight: &Sight) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (owner, entries) in who.holders() {
        lines.push(view::holder(owner));
        lines.extend(entries.into_iter().map(|entry| format!("  {}", view::holder(entry))));
    }
    if lines.is_empty() {
        let known = match &sight.held {
            Some(names) if sight.gaps.is_empty() && !who.blind.is_empty() => format!(" in {names}"),
            Some(_) | None if who.blind.is_empty() => String::new(),
            Some(_) | None => " that is known here".to_owned(),
        };
        let near = if who.near.is_empty() { String::new() } else { format!("; near: {}", who.near.join(", ")) };
        lines.push(format!("nobody{known} has {asked}{near}"));
    }
    if let Some((one, other)) = &who.conflict {
        lines.push(format!("conflict: {} and {} cannot both have it", view::holder(one), view::holder(other)));
    }
    if !sight.gaps.is_empty() {
        let kinds: Vec<&str> = sight.gaps.iter().map(|kind| kind.resource()).collect();
        lines.push(format!("(not all is known: {})", kinds.join(", ")));
    }
    if let Some(bounds) = sight.bounds.as_ref().filter(|_| !who.blind.is_empty()) {
        lines.push(format!("({bounds})"));
    }
    let table = held.filter(|held| !held.holds.is_empty()).map(history);
    let lines = lines.iter().map(|line| safe(line).into_owned() + "\n");
    lines.chain(table.map(|table| format!("\n{table}"))).collect()
}
