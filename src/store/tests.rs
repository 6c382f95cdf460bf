//! The store against a store that is built from scratch, over random histories.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::{Agent, Cause, Change, Edit, Known, Store, Word};
pub(crate) use crate::delta;
use crate::delta::{Delta, Health, Purpose, Step, Verb};
use crate::model::{
    AddressType, Addresses, ClusterIp, ConfigMap, ConfigName, Container, ContainerKind, ContainerPort, Endpoint,
    Family, IpMode, Key, Kind, LabelSelector, Labels, LoadBalancerIngress, Meta, NetworkPolicy, Node, Phase, Pod, Port,
    Protocol, Selector, Service, ServicePort, Slice, SlicePort, TargetPort, TargetRef, Text, Time, Uid,
};

pub(crate) fn meta(namespace: &str, name: &str, uid: &str, labels: &[(&str, &str)]) -> Meta {
    Meta {
        key: Key::new(namespace, name),
        uid: Uid::from(uid),
        labels: labels.iter().copied().collect(),
        ..Meta::default()
    }
}

pub(crate) fn ip(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, last))
}

pub(crate) fn service(name: &str, selector: &[(&str, &str)]) -> Service {
    let port = |name: &str| ServicePort {
        name: name.into(),
        port: Port(80),
        protocol: Protocol::Tcp,
        target: TargetPort::Name("http".into()),
        node_port: None,
        app_protocol: None,
    };
    Service {
        meta: meta("shop", name, name, &[]),
        selector: Selector(selector.iter().copied().collect::<Labels>()),
        cluster_ip: ClusterIp::Ips(vec![ip(200)]),
        families: vec![Family::V4],
        ports: vec![port("http")],
        ..Service::default()
    }
}

pub(crate) fn pod(name: &str, uid: &str, app: &str, last: u8) -> Pod {
    let port = ContainerPort { name: Some("http".into()), port: Port(8080), protocol: Protocol::Tcp };
    let container = Container {
        name: "app".into(),
        kind: ContainerKind::Main,
        image: Text::default(),
        ports: vec![port],
        readiness_probe: false,
    };
    Pod {
        meta: meta("shop", name, uid, &[("app", app)]),
        ips: if last == 0 { Addresses::None } else { Addresses::One(ip(last)) },
        node: Some("n1".into()),
        phase: Phase::Running,
        ready: true,
        containers: vec![container].into(),
        ..Pod::default()
    }
}

pub(crate) fn slice(name: &str, service: &str, managed: bool, endpoints: Vec<Endpoint>) -> Slice {
    let by = if managed { "endpointslice-controller.k8s.io" } else { "someone" };
    let labels = [("kubernetes.io/service-name", service), ("endpointslice.kubernetes.io/managed-by", by)];
    Slice {
        meta: meta("shop", name, name, &labels),
        address_type: AddressType::Ipv4,
        endpoints,
        ports: vec![SlicePort {
            name: Some("http".into()),
            port: Some(Port(8080)),
            protocol: Protocol::Tcp,
            app_protocol: None,
        }],
        triggered: None,
    }
}

pub(crate) fn endpoint(last: u8, target: Option<(&str, &str)>, ready: bool, terminating: bool) -> Endpoint {
    Endpoint {
        addresses: Addresses::One(ip(last)),
        ready: Some(ready),
        serving: Some(true),
        terminating: Some(terminating),
        target: target.map(|(name, uid)| {
            Box::new(TargetRef { kind: "Pod".into(), namespace: "shop".into(), name: name.into(), uid: Uid::from(uid) })
        }),
        ..Endpoint::default()
    }
}

pub(crate) fn node(name: &str) -> Node {
    Node { meta: meta("", name, name, &[]), ..Node::default() }
}

pub(crate) fn live() -> Vec<Delta> {
    Kind::CORE.into_iter().map(|kind| Delta::Health(kind, Health::Live)).collect()
}

/// A store of these objects, all kinds complete.
fn store(services: Vec<Service>, slices: Vec<Slice>, pods: Vec<Pod>) -> Store {
    let mut store = Store::new();
    let mut deltas = vec![
        Delta::Service(Step::Listed(services)),
        Delta::Slice(Step::Listed(slices)),
        Delta::Pod(Step::Listed(pods)),
        Delta::Node(Step::Listed(vec![node("n1")])),
        Delta::Namespace(Step::Listed(Vec::new())),
    ];
    deltas.extend(live());
    store.apply(Time(0), deltas);
    store
}

fn words(store: &Store) -> Vec<Option<Word>> {
    store.rows(&Key::new("shop", "web")).into_iter().map(|row| row.word).collect()
}

fn web() -> Vec<Service> {
    vec![service("web", &[("app", "web")])]
}

#[test]
fn each_way_of_standing_on_one_side_has_its_word() {
    let good = || pod("p", "u1", "web", 1);
    let held = |endpoint: Endpoint| vec![slice("web-1", "web", true, vec![endpoint])];
    let named = |ready, terminating| endpoint(1, Some(("p", "u1")), ready, terminating);
    type Row = (&'static str, Vec<Slice>, Vec<Pod>, Option<Word>);
    let cases: Vec<Row> = vec![
        ("a plain endpoint", held(named(true, false)), vec![good()], None),
        (
            "not ready",
            held(Endpoint { serving: Some(false), ..named(false, false) }),
            vec![Pod { ready: false, ..good() }],
            Some(Word::NotReady),
        ),
        ("selected, not in a slice", vec![], vec![good()], Some(Word::Lag)),
        (
            "the slice says ready, the pod does not",
            held(named(true, false)),
            vec![Pod { ready: false, ..good() }],
            Some(Word::Lag),
        ),
        ("no IP yet", vec![], vec![Pod { ips: Addresses::None, ..good() }], Some(Word::NoIp)),
        ("ended", vec![], vec![Pod { phase: Phase::Succeeded, ..good() }], Some(Word::Finished)),
        (
            "ended and still in the slice",
            held(named(true, false)),
            vec![Pod { phase: Phase::Failed, ..good() }],
            Some(Word::Stale),
        ),
        ("no node", vec![], vec![Pod { node: Some("gone".into()), ..good() }], Some(Word::NodeGone)),
        (
            "another family",
            vec![],
            vec![Pod { ips: Addresses::One("fd00::1".parse().unwrap()), ..good() }],
            Some(Word::OtherFamily),
        ),
        ("the pod is gone", held(named(true, false)), vec![], Some(Word::Stale)),
        ("another pod took the name", held(named(true, false)), vec![pod("p", "u2", "other", 9)], Some(Word::Stale)),
        ("labels no longer match", held(named(true, false)), vec![pod("p", "u1", "other", 1)], Some(Word::NotSelected)),
        (
            "an address that no pod has",
            vec![slice("x", "web", false, vec![endpoint(77, None, true, false)])],
            vec![],
            Some(Word::OrphanIp),
        ),
    ];
    for (what, slices, pods, expected) in cases {
        assert_eq!(words(&store(web(), slices, pods)), [expected], "{what}");
    }
}

#[test]
fn a_custom_slice_of_a_service_without_selector_is_custom_and_joined_by_address() {
    let service = Service { selector: Selector::default(), ..service("web", &[]) };
    let store = store(
        vec![service],
        vec![slice("mine", "web", false, vec![endpoint(1, None, true, false)])],
        vec![pod("p", "u1", "x", 1)],
    );
    let rows = store.rows(&Key::new("shop", "web"));
    assert_eq!(rows[0].word, Some(Word::Custom));
    assert!(rows[0].by_ip && rows[0].target.pod().is_some());
}

#[test]
fn what_is_not_known_never_becomes_a_negative() {
    let mut store = Store::new();
    let mut deltas = vec![
        Delta::Service(Step::Listed(web())),
        Delta::Slice(Step::Listed(vec![slice(
            "web-1",
            "web",
            true,
            vec![endpoint(1, Some(("p", "u1")), true, false)],
        )])),
    ];
    deltas.extend([Delta::Health(Kind::Service, Health::Live), Delta::Health(Kind::Slice, Health::Live)]);
    store.apply(Time(0), deltas);
    assert_eq!(words(&store), [None], "pods are not known, so the row is not stale");
    store.apply(Time(1), [Delta::Health(Kind::Pod, Health::Live)]);
    assert_eq!(words(&store), [Some(Word::Stale)]);
}

#[test]
fn a_terminating_duplicate_does_not_replace_a_living_one() {
    let slices = vec![
        slice("a", "web", true, vec![endpoint(1, Some(("p", "u1")), true, false)]),
        slice("b", "web", true, vec![endpoint(1, Some(("p", "u1")), false, true)]),
    ];
    let store = store(web(), slices, vec![pod("p", "u1", "web", 1)]);
    let rows = store.rows(&Key::new("shop", "web"));
    assert_eq!((rows.len(), rows[0].usable()), (1, true));
}

#[test]
fn of_two_slices_of_a_pod_each_keeps_the_ports_that_the_other_does_not_have() {
    let port = |(name, number): &(&str, u16)| SlicePort {
        name: Some((*name).into()),
        port: Some(Port(*number)),
        protocol: Protocol::Tcp,
        app_protocol: None,
    };
    let of = |name, ready, ports: &[(&str, u16)]| Slice {
        ports: ports.iter().map(port).collect(),
        ..slice(name, "web", false, vec![endpoint(1, Some(("p", "u1")), ready, false)])
    };
    let mut services = web();
    let metrics = ServicePort { name: "metrics".into(), ..services[0].ports[0].clone() };
    services[0].ports.push(metrics);
    let usable_on = |store: &Store| {
        let summary = store.summary(&Key::new("shop", "web"));
        summary.ports.iter().map(|port| port.usable).collect::<Vec<_>>()
    };
    let rows = |slices| {
        let store = store(services.clone(), slices, vec![pod("p", "u1", "web", 1)]);
        let rows = store.rows(&Key::new("shop", "web"));
        let [row] = rows.as_slice() else { panic!("one row") };
        assert_eq!(row.usable(), row.facts().is_some_and(|facts| facts.ready), "a row says of itself what it is");
        let numbers: Vec<_> = row.ports.iter().map(|port| port.port.map(|port| port.0)).collect();
        let shadowed: Vec<_> = row.members.iter().map(|member| member.shadowed).collect();
        (numbers, shadowed, usable_on(&store))
    };
    let both = [("http", 8080), ("metrics", 9090)];
    let cases = [
        ((true, true), &both[..1], [false, false], [1, 1], "the first keeps what the second has not"),
        ((false, true), &both[..1], [false, false], [1, 0], "only what is ready gets traffic"),
        ((true, false), &both[..1], [false, false], [0, 1], "though another port of the row is"),
        ((true, true), &both[1..], [false, false], [1, 1], "whichever port that is"),
        ((true, true), &both[..], [true, false], [1, 1], "what has lost each of its ports counts no more"),
    ];
    for ((first, then), second, shadowed, usable, why) in cases {
        let rows = rows(vec![of("a", first, &both), of("b", then, second)]);
        assert_eq!(rows, (vec![Some(8080), Some(9090)], shadowed.to_vec(), usable.to_vec()), "{why}");
    }
    let apart = rows(vec![of("a", true, &[("http", 8080)]), of("b", true, &[("http", 8081)])]);
    assert_eq!(apart.1, [false, false], "two numbers are two endpoints");
}

#[test]
fn a_name_taken_by_another_uid_is_replaced_and_a_late_deletion_of_the_first_is_nothing() {
    let mut store = store(web(), vec![], vec![pod("p", "u1", "web", 1)]);
    let changes = store.apply(Time(5), [Delta::Pod(Step::Applied(pod("p", "u2", "web", 2)))]);
    assert!(changes.iter().any(|change| matches!(&change.edit, Edit::Pod(pair) if pair.replaced())));
    let changes = store.apply(Time(6), [Delta::Pod(Step::Deleted(Key::new("shop", "p"), Uid::from("u1")))]);
    assert_eq!(changes, []);
    assert!(store.pod(&Key::new("shop", "p")).is_some());
}

#[test]
fn a_relist_tells_only_real_differences_and_says_that_it_is_one() {
    let mut store = store(web(), vec![], vec![pod("p", "u1", "web", 1), pod("q", "u2", "web", 2)]);
    let changes = store.apply(Time(9), [Delta::Pod(Step::Listed(vec![pod("p", "u1", "web", 1)]))]);
    let pods: Vec<&Change> = changes.iter().filter(|change| matches!(change.edit, Edit::Pod(_))).collect();
    assert_eq!(pods.len(), 1);
    assert!(changes.iter().all(|change| change.cause == Cause::Relist), "{changes:?}");
}

#[test]
fn near_misses_name_the_label_and_both_values() {
    let pods = vec![pod("a", "u1", "wep", 1), pod("b", "u2", "wep", 2), pod("c", "u3", "database", 3)];
    let store = store(web(), vec![], pods);
    assert!(store.selects_nothing(&Key::new("shop", "web")));
    let misses = store.near_misses(&Key::new("shop", "web"));
    let first = &misses[0];
    assert_eq!(
        (first.key.as_str(), first.wanted.as_str(), first.found.as_deref(), first.pods),
        ("app", "web", Some("wep"), 2)
    );
}

/// One random step of one object of a small world.
pub(crate) fn any_delta() -> impl Strategy<Value = Delta> {
    let name = || prop::sample::select(vec!["a", "b", "c"]);
    let app = || prop::sample::select(vec!["web", "db", "x"]);
    let uid = || prop::sample::select(vec!["u1", "u2"]);
    let app_of_pod = prop::sample::select(vec!["web", "db", "x", "ovnkube-node"]);
    let pod = (name(), uid(), app_of_pod, 0u8..4, any::<bool>(), any::<bool>(), 0u8..3).prop_map(
        |(name, uid, app, last, ready, deleted, phase)| {
            let mut pod = pod(name, &format!("{name}{uid}"), app, last);
            pod.ready = ready;
            pod.meta.deleted = deleted.then_some(Time(7));
            pod.phase = [Phase::Running, Phase::Pending, Phase::Succeeded][usize::from(phase)];
            pod
        },
    );
    let endpoint = (1u8..4, prop::option::of((name(), uid())), any::<bool>(), any::<bool>()).prop_map(
        |(last, target, ready, terminating)| {
            let target = target.map(|(name, uid)| (name, format!("{name}{uid}")));
            endpoint(last, target.as_ref().map(|(name, uid)| (*name, uid.as_str())), ready, terminating)
        },
    );
    let slice = (
        name(),
        prop::sample::select(vec!["web", "db", "", "ghost"]),
        any::<bool>(),
        prop::collection::vec(endpoint, 0..3),
    )
        .prop_map(|(name, service, managed, endpoints)| slice(name, service, managed, endpoints));
    let addresses = prop::collection::vec(200u8..203, 0..3);
    let service = (prop::sample::select(vec!["web", "db"]), prop::option::of(app()), addresses, 0u16..3).prop_map(
        |(name, app, addresses, node_port)| {
            let selector: Vec<(&str, &str)> = app.iter().map(|app| ("app", *app)).collect();
            let mut service = service(name, &selector);
            service.ports[0].node_port = (node_port > 0).then_some(Port(30_000 + node_port));
            service.cluster_ip = addresses.first().map_or(ClusterIp::Headless, |last| ClusterIp::Ips(vec![ip(*last)]));
            service.external_ips = addresses.iter().skip(1).map(|last| ip(*last)).collect();
            service.load_balancer = (addresses.len() == 2)
                .then(|| LoadBalancerIngress { ip: Some(ip(201)), hostname: None, ip_mode: IpMode::Vip })
                .into_iter()
                .collect();
            service
        },
    );
    let node = prop::sample::select(vec!["n1", "n2"]).prop_map(node);
    prop_oneof![
        4 => pod.clone().prop_map(|pod| Delta::Pod(Step::Applied(pod))),
        2 => (name(), uid()).prop_map(|(name, uid)| Delta::Pod(Step::Deleted(Key::new("shop", name), Uid::from(format!("{name}{uid}").as_str())))),
        1 => prop::collection::vec(pod, 0..4).prop_map(|pods| Delta::Pod(Step::Listed(pods))),
        4 => slice.clone().prop_map(|slice| Delta::Slice(Step::Applied(slice))),
        1 => name().prop_map(|name| Delta::Slice(Step::Deleted(Key::new("shop", name), Uid::from(name)))),
        1 => prop::collection::vec(slice, 0..3).prop_map(|slices| Delta::Slice(Step::Listed(slices))),
        2 => service.prop_map(|service| Delta::Service(Step::Applied(service))),
        1 => prop::sample::select(vec!["web", "db"]).prop_map(|name| Delta::Service(Step::Deleted(Key::new("shop", name), Uid::from(name)))),
        1 => node.prop_map(|node| Delta::Node(Step::Applied(node))),
        1 => prop::sample::select(vec!["n1", "n2"]).prop_map(|name| Delta::Node(Step::Deleted(Key { namespace: Text::default(), name: name.into() }, Uid::from(name)))),
    ]
}

fn clone_all<'a, T: Clone + 'a>(rows: impl Iterator<Item = &'a std::sync::Arc<T>>) -> Vec<T> {
    rows.map(|row| (**row).clone()).collect()
}

/// The same objects in a store that never saw their history.
fn from_scratch(store: &Store) -> Store {
    let mut fresh = Store::new();
    let mut deltas = vec![
        Delta::Pod(Step::Listed(clone_all(store.pods()))),
        Delta::Node(Step::Listed(clone_all(store.nodes()))),
        Delta::Slice(Step::Listed(clone_all(store.slices()))),
        Delta::Service(Step::Listed(clone_all(store.services()))),
        Delta::Namespace(Step::Listed(Vec::new())),
    ];
    deltas.extend(live());
    fresh.apply(Time(0), deltas);
    fresh
}

/// The same step in another namespace, of which alone a list then speaks.
fn moved(delta: Delta, namespace: &Text) -> Delta {
    fn step<T>(step: Step<T>, namespace: &Text, meta: impl Fn(&mut T) -> &mut Meta) -> Step<T> {
        let put = |mut object: T| {
            meta(&mut object).key.namespace = namespace.clone();
            object
        };
        match step {
            Step::Applied(object) => Step::Applied(put(object)),
            Step::Deleted(key, uid) => Step::Deleted(Key { namespace: namespace.clone(), ..key }, uid),
            Step::Listed(objects) | Step::ListedIn(_, objects) => {
                Step::ListedIn(namespace.clone(), objects.into_iter().map(put).collect())
            }
        }
    }
    match delta {
        Delta::Service(said) => Delta::Service(step(said, namespace, |object| &mut object.meta)),
        Delta::Slice(said) => Delta::Slice(step(said, namespace, |object| &mut object.meta)),
        Delta::Pod(said) => Delta::Pod(step(said, namespace, |object| &mut object.meta)),
        Delta::Node(_)
        | Delta::Namespace(_)
        | Delta::NetworkPolicy(_)
        | Delta::ServiceCidr(_)
        | Delta::Config(..)
        | Delta::Watching(..)
        | Delta::Health(..)
        | Delta::HealthIn(..)
        | Delta::Skipped(..)
        | Delta::Clock(_) => delta,
    }
}

/// What may be said where two namespaces are watched, and a third one to explain them.
pub(crate) fn any_namespaced_delta() -> impl Strategy<Value = Delta> {
    let namespace = || prop::sample::select(vec!["shop", "data", "kube-system"]).prop_map(Text::from);
    let kind = prop::sample::select(vec![Kind::Service, Kind::Slice, Kind::Pod]);
    let forbidden = Health::Forbidden { verb: Verb::List, namespace: None };
    let health = prop::sample::select(vec![Health::Live, Health::Live, Health::Loading { seen: 3 }, forbidden]);
    prop_oneof![
        4 => (any_delta(), namespace()).prop_map(|(delta, namespace)| moved(delta, &namespace)),
        1 => (kind, namespace(), health).prop_map(|(kind, namespace, health)| Delta::HealthIn(kind, namespace, health)),
    ]
}

pub(crate) fn two_namespaces() -> Store {
    let mut store = Store::new();
    let watching = [("shop", Purpose::Shown), ("data", Purpose::Shown), ("kube-system", Purpose::Support)];
    store.apply(Time(0), watching.map(|(name, purpose)| Delta::Watching(name.into(), purpose)));
    store
}

#[test]
fn knowledge_of_one_namespace_says_nothing_of_another() {
    let mut store = two_namespaces();
    let known = |store: &Store, namespace: &str| store.known(Kind::Pod, &namespace.into());
    assert_eq!(known(&store, "shop"), Known::Loading(0));
    store.apply(Time(1), [Delta::HealthIn(Kind::Pod, "shop".into(), Health::Live)]);
    assert_eq!(known(&store, "shop"), Known::Known);
    assert_eq!(known(&store, "data"), Known::Loading(0));
    assert_eq!(known(&store, "web"), Known::NotWatched { kind: Kind::Pod, namespace: "web".into() });
    assert!(!store.complete(Kind::Pod) && store.arriving(Kind::Pod));
    let forbidden = Health::Forbidden { verb: Verb::List, namespace: Some("kube-system".into()) };
    let last = [("data", Health::Live), ("kube-system", forbidden)];
    store.apply(Time(2), last.map(|(name, health)| Delta::HealthIn(Kind::Pod, name.into(), health)));
    assert!(store.complete(Kind::Pod), "what only explains does not count");
    assert!(!store.complete_in(Kind::Pod, &"kube-system".into()));
}

#[test]
fn a_config_map_is_known_by_itself_and_its_list_is_it_alone() {
    let map = |name: &str, uid: &str| ConfigMap { meta: meta("kube-system", name, uid, &[]), ..ConfigMap::default() };
    let (dns, proxy) = (ConfigName::Coredns, ConfigName::KubeProxy);
    let mut store = Store::new();
    assert_eq!(store.known_all(Kind::Config(dns)), Known::NotAsked(Kind::Config(dns)));
    let lists = [(dns, vec![map("coredns", "u1")]), (proxy, vec![])];
    let lists = lists.map(|(name, objects)| Delta::Config(name, Step::Listed(objects)));
    store.apply(Time(1), lists);
    store.apply(Time(2), [dns, proxy].map(|name| Delta::Health(Kind::Config(name), Health::Live)));
    assert!(store.config(dns).is_some() && store.config(proxy).is_none());
    // A server that sends others too, a late deletion, a list without it.
    store.apply(Time(3), [Delta::Config(proxy, Step::Applied(map("coredns", "u2")))]);
    store.apply(Time(4), [Delta::Config(dns, Step::Deleted(Key::new("kube-system", "coredns"), "u0".into()))]);
    assert_eq!(store.config(dns).map(|map| map.meta.uid.clone()), Some("u1".into()));
    let mut fresh = Store::new();
    fresh.apply(Time(0), store.snapshot());
    assert_eq!((fresh.config(dns), fresh.known_all(Kind::Config(proxy))), (store.config(dns), Known::Known));
    let changes = store.apply(Time(5), [Delta::Config(dns, Step::Listed(Vec::new()))]);
    assert_eq!((changes.len(), store.config(dns)), (1, None));
}

#[test]
fn policies_select_pods_of_their_namespace_by_the_whole_selector() {
    let policy = |namespace: &str, name: &str, app: &str| NetworkPolicy {
        meta: meta(namespace, name, name, &[]),
        pods: LabelSelector { pairs: [("app", app)].into_iter().collect(), expressions: Vec::new() },
        ingress: Some(0),
        egress: None,
    };
    let mut store = Store::new();
    let policies = vec![policy("shop", "a", "web"), policy("data", "b", "web"), policy("shop", "c", "db")];
    store.apply(Time(0), [Delta::NetworkPolicy(Step::Listed(policies))]);
    let web = pod("p", "u1", "web", 1);
    let names: Vec<&str> = store.policies_selecting(&web).map(|policy| policy.meta.key.name.as_str()).collect();
    assert_eq!(names, ["a"]);
}

#[test]
fn a_list_of_one_namespace_leaves_the_others_alone() {
    let mut store = two_namespaces();
    for namespace in ["shop", "data", "kube-system"] {
        let listed = Delta::Pod(Step::Listed(vec![pod("p", "u1", "web", 1), pod("q", "u2", "web", 2)]));
        store.apply(Time(1), [moved(listed, &namespace.into())]);
    }
    assert_eq!((store.count(Kind::Pod), store.pods().count()), (4, 6));
    let changes = store.apply(Time(2), [Delta::Pod(Step::ListedIn("shop".into(), Vec::new()))]);
    assert_eq!(changes.iter().filter(|change| matches!(change.edit, Edit::Pod(_))).count(), 2);
    assert!(store.pod(&Key::new("data", "p")).is_some());
}

#[test]
fn a_reference_into_a_namespace_that_is_not_watched_is_not_called_stale() {
    let away = |uid| {
        let mut endpoint = endpoint(1, Some(("p", uid)), true, false);
        endpoint.target.as_mut().unwrap().namespace = "web".into();
        vec![slice("mine", "web", false, vec![endpoint])]
    };
    let mut store = two_namespaces();
    let mut deltas = vec![Delta::Service(Step::ListedIn("shop".into(), web()))];
    deltas.push(Delta::Slice(Step::ListedIn("shop".into(), away("u1"))));
    let kinds = [Kind::Service, Kind::Slice, Kind::Pod];
    deltas.extend(kinds.map(|kind| Delta::HealthIn(kind, "shop".into(), Health::Live)));
    store.apply(Time(1), deltas);
    assert_eq!(words(&store), [Some(Word::Custom)]);
}

pub(crate) fn keys() -> impl Iterator<Item = Key> {
    ["web", "db", "ghost"].into_iter().map(|name| Key::new("shop", name))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn any_history_in_several_namespaces_gives_the_store_that_its_snapshot_gives(
        batches in prop::collection::vec(prop::collection::vec(any_namespaced_delta(), 1..6), 1..10),
    ) {
        let mut store = two_namespaces();
        store.settle();
        for (at, batch) in batches.into_iter().enumerate() {
            store.apply(Time(1 + at as i64 * 1000), batch);
            let mut fresh = Store::new();
            fresh.apply(Time(0), store.snapshot());
            prop_assert_eq!(&store.index, &fresh.index);
            for kind in Kind::ALL {
                prop_assert_eq!(store.health(kind), fresh.health(kind));
                prop_assert_eq!(store.count(kind), fresh.count(kind));
            }
            for namespace in ["shop", "data", "kube-system", "web"].map(Text::from) {
                for kind in Kind::ALL {
                    prop_assert_eq!(store.known(kind, &namespace), fresh.known(kind, &namespace));
                }
                for key in keys().map(|key| Key { namespace: namespace.clone(), ..key }) {
                    prop_assert_eq!(store.rows(&key), fresh.rows(&key));
                    prop_assert_eq!(store.summary(&key), fresh.summary(&key));
                }
            }
        }
    }

    #[test]
    fn any_history_gives_the_store_that_its_objects_give(
        before in prop::collection::vec(any_delta(), 0..8),
        batches in prop::collection::vec(prop::collection::vec(any_delta(), 1..5), 1..10),
    ) {
        let mut store = Store::new();
        store.apply(Time(0), before);
        store.apply(Time(1), live());
        // From here on what is kept must follow.
        store.settle();
        for (at, batch) in batches.into_iter().enumerate() {
            let rows_before: BTreeMap<Key, _> = keys().map(|key| (key.clone(), store.rows(&key))).collect();
            let changes = store.apply(Time(2 + at as i64), batch);
            let fresh = from_scratch(&store);
            prop_assert_eq!(&store.index, &fresh.index);
            for last in 200..203 {
                let claims = |service: &&std::sync::Arc<Service>| {
                    service.external_ips.contains(&ip(last))
                        || service.cluster_ip == ClusterIp::Ips(vec![ip(last)])
                        || service.load_balancer.iter().any(|ingress| ingress.ip == Some(ip(last)))
                };
                let found: Vec<_> = store.services_at(ip(last)).collect();
                prop_assert_eq!(found, store.services().filter(claims).collect::<Vec<_>>());
            }
            let ovn: Vec<_> = store.agent_pods(Agent::OvnKubernetes).collect();
            let labelled = |pod: &&std::sync::Arc<Pod>| pod.meta.labels.get("app").is_some_and(|app| *app == "ovnkube-node");
            prop_assert_eq!(ovn, store.pods().filter(labelled).collect::<Vec<_>>());
            for port in [Port(30_001), Port(30_002)] {
                let found: Vec<_> = store.services_on_node_port(port).collect();
                let claims = |service: &&std::sync::Arc<Service>| service.ports[0].node_port == Some(port);
                prop_assert_eq!(found, store.services().filter(claims).collect::<Vec<_>>());
            }
            for key in keys() {
                prop_assert_eq!(store.rows(&key), fresh.rows(&key));
                prop_assert_eq!(store.summary(&key), fresh.summary(&key));
                prop_assert_eq!(store.near_misses(&key), fresh.near_misses(&key));
                // Folding the row edits backwards gives the rows as they were.
                let mut rows: BTreeMap<_, _> = store.rows(&key).into_iter().map(|row| (row.id.clone(), row)).collect();
                for change in changes.iter().rev() {
                    if let Edit::Row(edit) = &change.edit && edit.service == key {
                        if let Some(new) = &edit.new {
                            rows.remove(&new.id);
                        }
                        if let Some(old) = &edit.old {
                            rows.insert(old.id.clone(), old.clone());
                        }
                    }
                }
                let was: BTreeMap<_, _> = rows_before[&key].iter().map(|row| (row.id.clone(), row.clone())).collect();
                prop_assert_eq!(rows, was);
            }
        }
    }
}
