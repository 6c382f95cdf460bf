//! One line for what cannot be answered.

use color_eyre::Report;
use color_eyre::eyre::eyre;

use super::known::Known;
use crate::model::{Key, Kind};
use crate::store::{self, distance};
use crate::trace::path::NoTrace;
use crate::view;

/// There is no such Service, as far as is known.
pub(super) fn no_service(known: &Known, key: &Key) -> Report {
    let names = known.store.services_in(&key.namespace).map(|service| service.meta.key.name.to_string());
    missing(known, Kind::Service, key, names)
}

/// There is no such pod, as far as is known.
pub(super) fn no_pod(known: &Known, key: &Key) -> Report {
    let names = known.store.pods_in(&key.namespace).map(|pod| pod.meta.key.name.to_string());
    missing(known, Kind::Pod, key, names)
}

fn missing(known: &Known, kind: Kind, key: &Key, names: impl Iterator<Item = String>) -> Report {
    let noun = if kind == Kind::Service { "Service" } else { "pod" };
    if let store::Known::NotWatched { namespace, .. } = known.store.known(kind, &key.namespace) {
        let held: Vec<&str> = known.store.watched().map(|(name, _)| name.as_str()).collect();
        return eyre!("nothing of namespace {namespace} is held here; -n NAME takes {}", held.join(", "));
    }
    if !known.store.complete_in(kind, &key.namespace) {
        let why = view::health(kind, known.store.health_in(kind, &key.namespace), known.now);
        return eyre!("{noun} {} in namespace {} is not known: {why}", key.name, key.namespace);
    }
    let nearest = names.min_by_key(|name| distance(name, &key.name));
    let near = nearest.filter(|name| distance(name, &key.name) <= 3).map(|name| format!("; did you mean {name}?"));
    eyre!("no {noun} {} in namespace {}{}", key.name, key.namespace, near.unwrap_or_default())
}

/// A trace that cannot begin.
pub(super) fn no_trace(name: &str, why: &NoTrace) -> Report {
    match why {
        NoTrace::BadName(bad) => eyre!("{name:?} cannot be looked up: {}", view::bad_name(bad)),
        NoTrace::Unseen(client, kind) => {
            eyre!("whether there is a client {client} is not known: {} are not", kind.name())
        }
        NoTrace::NoClient(client, near) => {
            let near = view::near_client(near).map(|name| format!("; did you mean {name}?"));
            eyre!("no client {client}{}", near.unwrap_or_default())
        }
    }
}
