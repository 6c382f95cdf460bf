//! What is seen of a Service and its slices, and why each endpoint gets traffic or not.

use super::world::*;
use crate::model::{
    AddressType, Addresses, ClusterIp, Endpoint, Family, Key, Port, Protocol, Service, ServiceKind, Slice, SlicePort,
    TargetRef, Text, TrafficPolicy, Uid,
};
use crate::trace::proxy::*;

#[test]
fn each_endpoint_of_a_service_port_has_its_standing() {
    let list = vec![
        hinted(endpoint(1, "n1", "ready"), &["a"], &["n1"]),
        hinted(endpoint(2, "n2", "ready"), &["b"], &["n2"]),
        endpoint(3, "n1", "waiting"),
        endpoint(4, "n1", "lingering"),
    ];
    let standings = |list: Vec<Endpoint>, on: &str, zone: Zone<'_>, policy, config: &ProxyConfig| {
        let slices = [slice("web-1", list)];
        let node = Text::from(on);
        let at = Standpoint { node: Some(&node), zone };
        let service = with(local_outside, plain()).service;
        let port = (&service.ports[0].name, &Protocol::Tcp);
        let backends = backends(slices.iter(), port, Family::V4, Some(&node), config);
        let choice = categorize(&backends, (&service, &service.ports[0]), Family::V4, at, config);
        let all = backends.iter().enumerate().map(|pair| choice.standing(pair, policy, Some(&node)));
        (all.collect::<Vec<_>>(), choice.preference)
    };
    let new = ProxyConfig::default();
    let old = ProxyConfig::default().with_release(Release::parse("1.33.4"));
    let (a, nobody) = (Text::from("a"), Text::from("z"));
    let waiting = Standing::NotReady { serving: false, terminating: false };
    let (chosen, lingering) = (Standing::Chosen, Standing::Lingering);
    let (found, preference) = standings(list.clone(), "n1", Zone::In(&a), Policy::Cluster, &new);
    assert_eq!(found, [chosen.clone(), Standing::OtherNode, waiting.clone(), lingering.clone()]);
    assert_eq!(preference, Preference::Node);
    let (found, preference) = standings(list.clone(), "n9", Zone::In(&a), Policy::Cluster, &new);
    assert_eq!(found, [chosen.clone(), Standing::OtherZone, waiting.clone(), lingering.clone()]);
    assert_eq!(preference, Preference::Zone { node: Off::NotNamed });
    let first = ProxyConfig::default().with_release(Release::parse("1.34.0"));
    let (_, preference) = standings(list.clone(), "n1", Zone::In(&a), Policy::Cluster, &first);
    assert_eq!(preference, Preference::Node, "from 1.34 on");
    let (found, preference) = standings(list.clone(), "n9", Zone::In(&nobody), Policy::Cluster, &old);
    assert_eq!(found, [chosen.clone(), chosen.clone(), waiting.clone(), lingering.clone()]);
    assert_eq!(preference, Preference::Any { node: Off::TooOld, zone: Off::NotNamed });
    let (found, _) = standings(list.clone(), "n1", Zone::In(&a), Policy::Local, &new);
    assert_eq!(found, [chosen.clone(), Standing::NotLocal, waiting.clone(), lingering.clone()]);
    let last = vec![endpoint(4, "n1", "lingering"), endpoint(3, "n1", "waiting"), endpoint(5, "n2", "lingering")];
    let (found, preference) = standings(last.clone(), "n1", Zone::Unlabelled, Policy::Cluster, &new);
    assert_eq!(found, [waiting.clone(), Standing::ChosenAsLast, Standing::ChosenAsLast]);
    assert_eq!(preference, Preference::Any { node: Off::NoneReady, zone: Off::NoneReady });
    let (found, _) = standings(last, "n1", Zone::Unlabelled, Policy::Local, &new);
    assert_eq!(found, [waiting, Standing::ChosenAsLast, Standing::NotLocal]);
    let mixed = vec![hinted(endpoint(1, "n1", "ready"), &["a"], &[]), endpoint(2, "n2", "ready")];
    let (found, preference) = standings(mixed, "n1", Zone::In(&a), Policy::Cluster, &new);
    assert_eq!(found, [chosen.clone(), chosen]);
    let without = Off::Unhinted("10.0.0.2:8080".parse().unwrap());
    assert_eq!(preference, Preference::Any { node: Off::NoHints, zone: without });
    let (_, preference) = standings(list, "n9", Zone::Unlabelled, Policy::Cluster, &new);
    assert_eq!(preference, Preference::Any { node: Off::NotNamed, zone: Off::Unlabelled });
}

#[test]
fn what_is_no_backend_at_all_has_its_reason() {
    let port = |name: Option<&str>, number: Option<u16>, protocol| SlicePort {
        name: name.map(Text::from),
        port: number.map(Port),
        protocol,
        app_protocol: None,
    };
    let plain = || slice("s", vec![endpoint(1, "n1", "ready")]);
    let ports = |ports| Slice { ports, ..plain() };
    let labels = |pairs: &[(&str, &str)]| Slice { meta: labelled("shop", "s", pairs), ..plain() };
    let named = ("kubernetes.io/service-name", "web");
    let cases = [
        (labels(&[named, (HEADLESS_LABEL, "")]), Some(Outside::Slice(SliceUnseen::HeadlessLabel))),
        (labels(&[]), Some(Outside::Slice(SliceUnseen::Unbound))),
        (Slice { address_type: AddressType::Ipv6, ..plain() }, Some(Outside::Slice(SliceUnseen::OtherFamily))),
        (
            Slice { address_type: AddressType::Fqdn, ..plain() },
            Some(Outside::Slice(SliceUnseen::AddressType(AddressType::Fqdn))),
        ),
        (ports(vec![]), Some(Outside::OtherNames(vec![]))),
        (ports(vec![port(Some("web"), Some(1), Protocol::Tcp)]), Some(Outside::OtherNames(vec!["web".into()]))),
        (ports(vec![port(Some("http"), Some(1), Protocol::Udp)]), Some(Outside::OtherProtocol(Protocol::Udp))),
        (ports(vec![port(None, Some(1), Protocol::Tcp)]), Some(Outside::PortWithoutName)),
        (
            ports(vec![port(None, Some(1), Protocol::Tcp), port(Some("web"), Some(1), Protocol::Tcp)]),
            Some(Outside::OtherNames(vec!["web".into()])),
        ),
        (ports(vec![port(Some("http"), None, Protocol::Tcp)]), Some(Outside::PortWithoutNumber)),
        (
            slice("s", vec![Endpoint { addresses: Addresses::None, ..endpoint(1, "n1", "ready") }]),
            Some(Outside::NoAddress),
        ),
        (plain(), None),
    ];
    let config = ProxyConfig::default();
    for (slice, why) in cases {
        let name = Text::from("http");
        let found = backends([&slice].into_iter(), (&name, &Protocol::Tcp), Family::V4, None, &config);
        assert_eq!(found.len(), usize::from(why.is_none()), "{slice:?}");
        let out = left_out([&slice].into_iter(), (&name, &Protocol::Tcp), Family::V4, &found);
        assert_eq!(out.into_iter().next().map(|out| out.why), why, "{slice:?}");
    }
}

#[test]
fn of_two_claims_to_one_address_the_living_one_stands_and_a_tie_is_named() {
    let (a, b) = (|e| slice("a", vec![e]), |e| slice("b", vec![e]));
    let target = |name: &str, endpoint: Endpoint| {
        let (kind, namespace) = ("Pod".into(), "shop".into());
        let target = TargetRef { kind, namespace, name: name.into(), uid: Uid::default() };
        Endpoint { target: Some(Box::new(target)), ..endpoint }
    };
    let name = Text::from("http");
    let n1 = Text::from("n1");
    let look = |slices: &[Slice], config: &ProxyConfig| {
        let found = backends(slices.iter(), (&name, &Protocol::Tcp), Family::V4, Some(&n1), config);
        assert_eq!(found.len(), 1);
        (
            found[0].slice.meta.key.name.to_string(),
            found[0].endpoint.node.clone().unwrap().to_string(),
            found[0].ambiguous,
        )
    };
    let new = ProxyConfig::default();
    let old = ProxyConfig::default().with_release(Release::parse("1.34.2"));
    let next = ProxyConfig::default().with_release(Release::parse("1.35.0"));
    let (n1_ready, n2_ready) = (endpoint(1, "n1", "ready"), endpoint(1, "n2", "ready"));
    let said = |slice: &str, node: &str, ambiguous| (slice.to_owned(), node.to_owned(), ambiguous);
    let leaving = endpoint(1, "n1", "lingering");
    assert_eq!(look(&[a(leaving.clone()), b(n2_ready.clone())], &new), said("b", "n2", false));
    assert_eq!(look(&[a(n2_ready.clone()), b(leaving.clone())], &new), said("a", "n2", false));
    assert_eq!(
        look(&[a(n2_ready.clone()), b(leaving.clone())], &old),
        said("b", "n1", false),
        "1.34 took the local one"
    );
    assert_eq!(look(&[a(n2_ready.clone()), b(leaving.clone())], &next), said("a", "n2", false));
    assert_eq!(look(&[a(n1_ready.clone()), b(n2_ready.clone())], &new), said("b", "n2", true));
    let twins = [a(target("p", n1_ready.clone())), b(target("q", n1_ready.clone()))];
    assert_eq!(look(&twins, &new), said("b", "n1", false), "they differ in nothing that decides");
    let one = [slice("a", vec![n2_ready.clone(), n1_ready, leaving.clone()])];
    assert_eq!(look(&one, &new), said("a", "n1", false), "within a slice the last living one");
    assert_eq!(look(&[a(leaving), b(endpoint(1, "n2", "leaving"))], &new), said("a", "n1", true));
    let found = backends(twins.iter(), (&name, &Protocol::Tcp), Family::V4, None, &new);
    let out = left_out(twins.iter(), (&name, &Protocol::Tcp), Family::V4, &found);
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].why, Outside::Shadowed(Key::new("shop", "b")));
    assert_eq!(out[0].endpoint.target.as_ref().unwrap().name, "p");
}

#[test]
fn the_health_check_passes_with_a_ready_endpoint_here_and_only_then() {
    let slices = [slice("s", vec![endpoint(1, "n1", "ready"), endpoint(2, "n2", "lingering")])];
    let name = Text::from("http");
    let backends = backends(slices.iter(), (&name, &Protocol::Tcp), Family::V4, None, &ProxyConfig::default());
    let passes = |node: Option<&str>| health_check_passes(&backends, node.map(Text::from).as_ref());
    assert_eq!((passes(Some("n1")), passes(Some("n2")), passes(None)), (Some(true), Some(false), None));
}

#[test]
fn what_kube_proxy_does_not_see_has_its_reason() {
    let seen = |change: &dyn Fn(&mut Service), family| {
        let mut service = web();
        change(&mut service);
        cluster_ip(&service, family)
    };
    assert_eq!(seen(&|_| {}, Family::V4), Ok(ip("10.96.0.1")));
    assert_eq!(seen(&|_| {}, Family::V6), Err(Unseen::NoAddressOf(Family::V6)));
    assert_eq!(seen(&hidden, Family::V4), Err(Unseen::ProxyName(Text::default())));
    assert_eq!(seen(&|s| s.cluster_ip = ClusterIp::Headless, Family::V4), Err(Unseen::Headless));
    assert_eq!(seen(&|s| s.cluster_ip = ClusterIp::Absent, Family::V4), Err(Unseen::NoClusterIp));
    assert_eq!(seen(&|s| s.kind = ServiceKind::ExternalName, Family::V4), Err(Unseen::ExternalName));
    let both = |s: &mut Service| {
        s.cluster_ip = ClusterIp::Ips(vec![ip("fd00::1"), ip("10.96.0.1")]);
        s.families = vec![Family::V6, Family::V4];
    };
    assert_eq!(seen(&both, Family::V4), Ok(ip("10.96.0.1")));
    assert_eq!(seen(&both, Family::V6), Ok(ip("fd00::1")));
    let unsaid = |s: &mut Service| {
        both(s);
        s.families.clear();
    };
    assert_eq!(seen(&unsaid, Family::V6), Ok(ip("fd00::1")));
    assert_eq!(seen(&unsaid, Family::V4), Err(Unseen::NoAddressOf(Family::V4)), "only the first is compared");
}

#[test]
fn names_of_ports_join_by_name_and_protocol_in_the_whole_map() {
    let slices = [slice("s", vec![endpoint(1, "n1", "ready"), endpoint(2, "n1", "ready")])];
    let map = endpoints_map(slices.iter(), Family::V4, None, &ProxyConfig::default());
    let names: Vec<String> = map[&("http".into(), Protocol::Tcp)].iter().map(|b| b.socket().to_string()).collect();
    assert_eq!((map.len(), names), (1, vec!["10.0.0.1:8080".to_owned(), "10.0.0.2:8080".to_owned()]));
}

#[test]
fn on_a_node_nobody_knows_the_standing_under_policy_local_is_open() {
    let slices = [slice("s", vec![endpoint(1, "n1", "ready"), endpoint(2, "n2", "waiting")])];
    let (service, config) = (with(local_outside, plain()).service, ProxyConfig::default());
    let port = (&service.ports[0].name, &Protocol::Tcp);
    let backends = backends(slices.iter(), port, Family::V4, None, &config);
    let at = EntryNode::UNKNOWN.at;
    let choice = categorize(&backends, (&service, &service.ports[0]), Family::V4, at, &config);
    let standing = |place: usize, policy| choice.standing((place, &backends[place]), policy, None);
    assert_eq!(standing(0, Policy::Local), Standing::Unknown(Missing::EntryNode));
    assert_eq!(standing(1, Policy::Local), Standing::NotReady { serving: false, terminating: false });
    assert_eq!(standing(0, Policy::Cluster), Standing::Chosen);
    let plain = Service { external_policy: TrafficPolicy::Cluster, ..service.clone() };
    let choice = categorize(&backends, (&plain, &plain.ports[0]), Family::V4, at, &config);
    assert_eq!(choice.standing((0, &backends[0]), Policy::Local, None), Standing::NotUsed);
}
