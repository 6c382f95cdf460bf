//! Why there is no answer, what is not known, and which names there are.

use podpath::delta::{Delta, Health};
use podpath::model::{Key, Kind};
use podpath::store::Store;
use podpath::trace::dns::find::{FoundBy, Software, cluster_dns};
use podpath::trace::dns::{Cluster, CoreDnsVersion, Name, Outcome, names_of, names_of_pod, shadowed};
use serde_json::json;

use super::world::{World, corefile, golden, http, pod, service, slice};

#[test]
fn what_is_not_known_is_never_no_such_name() {
    let live = |kinds: &[Kind]| -> Vec<Delta> { kinds.iter().map(|kind| Delta::Health(*kind, Health::Live)).collect() };
    let ask = |kinds: &[Kind], name: &str, kind: &str| {
        World::known(&corefile("pods verified"), &golden(), live(kinds)).ask(name, kind)
    };
    let without = |missing: Kind| -> Vec<Kind> { Kind::ALL.into_iter().filter(|kind| *kind != missing).collect() };
    for (missing, name, kind) in [
        (Kind::Namespace, "web.zz.svc.cluster.local", "A"),
        (Kind::Service, "nope.a.svc.cluster.local", "A"),
        (Kind::Slice, "hlempty.a.svc.cluster.local", "A"),
        (Kind::Slice, "hl.a.svc.cluster.local", "A"),
        (Kind::Pod, "1-2-3-4.a.pod.cluster.local", "A"),
        (Kind::Service, "9.9.9.9.in-addr.arpa", "PTR"),
        (Kind::Slice, "9.9.9.9.in-addr.arpa", "PTR"),
        (Kind::Service, "extmissing.a.svc.cluster.local", "A"),
    ] {
        let got = ask(&without(missing), name, kind);
        assert!(got.starts_with("unknown Unseen") && got.contains(&format!("{missing:?}")), "{name} {kind}: {got}");
    }
    assert_eq!(ask(&[], "web.a.svc.cluster.local", "A"), "A 10.0.0.1");
    assert_eq!(ask(&[], "a.b.c.web.a.svc.cluster.local", "A"), "NXDOMAIN");
    assert_eq!(ask(&[], "1.0.0.10.in-addr.arpa", "PTR"), "PTR web.a.svc.cluster.local.");
}

#[test]
fn a_negative_answer_says_why() {
    let mut objects = golden();
    objects.as_array_mut().unwrap().extend([
        slice("hldown-1", "hldown", json!([{"addresses": ["172.0.0.6"], "conditions": {"ready": false}}]), http()),
        service("hldown", &["None"], http()),
        pod("db-0", &["172.0.0.8"]),
    ]);
    let world = World::new(&corefile("pods verified"), &objects);
    let why = |name: &str, kind: &str| {
        let outcome = world.reply(name, kind).outcome;
        if let Outcome::NoData(why) | Outcome::NameError(why) = &outcome {
            format!("{why:?}")
        } else {
            format!("{outcome:?}")
        }
    };
    for (name, kind, begins) in [
        ("cluster.local", "A", "Apex"),
        ("a.svc.cluster.local", "A", "OnlyNamespace(\"a\")"),
        ("web.a.cluster.local", "A", "NotSvcNorPod(\"a\")"),
        ("a.b.c.web.a.svc.cluster.local", "A", "TooDeep { extra: 3 }"),
        ("web.zz.svc.cluster.local", "A", "NoNamespace(\"zz\")"),
        ("nope.a.svc.cluster.local", "A", "NoService("),
        ("foo.a.pod.cluster.local", "A", "NotAnAddress(\"foo\")"),
        ("1-2-3-4.a.pod.cluster.local", "A", "NoPodAt { namespace: \"a\", address: \"1.2.3.4\" }"),
        ("extip.a.svc.cluster.local", "A", "AliasIsAddress {"),
        ("x.extin.a.svc.cluster.local", "A", "AliasHasNoSubnames("),
        ("extmissing.a.svc.cluster.local", "A", "AliasToNothing {"),
        ("extloop1.a.svc.cluster.local", "A", "AliasLoop("),
        ("extsub.a.svc.cluster.local", "A", "AliasLoop("),
        ("hlempty.a.svc.cluster.local", "A", "NoEndpoints("),
        ("hlnoslice.a.svc.cluster.local", "A", "NoEndpoints("),
        ("hlterm.a.svc.cluster.local", "A", "OnlyTerminating {"),
        ("hldown.a.svc.cluster.local", "A", "NoneReady {"),
        ("hl.a.svc.cluster.local", "AAAA", "OtherFamily(V4)"),
        ("web.a.svc.cluster.local", "TXT", "OtherType"),
        ("a.svc.cluster.local", "TXT", "NoText"),
        ("x.cluster.local", "SOA", "SoaBelowApex"),
        ("_nope._tcp.web.a.svc.cluster.local", "SRV", "NoPort {"),
        ("_nope._tcp.hl.a.svc.cluster.local", "SRV", "NoPort {"),
        ("hlnoport.a.svc.cluster.local", "SRV", "NoPortsKnown("),
        ("9.9.9.9.in-addr.arpa", "PTR", "NobodyAt(\"9.9.9.9\")"),
        ("9.in-addr.arpa", "A", "NotSvcNorPod("),
    ] {
        let got = why(name, kind);
        assert!(got.starts_with(begins), "{name} {kind}: {got}, not {begins}");
    }
    for (label, near) in [("172-0-0-1", "PublishedAs(\"h0\")"), ("db-0", "PodWithoutName {"), ("nobody", "near: None")]
    {
        let got = why(&format!("{label}.hl.a.svc.cluster.local"), "A");
        assert!(got.starts_with("NoEndpointNamed {") && got.contains(near), "{label}: {got}");
    }
    assert!(why("172-0-0-2.web.a.svc.cluster.local", "A").contains("NotReady"));
}

#[test]
fn who_answers_instead_of_the_cluster_is_named() {
    let text = "cluster.local {\nkubernetes\n}\na.svc.cluster.local {\nforward . 192.0.2.1\n}\n";
    let world = World::new(text, &golden());
    let name = Name::new("web.a.svc.cluster.local").unwrap();
    let reply = world.reply(name.as_str(), "A");
    let by = shadowed(&world.config, &reply, &name).unwrap();
    assert_eq!((by.block, by.plugin.as_deref()), (1, Some("forward")));
    let whole = World::new(&corefile(""), &golden());
    assert_eq!(shadowed(&whole.config, &whole.reply(name.as_str(), "A"), &name), None);
}

#[test]
fn every_name_of_a_service_and_of_a_pod_is_listed() {
    let mut objects = golden();
    let named = json!([{"addresses": ["172.0.0.8"], "hostname": "db-0", "targetRef": {"kind": "Pod", "name": "db-0", "namespace": "a"}}]);
    objects.as_array_mut().unwrap().extend([slice("hl-3", "hl", named, http()), pod("db-0", &["172.0.0.8"])]);
    let world = World::new(&corefile("pods verified"), &objects);
    let cluster = Cluster { store: &world.store, version: world.version, dns_pods: &[] };
    let list = |registry: podpath::trace::dns::Registry| -> Vec<String> {
        assert_eq!(registry.unsure, []);
        registry.names.iter().map(|name| format!("{} {}", name.name, name.kind)).collect()
    };
    assert_eq!(
        list(names_of(&world.config, &cluster, &Key::new("a", "dual"))),
        [
            "dual.a.svc.cluster.local. A",
            "dual.a.svc.cluster.local. AAAA",
            "dual.a.svc.cluster.local. SRV",
            "_http._tcp.dual.a.svc.cluster.local. SRV",
            "3.0.0.10.in-addr.arpa. PTR",
            &format!("{} PTR", Name::reverse("fd00::3".parse().unwrap())),
        ]
    );
    assert_eq!(list(names_of(&world.config, &cluster, &Key::new("a", "extin"))), ["extin.a.svc.cluster.local. CNAME"]);
    assert_eq!(
        list(names_of_pod(&world.config, &cluster, &Key::new("a", "db-0"))),
        [
            "172-0-0-8.a.pod.cluster.local. A",
            "hl.a.svc.cluster.local. A",
            "hl.a.svc.cluster.local. SRV",
            "db-0.hl.a.svc.cluster.local. A",
            "8.0.0.172.in-addr.arpa. PTR",
        ]
    );
    assert_eq!(list(names_of(&world.config, &cluster, &Key::new("a", "nope"))), Vec::<String>::new());
}

#[test]
fn the_cluster_dns_is_found_by_address_then_label_then_name() {
    let dns = |name: &str, ip: &str, label: &str| {
        json!({"kind": "Service", "metadata": {"name": name, "namespace": "kube-system", "labels": {"k8s-app": label}},
            "spec": {"clusterIP": ip, "clusterIPs": [ip], "selector": {"k8s-app": "kube-dns"}, "ports": [{"port": 53, "protocol": "UDP"}]}})
    };
    let dns_pod = json!({"kind": "Pod", "metadata": {"name": "coredns-1", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
        "spec": {"containers": [{"name": "coredns", "image": "registry.k8s.io/coredns/coredns:v1.12.1"}],
            "volumes": [{"name": "config-volume", "configMap": {"name": "own-coredns"}}]},
        "status": {"phase": "Running", "podIP": "10.1.0.1"}});
    let world = World::new(
        &corefile(""),
        &json!([dns("kube-dns", "10.96.0.10", "x"), dns("labelled", "10.96.0.11", "kube-dns"), dns_pod]),
    );
    let found = |ip: Option<&str>| {
        let found = cluster_dns(&world.store, ip.map(|ip| ip.parse().unwrap())).unwrap();
        (
            found.service.meta.key.name.to_string(),
            found.by,
            found.software.clone(),
            found.config_maps.clone(),
            found.pods.len(),
        )
    };
    let version = Software::CoreDns(CoreDnsVersion::new(1, 12, 1));
    let maps = vec![Key::new("kube-system", "own-coredns")];
    assert_eq!(found(Some("10.96.0.10")), ("kube-dns".to_owned(), FoundBy::Address, version.clone(), maps.clone(), 1));
    assert_eq!(found(Some("169.254.20.10")), ("labelled".to_owned(), FoundBy::Label, version.clone(), maps.clone(), 1));
    let world = World::new(&corefile(""), &json!([dns("kube-dns", "10.96.0.10", "x")]));
    let found = cluster_dns(&world.store, None).unwrap();
    assert_eq!((found.by, found.software), (FoundBy::Name, Software::Unknown));
    assert!(cluster_dns(&Store::new(), None).is_none());
}
