//! The `kubernetes` plugin: its worked examples, and what was seen of CoreDNS 1.15.0.

use podpath::trace::dns::config::Config;
use podpath::trace::dns::corefile::Surroundings;
use podpath::trace::dns::{CoreDnsVersion, Name};
use serde_json::{Value, json};

use super::world::{World, corefile, dns_pod, external, golden, http, namespace, pod, service, slice};

#[test]
fn the_worked_examples_of_the_plugin_hold() {
    let world = World::new(&corefile("pods disabled"), &golden());
    world.check(&[
        ("cluster.local", "A", "NODATA"),
        ("svc.cluster.local", "A", "NODATA"),
        ("pod.cluster.local", "A", "NODATA"),
        ("foo.cluster.local", "A", "NXDOMAIN"),
        ("a.svc.cluster.local", "A", "NODATA"),
        ("zz.svc.cluster.local", "A", "NXDOMAIN"),
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("WEB.A.svc.Cluster.Local", "A", "A 10.0.0.1"),
        ("web.a.svc.cluster.local", "AAAA", "NODATA"),
        ("dual.a.svc.cluster.local", "A", "A 10.0.0.3"),
        ("dual.a.svc.cluster.local", "AAAA", "AAAA fd00::3"),
        ("hl.a.svc.cluster.local", "A", "A 172.0.0.1, A 172.0.0.3"),
        ("hl.a.svc.cluster.local", "AAAA", "NODATA"),
        ("hlempty.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("hlnoslice.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("hlterm.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("hlempty.a.svc.cluster.local", "AAAA", "NXDOMAIN"),
        ("hlempty.a.svc.cluster.local", "HTTPS", "NXDOMAIN"),
        ("hlnoport.a.svc.cluster.local", "A", "A 172.0.0.4"),
        ("hlmismatch.a.svc.cluster.local", "A", "A 172.0.0.5"),
        ("hlnoport.a.svc.cluster.local", "SRV", "NODATA"),
        ("hlfqdn.a.svc.cluster.local", "A", "A 10.0.0.1, CNAME web.a.svc.cluster.local."),
        ("extip.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("extip.a.svc.cluster.local", "AAAA", "NXDOMAIN"),
        ("extin.a.svc.cluster.local", "A", "A 10.0.0.1, CNAME web.a.svc.cluster.local."),
        ("extin.a.svc.cluster.local", "AAAA", "NODATA"),
        ("extin.a.svc.cluster.local", "SRV", "NODATA"),
        ("extmissing.a.svc.cluster.local", "A", "NODATA"),
        ("extsub.a.svc.cluster.local", "A", "NODATA"),
        ("extloop1.a.svc.cluster.local", "A", "NODATA"),
        ("exthlempty.a.svc.cluster.local", "A", "NODATA"),
        ("exthl.a.svc.cluster.local", "A", "A 172.0.0.1, A 172.0.0.3, CNAME hl.a.svc.cluster.local."),
        ("extout.a.svc.cluster.local", "A", "CNAME www.example.com."),
        ("extmissing.a.svc.cluster.local", "CNAME", "CNAME nope.a.svc.cluster.local."),
        ("extout.a.svc.cluster.local", "CNAME", "CNAME www.example.com."),
        ("web.a.svc.cluster.local", "CNAME", "NODATA"),
        ("orphan.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("172-0-0-1.web.a.svc.cluster.local", "A", "A 172.0.0.1"),
        ("172-0-0-2.web.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("h0.hl.a.svc.cluster.local", "A", "A 172.0.0.1"),
        ("172-0-0-1.hl.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("172-0-0-3.hl.a.svc.cluster.local", "A", "A 172.0.0.3"),
        ("pod-c.hl.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("_http._tcp.web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("http.tcp.web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("_nope._tcp.web.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("_tcp.web.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("a.b.c.web.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("x.y.extin.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("web.a.svc.cluster.local", "SRV", "SRV 0 100 80 web.a.svc.cluster.local."),
        ("_http._tcp.web.a.svc.cluster.local", "SRV", "SRV 0 100 80 web.a.svc.cluster.local."),
        ("webun.a.svc.cluster.local", "SRV", "SRV 0 100 81 webun.a.svc.cluster.local."),
        ("_._tcp.webun.a.svc.cluster.local", "SRV", "SRV 0 100 81 webun.a.svc.cluster.local."),
        ("dual.a.svc.cluster.local", "SRV", "SRV 0 50 80 dual.a.svc.cluster.local."),
        (
            "hl.a.svc.cluster.local",
            "SRV",
            "SRV 0 33 8080 172-0-0-3.hl.a.svc.cluster.local., SRV 0 33 8080 h0.hl.a.svc.cluster.local.",
        ),
        ("_http._udp.web.a.svc.cluster.local", "SRV", "NXDOMAIN"),
        ("172-0-0-1.web.a.svc.cluster.local", "SRV", "SRV 0 100 8080 172-0-0-1.web.a.svc.cluster.local."),
        ("dns-version.cluster.local", "TXT", "TXT \"1.1.0\""),
        ("web.a.svc.cluster.local", "TXT", "NODATA"),
        ("a.svc.cluster.local", "TXT", "NXDOMAIN"),
        ("cluster.local", "TXT", "NXDOMAIN"),
        ("web.a.svc.cluster.local", "HTTPS", "NODATA"),
        ("a.svc.cluster.local", "HTTPS", "NODATA"),
        ("a.svc.cluster.local", "MX", "NODATA"),
        ("nope.a.svc.cluster.local", "MX", "NXDOMAIN"),
        ("cluster.local", "AXFR", "REFUSED"),
        ("cluster.local", "SOA", "SOA ns.dns.cluster.local. 5"),
        ("nope.a.svc.cluster.local", "SOA", "NODATA"),
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR web.a.svc.cluster.local."),
        ("1.0.0.172.in-addr.arpa", "PTR", "PTR 172-0-0-1.web.a.svc.cluster.local., PTR h0.hl.a.svc.cluster.local."),
        ("2.0.0.172.in-addr.arpa", "PTR", "NXDOMAIN"),
        ("3.0.0.172.in-addr.arpa", "PTR", "PTR 172-0-0-3.hl.a.svc.cluster.local."),
        ("7.0.0.172.in-addr.arpa", "PTR", "PTR 172-0-0-7.orphan.a.svc.cluster.local."),
        ("9.9.9.9.in-addr.arpa", "PTR", "NXDOMAIN"),
        ("in-addr.arpa", "PTR", "NODATA"),
        ("10.in-addr.arpa", "PTR", "NXDOMAIN"),
        ("web.a.svc.cluster.local", "PTR", "NODATA"),
        ("1.0.0.10.in-addr.arpa", "A", "NXDOMAIN"),
        ("172-0-0-1.a.pod.cluster.local", "A", "NXDOMAIN"),
        ("a.pod.cluster.local", "A", "NXDOMAIN"),
        ("www.example.com", "A", "to 192.0.2.53"),
    ]);
    World::new(&corefile("pods insecure"), &golden()).check(&[
        ("172-0-0-1.a.pod.cluster.local", "A", "A 172.0.0.1"),
        ("1-2-3-4.a.pod.cluster.local", "A", "A 1.2.3.4"),
        ("1-2-3-4.zz.pod.cluster.local", "A", "NXDOMAIN"),
        ("foo.a.pod.cluster.local", "A", "NXDOMAIN"),
        ("x.172-0-0-1.a.pod.cluster.local", "A", "A 172.0.0.1"),
        ("a.pod.cluster.local", "A", "NODATA"),
        ("fd00--1.a.pod.cluster.local", "A", "NODATA"),
        ("fd00--1.a.pod.cluster.local", "AAAA", "AAAA fd00::1"),
        ("172-0-0-1.a.pod.cluster.local", "SRV", "SRV 0 100 0 172-0-0-1.a.pod.cluster.local."),
    ]);
    World::new(&corefile("pods verified"), &golden()).check(&[
        ("172-0-0-1.a.pod.cluster.local", "A", "A 172.0.0.1"),
        ("1-2-3-4.a.pod.cluster.local", "A", "NXDOMAIN"),
        ("a.pod.cluster.local", "A", "NODATA"),
        ("fd00--1.a.pod.cluster.local", "A", "NXDOMAIN"),
    ]);
}

#[test]
fn verified_pods_are_known_by_every_address_since_1_15() {
    let only_pod_ip = json!({"kind": "Pod", "metadata": {"name": "q", "namespace": "a"}, "status": {"phase": "Running", "podIP": "10.0.0.9"}});
    let ended = json!({"kind": "Pod", "metadata": {"name": "e", "namespace": "a"}, "status": {"phase": "Succeeded", "podIP": "10.0.0.8"}});
    let going = json!({"kind": "Pod", "metadata": {"name": "g", "namespace": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"phase": "Running", "podIP": "10.0.0.7"}});
    let objects =
        json!([namespace("a"), namespace("b"), pod("p", &["10.0.0.2", "fd00::2"]), only_pod_ip, ended, going]);
    let mut world = World::new(&corefile("pods verified"), &objects);
    world.check(&[
        ("10-0-0-2.a.pod.cluster.local", "A", "A 10.0.0.2"),
        ("10-0-0-2.b.pod.cluster.local", "A", "NXDOMAIN"),
        ("fd00--2.a.pod.cluster.local", "AAAA", "AAAA fd00::2"),
        ("fd00--2.a.pod.cluster.local", "A", "NODATA"),
        ("fd00-0-0-0-0-0-0-2.a.pod.cluster.local", "AAAA", "NXDOMAIN"),
        ("fd00--3.a.pod.cluster.local", "A", "NXDOMAIN"),
        ("10-0-0-9.a.pod.cluster.local", "A", "A 10.0.0.9"),
        ("10-0-0-8.a.pod.cluster.local", "A", "NXDOMAIN"),
        ("10-0-0-7.a.pod.cluster.local", "A", "NXDOMAIN"),
    ]);
    world.version = CoreDnsVersion::new(1, 14, 7);
    world.check(&[
        ("10-0-0-2.a.pod.cluster.local", "A", "A 10.0.0.2"),
        ("fd00--2.a.pod.cluster.local", "AAAA", "NXDOMAIN"),
    ]);
}

#[test]
fn an_alias_chain_of_eleven_is_followed_and_one_of_twelve_is_not() {
    let mut objects = vec![namespace("a"), service("end", &["10.0.0.1"], http())];
    for at in 1..=12 {
        let next = if at == 12 { "end".to_owned() } else { format!("e{}", at + 1) };
        objects.push(external(&format!("e{at}"), &format!("{next}.a.svc.cluster.local")));
    }
    let world = World::new(&corefile(""), &json!(objects));
    let whole = world.ask("e2.a.svc.cluster.local", "A");
    assert_eq!((whole.matches("CNAME").count(), whole.contains("A 10.0.0.1")), (11, true), "{whole}");
    world.check(&[
        ("e1.a.svc.cluster.local", "A", "NODATA"),
        ("e1.a.svc.cluster.local", "CNAME", "CNAME e2.a.svc.cluster.local."),
    ]);
}

#[test]
fn a_slice_without_a_service_silences_the_reverse_name() {
    let nameless = json!({"kind": "Slice", "metadata": {"name": "x", "namespace": "b"}, "addressType": "IPv4",
        "endpoints": [{"addresses": ["172.0.0.1", "10.0.0.1"]}, {"addresses": ["172.0.0.2"], "conditions": {"ready": false}}], "ports": null});
    let mut objects = golden();
    objects.as_array_mut().unwrap().extend([namespace("b"), nameless]);
    World::new(&corefile("fallthrough"), &objects).check(&[
        ("1.0.0.172.in-addr.arpa", "PTR", "NOANSWER"),
        // A cluster IP is looked for first, and what is not ready is not looked at.
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR web.a.svc.cluster.local."),
        ("2.0.0.172.in-addr.arpa", "PTR", "to 192.0.2.53"),
    ]);
    World::new(&corefile("namespaces a"), &objects).check(&[(
        "1.0.0.172.in-addr.arpa",
        "PTR",
        "PTR 172-0-0-1.web.a.svc.cluster.local., PTR h0.hl.a.svc.cluster.local.",
    )]);
    World::new(&corefile("noendpoints"), &objects)
        .check(&[("1.0.0.172.in-addr.arpa", "PTR", "NXDOMAIN"), ("hl.a.svc.cluster.local", "A", "NXDOMAIN")]);
}

#[test]
fn hidden_namespaces_and_services_hide_names_but_not_always_pointers() {
    let mut objects = golden();
    objects.as_array_mut().unwrap()[0]["metadata"]["labels"] = json!({"team": "x"});
    objects.as_array_mut().unwrap()[1]["metadata"]["labels"] = json!({"tier": "front"});
    World::new(&corefile("namespace_labels team in (y, z)"), &objects).check(&[
        ("web.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR web.a.svc.cluster.local."),
    ]);
    World::new(&corefile("namespaces b"), &objects)
        .check(&[("web.a.svc.cluster.local", "A", "NXDOMAIN"), ("1.0.0.10.in-addr.arpa", "PTR", "NXDOMAIN")]);
    World::new(&corefile("labels tier=front"), &objects).check(&[
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("172-0-0-1.web.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("dual.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("3.0.0.10.in-addr.arpa", "PTR", "NXDOMAIN"),
        ("1.0.0.172.in-addr.arpa", "PTR", "NXDOMAIN"),
    ]);
}

#[test]
fn zonal_names_narrow_a_headless_service_to_a_zone() {
    let objects = json!([
        namespace("a"),
        service("hl", &["None"], http()),
        service("web", &["10.0.0.1"], http()),
        slice(
            "hl-1",
            "hl",
            json!([
            {"addresses": ["172.0.0.1"], "zone": "Eu.West-1"}, {"addresses": ["172.0.0.2"], "zone": "b"}, {"addresses": ["172.0.0.3"]}]),
            http()
        ),
    ]);
    let world = World::new(&corefile("zonal"), &objects);
    world.check(&[
        ("eu.west-1.pin._zone.hl.a.svc.cluster.local", "A", "A 172.0.0.1"),
        ("b.prefer._zone.hl.a.svc.cluster.local", "A", "A 172.0.0.2"),
        ("c.pin._zone.hl.a.svc.cluster.local", "A", "NODATA"),
        ("c.pin._zone.hl.a.svc.cluster.local", "TXT", "NODATA"),
        ("c.pin._zone.hl.a.svc.cluster.local", "SRV", "NODATA"),
        ("b.pin._zone.hl.a.svc.cluster.local", "TXT", "NODATA"),
        ("c.prefer._zone.hl.a.svc.cluster.local", "A", "A 172.0.0.1, A 172.0.0.2, A 172.0.0.3"),
        ("b.pin._zone.web.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("b.pin._zone.nope.a.svc.cluster.local", "TXT", "NXDOMAIN"),
        ("b.any._zone.hl.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("b.pin._zone.hl.a.svc.cluster.local", "SRV", "SRV 0 100 8080 172-0-0-2.hl.a.svc.cluster.local."),
    ]);
    World::new(&corefile(""), &objects).check(&[("b.pin._zone.hl.a.svc.cluster.local", "A", "NXDOMAIN")]);
}

#[test]
fn the_name_servers_are_the_services_of_the_dns_pod() {
    let dns = json!({"kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system"},
        "spec": {"clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10", "fd00::10"], "ports": [{"port": 53}]}});
    let ends = json!({"kind": "Slice", "metadata": {"name": "kube-dns-1", "namespace": "kube-system", "labels": {"kubernetes.io/service-name": "kube-dns"}},
        "addressType": "IPv4", "endpoints": [{"addresses": ["10.1.0.1"]}], "ports": [{"port": 53}]});
    let mut world = World::new(&corefile(""), &json!([namespace("kube-system"), dns, ends]));
    world.check(&[("ns.dns.cluster.local", "A", "unknown OwnAddress")]);
    world.dns_pods = vec![dns_pod("coredns", "10.1.0.1")];
    world.check(&[
        ("cluster.local", "NS", "NS kube-dns.kube-system.svc.cluster.local."),
        ("ns.dns.cluster.local", "A", "A 10.96.0.10"),
        ("ns.dns.cluster.local", "AAAA", "AAAA fd00::10"),
        ("ns.dns.cluster.local", "SRV", "NODATA"),
        ("ns.dns.cluster.local", "TXT", "NXDOMAIN"),
        ("ns.dns.cluster.local", "HTTPS", "NODATA"),
        ("web.cluster.local", "NS", "NXDOMAIN"),
    ]);
    world.config = Config::read(&corefile("noendpoints"), &Surroundings::default()).unwrap();
    world.check(&[
        ("cluster.local", "NS", "NS ns.dns.cluster.local."),
        ("ns.dns.cluster.local", "A", "A 10.1.0.1"),
        ("ns.dns.cluster.local", "AAAA", "NODATA"),
    ]);
}

#[test]
fn odd_spellings_of_addresses_make_odd_names() {
    let v6 = |addresses: Value| {
        json!({"kind": "Slice", "metadata": {"name": "hl-1", "namespace": "a", "labels": {"kubernetes.io/service-name": "hl"}},
            "addressType": "IPv6", "endpoints": [{"addresses": addresses}], "ports": http()})
    };
    let objects = |addresses: Value| json!([namespace("a"), service("hl", &["None"], http()), v6(addresses)]);
    let mut world = World::new(&corefile(""), &objects(json!(["FD00:0::2", "fd00::"])));
    world.check(&[
        ("hl.a.svc.cluster.local", "AAAA", "AAAA fd00::, AAAA fd00::2"),
        ("fd00-0--2.hl.a.svc.cluster.local", "AAAA", "AAAA fd00::2"),
        ("fd00--2.hl.a.svc.cluster.local", "AAAA", "NXDOMAIN"),
        ("fd00--0.hl.a.svc.cluster.local", "AAAA", "AAAA fd00::"),
        (&Name::reverse("fd00::2".parse().unwrap()).to_string(), "PTR", "NXDOMAIN"),
        (&Name::reverse("fd00::".parse().unwrap()).to_string(), "PTR", "PTR fd00--0.hl.a.svc.cluster.local."),
    ]);
    world.version = CoreDnsVersion::new(1, 12, 2);
    world.check(&[("fd00--.hl.a.svc.cluster.local", "AAAA", "AAAA fd00::")]);
}

#[test]
fn options_of_the_plugin_change_single_answers() {
    World::new(&corefile("ignore empty_service"), &golden()).check(&[
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("dual.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("extin.a.svc.cluster.local", "A", "A 10.0.0.1, CNAME web.a.svc.cluster.local."),
    ]);
    let named = json!([
        namespace("a"),
        service("hl", &["None"], http()),
        slice(
            "hl-1",
            "hl",
            json!([
            {"addresses": ["172.0.0.1"], "targetRef": {"kind": "Pod", "name": "pod.a"}},
            {"addresses": ["172.0.0.2"], "targetRef": {"kind": "Pod", "name": "p".repeat(64)}}]),
            http()
        ),
    ]);
    World::new(&corefile("endpoint_pod_names"), &named).check(&[
        ("1.0.0.172.in-addr.arpa", "PTR", "PTR pod.a.hl.a.svc.cluster.local."),
        ("172-0-0-1.hl.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("172-0-0-2.hl.a.svc.cluster.local", "A", "A 172.0.0.2"),
    ]);
}
