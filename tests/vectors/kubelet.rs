//! resolv.conf: what the kubelet's own code made of random pods and node files.

use std::net::IpAddr;

use podpath::model::{Addresses, Interner, Text};
use podpath::trace::client::{KubeletDns, ResolvConf, resolv_conf};
use podpath::watch::decode;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::files::replay;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case<'a> {
    id: u64,
    #[serde(borrow)]
    pod: &'a RawValue,
    #[serde(rename = "clusterDNS")]
    cluster_dns: Option<Vec<String>>,
    cluster_domain: String,
    host_resolv_conf: String,
    resolver_config: String,
    #[serde(rename = "nodeIPs")]
    node_ips: Option<Vec<String>>,
    expect: Expected,
    events: Option<Vec<String>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Expected {
    servers: Option<Vec<String>>,
    searches: Option<Vec<String>>,
    options_sorted: Option<Vec<String>>,
}

fn addresses(texts: Option<Vec<String>>) -> Vec<IpAddr> {
    texts.into_iter().flatten().map(|text| Addresses::parse_one(&text).unwrap()).collect()
}

fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// The events that the kubelet raises, in its order.
fn events(conf: &ResolvConf) -> Vec<&'static str> {
    let missing = if conf.no_cluster_dns { &["MissingClusterDNS"; 2][..] } else { &[] };
    let cuts = [!conf.cut.servers.is_empty(), !conf.cut.searches.is_empty()];
    let cuts = cuts.into_iter().filter(|cut| *cut).map(|_| "DNSConfigForming");
    missing.iter().copied().chain(cuts).collect()
}

#[test]
fn vectors_kubelet_resolvconf() {
    replay("kubelet_resolvconf", |line| {
        let case: Case<'_> = serde_json::from_str(line).unwrap();
        let pod = decode::pod(case.pod.get().as_bytes(), &mut Interner::default()).unwrap();
        let kubelet = KubeletDns {
            cluster_dns: addresses(case.cluster_dns),
            cluster_domain: case.cluster_domain,
            resolver_config_empty: case.resolver_config.is_empty(),
            host: Some(ResolvConf::of_node(&case.host_resolv_conf).unwrap()),
            node_ips: addresses(case.node_ips),
        };
        let conf = resolv_conf(&pod, &kubelet);
        let mut options = texts(&conf.options);
        options.sort();
        let ours = (texts(&conf.servers), texts(&conf.searches), options, events(&conf));
        let Expected { servers, searches, options_sorted } = case.expect;
        let theirs = (
            servers.unwrap_or_default(),
            searches.unwrap_or_default(),
            options_sorted.unwrap_or_default(),
            case.events.iter().flatten().map(String::as_str).collect::<Vec<_>>(),
        );
        (ours != theirs).then(|| format!("case {}: {ours:?}, not {theirs:?}", case.id))
    });
}
