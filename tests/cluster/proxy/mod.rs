//! What the real kube-proxy programs on a node is what is predicted, for random worlds.
//!
//! `PODPATH_WORLDS=12 cargo test --features real-cluster --test cluster kube_proxy -- --nocapture` is the long form;
//! `PODPATH_SEED=…` replays one world. Where the machine has no network namespaces for us the test fails and says so in
//! one line; `--skip kube_proxy` leaves it out.

mod compare;
mod node;
mod packets;
mod ruleset;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

use podpath::model::{Cidr, ClusterIp, Key};
use podpath::store::Store;
use podpath::trace::proxy::ProxyConfig;
use serde_json::Value;

use self::compare::Known;
use self::node::Node;
use crate::harness::namespace::{Door, impossible};
use crate::harness::{Api, Cluster, Options};
use crate::observer::listed;
use crate::worlds::{World, put, seeds, versions};

/// A mismatch is explained for so many.
const SHOWN: usize = 8;

/// A world that moves is read so often.
const TRIES: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn kube_proxy_programs_what_is_predicted() {
    if let Some(why) = impossible() {
        panic!("kube-proxy: NOT RUN: {why}");
    }
    let (mut packets, mut mismatches) = (0, Vec::new());
    for seed in seeds() {
        println!("kube-proxy: world of PODPATH_SEED={seed}");
        let started = Instant::now();
        let cluster = Cluster::start(Options::still()).await;
        put(cluster.api(), &World::of(seed)).await;
        let read = predicted(&cluster, seed, started).await;
        packets += read.packets;
        mismatches.extend(read.mismatches);
    }
    println!("kube-proxy: {packets} packets, {} mismatches", mismatches.len());
    assert!(mismatches.is_empty(), "{}", mismatches[..mismatches.len().min(SHOWN)].join("\n"));
}

/// What came of the packets to a world.
#[derive(Default)]
struct Read {
    packets: usize,
    mismatches: Vec<String>,
}

/// Sends each packet to each node's rules and to the prediction. It counts only if nothing moved meanwhile; controllers may
/// come late, so it is read again, by proxies that start anew.
async fn predicted(cluster: &Cluster, seed: u64, started: Instant) -> Read {
    for _ in 0..TRIES {
        let before = versions(cluster.api()).await;
        let read = predicted_once(cluster, seed, started).await;
        if versions(cluster.api()).await == before {
            return read;
        }
        println!("kube-proxy: PODPATH_SEED={seed}: the cluster moved while it was read");
    }
    panic!("PODPATH_SEED={seed}: the cluster moved each time it was read");
}

async fn predicted_once(cluster: &Cluster, seed: u64, started: Instant) -> Read {
    let store = listed(cluster.api()).await;
    println!("kube-proxy: {} Services, {:?}", store.services().count(), started.elapsed());
    let mut door = Door::open(cluster);
    let mut nodes = Vec::new();
    for name in ["n0", "n1", "n2"] {
        nodes.push(Node::start(cluster, &mut door, name).await);
    }
    let last = last(&store, seed);
    let pods = pod_ranges(cluster.api()).await;
    let mut read = Read::default();
    for node in &mut nodes {
        let rules = node.synced(&last).await;
        let config = ProxyConfig::parse(&node.config).expect("our own configuration");
        let known = Known { store: &store, node: node.name.into(), config, ranges: rules.ranges() };
        let tried = packets::all(&store, node.name, &pods);
        let mut fates = BTreeMap::<&str, usize>::new();
        for packet in &tried {
            let fate = rules.fate(packet);
            *fates.entry(fate.word()).or_default() += 1;
            if let Some(difference) = known.differs(packet, &fate) {
                read.mismatches.push(format!("PODPATH_SEED={seed}, node {}: {difference}", node.name));
            }
        }
        read.packets += tried.len();
        println!("kube-proxy: {}: {} packets, {fates:?}, {:?}", node.name, tried.len(), started.elapsed());
    }
    read
}

/// The cluster IPs of the Service that was made last.
fn last(store: &Store, seed: u64) -> Vec<IpAddr> {
    let key = Key::new("sentinel", format!("last-changed-{seed}-s").as_str());
    match &store.service(&key).expect("the last Service").cluster_ip {
        ClusterIp::Ips(ips) => ips.clone(),
        ClusterIp::Headless | ClusterIp::Absent => panic!("{key} has no cluster IP"),
    }
}

/// The ranges of each node's pods.
async fn pod_ranges(api: &Api) -> Vec<(String, Vec<Cidr>)> {
    let read = |node: &Value| {
        let ranges = node["spec"]["podCIDRs"].as_array().into_iter().flatten();
        let ranges = ranges.filter_map(|range| Cidr::parse(range.as_str()?)).collect();
        (node["metadata"]["name"].as_str().unwrap_or_default().to_owned(), ranges)
    };
    api.list("/api/v1/nodes").await.iter().map(read).collect()
}
