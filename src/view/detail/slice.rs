//! Details of EndpointSlices.

use super::super::pieces::{count, dim, many, plain, text};
use super::super::{Line, Piece, Tone, ports, words};
use super::Lines;
use crate::app::State;
use crate::model::{AddressType, Key, Kind, Slice};

/// Label that hides a slice from kube-proxy (R4.1).
const HEADLESS_LABEL: &str = "service.kubernetes.io/headless";

pub(super) fn of_slice(state: &State, lines: &mut Lines, slice: &Slice) -> Line {
    lines.all("unused", unused(state, slice).into_iter().map(|why| vec![text(why, Tone::Warn)]));
    lines.words("managed by", words::managed_by(slice.managed_by()));
    lines.words("addresses", words::address_type(&slice.address_type));
    lines.words("ports", ports::of_slice(slice));
    let ready = slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()).count();
    lines.words("endpoints", format!("{} of {} ready", count(ready), count(slice.endpoints.len())));
    let hinted = slice.endpoints.iter().filter(|endpoint| endpoint.hints.is_some()).count();
    if hinted > 0 {
        lines.words("hints", format!("on {} of {}", count(hinted), many(slice.endpoints.len(), "endpoint")));
    }
    if let Some(owner) = &slice.meta.owner {
        lines.words("owner", format!("{} {}", owner.kind, owner.name));
    }
    lines.age("triggered", slice.triggered);
    lines.age("age", slice.meta.created);
    vec![plain(&slice.meta.key.name), Piece::Fill, dim(format!("EndpointSlice  {}", slice.meta.key.namespace))]
}

/// Why kube-proxy does not use a slice, or a part of it (R3.1, R3.15, R4.1, §4.2).
fn unused(state: &State, slice: &Slice) -> Vec<String> {
    let mut reasons = Vec::new();
    let service = slice.service();
    match &service {
        None => reasons.push("It names no Service in the label kubernetes.io/service-name: nobody uses it.".to_owned()),
        Some(name)
            if state.store.service(name).is_none() && state.store.complete_in(Kind::Service, &name.namespace) =>
        {
            reasons.push(format!("There is no Service {} in {}.", name.name, name.namespace));
        }
        Some(_) => {}
    }
    if slice.address_type == AddressType::Fqdn {
        reasons.push("Names (FQDN) are ignored by kube-proxy.".to_owned());
    }
    let held = service.as_ref().and_then(|name| state.store.service(name));
    let headless = slice.meta.labels.get(HEADLESS_LABEL).is_some();
    if headless && held.is_some_and(|service| !service.headless()) {
        reasons.push(format!("Its label {HEADLESS_LABEL} hides it from kube-proxy."));
    }
    if slice.ports.iter().any(|port| port.name.is_none() || port.port.is_none()) {
        reasons.push("A port without a name or a number is ignored by kube-proxy.".to_owned());
    }
    if let Some(service) = held.filter(|service| !service.headless() && !slice.ports.is_empty()) {
        let known = |name: &crate::model::SlicePort| {
            service.ports.iter().any(|port| Some(&port.name) == name.name.as_ref() && port.protocol == name.protocol)
        };
        let strange: Vec<String> = slice
            .ports
            .iter()
            .filter(|port| !known(port))
            .filter_map(|port| port.name.as_ref().map(|name| format!("{name:?}/{}", port.protocol)))
            .collect();
        if !strange.is_empty() {
            reasons.push(format!("The Service has no port named {}: ports are joined by name.", strange.join(", ")));
        }
    }
    reasons
}

/// The slices of a namespace that name no Service.
pub(super) fn of_unbound(state: &State, lines: &mut Lines, key: &Key) -> Line {
    let words = "These EndpointSlices carry no kubernetes.io/service-name label, so no Service uses them.";
    lines.add("why", vec![text(words, Tone::Warn)]);
    let slices = state.store.unbound_slices().filter(|slice| slice.meta.key.namespace == key.namespace);
    let slices = slices.map(|slice| {
        let endpoints = many(slice.endpoints.len(), "endpoint");
        vec![plain(&slice.meta.key.name), dim(format!(" {endpoints}, {}", words::managed_by(slice.managed_by())))]
    });
    lines.all("slices", slices);
    vec![plain("slices of no Service"), Piece::Fill, dim(&key.namespace)]
}
