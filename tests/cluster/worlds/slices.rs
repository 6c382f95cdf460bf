//! Slices that no controller wrote, and Endpoints for the controller that mirrors them.

use serde_json::{Value, json};

use super::cast::{PORTS, PROTOCOLS};
use super::nodes::NODES;
use super::{Dice, World};

/// Some for Services that are there, for one that is not, and for none.
pub(super) fn add(world: &mut World, dice: &mut Dice, namespace: &str, services: &[String]) {
    let place = world.namespaces.iter().position(|name| name == namespace).unwrap_or(0);
    for at in 0..services.len() {
        if dice.chance(45) {
            custom(world, dice, namespace, services, (place, at));
        }
    }
    for service in services {
        let selectorless = |object: &Value| {
            object["kind"] == "Service"
                && object["metadata"]["name"] == *service
                && object["metadata"]["namespace"] == namespace
                && object["spec"]["type"] != "ExternalName"
                && object["spec"].get("selector").is_none()
        };
        if world.objects.iter().any(selectorless) && dice.chance(60) {
            mirrored(world, dice, namespace, service, place);
        }
    }
}

/// Addresses are as Kubernetes writes them (no `:0::`); those of these slices are their own, so that no address and port is said twice by two that are not terminating.
fn address(dice: &mut Dice, family: &str, (place, at): (usize, usize), number: usize) -> String {
    match family {
        "IPv4" => format!("10.9{place}.{at}.{number}"),
        "IPv6" if dice.chance(10) => format!("fd00:9{place}:{}:{number}::", at + 1),
        "IPv6" => format!("fd00:9{place}:{}::{number}", at + 1),
        _ => dice.pick(&["web.shop.svc.cluster.local", "www.example.com", "nx.example.com"]).to_owned(),
    }
}

fn custom(world: &mut World, dice: &mut Dice, namespace: &str, services: &[String], place: (usize, usize)) {
    let family = dice.pick(&["IPv4", "IPv4", "IPv4", "IPv6", "FQDN"]);
    let mut labels = json!({"tier": "front"});
    let service = dice.pick(services);
    match dice.below(14) {
        0 => {}
        1 => labels["kubernetes.io/service-name"] = json!(""),
        2 => labels["kubernetes.io/service-name"] = json!("missing"),
        _ => labels["kubernetes.io/service-name"] = json!(service),
    }
    let ports = slice_ports(dice, &ports_of(world, namespace, &service));
    if dice.chance(12) {
        labels["service.kubernetes.io/headless"] = json!("");
    }
    if dice.chance(30) {
        labels["endpointslice.kubernetes.io/managed-by"] = json!("podpath.test");
    }
    let mut endpoints = Vec::new();
    let hinted = dice.chance(40);
    for number in 1..=dice.below(5) {
        endpoints.push(endpoint(dice, family, place, number, hinted));
    }
    let endpoints = if endpoints.is_empty() && dice.chance(50) { Value::Null } else { json!(endpoints) };
    world.objects.push(json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": format!("custom-{}", place.1), "namespace": namespace, "labels": labels},
        "addressType": family, "endpoints": endpoints, "ports": ports}));
}

fn endpoint(dice: &mut Dice, family: &str, place: (usize, usize), number: usize, hinted: bool) -> Value {
    let mut addresses = vec![address(dice, family, place, number)];
    if dice.chance(10) && family != "FQDN" {
        addresses.push(address(dice, family, place, number + 100));
    }
    let mut endpoint = json!({ "addresses": addresses });
    endpoint["conditions"] = dice.pick(&[
        json!({}),
        json!({"ready": true}),
        json!({"ready": true, "serving": true, "terminating": false}),
        json!({"ready": false}),
        json!({"ready": false, "serving": true, "terminating": true}),
        json!({"ready": false, "serving": false, "terminating": true}),
        json!({"ready": true, "serving": true, "terminating": true}),
        json!({"serving": false}),
    ]);
    let (node, zone) = NODES[dice.below(NODES.len())];
    if dice.chance(60) {
        endpoint["nodeName"] = json!(node);
    }
    if dice.chance(50) && !zone.is_empty() {
        endpoint["zone"] = json!(zone);
    }
    if dice.chance(25) {
        endpoint["hostname"] = json!(dice.pick(&["h0", "h1", "slice-host"]));
    }
    if dice.chance(20) {
        endpoint["targetRef"] =
            json!({"kind": "Pod", "name": dice.pick(&["p0", "p1", "other.pod"]), "namespace": "shop"});
    }
    if hinted && dice.chance(90) {
        let mut zones: Vec<&str> = vec!["a"];
        if dice.chance(50) {
            zones = vec!["b"];
        }
        endpoint["hints"] =
            json!({"forZones": zones.into_iter().map(|name| json!({"name": name})).collect::<Vec<_>>()});
        if dice.chance(30) {
            endpoint["hints"]["forNodes"] = json!([{"name": node}]);
        }
    }
    endpoint
}

/// Name and protocol of each port of a Service.
fn ports_of(world: &World, namespace: &str, service: &str) -> Vec<(Value, Value)> {
    let wanted = |object: &&Value| {
        object["kind"] == "Service"
            && object["metadata"]["name"] == *service
            && object["metadata"]["namespace"] == *namespace
    };
    let ports = world.objects.iter().find(wanted).and_then(|object| object["spec"]["ports"].as_array());
    let named = |port: &Value| (json!(port["name"].as_str().unwrap_or_default()), port["protocol"].clone());
    ports.into_iter().flatten().map(named).collect()
}

/// Mostly those of the Service, by name and protocol; others that no Service port joins.
fn slice_ports(dice: &mut Dice, service: &[(Value, Value)]) -> Value {
    if dice.chance(10) {
        return Value::Null;
    }
    let mut ports: Vec<Value> = service
        .iter()
        .enumerate()
        .map(|(at, (name, protocol))| json!({"name": name, "port": 7000 + at, "protocol": protocol}))
        .collect();
    if ports.is_empty() || dice.chance(35) {
        ports = dice
            .some(&PORTS, 2)
            .iter()
            .map(|name| json!({"name": name, "port": 7010, "protocol": dice.pick(&PROTOCOLS)}))
            .collect();
    }
    if dice.chance(10) {
        ports[0]["port"] = Value::Null;
    }
    json!(ports)
}

fn mirrored(world: &mut World, dice: &mut Dice, namespace: &str, service: &str, place: usize) {
    let mut subsets = Vec::new();
    for subset in 0..dice.pick(&[1, 1, 2]) {
        let ip = |number: usize| format!("10.8{place}.{subset}.{}", number + service.len() * 3);
        let mut addresses = vec![json!({"ip": ip(1)}), json!({"ip": ip(2), "hostname": "h1", "nodeName": "n0"})];
        if dice.chance(40) {
            addresses.push(json!({"ip": format!("fd00:8{place}:{}::{}", subset + 1, service.len())}));
        }
        let mut ports: Vec<Value> = ports_of(world, namespace, service)
            .iter()
            .map(|(name, protocol)| json!({"name": name, "port": 6000 + subset, "protocol": protocol}))
            .collect();
        if dice.chance(30) {
            ports = vec![json!({"name": dice.pick(&PORTS), "port": 6010, "protocol": dice.pick(&PROTOCOLS)})];
        }
        let mut written = json!({"addresses": addresses, "ports": ports});
        if dice.chance(50) {
            written["notReadyAddresses"] = json!([{"ip": ip(3)}]);
        }
        subsets.push(written);
    }
    let mut metadata = json!({"name": service, "namespace": namespace});
    if dice.chance(10) {
        metadata["labels"] = json!({"endpointslice.kubernetes.io/skip-mirror": "true"});
    }
    world.objects.push(json!({"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata, "subsets": subsets}));
}
