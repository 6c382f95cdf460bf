//! The floor: the same TLS and requests, nothing kept, nothing drawn.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use http::Request;
use http_body_util::BodyExt;
use kube::client::Body;

use super::terminal::{Cost, cost};

const PATHS: [&str; 5] = [
    "/api/v1/services",
    "/apis/discovery.k8s.io/v1/endpointslices",
    "/api/v1/pods",
    "/api/v1/nodes",
    "/api/v1/namespaces",
];
const QUERY: &str = "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
const END: &[u8] = b"k8s.io/initial-events-end";

/// Reads all five kinds to the end of their lists, says so, and waits to be killed.
pub fn run(kubeconfig: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let config = kube::config::Kubeconfig::read_from(kubeconfig).unwrap();
        let config =
            kube::Config::from_custom_kubeconfig(config, &kube::config::KubeConfigOptions::default()).await.unwrap();
        let client = kube::Client::try_from(config).unwrap();
        let streams: Vec<_> = PATHS.into_iter().map(|path| tokio::spawn(read(client.clone(), path))).collect();
        for stream in streams {
            stream.await.unwrap();
        }
        println!("synced");
        std::future::pending::<()>().await;
    });
}

async fn read(client: kube::Client, path: &str) {
    let request = Request::get(format!("{path}{QUERY}"))
        .header("accept-encoding", "identity")
        .header("accept", "application/vnd.kubernetes.protobuf;stream=watch, application/json")
        .body(Body::empty())
        .unwrap();
    let mut body = client.send(request).await.unwrap().into_body();
    let mut tail: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.unwrap().into_data() else { continue };
        // Only the end of a chunk can hold the end of the list.
        let from = data.len().saturating_sub(300);
        tail.extend_from_slice(&data[from..]);
        if tail.windows(END.len()).any(|part| part == END) {
            return;
        }
        let keep = tail.len().saturating_sub(300);
        tail.drain(..keep);
    }
}

/// Seconds until the floor has everything, and what that cost.
pub fn measure(kubeconfig: &Path) -> (f64, Cost) {
    let started = Instant::now();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--floor")
        .arg(kubeconfig)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let took = started.elapsed().as_secs_f64();
    assert_eq!(line.trim(), "synced");
    let spent = cost(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    (took, spent)
}
