//! What the shop is made of.

use serde_json::{Value, json};

/// A node that fails gives up its pods after eight seconds, not after five minutes.
fn tolerations() -> Value {
    let tolerate =
        |taint: &str| json!({"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 8});
    json!([tolerate("node.kubernetes.io/not-ready"), tolerate("node.kubernetes.io/unreachable")])
}

/// Replicas stand in different zones, then on different nodes.
fn spread(app: &str) -> Value {
    json!([{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": app}}}])
}

fn probe() -> Value {
    json!({"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 5})
}

/// A container with one named port.
fn container(app: &str, port_name: &str, port: u16) -> Value {
    json!({"name": "app", "image": format!("shop/{app}:1.4.2"), "ports": [{"name": port_name, "containerPort": port}],
           "readinessProbe": probe()})
}

fn template(app: &str, containers: Value) -> Value {
    json!({"metadata": {"labels": {"app": app, "app.kubernetes.io/part-of": "shop"}},
           "spec": {"containers": containers, "tolerations": tolerations(), "topologySpreadConstraints": spread(app),
                    "terminationGracePeriodSeconds": 5}})
}

fn deployment(name: &str, app: &str, replicas: u32, containers: Value) -> Value {
    let mut template = template(app, containers);
    template["metadata"]["labels"]["workload"] = json!(name);
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "shop"},
           "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": app, "workload": name}}, "template": template,
                    "minReadySeconds": 1, "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}})
}

fn service(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "shop",
           "labels": {"app.kubernetes.io/part-of": "shop"}}, "spec": spec})
}

fn http(name: &str, port: u16, target: Value) -> Value {
    json!({"name": name, "port": port, "targetPort": target})
}

/// Everything, in an order in which it can be created.
pub(super) fn all() -> Vec<Value> {
    let mut all = healthy();
    all.extend(broken());
    all.extend(special());
    all
}

/// Services as they should be.
fn healthy() -> Vec<Value> {
    // A sidecar: an init container that goes on running. Its ports count.
    let mut web = deployment("web", "web", 6, json!([container("web", "http", 8080)]));
    web["spec"]["template"]["spec"]["initContainers"] = json!([{"name": "proxy", "image": "shop/proxy:2.0",
        "restartPolicy": "Always", "ports": [{"name": "admin", "containerPort": 15000}]}]);
    vec![
        deployment("cart", "cart", 4, json!([container("cart", "http", 8080)])),
        service("cart", json!({"selector": {"app": "cart"}, "ports": [{"port": 80, "targetPort": 8080}]})),
        deployment("checkout", "checkout", 3, json!([container("checkout", "http", 8080)])),
        service(
            "checkout",
            json!({"selector": {"app": "checkout"}, "ports": [http("http", 80, json!("http"))],
                                   "sessionAffinity": "ClientIP"}),
        ),
        web,
        // Zones with hints: clients are sent to endpoints of their own zone.
        service(
            "web",
            json!({"type": "LoadBalancer", "selector": {"app": "web"}, "trafficDistribution": "PreferClose",
                              "ports": [http("http", 80, json!("http")), http("admin", 15000, json!("admin"))]}),
        ),
        deployment("worker", "worker", 2, json!([container("worker", "grpc", 9000)])),
        service("worker", json!({"selector": {"app": "worker"}, "ports": [http("grpc", 9000, json!("grpc"))]})),
    ]
}

/// Services with the faults that people make.
fn broken() -> Vec<Value> {
    vec![
        // One wrong label: the Service wants payments, the pods say payment.
        deployment("payments", "payment", 3, json!([container("payments", "http", 8080)])),
        service("payments", json!({"selector": {"app": "payments"}, "ports": [{"port": 443, "targetPort": 8080}]})),
        // A named target port that the older version's pods lack.
        deployment("search", "search", 2, json!([container("search", "metrics", 9100)])),
        deployment("search-v1", "search", 0, json!([container("search", "http", 8080)])),
        service("search", json!({"selector": {"app": "search"}, "ports": [http("metrics", 9100, json!("metrics"))]})),
        deployment("reports", "reports", 1, json!([container("reports", "http", 8080)])),
        service("reports", json!({"selector": {"app": "reports"}, "ports": [http("http", 80, json!("http"))]})),
    ]
}

/// Services without a virtual address, without pods, or with two families.
fn special() -> Vec<Value> {
    let api = "apps/v1";
    let slice = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"name": "mainframe-1", "namespace": "shop", "labels": {"kubernetes.io/service-name": "mainframe"}},
        "ports": [{"name": "", "port": 3270}],
        "endpoints": [{"addresses": ["198.51.100.10"], "conditions": {"ready": true}},
                      {"addresses": ["198.51.100.11"], "conditions": {"ready": true}}]});
    vec![
        service(
            "db",
            json!({"clusterIP": "None", "selector": {"app": "db"}, "ports": [http("pg", 5432, json!("pg"))]}),
        ),
        json!({"apiVersion": api, "kind": "StatefulSet", "metadata": {"name": "db", "namespace": "shop"},
               "spec": {"replicas": 3, "serviceName": "db", "podManagementPolicy": "Parallel",
                        "selector": {"matchLabels": {"app": "db"}}, "template": template("db", json!([container("db", "pg", 5432)]))}}),
        deployment("catalog", "catalog", 2, json!([container("catalog", "http", 8080)])),
        service(
            "catalog",
            json!({"selector": {"app": "catalog"}, "ipFamilyPolicy": "RequireDualStack",
                                  "ports": [http("http", 80, json!("http"))]}),
        ),
        service("legacy", json!({"type": "ExternalName", "externalName": "db.corp.example"})),
        service("mainframe", json!({"ports": [{"port": 3270}]})),
        slice,
    ]
}
