//! The union table of a Service as JSON: `assets/endpoints.schema.json`.

use serde::Serialize;

use crate::model::{Key, Kind, ManagedBy};
use crate::store::{Row, Store, Target};

/// The version of the format.
const VERSION: &str = "podpath.endpoints/v1";

/// A Service with its union table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    version: &'static str,
    namespace: String,
    service: String,
    usable: usize,
    total: usize,
    /// Nothing is ready: terminating endpoints that still serve are used.
    draining_only: bool,
    /// Whether everything that decides was known.
    complete: bool,
    /// What was not known, in words.
    blind_spots: Vec<String>,
    ports: Vec<PortDocument>,
    rows: Vec<RowDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PortDocument {
    name: String,
    port: u16,
    protocol: String,
    target_port: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RowDocument {
    addresses: Vec<String>,
    /// The number of each Service port, in their order; null: nothing on it.
    ports: Vec<Option<u16>>,
    pod: Option<PodDocument>,
    selected: bool,
    endpoint: Option<EndpointDocument>,
    usable: bool,
    /// The reason in one word; null: a plain endpoint.
    word: Option<&'static str>,
    /// What the word is about: the port of NO-PORT.
    detail: Option<String>,
    node: Option<String>,
    zone: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodDocument {
    namespace: String,
    name: String,
    /// We hold the pod; otherwise only the slice names it.
    seen: bool,
    joined_by_address: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EndpointDocument {
    ready: bool,
    serving: bool,
    terminating: bool,
    slices: Vec<SliceDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SliceDocument {
    name: String,
    managed_by: &'static str,
}

pub(super) fn managed_by(who: ManagedBy) -> &'static str {
    match who {
        ManagedBy::Controller => "endpointslice-controller",
        ManagedBy::Mirroring => "endpointslicemirroring-controller",
        ManagedBy::ApiServer => "kube-apiserver",
        ManagedBy::Custom => "custom",
    }
}

/// The document of a Service; `None` where there is no such Service.
pub fn document(store: &Store, key: &Key, blind_spots: Vec<String>) -> Option<Document> {
    let service = store.service(key)?;
    let summary = store.summary(key);
    let ports = service.ports.iter().map(|port| PortDocument {
        name: port.name.to_string(),
        port: port.port.0,
        protocol: port.protocol.to_string(),
        target_port: port.target.to_string(),
    });
    let complete =
        [Kind::Service, Kind::Slice, Kind::Pod].into_iter().all(|kind| store.complete_in(kind, &key.namespace));
    Some(Document {
        version: VERSION,
        namespace: key.namespace.to_string(),
        service: key.name.to_string(),
        usable: summary.usable,
        total: summary.total,
        draining_only: summary.draining_only,
        complete,
        blind_spots,
        ports: ports.collect(),
        rows: store.rows(key).iter().map(|each| row(store, each, summary.draining_only)).collect(),
    })
}

pub(super) fn row(store: &Store, row: &Row, draining_only: bool) -> RowDocument {
    let endpoint = row.facts().map(|facts| EndpointDocument {
        ready: facts.ready,
        serving: facts.serving,
        terminating: facts.terminating,
        slices: row
            .members
            .iter()
            .map(|member| SliceDocument { name: member.slice.to_string(), managed_by: managed_by(member.managed_by) })
            .collect(),
    });
    let zone = row.members.iter().find_map(|member| member.zone.clone());
    let zone = zone.or_else(|| store.node(row.node()?)?.zone.clone());
    RowDocument {
        addresses: row.addresses.iter().map(ToString::to_string).collect(),
        ports: row.ports.iter().map(|port| port.port.map(|port| port.0)).collect(),
        pod: row.pod_key().map(|key| PodDocument {
            namespace: key.namespace.to_string(),
            name: key.name.to_string(),
            seen: matches!(row.target, Target::Pod(_)),
            joined_by_address: row.by_ip,
        }),
        selected: row.selected,
        endpoint,
        usable: row.usable() || (draining_only && row.fallback()),
        word: row.word.as_ref().map(|word| word.id()),
        detail: row.word.as_ref().and_then(|word| word.detail()).map(ToString::to_string),
        node: row.node().map(ToString::to_string),
        zone: zone.map(|zone| zone.to_string()),
    }
}
