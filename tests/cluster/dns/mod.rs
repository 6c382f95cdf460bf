//! What the real CoreDNS answers is what is predicted, for random worlds and every kind of Corefile.
//!
//! `PODPATH_WORLDS=12 cargo test --features real-cluster --test cluster coredns -- --nocapture` is the long form;
//! `PODPATH_SEED=…` replays one world. To add a Corefile: its text in `corefiles`.

mod ask;
mod compare;
mod corefiles;
mod names;
mod server;
mod upstream;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use podpath::model::Key;
use podpath::trace::dns::Name;
use serde_json::json;

use self::ask::{Question, ask};
use self::compare::Known;
use self::corefiles::Corefile;
use self::server::{CoreDns, Place, Upstreams};
use crate::harness::namespace::{Door, Namespace, impossible};
use crate::harness::{Cluster, Options};
use crate::observer::listed;
use crate::worlds::{Dice, World, addresses, put, seeds, versions};

/// A mismatch is explained for so many.
const SHOWN: usize = 8;
/// Times that a cluster may move while it is asked.
const TRIES: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn coredns_answers_what_is_predicted() {
    let mut tally = Tally::new("coredns");
    for seed in seeds() {
        let cluster = Cluster::start(Options::still()).await;
        put(cluster.api(), &World::of(seed)).await;
        // Loopback addresses do not count as the server's own.
        tally.ask(&cluster, seed, &Place::Loopback, &corefiles::ALL, None).await;
    }
    tally.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn coredns_as_a_pod_answers_what_is_predicted() {
    if let Some(why) = impossible() {
        panic!("coredns as a pod: NOT RUN: {why}");
    }
    let mut tally = Tally::new("coredns as a pod");
    for seed in seeds() {
        let cluster = Cluster::start(Options::still()).await;
        let mut world = World::of(seed);
        let own = add_server(&mut world);
        put(cluster.api(), &world).await;
        let mut door = Door::open(&cluster);
        let namespace = Namespace::open(&cluster, &mut door, "n0", addresses("n0")).await;
        let address = addresses("n0")[0].parse().expect("an address");
        tally.ask(&cluster, seed, &Place::Node(&namespace, address), &corefiles::POD, Some(&own)).await;
    }
    tally.close();
}

/// A pod in the network of node n0 for the server, and its Services; which pod it is.
fn add_server(world: &mut World) -> Key {
    let metadata = |name: &str| json!({"name": name, "namespace": "kube-system", "labels": {"k8s-app": "kube-dns", "tier": "front"}});
    let containers = json!([{"name": "coredns", "image": "coredns", "ports": [{"name": "dns", "containerPort": 53, "protocol": "UDP"}]}]);
    world.objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata("coredns"),
        "spec": {"nodeName": "n0", "hostNetwork": true, "tolerations": [{"operator": "Exists"}], "containers": containers}}));
    let [ip, second] = addresses("n0");
    world.statuses.push((
        "/api/v1/namespaces/kube-system/pods/coredns".to_owned(),
        json!({"phase": "Running",
        "podIP": ip, "podIPs": [{"ip": ip}, {"ip": second}], "conditions": [{"type": "Ready", "status": "True"}]}),
    ));
    for (name, cluster_ip) in [("kube-dns", None), ("kube-dns-headless", Some("None"))] {
        world.objects.push(json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata(name),
            "spec": {"clusterIP": cluster_ip, "ipFamilyPolicy": "PreferDualStack", "selector": {"k8s-app": "kube-dns"},
                     "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}]}}));
    }
    Key::new("kube-system", "coredns")
}

/// What came of all questions.
struct Tally {
    what: &'static str,
    answers: usize,
    mismatches: Vec<String>,
}

impl Tally {
    fn new(what: &'static str) -> Self {
        Self { what, answers: 0, mismatches: Vec::new() }
    }

    /// Asks a server of each Corefile all there is to ask of a cluster. `own` is the pod that the server runs as. Answers
    /// count only if nothing moved meanwhile; collectors of garbage may come late, so it is asked again.
    async fn ask(
        &mut self,
        cluster: &Cluster,
        seed: u64,
        place: &Place<'_>,
        corefiles: &[Corefile],
        own: Option<&Key>,
    ) {
        for _ in 0..TRIES {
            let before = versions(cluster.api()).await;
            let mut tally = Self::new(self.what);
            tally.ask_once(cluster, seed, place, corefiles, own).await;
            if versions(cluster.api()).await == before {
                self.answers += tally.answers;
                self.mismatches.append(&mut tally.mismatches);
                return;
            }
            println!("{}: PODPATH_SEED={seed}: the cluster moved while it was asked", self.what);
        }
        panic!("PODPATH_SEED={seed}: the cluster moved each time it was asked");
    }

    async fn ask_once(
        &mut self,
        cluster: &Cluster,
        seed: u64,
        place: &Place<'_>,
        corefiles: &[Corefile],
        own: Option<&Key>,
    ) {
        let store = listed(cluster.api()).await;
        println!("{}: PODPATH_SEED={seed}, {} Services", self.what, store.services().count());
        let own = own.map(|key| (**store.pod(key).expect("the server's pod")).clone()).unwrap_or_default();
        let (upstreams, dice, started) = (Upstreams::start().await, &mut Dice::new(seed), Instant::now());
        let start =
            |(number, corefile): (usize, &Corefile)| CoreDns::start(cluster, place, &upstreams, number, corefile.text);
        let mut servers: Vec<CoreDns> = (0..).zip(corefiles).map(start).collect();
        let mut asking = Vec::new();
        for server in &mut servers {
            server.ready().await;
            let zones = server.config.kubernetes().flat_map(|plugin| &plugin.zones).map(Name::as_str);
            let zones: Vec<&str> = zones.filter(|zone| !zone.ends_with(".arpa.")).collect();
            let questions: Arc<[Question]> = names::questions(&store, &zones, dice).into();
            let replies = tokio::spawn(ask(server.address, server.link.clone(), Arc::clone(&questions)));
            asking.push((questions, replies));
        }
        for ((server, corefile), (questions, replies)) in servers.iter().zip(corefiles).zip(asking) {
            let replies = replies.await.expect("asking does not panic");
            self.answers += replies.len();
            let known = Known { store: &store, config: &server.config, own: &own, upstreams: &upstreams };
            let mut statuses = BTreeMap::<&str, usize>::new();
            for (question, reply) in questions.iter().zip(&replies) {
                *statuses.entry(&reply.status).or_default() += 1;
                if let Some(difference) = known.differs(question, reply) {
                    self.mismatches.push(format!("PODPATH_SEED={seed}, Corefile {:?}: {difference}", corefile.name));
                }
            }
            let took = started.elapsed().as_secs_f32();
            println!("{}: {:?}: {} answers {statuses:?}, {took:.1} s", self.what, corefile.name, replies.len());
        }
    }

    fn close(self) {
        println!("{}: {} answers, {} mismatches", self.what, self.answers, self.mismatches.len());
        let shown = &self.mismatches[..self.mismatches.len().min(SHOWN)];
        assert!(self.mismatches.is_empty(), "{}", shown.join("\n"));
    }
}
