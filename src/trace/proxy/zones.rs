//! Who gets which share, for all zones at once: a Service port's endpoints against the zones of its clients (L35, L36).
//!
//! Policy Cluster only; policy Local is a matter of nodes, not of zones.

use std::collections::BTreeMap;

use super::choice::{node_hints, zone_hints};
use super::{Backend, Missing, Preference, ProxyConfig, Standpoint, Zone, categorize};
use crate::model::{Family, Kind, Node, Service, ServicePort, Text};
use crate::store::Store;

/// A zone is overloaded from this many times the cluster's average (L35).
const OVERLOAD: f64 = 3.0;

/// The nodes of one zone, and the pods on them that may be clients.
#[derive(Clone, Debug)]
pub struct ZoneLoad<'a> {
    /// The zone; `None` for the nodes without the label.
    pub zone: Option<&'a Text>,
    /// Its nodes.
    pub nodes: Vec<&'a Node>,
    /// Pods on them that have not ended.
    pub clients: usize,
}

/// The zones of a cluster by name, the nodes without one first. The same for every Service, so count once.
pub fn zones(store: &Store) -> Result<Vec<ZoneLoad<'_>>, Missing> {
    if !store.complete(Kind::Node) {
        return Err(Missing::Nodes);
    }
    if !store.complete_everywhere(Kind::Pod) {
        return Err(Missing::Pods);
    }
    let mut on_node: BTreeMap<&Text, usize> = BTreeMap::new();
    for node in store.pods().filter(|pod| !pod.has_ended()).filter_map(|pod| pod.node.as_ref()) {
        *on_node.entry(node).or_default() += 1;
    }
    let mut zones: BTreeMap<Option<&Text>, ZoneLoad<'_>> = BTreeMap::new();
    for node in store.nodes() {
        let zone = node.zone.as_ref();
        let load = zones.entry(zone).or_insert_with(|| ZoneLoad { zone, nodes: Vec::new(), clients: 0 });
        load.nodes.push(node);
        load.clients += on_node.get(&node.meta.key.name).copied().unwrap_or_default();
    }
    Ok(zones.into_values().collect())
}

/// What is wrong with how a zone is served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Imbalance {
    /// Each of the zone's endpoints has this many times the clients of an average one (L35).
    Overloaded(f64),
    /// One endpoint alone serves a zone of several nodes: when it goes, all of the zone's traffic moves at once (L36).
    OnlyOne,
}

/// One zone's row of the matrix.
#[derive(Clone, Debug)]
pub struct ZoneRow<'a> {
    /// The zone; `None` for the nodes without the label.
    pub zone: Option<&'a Text>,
    /// How many nodes it has.
    pub nodes: usize,
    /// How many pods run there.
    pub clients: usize,
    /// What its nodes prefer; where they differ, what the first of them does.
    pub preference: Preference,
    /// The share of the zone's new connections that each backend gets, averaged over its nodes.
    pub shares: Vec<f64>,
    /// What is wrong.
    pub marks: Vec<Imbalance>,
}

/// Zones against backends.
#[derive(Clone, Debug)]
pub struct ZoneMatrix<'a> {
    /// One row for each zone.
    pub rows: Vec<ZoneRow<'a>>,
    /// Clients for each backend that stand behind it, were every client as busy as the others.
    pub load: Vec<f64>,
}

/// The shares of a Service port's backends in every zone.
pub fn zone_matrix<'a>(
    zones: &[ZoneLoad<'a>],
    backends: &[Backend<'_>],
    service: (&Service, &ServicePort),
    family: Family,
    config: &ProxyConfig,
) -> ZoneMatrix<'a> {
    let ready: Vec<&Backend<'_>> = backends.iter().filter(|backend| backend.endpoint.is_ready()).collect();
    // Only then do two nodes of one zone differ.
    let by_node = !ready.is_empty() && ready.iter().all(|backend| !node_hints(backend).is_empty());
    let clients: usize = zones.iter().map(|zone| zone.clients).sum();
    let average = clients as f64 / ready.len() as f64;
    let mut load = vec![0.0; backends.len()];
    let row = |zone: &ZoneLoad<'a>| {
        let mut shares = vec![0.0; backends.len()];
        let nodes = if by_node { zone.nodes.as_slice() } else { &zone.nodes[..zone.nodes.len().min(1)] };
        let mut first = None;
        for node in nodes {
            let at = Standpoint { node: Some(&node.meta.key.name), zone: zone.zone.map_or(Zone::Unlabelled, Zone::In) };
            let choice = categorize(backends, service, family, at, config);
            let places = choice.cluster.places();
            for place in places {
                shares[*place] += 1.0 / (places.len() as f64 * nodes.len() as f64);
            }
            first.get_or_insert(choice.preference);
        }
        let preference = first.unwrap_or(Preference::Unknown(Missing::Nodes));
        let mut marks = Vec::new();
        if let (Preference::Zone { .. }, Some(name)) = (&preference, zone.zone) {
            let hinted = ready.iter().filter(|backend| zone_hints(backend).contains(name)).count();
            let times = zone.clients as f64 / hinted as f64 / average;
            if times >= OVERLOAD {
                marks.push(Imbalance::Overloaded(times));
            }
            if hinted == 1 && zone.nodes.len() >= 2 {
                marks.push(Imbalance::OnlyOne);
            }
        }
        for (load, share) in load.iter_mut().zip(&shares) {
            *load += share * zone.clients as f64;
        }
        ZoneRow { zone: zone.zone, nodes: zone.nodes.len(), clients: zone.clients, preference, shares, marks }
    };
    let rows = zones.iter().map(row).collect();
    ZoneMatrix { rows, load }
}
