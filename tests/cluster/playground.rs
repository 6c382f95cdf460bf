//! Keeps a real control plane up with the shop alive in it, until interrupted.
//!
//! `cargo run --example playground --features real-cluster`

#[path = "harness/mod.rs"]
#[expect(dead_code, reason = "tests use more of the harness than the playground does")]
mod harness;
#[path = "shop/mod.rs"]
mod shop;

use harness::{Cluster, Options};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() {
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be listened to");
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
    println!("starting Kubernetes …");
    let live = async {
        let cluster = Cluster::start(Options::default()).await;
        shop::open(&cluster).await;
        println!(
            "\nexport KUBECONFIG={}\npodpath -n shop\n\nctrl-c ends it and leaves nothing",
            cluster.kubeconfig().display()
        );
        loop {
            shop::live(&cluster, 1.0).await;
            shop::open(&cluster).await;
        }
    };
    tokio::select! {
        () = live => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    println!("ending …");
}
