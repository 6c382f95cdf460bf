//! EndpointSlice membership: what the real reconciler wrote for random Services, pods and nodes.

use std::collections::BTreeSet;

use podpath::model::{AddressType, Family, Interner, Node, Pod, Service, Slice};
use podpath::store::{Bound, desired};
use podpath::watch::decode;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::files::replay;

#[derive(Deserialize)]
struct Case<'a> {
    id: u64,
    #[serde(borrow)]
    service: &'a RawValue,
    #[serde(borrow)]
    pods: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    nodes: Option<Vec<&'a RawValue>>,
    #[serde(rename = "expectSlices")]
    expect: Option<Vec<serde_json::Value>>,
}

/// One endpoint with its ports, as text that can be compared.
type Endpoint = String;

fn predicted(service: &Service, pods: &[Pod], nodes: &[Node]) -> BTreeSet<Endpoint> {
    let mut found = BTreeSet::new();
    for family in service.slice_families() {
        for pod in pods {
            let node = nodes.iter().find(|node| Some(&node.meta.key.name) == pod.node.as_ref());
            let bound = node.map_or(Bound::Nowhere, Bound::To);
            let Ok(wanted) = desired(pod, service, bound, family) else { continue };
            let ports = service.ports.iter().zip(&wanted.ports);
            let ports: BTreeSet<String> = ports
                .filter_map(|(port, number)| Some(format!("{}={}/{}", port.name, (*number)?, port.protocol)))
                .collect();
            found.insert(format!(
                "{family} {:?} {:?} {:?} node {:?} zone {:?} hostname {:?} hints {:?} ports {ports:?}",
                wanted.addresses, pod.meta.key.name, wanted.facts, pod.node, wanted.zone, wanted.hostname, wanted.hints,
            ));
        }
    }
    found
}

fn written(slices: &[Slice]) -> BTreeSet<Endpoint> {
    let mut found = BTreeSet::new();
    for slice in slices {
        let family = if slice.address_type == AddressType::Ipv4 { Family::V4 } else { Family::V6 };
        let ports: BTreeSet<String> = slice
            .ports
            .iter()
            .filter_map(|port| Some(format!("{}={}/{}", port.name.as_ref()?, port.port?, port.protocol)))
            .collect();
        for endpoint in &slice.endpoints {
            let facts = podpath::store::Facts {
                ready: endpoint.is_ready(),
                serving: endpoint.is_serving(),
                terminating: endpoint.is_terminating(),
            };
            found.insert(format!(
                "{family} {:?} {:?} {facts:?} node {:?} zone {:?} hostname {:?} hints {:?} ports {ports:?}",
                endpoint.addresses.as_slice().to_vec(),
                endpoint.target.as_ref().unwrap().name,
                endpoint.node,
                endpoint.zone,
                endpoint.hostname,
                endpoint.hints.as_deref().cloned().unwrap_or_default(),
            ));
        }
    }
    found
}

#[test]
fn vectors_endpointslice_reconcile() {
    replay("endpointslice_reconcile", |line| {
        let case: Case<'_> = serde_json::from_str(line).unwrap();
        let interner = &mut Interner::default();
        let service = decode::service(case.service.get().as_bytes(), interner).unwrap();
        let pods: Vec<Pod> =
            case.pods.iter().flatten().map(|pod| decode::pod(pod.get().as_bytes(), interner).unwrap()).collect();
        let nodes: Vec<Node> =
            case.nodes.iter().flatten().map(|node| decode::node(node.get().as_bytes(), interner).unwrap()).collect();
        let slices = case.expect.unwrap_or_default().into_iter().enumerate().map(|(at, mut slice)| {
            // Names are made by the API server.
            slice["metadata"]["name"] = format!("s-{at}").into();
            decode::slice(slice.to_string().as_bytes(), interner).unwrap()
        });
        let (ours, theirs) = (predicted(&service, &pods, &nodes), written(&slices.collect::<Vec<_>>()));
        (ours != theirs).then(|| {
            let (extra, missing): (Vec<_>, Vec<_>) =
                (ours.difference(&theirs).collect(), theirs.difference(&ours).collect());
            format!("case {}: extra {extra:?}, missing {missing:?}", case.id)
        })
    });
}
