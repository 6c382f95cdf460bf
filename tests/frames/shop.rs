//! A small shop as a cluster would report it, and the states of the program that a user brings about in it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use podpath::app::{Key, Message, Playback, Scope, Session, State, update};
use podpath::delta::{Cause, Delta, Fault, Health, Step, Verb};
use podpath::model::{
    AddressType, Addresses, ClusterIp, Condition, Container, ContainerKind, ContainerPort, ContainerState,
    ContainerStatus, Endpoint, Family, Kind, Labels, MANAGED_BY_LABEL, Meta, Node, NodeReady, Owner, Phase, Pod, Port,
    Protocol, SERVICE_NAME_LABEL, Selector, Service, ServiceKind, ServicePort, Slice, SlicePort, TargetPort, TargetRef,
    Time, Truth, Uid,
};
use podpath::view::{self, Scene};

/// When the stories below take place: 14:03:22 on an ordinary Tuesday.
pub(crate) const NOW: Time = Time(1_794_924_202_000);
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A terminal's columns and rows.
pub(crate) type Size = (u16, u16);

/// Every state on a screen of this size, with its name.
pub(crate) fn all(size: Size) -> Vec<(&'static str, Scene)> {
    let scene = |keys: &str| {
        let mut state = live(size);
        press(&mut state, keys);
        view::scene(&state)
    };
    vec![
        ("shop", scene("")),
        ("shop_service", scene("jl")),
        ("shop_port", scene("jllj")),
        ("shop_why", scene(WHY)),
        ("shop_filter", scene("/10.244.1")),
        ("shop_command", scene(":ns sh")),
        ("shop_help", scene("?")),
        ("shop_replay", replay(size)),
        ("shop_loading", loading(size)),
        ("shop_lost", lost(size)),
        ("shop_nothing", view::scene(&state(size))),
    ]
}

/// Opens checkout and goes to the endpoint that is not ready.
const WHY: &str = "jlj";

pub(crate) fn state(size: Size) -> State {
    let session = Session {
        context: "kind-shop".to_owned(),
        cluster: "kind-shop".to_owned(),
        user: "admin".to_owned(),
        version: Some("v1.37.2".to_owned()),
        scope: Scope::one("shop"),
        ..Session::default()
    };
    State::new(session, size, NOW.plus(-20_000))
}

fn live(size: Size) -> State {
    let mut state = state(size);
    update(&mut state, Message::Deltas(NOW.plus(-20_000), lists()));
    update(&mut state, Message::Deltas(NOW.plus(-1_000), events()));
    update(&mut state, Message::Clock(NOW));
    state
}

fn press(state: &mut State, keys: &str) {
    for key in keys.chars() {
        update(state, Message::Key(Key::from(key)));
    }
}

fn replay(size: Size) -> Scene {
    let mut state = live(size);
    let (at, length) = (Duration::from_secs(42), Duration::from_secs(130));
    let playback = Playback {
        at,
        length,
        speed: 4,
        paused: false,
        looped: true,
        cut: None,
        began: Time(0),
        density: Arc::from([]),
    };
    update(&mut state, Message::Playback(playback));
    press(&mut state, WHY);
    view::scene(&state)
}

fn loading(size: Size) -> Scene {
    let mut state = state(size);
    let deltas = vec![
        Delta::Health(Kind::Service, Health::Loading { seen: 0 }),
        Delta::Health(Kind::Pod, Health::Loading { seen: 4_200 }),
        Delta::Health(Kind::Node, Health::Live),
    ];
    update(&mut state, Message::Deltas(NOW, deltas));
    view::scene(&state)
}

fn lost(size: Size) -> Scene {
    let mut state = live(size);
    let stale = Health::Stale {
        since: NOW.plus(-12_000),
        fault: Fault { phase: podpath::delta::Phase::Watch, cause: Cause::Closed },
        retry_at: NOW.plus(3_000),
    };
    let deltas = vec![
        Delta::Health(Kind::Pod, stale),
        Delta::Health(Kind::Node, Health::Forbidden { verb: Verb::List, namespace: None }),
    ];
    update(&mut state, Message::Deltas(NOW, deltas));
    press(&mut state, WHY);
    view::scene(&state)
}

pub(crate) fn lists() -> Vec<Delta> {
    let mut deltas = vec![
        Delta::Service(Step::Listed(services())),
        Delta::Pod(Step::Listed(pods())),
        Delta::Slice(Step::Listed(slices())),
        Delta::Node(Step::Listed(vec![node("n1", "a"), node("n2", "b"), node("n3", "c")])),
        Delta::Namespace(Step::Listed(Vec::new())),
    ];
    deltas.extend(Kind::CORE.map(|kind| Delta::Health(kind, Health::Live)));
    deltas
}

/// What happened a second ago: one pod of checkout failed its probe, one came, one went.
fn events() -> Vec<Delta> {
    let mut sick = pod("checkout-6c-p1", "checkout", "10.244.3.4", "n3");
    sick.ready = false;
    sick.conditions = Box::new([Condition {
        kind: "Ready".into(),
        status: Truth::False,
        reason: "ContainersNotReady".into(),
        message: "containers with unready status: [app]".into(),
        since: Some(NOW.plus(-1_000)),
    }]);
    sick.statuses = Box::new([status(false, 4)]);
    vec![
        Delta::Pod(Step::Applied(sick)),
        Delta::Pod(Step::Applied(pod("checkout-6c-k9", "checkout", "10.244.2.9", "n2"))),
        Delta::Slice(Step::Applied(checkout(&[
            ("checkout-6c-x2", "10.244.1.12", "n1", "a", true),
            ("checkout-6c-p1", "10.244.3.4", "n3", "c", false),
            ("checkout-6c-k9", "10.244.2.9", "n2", "b", true),
        ]))),
        Delta::Pod(Step::Deleted(podpath::model::Key::new("shop", "checkout-59-aa"), Uid::from("pod-checkout-59-aa"))),
    ]
}

fn services() -> Vec<Service> {
    let legacy = Service {
        meta: meta("legacy", &[], 40 * DAY),
        kind: ServiceKind::ExternalName,
        external_name: Some("db.corp.example".into()),
        ..Service::default()
    };
    let db =
        Service { cluster_ip: ClusterIp::Headless, ..service("db", "10.96.0.9", "pg", 5432, number(5432), 12 * DAY) };
    let metrics =
        Service { selector: Selector::default(), ..service("metrics", "10.96.3.3", "", 9100, number(9100), DAY) };
    vec![
        service("cart", "10.96.12.4", "http", 80, number(8080), 2 * DAY),
        service("checkout", "10.96.40.1", "http", 80, TargetPort::Name("http".into()), 5 * DAY),
        service("payments", "10.96.7.7", "http", 80, number(8080), 5 * HOUR),
        db,
        legacy,
        metrics,
    ]
}

fn pods() -> Vec<Pod> {
    let mut no_port = pod("checkout-59-zz", "checkout", "10.244.1.8", "n1");
    no_port.containers = [Container { ports: Vec::new(), ..container() }].into();
    let mut payment = pod("payment-7d-q4", "payments", "10.244.2.30", "n2");
    payment.meta.labels = [("app", "payment")].into_iter().collect();
    vec![
        pod("cart-5f-aa", "cart", "10.244.1.20", "n1"),
        pod("cart-5f-bb", "cart", "10.244.2.21", "n2"),
        pod("cart-5f-cc", "cart", "10.244.3.22", "n3"),
        pod("checkout-6c-x2", "checkout", "10.244.1.12", "n1"),
        pod("checkout-6c-p1", "checkout", "10.244.3.4", "n3"),
        pod("checkout-59-aa", "checkout", "10.244.2.3", "n2"),
        pod("db-0", "db", "10.244.1.40", "n1"),
        pod("db-1", "db", "10.244.2.41", "n2"),
        no_port,
        payment,
    ]
}

fn slices() -> Vec<Slice> {
    vec![
        slice(
            "cart",
            "cart-abcde",
            "http",
            8080,
            &[
                ("cart-5f-aa", "10.244.1.20", "n1", "a", true),
                ("cart-5f-bb", "10.244.2.21", "n2", "b", true),
                ("cart-5f-cc", "10.244.3.22", "n3", "c", true),
            ],
        ),
        checkout(&[
            ("checkout-6c-x2", "10.244.1.12", "n1", "a", true),
            ("checkout-6c-p1", "10.244.3.4", "n3", "c", true),
            ("checkout-59-aa", "10.244.2.3", "n2", "b", true),
        ]),
        without_port(),
        slice(
            "db",
            "db-fghij",
            "pg",
            5432,
            &[("db-0", "10.244.1.40", "n1", "a", true), ("db-1", "10.244.2.41", "n2", "b", true)],
        ),
        slice("payments", "payments-klmno", "http", 8080, &[]),
        custom(),
    ]
}

pub(crate) fn checkout(endpoints: &[(&str, &str, &str, &str, bool)]) -> Slice {
    slice("checkout", "checkout-x7k2p", "http", 8080, endpoints)
}

/// Where the controller puts pods that lack the named port: a slice without ports.
fn without_port() -> Slice {
    let lacking = [("checkout-59-zz", "10.244.1.8", "n1", "a", true)];
    Slice { ports: Vec::new(), ..slice("checkout", "checkout-q8m4d", "http", 8080, &lacking) }
}

/// A slice that somebody wrote by hand, for addresses outside the cluster.
fn custom() -> Slice {
    let mut slice = slice("metrics", "metrics-by-hand", "", 9100, &[]);
    slice.meta.labels = [(SERVICE_NAME_LABEL, "metrics"), (MANAGED_BY_LABEL, "ops.example.com")].into_iter().collect();
    slice.endpoints = ["192.0.2.10", "192.0.2.11"]
        .map(|ip| Endpoint { addresses: Addresses::One(address(ip)), ready: Some(true), ..Endpoint::default() })
        .into();
    slice
}

fn service(name: &str, ip: &str, port_name: &str, port: u16, target: TargetPort, age: i64) -> Service {
    let port = ServicePort {
        name: port_name.into(),
        port: Port(port),
        protocol: Protocol::Tcp,
        target,
        node_port: None,
        app_protocol: None,
    };
    Service {
        meta: meta(name, &[], age),
        selector: Selector([("app", name)].into_iter().collect()),
        cluster_ip: ClusterIp::Ips(vec![address(ip)]),
        families: vec![Family::V4],
        ports: vec![port],
        ..Service::default()
    }
}

pub(crate) fn slice(
    service: &str,
    name: &str,
    port_name: &str,
    port: u16,
    endpoints: &[(&str, &str, &str, &str, bool)],
) -> Slice {
    let labels = [(SERVICE_NAME_LABEL, service), (MANAGED_BY_LABEL, "endpointslice-controller.k8s.io")];
    let endpoint = |(pod, ip, node, zone, ready): &(&str, &str, &str, &str, bool)| Endpoint {
        addresses: Addresses::One(address(ip)),
        ready: Some(*ready),
        serving: Some(*ready),
        terminating: Some(false),
        node: Some((*node).into()),
        zone: Some((*zone).into()),
        target: Some(Box::new(TargetRef {
            kind: "Pod".into(),
            namespace: "shop".into(),
            name: (*pod).into(),
            uid: Uid::from(format!("pod-{pod}").as_str()),
        })),
        ..Endpoint::default()
    };
    Slice {
        meta: Meta { uid: Uid::from(format!("slice-{name}").as_str()), ..meta(name, &labels, 5 * DAY) },
        address_type: AddressType::Ipv4,
        endpoints: endpoints.iter().map(endpoint).collect(),
        ports: vec![SlicePort {
            name: Some(port_name.into()),
            port: Some(Port(port)),
            protocol: Protocol::Tcp,
            app_protocol: None,
        }],
        triggered: None,
    }
}

pub(crate) fn pod(name: &str, app: &str, ip: &str, node: &str) -> Pod {
    let set = name.rsplit_once('-').map_or(name, |(set, _)| set);
    Pod {
        meta: Meta {
            uid: Uid::from(format!("pod-{name}").as_str()),
            owner: Some(std::sync::Arc::new(Owner {
                kind: "ReplicaSet".into(),
                name: set.into(),
                uid: Uid::from(set),
            })),
            ..meta(name, &[("app", app)], 41 * MINUTE)
        },
        ips: Addresses::One(address(ip)),
        node: Some(node.into()),
        phase: Phase::Running,
        ready: true,
        ready_since: Some(NOW.plus(-40 * MINUTE)),
        containers: [container()].into(),
        statuses: Box::new([status(true, 0)]),
        conditions: Box::new([]),
        ..Pod::default()
    }
}

fn container() -> Container {
    let port = ContainerPort { name: Some("http".into()), port: Port(8080), protocol: Protocol::Tcp };
    Container {
        name: "app".into(),
        kind: ContainerKind::Main,
        image: "shop/app:1.4".into(),
        ports: vec![port],
        readiness_probe: true,
    }
}

fn status(ready: bool, restarts: u32) -> ContainerStatus {
    let state = ContainerState::Running { since: Some(NOW.plus(-40 * MINUTE)) };
    ContainerStatus { name: "app".into(), ready, restarts, state, last_exit: None }
}

fn node(name: &str, zone: &str) -> Node {
    Node {
        meta: Meta { key: podpath::model::Key::new("", name), ..meta(name, &[], 90 * DAY) },
        zone: Some(zone.into()),
        ready: NodeReady::Ready,
        ..Node::default()
    }
}

fn meta(name: &str, labels: &[(&str, &str)], age: i64) -> Meta {
    Meta {
        key: podpath::model::Key::new("shop", name),
        uid: Uid::from(format!("uid-{name}").as_str()),
        labels: labels.iter().copied().collect::<Labels>(),
        created: Some(NOW.plus(-age)),
        ..Meta::default()
    }
}

fn number(port: u16) -> TargetPort {
    TargetPort::Number(Port(port))
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}
