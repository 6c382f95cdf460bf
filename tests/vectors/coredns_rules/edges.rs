//! Rules that only an unusual world or Corefile shows.

use podpath::delta::{Delta, Health, Purpose};
use podpath::model::Kind;
use podpath::trace::dns::config::Config;
use podpath::trace::dns::corefile::Surroundings;
use serde_json::{Value, json};

use super::world::{World, corefile, dns_pod, external, golden, http, namespace, pod, service, slice};

fn labelled(mut object: Value, label: &str) -> Value {
    object["metadata"]["labels"][label] = json!("yes");
    object
}

fn before_forward(plugins: &str) -> String {
    corefile("").replace("forward", &format!("{plugins}\nforward"))
}

#[test]
fn names_of_services_do_not_stand_in_reverse_trees() {
    World::new(&corefile(""), &golden()).check(&[("web.a.svc.in-addr.arpa", "A", "NXDOMAIN")]);
}

#[test]
fn what_lives_in_a_namespace_proves_that_it_exists() {
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Namespace);
    let live: Vec<Delta> = kinds.map(|kind| Delta::Health(kind, Health::Live)).collect();
    let world = World::known(&corefile(""), &json!([service("web", &["10.0.0.1"], http())]), live);
    world.check(&[
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("nope.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("a.svc.cluster.local", "A", "NODATA"),
    ]);
}

#[test]
fn what_another_namespace_holds_is_unknown_where_one_is_watched() {
    let mut heard = vec![Delta::Watching("a".into(), Purpose::Shown)];
    heard.extend(Kind::ALL.map(|kind| match kind.namespaced() {
        true => Delta::HealthIn(kind, "a".into(), Health::Live),
        false => Delta::Health(kind, Health::Live),
    }));
    let mut objects = golden();
    objects.as_array_mut().unwrap().push(namespace("b"));
    let world = World::known(&corefile(""), &objects, heard);
    world.check(&[
        ("nope.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("web.zz.svc.cluster.local", "A", "NXDOMAIN"),
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR web.a.svc.cluster.local."),
    ]);
    for (name, kind) in [("web.b.svc.cluster.local", "A"), ("9.9.9.9.in-addr.arpa", "PTR")] {
        assert!(world.ask(name, kind).starts_with("unknown Unseen"), "{name}: {}", world.ask(name, kind));
    }
}

#[test]
fn labels_hide_pods_slices_and_the_dns_service() {
    let objects = json!([namespace("a"), pod("shown", &["10.0.0.1"]), pod("hidden", &["10.0.0.2"])]);
    let mut objects = objects.as_array().unwrap().clone();
    objects[1] = labelled(objects[1].clone(), "on");
    World::new(&corefile("pods verified\nlabels on"), &json!(objects)).check(&[
        ("10-0-0-1.a.pod.cluster.local", "A", "A 10.0.0.1"),
        ("10-0-0-2.a.pod.cluster.local", "A", "NXDOMAIN"),
    ]);
    let dns = service("dns", &["10.96.0.10"], http());
    let ends = slice("dns-1", "dns", json!([{"addresses": ["10.1.0.1"]}]), http());
    let ask = |objects: Value, name: &str, kind: &str| {
        let mut world = World::new(&corefile("labels on"), &objects);
        world.dns_pods = vec![dns_pod("coredns", "10.1.0.1")];
        world.ask(name, kind)
    };
    let shown_slice = json!([namespace("a"), dns, labelled(ends.clone(), "on")]);
    assert_eq!(ask(shown_slice.clone(), "cluster.local", "NS"), "NODATA");
    assert_eq!(ask(shown_slice, "ns.dns.cluster.local", "A"), "NODATA");
    let shown_service = json!([namespace("a"), labelled(dns, "on"), ends]);
    assert_eq!(ask(shown_service, "ns.dns.cluster.local", "A"), "A 10.1.0.1");
}

#[test]
fn an_empty_headless_service_is_not_ignored_as_empty() {
    World::new(&corefile("ignore empty_service\nzonal"), &golden()).check(&[(
        "z.pin._zone.hlempty.a.svc.cluster.local",
        "A",
        "NODATA",
    )]);
    let bare = slice("bare-1", "bare", json!([{"addresses": []}]), http());
    let objects = json!([namespace("a"), service("bare", &["10.0.0.1"], http()), bare]);
    World::new(&corefile("ignore empty_service"), &objects).check(&[("bare.a.svc.cluster.local", "A", "NXDOMAIN")]);
}

#[test]
fn two_bare_underscores_ask_for_any_port() {
    let objects = json!([namespace("a"), service("bare", &["10.0.0.1"], json!([])), external("ext", "example.com")]);
    World::new(&corefile(""), &objects).check(&[
        ("_._.ext.a.svc.cluster.local", "A", "CNAME example.com."),
        ("_._.bare.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("bare.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("bare.a.svc.cluster.local", "SRV", "NODATA"),
        ("_http._tcp.bare.a.svc.cluster.local", "A", "NXDOMAIN"),
    ]);
}

#[test]
fn endpoints_that_are_one_address_twice_or_no_address() {
    let twice = json!([{"addresses": ["172.0.0.1"], "zone": "x"}, {"addresses": ["172.0.0.1"], "zone": "y"}]);
    let nobody = json!([{"addresses": ["172.0.0.2"], "targetRef": {"kind": "Pod", "name": ""}}]);
    let fqdn = json!({"kind": "Slice", "metadata": {"name": "mix-2", "namespace": "a", "labels": {"kubernetes.io/service-name": "mix"}},
        "addressType": "FQDN", "endpoints": [{"addresses": ["www.example.com"]}], "ports": http()});
    let objects = json!([
        namespace("a"),
        service("hl", &["None"], http()),
        slice("hl-1", "hl", twice, http()),
        service("mix", &["None"], http()),
        slice("mix-1", "mix", nobody, http()),
        fqdn,
    ]);
    World::new(&corefile("zonal\nendpoint_pod_names"), &objects).check(&[
        ("y.pin._zone.hl.a.svc.cluster.local", "A", "A 172.0.0.1"),
        ("x.pin._zone.hl.a.svc.cluster.local", "A", "NODATA"),
        ("172-0-0-2.mix.a.svc.cluster.local", "A", "A 172.0.0.2"),
        // Names have no SRV record and take no share.
        ("mix.a.svc.cluster.local", "SRV", "SRV 0 100 8080 172-0-0-2.mix.a.svc.cluster.local."),
        ("mix.a.svc.cluster.local", "A", "A 172.0.0.2, CNAME www.example.com."),
    ]);
}

#[test]
fn hosts_passes_on_what_its_options_say() {
    let ask = |options: &str, name: &str, kind: &str| {
        let hosts = format!("hosts {{\n10.9.9.9 listed.example\nfd00::9 *.wild.example\n{options}\n}}");
        let mut world = World::new(&before_forward(&hosts), &golden());
        world.dns_pods = vec![dns_pod("coredns", "10.1.0.1")];
        world.ask(name, kind)
    };
    assert_eq!(ask("fallthrough", "listed.example", "TXT"), "NODATA");
    assert_eq!(ask("fallthrough\nfallthrough_unsupported", "listed.example", "TXT"), "to 192.0.2.53");
    assert_eq!(ask("fallthrough a.example\nfallthrough_unsupported", "listed.example", "TXT"), "NODATA");
    assert_eq!(ask("fallthrough a.example", "x.a.example", "A"), "to 192.0.2.53");
    assert_eq!(ask("fallthrough a.example", "x.b.example", "A"), "SERVFAIL");
    let wild = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
    assert_eq!(ask("", wild, "PTR"), "NXDOMAIN");
}

#[test]
fn views_and_foreign_plugins_leave_the_answer_open() {
    let view = ". {\nview v {\nexpr true\n}\nforward . 192.0.2.1\n}\n. {\nforward . 192.0.2.2\n}\n";
    assert!(Config::read(view, &Surroundings::default()).is_err(), "the second block is not chosen by a view");
    let view = ". {\nforward . 192.0.2.2\n}\n. {\nview v {\nexpr true\n}\nforward . 192.0.2.1\n}\n";
    World::new(view, &json!([])).check(&[("x.example", "A", "unknown View")]);
    let alone = ". {\nview v {\nexpr true\n}\nforward . 192.0.2.1\n}\n";
    World::new(alone, &json!([])).check(&[("x.example", "A", "unknown View")]);
    let file = before_forward("file db.example other.example");
    World::new(&file, &golden()).check(&[
        ("x.other.example", "A", "unknown Plugin(\"file\")"),
        ("x.example", "A", "to 192.0.2.53"),
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
    ]);
    let template = before_forward("template IN A tpl.example {\nrcode NXDOMAIN\n}");
    let world = World::new(&template, &golden());
    assert_eq!(world.reply("x.tpl.example", "A").doubts.len(), 1);
    assert_eq!(world.reply("web.a.svc.cluster.local", "A").doubts, []);
}

#[test]
fn forwarders_take_their_own_names_only() {
    let text = ". {\nforward stub.example 192.0.2.1 {\nexcept no.stub.example\n}\nforward . 192.0.2.2\n}\n";
    World::new(text, &json!([])).check(&[
        ("x.stub.example", "A", "to 192.0.2.1"),
        ("x.no.stub.example", "A", "to 192.0.2.2"),
        ("example", "A", "to 192.0.2.2"),
    ]);
}

#[test]
fn a_rule_that_fits_is_the_last_unless_it_continues() {
    let rules = "rewrite name a.example b.example\nrewrite name b.example web.a.svc.cluster.local";
    let world = World::new(&before_forward(rules), &golden());
    world.check(&[("a.example", "A", "to 192.0.2.53"), ("b.example", "A", "A 10.0.0.1")]);
}

#[test]
fn the_longest_of_a_plugins_zones_counts() {
    let text = ". {\nkubernetes x.cluster.local cluster.local\n}\n";
    World::new(text, &golden()).check(&[
        ("web.a.svc.x.cluster.local", "A", "A 10.0.0.1"),
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("x.cluster.local", "A", "NODATA"),
    ]);
}

#[test]
fn a_failure_is_kept_five_minutes_at_most() {
    assert!(Config::read(". {\ncache {\nservfail 301s\n}\n}\n", &Surroundings::default()).is_err());
    assert!(Config::read(". {\ncache {\nservfail 5m\n}\n}\n", &Surroundings::default()).is_ok());
}
