//! kube-proxy's configuration, as far as it decides where packets go (R4.3, R4.9, R4.17).
//!
//! No Service and no packet here. To add a setting: a field, its line in `Raw`, its row in the tests.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;
use thiserror::Error;

use super::Release;
use crate::model::{Cidr, Family, Text};

/// `mode`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The default on Linux where `mode` is empty, 1.37 included.
    #[default]
    Iptables,
    /// `nftables`
    Nftables,
    /// Deprecated since 1.35.
    Ipvs,
    /// `kernelspace` of Windows, or a word this program does not know: its decisions are not modelled.
    Other(Text),
}

/// Where a configuration comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Read, and the mode was written in it.
    Read,
    /// Read, but `mode` was empty: iptables is assumed, as kube-proxy on Linux does.
    ModeUnset,
    /// Nobody has read one: the defaults are assumed.
    Assumed,
}

/// `detectLocalMode`: how a node tells the cluster's own pods from others (R4.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DetectLocal {
    /// Every source inside `clusterCIDR`, on whichever node.
    #[default]
    ClusterCidr,
    /// Sources inside the node's own pod range.
    NodeCidr,
    /// What comes in by one bridge: the node's own pods.
    BridgeInterface,
    /// What comes in by interfaces of one prefix: the node's own pods.
    InterfaceNamePrefix,
    /// A word this program does not know: nothing counts as local.
    Other(Text),
}

/// One of `nodePortAddresses`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodePortRange {
    /// A range of addresses.
    Cidr(Cidr),
    /// The Node object's first address of each family.
    Primary,
    /// 127.0.0.0/8 and ::1/128; from 1.37.
    Localhost,
    /// Every address; from 1.37.
    All,
}

/// What of kube-proxy's configuration decides about packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyConfig {
    /// Where it comes from.
    pub origin: Origin,
    /// `mode`
    pub mode: Mode,
    /// The version that runs with it; unknown counts as the newest (§0.2).
    pub release: Option<Release>,
    /// `clusterCIDR`, one range for each family.
    pub cluster_cidrs: Vec<Cidr>,
    /// `detectLocalMode`
    pub detect_local: DetectLocal,
    /// `nodePortAddresses`
    pub node_port_addresses: Vec<NodePortRange>,
    /// `masqueradeAll` of the mode's own section.
    pub masquerade_all: bool,
    /// `iptables.localhostNodePorts`; on by default.
    pub localhost_node_ports: bool,
    /// Feature gate `KubeProxyNFTablesLocalhostNodePorts`, off by default.
    pub localhost_gate: bool,
    /// Feature gate `AllowServiceExternalIPs`, on by default; off counts from 1.36.
    pub external_ips_gate: bool,
    /// `ipvs.scheduler`; `rr` where it is empty.
    pub scheduler: Text,
}

/// A configuration that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// Not YAML, or a field of the wrong type.
    #[error("line {line}, column {column}: {message}")]
    Yaml {
        /// Counted from 1; 0 where the whole document is at fault.
        line: u64,
        /// Counted from 1; 0 where the whole document is at fault.
        column: u64,
        /// What the YAML library says.
        message: String,
    },
    /// Neither a range of addresses nor a known word.
    #[error("line {line}, column {column}: {text:?} is not a range of addresses")]
    Range {
        /// Counted from 1.
        line: u64,
        /// Counted from 1.
        column: u64,
        /// As written.
        text: String,
    },
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Raw {
    mode: Option<String>,
    #[serde(rename = "clusterCIDR")]
    cluster_cidr: Option<Spanned<String>>,
    detect_local_mode: Option<String>,
    node_port_addresses: Option<Vec<Spanned<String>>>,
    iptables: Option<RawMode>,
    nftables: Option<RawMode>,
    ipvs: Option<RawIpvs>,
    feature_gates: Option<BTreeMap<String, bool>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawMode {
    masquerade_all: Option<bool>,
    localhost_node_ports: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawIpvs {
    scheduler: Option<String>,
}

impl Default for ProxyConfig {
    /// What holds where nobody has read a configuration: iptables, with kube-proxy's own defaults.
    fn default() -> Self {
        Self {
            origin: Origin::Assumed,
            mode: Mode::Iptables,
            release: None,
            cluster_cidrs: Vec::new(),
            detect_local: DetectLocal::ClusterCidr,
            node_port_addresses: Vec::new(),
            masquerade_all: false,
            localhost_node_ports: true,
            localhost_gate: false,
            external_ips_gate: true,
            scheduler: "rr".into(),
        }
    }
}

impl ProxyConfig {
    /// Reads key `config.conf` of ConfigMap `kube-system/kube-proxy`. Fields that are not needed are passed over.
    pub fn parse(yaml: &str) -> Result<Self, ConfigError> {
        let raw: Option<Raw> = serde_saphyr::from_str(yaml).map_err(|error| {
            let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
            ConfigError::Yaml { line, column, message: error.without_snippet().to_string() }
        })?;
        let raw = raw.unwrap_or_default();
        let (mode, origin) = match raw.mode.as_deref().unwrap_or_default() {
            "" => (Mode::Iptables, Origin::ModeUnset),
            "iptables" => (Mode::Iptables, Origin::Read),
            "nftables" => (Mode::Nftables, Origin::Read),
            "ipvs" => (Mode::Ipvs, Origin::Read),
            other => (Mode::Other(other.into()), Origin::Read),
        };
        let iptables = raw.iptables.unwrap_or_default();
        let nftables = raw.nftables.unwrap_or_default();
        // ipvs has no such setting of its own and reads that of iptables.
        let masquerade_all = if mode == Mode::Nftables { nftables.masquerade_all } else { iptables.masquerade_all };
        let scheduler = raw.ipvs.and_then(|ipvs| ipvs.scheduler).filter(|scheduler| !scheduler.is_empty());
        let gates = raw.feature_gates.unwrap_or_default();
        Ok(Self {
            origin,
            mode,
            release: None,
            cluster_cidrs: cluster_cidrs(raw.cluster_cidr.as_ref())?,
            detect_local: match raw.detect_local_mode.as_deref().unwrap_or_default() {
                "" | "ClusterCIDR" => DetectLocal::ClusterCidr,
                "NodeCIDR" => DetectLocal::NodeCidr,
                "BridgeInterface" => DetectLocal::BridgeInterface,
                "InterfaceNamePrefix" => DetectLocal::InterfaceNamePrefix,
                other => DetectLocal::Other(other.into()),
            },
            node_port_addresses: raw
                .node_port_addresses
                .iter()
                .flatten()
                .map(node_port_range)
                .collect::<Result<_, _>>()?,
            masquerade_all: masquerade_all.unwrap_or_default(),
            localhost_node_ports: iptables.localhost_node_ports.unwrap_or(true),
            localhost_gate: gates.get("KubeProxyNFTablesLocalhostNodePorts") == Some(&true),
            external_ips_gate: gates.get("AllowServiceExternalIPs") != Some(&false),
            scheduler: scheduler.map_or_else(|| "rr".into(), Text::from),
        })
    }

    /// The same configuration, run by a kube-proxy of this version.
    pub fn with_release(self, release: Option<Release>) -> Self {
        Self { release, ..self }
    }

    /// Whether the kube-proxy that runs is at least 1.`minor`.`patch`; an unknown one is the newest.
    pub fn at_least(&self, minor: u16, patch: u16) -> bool {
        self.release.is_none_or(|release| release >= Release { minor, patch })
    }

    /// Whether `externalIPs` are served at all (R4.12).
    pub fn serves_external_ips(&self) -> bool {
        self.external_ips_gate || !self.at_least(36, 0)
    }

    /// The range of the pod network in one family.
    pub fn cluster_cidr(&self, family: Family) -> Option<Cidr> {
        self.cluster_cidrs.iter().copied().find(|range| range.family() == family)
    }

    /// Whether this kube-proxy refuses its `nodePortAddresses` and does not start: up to 1.36 the one word was
    /// `primary`, alone (R4.17).
    pub fn refuses_node_port_words(&self) -> bool {
        let list = &self.node_port_addresses;
        let newer = |range: &NodePortRange| matches!(range, NodePortRange::Localhost | NodePortRange::All);
        let mixed = list.contains(&NodePortRange::Primary) && list.len() > 1;
        !self.at_least(37, 0) && (mixed || list.iter().any(newer))
    }
}

fn range(text: &str, at: &Spanned<String>) -> Result<Cidr, ConfigError> {
    let error =
        || ConfigError::Range { line: at.referenced.line(), column: at.referenced.column(), text: text.to_owned() };
    Cidr::parse(text).ok_or_else(error)
}

fn cluster_cidrs(written: Option<&Spanned<String>>) -> Result<Vec<Cidr>, ConfigError> {
    let Some(written) = written.filter(|written| !written.value.is_empty()) else { return Ok(Vec::new()) };
    written.value.split(',').map(|text| range(text, written)).collect()
}

fn node_port_range(written: &Spanned<String>) -> Result<NodePortRange, ConfigError> {
    Ok(match written.value.as_str() {
        "primary" => NodePortRange::Primary,
        "localhost" => NodePortRange::Localhost,
        "all" => NodePortRange::All,
        text => NodePortRange::Cidr(range(text, written)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KUBEADM: &str = r#"apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection:
  acceptContentTypes: ""
  burst: 0
clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
configSyncPeriod: 0s
conntrack:
  maxPerCore: null
detectLocal:
  bridgeInterface: ""
  interfaceNamePrefix: ""
detectLocalMode: ""
iptables:
  localhostNodePorts: null
  masqueradeAll: false
  masqueradeBit: null
ipvs:
  excludeCIDRs: null
  scheduler: ""
kind: KubeProxyConfiguration
mode: ""
nodePortAddresses: null
"#;

    #[test]
    fn what_kubeadm_writes_is_iptables_by_default_and_both_ranges() {
        let config = ProxyConfig::parse(KUBEADM).unwrap();
        let expected = ProxyConfig {
            origin: Origin::ModeUnset,
            cluster_cidrs: ["10.244.0.0/16", "fd00:10:244::/56"].map(|text| Cidr::parse(text).unwrap()).into(),
            ..ProxyConfig::default()
        };
        assert_eq!(config, expected);
        assert_eq!(config.cluster_cidr(Family::V6).unwrap().to_string(), "fd00:10:244::/56");
    }

    #[test]
    fn nothing_written_is_the_default_with_the_mode_unset() {
        for yaml in ["", "{}", "# nothing\n", "---\n", "mode: null\n"] {
            let config = ProxyConfig::parse(yaml).unwrap();
            assert_eq!(config, ProxyConfig { origin: Origin::ModeUnset, ..ProxyConfig::default() }, "{yaml:?}");
        }
    }

    #[test]
    fn each_setting_is_read_from_its_own_section() {
        let config = ProxyConfig::parse(
            "mode: nftables\ndetectLocalMode: NodeCIDR\nnodePortAddresses: [primary, localhost, all, 10.0.0.1/24]\n\
             iptables: {masqueradeAll: false, localhostNodePorts: false}\nnftables: {masqueradeAll: true}\n\
             ipvs: {scheduler: lc}\nfeatureGates: {KubeProxyNFTablesLocalhostNodePorts: true}\n",
        );
        let expected = ProxyConfig {
            origin: Origin::Read,
            mode: Mode::Nftables,
            detect_local: DetectLocal::NodeCidr,
            node_port_addresses: vec![
                NodePortRange::Primary,
                NodePortRange::Localhost,
                NodePortRange::All,
                NodePortRange::Cidr(Cidr::parse("10.0.0.0/24").unwrap()),
            ],
            masquerade_all: true,
            localhost_node_ports: false,
            localhost_gate: true,
            scheduler: "lc".into(),
            ..ProxyConfig::default()
        };
        assert_eq!(config.unwrap(), expected);
        let ipvs =
            ProxyConfig::parse("mode: ipvs\niptables: {masqueradeAll: true}\nnftables: {masqueradeAll: false}\n");
        assert_eq!((ipvs.clone().unwrap().mode, ipvs.unwrap().masquerade_all), (Mode::Ipvs, true));
        let gate = ProxyConfig::parse("featureGates: {KubeProxyNFTablesLocalhostNodePorts: false}").unwrap();
        assert!(!gate.localhost_gate && gate.serves_external_ips());
        let gate = ProxyConfig::parse("featureGates: {AllowServiceExternalIPs: false}").unwrap();
        assert!(!gate.serves_external_ips());
        assert!(gate.with_release(Release::parse("1.35.9")).serves_external_ips());
        for (word, mode) in [
            ("ClusterCIDR", DetectLocal::ClusterCidr),
            ("BridgeInterface", DetectLocal::BridgeInterface),
            ("InterfaceNamePrefix", DetectLocal::InterfaceNamePrefix),
            ("Moon", DetectLocal::Other("Moon".into())),
        ] {
            assert_eq!(ProxyConfig::parse(&format!("detectLocalMode: {word}")).unwrap().detect_local, mode);
        }
        assert_eq!(ProxyConfig::parse("mode: kernelspace").unwrap().mode, Mode::Other("kernelspace".into()));
        assert_eq!(ProxyConfig::parse("mode: iptables").unwrap().origin, Origin::Read);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_line_and_column() {
        for (yaml, line, column) in [
            ("mode: iptables\nclusterCIDR: [", 2, 0),
            ("mode: iptables\niptables:\n  masqueradeAll: often\n", 3, 18),
            ("mode: {}\n", 1, 7),
            ("mode: nftables\nclusterCIDR: 10.0.0.0/33\n", 2, 14),
            ("nodePortAddresses:\n- primary\n- 10.0.0.1\n", 3, 3),
        ] {
            let error = ProxyConfig::parse(yaml).unwrap_err();
            let (ConfigError::Yaml { line: l, column: c, .. } | ConfigError::Range { line: l, column: c, .. }) = &error;
            assert_eq!(*l, line, "{yaml:?}: {error}");
            assert!(column == 0 || *c == column, "{yaml:?}: {error}");
        }
    }

    #[test]
    fn words_for_node_port_addresses_depend_on_the_release() {
        for (list, release, refused) in [
            ("[primary]", "1.36.3", false),
            ("[primary, 10.0.0.0/8]", "1.36.3", true),
            ("[primary, 10.0.0.0/8]", "1.37.0", false),
            ("[localhost]", "1.36.3", true),
            ("[all]", "1.36.3", true),
            ("[localhost, all]", "1.37.2", false),
            ("[10.0.0.0/8, 192.168.0.0/16]", "1.30.0", false),
        ] {
            let config = ProxyConfig::parse(&format!("nodePortAddresses: {list}")).unwrap();
            assert!(!config.refuses_node_port_words(), "an unknown release is the newest");
            let config = config.with_release(Release::parse(release));
            assert_eq!(config.refuses_node_port_words(), refused, "{list} {release}");
        }
    }
}
