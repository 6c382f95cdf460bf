//! What kind of cluster.

use std::path::PathBuf;

/// How a cluster is started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// More flags for kube-apiserver.
    pub apiserver: Vec<String>,
    /// More flags for kube-controller-manager.
    pub controllers: Vec<String>,
    /// Start no kwok: pods stay as their status is patched.
    pub without_kwok: bool,
}

impl Options {
    /// Nothing moves by itself: no kubelet, no pod is collected, pods need no ServiceAccount.
    pub(crate) fn still() -> Self {
        Self {
            apiserver: vec!["--disable-admission-plugins=ServiceAccount".to_owned()],
            controllers: [
                "--controllers=*,-pod-garbage-collector-controller",
                // Nodes get a range of pods in both families.
                "--cluster-cidr=10.244.0.0/16,fd00:10:244::/56",
                "--node-cidr-mask-size-ipv6=64",
            ]
            .map(str::to_owned)
            .to_vec(),
            without_kwok: true,
        }
    }
}

/// The Kubernetes version to test against: `$PODPATH_CLUSTER_VERSION`, else the newest.
pub(crate) fn version() -> String {
    std::env::var("PODPATH_CLUSTER_VERSION").unwrap_or_else(|_| "1.37".to_owned())
}

fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("PODPATH_CLUSTER_BIN").map_or_else(|| own.join("target/cluster-bin"), PathBuf::from)
}

/// A program of the version under test; those that serve every version lie with the newest.
pub(crate) fn program(name: &str) -> PathBuf {
    let versioned = matches!(name, "kube-apiserver" | "kube-controller-manager" | "kube-scheduler");
    root().join(if versioned { version() } else { "1.37".to_owned() }).join(name)
}

/// Builds what is missing, saying so; in one line why it cannot be.
pub(crate) fn build() {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/build");
    let status = std::process::Command::new("bash").arg(script).arg(version()).status().expect("bash can be run");
    assert!(status.success(), "the real control plane is not there: tests/cluster/build failed, it says why above");
}
