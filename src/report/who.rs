//! Whose an address or a name is, as text and as JSON: `assets/who.schema.json`.

use serde::Serialize;

use crate::model::Key;
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

/// The document of an answer.
pub fn who_document(asked: &str, who: &Who, blind_spots: Vec<String>) -> WhoDocument {
    WhoDocument {
        version: VERSION,
        asked: asked.to_owned(),
        holders: who.owners.iter().map(holder).collect(),
        conflict: who.conflict.as_ref().map(|(one, other)| vec![holder(one), holder(other)]),
        near: who.near.clone(),
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

/// The answer for people.
pub fn who_text(asked: &str, who: &Who) -> String {
    let mut lines: Vec<String> = who.owners.iter().map(view::holder).collect();
    if lines.is_empty() {
        let known = if who.blind.is_empty() { "" } else { " that is known here" };
        let near = if who.near.is_empty() { String::new() } else { format!("; near: {}", who.near.join(", ")) };
        lines.push(format!("nobody{known} has {asked}{near}"));
    }
    if let Some((one, other)) = &who.conflict {
        lines.push(format!("conflict: {} and {} cannot both have it", view::holder(one), view::holder(other)));
    }
    if !who.blind.is_empty() {
        let kinds: Vec<&str> = who.blind.iter().map(|kind| kind.resource()).collect();
        lines.push(format!("(not all is known: {})", kinds.join(", ")));
    }
    lines.iter().map(|line| safe(line).into_owned() + "\n").collect()
}
