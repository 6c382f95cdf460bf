//! What is not known, what was taken for granted, and what else the answer tells.

use super::world::*;
use crate::model::{Affinity, ClusterIp, Family, Key, Kind, Port, Protocol, Service, Text, Time, TrafficPolicy};
use crate::store::tests::delta::{Delta, Health};
use crate::trace::proxy::*;

#[test]
fn what_is_not_known_is_named_and_never_guessed() {
    let nowhere = || Case { entry: None, ..plain() };
    assert_eq!(nowhere().send(POD, VIP), "1, 2", "nothing depends on the node");
    assert_eq!(with(local_inside, nowhere()).send(POD, VIP), "EntryNode? 1, 2");
    assert_eq!(Case { slices: vec![], ..with(local_inside, nowhere()) }.send(POD, VIP), "Reject NoEndpoint");
    assert_eq!(nowhere().send(POD, "127.0.0.1:30080"), "1 ExternalPolicy, 2 ExternalPolicy");
    let zoned = |entry| Case {
        entry,
        ..of(vec![hinted(endpoint(1, "n1", "ready"), &["a"], &[]), hinted(endpoint(2, "n2", "ready"), &["b"], &[])])
    };
    assert_eq!(zoned(Some("n1")).send(POD, VIP), "1");
    assert_eq!(zoned(Some("n2")).send(POD, VIP), "2");
    assert_eq!(zoned(Some("n3")).send(POD, VIP), "1, 2", "no zone label");
    assert_eq!(zoned(Some("gone")).send(POD, VIP), "Zone? 1, 2");
    assert_eq!(zoned(None).send(POD, VIP), "EntryNode? 1, 2");
    assert_eq!(Case { config: "mode: kernelspace", ..plain() }.send(POD, VIP), "Mode?");
}

#[test]
fn objects_that_are_still_on_their_way_leave_the_answer_open() {
    let mut store = store(vec![web()], plain().slices);
    store.apply(Time(1), [Delta::Health(Kind::Slice, Health::Waiting)]);
    assert_eq!(plain().send_in(&store, POD, VIP).0, "Slices? 1, 2");
    assert_eq!(plain().send_in(&store, POD, "10.96.0.1:81").0, "Pass [(Port(80), Tcp)]");
    store.apply(Time(2), [Delta::Health(Kind::Node, Health::Waiting)]);
    assert_eq!(plain().send_in(&store, OUTSIDE, "192.168.9.9:30080").0, "Nodes?");
    assert_eq!(plain().send_in(&store, OUTSIDE, "192.168.9.9:30081").0, "Pass NoService");
    store.apply(Time(2), [Delta::Health(Kind::Service, Health::Waiting)]);
    assert_eq!(plain().send_in(&store, POD, "10.96.7.7:80").0, "Services?");
}

#[test]
fn what_was_taken_for_granted_is_told() {
    let store = store(vec![web()], plain().slices);
    let assumed = |case: Case<'_>, from| case.send_in(&store, from, VIP).1;
    assert_eq!(assumed(plain(), POD), []);
    assert_eq!(assumed(Case { config: "clusterCIDR: 10.0.0.0/16", ..plain() }, POD), [Assumption::ModeUnset]);
    assert_eq!(assumed(Case { config: IPVS, ..plain() }, POD), [Assumption::Ipvs]);
    let weighted = "{mode: ipvs, clusterCIDR: 10.0.0.0/16, ipvs: {scheduler: sh}}";
    assert_eq!(assumed(Case { config: weighted, ..plain() }, POD), [Assumption::Ipvs, Assumption::Scheduler]);
    let words = "{mode: iptables, clusterCIDR: 10.0.0.0/16, nodePortAddresses: [all]}";
    let old = Case { config: words, release: "v1.36.3", ..plain() };
    assert_eq!(assumed(old, POD), [Assumption::NodePortWords]);
    let old = Case { release: "v1.30.9", ..plain() };
    assert_eq!(assumed(old, POD), [Assumption::OldRelease]);
    assert_eq!(assumed(Case { release: "v1.31.0", ..plain() }, POD), []);
    assert_eq!(plain().send_in(&store, OUTSIDE, NODE_PORT).1, [], "it stays on its node");
    let protocol = Protocol::Tcp;
    let source = Source::Pod { ip: ip("10.0.0.77"), node: None };
    let packet = Packet { source, to: ip("10.96.0.1"), port: Port(80), protocol: &protocol };
    let routed = route(&store, &packet, EntryNode::UNKNOWN, &ProxyConfig::default(), None);
    let assumptions: Vec<Assumption> = routed.assumptions.into_iter().collect();
    assert_eq!(assumptions, [Assumption::Config, Assumption::ClusterCidr]);
    assert_eq!(routed.decision.share(), Some(0.5));
}

#[test]
fn a_pinned_client_and_a_contested_address_are_told() {
    let pinned = |service: &mut Service| service.affinity = Affinity::ClientIp { timeout_seconds: 10_800 };
    let mut thief = web();
    thief.meta.key = Key::new("shop", "thief");
    thief.cluster_ip = ClusterIp::Ips(vec![ip("10.96.0.2")]);
    let store = store(vec![with(pinned, plain()).service, thief], plain().slices);
    let protocol = Protocol::Tcp;
    let source = Source::Outside { ip: ip("203.0.113.200") };
    let packet = |to| Packet { source, to: ip(to), port: Port(80), protocol: &protocol };
    let name = Text::from("n1");
    let entry = EntryNode::of(&store, Some(&name));
    let config = plain().config();
    let balancer = route(&store, &packet("203.0.113.1"), entry, &config, None).matched.unwrap();
    assert_eq!((balancer.via, balancer.contested), (Via::LoadBalancer, vec![Key::new("shop", "web")]));
    let vip = route(&store, &packet("10.96.0.1"), entry, &config, None).matched.unwrap();
    assert_eq!((vip.via, vip.contested, vip.sticky), (Via::ClusterIp, vec![], Some(10_800)));
}

#[test]
fn rules_freeze_on_a_long_name_without_endpoints_before_1_37() {
    let long = |length: usize| {
        let mut service = web();
        service.meta.key = Key::new("shop", "s".repeat(length - "shop/:http".len()).as_str());
        service
    };
    let n1 = Text::from("n1");
    let at = Standpoint { node: Some(&n1), zone: Zone::Unlabelled };
    let look = |service: Service, config: &str, release: &str| {
        let config = ProxyConfig::parse(config).unwrap().with_release(Release::parse(release));
        frozen(&store(vec![service], vec![]), Family::V4, at, &config).is_some()
    };
    assert!(look(long(129), NFTABLES, "v1.36.3"));
    assert!(!look(long(128), NFTABLES, "v1.36.3"));
    assert!(!look(long(129), NFTABLES, "v1.37.0"));
    assert!(!look(long(129), NFTABLES, ""), "an unknown release is the newest");
    assert!(!look(long(129), IPVS, "v1.36.3"));
    let mut unnamed = long(133);
    unnamed.ports[0].name = Text::default();
    assert!(!look(unnamed.clone(), NFTABLES, "v1.36.3"), "128 bytes without the port");
    unnamed.meta.key.name = format!("{}s", unnamed.meta.key.name).into();
    assert!(look(unnamed, NFTABLES, "v1.36.3"));
    let mut elsewhere = long(129);
    let mut own = slice("s", vec![endpoint(2, "n2", "ready")]);
    own.meta.labels = [("kubernetes.io/service-name", elsewhere.meta.key.name.as_str())].into_iter().collect();
    let config = ProxyConfig::parse(NFTABLES).unwrap().with_release(Release::parse("1.36.3"));
    let found = |service: &Service| frozen(&store(vec![service.clone()], vec![own.clone()]), Family::V4, at, &config);
    assert_eq!(found(&elsewhere), None);
    elsewhere.external_policy = TrafficPolicy::Local;
    let expected = Frozen { service: elsewhere.meta.key.clone(), port: "http".into() };
    assert_eq!(found(&elsewhere), Some(expected));
    let text = "{mode: nftables, clusterCIDR: 10.0.0.0/16}";
    let case = Case { config: text, release: "1.36.3", ..plain() };
    let (_, assumed) = case.send_in(&store(vec![long(129)], vec![]), POD, VIP);
    assert_eq!(assumed, [Assumption::RulesFrozen]);
}
