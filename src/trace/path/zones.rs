//! All zones at once: which share each zone's clients give to each endpoint, and where that is lopsided.
//!
//! Costs a look at every pod, so it is worked out only where someone looks at it.

use std::net::SocketAddr;

use super::Settings;
use super::step::{Owner, Trace};
use crate::model::{Family, Key, Text};
use crate::store::Store;
use crate::trace::proxy::{Imbalance, Via, backends, zone_matrix, zones};

/// One zone.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneView {
    /// Its name; `None` for nodes without the label.
    pub zone: Option<Text>,
    /// How many nodes it has.
    pub nodes: usize,
    /// How many pods run there.
    pub clients: usize,
    /// What each endpoint gets of the zone's new connections, in thousandths; those that get nothing are left out.
    pub shares: Vec<(SocketAddr, u32)>,
    /// Each of its endpoints has so many times the clients of an average one, in tenths (L35).
    pub overloaded: Option<u32>,
    /// One endpoint alone serves it (L36).
    pub only_one: bool,
}

/// The zones for the first port that the trace goes through; empty where it goes through none, or nodes or pods are not
/// known.
pub fn zone_views(store: &Store, settings: &Settings, trace: &Trace) -> Vec<ZoneView> {
    let Some((key, port)) = through(trace) else { return Vec::new() };
    let Some(service) = store.service(&key) else { return Vec::new() };
    let Some(port) = service.ports.iter().find(|own| own.port.0 == port).or(service.ports.first()) else {
        return Vec::new();
    };
    let Ok(loads) = zones(store) else { return Vec::new() };
    let family = trace.ways().first().map_or(Family::V4, |way| Family::of(&way.to.ip()));
    let slices = store.slices_of(&key).map(|slice| &**slice);
    let ends = backends(slices, (&port.name, &port.protocol), family, None, &settings.proxy);
    let matrix = zone_matrix(&loads, &ends, (service, port), family, &settings.proxy);
    matrix
        .rows
        .iter()
        .map(|row| {
            let shares = ends.iter().zip(&row.shares).filter(|(_, share)| **share > 0.0);
            ZoneView {
                zone: row.zone.cloned(),
                nodes: row.nodes,
                clients: row.clients,
                shares: shares.map(|(end, share)| (end.socket(), thousandths(*share))).collect(),
                overloaded: row.marks.iter().find_map(|mark| match mark {
                    Imbalance::Overloaded(times) => Some(thousandths(*times) / 100),
                    Imbalance::OnlyOne => None,
                }),
                only_one: row.marks.iter().any(|mark| matches!(mark, Imbalance::OnlyOne)),
            }
        })
        .collect()
}

/// A share of at most some thousands, in thousandths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits before")]
fn thousandths(share: f64) -> u32 {
    (share * 1000.0).round().clamp(0.0, 1e9) as u32
}

/// The Service that packets go through by one of its own addresses, and the port dialled.
fn through(trace: &Trace) -> Option<(Key, u16)> {
    let key = trace.owners().iter().find_map(|owner| match owner {
        Owner::Service(key, Via::ClusterIp | Via::ExternalIp | Via::LoadBalancer) => Some(key.clone()),
        Owner::Service(_, Via::NodePort | Via::Loopback)
        | Owner::Headless(_)
        | Owner::Alias(..)
        | Owner::Pod(_)
        | Owner::Node(_)
        | Owner::Nobody(_) => None,
    })?;
    Some((key, trace.ways().first()?.to.port()))
}
