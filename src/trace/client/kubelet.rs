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
        drop_repeats(&mut searches);
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
    drop_repeats(&mut conf.servers);
    conf.searches.extend(config.searches.iter().cloned());
    drop_repeats(&mut conf.searches);
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

/// Keeps the first of equal texts.
fn drop_repeats(texts: &mut Vec<Text>) {
    let mut seen = HashSet::new();
    texts.retain(|text| seen.insert(text.clone()));
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DnsOption, Meta, PodRare};

    fn pod(rare: PodRare) -> Pod {
        let mut meta = Meta::default();
        (meta.key.namespace, meta.key.name) = ("shop".into(), "p".into());
        Pod { meta, rare: Some(Box::new(rare)), ..Pod::default() }
    }

    fn policy(dns_policy: DnsPolicy) -> PodRare {
        PodRare { dns_policy, ..PodRare::default() }
    }

    fn searches(searches: &[&str]) -> Option<Box<DnsConfig>> {
        let searches = searches.iter().map(|search| (*search).into()).collect();
        Some(Box::new(DnsConfig { searches, ..DnsConfig::default() }))
    }

    fn kubelet(host: Option<&str>) -> KubeletDns {
        KubeletDns {
            cluster_dns: vec!["10.96.0.10".parse().unwrap()],
            cluster_domain: "cluster.local".into(),
            host: host.map(|text| ResolvConf::of_node(text).unwrap()),
            ..KubeletDns::default()
        }
    }

    fn texts(texts: &[Text]) -> Vec<&str> {
        texts.iter().map(|text| &**text).collect()
    }

    const NODE: &str = "nameserver 1.1.1.1\nsearch corp.test\noptions rotate\n";

    #[test]
    fn the_policy_and_the_host_network_choose_the_base() {
        use DnsType::{Cluster, Host, None};
        let cases = [
            (DnsPolicy::ClusterFirst, Cluster, Host),
            (DnsPolicy::ClusterFirstWithHostNet, Cluster, Cluster),
            (DnsPolicy::Default, Host, Host),
            (DnsPolicy::None, None, None),
            (DnsPolicy::Other("invalid".into()), Cluster, Cluster),
        ];
        for (dns_policy, alone, with_the_host) in cases {
            let of = |host_network| dns_type(&pod(PodRare { host_network, ..policy(dns_policy.clone()) }));
            assert_eq!((of(false), of(true)), (alone, with_the_host), "{dns_policy:?}");
        }
        assert_eq!(dns_type(&Pod::default()), Cluster);
    }

    #[test]
    fn each_base_gives_its_lists() {
        let cluster: &[&str] = &["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.test"];
        let cases = [
            (policy(DnsPolicy::ClusterFirst), &["10.96.0.10"][..], cluster, &["ndots:5"][..]),
            (policy(DnsPolicy::Default), &["1.1.1.1"], &["corp.test"], &["rotate"]),
            (PodRare { host_network: true, ..PodRare::default() }, &["1.1.1.1"], &["corp.test"], &["rotate"]),
            (policy(DnsPolicy::None), &[], &[], &[]),
        ];
        for (rare, servers, searches, options) in cases {
            let conf = resolv_conf(&pod(rare.clone()), &kubelet(Some(NODE)));
            assert_eq!(texts(&conf.servers), servers, "{rare:?}");
            assert_eq!(texts(&conf.searches), searches, "{rare:?}");
            assert_eq!(texts(&conf.options), options, "{rare:?}");
            assert_eq!((conf.cut, conf.no_cluster_dns), (Cut::default(), false), "{rare:?}");
        }
    }

    #[test]
    fn a_kubelet_without_a_cluster_dns_gives_the_nodes_file_and_says_so() {
        let without = KubeletDns { cluster_dns: vec![], ..kubelet(Some(NODE)) };
        let conf = resolv_conf(&pod(PodRare::default()), &without);
        assert!(conf.no_cluster_dns);
        assert_eq!((texts(&conf.servers), texts(&conf.searches)), (vec!["1.1.1.1"], vec!["corp.test"]));
    }

    #[test]
    fn without_a_cluster_domain_only_the_nodes_domains_are_searched() {
        let nameless = KubeletDns { cluster_domain: String::new(), ..kubelet(Some("search a a")) };
        assert_eq!(texts(&resolv_conf(&pod(PodRare::default()), &nameless).searches), ["a", "a"]);
        let unknown = KubeletDns { host: None, ..nameless };
        let conf = resolv_conf(&pod(PodRare::default()), &unknown);
        assert_eq!(conf.unseen.unwrap().searches, Some(0));
    }

    #[test]
    fn a_kubelet_told_to_read_no_file_points_at_the_local_machine() {
        let deaf = |ips: &[&str]| KubeletDns {
            resolver_config_empty: true,
            node_ips: ips.iter().map(|ip| ip.parse().unwrap()).collect(),
            ..kubelet(Some(NODE))
        };
        let cases: [(&[&str], &[&str]); 4] = [
            (&[], &["127.0.0.1"]),
            (&["192.168.0.1"], &["127.0.0.1"]),
            (&["fd02::1"], &["::1"]),
            (&["192.168.0.1", "fd02::1"], &["127.0.0.1", "::1"]),
        ];
        for (ips, servers) in cases {
            let conf = resolv_conf(&pod(policy(DnsPolicy::Default)), &deaf(ips));
            assert_eq!((texts(&conf.servers), texts(&conf.searches)), (servers.to_vec(), vec!["."]), "{ips:?}");
            assert!(conf.options.is_empty() && conf.unseen.is_none());
        }
        let unknown = KubeletDns { host: None, ..deaf(&[]) };
        let conf = resolv_conf(&pod(PodRare::default()), &unknown);
        assert_eq!((conf.searches.len(), conf.unseen), (3, None));
    }

    #[test]
    fn what_the_pod_adds_comes_behind_and_repeats_are_dropped() {
        let config = DnsConfig {
            nameservers: vec!["10.96.0.10".into(), "8.8.8.8".into(), "8.8.8.8".into()],
            searches: vec!["a.b".into(), "corp.test".into(), "a.b.".into(), "a.b".into()],
            options: vec![],
        };
        let conf = resolv_conf(
            &pod(PodRare { dns_config: Some(Box::new(config)), ..PodRare::default() }),
            &kubelet(Some(NODE)),
        );
        assert_eq!(texts(&conf.servers), ["10.96.0.10", "8.8.8.8"]);
        assert_eq!(texts(&conf.searches[3..]), ["corp.test", "a.b", "a.b."]);
        // Without a dnsConfig the node's repeats stay, with an empty one they go.
        let twice = kubelet(Some("nameserver 1.1.1.1\nnameserver 1.1.1.1\nsearch a a\n"));
        let plain = resolv_conf(&pod(policy(DnsPolicy::Default)), &twice);
        assert_eq!((plain.servers.len(), plain.searches.len()), (2, 2));
        let empty = PodRare { dns_config: searches(&[]), ..policy(DnsPolicy::Default) };
        let merged = resolv_conf(&pod(empty), &twice);
        assert_eq!((merged.servers.len(), merged.searches.len()), (1, 1));
    }

    #[test]
    fn the_pods_options_win_by_name() {
        type Added = &'static [(&'static str, Option<&'static str>)];
        let cases: [(&str, Added, &[&str]); 7] = [
            ("", &[("debug", None), ("ndots", Some("3"))], &["debug", "ndots:3"]),
            ("options debug", &[("debug", None)], &["debug"]),
            ("options ndots:1", &[("ndots", Some("3"))], &["ndots:3"]),
            ("options ndots:1 rotate", &[("ndots", None)], &["ndots", "rotate"]),
            ("options ndots:1", &[("ndots", Some(""))], &["ndots"]),
            ("options ndots: a:b:c", &[("x", None)], &["ndots", "a:b:c", "x"]),
            ("options ndots:1", &[("ndots:2", None)], &["ndots:1", "ndots:2"]),
        ];
        for (host, added, expected) in cases {
            let options =
                added.iter().map(|(name, value)| DnsOption { name: (*name).into(), value: value.map(Text::from) });
            let config = DnsConfig { options: options.collect(), ..DnsConfig::default() };
            let rare = PodRare { dns_config: Some(Box::new(config)), ..policy(DnsPolicy::Default) };
            let conf = resolv_conf(&pod(rare), &kubelet(Some(host)));
            assert_eq!(texts(&conf.options), expected, "{host} + {added:?}");
        }
    }

    /// What is left of a list, and what was cut.
    fn fitted(list: &[String]) -> (usize, Vec<SearchLimit>) {
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        let rare = PodRare { dns_config: searches(&list), ..policy(DnsPolicy::None) };
        let conf = resolv_conf(&pod(rare), &kubelet(None));
        (conf.searches.len(), conf.cut.searches.into_iter().map(|cut| cut.limit).collect())
    }

    /// `count` different domains of `length` characters.
    fn domains(count: usize, length: usize) -> Vec<String> {
        (0..count).map(|at| format!("{at:0length$}")).collect()
    }

    #[test]
    fn search_domains_are_counted_then_measured_then_added_up() {
        use SearchLimit::{Count, Length, ListLength};
        assert_eq!(fitted(&domains(32, 5)), (32, vec![]));
        assert_eq!(fitted(&domains(33, 5)), (32, vec![Count]));
        assert_eq!(fitted(&domains(1, 253)), (1, vec![]));
        assert_eq!(fitted(&domains(1, 254)), (0, vec![Length]));
        // The 33rd does not move up into the place of one that is too long.
        let long = [domains(1, 254), domains(32, 5)].concat();
        assert_eq!(fitted(&long), (31, vec![Count, Length]));
        // Eight of 253 take 2031 characters, a space one more: 16 are left.
        let list = |last| [domains(8, 253), vec!["x".repeat(last)]].concat();
        assert_eq!(list(16).join(" ").len(), 2048);
        assert_eq!(fitted(&list(16)), (9, vec![]));
        assert_eq!(fitted(&list(17)), (8, vec![ListLength]));
        // Whole domains go from the end, also those that would have fitted.
        let more = [list(17), vec!["x".into()]].concat();
        assert_eq!(fitted(&more), (8, vec![ListLength, ListLength]));
        // What is too long for itself does not count in the list.
        let mixed = [domains(1, 254), list(16)].concat();
        assert_eq!(fitted(&mixed), (9, vec![Length]));
    }

    #[test]
    fn the_fourth_server_is_cut() {
        let text = "nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\n";
        let of = |text: &str| resolv_conf(&pod(policy(DnsPolicy::Default)), &kubelet(Some(text)));
        assert_eq!(of(text).cut, Cut::default());
        let conf = of(&format!("{text}nameserver 4.4.4.4\nnameserver 5.5.5.5"));
        assert_eq!((conf.servers.len(), texts(&conf.cut.servers)), (3, vec!["4.4.4.4", "5.5.5.5"]));
    }

    #[test]
    fn what_stands_in_the_nodes_file_is_marked_where_it_would_stand() {
        let of = |rare| resolv_conf(&pod(rare), &kubelet(None)).unseen;
        let unseen =
            |servers, searches, options| Some(Unseen { file: NodeFile::ResolvConf, servers, searches, options });
        let config = |dns_policy| PodRare { dns_config: searches(&["a.b"]), ..policy(dns_policy) };
        assert_eq!(of(PodRare::default()), unseen(None, Some(3), false));
        assert_eq!(of(config(DnsPolicy::ClusterFirst)), unseen(None, Some(3), false));
        assert_eq!(of(config(DnsPolicy::Default)), unseen(Some(0), Some(0), true));
        assert_eq!(of(config(DnsPolicy::None)), None);
        let conf = resolv_conf(&pod(config(DnsPolicy::ClusterFirst)), &kubelet(None));
        assert_eq!(texts(&conf.searches[3..]), ["a.b"]);
    }

    #[test]
    fn three_empty_lists_become_the_nodes_own_file() {
        let etc = Some(Unseen { file: NodeFile::Etc, servers: Some(0), searches: Some(0), options: true });
        assert_eq!(resolv_conf(&pod(policy(DnsPolicy::None)), &kubelet(Some(NODE))).unseen, etc);
        assert_eq!(resolv_conf(&pod(policy(DnsPolicy::Default)), &kubelet(Some(""))).unseen, etc);
        for text in ["nameserver 1.1.1.1", "search a", "options rotate"] {
            assert_eq!(resolv_conf(&pod(policy(DnsPolicy::Default)), &kubelet(Some(text))).unseen, None, "{text}");
        }
    }

    #[test]
    fn the_kernels_name_gives_a_domain_to_search_in() {
        let of = |rare| resolv_conf(&pod(rare), &kubelet(None)).host_domain;
        let named = |as_fqdn| PodRare { subdomain: Some("db".into()), hostname_as_fqdn: as_fqdn, ..PodRare::default() };
        assert_eq!(of(PodRare::default()), HostDomain::None);
        assert_eq!(of(named(false)), HostDomain::None);
        assert_eq!(of(named(true)), HostDomain::Known("db.shop.svc.cluster.local".into()));
        assert_eq!(of(PodRare { host_network: true, ..named(true) }), HostDomain::Node);
    }
}
