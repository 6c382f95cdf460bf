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
