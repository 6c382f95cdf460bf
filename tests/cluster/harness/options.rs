//! What kind of cluster.

use std::path::PathBuf;

/// How a cluster is started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// More flags for kube-apiserver.
    pub apiserver: Vec<String>,
    /// Start no kwok: pods stay as their status is patched.
    pub without_kwok: bool,
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
