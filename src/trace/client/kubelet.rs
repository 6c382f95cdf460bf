//! The resolv.conf that the kubelet gives a pod (§1.1, §1.2).

use std::collections::HashSet;
use std::net::IpAddr;

use super::{HostDomain, NodeFile, ResolvConf, Unseen, hostname_and_domain};
use crate::model::{DnsConfig, DnsPolicy, Pod, Text};

/// Most servers in a pod's file.
const SERVERS: usize = 3;
/// Most search domains in a pod's file.
const SEARCHES: usize = 32;
/// The longest search domain in characters.
const SEARCH_LENGTH: usize = 253;
/// The longest search list in characters, spaces included.
const LIST_LENGTH: usize = 2048;

/// What a node's kubelet was told about DNS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubeletDns {
    /// `clusterDNS`
    pub cluster_dns: Vec<IpAddr>,
    /// `clusterDomain`; may be empty.
    pub cluster_domain: String,
    /// `resolvConf` is `""`: no file of the node is read.
    pub resolver_config_empty: bool,
    /// The file that `resolvConf` names, as [`ResolvConf::of_node`] reads it; almost always unknown.
    pub host: Option<ResolvConf>,
    /// The node's own addresses.
    pub node_ips: Vec<IpAddr>,
}

/// What a pod's file starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DnsType {
    /// The cluster DNS.
    Cluster,
    /// The node's file.
    Host,
    /// Nothing.
    None,
}

/// What did not fit into a pod's file (event `DNSConfigForming`, D15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Servers after the third.
    pub servers: Vec<Text>,
    /// Search domains.
    pub searches: Vec<CutSearch>,
}

/// A search domain that the kubelet left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutSearch {
    /// The domain.
    pub domain: Text,
    /// Which limit it met.
    pub limit: SearchLimit,
}

/// A limit on search domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchLimit {
    /// There are 32 before it.
    Count,
    /// It has more than 253 characters.
    Length,
    /// With it, the list would have more than 2048 characters.
    ListLength,
}

/// Which base the kubelet starts from (R1.1; `getPodDNSType`).
pub fn dns_type(pod: &Pod) -> DnsType {
    match pod.dns_policy() {
        DnsPolicy::None => DnsType::None,
        DnsPolicy::ClusterFirstWithHostNet | DnsPolicy::Other(_) => DnsType::Cluster,
        DnsPolicy::ClusterFirst if pod.host_network() => DnsType::Host,
        DnsPolicy::ClusterFirst => DnsType::Cluster,
        DnsPolicy::Default => DnsType::Host,
    }
}

/// The file of a pod that is started now (§1.2; `GetPodDNS`). A running pod keeps the file it was started with (R1.4).
pub fn resolv_conf(pod: &Pod, kubelet: &KubeletDns) -> ResolvConf {
    let mut conf = match dns_type(pod) {
        DnsType::None => ResolvConf::default(),
        DnsType::Cluster if kubelet.cluster_dns.is_empty() => {
            ResolvConf { no_cluster_dns: true, ..of_the_node(kubelet) }
        }
        DnsType::Cluster => of_the_cluster(&pod.meta.key.namespace, kubelet),
        DnsType::Host => of_the_node(kubelet),
    };
    if let Some(config) = pod.dns_config() {
        merge(&mut conf, config);
    }
    fit(&mut conf);
    if conf.unseen.is_none() && conf.servers.is_empty() && conf.searches.is_empty() && conf.options.is_empty() {
        // R1.3: the runtime takes three empty lists for "no wish".
        conf.unseen = Some(Unseen { file: NodeFile::Etc, servers: Some(0), searches: Some(0), options: true });
    }
    conf.host_domain = match hostname_and_domain(pod, &kubelet.cluster_domain).kernel_domain() {
        _ if pod.host_network() => HostDomain::Node,
        Some(domain) => HostDomain::Known(domain),
        None => HostDomain::None,
    };
    conf
}

/// The node's file before anything is added; `None` where it is not known.
fn host(kubelet: &KubeletDns) -> Option<ResolvConf> {
    if kubelet.resolver_config_empty { Some(ResolvConf::default()) } else { kubelet.host.clone() }
}

fn of_the_cluster(namespace: &str, kubelet: &KubeletDns) -> ResolvConf {
    let domain = &kubelet.cluster_domain;
    let mut searches: Vec<Text> = match domain.as_str() {
        "" => Vec::new(),
        _ => vec![format!("{namespace}.svc.{domain}").into(), format!("svc.{domain}").into(), domain.as_str().into()],
    };
    let host = host(kubelet);
    let unseen = host.is_none().then_some(Unseen {
        file: NodeFile::ResolvConf,
        servers: None,
        searches: Some(searches.len()),
        options: false,
    });
    searches.extend(host.into_iter().flat_map(|host| host.searches));
    if !domain.is_empty() {
        drop_repeats(&mut searches, None);
    }
    ResolvConf {
        servers: kubelet.cluster_dns.iter().map(|server| server.to_canonical().to_string().into()).collect(),
        searches,
        options: vec!["ndots:5".into()],
        unseen,
        ..ResolvConf::default()
    }
}

fn of_the_node(kubelet: &KubeletDns) -> ResolvConf {
    let unseen = || Unseen { file: NodeFile::ResolvConf, servers: Some(0), searches: Some(0), options: true };
    let mut conf = host(kubelet).unwrap_or_else(|| ResolvConf { unseen: Some(unseen()), ..ResolvConf::default() });
    if kubelet.resolver_config_empty {
        let local = |ip: &IpAddr| if ip.to_canonical().is_ipv6() { "::1".into() } else { "127.0.0.1".into() };
        conf.servers = kubelet.node_ips.iter().map(local).collect();
        if conf.servers.is_empty() {
            conf.servers.push("127.0.0.1".into());
        }
        conf.searches = vec![".".into()];
    }
    conf
}

/// Adds what the pod asks for. Repeats are dropped from the whole lists, and texts are compared as they are:
/// `a.b` and `a.b.` are two.
fn merge(conf: &mut ResolvConf, config: &DnsConfig) {
    conf.servers.extend(config.nameservers.iter().cloned());
    let (mut before_servers, mut before_searches) = (None, None);
    if let Some(unseen) = &mut conf.unseen {
        (before_servers, before_searches) = (unseen.servers.as_mut(), unseen.searches.as_mut());
    }
    drop_repeats(&mut conf.servers, before_servers);
    conf.searches.extend(config.searches.iter().cloned());
    drop_repeats(&mut conf.searches, before_searches);
    let mut options: Vec<(Text, Text)> = Vec::new();
    let known = conf.options.iter().map(|option| match option.split_once(':') {
        Some((name, value)) => (name.into(), value.into()),
        None => (option.clone(), Text::default()),
    });
    let added = config.options.iter().map(|option| (option.name.clone(), option.value.clone().unwrap_or_default()));
    for (name, value) in known.chain(added) {
        match options.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => options.push((name, value)),
        }
    }
    let written = |(name, value): (Text, Text)| match value.as_str() {
        "" => name,
        value => format!("{name}:{value}").into(),
    };
    conf.options = options.into_iter().map(written).collect();
}

/// Keeps the first of equal texts. `mark` is a place in the list that moves with what stands after it.
fn drop_repeats(texts: &mut Vec<Text>, mark: Option<&mut usize>) {
    let mut seen = HashSet::new();
    let keep: Vec<bool> = texts.iter().map(|text| seen.insert(text.clone())).collect();
    if let Some(mark) = mark {
        *mark = keep[..*mark].iter().filter(|keep| **keep).count();
    }
    let mut keep = keep.into_iter();
    texts.retain(|_| keep.next().unwrap_or(true));
}

/// The kubelet's limits, in its order: three servers; 32 domains; no domain over 253 characters; whole domains from
/// the end until the list has 2048 characters.
fn fit(conf: &mut ResolvConf) {
    if conf.servers.len() > SERVERS {
        conf.cut.servers = conf.servers.split_off(SERVERS);
    }
    let mut cut = Vec::new();
    if conf.searches.len() > SEARCHES {
        cut.extend(conf.searches.split_off(SEARCHES).into_iter().map(|domain| (domain, SearchLimit::Count)));
    }
    let (fitting, long): (Vec<Text>, Vec<Text>) =
        std::mem::take(&mut conf.searches).into_iter().partition(|domain| domain.len() <= SEARCH_LENGTH);
    conf.searches = fitting;
    cut.extend(long.into_iter().map(|domain| (domain, SearchLimit::Length)));
    // Each domain counts with a space, of which the last one is not there.
    let fits = |length: &mut usize, domain: &Text| {
        *length += domain.len() + 1;
        (*length <= LIST_LENGTH + 1).then_some(())
    };
    let fitting = conf.searches.iter().scan(0, fits).count();
    cut.extend(conf.searches.split_off(fitting).into_iter().map(|domain| (domain, SearchLimit::ListLength)));
    conf.cut.searches = cut.into_iter().map(|(domain, limit)| CutSearch { domain, limit }).collect();
    if let Some(unseen) = &mut conf.unseen {
        unseen.servers = unseen.servers.map(|at| at.min(conf.servers.len()));
        unseen.searches = unseen.searches.map(|at| at.min(conf.searches.len()));
    }
}
