//! What a Pod's specification says about how its own processes resolve names.

use std::fmt;

use super::Text;

/// `spec.dnsPolicy`
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum DnsPolicy {
    /// `ClusterFirst`, which the API server writes where the field is absent (R1.1).
    #[default]
    ClusterFirst,
    /// `ClusterFirstWithHostNet`
    ClusterFirstWithHostNet,
    /// `Default`: the node's file. Not the default.
    Default,
    /// `None`: only what `dnsConfig` says.
    None,
    /// A word this program does not know; the kubelet takes it for `ClusterFirst`.
    Other(Text),
}

impl fmt::Display for DnsPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClusterFirst => "ClusterFirst",
            Self::ClusterFirstWithHostNet => "ClusterFirstWithHostNet",
            Self::Default => "Default",
            Self::None => "None",
            Self::Other(word) => word,
        })
    }
}

/// `spec.dnsConfig`. That it is there at all counts, even if it is empty: the kubelet then drops duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DnsConfig {
    /// `nameservers` as written.
    pub nameservers: Vec<Text>,
    /// `searches` as written, trailing dots included.
    pub searches: Vec<Text>,
    /// `options` in order.
    pub options: Vec<DnsOption>,
}

/// One of `spec.dnsConfig.options`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsOption {
    /// For example `ndots`.
    pub name: Text,
    /// For example `2`; `edns0` has none.
    pub value: Option<Text>,
}

/// One of `spec.hostAliases`: a line of the pod's /etc/hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAlias {
    /// The address as written.
    pub ip: Text,
    /// The names in order.
    pub hostnames: Vec<Text>,
}
