//! The few ConfigMaps that tell how the cluster resolves and routes.

use super::{Meta, Text};

/// A ConfigMap of `kube-system` that we read, by its name in kubeadm's clusters (semantics §9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigName {
    /// CoreDNS' Corefile.
    Coredns,
    /// kube-proxy's configuration.
    KubeProxy,
    /// The kubelets' configuration.
    KubeletConfig,
    /// How kubeadm set the cluster up.
    KubeadmConfig,
    /// The Corefile of the caches on the nodes.
    NodeLocalDns,
}

impl ConfigName {
    /// Each of them.
    pub const ALL: [Self; 5] =
        [Self::Coredns, Self::KubeProxy, Self::KubeletConfig, Self::KubeadmConfig, Self::NodeLocalDns];

    /// Where they stand.
    pub const NAMESPACE: &'static str = "kube-system";

    /// The object's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coredns => "coredns",
            Self::KubeProxy => "kube-proxy",
            Self::KubeletConfig => "kubelet-config",
            Self::KubeadmConfig => "kubeadm-config",
            Self::NodeLocalDns => "node-local-dns",
        }
    }

    /// Which of them a name means.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// The key under which its text stands.
    pub fn key(self) -> &'static str {
        match self {
            Self::Coredns | Self::NodeLocalDns => "Corefile",
            Self::KubeProxy => "config.conf",
            Self::KubeletConfig => "kubelet",
            Self::KubeadmConfig => "ClusterConfiguration",
        }
    }

    /// Its place in [`ConfigName::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// core/v1 ConfigMap, of which one text is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigMap {
    /// Name, identity, labels.
    pub meta: Meta,
    /// The text.
    pub text: ConfigText,
}

/// The text of a ConfigMap that we read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConfigText {
    /// The ConfigMap does not have the key.
    #[default]
    Absent,
    /// The text, whole.
    Text(Text),
    /// Longer than [`ConfigText::MOST`] bytes: not read, so nothing is known of what it says.
    TooLong(usize),
}

impl ConfigText {
    /// Bytes of a text that is read.
    pub const MOST: usize = 256 * 1024;
}

impl ConfigMap {
    /// The text, where there is one that was read.
    pub fn text(&self) -> Option<&Text> {
        match &self.text {
            ConfigText::Text(text) => Some(text),
            ConfigText::Absent | ConfigText::TooLong(_) => None,
        }
    }
}
