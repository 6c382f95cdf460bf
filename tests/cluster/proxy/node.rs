//! A node for kube-proxy: a network namespace that lives as long as the processes in it, so nothing is left of it.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::ruleset::Rules;
use crate::harness::Cluster;
use crate::harness::options::program;
use crate::harness::process::Process;
use crate::worlds::addresses;

/// Inside the namespace: the node's addresses, and the API server at the address it has outside, through a unix socket,
/// which is the one thing that crosses namespaces. `$1` socket, `$2` port, `$3` and `$4` addresses, `$5` pid file.
const INSIDE: &str = r#"set -e
ip link set lo up
ip link add eth0 type bridge
ip address add "$3/24" dev eth0
ip address add "$4/64" dev eth0 nodad
ip link set eth0 up
sysctl -qw net.ipv4.ip_forward=1
echo $$ >"$5.new"; mv "$5.new" "$5"
exec socat "TCP-LISTEN:$2,bind=127.0.0.1,fork,reuseaddr" "UNIX-CONNECT:$1""#;

/// What the machine must have, and the Debian package that gives it.
const TOOLS: [(&str, &str); 6] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("conntrack", "conntrack"),
    ("socat", "socat"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
];

/// Where the machine cannot do this: why.
pub(super) fn impossible() -> Option<String> {
    for (tool, package) in TOOLS {
        if find(tool).is_none() {
            return Some(format!("{tool} is not installed (package {package})"));
        }
    }
    let made = Command::new("unshare").args(["--net", "nft", "list", "ruleset"]).output();
    match made {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("needs root: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Some(format!("unshare: {error}")),
    }
}

fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|file| file.exists())
}

/// The way from a namespace to the API server: a unix socket.
pub(super) struct Door {
    process: Process,
    socket: PathBuf,
    port: u16,
}

impl Door {
    pub(super) fn open(cluster: &Cluster) -> Self {
        let socket = cluster.kubeconfig().with_file_name("api.sock");
        let arguments =
            [format!("UNIX-LISTEN:{},fork,mode=600", socket.display()), format!("TCP:127.0.0.1:{}", cluster.port())];
        let process = cluster.beside("door", &find("socat").expect("looked for before"), &arguments);
        Self { process, socket, port: cluster.port() }
    }
}

/// A namespace with a kube-proxy in it.
pub(super) struct Node {
    pub(super) name: &'static str,
    /// `config.conf` of its kube-proxy.
    pub(super) config: String,
    proxy: Process,
    inside: Process,
    pid: String,
}

impl Node {
    /// Makes the namespace and starts kube-proxy in it for the node of that name.
    pub(super) async fn start(cluster: &Cluster, door: &mut Door, name: &'static str) -> Self {
        let kubeconfig = cluster.kubeconfig();
        let file = kubeconfig.with_file_name(format!("{name}.pid"));
        let [four, six] = addresses(name);
        let arguments = ["--net", "sh", "-c", INSIDE, "sh"].map(str::to_owned).into_iter();
        let own = [door.socket.display().to_string(), door.port.to_string(), four, six, file.display().to_string()];
        let arguments: Vec<String> = arguments.chain(own).collect();
        let mut inside =
            cluster.beside(&format!("{name}-inside"), &find("unshare").expect("looked for before"), &arguments);
        let end = tokio::time::Instant::now() + Duration::from_secs(20);
        while !file.exists() {
            inside.check();
            door.process.check();
            assert!(tokio::time::Instant::now() < end, "the namespace of {name} is not there after 20 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let pid = std::fs::read_to_string(file).expect("just seen").trim().to_owned();
        let mut arguments = vec![format!("--net=/proc/{pid}/ns/net"), program("kube-proxy").display().to_string()];
        let config = config(name, &kubeconfig.display().to_string());
        let file = kubeconfig.with_file_name(format!("{name}.yaml"));
        std::fs::write(&file, &config).expect("a file can be written");
        arguments.extend(["--config".to_owned(), file.display().to_string()]);
        let proxy =
            cluster.beside(&format!("{name}-kube-proxy"), &find("nsenter").expect("looked for before"), &arguments);
        Self { name, config, proxy, inside, pid }
    }

    /// The rules, once they hold every one of these cluster IPs: kube-proxy writes a family's rules at once.
    pub(super) async fn synced(&mut self, known: &[IpAddr]) -> Rules {
        let end = tokio::time::Instant::now() + Duration::from_secs(60);
        loop {
            let rules = Rules::read(&self.rules());
            if known.iter().all(|ip| rules.knows(*ip)) {
                return rules;
            }
            assert!(
                tokio::time::Instant::now() < end,
                "kube-proxy of {} has not written {known:?} after a minute",
                self.name
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The rules in the kernel, as nft says them.
    fn rules(&mut self) -> Value {
        self.inside.check();
        self.proxy.check();
        let namespace = format!("--net=/proc/{}/ns/net", self.pid);
        let output =
            Command::new("nsenter").args([&namespace, "nft", "-j", "list", "ruleset"]).output().expect("nsenter");
        assert!(output.status.success(), "nft: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("nft prints JSON")
    }
}

/// The configuration of a node's kube-proxy, as its ConfigMap would have it.
fn config(name: &str, kubeconfig: &str) -> String {
    // `maxPerCore` is one value for the whole machine: not ours to set.
    let rest = if name == "n1" {
        "detectLocalMode: NodeCIDR\nnodePortAddresses: [10.250.0.0/24]"
    } else {
        "nodePortAddresses: [primary]"
    };
    format!(
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
hostnameOverride: {name}
clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
{rest}
conntrack: {{maxPerCore: 0}}
nftables: {{minSyncPeriod: 10ms}}
clientConnection: {{kubeconfig: {kubeconfig:?}, qps: 200, burst: 400}}
"
    )
}
