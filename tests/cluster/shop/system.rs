//! The parts of a cluster that a name passes: the DNS Service, CoreDNS, kube-proxy, and how they are configured.

use serde_json::{Value, json};

const COREFILE: &str = r"
.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
corp.example:53 {
    forward . 192.0.2.53
}
";

const KUBELET: &str = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n\
                       clusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\n";

const PROXY: &str = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n\
                     clusterCIDR: 10.244.0.0/16,fd00:10:244::/56\n";

fn meta(name: &str, app: &str) -> Value {
    json!({"name": name, "namespace": "kube-system", "labels": {"k8s-app": app}})
}

fn config(name: &str, key: &str, text: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "kube-system"},
           "data": {key: text}})
}

/// Pods by a controller, on whatever node there is.
fn workload(kind: &str, name: &str, app: &str, container: &Value) -> Value {
    let mut spec = json!({"selector": {"matchLabels": {"k8s-app": app}},
        "template": {"metadata": {"labels": {"k8s-app": app}},
                     "spec": {"containers": [container], "tolerations": [{"operator": "Exists"}]}}});
    if kind == "Deployment" {
        spec["replicas"] = json!(2);
    } else {
        spec["template"]["spec"]["hostNetwork"] = json!(true);
    }
    json!({"apiVersion": "apps/v1", "kind": kind, "metadata": meta(name, app), "spec": spec})
}

/// Everything, in an order in which it can be created.
pub(super) fn all() -> Vec<Value> {
    let dns = json!({"name": "coredns", "image": "coredns/coredns:1.15.0", "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"},
                  {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"}]});
    let proxy = json!({"name": "kube-proxy", "image": "kube-proxy:v1.37.2"});
    let ports = json!([{"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                       {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53}]);
    vec![
        config("coredns", "Corefile", COREFILE),
        config("kubelet-config", "kubelet", KUBELET),
        config("kube-proxy", "config.conf", PROXY),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": meta("kube-dns", "kube-dns"),
               "spec": {"clusterIP": "10.96.0.10", "selector": {"k8s-app": "kube-dns"}, "ports": ports}}),
        workload("Deployment", "coredns", "kube-dns", &dns),
        workload("DaemonSet", "kube-proxy", "kube-proxy", &proxy),
    ]
}
