//! A cluster that never rests: readiness lost and found, pods replaced, rollouts; ten changes a second.

use std::sync::Arc;

use podpath::delta::{Delta, Health, Step};
use podpath::model::{
    AddressType, Addresses, ClusterIp, Container, ContainerKind, ContainerPort, ContainerState, ContainerStatus,
    Endpoint, Family, Key, Kind, Labels, Meta, Node, NodeReady, Owner, Phase, Pod, Port, Protocol, Selector, Service,
    ServicePort, Slice, SlicePort, TargetPort, TargetRef, Text, Time, Uid,
};
use podpath::store::Store;

/// Pods to a Service.
const REPLICAS: usize = 10;

/// The store, and what will happen to it.
pub(crate) struct Cluster {
    pub(crate) store: Store,
    pub(crate) now: Time,
    /// The pods of each Service.
    services: Vec<Vec<Pod>>,
    made: u64,
    turn: usize,
    containers: Arc<[Container]>,
    /// The labels and the owner of each Service's newest pods, shared as a source shares them.
    labels: Vec<(u64, Labels, Arc<Owner>)>,
}

fn namespace(service: usize) -> Text {
    Text::from(format!("team-{:02}", service % 20))
}

fn name(service: usize) -> String {
    format!("web-{service:05}")
}

impl Cluster {
    pub(crate) fn new(pods: usize) -> Self {
        let port = ContainerPort { name: Some("http".into()), port: Port(8080), protocol: Protocol::Tcp };
        let container = Container {
            name: "app".into(),
            kind: ContainerKind::Main,
            image: "registry.example/web:1.4.2".into(),
            ports: vec![port],
            readiness_probe: true,
        };
        let mut cluster = Self {
            store: Store::new(),
            now: Time(1_764_000_000_000),
            services: Vec::new(),
            made: 0,
            turn: 0,
            containers: vec![container].into(),
            labels: (0..pods / REPLICAS).map(|service| labels(service, 1)).collect(),
        };
        for service in 0..pods / REPLICAS {
            let pods = (0..REPLICAS).map(|_| cluster.pod(service, 1)).collect();
            cluster.services.push(pods);
        }
        let services = (0..cluster.services.len()).map(service).collect();
        let slices = (0..cluster.services.len()).map(|service| cluster.slice(service)).collect();
        let nodes = (0..100).map(|number| Node {
            meta: Meta { key: Key::new("", format!("node-{number:03}")), ..Meta::default() },
            ready: NodeReady::Ready,
            ..Node::default()
        });
        let mut deltas = vec![
            Delta::Service(Step::Listed(services)),
            Delta::Slice(Step::Listed(slices)),
            Delta::Pod(Step::Listed(cluster.services.iter().flatten().cloned().collect())),
            Delta::Node(Step::Listed(nodes.collect())),
            Delta::Namespace(Step::Listed(Vec::new())),
        ];
        deltas.extend(Kind::ALL.into_iter().map(|kind| Delta::Health(kind, Health::Live)));
        let now = cluster.now;
        cluster.store.apply(now, deltas);
        cluster
    }

    pub(crate) fn service(&self, number: usize) -> Key {
        Key { namespace: namespace(number), name: name(number).into() }
    }

    fn pod(&mut self, service: usize, revision: u64) -> Pod {
        if self.labels[service].0 != revision {
            self.labels[service] = labels(service, revision);
        }
        let (_, labels, owner) = self.labels[service].clone();
        self.made += 1;
        let made = self.made;
        let status = ContainerStatus {
            name: "app".into(),
            ready: true,
            restarts: 0,
            state: ContainerState::Running { since: Some(self.now) },
            last_exit: None,
        };
        Pod {
            meta: Meta {
                key: Key { namespace: namespace(service), name: format!("{}-{made:05x}", owner.name).into() },
                uid: Uid::Uuid(u128::from(made).to_be_bytes()),
                labels,
                created: Some(self.now),
                deleted: None,
                owner: Some(owner),
            },
            ips: Addresses::One([10, (made >> 14) as u8 & 63, (made >> 7) as u8 & 127, made as u8 & 127].into()),
            node: Some(format!("node-{:03}", made % 100).into()),
            phase: Phase::Running,
            ready: true,
            ready_since: Some(self.now),
            containers: Arc::clone(&self.containers),
            statuses: Box::new([status]),
            ..Pod::default()
        }
    }

    fn slice(&self, service: usize) -> Slice {
        let endpoint = |pod: &Pod| Endpoint {
            addresses: pod.ips.clone(),
            ready: Some(pod.ready),
            serving: Some(pod.ready),
            terminating: Some(false),
            node: pod.node.clone(),
            zone: Some("zone-1".into()),
            target: Some(Box::new(TargetRef {
                kind: "Pod".into(),
                namespace: pod.meta.key.namespace.clone(),
                name: pod.meta.key.name.clone(),
                uid: pod.meta.uid.clone(),
            })),
            ..Endpoint::default()
        };
        let name = name(service);
        let labels = [
            ("kubernetes.io/service-name", name.as_str()),
            ("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"),
        ];
        Slice {
            meta: Meta {
                key: Key { namespace: namespace(service), name: format!("{name}-x7k2p").into() },
                uid: Uid::Uuid((service as u128).to_be_bytes()),
                labels: labels.into_iter().collect(),
                ..Meta::default()
            },
            address_type: AddressType::Ipv4,
            endpoints: self.services[service].iter().map(endpoint).collect(),
            ports: vec![SlicePort {
                name: Some("http".into()),
                port: Some(Port(8080)),
                protocol: Protocol::Tcp,
                app_protocol: None,
            }],
            triggered: Some(self.now),
        }
    }

    /// What happens next: two or three changes, a tenth of a second apart on average.
    pub(crate) fn next(&mut self) -> (Time, Vec<Delta>) {
        self.turn += 1;
        let turn = self.turn;
        let service = turn * 37 % self.services.len();
        let at = turn * 7 % REPLICAS;
        let put = |pod: &Pod| Delta::Pod(Step::Applied(pod.clone()));
        let mut deltas = Vec::new();
        if turn.is_multiple_of(4) {
            // A rollout of one Service, pod by pod, over its turns.
            let revision = 2 + (turn / self.services.len() / REPLICAS) as u64;
            let new = self.pod(service, revision);
            let old = std::mem::replace(&mut self.services[service][at], new);
            deltas.push(put(&self.services[service][at]));
            deltas.push(Delta::Pod(Step::Deleted(old.meta.key, old.meta.uid)));
        } else {
            let now = self.now;
            let pod = &mut self.services[service][at];
            pod.ready = !pod.ready;
            pod.ready_since = Some(now);
            pod.statuses[0].ready = pod.ready;
            deltas.push(put(pod));
        }
        deltas.push(Delta::Slice(Step::Applied(self.slice(service))));
        self.now = self.now.plus(100 * deltas.len() as i64);
        (self.now, deltas)
    }
}

fn labels(service: usize, revision: u64) -> (u64, Labels, Arc<Owner>) {
    let (name, hash) = (name(service), format!("{revision:08x}"));
    let owner = Owner { kind: "ReplicaSet".into(), name: format!("{name}-{hash}").into(), uid: hash.as_str().into() };
    let labels = [("app", name.as_str()), ("pod-template-hash", hash.as_str())];
    (revision, labels.into_iter().collect(), Arc::new(owner))
}

fn service(number: usize) -> Service {
    let name = name(number);
    Service {
        meta: Meta { key: Key { namespace: namespace(number), name: name.as_str().into() }, ..Meta::default() },
        selector: Selector([("app", name.as_str())].into_iter().collect()),
        cluster_ip: ClusterIp::Ips(vec![[10, 96, 0, 7].into()]),
        families: vec![Family::V4],
        ports: vec![ServicePort {
            name: "http".into(),
            port: Port(80),
            protocol: Protocol::Tcp,
            target: TargetPort::Name("http".into()),
            node_port: None,
            app_protocol: None,
        }],
        ..Service::default()
    }
}
