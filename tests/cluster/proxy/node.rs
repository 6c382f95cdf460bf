//! A node for kube-proxy, and the rules that it writes there.

use std::net::IpAddr;
use std::time::Duration;

use super::ruleset::Rules;
use crate::harness::Cluster;
use crate::harness::namespace::{Door, Namespace};
use crate::harness::options::program;
use crate::harness::process::Process;
use crate::worlds::addresses;

/// A namespace with a kube-proxy in it.
pub(super) struct Node {
    pub(super) name: &'static str,
    /// `config.conf` of its kube-proxy.
    pub(super) config: String,
    proxy: Process,
    namespace: Namespace,
}

impl Node {
    /// Makes the namespace and starts kube-proxy in it for the node of that name.
    pub(super) async fn start(cluster: &Cluster, door: &mut Door, name: &'static str) -> Self {
        let namespace = Namespace::open(cluster, door, name, addresses(name)).await;
        let kubeconfig = cluster.kubeconfig();
        let config = config(name, &kubeconfig.display().to_string());
        let file = kubeconfig.with_file_name(format!("{name}.yaml"));
        std::fs::write(&file, &config).expect("a file can be written");
        let arguments = ["--config".to_owned(), file.display().to_string()];
        let proxy = namespace.start(cluster, "kube-proxy", program("kube-proxy"), &arguments);
        Self { name, config, proxy, namespace }
    }

    /// The rules, once they hold every one of these cluster IPs: kube-proxy writes a family's rules at once.
    pub(super) async fn synced(&mut self, known: &[IpAddr]) -> Rules {
        let end = tokio::time::Instant::now() + Duration::from_secs(60);
        loop {
            self.proxy.check();
            let listed = self.namespace.run(&["nft", "-j", "list", "ruleset"]);
            let rules = Rules::read(&serde_json::from_slice(&listed).expect("nft prints JSON"));
            if known.iter().all(|ip| rules.knows(*ip)) {
                return rules;
            }
            assert!(
                tokio::time::Instant::now() < end,
                "kube-proxy of {} has not written {known:?} after a minute:\n{}",
                self.name,
                self.proxy.log()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
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
