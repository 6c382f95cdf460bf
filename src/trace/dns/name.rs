//! DNS names: absolute, lower case, comparable; and the reverse names of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::model::{Addresses, Text};

/// An absolute name in lower case that ends in a dot: names compare ignoring case (§2.2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Text);

/// Why a text cannot be sent as a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadName {
    /// Two dots in a row, or one at the start.
    EmptyLabel,
    /// A label of more than 63 bytes.
    LabelTooLong(Text),
    /// More than 255 bytes on the wire.
    TooLong,
}

impl Name {
    /// Reads a name as absolute, with or without its last dot.
    ///
    /// # Errors
    /// Where the name cannot be written into a DNS message.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let bare = text.strip_suffix('.').unwrap_or(text);
        if bare.is_empty() && text.len() <= 1 {
            return Ok(Self::root());
        }
        for label in bare.split('.') {
            match label.len() {
                0 => return Err(BadName::EmptyLabel),
                1..=63 => {}
                _ => return Err(BadName::LabelTooLong(label.into())),
            }
        }
        // On the wire each label has a length before it, and the root one of its own.
        if bare.len() + 2 > 255 {
            return Err(BadName::TooLong);
        }
        Ok(Self(format!("{}.", bare.to_ascii_lowercase()).into()))
    }

    /// The name of everything.
    pub fn root() -> Self {
        Self(".".into())
    }

    /// The text with its last dot.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its labels from left to right.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.as_str().split('.').filter(|label| !label.is_empty())
    }

    /// Whether it is `zone` or stands below it.
    pub fn within(&self, zone: &Self) -> bool {
        self.below(zone).is_some()
    }

    /// What stands left of `zone`, without the dot between: empty for the zone itself.
    pub fn below(&self, zone: &Self) -> Option<&str> {
        let own = self.as_str();
        if zone.as_str() == "." {
            return own.strip_suffix('.');
        }
        let left = own.strip_suffix(zone.as_str())?;
        if left.is_empty() { Some(left) } else { left.strip_suffix('.') }
    }

    /// The name `left.self`.
    ///
    /// # Errors
    /// Where the name cannot be written into a DNS message.
    pub fn child(&self, left: &str) -> Result<Self, BadName> {
        if self.as_str() == "." { Self::new(left) } else { Self::new(&format!("{left}.{self}")) }
    }

    /// Whether it is, or stands below, one of the two reverse trees.
    pub fn reverse_tree(&self) -> bool {
        self.as_str().ends_with(".in-addr.arpa.") || self.as_str().ends_with(".ip6.arpa.")
    }

    /// The name under which the PTR records of an address are asked.
    pub fn reverse(address: IpAddr) -> Self {
        let text = match address {
            IpAddr::V4(v4) => {
                let [a, b, c, d] = v4.octets();
                format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
            }
            IpAddr::V6(v6) => {
                let nibbles = v6.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
                let digits: String = nibbles.map(|nibble| format!("{nibble:x}.")).collect();
                format!("{digits}ip6.arpa.")
            }
        };
        Self(text.into())
    }

    /// The address whose PTR records this name holds, if it is such a name. Of an IPv6 name only the 32 labels next to
    /// the tree count, as CoreDNS reads it.
    pub fn reversed(&self) -> Option<IpAddr> {
        if let Some(left) = self.as_str().strip_suffix(".in-addr.arpa.") {
            let octets: Vec<&str> = left.split('.').rev().collect();
            return octets.join(".").parse::<Ipv4Addr>().ok().map(IpAddr::V4);
        }
        let left = self.as_str().strip_suffix(".ip6.arpa.")?;
        let digits: Vec<&str> = left.split('.').rev().collect();
        let groups: Vec<String> = digits.chunks_exact(4).map(<[&str]>::concat).collect();
        groups.join(":").parse::<Ipv6Addr>().ok().map(|address| IpAddr::V6(address).to_canonical())
    }
}

/// Reads an address as CoreDNS does: no leading zeros, no zone; an IPv4-mapped one is IPv4.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// The label that stands for an address where nothing names it: `10-0-0-1`, `fd00--1`.
pub(super) fn dashed(address: &str) -> Option<String> {
    if address.contains('.') {
        return Some(address.replace('.', "-"));
    }
    address.contains(':').then(|| address.replace(':', "-"))
}

/// The label of an address in canonical form.
pub(super) fn dashed_label(address: IpAddr) -> String {
    let label = dashed(&address.to_string()).unwrap_or_default();
    if label.ends_with('-') { label + "0" } else { label }
}

/// The address that a dashed label of the API's spelling or of its own spelling stands for.
pub(super) fn undashed(label: &str) -> Option<IpAddr> {
    Addresses::parse_one(&pod_address(label))
}

/// A pod label as CoreDNS turns it into an address text (§2.4).
pub(super) fn pod_address(label: &str) -> String {
    let v4 = label.matches('-').count() == 3 && !label.contains("--");
    label.replace('-', if v4 { "." } else { ":" })
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn names_are_absolute_and_compare_ignoring_case() {
        assert_eq!(name("Web.A.svc"), name("web.a.svc."));
        assert_eq!(name(""), Name::root());
        assert_eq!(name("."), Name::root());
    }

    #[test]
    fn what_cannot_be_sent_is_no_name() {
        assert_eq!(Name::new("a..b"), Err(BadName::EmptyLabel));
        assert_eq!(Name::new(".a"), Err(BadName::EmptyLabel));
        assert_eq!(Name::new(".."), Err(BadName::EmptyLabel));
        let label = "x".repeat(64);
        assert_eq!(Name::new(&label), Err(BadName::LabelTooLong(label.as_str().into())));
        assert!(Name::new(&"x".repeat(63)).is_ok());
        let long = ["x".repeat(63), "x".repeat(63), "x".repeat(63), "x".repeat(61)].join(".");
        assert_eq!(long.len(), 253);
        assert!(Name::new(&long).is_ok());
        assert_eq!(Name::new(&format!("{long}x")), Err(BadName::TooLong));
    }

    #[test]
    fn a_zone_ends_at_a_label() {
        assert_eq!(name("web.a.svc.cluster.local").below(&name("cluster.local")), Some("web.a.svc"));
        assert_eq!(name("cluster.local").below(&name("cluster.local")), Some(""));
        assert_eq!(name("mycluster.local").below(&name("cluster.local")), None);
        assert_eq!(name("a.b").below(&Name::root()), Some("a.b"));
        assert_eq!(Name::root().below(&Name::root()), Some(""));
        assert!(!Name::root().within(&name("local")));
    }

    #[test]
    fn reverse_names_go_there_and_back() {
        for text in ["10.0.0.1", "fd00::2", "2001:db8::567:89ab"] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(Name::reverse(address).reversed(), Some(address));
        }
        assert_eq!(Name::reverse("10.0.0.1".parse().unwrap()), name("1.0.0.10.in-addr.arpa"));
        for text in ["in-addr.arpa", "10.in-addr.arpa", "01.0.0.10.in-addr.arpa", "x.1.0.0.10.in-addr.arpa", "web.a"] {
            assert_eq!(name(text).reversed(), None, "{text}");
        }
        let beyond = format!("x.{}", Name::reverse("fd00::2".parse().unwrap()));
        assert_eq!(name(&beyond).reversed(), "fd00::2".parse().ok());
    }

    #[test]
    fn pod_labels_become_addresses() {
        assert_eq!(pod_address("10-0-0-1"), "10.0.0.1");
        assert_eq!(pod_address("fd00--2"), "fd00::2");
        assert_eq!(pod_address("1--2-3"), "1::2:3");
        assert_eq!(pod_address("foo"), "foo");
        assert_eq!(dashed_label("fd00::".parse().unwrap()), "fd00--0");
        assert_eq!(dashed_label("10.0.0.1".parse().unwrap()), "10-0-0-1");
    }
}
