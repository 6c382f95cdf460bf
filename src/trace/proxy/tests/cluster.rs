//! Questions over the whole cluster: zones, proxies, balancers, collisions.

use super::world::*;
use crate::model::{
    ClusterIp, Container, ContainerKind, Endpoint, Family, Key, Kind, Node, Phase, Pod, Port, Protocol, Service,
    ServiceKind, ServicePort, ServiceRare, TargetPort, Text, Time,
};
use crate::store::Store;
use crate::store::tests::delta::{Delta, Health, Step};
use crate::trace::proxy::*;

#[test]
fn every_zone_sees_its_shares_and_what_is_wrong_with_them() {
    let mut store = store(vec![web()], vec![]);
    let pod = |name: &str, on: &str| Pod { meta: labelled("shop", name, &[]), node: Some(on.into()), ..Pod::default() };
    let mut nodes: Vec<Node> = store.nodes().map(|node| (**node).clone()).collect();
    nodes.push(node("n4", Some("a"), &[]));
    let mut pods: Vec<Pod> = (0..12).map(|at| pod(&format!("a{at}"), if at % 2 == 0 { "n1" } else { "n4" })).collect();
    pods.push(pod("b", "n2"));
    pods.push(Pod { phase: Phase::Failed, ..pod("ended", "n2") });
    store.apply(Time(1), [Delta::Node(Step::Listed(nodes)), Delta::Pod(Step::Listed(pods))]);
    let zones = zones(&store).unwrap();
    let config = ProxyConfig::default();
    let service = web();
    let name = Text::from("http");
    let matrix = |list: Vec<Endpoint>| {
        let slices = [slice("web-1", list)];
        let backends = backends(slices.iter(), (&name, &Protocol::Tcp), Family::V4, None, &config);
        let matrix = zone_matrix(&zones, &backends, (&service, &service.ports[0]), Family::V4, &config);
        let rows = matrix.rows.into_iter().map(|row| (row.clients, row.nodes, row.shares, row.marks));
        (rows.collect::<Vec<_>>(), matrix.load)
    };
    let zoned = |last, zone: &str| hinted(endpoint(last, "n1", "ready"), &[zone], &[]);
    let (rows, load) = matrix(vec![zoned(1, "a"), zoned(2, "b"), zoned(3, "b"), zoned(4, "b")]);
    let third = 1.0 / 3.0;
    assert_eq!(rows[0], (0, 1, vec![0.25; 4], vec![]));
    let (clients, nodes, shares, marks) = &rows[1];
    assert_eq!((*clients, *nodes, shares.as_slice()), (12, 2, &[1.0, 0.0, 0.0, 0.0][..]));
    assert!(
        matches!(marks[..], [Imbalance::Overloaded(times), Imbalance::OnlyOne] if (times - 48.0 / 13.0).abs() < 1e-9)
    );
    assert_eq!(rows[2], (1, 1, vec![0.0, third, third, third], vec![]));
    assert_eq!(load[0], 12.0);
    let (rows, _) = matrix(vec![zoned(1, "a"), zoned(2, "a"), zoned(3, "b")]);
    assert!(rows.iter().all(|row| row.3.is_empty()), "two for two nodes, one for one");
    let (rows, _) = matrix(vec![endpoint(1, "n1", "ready"), endpoint(2, "n2", "ready")]);
    assert!(rows.iter().all(|row| row.2 == [0.5, 0.5] && row.3.is_empty()));
    let own = |last, on: &str| hinted(endpoint(last, on, "ready"), &["a"], &[on]);
    let (rows, _) = matrix(vec![own(1, "n1"), own(2, "n9")]);
    assert_eq!(rows[1].2, [0.75, 0.25], "n1 keeps to its own, n4 to the zone");
    store.apply(Time(2), [Delta::Health(Kind::Node, Health::Waiting)]);
    assert!(matches!(crate::trace::proxy::zones(&store), Err(Missing::Nodes)));
}

#[test]
fn a_proxy_is_known_by_its_pods() {
    let pod = |name: &str, label: (&str, &str), on: &str, image: &str| Pod {
        meta: labelled("kube-system", name, &[label]),
        node: Some(on.into()),
        containers: vec![Container {
            name: "c".into(),
            kind: ContainerKind::Main,
            image: image.into(),
            ports: vec![],
            readiness_probe: false,
        }]
        .into(),
        ..Pod::default()
    };
    let look = |pods: Vec<Pod>| {
        let mut store = store(vec![], vec![]);
        store.apply(Time(1), [Delta::Pod(Step::Listed(pods))]);
        store
    };
    let proxy = |name, on, image| pod(name, ("k8s-app", "kube-proxy"), on, image);
    let cilium = pod("cilium-1", ("k8s-app", "cilium"), "n1", "cilium:v1.18.0");
    assert_eq!(service_proxy(&look(vec![])), ServiceProxy::NotSeen);
    assert_eq!(service_proxy(&look(vec![cilium.clone()])), ServiceProxy::Other(Key::new("kube-system", "cilium-1")));
    let both = look(vec![cilium, proxy("p1", "n1", "r/kube-proxy:v1.36.3"), proxy("p2", "n2", "r/kube-proxy:v1.37.2")]);
    assert_eq!(service_proxy(&both), ServiceProxy::KubeProxy);
    let release = |node: Option<&str>| kube_proxy_release(&both, node.map(Text::from).as_ref()).map(|r| r.to_string());
    assert_eq!(release(Some("n2")).as_deref(), Some("1.37.2"));
    assert_eq!(release(Some("n3")), None);
    assert_eq!(release(None).as_deref(), Some("1.36.3"));
    assert_eq!(service_proxy(&Store::new()), ServiceProxy::Unknown);
}

#[test]
fn what_a_service_object_alone_tells() {
    assert_eq!(balancer(&web()), Balancer::Given);
    let mut service = web();
    service.load_balancer.clear();
    assert_eq!(balancer(&service), Balancer::Pending(None));
    service.rare = Some(Box::new(ServiceRare { class: Some("x/y".into()), ..ServiceRare::default() }));
    assert_eq!(balancer(&service), Balancer::Pending(Some("x/y".into())));
    service.kind = ServiceKind::NodePort;
    assert_eq!(balancer(&service), Balancer::NotAsked);
    for (mode, rules) in [("Auto", true), ("auto", true), ("Disabled", false), ("AUTO", false)] {
        assert_eq!(annotation_rules(&Service { topology_mode: Some(mode.into()), ..web() }), rules, "{mode}");
    }
    assert!(!annotation_rules(&web()));
    let port = &web().ports[0];
    assert_eq!(untranslated(&web(), port), None);
    let headless = Service { cluster_ip: ClusterIp::Headless, ..web() };
    assert_eq!(untranslated(&headless, port), Some(&TargetPort::Number(Port(8080))));
    let same = ServicePort { target: TargetPort::Number(Port(80)), ..port.clone() };
    assert_eq!(untranslated(&headless, &same), None);
    let mut other = web();
    other.meta.key = Key::new("shop", "other");
    other.external_ips = vec![ip("192.168.0.2"), ip("10.96.0.1")];
    let found = collisions(&store(vec![web(), other.clone()], vec![]), &other);
    let expected = [
        (ip("192.168.0.2"), Collision::Node(Key::new("", "n2"))),
        (ip("10.96.0.1"), Collision::Service(Key::new("shop", "web"), Port(80))),
    ];
    assert_eq!(found, expected);
    let https = ServicePort { name: "https".into(), port: Port(443), ..port.clone() };
    other.ports.push(https);
    assert_eq!(collisions(&store(vec![web()], vec![]), &other), expected, "one port is enough");
    other.ports[0].protocol = Protocol::Udp;
    assert_eq!(collisions(&store(vec![web()], vec![]), &other).len(), 1, "another protocol does not collide");
}
