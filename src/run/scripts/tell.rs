//! One line for what cannot be answered.

use color_eyre::Report;
use color_eyre::eyre::eyre;

use super::known::Known;
use crate::config::Login;
use crate::model::{Key, Kind};
use crate::store::{self, Store};
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

/// No Service and no pod is called so, as far as is known; where nodes are meant too, no node either.
pub(super) fn nothing_named(known: &Known, key: &Key, with_nodes: bool) -> Report {
    let complete = |kind| known.store.complete_in(kind, &key.namespace);
    if !complete(Kind::Service) {
        return no_service(known, key);
    }
    if !complete(Kind::Pod) {
        return no_pod(known, key);
    }
    let services = known.store.services_in(&key.namespace).map(|service| service.meta.key.name.to_string());
    let pods = known.store.pods_in(&key.namespace).map(|pod| pod.meta.key.name.to_string());
    let nodes = known.store.nodes().filter(|_| with_nodes).map(|node| node.meta.key.name.to_string());
    let near = nearest(services.chain(pods).chain(nodes), &key.name);
    if with_nodes && !known.store.complete(Kind::Node) {
        let why = view::health(Kind::Node, known.store.health(Kind::Node), known.now);
        return eyre!(
            "no Service and no pod is called {} in namespace {}{near}; whether a node is, is not known: {why}",
            key.name,
            key.namespace
        );
    }
    let kinds = if with_nodes { "Service, pod or node" } else { "Service and no pod" };
    eyre!("no {kinds} is called {} in namespace {}{near}", key.name, key.namespace)
}

/// There is no such node, as far as is known.
pub(super) fn no_node(known: &Known, name: &str) -> Report {
    if !known.store.complete(Kind::Node) {
        let why = view::health(Kind::Node, known.store.health(Kind::Node), known.now);
        return eyre!("node {name} is not known: {why}");
    }
    let names = known.store.nodes().map(|node| node.meta.key.name.to_string());
    eyre!("no node {name}{}", nearest(names, name))
}

/// One object is meant, so one namespace is needed: refused before anything is read.
pub(super) fn one_namespace(login: &Login, command: &str) -> Result<(), Report> {
    if login.all_namespaces {
        return Err(eyre!("{command} needs one namespace: -n NAME instead of -A"));
    }
    Ok(())
}

/// One object is meant, so one namespace is needed: refused when it is known which are looked at.
pub(super) fn one_scope(known: &Known, command: &str) -> Result<(), Report> {
    if known.scope.names().len() > 1 {
        return Err(eyre!("{command} needs one namespace, not {}; -n NAME says which", known.scope));
    }
    Ok(())
}

/// Of a recording or of files: each namespace that the user names is held there. Of others "nothing" would be a lie.
pub(super) fn all_held(store: &Store, login: &Login) -> Result<(), Report> {
    let held = |name: &str| store.watched().any(|(own, _)| own == name);
    match login.named().find(|name| store.watched().next().is_some() && !held(name)) {
        Some(name) => Err(not_held(store, name)),
        None => Ok(()),
    }
}

fn not_held(store: &Store, namespace: &str) -> Report {
    let held: Vec<&str> = store.watched().map(|(name, _)| name.as_str()).collect();
    eyre!("nothing of namespace {namespace} is held here; -n NAME takes {}", held.join(", "))
}

/// Several that are equally near are all named, unless they are so many that it would be chance.
pub(super) fn nearest(names: impl Iterator<Item = String>, wanted: &str) -> String {
    let mut near: Vec<(usize, String)> = names.map(|name| (strsim::levenshtein(&name, wanted), name)).collect();
    near.sort();
    // A Service and a pod may share a name.
    near.dedup();
    // Of a name of two letters every other one is near.
    let most = 3.min(wanted.chars().count().saturating_sub(1));
    let least = near.first().map_or(most, |(edits, _)| *edits);
    near.retain(|(edits, _)| *edits == least && *edits <= most);
    match near.as_slice() {
        [(_, only)] => format!("; did you mean {only}?"),
        [(_, one), (_, other)] => format!("; did you mean {one} or {other}?"),
        _ => String::new(),
    }
}

fn missing(known: &Known, kind: Kind, key: &Key, names: impl Iterator<Item = String>) -> Report {
    let noun = if kind == Kind::Service { "Service" } else { "pod" };
    if let store::Known::NotWatched { namespace, .. } = known.store.known(kind, &key.namespace) {
        return not_held(&known.store, &namespace);
    }
    if !known.store.complete_in(kind, &key.namespace) {
        let why = view::health(kind, known.store.health_in(kind, &key.namespace), known.now);
        return eyre!("{noun} {} in namespace {} is not known: {why}", key.name, key.namespace);
    }
    eyre!("no {noun} {} in namespace {}{}", key.name, key.namespace, nearest(names, &key.name))
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

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn what_is_equally_near_is_named_together_and_not_by_chance() {
        let near = |names: &[&str], wanted: &str| nearest(names.iter().map(|name| (*name).to_owned()), wanted);
        assert_eq!(near(&["web", "web", "cart"], "wep"), "; did you mean web?");
        assert_eq!(near(&["cart", "card"], "carx"), "; did you mean card or cart?");
        assert_eq!(near(&["n1", "n2", "n3"], "nx"), "");
        assert_eq!(near(&["db"], "ab"), "; did you mean db?");
        assert_eq!(near(&["db"], "x"), "");
        assert_eq!(near(&[], ""), "");
    }
}
