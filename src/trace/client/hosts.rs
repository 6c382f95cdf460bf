//! A pod's own name, and its /etc/hosts, which is asked before any server (R1.6–R1.8).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Name;
use crate::model::{Addresses, Pod, Text};

/// The longest host name the kubelet sets, in characters.
const HOST_NAME: usize = 63;
/// The longest name the kernel takes for itself, in characters.
const KERNEL_NAME: usize = 64;

/// What a pod is called inside itself (R1.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName {
    /// The short name.
    pub host: Text,
    /// `subdomain.namespace.svc.domain`, where the pod has a subdomain.
    pub domain: Option<Text>,
    /// `setHostnameAsFQDN`: the kernel is told both. No DNS record depends on it.
    pub as_fqdn: bool,
}

/// `setHostnameAsFQDN` makes a name that the kernel refuses: the pod stays in ContainerCreating for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeverStarts {
    /// The name, of more than 64 characters.
    pub fqdn: Text,
}

/// What a pod is called inside itself (`GeneratePodHostNameAndDomain`).
pub fn hostname_and_domain(pod: &Pod, cluster_domain: &str) -> HostName {
    let as_fqdn = pod.hostname_as_fqdn();
    if let Some(name) = pod.hostname_override() {
        return HostName { host: shortened(name), domain: None, as_fqdn };
    }
    let key = &pod.meta.key;
    let domain = pod.subdomain().map(|sub| format!("{sub}.{}.svc.{cluster_domain}", key.namespace).into());
    HostName { host: shortened(pod.hostname().unwrap_or(&key.name)), domain, as_fqdn }
}

fn shortened(name: &Text) -> Text {
    match name.char_indices().nth(HOST_NAME) {
        None => name.clone(),
        Some((end, _)) => name[..end].trim_end_matches(['-', '.']).into(),
    }
}

impl HostName {
    /// `host.domain`, where there is a domain.
    pub fn fqdn(&self) -> Option<Text> {
        self.domain.as_ref().map(|domain| format!("{}.{domain}", self.host).into())
    }

    /// What `uname -n` says in the pod (`GetNodenameForKernel`).
    pub fn kernel_name(&self) -> Result<Text, NeverStarts> {
        match self.fqdn().filter(|_| self.as_fqdn) {
            None => Ok(self.host.clone()),
            Some(fqdn) if fqdn.len() <= KERNEL_NAME => Ok(fqdn),
            Some(fqdn) => Err(NeverStarts { fqdn }),
        }
    }

    /// What follows the first dot of the kernel's name.
    pub(super) fn kernel_domain(&self) -> Option<Text> {
        let name = self.kernel_name().ok()?;
        let (_, domain) = name.split_once('.')?;
        (!domain.is_empty()).then(|| domain.into())
    }
}

/// What /etc/hosts says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostsAnswer {
    /// It is listed: no server is asked.
    Listed(Vec<HostsEntry>),
    /// It is not listed.
    NotListed,
    /// The pod is on the host network: the node's file stands first in its own, and is not known.
    NodeFile,
}

/// A line of /etc/hosts that names what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostsEntry {
    /// The address.
    pub ip: IpAddr,
    /// Why the line is there.
    pub source: HostsSource,
}

/// Why a line is in a pod's /etc/hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostsSource {
    /// `localhost` and the names of IPv6 beside it.
    Localhost,
    /// The pod's own name: it never asks a server for it.
    OwnName,
    /// `spec.hostAliases[i]`
    Alias(usize),
}

/// The names that the kubelet writes into every file.
const LOCAL: [(IpAddr, &[&str]); 6] = [
    (IpAddr::V4(Ipv4Addr::LOCALHOST), &["localhost"]),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), &["localhost", "ip6-localhost", "ip6-loopback"]),
    (IpAddr::V6(Ipv6Addr::new(0xfe00, 0, 0, 0, 0, 0, 0, 0)), &["ip6-localnet"]),
    (IpAddr::V6(Ipv6Addr::new(0xfe00, 0, 0, 0, 0, 0, 0, 0)), &["ip6-mcastprefix"]),
    (IpAddr::V6(Ipv6Addr::new(0xfe00, 0, 0, 0, 0, 0, 0, 1)), &["ip6-allnodes"]),
    (IpAddr::V6(Ipv6Addr::new(0xfe00, 0, 0, 0, 0, 0, 0, 2)), &["ip6-allrouters"]),
];

/// Whether a pod's /etc/hosts has the name exactly as typed; search domains do not apply there (R1.8).
///
/// A pod that mounts a file of its own over it is not told apart.
pub fn hosts_lookup(name: &Name, pod: &Pod, cluster_domain: &str) -> HostsAnswer {
    let typed = name.as_str();
    let mut entries = Vec::new();
    if !pod.host_network() {
        let local = LOCAL.iter().filter(|(_, names)| names.contains(&typed));
        entries.extend(local.map(|(ip, _)| HostsEntry { ip: *ip, source: HostsSource::Localhost }));
        let own = hostname_and_domain(pod, cluster_domain);
        if own.host == typed || own.fqdn().is_some_and(|fqdn| fqdn == typed) {
            let ips = pod.ips.as_slice().iter();
            entries.extend(ips.map(|ip| HostsEntry { ip: *ip, source: HostsSource::OwnName }));
        }
    }
    for (at, alias) in pod.host_aliases().iter().enumerate() {
        if alias.hostnames.iter().any(|name| *name == typed) {
            let ip = Addresses::parse_one(&alias.ip);
            entries.extend(ip.map(|ip| HostsEntry { ip, source: HostsSource::Alias(at) }));
        }
    }
    match entries.is_empty() {
        false => HostsAnswer::Listed(entries),
        true if pod.host_network() => HostsAnswer::NodeFile,
        true => HostsAnswer::NotListed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HostAlias, Meta, PodRare};

    fn pod(name: &str, rare: PodRare) -> Pod {
        let mut meta = Meta::default();
        (meta.key.namespace, meta.key.name) = ("shop".into(), name.into());
        let ips = ["10.0.0.7", "fd00::7"].map(|ip| ip.parse().unwrap()).into_iter().collect();
        Pod { meta, ips, rare: Some(Box::new(rare)), ..Pod::default() }
    }

    fn some(text: &str) -> Option<Text> {
        Some(text.into())
    }

    fn named(hostname: Option<Text>, subdomain: Option<Text>) -> PodRare {
        PodRare { hostname, subdomain, ..PodRare::default() }
    }

    #[test]
    fn a_pod_is_called_by_its_override_its_hostname_or_its_name() {
        let over = |text: &str| PodRare { hostname_override: some(text), ..named(some("h"), some("sub")) };
        let (long, dashed) = ("a".repeat(70), format!("{}-.-{}", "a".repeat(60), "b".repeat(9)));
        let domain = "sub.shop.svc.k8s";
        let cases = [
            ("web-1", PodRare::default(), "web-1", None),
            ("web-1", named(some("h"), None), "h", None),
            ("web-1", named(None, some("sub")), "web-1", Some(domain)),
            ("web-1", named(some("h"), some("sub")), "h", Some(domain)),
            ("web-1", over("other.example"), "other.example", None),
            ("web-1", over(&long), &long[..63], None),
            (&long, PodRare::default(), &long[..63], None),
            (&long[..64], PodRare::default(), &long[..63], None),
            (&long[..63], PodRare::default(), &long[..63], None),
            (&dashed, PodRare::default(), &long[..60], None),
        ];
        for (name, rare, host, domain) in cases {
            let found = hostname_and_domain(&pod(name, rare.clone()), "k8s");
            assert_eq!((&*found.host, found.domain.as_deref()), (host, domain), "{name} {rare:?}");
        }
    }

    #[test]
    fn the_kernel_takes_a_full_name_of_64_characters() {
        let of = |as_fqdn, name: &str| {
            let rare = PodRare { hostname_as_fqdn: as_fqdn, ..named(None, some("sub")) };
            hostname_and_domain(&pod(name, rare), "k8s").kernel_name()
        };
        let host = "a".repeat(64 - ".sub.shop.svc.k8s".len());
        let fqdn = format!("{host}.sub.shop.svc.k8s");
        assert_eq!(of(true, &host), Ok(fqdn.as_str().into()));
        assert_eq!(of(false, &host), Ok(host.as_str().into()));
        assert_eq!(of(true, &format!("a{host}")), Err(NeverStarts { fqdn: format!("a{fqdn}").into() }));
    }

    #[test]
    fn a_domain_follows_the_first_dot_of_the_kernels_name() {
        let of = |text: &str| {
            let rare = PodRare { hostname_override: some(text), ..PodRare::default() };
            hostname_and_domain(&pod("p", rare), "k8s").kernel_domain()
        };
        assert_eq!(of("a.b.c"), some("b.c"));
        assert_eq!(of("a"), None);
        assert_eq!(of("a."), None);
    }

    #[test]
    fn names_in_the_hosts_file_never_reach_a_server() {
        let alias = |ip: &str, names: &[&str]| HostAlias {
            ip: ip.into(),
            hostnames: names.iter().map(|name| (*name).into()).collect(),
        };
        let rare = PodRare {
            host_aliases: vec![
                alias("10.9.9.9", &["db", "db.corp"]),
                alias("no", &["odd"]),
                alias("10.9.9.8", &["db", "h"]),
            ],
            ..named(some("h"), some("sub"))
        };
        let listed = |found: &[(&str, HostsSource)]| {
            HostsAnswer::Listed(
                found.iter().map(|(ip, source)| HostsEntry { ip: ip.parse().unwrap(), source: *source }).collect(),
            )
        };
        use HostsSource::{Alias, Localhost, OwnName};
        let ask =
            |name: &str, rare: &PodRare| hosts_lookup(&Name::parse(name).unwrap(), &pod("p", rare.clone()), "k8s");
        let own: &[(&str, HostsSource)] = &[("10.0.0.7", OwnName), ("fd00::7", OwnName)];
        assert_eq!(ask("localhost", &rare), listed(&[("127.0.0.1", Localhost), ("::1", Localhost)]));
        assert_eq!(ask("ip6-loopback", &rare), listed(&[("::1", Localhost)]));
        assert_eq!(ask("ip6-allrouters", &rare), listed(&[("fe00::2", Localhost)]));
        assert_eq!(ask("h", &rare), listed(&[own, &[("10.9.9.8", Alias(2))]].concat()));
        assert_eq!(ask("h.sub.shop.svc.k8s", &rare), listed(own));
        assert_eq!(ask("db", &rare), listed(&[("10.9.9.9", Alias(0)), ("10.9.9.8", Alias(2))]));
        assert_eq!(ask("db.corp", &rare), listed(&[("10.9.9.9", Alias(0))]));
        for name in ["odd", "p", "h.", "db.shop", "h.sub", "sub.shop.svc.k8s"] {
            assert_eq!(ask(name, &rare), HostsAnswer::NotListed, "{name}");
        }
        let host = PodRare { host_network: true, ..rare };
        assert_eq!(ask("db.corp", &host), listed(&[("10.9.9.9", Alias(0))]));
        for name in ["localhost", "p", "web"] {
            assert_eq!(ask(name, &host), HostsAnswer::NodeFile, "{name}");
        }
    }
}
