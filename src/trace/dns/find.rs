//! Which Service, pods and ConfigMap are the cluster DNS, and what their Corefile says (R2.1, R1.5).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::config::Config;
use super::corefile::{CorefileError, Surroundings};
use super::{CoreDnsVersion, Name};
use crate::model::{ClusterIp, Key, Pod, Service, Text};
use crate::store::Store;

/// By what the DNS Service was recognised, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundBy {
    /// It has the address that clients ask.
    Address,
    /// Label `k8s-app=kube-dns` and port 53: assumed.
    Label,
    /// `kube-system/kube-dns`: assumed.
    Name,
}

/// What runs in the DNS pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Software {
    /// CoreDNS, of the version that its image names.
    CoreDns(CoreDnsVersion),
    /// CoreDNS; the image names no version, so the newest is assumed.
    SomeCoreDns,
    /// Another image: only what the DNS specification says can be assumed (§2.10).
    Other(Text),
    /// No pod is known.
    Unknown,
}

impl Software {
    /// The version whose rules apply.
    pub fn version(&self) -> CoreDnsVersion {
        match self {
            Self::CoreDns(version) => *version,
            Self::SomeCoreDns | Self::Other(_) | Self::Unknown => CoreDnsVersion::default(),
        }
    }
}

/// The cluster DNS.
#[derive(Clone, Debug)]
pub struct ClusterDns<'a> {
    /// What clients ask.
    pub service: &'a Arc<Service>,
    /// How sure that is.
    pub by: FoundBy,
    /// The pods behind it that have not ended, by name.
    pub pods: Vec<&'a Pod>,
    /// What runs in them.
    pub software: Software,
    /// ConfigMaps that may hold the Corefile and what it imports; kubeadm's own where the pods do not tell.
    pub config_maps: Vec<Key>,
}

/// The DNS Service that a client asks at an address; by label or name where no Service has the address.
pub fn cluster_dns(store: &Store, nameserver: Option<IpAddr>) -> Option<ClusterDns<'_>> {
    let asked = |service: &&Arc<Service>| matches!((&service.cluster_ip, nameserver), (ClusterIp::Ips(ips), Some(ip)) if ips.contains(&ip));
    let labelled = |service: &&Arc<Service>| {
        let label = service.meta.labels.get("k8s-app");
        label.is_some_and(|value| value == "kube-dns") && service.ports.iter().any(|port| port.port.0 == 53)
    };
    let by_address = store.services().find(asked).map(|service| (service, FoundBy::Address));
    let by_label = || store.services().find(labelled).map(|service| (service, FoundBy::Label));
    let by_name = || store.service(&Key::new("kube-system", "kube-dns")).map(|service| (service, FoundBy::Name));
    let (service, by) = by_address.or_else(by_label).or_else(by_name)?;
    let pods: Vec<&Pod> = store.selected(&service.meta.key).map(|pod| &**pod).filter(|pod| !pod.has_ended()).collect();
    let config_maps = config_maps(&pods);
    Some(ClusterDns { service, by, software: software(&pods), config_maps, pods })
}

fn software(pods: &[&Pod]) -> Software {
    let containers = || pods.iter().flat_map(|pod| pod.containers.iter());
    let is_coredns = |image: &str| image.rsplit('/').next().unwrap_or(image).contains("coredns");
    match (containers().find(|container| is_coredns(&container.image)), containers().next()) {
        (Some(coredns), _) => CoreDnsVersion::of_image(&coredns.image).map_or(Software::SomeCoreDns, Software::CoreDns),
        (None, Some(other)) => Software::Other(other.image.clone()),
        (None, None) => Software::Unknown,
    }
}

fn config_maps(pods: &[&Pod]) -> Vec<Key> {
    let mounted = pods.iter().filter_map(|pod| Some((pod, pod.rare.as_ref()?)));
    let mut keys: Vec<Key> = mounted
        .flat_map(|(pod, rare)| {
            rare.config_maps.iter().map(|name| Key::new(pod.meta.key.namespace.clone(), name.clone()))
        })
        .collect();
    keys.sort();
    keys.dedup();
    if keys.is_empty() { vec![Key::new("kube-system", "coredns")] } else { keys }
}

/// The texts of a ConfigMap by key.
pub type Texts = BTreeMap<Text, Text>;

/// What the DNS pods are configured with.
#[derive(Clone, Debug, PartialEq)]
pub struct Configured {
    /// As read, or as kubeadm writes it.
    pub config: Config,
    /// Why it is not as read; `None` where it is.
    pub assumed: Option<NoCorefile>,
}

/// Why a Corefile is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCorefile {
    /// The ConfigMap is not at hand.
    NotAtHand,
    /// None of the ConfigMaps has a key `Corefile`.
    NoKey,
    /// CoreDNS would not start with it.
    Unreadable(CorefileError),
}

/// Reads the Corefile among the texts of the DNS pods' ConfigMaps; the other keys are what it may import.
///
/// Without a readable one the trace goes on with what kubeadm writes for `domain`, and says so.
pub fn configured(maps: &[&Texts], domain: &Name) -> Configured {
    let assumed = |why| Configured { config: Config::kubeadm(domain), assumed: Some(why) };
    if maps.is_empty() {
        return assumed(NoCorefile::NotAtHand);
    }
    let Some(text) = maps.iter().find_map(|texts| texts.get("Corefile")) else { return assumed(NoCorefile::NoKey) };
    let others = maps.iter().flat_map(|texts| texts.iter()).filter(|(key, _)| *key != "Corefile");
    let files = others.map(|(key, text)| (key.clone(), text.clone())).collect();
    match Config::read(text, &Surroundings { files, environment: BTreeMap::new() }) {
        Ok(config) => Configured { config, assumed: None },
        Err(error) => assumed(NoCorefile::Unreadable(error)),
    }
}

/// Where a cluster domain is known from, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DomainFrom {
    /// `networking.dnsDomain` of ConfigMap `kube-system/kubeadm-config`.
    Kubeadm,
    /// The first zone of the `kubernetes` plugin.
    Corefile,
    /// `cluster.local`, as almost everywhere.
    Custom,
}

/// What the cluster domain may be, best first; never empty.
pub fn cluster_domains(kubeadm: Option<&str>, config: Option<&Config>) -> Vec<(Name, DomainFrom)> {
    let kubeadm = kubeadm.and_then(dns_domain).map(|name| (name, DomainFrom::Kubeadm));
    let zone = config.and_then(Config::domain).map(|name| (name.clone(), DomainFrom::Corefile));
    let usual = Name::new("cluster.local").ok().map(|name| (name, DomainFrom::Custom));
    let mut found: Vec<(Name, DomainFrom)> = Vec::new();
    for (name, from) in [kubeadm, zone, usual].into_iter().flatten() {
        if found.iter().all(|(known, _)| *known != name) {
            found.push((name, from));
        }
    }
    found
}

/// `dnsDomain` of a ClusterConfiguration.
fn dns_domain(yaml: &str) -> Option<Name> {
    let mut lines = yaml.lines().map(str::trim);
    let value = lines.find_map(|line| line.strip_prefix("dnsDomain:"))?;
    let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
    Name::new(value).ok().filter(|_| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::dns::corefile::Fault;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs.iter().map(|(key, text)| ((*key).into(), (*text).into())).collect()
    }

    #[test]
    fn the_domain_comes_from_kubeadm_then_the_corefile_then_habit() {
        let yaml = "apiVersion: kubeadm.k8s.io/v1beta4\nnetworking:\n  dnsDomain: \"k.example\" # ours\n";
        let config = Config::kubeadm(&name("zone.example"));
        assert_eq!(
            cluster_domains(Some(yaml), Some(&config)),
            [
                (name("k.example"), DomainFrom::Kubeadm),
                (name("zone.example"), DomainFrom::Corefile),
                (name("cluster.local"), DomainFrom::Custom)
            ]
        );
        assert_eq!(cluster_domains(Some("dnsDomain:"), None), [(name("cluster.local"), DomainFrom::Custom)]);
    }

    #[test]
    fn an_unreadable_corefile_is_named_and_kubeadms_assumed() {
        let broken = texts(&[("Corefile", ".:53 {\n  kubernetes cluster.local {\n    pods maybe\n  }\n}\n")]);
        let configured = configured(&[&broken], &name("cluster.local"));
        let Some(NoCorefile::Unreadable(error)) = &configured.assumed else { panic!("{configured:?}") };
        assert_eq!(error.at.to_string(), "3:10");
        assert_eq!(error.fault, Fault::BadArgument { of: "pods".into(), argument: "maybe".into() });
        assert_eq!(configured.config, Config::kubeadm(&name("cluster.local")));
        assert_eq!(configured.config.domain(), Some(&name("cluster.local")));
    }

    #[test]
    fn other_keys_are_what_the_corefile_imports() {
        let own = texts(&[("Corefile", ".:53 {\n  import custom/*.override\n}\n")]);
        let custom = texts(&[("hosts.override", "kubernetes example.org\n")]);
        let read = super::configured(&[&own, &custom], &name("cluster.local"));
        assert_eq!(read.assumed, None);
        assert_eq!(read.config.domain(), Some(&name("example.org")));
        assert_eq!(super::configured(&[&custom], &name("x")).assumed, Some(NoCorefile::NoKey));
        assert_eq!(super::configured(&[], &name("x")).assumed, Some(NoCorefile::NotAtHand));
    }
}
