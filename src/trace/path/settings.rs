//! What a trace has to know of the cluster's own parts: DNS, kubelets, kube-proxy. What cannot be read is assumed, and
//! said to be.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::texts;
use crate::model::{Cidr, ClusterIp, Key, Pod, Service};
use crate::store::{Agent, Store};
use crate::trace::Assumption;
use crate::trace::client::KubeletDns;
use crate::trace::dns::config::{Config, Step};
use crate::trace::dns::corefile::Surroundings;
use crate::trace::dns::{CoreDnsVersion, Lifetimes, Name};
use crate::trace::proxy::{ConfigError, ProxyConfig, ServiceProxy, kube_proxy_release, service_proxy};

/// The port of DNS.
const DNS_PORT: u16 = 53;

/// The cluster's own parts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What kubelets tell pods of DNS.
    pub kubelet: KubeletDns,
    /// What of that is assumed.
    pub kubelet_assumed: BTreeSet<Assumption>,
    /// The DNS Service.
    pub dns_service: Option<Key>,
    /// The Corefile.
    pub corefile: Config,
    /// What of that is assumed.
    pub corefile_assumed: BTreeSet<Assumption>,
    /// The release of CoreDNS.
    pub core_dns: CoreDnsVersion,
    /// The pods behind the DNS Service.
    pub dns_pods: Vec<Key>,
    /// Where nodes have a cache of their own (R2.18): how much longer answers live.
    pub node_local: Option<Lifetimes>,
    /// kube-proxy's configuration.
    pub proxy: ProxyConfig,
    /// It could not be read: line, column.
    pub proxy_unread: Option<(u64, u64)>,
    /// The ranges of cluster IPs, where they are known.
    pub service_cidrs: Option<Vec<Cidr>>,
    /// Another service proxy than kube-proxy seems to run (R4.3).
    pub other_proxy: bool,
}

impl Settings {
    /// What can be read of them, with what is usual in place of the rest (R1.5, R2.1, R4.3).
    pub fn of(store: &Store) -> Self {
        let mut corefile_assumed = BTreeSet::new();
        let corefile = match texts::corefile(store) {
            None => {
                corefile_assumed.insert(Assumption::Corefile);
                Config::kubeadm(&cluster_local())
            }
            Some(text) => Config::read(text, &Surroundings::default()).unwrap_or_else(|error| {
                corefile_assumed.insert(Assumption::CorefileUnread(error.at.line, error.at.column));
                Config::kubeadm(&cluster_local())
            }),
        };
        let dns_service = dns_service(store);
        let pods = dns_service.map(|service| store.selected(&service.meta.key).collect::<Vec<_>>()).unwrap_or_default();
        let images = pods.iter().flat_map(|pod| pod.containers.iter()).map(|container| &container.image);
        let image =
            images.clone().find_map(|image| CoreDnsVersion::of_image(image).filter(|_| image.contains("coredns")));
        if image.is_none() {
            corefile_assumed.insert(Assumption::DnsServer);
        }
        let (kubelet, kubelet_assumed) = kubelet(store, dns_service, &corefile);
        let node_local = texts::node_local(store).map(|text| node_local(text, &kubelet.cluster_domain));
        let (proxy, proxy_unread) = match texts::kube_proxy(store).map(|text| ProxyConfig::parse(text)) {
            Some(Ok(config)) => (config, None),
            Some(Err(error)) => (ProxyConfig::default(), Some(place(&error))),
            None => (ProxyConfig::default(), None),
        };
        Self {
            kubelet,
            kubelet_assumed,
            dns_service: dns_service.map(|service| service.meta.key.clone()),
            corefile,
            corefile_assumed,
            core_dns: image.unwrap_or_default(),
            node_local,
            dns_pods: pods.iter().map(|pod| pod.meta.key.clone()).collect(),
            proxy: proxy.with_release(kube_proxy_release(store, None)),
            proxy_unread,
            service_cidrs: texts::service_cidrs(store),
            other_proxy: matches!(service_proxy(store), ServiceProxy::Other(_) | ServiceProxy::NotSeen),
        }
    }

    /// Whether an address is that of the cluster DNS, as far as is known.
    pub fn is_cluster_dns(&self, address: &IpAddr) -> bool {
        self.kubelet.cluster_dns.contains(address)
    }

    /// The pods behind the DNS Service.
    pub fn dns_pods<'a>(&self, store: &'a Store) -> Vec<&'a Pod> {
        self.dns_pods.iter().filter_map(|key| store.pod(key).map(|pod| &**pod)).collect()
    }
}

/// Where a configuration cannot be read: line and column.
fn place(error: &ConfigError) -> (u64, u64) {
    match error {
        ConfigError::Yaml { line, column, .. } | ConfigError::Range { line, column, .. } => (*line, *column),
    }
}

/// Where kubeadm puts the DNS Service: ten addresses into the range that begins before `default/kubernetes`.
fn usual_dns_address(store: &Store) -> IpAddr {
    let api = store.service(&Key::new("default", "kubernetes")).map(|service| &service.cluster_ip);
    match api {
        Some(ClusterIp::Ips(ips)) => match ips.first() {
            Some(IpAddr::V4(first)) => IpAddr::V4(u32::from(*first).saturating_add(9).into()),
            Some(IpAddr::V6(first)) => IpAddr::V6(u128::from(*first).saturating_add(9).into()),
            None => [10, 96, 0, 10].into(),
        },
        Some(ClusterIp::Headless | ClusterIp::Absent) | None => [10, 96, 0, 10].into(),
    }
}

fn cluster_local() -> Name {
    Name::new("cluster.local").unwrap_or_else(|_| Name::root())
}

/// How much longer answers for names of the cluster live where nodes have a cache of their own, by its Corefile.
fn node_local(text: &str, domain: &str) -> Lifetimes {
    let read = Config::read(text, &Surroundings::default()).ok().zip(Name::new(domain).ok());
    let keeping = read.and_then(|(config, domain)| {
        config.blocks.iter().flat_map(|block| &block.steps).find_map(|step| match step {
            Step::Cache(cache) if cache.zones.iter().any(|zone| domain.within(zone)) => {
                Some(Lifetimes { records: cache.success.most, denial: cache.denial.most })
            }
            Step::Cache(_)
            | Step::Rewrite(_)
            | Step::Kubernetes(_)
            | Step::Hosts(_)
            | Step::Forward(_)
            | Step::Opaque(_) => None,
        })
    });
    keeping.unwrap_or(Lifetimes { records: 30, denial: 5 })
}

/// The Service that kubelets give pods as their nameserver: `kube-system/kube-dns`, else any with the label and port 53.
fn dns_service(store: &Store) -> Option<&Service> {
    let usual = store.service(&Key::new("kube-system", "kube-dns")).map(|service| &**service);
    let labelled = || {
        let serves = |service: &&Service| service.ports.iter().any(|port| port.port.0 == DNS_PORT);
        store.agent_services(Agent::Dns).map(|service| &**service).find(serves)
    };
    usual.or_else(labelled)
}

/// R1.5: the kubelet's ConfigMap, else the DNS Service; the domain from kubeadm's ConfigMap, else from the Corefile.
fn kubelet(store: &Store, dns: Option<&Service>, corefile: &Config) -> (KubeletDns, BTreeSet<Assumption>) {
    let mut assumed = BTreeSet::new();
    let written = texts::kubelet(store);
    let mut cluster_dns: Vec<IpAddr> = written.iter().flat_map(|written| &written.cluster_dns).copied().collect();
    if cluster_dns.is_empty() {
        assumed.insert(Assumption::ClusterDns);
        if let Some(ClusterIp::Ips(ips)) = dns.map(|service| &service.cluster_ip) {
            cluster_dns.clone_from(ips);
        } else {
            // No DNS Service is seen: that a pod asks the cluster's DNS is assumed, and so is where.
            cluster_dns.push(usual_dns_address(store));
        }
    } else {
        assumed.insert(Assumption::KubeletConfig);
    }
    let named = written.and_then(|written| written.cluster_domain).or_else(|| texts::kubeadm_domain(store));
    let domain = named.unwrap_or_else(|| {
        let served = corefile.domain().map(|zone| zone.as_str().trim_end_matches('.').to_owned());
        let domain = served.filter(|zone| !zone.is_empty()).unwrap_or_else(|| "cluster.local".to_owned());
        assumed.insert(Assumption::ClusterDomain(domain.clone()));
        domain
    });
    let kubelet = KubeletDns { cluster_dns, cluster_domain: domain, ..KubeletDns::default() };
    (kubelet, assumed)
}
