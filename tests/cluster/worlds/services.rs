//! Services of every type.

use serde_json::{Value, json};

use super::cast::{self, APPS, PORTS, PROTOCOLS};
use super::{Dice, Event, World};
use crate::harness::options::version;

/// Adds so many, and gives their names.
pub(super) fn add(world: &mut World, dice: &mut Dice, namespace: &str, count: usize) -> Vec<String> {
    let names = cast::services(dice, count);
    for (at, name) in names.iter().enumerate() {
        let kind =
            dice.pick(&["ClusterIP", "ClusterIP", "Headless", "Headless", "NodePort", "LoadBalancer", "ExternalName"]);
        let mut service = json!({"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": name, "namespace": namespace, "labels": {"tier": dice.pick(&["front", "back"])}}, "spec": {}});
        service["spec"] = match kind {
            "ExternalName" => external_name(dice, world, namespace, &names, at),
            kind => ordinary(dice, kind),
        };
        let path = format!("/api/v1/namespaces/{namespace}/services/{name}");
        if kind != "ExternalName" {
            extras(dice, &mut service, kind, unique(world, namespace, at));
            afterwards(world, dice, &path, &service);
        }
        if kind == "LoadBalancer" && dice.chance(85) {
            world
                .statuses
                .push((path, json!({"loadBalancer": {"ingress": ingress(dice, unique(world, namespace, at))}})));
        }
        world.objects.push(service);
    }
    names
}

/// A number that no other Service of the world has, below 65,536.
fn unique(world: &World, namespace: &str, at: usize) -> usize {
    let place = world.namespaces.iter().position(|name| name == namespace).unwrap_or(0);
    place * 200 + at
}

fn families(dice: &mut Dice) -> Value {
    dice.pick(&[
        json!({}),
        json!({}),
        json!({"ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv6"]}),
        json!({"ipFamilyPolicy": "PreferDualStack"}),
        json!({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv6", "IPv4"]}),
        json!({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv4", "IPv6"]}),
    ])
}

fn ports(dice: &mut Dice) -> Value {
    let count = dice.pick(&[1, 1, 1, 2, 3]);
    let names = dice.some(&PORTS, count);
    let mut ports = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let number = if dice.chance(70) { 80 + at } else { 8000 + dice.below(4) * 10 + at };
        let mut port = json!({"port": number, "protocol": dice.pick(&PROTOCOLS)});
        if count > 1 || dice.chance(60) {
            port["name"] = json!(name);
        }
        match dice.below(4) {
            0 => {}
            1 => port["targetPort"] = json!(9000 + dice.below(3)),
            2 => port["targetPort"] = json!(PORTS[0]),
            _ => port["targetPort"] = json!(dice.pick(&PORTS)),
        }
        ports.push(port);
    }
    json!(ports)
}

fn ordinary(dice: &mut Dice, kind: &str) -> Value {
    let mut spec = families(dice);
    if kind == "Headless" {
        spec["clusterIP"] = json!("None");
        if dice.chance(80) {
            spec["ports"] = ports(dice);
        }
    } else {
        spec["type"] = json!(kind);
        spec["ports"] = ports(dice);
    }
    if dice.chance(80) {
        spec["selector"] = json!({"app": dice.pick(&APPS)});
        if dice.chance(15) {
            spec["selector"]["side"] = json!(dice.pick(&["left", "right"]));
        }
    }
    if dice.chance(15) {
        spec["publishNotReadyAddresses"] = json!(true);
    }
    spec
}

/// What only some have.
fn extras(dice: &mut Dice, service: &mut Value, kind: &str, unique: usize) {
    let spec = &mut service["spec"];
    if dice.chance(25) {
        spec["internalTrafficPolicy"] = json!("Local");
    }
    if dice.chance(25) {
        // The other two are served since 1.34.
        let known = if version() == "1.33" { 1 } else { 3 };
        spec["trafficDistribution"] = json!(dice.pick(&["PreferClose", "PreferSameZone", "PreferSameNode"][..known]));
    }
    if dice.chance(15) && kind != "Headless" {
        spec["sessionAffinity"] = json!("ClientIP");
    }
    let outside = kind == "NodePort" || kind == "LoadBalancer";
    if dice.chance(20) && kind != "Headless" {
        let [four, six] =
            [format!("198.51.{}.{}", unique / 250, unique % 250 + 1), format!("2001:db8:51::{}", unique + 1)];
        spec["externalIPs"] = dice.pick(&[json!([four]), json!([six]), json!([four, six])]);
    }
    if dice.chance(40) && (outside || spec.get("externalIPs").is_some()) {
        spec["externalTrafficPolicy"] = json!("Local");
    }
    if kind == "LoadBalancer" {
        if dice.chance(25) {
            spec["allocateLoadBalancerNodePorts"] = json!(false);
        }
        if dice.chance(25) {
            spec["loadBalancerSourceRanges"] = dice.pick(&[
                json!(["203.0.113.0/24"]),
                json!(["10.244.0.0/16", "fd00:10:244::/56"]),
                json!(["0.0.0.0/0"]),
            ]);
        }
    }
    if dice.chance(6) {
        service["metadata"]["labels"]["service.kubernetes.io/service-proxy-name"] = json!(dice.pick(&["other", ""]));
    }
    if dice.chance(8) {
        service["metadata"]["annotations"] = json!({"service.kubernetes.io/topology-mode": "Auto"});
    }
}

fn ingress(dice: &mut Dice, unique: usize) -> Value {
    let (high, low) = (unique / 250, unique % 250 + 1);
    let four = format!("203.0.{}.{low}", 113 + high);
    let six = format!("2001:db8:113::{}", unique + 1);
    dice.pick(&[
        json!([{"ip": four}]),
        json!([{"ip": four, "ipMode": "VIP"}, {"ip": six}]),
        json!([{"ip": four, "ipMode": "Proxy"}]),
        json!([{"ip": six}, {"hostname": "lb.example.com"}]),
        json!([{"hostname": "lb.example.com"}]),
    ])
}

/// Selectors that go, Services that become aliases or go: their slices stay, nobody keeps them.
fn afterwards(world: &mut World, dice: &mut Dice, path: &str, service: &Value) {
    if service["spec"]["type"] != "ClusterIP" || service["spec"].get("externalIPs").is_some() {
        return;
    }
    match dice.below(12) {
        0 => world.later.push(Event::Patch(path.to_owned(), json!({"spec": {"selector": null}}))),
        1 => world.later.push(Event::Delete(path.to_owned())),
        2 => {
            let spec = json!({"type": "ExternalName", "externalName": "www.example.com", "clusterIP": null, "clusterIPs": null,
                "ipFamilies": null, "ipFamilyPolicy": null, "internalTrafficPolicy": null, "trafficDistribution": null});
            world.later.push(Event::Patch(path.to_owned(), json!({ "spec": spec })));
        }
        _ => {}
    }
}

fn external_name(dice: &mut Dice, world: &World, namespace: &str, names: &[String], at: usize) -> Value {
    let other = dice.pick(names);
    let elsewhere = dice.pick(&world.namespaces);
    let next = &names[(at + 1) % names.len()];
    let own = &names[at];
    let local = |name: &str, namespace: &str| format!("{name}.{namespace}.svc.cluster.local");
    let target = match dice.below(16) {
        0 | 1 => local(&other, namespace),
        2 => local(&other, &elsewhere),
        3 | 4 => local(next, namespace),
        5 => local(own, namespace),
        6 => local(&format!("x.{own}"), namespace),
        7 => local("missing", namespace),
        8 => "10.0.0.5".to_owned(),
        9 => "db".to_owned(),
        10 => "nx.example.com".to_owned(),
        11 => format!("10-1-2-3.{namespace}.pod.cluster.local"),
        12 => "sf.example.com.".to_owned(),
        13 => "api.stub.test".to_owned(),
        14 => local(&format!("http.tcp.{other}"), namespace),
        _ => "www.example.com".to_owned(),
    };
    let mut spec = json!({"type": "ExternalName", "externalName": target});
    if dice.chance(30) {
        spec["ports"] = ports(dice);
    }
    spec
}
