//! Records the bundled demo: the shop on a real control plane, as podpath itself hears it.
//!
//! `cargo run --example record_demo --features real-cluster [FILE]` writes `assets/demo.tape.gz`.

#[path = "harness/mod.rs"]
#[expect(dead_code, reason = "tests use more of the harness than a recording does")]
mod harness;
#[path = "shop/mod.rs"]
mod shop;

use std::path::PathBuf;
use std::time::Duration;

use harness::{Cluster, Options};

#[tokio::main]
async fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let file = std::env::args().nth(1).map_or_else(|| root.join("assets/demo.tape.gz"), PathBuf::from);
    // The recorder is the program itself, built beside this example.
    let program = std::env::current_exe().expect("we run").with_file_name("../podpath");
    assert!(program.exists(), "{} is not built: cargo build", program.display());
    // A recording writes over nothing.
    if file.exists() {
        std::fs::remove_file(&file).expect("the old recording can be removed");
    }

    let cluster = Cluster::start(Options::default()).await;
    shop::open(&cluster).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let length = format!("{}s", shop::LENGTH as u64);
    let mut recorder = tokio::process::Command::new(program)
        .args(["record", "-n", "shop", "--for", &length, "--kubeconfig"])
        .arg(renamed(&cluster))
        .arg("-o")
        .arg(&file)
        .spawn()
        .expect("podpath can be run");
    shop::live(&cluster, 1.0).await;
    let status = recorder.wait().await.expect("podpath ends");
    assert!(status.success(), "podpath record: {status}");
    println!("recorded {}", file.display());
}

/// The admin's kubeconfig with a context name that says what is seen.
fn renamed(cluster: &Cluster) -> PathBuf {
    let text = std::fs::read_to_string(cluster.kubeconfig()).expect("our own kubeconfig");
    let mut config: serde_json::Value = serde_json::from_str(&text).expect("our own kubeconfig is JSON");
    config["current-context"] = "shop-demo".into();
    config["contexts"][0]["name"] = "shop-demo".into();
    let path = cluster.kubeconfig().with_file_name("kubeconfig-demo");
    std::fs::write(&path, config.to_string()).expect("a kubeconfig can be written");
    path
}
