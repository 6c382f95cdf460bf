//! What is wrong with the slices of a Service: frozen, ignored, unbound, orphaned, doubly claimed (D33, D55, D59, D72,
//! D77, D78).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::{hurts, note};
use crate::model::{AddressType, Key, Kind, ManagedBy, SERVICE_NAME_LABEL, Service, ServiceKind, Slice, Text};
use crate::store::Store;
use crate::trace::evidence::Evidence;
use crate::trace::{Finding, Reason, SliceIgnored};

/// The label that hides a slice from kube-proxy (R4.1).
const HEADLESS_LABEL: &str = "service.kubernetes.io/headless";

/// Slices that the controller wrote and will never touch again (D33): the Service has no selector, or is an alias.
pub(super) fn frozen(store: &Store, service: &Service) -> Option<Finding> {
    let alias = service.kind == ServiceKind::ExternalName;
    if service.selector.is_some() && !alias {
        return None;
    }
    let key = &service.meta.key;
    let written = store.slices_of(key).filter(|slice| slice.managed_by() == ManagedBy::Controller);
    let (slices, endpoints) = written.fold((Vec::new(), 0), |(mut slices, endpoints), slice| {
        slices.push(Evidence::field(Kind::Slice, &slice.meta.key, ".endpoints", slice.endpoints.len()));
        (slices, endpoints + slice.endpoints.len())
    });
    if endpoints == 0 {
        return None;
    }
    let cause = if alias {
        Evidence::field(Kind::Service, key, ".spec.type", "ExternalName")
    } else {
        Evidence::no_field(Kind::Service, key, ".spec.selector")
    };
    let evidence = std::iter::once(cause).chain(slices);
    Some(hurts(Reason::FrozenSlices { service: key.clone(), endpoints }, evidence))
}

/// Slices that name the Service and that kube-proxy does not use (D72). A headless Service is not proxied at all.
pub(super) fn ignored(store: &Store, service: &Service) -> Vec<Finding> {
    if service.headless() || service.kind == ServiceKind::ExternalName {
        return Vec::new();
    }
    let why = |slice: &Slice| {
        if slice.endpoints.is_empty() {
            None
        } else if let Some(label) = slice.meta.labels.get(HEADLESS_LABEL) {
            Some((SliceIgnored::HeadlessLabel, format!(".metadata.labels.{HEADLESS_LABEL}"), Some(label.to_string())))
        } else if slice.address_type == AddressType::Fqdn {
            Some((SliceIgnored::Names, ".addressType".to_owned(), Some("FQDN".to_owned())))
        } else if slice.managed_by() != ManagedBy::Controller
            && slice.ports.iter().all(|port| port.name.is_none() || port.port.is_none())
        {
            let ports = slice.ports.len();
            Some((SliceIgnored::NoPorts, ".ports".to_owned(), (ports > 0).then(|| format!("{ports}, none with both"))))
        } else {
            None
        }
    };
    let slices = store.slices_of(&service.meta.key);
    let ignored = slices.filter_map(|slice| {
        let (why, path, value) = why(slice)?;
        let key = slice.meta.key.clone();
        let evidence =
            Evidence { source: crate::trace::evidence::Source::Object(Kind::Slice, key.clone()), path, value };
        Some(hurts(Reason::SliceIgnored { slice: key, why }, [evidence]))
    });
    ignored.collect()
}

/// Ports of the Service that no slice has by that name, although its slices have ports (D59).
pub(super) fn port_names(store: &Store, service: &Service) -> Vec<Finding> {
    let key = &service.meta.key;
    let with_endpoints = || store.slices_of(key).filter(|slice| !slice.endpoints.is_empty() && !slice.ports.is_empty());
    // What the controller writes has the Service's names; a name missing there is a target port missing in the pods.
    if with_endpoints().next().is_none() || with_endpoints().any(|slice| slice.managed_by() == ManagedBy::Controller) {
        return Vec::new();
    }
    let joined = |name: &Text, slice: &Slice| slice.ports.iter().any(|port| port.name.as_ref() == Some(name));
    let lost = service.ports.iter().filter(|port| !with_endpoints().any(|slice| joined(&port.name, slice)));
    lost.map(|port| {
        let names = with_endpoints().flat_map(|slice| &slice.ports).filter_map(|port| port.name.clone());
        let found: BTreeSet<Text> = names.collect();
        let evidence = with_endpoints().map(|slice| {
            let names: Vec<&str> = slice.ports.iter().filter_map(|port| port.name.as_deref()).collect();
            Evidence::field(Kind::Slice, &slice.meta.key, ".ports[*].name", format!("{names:?}"))
        });
        let found = found.into_iter().collect();
        hurts(Reason::SlicePortName { service: key.clone(), wanted: port.name.clone(), found }, evidence)
    })
    .collect()
}

/// Slices that look meant for the Service and are not bound to it by the label (D55): the name begins so, or an owner
/// reference says so.
pub(super) fn unbound(store: &Store, service: &Service) -> Vec<Finding> {
    let key = &service.meta.key;
    let prefix = format!("{}-", key.name);
    let meant = |slice: &Slice| {
        let named = slice.meta.key.name == key.name || slice.meta.key.name.starts_with(&prefix);
        let owned = slice.meta.owner.as_ref().is_some_and(|owner| owner.kind == "Service" && owner.name == key.name);
        slice.meta.key.namespace == key.namespace && (named || owned)
    };
    let unbound = store.unbound_slices().filter(|slice| meant(slice));
    unbound
        .map(|slice| {
            let own = slice.meta.key.clone();
            let evidence = Evidence::no_field(Kind::Slice, &own, format!(".metadata.labels.{SERVICE_NAME_LABEL}"));
            hurts(Reason::SliceUnbound { slice: own, service: key.clone() }, [evidence])
        })
        .collect()
}

/// Addresses that two pods claim within the Service (D77), and addresses that nobody has (D78).
pub(super) fn claims(store: &Store, service: &Key, cidr_known: bool) -> Vec<Finding> {
    let mut claims: BTreeMap<IpAddr, BTreeSet<Key>> = BTreeMap::new();
    let mut findings = Vec::new();
    for slice in store.slices_of(service) {
        for endpoint in &slice.endpoints {
            let Some(address) = endpoint.address() else { continue };
            match endpoint.target.as_deref().filter(|target| target.kind == "Pod") {
                Some(target) => {
                    let namespace =
                        if target.namespace.is_empty() { service.namespace.clone() } else { target.namespace.clone() };
                    claims.entry(address).or_default().insert(Key { namespace, name: target.name.clone() });
                }
                None if !cidr_known => {}
                None => {
                    let owned = store.pods_at(address).next().is_some()
                        || store.nodes().any(|node| node.addresses.contains(&address));
                    if !owned {
                        let own = slice.meta.key.clone();
                        let evidence = Evidence::field(Kind::Slice, &own, ".endpoints[*].addresses", address);
                        findings.push(note(Reason::OrphanAddress { address, slice: own }, [evidence]));
                    }
                }
            }
        }
    }
    for (address, pods) in claims.into_iter().filter(|(_, pods)| pods.len() > 1) {
        let evidence: Vec<Evidence> =
            pods.iter().map(|pod| Evidence::field(Kind::Pod, pod, ".status.podIPs", address)).collect();
        findings.push(hurts(Reason::TwoClaims { address, pods: pods.into_iter().collect() }, evidence));
    }
    findings
}
