//! What is asked: the names that a world gives rise to, names beside them, and names that only look like names.

use std::collections::BTreeSet;
use std::net::IpAddr;

use podpath::model::{ClusterIp, Service};
use podpath::store::Store;

use super::ask::Question;
use super::wire::TYPES;
use crate::worlds::Dice;

/// Every question about a cluster whose zones these are.
pub(super) fn questions(store: &Store, zones: &[&str], dice: &mut Dice) -> Vec<Question> {
    let mut names = BTreeSet::new();
    for zone in zones {
        below(store, zone, dice, &mut names);
    }
    for ip in addresses(store) {
        names.insert(reverse(ip));
    }
    names.extend(
        ["in-addr.arpa.", "ip6.arpa.", "10.in-addr.arpa.", "244.10.in-addr.arpa.", "1.0.0.127.in-addr.arpa."]
            .map(str::to_owned),
    );
    names.extend(["9.9.9.10.in-addr.arpa.", "x.1.96.10.in-addr.arpa.", "200.2.0.192.in-addr.arpa."].map(str::to_owned));
    names.extend(
        [".", "local.", "com.", "localhost.", "www.example.com.", "nx.example.com.", "sf.example.com."]
            .map(str::to_owned),
    );
    names.extend(
        ["stub.test.", "api.stub.test.", "nx.stub.test.", "shopfront.test.", "hosted.test.", "filed.test.", "test."]
            .map(str::to_owned),
    );
    for service in store.services() {
        names.insert(format!("{}.shop.test.", service.meta.key.name));
    }
    let mut questions = BTreeSet::new();
    for name in names {
        if !askable(&name) {
            continue;
        }
        let common: &[&'static str] = if name.ends_with(".arpa.") { &["PTR"] } else { &["A", "AAAA", "SRV"] };
        questions.extend(common.iter().map(|kind| Question { name: name.clone(), kind }));
        if zones.contains(&name.as_str()) || name.ends_with("arpa.") && name.len() < 20 {
            questions.extend(["NS", "SOA"].map(|kind| Question { name: name.clone(), kind }));
        }
        let (kind, _) = dice.pick(&TYPES);
        questions.insert(Question { name, kind });
    }
    // A cache keeps the case of the question that filled it, and `rewrite` turns back what is in lower case.
    let mut questions: Vec<Question> = questions.into_iter().collect();
    questions.sort_by_key(|question| question.name.bytes().any(|byte| byte.is_ascii_uppercase()));
    questions
}

/// No longer than DNS allows.
fn askable(name: &str) -> bool {
    name.len() < 250 && name.trim_end_matches('.').split('.').all(|label| label.len() < 64)
}

fn below(store: &Store, zone: &str, dice: &mut Dice, names: &mut BTreeSet<String>) {
    let plain = [
        "",
        "svc.",
        "pod.",
        "foo.",
        "dns-version.",
        "ns.dns.",
        "dns.",
        "x.ns.dns.",
        "svc.svc.",
        "a.b.c.d.e.svc.",
        "_tcp.svc.",
    ];
    names.extend(plain.map(|prefix| format!("{prefix}{zone}")));
    let namespaces = store.namespaces().map(|namespace| namespace.meta.key.name.to_string());
    for namespace in namespaces.chain(["missing".to_owned()]) {
        for name in ["", "missing.", "_http._tcp."] {
            names.insert(format!("{name}{namespace}.svc.{zone}"));
        }
        for name in ["", "1-2-3-4.", "10-0-0-1.", "foo.", "fd00--1.", "1-2-3.", "--1.", "256-1-1-1.", "x.1-2-3-4."] {
            names.insert(format!("{name}{namespace}.pod.{zone}"));
        }
        names.insert(format!("{namespace}.{zone}"));
    }
    for service in store.services() {
        around(store, service, zone, dice, names);
    }
    for pod in store.pods() {
        let key = &pod.meta.key;
        for ip in pod.ips.as_slice() {
            names.insert(format!("{}.{}.pod.{zone}", dashed(*ip), key.namespace));
        }
        names.insert(format!("{}.{}.pod.{zone}", key.name, key.namespace));
        if let Some(subdomain) = pod.subdomain() {
            for host in [pod.hostname(), Some(&key.name)].into_iter().flatten() {
                names.insert(format!("{host}.{subdomain}.{}.svc.{zone}", key.namespace));
            }
        }
    }
}

/// A Service's own names, those of its ports and endpoints, and what lies just beside.
fn around(store: &Store, service: &Service, zone: &str, dice: &mut Dice, names: &mut BTreeSet<String>) {
    let (name, namespace) = (service.meta.key.name.as_str(), service.meta.key.namespace.as_str());
    let full = format!("{name}.{namespace}.svc.{zone}");
    let shorter = &name[..name.len() - 1];
    let mut left = vec![String::new(), "x.".to_owned(), "a.b.c.".to_owned(), "_tcp.".to_owned(), "_.".to_owned()];
    left.extend(
        [
            "_nope._tcp.",
            "_http._tcp.",
            "http.tcp.",
            "_._tcp.",
            "__http._tcp.",
            "a._zone.",
            "b.prefer._zone.",
            "zone-c._zone.",
            "a.pin._zone.",
        ]
        .map(str::to_owned),
    );
    for port in &service.ports {
        let protocol = port.protocol.to_string().to_lowercase();
        left.push(format!("_{}._{protocol}.", port.name));
        left.push(format!("{}.{protocol}.", port.name.to_uppercase()));
    }
    for slice in store.slices_of(&service.meta.key) {
        for port in slice.ports.iter().filter_map(|port| port.name.as_ref()) {
            left.push(format!("_{port}._tcp."));
        }
        for endpoint in &slice.endpoints {
            left.extend(endpoint.addresses.as_slice().iter().map(|ip| format!("{}.", dashed(*ip))));
            left.extend(endpoint.hostname.iter().map(|host| format!("{host}.")));
            left.extend(endpoint.target.iter().map(|target| format!("{}.", target.name)));
        }
    }
    names.extend(
        left.iter().filter(|left| !left.contains("..") && !left.starts_with('.')).map(|left| format!("{left}{full}")),
    );
    let beside = [
        full.to_uppercase(),
        format!("{shorter}.{namespace}.svc.{zone}"),
        format!("{name}x.{namespace}.svc.{zone}"),
        format!("{name}.{namespace}.{zone}"),
        format!("{name}.{namespace}.pod.{zone}"),
        format!("{name}.missing.svc.{zone}"),
        format!("{name}.{namespace}.svc."),
        format!("{full}{zone}"),
    ];
    let count = 3 + dice.below(3);
    names.extend(dice.some(&beside, count).into_iter().filter(|name| !name.starts_with('.')));
}

fn addresses(store: &Store) -> BTreeSet<IpAddr> {
    let mut all = BTreeSet::new();
    for service in store.services() {
        if let ClusterIp::Ips(ips) = &service.cluster_ip {
            all.extend(ips);
        }
        all.extend(&service.external_ips);
        all.extend(service.load_balancer.iter().filter_map(|ingress| ingress.ip));
    }
    for slice in store.slices() {
        all.extend(slice.endpoints.iter().flat_map(|endpoint| endpoint.addresses.as_slice()));
    }
    for pod in store.pods() {
        all.extend(pod.ips.as_slice());
    }
    all
}

/// As CoreDNS writes an address in a label.
fn dashed(ip: IpAddr) -> String {
    let text = ip.to_string().replace(['.', ':'], "-");
    if text.ends_with('-') { format!("{text}0") } else { text }
}

fn reverse(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(ip) => {
            let nibbles = ip.octets().into_iter().rev().map(|byte| format!("{:x}.{:x}.", byte & 15, byte >> 4));
            format!("{}ip6.arpa.", nibbles.collect::<String>())
        }
    }
}
