//! A range of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Addresses, Family};

/// `address/bits`; the bits of the address beyond the prefix are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    network: IpAddr,
    bits: u8,
}

impl Cidr {
    /// The range that holds only one address.
    pub fn only(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { network: address, bits: if address.is_ipv4() { 32 } else { 128 } }
    }

    /// Reads `10.0.0.0/8`, with spaces around it as the API server lets pass; an IPv4-mapped range is an IPv4 one.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.trim().split_once('/')?;
        if bits.is_empty() || !bits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let bits: u8 = bits.parse().ok()?;
        let mapped = address.parse::<Ipv6Addr>().is_ok_and(|ip| ip.to_ipv4_mapped().is_some());
        let bits = if mapped { bits.checked_sub(96)? } else { bits };
        let network = match Addresses::parse_one(address)? {
            IpAddr::V4(ip) if bits <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or_default();
                IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() & mask))
            }
            IpAddr::V6(ip) if bits <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or_default();
                IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & mask))
            }
            IpAddr::V4(_) | IpAddr::V6(_) => return None,
        };
        Some(Self { network, bits })
    }

    /// Its family.
    pub fn family(&self) -> Family {
        Family::of(&self.network)
    }

    /// Whether it is every address of its family.
    pub fn is_everything(&self) -> bool {
        self.bits == 0
    }

    /// Whether an address lies in it; one of the other family never does.
    pub fn contains(&self, address: &IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let beyond = 32 - u32::from(self.bits);
                (network.to_bits() ^ ip.to_bits()).checked_shr(beyond).unwrap_or_default() == 0
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let beyond = 128 - u32::from(self.bits);
                (network.to_bits() ^ ip.to_bits()).checked_shr(beyond).unwrap_or_default() == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Whether every address of it is a loopback address.
    pub fn within_loopback(&self) -> bool {
        match self.network {
            IpAddr::V4(ip) => ip.octets()[0] == 127 && self.bits >= 8,
            IpAddr::V6(ip) => ip == Ipv6Addr::LOCALHOST && self.bits == 128,
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_shares_its_prefix() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "fd00::1", false),
            ("203.0.113.0/25", "203.0.113.127", true),
            ("203.0.113.0/25", "203.0.113.128", false),
            ("192.168.0.2/32", "192.168.0.2", true),
            ("192.168.0.2/32", "192.168.0.3", false),
            ("fd00:1::/32", "fd00:1:ffff::1", true),
            ("fd00:1::/32", "fd00:2::1", false),
            ("::/0", "fd00:2::1", true),
            ("fd00::1/128", "fd00::1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ];
        for (range, address, inside) in cases {
            assert_eq!(Cidr::parse(range).unwrap().contains(&address.parse().unwrap()), inside, "{range} {address}");
        }
    }

    #[test]
    fn a_range_is_written_in_its_shortest_form() {
        let cases = [
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            (" 10.0.0.0/8 ", Some("10.0.0.0/8")),
            ("010.0.0.0/8", Some("10.0.0.0/8")),
            ("::ffff:10.1.0.0/104", Some("10.0.0.0/8")),
            ("fd00:1::9/64", Some("fd00:1::/64")),
            ("10.0.0.0/33", None),
            ("::/129", None),
            ("10.0.0.0", None),
            ("10.0.0.0/", None),
            ("10.0.0.0/+8", None),
            ("::ffff:10.0.0.0/95", None),
            ("web/8", None),
        ];
        for (text, written) in cases {
            assert_eq!(Cidr::parse(text).map(|range| range.to_string()).as_deref(), written, "{text}");
        }
        assert_eq!(Cidr::only("10.0.0.1".parse().unwrap()).to_string(), "10.0.0.1/32");
        assert_eq!(Cidr::only("fd00::1".parse().unwrap()).to_string(), "fd00::1/128");
    }

    #[test]
    fn everything_and_loopback_are_known() {
        for (text, everything, loopback) in [
            ("0.0.0.0/0", true, false),
            ("::/0", true, false),
            ("127.0.0.0/8", false, true),
            ("127.0.0.1/32", false, true),
            ("126.0.0.0/7", false, false),
            ("::1/128", false, true),
            ("::/127", false, false),
        ] {
            let range = Cidr::parse(text).unwrap();
            assert_eq!((range.is_everything(), range.within_loopback()), (everything, loopback), "{text}");
        }
    }
}
