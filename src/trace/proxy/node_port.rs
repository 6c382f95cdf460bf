//! On which of its addresses a node serves NodePorts (R4.17).

use std::net::IpAddr;

use super::{Missing, Mode, NodePortRange, ProxyConfig};
use crate::model::{Cidr, Family};

/// Whether a packet to an address and the number of a NodePort is one for kube-proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// It is.
    Yes,
    /// The node has the address but serves NodePorts only in these ranges (D79).
    Only(Vec<Cidr>),
    /// A loopback address that the mode does not serve: the node's own sockets answer.
    NotLoopback,
    /// nftables with `KubeProxyNFTablesLocalhostNodePorts`: kube-proxy itself accepts TCP and refuses the rest.
    Userspace {
        /// `nodePortAddresses` names loopback; else TCP is refused as well.
        listens: bool,
    },
    /// The node does not have the address.
    NotHere,
    /// It depends on what is not known.
    Unknown(Missing),
}

/// `nodePortAddresses` as ranges of one family; no range means every address of the node.
pub fn node_port_ranges(
    config: &ProxyConfig,
    family: Family,
    addresses: Option<&[IpAddr]>,
) -> Result<Vec<Cidr>, Missing> {
    let written = match (config.node_port_addresses.as_slice(), &config.mode) {
        ([], Mode::Nftables) => &[NodePortRange::Primary],
        (written, Mode::Nftables | Mode::Iptables | Mode::Ipvs | Mode::Other(_)) => written,
    };
    let mut ranges = Vec::new();
    for range in written {
        let text = match (range, family) {
            (NodePortRange::Cidr(range), _) => {
                ranges.extend((range.family() == family).then_some(*range));
                continue;
            }
            (NodePortRange::Primary, _) => {
                let mut own = addresses.ok_or(Missing::NodeAddresses)?.iter();
                ranges.extend(own.find(|ip| Family::of(ip) == family).map(|ip| Cidr::only(*ip)));
                continue;
            }
            (NodePortRange::Localhost, Family::V4) => "127.0.0.0/8",
            (NodePortRange::Localhost, Family::V6) => "::1/128",
            (NodePortRange::All, Family::V4) => "0.0.0.0/0",
            (NodePortRange::All, Family::V6) => "::/0",
        };
        ranges.extend(Cidr::parse(text));
    }
    Ok(ranges)
}

/// Whether the configuration names loopback itself; `all` does not count.
fn names_loopback(config: &ProxyConfig) -> bool {
    config.node_port_addresses.iter().any(|range| match range {
        NodePortRange::Localhost => true,
        NodePortRange::Cidr(range) => range.within_loopback(),
        NodePortRange::Primary | NodePortRange::All => false,
    })
}

/// Whether the node with these addresses serves NodePorts at `to`.
pub fn serves_node_ports(to: IpAddr, addresses: Option<&[IpAddr]>, config: &ProxyConfig) -> Served {
    if to.is_loopback() {
        let userspace = config.localhost_gate && config.at_least(37, 0);
        match (&config.mode, userspace) {
            (Mode::Nftables, true) => return Served::Userspace { listens: names_loopback(config) },
            (Mode::Nftables, false) => return Served::NotLoopback,
            (Mode::Iptables | Mode::Ipvs | Mode::Other(_), _) => {
                if !config.localhost_node_ports || to.is_ipv6() {
                    return Served::NotLoopback;
                }
            }
        }
    } else {
        match addresses {
            None => return Served::Unknown(Missing::NodeAddresses),
            Some(own) if !own.contains(&to) => return Served::NotHere,
            Some(_) => {}
        }
    }
    match node_port_ranges(config, Family::of(&to), addresses) {
        Err(missing) => Served::Unknown(missing),
        Ok(ranges) if ranges.is_empty() || ranges.iter().any(|range| range.contains(&to)) => Served::Yes,
        Ok(ranges) => Served::Only(ranges),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::proxy::Release;

    fn config(yaml: &str, release: &str) -> ProxyConfig {
        ProxyConfig::parse(yaml).unwrap().with_release(Release::parse(release))
    }

    #[test]
    fn where_node_ports_are_served_depends_on_mode_list_and_release() {
        let only = |ranges: &[&str]| Served::Only(ranges.iter().map(|text| Cidr::parse(text).unwrap()).collect());
        let gate = "featureGates: {KubeProxyNFTablesLocalhostNodePorts: true}";
        let cases: &[(&str, &str, &str, Served)] = &[
            // iptables and ipvs: an empty list is every address.
            ("mode: iptables", "1.37.2", "192.168.0.2", Served::Yes),
            ("mode: iptables", "1.37.2", "192.168.1.2", Served::Yes),
            ("mode: iptables", "1.37.2", "192.168.7.7", Served::NotHere),
            ("mode: iptables", "1.37.2", "127.0.0.1", Served::Yes),
            ("mode: iptables", "1.37.2", "::1", Served::NotLoopback),
            ("{mode: iptables, iptables: {localhostNodePorts: false}}", "1.37.2", "127.0.0.1", Served::NotLoopback),
            ("{mode: iptables, nodePortAddresses: [192.168.0.0/24]}", "1.37.2", "127.0.0.1", only(&["192.168.0.0/24"])),
            ("{mode: iptables, nodePortAddresses: [192.168.0.0/24, 127.0.0.0/8]}", "1.37.2", "127.0.0.1", Served::Yes),
            ("{mode: iptables, nodePortAddresses: [192.168.0.0/24]}", "1.37.2", "192.168.0.2", Served::Yes),
            (
                "{mode: iptables, nodePortAddresses: [192.168.0.0/24]}",
                "1.37.2",
                "192.168.1.2",
                only(&["192.168.0.0/24"]),
            ),
            // A family without a range is served everywhere.
            ("{mode: iptables, nodePortAddresses: [192.168.0.0/24]}", "1.37.2", "2001:db8::1", Served::Yes),
            ("{mode: iptables, nodePortAddresses: [2001:db8::/64]}", "1.37.2", "192.168.1.2", Served::Yes),
            ("{mode: ipvs, nodePortAddresses: [primary]}", "1.37.2", "192.168.1.2", only(&["192.168.0.2/32"])),
            // nftables: an empty list is the primary address.
            ("mode: nftables", "1.37.2", "192.168.0.2", Served::Yes),
            ("mode: nftables", "1.37.2", "192.168.1.2", only(&["192.168.0.2/32"])),
            ("mode: nftables", "1.37.2", "2001:db8::1", Served::Yes),
            ("mode: nftables", "1.37.2", "2001:db8::2", only(&["2001:db8::1/128"])),
            ("{mode: nftables, nodePortAddresses: [all]}", "1.37.2", "192.168.1.2", Served::Yes),
            ("{mode: nftables, nodePortAddresses: [all]}", "1.37.2", "2001:db8::2", Served::Yes),
            ("{mode: nftables, nodePortAddresses: [localhost]}", "1.37.2", "192.168.0.2", only(&["127.0.0.0/8"])),
            ("{mode: nftables, nodePortAddresses: [localhost]}", "1.37.2", "2001:db8::1", only(&["::1/128"])),
            ("mode: nftables", "1.37.2", "127.0.0.1", Served::NotLoopback),
            ("{mode: nftables, nodePortAddresses: [all]}", "1.37.2", "127.0.0.1", Served::NotLoopback),
            (gate, "1.37.2", "127.0.0.1", Served::Yes),
        ];
        let own: Vec<IpAddr> =
            ["192.168.0.2", "192.168.1.2", "2001:db8::1", "2001:db8::2"].map(|text| text.parse().unwrap()).into();
        for (yaml, release, to, served) in cases {
            let found = serves_node_ports(to.parse().unwrap(), Some(&own), &config(yaml, release));
            assert_eq!(found, *served, "{yaml} {release} {to}");
        }
        for (list, release, served) in [
            ("[]", "1.37.2", Served::Userspace { listens: false }),
            ("[all]", "1.37.2", Served::Userspace { listens: false }),
            ("[primary]", "1.37.2", Served::Userspace { listens: false }),
            ("[localhost]", "1.37.2", Served::Userspace { listens: true }),
            ("[127.0.0.0/16]", "1.37.2", Served::Userspace { listens: true }),
            ("[0.0.0.0/0]", "1.37.2", Served::Userspace { listens: false }),
            ("[127.0.0.0/16]", "1.36.3", Served::NotLoopback),
        ] {
            let config = config(&format!("mode: nftables\nnodePortAddresses: {list}\n{gate}\n"), release);
            assert_eq!(
                serves_node_ports("127.0.0.1".parse().unwrap(), Some(&own), &config),
                served,
                "{list} {release}"
            );
        }
    }

    #[test]
    fn addresses_that_are_not_known_leave_it_open() {
        let node = "192.168.0.2".parse().unwrap();
        let unknown = Served::Unknown(Missing::NodeAddresses);
        assert_eq!(serves_node_ports(node, None, &config("mode: iptables", "1.37.2")), unknown);
        let loopback = "127.0.0.1".parse().unwrap();
        assert_eq!(serves_node_ports(loopback, None, &config("mode: iptables", "1.37.2")), Served::Yes);
        let primary = config("{mode: iptables, nodePortAddresses: [primary]}", "1.37.2");
        assert_eq!(serves_node_ports(loopback, None, &primary), unknown);
    }
}
