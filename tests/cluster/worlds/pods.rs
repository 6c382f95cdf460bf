//! Pods in every state. Nobody runs them: the status written here is the status they keep.

use serde_json::{Value, json};

use super::cast::{APPS, PORTS, PROTOCOLS};
use super::nodes::{NODES, addresses};
use super::{Dice, Event, World};

const STATES: [State; 16] = [
    State::Ready,
    State::Ready,
    State::Ready,
    State::Ready,
    State::Ready,
    State::Ready,
    State::Ready,
    State::Unready,
    State::Unready,
    State::Pending,
    State::Succeeded,
    State::Failed,
    State::Unknown,
    State::Terminating { ready: true },
    State::Terminating { ready: true },
    State::Terminating { ready: false },
];

#[derive(Clone, Copy)]
enum State {
    Ready,
    Unready,
    /// Without an address.
    Pending,
    Succeeded,
    Failed,
    Unknown,
    Terminating {
        ready: bool,
    },
}

/// Some for each Service, none of them for some.
pub(super) fn add(world: &mut World, dice: &mut Dice, namespace: &str, services: &[String]) {
    let place = world.namespaces.iter().position(|name| name == namespace).unwrap_or(0);
    for at in 0..services.len() * 3 / 2 {
        let name = pod_name(dice, at);
        let node = match dice.below(14) {
            0 => None,
            1 => Some("gone"),
            _ => Some(NODES[dice.below(NODES.len())].0),
        };
        let state = dice.pick(&STATES);
        let mut spec = json!({
            // No scheduler of that name: it stays where it is, or nowhere.
            "schedulerName": "nobody", "terminationGracePeriodSeconds": 3600, "tolerations": [{"operator": "Exists"}],
            "containers": [{"name": "app", "image": "app:1", "ports": ports(dice, 9000)}],
        });
        if let Some(node) = node {
            spec["nodeName"] = json!(node);
        }
        if dice.chance(20) {
            let sidecar =
                json!({"name": "side", "image": "side:1", "ports": ports(dice, 9100), "restartPolicy": "Always"});
            let once = json!({"name": "once", "image": "once:1", "ports": ports(dice, 9200)});
            spec["initContainers"] = json!([once, sidecar]);
        }
        if dice.chance(40) {
            spec["hostname"] = json!(dice.pick(&["h0", "h1", "10-0-0-1", "9h"]));
            if dice.chance(85) {
                spec["subdomain"] = json!(dice.pick(services));
            }
        }
        let mut ips = pod_ips(dice, place, at);
        if dice.chance(8)
            && let Some(node) = node
        {
            spec["hostNetwork"] = json!(true);
            ips = addresses(node).to_vec();
        }
        // `none` selects nobody.
        let app = dice.pick(&APPS[..5]);
        let labels = json!({"app": app, "side": dice.pick(&["left", "right"])});
        let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
        let mut metadata = json!({"name": name, "namespace": namespace, "labels": labels});
        if matches!(state, State::Terminating { .. }) {
            metadata["finalizers"] = json!(["podpath.test/hold"]);
            world.later.push(Event::Delete(path.clone()));
        }
        world.objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}));
        world.statuses.push((path, status(state, &ips)));
    }
}

fn pod_name(dice: &mut Dice, at: usize) -> String {
    match dice.below(8) {
        // Too long for an endpoint's name.
        0 => format!("p{at}-{}", "x".repeat(70)),
        1 => format!("p{at}.with.dots"),
        _ => format!("p{at}"),
    }
}

fn ports(dice: &mut Dice, first: usize) -> Value {
    let count = dice.below(4);
    let mut names = dice.some(&PORTS[1..], count);
    if dice.chance(70) {
        names.push(PORTS[0]);
    }
    let mut ports = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let mut port = json!({"containerPort": first + at + dice.below(3) * 10, "protocol": dice.pick(&PROTOCOLS)});
        if dice.chance(90) {
            port["name"] = json!(name);
        }
        ports.push(port);
    }
    json!(ports)
}

/// Of one family or both; now and then the address of the pod before.
fn pod_ips(dice: &mut Dice, place: usize, at: usize) -> Vec<String> {
    let number = if dice.chance(4) { at.max(1) - 1 } else { at } + 1;
    let (four, six) = (format!("10.244.{place}.{number}"), format!("fd00:10:244:{}::{number:x}", place + 1));
    dice.pick(&[
        vec![four.clone()],
        vec![four.clone()],
        vec![four.clone(), six.clone()],
        vec![six.clone(), four],
        vec![six],
    ])
}

fn status(state: State, ips: &[String]) -> Value {
    let (phase, ready) = match state {
        State::Ready | State::Terminating { ready: true } => ("Running", "True"),
        State::Unready | State::Terminating { ready: false } => ("Running", "False"),
        State::Pending => ("Pending", "False"),
        State::Succeeded => ("Succeeded", "False"),
        State::Failed => ("Failed", "False"),
        State::Unknown => ("Unknown", "Unknown"),
    };
    let mut status = json!({"phase": phase, "conditions": [{"type": "Ready", "status": ready}]});
    if !matches!(state, State::Pending) {
        let all: Vec<Value> = ips.iter().map(|ip| json!({ "ip": ip })).collect();
        status["podIP"] = json!(ips[0]);
        status["podIPs"] = json!(all);
    }
    status
}
