//! Blocks and the plugins around `kubernetes`, and Corefiles that CoreDNS refuses.

use podpath::trace::dns::config::Config;
use podpath::trace::dns::corefile::Surroundings;
use podpath::trace::dns::{CoreDnsVersion, Name};
use serde_json::json;

use super::world::{World, corefile, dns_pod, golden};

#[test]
fn hosts_answers_before_kubernetes() {
    let hosts = "hosts {\n10.9.9.9 web.a.svc.cluster.local listed.example\n10.0.0.1 ten.example\nfd00::9 *.wild.example\nttl 600\nfallthrough\n}\ncache 30\n";
    let text = corefile("").replace("forward", &format!("{hosts}forward"));
    let mut world = World::new(&text, &golden());
    world.check(&[
        ("WEB.a.svc.cluster.local", "A", "A 10.9.9.9"),
        ("web.a.svc.cluster.local", "AAAA", "NODATA"),
        ("web.a.svc.cluster.local", "TXT", "NODATA"),
        ("x.wild.example", "AAAA", "AAAA fd00::9"),
        ("x.wild.example", "A", "NODATA"),
        ("y.x.wild.example", "AAAA", "to 192.0.2.53"),
        ("other.example", "A", "to 192.0.2.53"),
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR ten.example."),
        ("dual.a.svc.cluster.local", "A", "A 10.0.0.3"),
        ("localhost", "A", "to 192.0.2.53"),
    ]);
    assert_eq!(world.reply("listed.example", "A").ttl, Some(30));
    assert_eq!(world.reply("dns-version.cluster.local", "TXT").ttl, Some(30));
    world.version = CoreDnsVersion::new(1, 14, 5);
    world.check(&[("listed.example", "TXT", "to 192.0.2.53"), ("listed.example", "AAAA", "NODATA")]);
    world.version = CoreDnsVersion::new(1, 14, 4);
    world.check(&[("x.wild.example", "AAAA", "to 192.0.2.53")]);

    let strict = text.replace("\nfallthrough", "\nno_reverse");
    let mut world = World::new(&strict, &golden());
    world.check(&[("other.example", "A", "unknown OwnAddress")]);
    world.dns_pods = vec![dns_pod("coredns-1", "10.1.0.1")];
    world.check(&[
        ("other.example", "A", "SERVFAIL"),
        ("dual.a.svc.cluster.local", "A", "SERVFAIL"),
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR web.a.svc.cluster.local."),
    ]);
    let zoned = text.replace("hosts {", "hosts /etc/hosts listed.example in-addr.arpa {").replace("\nfallthrough", "");
    let mut world = World::new(&zoned, &golden());
    world.dns_pods = vec![dns_pod("coredns-1", "10.1.0.1")];
    world.check(&[
        ("listed.example", "A", "A 10.9.9.9"),
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("x.listed.example", "A", "SERVFAIL"),
        // Listed for another zone: not listed at all.
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR web.a.svc.cluster.local."),
    ]);
}

#[test]
fn hosts_reads_the_dns_pods_own_file() {
    let text = ".:53 {\nhosts {\nfallthrough\n}\nforward . 192.0.2.53\n}\n";
    let mut world = World::new(text, &json!([]));
    world.dns_pods = vec![dns_pod("coredns-1", "10.1.0.1")];
    world.check(&[
        ("localhost", "A", "A 127.0.0.1"),
        ("localhost", "AAAA", "AAAA ::1"),
        ("coredns-1", "A", "A 10.1.0.1"),
        ("1.0.1.10.in-addr.arpa", "PTR", "PTR coredns-1."),
    ]);
    world.dns_pods.push(dns_pod("coredns-2", "10.1.0.2"));
    world.check(&[("localhost", "A", "A 127.0.0.1"), ("coredns-1", "A", "unknown DependsOnDnsPod")]);
}

#[test]
fn the_cache_gives_a_reply_one_ttl() {
    let ttl = |cache: &str, properties: &str, name: &str, kind: &str| {
        let text = corefile(properties).replace("forward", &format!("{cache}\nforward"));
        let reply = World::new(&text, &golden()).reply(name, kind);
        (reply.ttl, reply.kept)
    };
    let web = "web.a.svc.cluster.local";
    assert_eq!(ttl("", "ttl 7", web, "A"), (Some(7), 0));
    assert_eq!(ttl("cache", "ttl 7", web, "A"), (Some(7), 7));
    assert_eq!(ttl("cache", "ttl 0", web, "A"), (Some(5), 5));
    assert_eq!(ttl("cache 30", "ttl 60", web, "A"), (Some(30), 30));
    assert_eq!(ttl("cache 3", "ttl 60", web, "A"), (Some(3), 3));
    assert_eq!(ttl("cache 30 {\ndisable success cluster.local\n}", "ttl 60", web, "A"), (Some(30), 0));
    assert_eq!(ttl("cache 30 {\ndisable success\n}", "ttl 60", web, "A"), (Some(30), 0));
    assert_eq!(ttl("cache 30 {\nsuccess 100 20 10\n}", "ttl 5", web, "A"), (Some(10), 10));
    assert_eq!(ttl("cache 30 example.org", "ttl 60", web, "A"), (Some(60), 0));
    assert_eq!(ttl("", "ttl 600", "nope.a.svc.cluster.local", "A"), (Some(300), 0));
    assert_eq!(ttl("cache", "ttl 600", "nope.a.svc.cluster.local", "A"), (Some(300), 300));
    assert_eq!(ttl("cache {\ndenial 100 60\ndisable denial cluster.local\n}", "ttl 600", web, "AAAA"), (Some(60), 0));
    assert_eq!(ttl("cache", "", "www.example.com", "A"), (None, 5));
    assert_eq!(ttl("cache {\nservfail 0\n}", "", "www.example.com", "A"), (None, 0));
}

#[test]
fn the_longest_zone_takes_the_question() {
    let text = "cluster.local:53 in-addr.arpa {\nkubernetes\nforward . 192.0.2.1\n}\n\
                stub.cluster.local example.org {\nforward . 192.0.2.2 192.0.2.3\n}\n\
                example.org:5353 {\nforward . 192.0.2.4\n}\n\
                empty.example {\nhealth\n}\n\
                log.example {\nerrors\nlog\n}\n\
                10.9.0.0/16 {\nkubernetes cluster.local 10.9.0.0/16 {\nfallthrough\n}\n}\n";
    World::new(text, &golden()).check(&[
        ("web.a.svc.cluster.local", "A", "A 10.0.0.1"),
        ("web.stub.cluster.local", "A", "to 192.0.2.2"),
        ("x.example.org", "A", "to 192.0.2.2"),
        ("example.com", "A", "REFUSED"),
        ("x.empty.example", "A", "REFUSED"),
        ("x.log.example", "A", "SERVFAIL"),
        ("nope.a.svc.cluster.local", "A", "NXDOMAIN"),
        ("1.0.0.10.in-addr.arpa", "PTR", "PTR web.a.svc.cluster.local."),
        ("9.9.9.9.in-addr.arpa", "PTR", "NXDOMAIN"),
        ("1.2.9.10.in-addr.arpa", "PTR", "SERVFAIL"),
        ("9.10.in-addr.arpa", "A", "NODATA"),
    ]);
}

#[test]
fn rewritten_names_are_asked_under_another_and_answered_under_their_own() {
    let rules = "rewrite name exact shop.example web.a.svc.cluster.local\n\
                 rewrite continue name suffix .one.example .two.example answer auto\n\
                 rewrite name suffix .two.example .a.svc.cluster.local answer auto\n\
                 rewrite name suffix .plain.example .a.svc.cluster.local\n";
    let world = World::new(&corefile("").replace("forward", &format!("{rules}forward")), &golden());
    let answer =
        |name: &str| -> Vec<String> { world.reply(name, "A").records().iter().map(ToString::to_string).collect() };
    assert_eq!(answer("shop.example"), ["shop.example. A 10.0.0.1"]);
    assert_eq!(answer("web.two.example"), ["web.two.example. A 10.0.0.1"]);
    assert_eq!(answer("web.one.example"), ["web.one.example. A 10.0.0.1"]);
    assert_eq!(answer("web.plain.example"), ["web.a.svc.cluster.local. A 10.0.0.1"]);
    assert_eq!(world.reply("shop.example", "A").asked_as, Name::new("web.a.svc.cluster.local").ok());
}

#[test]
fn a_corefile_that_coredns_refuses_is_refused_at_the_same_place() {
    let fault = |text: &str| {
        let error = Config::read(text, &Surroundings::default()).unwrap_err();
        format!("{} {:?}", error.at, error.fault)
    };
    for (text, expected) in [
        ("", "1:1 Empty"),
        (". { whoami }\n", "1:12 UnexpectedClose"),
        (".:53 {\n  errors\n", "2:9 Unclosed"),
        (".:53 {\n  cache {\n    success 100\n", "3:16 Unclosed"),
        (".:53 {\n  cache { success 100 }\n}\n", "2:23 UnexpectedClose"),
        (".:53 {\n  cache {\n    success 100 }\n}\n", "3:17 UnexpectedClose"),
        ("}\n", "1:1 UnexpectedClose"),
        ("a, {\n}\n", "1:4 ExpectedZone"),
        (".:53 {\n}\n.:53 {\n}\n", "3:1 ZoneTwice(\".\")"),
        (":53 {\n}\n", "1:1 BadZone(\":53\")"),
        ("(s) {\nerrors\n}\n(s) {\n}\n", "4:1 SnippetTwice(\"s\")"),
        ("(s) {\nimport s\n}\n. {\nimport s\n}\n", "2:8 ImportTooDeep(\"s\")"),
        (". {\n import\n}\n", "2:2 ImportArguments"),
        (". {\n import a b\n}\n", "2:2 ImportArguments"),
        (". {\n cache\n cache\n}\n", "3:2 PluginTwice(\"cache\")"),
        (". {\n cache 0\n}\n", "2:8 BadArgument { of: \"cache\", argument: \"0\" }"),
        (". {\n forward .\n}\n", "2:2 ArgumentCount { of: \"forward\" }"),
        (". {\n kubernetes 10.in-addr.arpa\n}\n", "2:2 OnlyReverseZones"),
        (". {\n kubernetes x {\n  pods\n }\n}\n", "3:3 ArgumentCount { of: \"pods\" }"),
        (
            ". {\n kubernetes x {\n  nope y\n }\n}\n",
            "3:3 UnknownProperty { plugin: \"kubernetes\", property: \"nope\" }",
        ),
        (". {\n kubernetes x {\n  ttl 3601\n }\n}\n", "3:7 BadArgument { of: \"ttl\", argument: \"3601\" }"),
        (
            ". {\n kubernetes x {\n  namespaces a\n  namespace_labels b\n }\n}\n",
            "2:2 Both(\"namespaces\", \"namespace_labels\")",
        ),
        (". {\n kubernetes x {\n  zonal\n  noendpoints\n }\n}\n", "2:2 Both(\"zonal\", \"noendpoints\")"),
        (". {\n kubernetes x {\n  labels a in\n }\n}\n", "3:10 BadArgument { of: \"labels\", argument: \"a\" }"),
        (
            ". {\n hosts {\n  fallthrough\n  10.0.0.1 a\n }\n}\n",
            "4:3 UnknownProperty { plugin: \"hosts\", property: \"10.0.0.1\" }",
        ),
        (". {\n rewrite name a\n}\n", "2:2 ArgumentCount { of: \"rewrite\" }"),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
}

#[test]
fn snippets_variables_and_unknown_plugins_are_understood() {
    let text = "# a comment\n(common) {\n  errors # all\n  \"cache\" 30\n}\n\n\
                dns://cluster.local:53, {$STUB}.example {\n  import common\n  kubernetes cluster.local\n  mystery { x\n  }\n  forward . {$UPSTREAM}\n}\n";
    let world = World::new(text, &golden());
    let reply = world.reply("web.a.svc.cluster.local", "A");
    assert_eq!((reply.ttl, reply.doubts.len()), (Some(5), 3), "{:?}", reply.doubts);
    let mut around = Surroundings::default();
    around.environment.extend([("STUB".into(), "stub".into()), ("UPSTREAM".into(), "192.0.2.9".into())]);
    let mut world = World::new(text, &golden());
    world.config = Config::read(text, &around).unwrap();
    world.check(&[("x.stub.example", "A", "to 192.0.2.9"), ("web.a.svc.cluster.local", "A", "A 10.0.0.1")]);
    assert_eq!(world.config.unresolved, []);
}
