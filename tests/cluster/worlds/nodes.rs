//! Nodes: two zones, one node without a zone, one that is not ready. No kubelet: what is written here stays.

use serde_json::json;

use super::World;

/// Every node with its zone.
pub(crate) const NODES: [(&str, &str); 5] = [("n0", "a"), ("n1", "b"), ("n2", ""), ("n3", "Zone-C"), ("n4", "b")];

/// The addresses of a node: `InternalIP` of both families.
pub(crate) fn addresses(name: &str) -> [String; 2] {
    let number = NODES.iter().position(|(node, _)| *node == name).unwrap_or(99) + 10;
    [format!("10.250.0.{number}"), format!("fd00:250::{number}")]
}

pub(super) fn add(world: &mut World) {
    for (name, zone) in NODES {
        let mut labels = json!({"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"});
        if !zone.is_empty() {
            labels["topology.kubernetes.io/zone"] = json!(zone);
        }
        let room = json!({"cpu": "64", "memory": "512Gi", "pods": "500"});
        let [first, second] = addresses(name);
        let ready = if name == "n4" { "False" } else { "True" };
        world.ground.push(json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
            "status": {"capacity": room, "allocatable": room,
                "addresses": [{"type": "InternalIP", "address": first}, {"type": "InternalIP", "address": second}],
                "conditions": [{"type": "Ready", "status": ready, "reason": "Test",
                    "lastHeartbeatTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z"}]},
        }));
    }
}
