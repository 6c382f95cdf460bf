//! The ConfigMaps that a trace reads: which text is where, and what of it counts.

use std::net::IpAddr;

use serde::Deserialize;

use crate::model::{Addresses, Cidr, ConfigName, Key, Kind, Pod, Text};
use crate::store::Store;
use crate::trace::{Blind, Confidence};

/// What a KubeletConfiguration says of DNS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// `clusterDNS`
    pub(super) cluster_dns: Vec<IpAddr>,
    /// `clusterDomain`
    pub(super) cluster_domain: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawKubelet {
    #[serde(rename = "clusterDNS")]
    dns: Option<Vec<String>>,
    #[serde(rename = "clusterDomain")]
    domain: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawKubeadm {
    networking: Option<RawNetworking>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawNetworking {
    dns_domain: Option<String>,
}

fn text(store: &Store, name: ConfigName) -> Option<&Text> {
    store.config(name)?.text()
}

/// The Corefile.
pub(super) fn corefile(store: &Store) -> Option<&Text> {
    text(store, ConfigName::Coredns)
}

/// The Corefile of the caches on the nodes, where there are any.
pub(super) fn node_local(store: &Store) -> Option<&Text> {
    text(store, ConfigName::NodeLocalDns)
}

/// The configuration of kube-proxy.
pub(super) fn kube_proxy(store: &Store) -> Option<&Text> {
    text(store, ConfigName::KubeProxy)
}

/// What the kubelets' ConfigMap says.
pub(super) fn kubelet(store: &Store) -> Option<Written> {
    of_kubelet(text(store, ConfigName::KubeletConfig)?)
}

/// The cluster's domain as kubeadm wrote it down.
pub(super) fn kubeadm_domain(store: &Store) -> Option<String> {
    of_kubeadm(text(store, ConfigName::KubeadmConfig)?)
}

/// The ranges of cluster IPs.
pub(super) fn service_cidrs(store: &Store) -> Option<Vec<Cidr>> {
    let known = store.complete(Kind::ServiceCidr);
    known.then(|| store.service_cidrs().flat_map(|object| object.cidrs.iter().copied()).collect())
}

/// The NetworkPolicies that select a pod.
pub(super) fn policies(store: &Store, pod: &Pod) -> Vec<Key> {
    store.policies_selecting(pod).map(|policy| policy.meta.key.clone()).collect()
}

/// How well NetworkPolicies are known.
pub(super) fn policies_known(store: &Store) -> Confidence {
    if store.complete(Kind::NetworkPolicy) {
        Confidence::Exact
    } else {
        Confidence::Unknown(Blind::Kind(Kind::NetworkPolicy, Text::default()))
    }
}

fn of_kubelet(yaml: &str) -> Option<Written> {
    let raw: RawKubelet = serde_saphyr::from_str(yaml).ok()?;
    let dns = raw.dns.unwrap_or_default();
    Some(Written {
        cluster_dns: dns.iter().filter_map(|text| Addresses::parse_one(text)).collect(),
        cluster_domain: raw.domain.filter(|domain| !domain.is_empty()),
    })
}

fn of_kubeadm(yaml: &str) -> Option<String> {
    let raw: RawKubeadm = serde_saphyr::from_str(yaml).ok()?;
    raw.networking?.dns_domain.filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubeadm_writes_is_read() {
        let kubelet =
            "apiVersion: kubelet.config.k8s.io/v1beta1\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\n";
        let written = of_kubelet(kubelet).unwrap();
        assert_eq!(written.cluster_dns, ["10.96.0.10".parse::<IpAddr>().unwrap()]);
        assert_eq!(written.cluster_domain.as_deref(), Some("cluster.local"));
        let kubeadm =
            "kind: ClusterConfiguration\nnetworking:\n  dnsDomain: corp.internal\n  podSubnet: 10.244.0.0/16\n";
        assert_eq!(of_kubeadm(kubelet), None);
        assert_eq!(of_kubeadm(kubeadm).as_deref(), Some("corp.internal"));
        assert_eq!(of_kubelet("clusterDNS: 7"), None);
    }
}
