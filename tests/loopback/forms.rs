//! What an object says does not depend on the form that it comes in.

use podpath::model::{ConfigMap, Interner, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice};
use podpath::watch::decode::{Decoded, Object, Wire, key_of};

use crate::server::protobuf;
use crate::server::world::{self, PODS, SERVICES, SLICES};

fn same<T: Object + PartialEq + std::fmt::Debug>(collection: &str, json: &str) {
    let from = |bytes: &[u8], wire| T::decode(bytes, wire, &mut Interner::default()).unwrap();
    let (by_json, by_protobuf): (Decoded<T>, Decoded<T>) =
        (from(json.as_bytes(), Wire::Json), from(&protobuf::object(collection, json.as_bytes()), Wire::Protobuf));
    assert_eq!(by_json, by_protobuf, "{json}");
    harm::<T>(collection, json);
}

/// Changes each byte of an object and breaks it off there: nothing panics. An object whose metadata alone is whole can still
/// be named.
fn harm<T: Object>(collection: &str, json: &str) {
    let bytes = protobuf::object(collection, json.as_bytes());
    for at in 0..bytes.len() {
        for change in [1 << (at % 8), 0xff] {
            let mut odd = bytes.clone();
            odd[at] ^= change;
            let _ = T::decode(&odd, Wire::Protobuf, &mut Interner::default());
            let _ = key_of(&odd, Wire::Protobuf);
        }
        let _ = T::decode(&bytes[..at], Wire::Protobuf, &mut Interner::default());
    }
    let object: serde_json::Value = serde_json::from_str(json).unwrap();
    let metadata = serde_json::json!({"metadata": object["metadata"]}).to_string();
    // Lengths around it may take a byte or two more in the whole object, and the envelope ends with two empty fields.
    let rest = protobuf::object(collection, metadata.as_bytes()).len() + 4..bytes.len() - 4;
    let mut odd = bytes;
    if let Some(rest) = odd.get_mut(rest) {
        rest.fill(0xff);
    }
    let name = key_of(&odd, Wire::Protobuf).map(|key| key.name);
    assert_eq!(name.as_deref(), object["metadata"]["name"].as_str(), "{json}");
}

#[test]
fn pods() {
    for number in [0, 7] {
        same::<Pod>(PODS, &world::pod(number, number == 7));
    }
    same::<Pod>(
        PODS,
        r#"{"metadata": {"name": "kube-dns-1", "namespace": "kube-system", "uid": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        "resourceVersion": "77", "creationTimestamp": "2026-11-20T07:59:50Z", "deletionTimestamp": "2026-11-20T08:59:50Z",
        "deletionGracePeriodSeconds": 30, "labels": {"k8s-app": "kube-dns", "empty": ""},
        "ownerReferences": [{"kind": "A", "name": "a", "uid": "u-1"}, {"kind": "B", "name": "b", "uid": "u-2", "controller": true}]},
        "spec": {"nodeName": "n-1", "hostNetwork": true, "hostname": "h", "subdomain": "s", "dnsPolicy": "None",
        "dnsConfig": {"nameservers": ["1.1.1.1"], "searches": ["a.b"], "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]},
        "hostAliases": [{"ip": "10.9.9.9", "hostnames": ["db", "db.local"]}], "setHostnameAsFQDN": true, "hostnameOverride": "n.example",
        "os": {"name": "windows"}, "nodeSelector": {"disk": "ssd", "kubernetes.io/os": "windows"},
        "readinessGates": [{"conditionType": "example.com/ready"}],
        "volumes": [{"name": "e", "emptyDir": {}}, {"name": "c", "configMap": {"name": "coredns"}}, {"name": "s", "secret": {}}],
        "initContainers": [{"name": "setup", "image": "i"}, {"name": "mesh", "image": "m", "restartPolicy": "Always",
        "ports": [{"containerPort": 15001}]}],
        "containers": [{"name": "app", "image": "a", "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP", "hostPort": 53}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 5}}]},
        "status": {"phase": "Failed", "reason": "Evicted", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "FD00:0::1"}],
        "startTime": "2026-11-20T08:00:00Z", "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-20T08:00:01Z"},
        {"type": "Ready", "status": "False", "reason": "No", "message": "not yet", "lastTransitionTime": "2026-11-20T08:00:02Z", "lastProbeTime": null},
        {"type": "example.com/ready", "status": "True", "lastTransitionTime": null}],
        "initContainerStatuses": [{"name": "setup", "state": {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": "2026-11-20T08:00:03Z"}}}],
        "containerStatuses": [{"name": "app", "ready": true, "restartCount": 12, "state": {"waiting": {"reason": "CrashLoopBackOff",
        "message": "back-off 5m0s"}}, "lastState": {"terminated": {"exitCode": -1, "reason": "Error", "startedAt": null,
        "finishedAt": "2026-11-20T08:00:05Z"}}}, {"name": "two", "state": {"running": {"startedAt": "2026-11-20T08:00:06Z"}}}]}}"#,
    );
    same::<Pod>(PODS, r#"{"metadata": {"name": "bare"}}"#);
}

#[test]
fn services() {
    same::<Service>(SERVICES, &world::service("team-00", "web", "web"));
    same::<Service>(
        SERVICES,
        r#"{"metadata": {"name": "edge", "namespace": "n", "uid": "u", "resourceVersion": "9",
        "annotations": {"service.kubernetes.io/topology-mode": "Auto", "other": "x"}},
        "spec": {"type": "LoadBalancer", "selector": {"app": "edge", "tier": ""}, "clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9", "fd00::9"],
        "ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "PreferDualStack", "externalIPs": ["203.0.113.7"],
        "sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}},
        "internalTrafficPolicy": "Local", "externalTrafficPolicy": "Local", "healthCheckNodePort": 32000,
        "publishNotReadyAddresses": true, "trafficDistribution": "PreferClose", "allocateLoadBalancerNodePorts": false,
        "loadBalancerClass": "a.example/b", "loadBalancerSourceRanges": ["203.0.113.0/25"], "loadBalancerIP": "1.2.3.4",
        "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": "web", "nodePort": 30080, "appProtocol": "kubernetes.io/h2c"},
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 5353}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.4", "ipMode": "Proxy"}, {"hostname": "lb.example"}]}}}"#,
    );
    same::<Service>(
        SERVICES,
        r#"{"metadata": {"name": "out", "namespace": "n"}, "spec": {"type": "ExternalName", "externalName": "db.example.com"}}"#,
    );
}

#[test]
fn slices() {
    same::<Slice>(SLICES, &world::slice(3, Some(31)));
    same::<Slice>(
        SLICES,
        r#"{"metadata": {"name": "s", "namespace": "n", "annotations": {"endpoints.kubernetes.io/last-change-trigger-time": "2026-11-20T07:59:50Z"}},
        "addressType": "IPv6", "endpoints": [{"addresses": ["fd00::1", "FD00::2"], "conditions": {"ready": false, "terminating": true},
        "hostname": "h-0", "nodeName": "n-1", "zone": "z", "hints": {"forZones": [{"name": "z"}], "forNodes": [{"name": "n-1"}]},
        "targetRef": {"kind": "Pod", "namespace": "n", "name": "p", "uid": "u"}}, {"addresses": ["fd00::3"], "conditions": {}}],
        "ports": [{"name": "", "port": 80, "protocol": "TCP"}, {"name": "x", "protocol": "SCTP", "appProtocol": "http"}]}"#,
    );
    same::<Slice>(
        SLICES,
        r#"{"metadata": {"name": "s"}, "addressType": "FQDN", "endpoints": [{"addresses": ["a.example"]}], "ports": null}"#,
    );
}

/// A server does not look at what clients write into a string, and sends U+FFFD for it in JSON.
#[test]
fn bytes_that_are_no_text_cost_no_object() {
    let json = r#"{"metadata": {"name": "p", "uid": "u", "labels": {"app": "LABEL"}, "annotations": {"other": "NOTE"}},
        "spec": {"nodeSelector": {"disk": "DISK"}}, "status": {"conditions": [{"type": "Ready",
        "status": "False", "message": "CONDITION"}]}}"#;
    let bytes = protobuf::object(PODS, json.as_bytes());
    for at in ["LABEL", "NOTE", "DISK", "CONDITION"] {
        let found = bytes.windows(at.len()).position(|window| window == at.as_bytes()).unwrap();
        // A character that was cut off in the middle.
        let odd = [&bytes[..found], b"\xe2\x80", &bytes[found + 2..]].concat();
        let by_protobuf = Pod::decode(&odd, Wire::Protobuf, &mut Interner::default()).unwrap();
        let json = json.replace(at, &format!("\u{fffd}\u{fffd}{}", &at[2..]));
        let by_json = Pod::decode(json.as_bytes(), Wire::Json, &mut Interner::default()).unwrap();
        assert_eq!(by_protobuf, by_json, "{at}");
    }
}

#[test]
fn all_else() {
    same::<Node>(
        "nodes",
        r#"{"metadata": {"name": "n", "labels": {"topology.kubernetes.io/zone": "z"}}, "spec": {"unschedulable": true},
        "status": {"addresses": [{"type": "Hostname", "address": "n"}, {"type": "InternalIP", "address": "192.168.0.1"}],
        "conditions": [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "lastTransitionTime": "2026-11-20T08:00:02Z"}],
        "nodeInfo": {"kubeletVersion": "v1.37.2"}}}"#,
    );
    same::<Namespace>("namespaces", r#"{"metadata": {"name": "n"}, "status": {"phase": "Terminating"}}"#);
    same::<ConfigMap>(
        "configmaps",
        r#"{"metadata": {"name": "coredns", "namespace": "kube-system"}, "data": {"Corefile": ".:53 {\n}\n", "other": "x"}}"#,
    );
    same::<NetworkPolicy>(
        "networkpolicies",
        r#"{"metadata": {"name": "p", "namespace": "n"}, "spec": {"podSelector": {"matchLabels": {"a": "b"},
        "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["db", "mq"]}]}, "ingress": [{}, {"from": []}],
        "egress": [], "policyTypes": ["Ingress", "Egress"]}}"#,
    );
    same::<ServiceCidr>(
        "servicecidrs",
        r#"{"metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["10.96.0.0/12", "fd00:10:96::/112"]}}"#,
    );
}
