//! Starting and stopping a cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::options::{build, program, version};
use super::process::Process;
use super::{Api, Options, User, ports, users};

/// Of pods and slices that are written, the objects too.
const AUDIT: &str = r#"apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: RequestResponse
  verbs: [create, update, patch, delete]
  resources: [{group: "", resources: [pods, pods/*]}, {group: discovery.k8s.io, resources: [endpointslices]}]
- level: Metadata
"#;

/// One pod is started at a time: two at once on a new node may be given the same address, each from a pool of its own.
/// The rest are kwok's own values, which it forgets where there is such a file.
const KWOK: &str = "apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options:
  podPlayStageParallelism: 1
  nodePlayStageParallelism: 4
  nodeLeaseParallelism: 4
  podsOnNodeSyncParallelism: 1
  enablePodsOnNodeSyncListPager: true
";

/// A running control plane.
pub(crate) struct Cluster {
    /// Declared before `dir`: processes end before their folder goes.
    kwok: Option<Process>,
    scheduler: Option<Process>,
    controllers: Option<Process>,
    apiserver: Option<Process>,
    etcd: Option<Process>,
    options: Options,
    port: u16,
    api: Api,
    dir: TempDir,
}

impl Cluster {
    /// Starts one and waits until it is ready.
    pub(crate) async fn start(options: Options) -> Self {
        build();
        let dir = tempfile::Builder::new().prefix("podpath-cluster-").tempdir().expect("a temporary folder");
        let port = ports::free(8);
        let at = dir.path();
        prepare(at, port);
        let etcd = etcd(at, port);
        let mut apiserver = apiserver(at, port, &options);
        let api = connect(at).await;
        wait_ready(&api, &mut apiserver).await;
        let mut cluster = Self {
            kwok: None,
            scheduler: None,
            controllers: None,
            apiserver: Some(apiserver),
            etcd: Some(etcd),
            options,
            port,
            api,
            dir,
        };
        for object in users::objects() {
            cluster.api.apply(&object).await;
        }
        cluster.start_controllers();
        cluster
    }

    /// The admin's client.
    pub(crate) fn api(&self) -> &Api {
        &self.api
    }

    /// A kubeconfig with a context for each user; the current one is the admin's.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.dir.path().join("kubeconfig")
    }

    /// A kubeconfig whose only context is this user's.
    pub(crate) fn kubeconfig_of(&self, user: User) -> PathBuf {
        let path = self.dir.path().join(format!("kubeconfig-{}", user.name()));
        fs::write(&path, kubeconfig(self.dir.path(), self.port, &[user])).expect("a kubeconfig can be written");
        path
    }

    /// The API server's port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Starts a program in the cluster's folder; it ends when it is dropped, or with us.
    pub(crate) fn beside(&self, name: &str, program: &Path, arguments: &[String]) -> Process {
        Process::start(self.dir.path(), name, program, arguments)
    }

    /// What clients asked: one JSON event a line.
    pub(crate) fn audit_log(&self) -> String {
        fs::read_to_string(self.dir.path().join("audit.log")).unwrap_or_default()
    }

    /// Controllers, scheduler and kubelets work.
    pub(crate) fn start_controllers(&mut self) {
        let at = self.dir.path();
        let common = |extra: &[&str]| -> Vec<String> {
            let base = ["--kubeconfig", "kubeconfig", "--bind-address", "127.0.0.1", "--leader-elect=false"];
            let speed = ["--kube-api-qps", "2000", "--kube-api-burst", "4000"];
            base.iter().chain(&speed).chain(extra).map(|text| (*text).to_owned()).collect()
        };
        let (controllers, scheduler) = ((self.port + 3).to_string(), (self.port + 4).to_string());
        let mut arguments = common(&[
            "--secure-port",
            &controllers,
            "--service-account-private-key-file",
            "sa.key",
            "--cluster-cidr",
            "10.244.0.0/16",
            "--allocate-node-cidrs",
            "--node-monitor-grace-period",
            "1h",
            "--concurrent-service-endpoint-syncs",
            "10",
            "--concurrent-deployment-syncs",
            "10",
        ]);
        arguments.extend(self.options.controllers.iter().cloned());
        self.controllers = Some(Process::start(at, "controllers", &program("kube-controller-manager"), &arguments));
        let arguments = common(&["--secure-port", &scheduler]);
        self.scheduler = Some(Process::start(at, "scheduler", &program("kube-scheduler"), &arguments));
        if !self.options.without_kwok {
            let stages = program("kwok-stages.yaml").display().to_string();
            fs::write(at.join("kwok.yaml"), KWOK).expect("kwok's configuration can be written");
            let listen = format!("127.0.0.1:{}", self.port + 5);
            let arguments = [
                "--kubeconfig",
                "kubeconfig",
                "--config",
                &stages,
                "--config",
                "kwok.yaml",
                "--manage-all-nodes=false",
                "--manage-nodes-with-annotation-selector",
                "kwok.x-k8s.io/node=fake",
                "--node-lease-duration-seconds",
                "40",
                "--cidr",
                "10.244.0.0/16",
                "--node-ip",
                "192.168.49.2",
                "--server-address",
                &listen,
            ];
            let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
            self.kwok = Some(Process::start(at, "kwok", &program("kwok"), &arguments));
        }
    }

    /// Nobody writes slices any more: what changes now lags.
    pub(crate) fn stop_controllers(&mut self) {
        self.kwok = None;
        self.scheduler = None;
        self.controllers = None;
    }

    /// Stops the API server; clients lose their streams.
    pub(crate) fn stop_apiserver(&mut self) {
        self.apiserver = None;
    }

    /// Starts it again on the same port and waits until it is ready.
    pub(crate) async fn start_apiserver(&mut self) {
        let mut apiserver = apiserver(self.dir.path(), self.port, &self.options);
        wait_ready(&self.api, &mut apiserver).await;
        self.apiserver = Some(apiserver);
    }

    /// A node in a zone, which kwok keeps ready.
    pub(crate) async fn node(&self, name: &str, zone: &str) {
        let room = json!({"cpu": "64", "memory": "512Gi", "pods": "500"});
        let labels =
            json!({"topology.kubernetes.io/zone": zone, "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"});
        self.api
            .apply(&json!({
                "apiVersion": "v1", "kind": "Node",
                "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
                "status": {"capacity": room, "allocatable": room},
            }))
            .await;
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop_controllers();
        // The API server ends before etcd, else it waits for the dead etcd for minutes.
        self.apiserver = None;
        self.etcd = None;
    }
}

fn openssl(at: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(at).output().expect("openssl can be run");
    assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn prepare(at: &Path, port: u16) {
    openssl(at, &["genrsa", "-out", "sa.key", "2048"]);
    openssl(at, &["rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub"]);
    let write = |name: &str, text: &str| fs::write(at.join(name), text).expect("a file can be written");
    write("tokens.csv", &users::tokens());
    write("audit.yaml", AUDIT);
    write("kubeconfig", &kubeconfig(at, port, &User::ALL));
}

fn kubeconfig(at: &Path, port: u16, users: &[User]) -> String {
    let authority = at.join("certs/apiserver.crt");
    let server = format!("https://127.0.0.1:{port}");
    let contexts: Vec<_> = users
        .iter()
        .map(|user| json!({"name": user.name(), "context": {"cluster": "test", "user": user.name()}}))
        .collect();
    let tokens: Vec<_> =
        users.iter().map(|user| json!({"name": user.name(), "user": {"token": user.token()}})).collect();
    // JSON is YAML.
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": users[0].name(), "contexts": contexts, "users": tokens,
        "clusters": [{"name": "test", "cluster": {"server": server, "certificate-authority": authority}}],
    })
    .to_string()
}

fn etcd(at: &Path, port: u16) -> Process {
    let (client, peer) = (format!("http://127.0.0.1:{}", port + 1), format!("http://127.0.0.1:{}", port + 2));
    let arguments = [
        "--data-dir",
        "etcd-data",
        "--unsafe-no-fsync",
        "--log-level",
        "error",
        "--listen-client-urls",
        &client,
        "--advertise-client-urls",
        &client,
        "--listen-peer-urls",
        &peer,
        "--initial-advertise-peer-urls",
        &peer,
        "--initial-cluster",
        &format!("default={peer}"),
    ];
    let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
    Process::start(at, "etcd", &program("etcd"), &arguments)
}

fn apiserver(at: &Path, port: u16, options: &Options) -> Process {
    let (etcd, port) = (format!("http://127.0.0.1:{}", port + 1), port.to_string());
    let arguments = [
        "--etcd-servers",
        &etcd,
        "--bind-address",
        "127.0.0.1",
        "--secure-port",
        &port,
        "--cert-dir",
        "certs",
        // A loopback address is refused as an endpoint.
        "--advertise-address",
        "10.0.0.10",
        "--endpoint-reconciler-type",
        "none",
        "--token-auth-file",
        "tokens.csv",
        "--authorization-mode",
        "Node,RBAC",
        "--anonymous-auth=false",
        "--service-account-issuer",
        "https://podpath.test",
        "--service-account-key-file",
        "sa.pub",
        "--service-account-signing-key-file",
        "sa.key",
        "--allow-privileged",
        "--service-cluster-ip-range",
        "10.96.0.0/16,fd00:10:96::/112",
        "--audit-policy-file",
        "audit.yaml",
        "--audit-log-path",
        "audit.log",
        "--audit-log-maxsize",
        "2000",
    ];
    let arguments = arguments.iter().map(|text| (*text).to_owned()).chain(options.apiserver.iter().cloned());
    Process::start(at, "apiserver", &program("kube-apiserver"), &arguments.collect::<Vec<_>>())
}

/// The admin's client, once the server has made its certificate.
async fn connect(at: &Path) -> Api {
    let end = Instant::now() + Duration::from_secs(60);
    while !at.join("certs/apiserver.crt").exists() {
        assert!(Instant::now() < end, "the API server of Kubernetes {} made no certificate", version());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let config = kube::config::Kubeconfig::read_from(at.join("kubeconfig")).expect("our own kubeconfig");
    let options = kube::config::KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(config, &options).await.expect("our own kubeconfig");
    Api::new(kube::Client::try_from(config).expect("a client"))
}

async fn wait_ready(api: &Api, apiserver: &mut Process) {
    let end = Instant::now() + Duration::from_secs(90);
    while !api.is_ready().await {
        apiserver.check();
        assert!(Instant::now() < end, "the API server of Kubernetes {} is not ready after 90 s", version());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
