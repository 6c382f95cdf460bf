//! IP addresses and their families.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// An IP family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: &IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// Reads the API's word (`IPv4`, `IPv6`).
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "IPv4" => Some(Self::V4),
            "IPv6" => Some(Self::V6),
            _ => None,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// The addresses of one pod or endpoint in the order the API gives: almost always one, so that one costs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Addresses {
    /// No address (yet).
    #[default]
    None,
    /// The usual case.
    One(IpAddr),
    /// Two families, or a custom slice with several.
    Many(Box<[IpAddr]>),
}

impl Addresses {
    /// The addresses in order.
    pub fn as_slice(&self) -> &[IpAddr] {
        match self {
            Self::None => &[],
            Self::One(address) => std::slice::from_ref(address),
            Self::Many(addresses) => addresses,
        }
    }

    /// The first one: the only one that kube-proxy uses of an endpoint (R4.4).
    pub fn first(&self) -> Option<IpAddr> {
        self.as_slice().first().copied()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The addresses of one family.
    pub fn of(&self, family: Family) -> impl Iterator<Item = IpAddr> + '_ {
        self.as_slice().iter().copied().filter(move |address| Family::of(address) == family)
    }

    /// Reads one address as Go's `netip` does after unmapping: IPv4-mapped IPv6 becomes IPv4, and leading zeros of
    /// old objects are read as decimal (semantics §9.4).
    pub fn parse_one(text: &str) -> Option<IpAddr> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(address.to_canonical());
        }
        let mut octets = [0; 4];
        let mut parts = text.split('.');
        for octet in &mut octets {
            let part =
                parts.next().filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))?;
            let digits = part.trim_start_matches('0');
            *octet = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        }
        parts.next().is_none().then_some(IpAddr::V4(Ipv4Addr::from(octets)))
    }
}

impl FromIterator<IpAddr> for Addresses {
    fn from_iter<I: IntoIterator<Item = IpAddr>>(addresses: I) -> Self {
        let mut addresses = addresses.into_iter();
        match (addresses.next(), addresses.next()) {
            (None, _) => Self::None,
            (Some(only), None) => Self::One(only),
            (Some(first), Some(second)) => Self::Many([first, second].into_iter().chain(addresses).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_spellings_are_the_same_address() {
        let plain = Addresses::parse_one("10.0.0.1");
        assert!(plain.is_some());
        for text in ["010.000.0.01", "::ffff:10.0.0.1", "10.00.0.1"] {
            assert_eq!(Addresses::parse_one(text), plain, "{text}");
        }
        for text in ["", "10.0.0", "10.0.0.1.2", "10.0.0.256", "10..0.1", "web"] {
            assert_eq!(Addresses::parse_one(text), None, "{text}");
        }
    }
}
