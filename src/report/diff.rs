//! What differs between two moments, as text and as JSON: `assets/diff.schema.json`.

use serde::Serialize;

use super::endpoints::{RowDocument, row};
use super::table::{lay_out, word};
use crate::churn::{ServiceDiff, detail};
use crate::model::Time;
use crate::store::{Row, Store};
use crate::view;

/// The version of the format.
const VERSION: &str = "podpath.diff/v1";

/// Which two moments.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// The earlier one.
    pub from: Time,
    /// The later one.
    pub to: Time,
}

/// What differs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DiffDocument {
    version: &'static str,
    from: String,
    to: String,
    differs: bool,
    /// Services that differ, and names that only slices give.
    services: Vec<ServiceDocument>,
    complete: bool,
    /// What was not known, in words.
    blind_spots: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceDocument {
    namespace: String,
    name: String,
    existed: bool,
    exists: bool,
    /// The Service object itself differs.
    edited: bool,
    joined: Vec<RowDocument>,
    left: Vec<RowDocument>,
    changed: Vec<ChangedDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangedDocument {
    before: RowDocument,
    after: RowDocument,
}

/// The document of a difference; the stores are those of the two moments.
pub fn diff_document(
    found: &[ServiceDiff],
    (before, after): (&Store, &Store),
    moments: Moments,
    blind_spots: Vec<String>,
) -> DiffDocument {
    let services = found.iter().map(|diff| {
        let draining = |store: &Store| store.summary(&diff.service).draining_only;
        let (was, is) = (draining(before), draining(after));
        ServiceDocument {
            namespace: diff.service.namespace.to_string(),
            name: diff.service.name.to_string(),
            existed: diff.exists.0,
            exists: diff.exists.1,
            edited: diff.edited,
            joined: diff.joined.iter().map(|each| row(after, each, is)).collect(),
            left: diff.left.iter().map(|each| row(before, each, was)).collect(),
            changed: diff
                .changed
                .iter()
                .map(|(old, new)| ChangedDocument { before: row(before, old, was), after: row(after, new, is) })
                .collect(),
        }
    });
    DiffDocument {
        version: VERSION,
        from: moments.from.to_string(),
        to: moments.to.to_string(),
        differs: !found.is_empty(),
        services: services.collect(),
        complete: blind_spots.is_empty(),
        blind_spots,
    }
}

/// The difference for people.
pub fn diff_text(found: &[ServiceDiff]) -> String {
    let mut rows = Vec::new();
    for diff in found {
        let service = diff.service.to_string();
        let mut line = |change: &str, cells: [String; 4]| {
            rows.push([service.clone(), change.to_owned()].into_iter().chain(cells).collect::<Vec<_>>());
        };
        let dash = || "-".to_owned();
        let own = match (diff.exists, diff.edited) {
            ((false, true), _) => Some("created"),
            ((true, false), _) => Some("deleted"),
            ((true, true), true) => Some("edited"),
            ((true, true) | (false, false), _) => None,
        };
        if let Some(own) = own {
            line(own, [dash(), dash(), dash(), dash()]);
        }
        for row in &diff.joined {
            line("joined", [address(row), pod(row), dash(), word(row)]);
        }
        for row in &diff.left {
            line("left", [address(row), pod(row), word(row), dash()]);
        }
        for (old, new) in &diff.changed {
            let (was, mut is) = (word(old), word(new));
            if let Some(detail) = detail(old, new).filter(|_| was == is) {
                is = format!("{is} ({} changed)", view::churn::detail(detail));
            }
            line("changed", [address(new), pod(new), was, is]);
        }
    }
    lay_out(&["SERVICE", "CHANGE", "ADDRESS", "POD", "BEFORE", "AFTER"], rows)
}

fn address(row: &Row) -> String {
    let addresses: Vec<String> = row.addresses.iter().map(ToString::to_string).collect();
    if addresses.is_empty() { "-".to_owned() } else { addresses.join(",") }
}

fn pod(row: &Row) -> String {
    row.pod_key().map_or_else(|| "-".to_owned(), |key| key.name.to_string())
}
