//! `[scheme://]zone[:port]`, and CIDRs as reverse zones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::trace::dns::Name;

/// Schemes and the ports they stand for.
const SCHEMES: [(&str, u16); 6] =
    [("dns://", 53), ("tls://", 853), ("quic://", 853), ("grpc://", 443), ("https://", 443), ("https3://", 443)];

/// A key of a server block taken apart: whether it is plain DNS, its port, its zones. `None` where it is no zone.
pub(super) fn key(text: &str) -> Option<(bool, u16, Vec<Name>)> {
    let scheme = SCHEMES.into_iter().find(|(scheme, _)| text.starts_with(scheme));
    let rest = scheme.map_or(text, |(scheme, _)| &text[scheme.len()..]);
    let (host, port) = split_port(rest)?;
    let port = port.or(scheme.map(|(_, port)| port)).unwrap_or(53);
    Some((scheme.is_none_or(|(scheme, _)| scheme == "dns://"), port, host_zones(host)?))
}

/// The zones that one word names: several where a CIDR ends within a label.
pub(super) fn expand(text: &str) -> Option<Vec<Name>> {
    key(text).map(|(_, _, zones)| zones)
}

fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    match text.rsplit_once(':') {
        Some((_, "")) => None,
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some((host, Some(port.parse().ok()?))),
        Some(_) | None => Some((text, None)),
    }
}

fn host_zones(host: &str) -> Option<Vec<Name>> {
    if host.is_empty() {
        return None;
    }
    let Some((address, bits)) = cidr(host) else { return Name::new(host).ok().map(|zone| vec![zone]) };
    // As CoreDNS: such spellings are taken for a mistake.
    if host.starts_with(':') || (host.starts_with('0') && host.contains(':')) {
        return None;
    }
    Some(reverse_zones(address, bits))
}

fn cidr(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let plain = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    let bits: u8 = bits.parse().ok().filter(|_| plain)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some((address, bits))
}

/// The reverse zones of a network: it is cut into networks that end at a label.
fn reverse_zones(address: IpAddr, bits: u8) -> Vec<Name> {
    let (width, label, value) = match address {
        IpAddr::V4(v4) => (32_u32, 8_u32, u128::from(u32::from(v4))),
        IpAddr::V6(v6) => (128, 4, u128::from(v6)),
    };
    let bits = u32::from(bits);
    let whole = bits.div_ceil(label) * label;
    let low = |bits: u32| if bits >= 128 { u128::MAX } else { (1_u128 << bits) - 1 };
    let first = value & low(width) & !low(width - bits);
    let networks = 1_u128 << (whole - bits);
    let zone_of = |network: u128| {
        let step = network.checked_shl(width - whole).unwrap_or(0);
        let address = match u32::try_from(first | step) {
            Ok(v4) if width == 32 => IpAddr::V4(Ipv4Addr::from(v4)),
            Ok(_) | Err(_) => IpAddr::V6(Ipv6Addr::from(first | step)),
        };
        let skip = (width - whole) / label;
        let name = Name::reverse(address);
        let rest: Vec<&str> = name.labels().skip(usize::try_from(skip).unwrap_or(0)).collect();
        Name::new(&rest.join(".")).ok()
    };
    (0..networks).filter_map(zone_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(text: &str) -> Option<Vec<String>> {
        Some(expand(text)?.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_key_has_a_scheme_a_zone_and_a_port() {
        let root = || vec![Name::root()];
        assert_eq!(key("."), Some((true, 53, root())));
        assert_eq!(key(".:1053"), Some((true, 1053, root())));
        assert_eq!(key("dns://.:5353"), Some((true, 5353, root())));
        assert_eq!(key("tls://."), Some((false, 853, root())));
        assert_eq!(key("https://Example.ORG"), Some((false, 443, vec![Name::new("example.org").unwrap()])));
        for bad in ["", ":53", ".:", "a..b", ".:99999", "::/64", "0::/64"] {
            assert_eq!(key(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_cidr_is_one_or_several_reverse_zones() {
        let one = |zone: &str| Some(vec![zone.to_owned()]);
        assert_eq!(zones("10.0.0.0/24"), one("0.0.10.in-addr.arpa."));
        assert_eq!(zones("10.9.8.7/8"), one("10.in-addr.arpa."));
        assert_eq!(zones("10.0.0.1/32"), one("1.0.0.10.in-addr.arpa."));
        assert_eq!(zones("0.0.0.0/0"), one("in-addr.arpa."));
        assert_eq!(zones("fd00:1::/16"), one("0.0.d.f.ip6.arpa."));
        assert_eq!(zones("10.0.0.0/33"), one("10.0.0.0/33."));
        assert_eq!(
            zones("10.96.0.0/15"),
            Some(vec!["96.10.in-addr.arpa.".to_owned(), "97.10.in-addr.arpa.".to_owned()])
        );
        let many = zones("10.96.0.0/12").unwrap();
        assert_eq!(
            (many.len(), many[0].as_str(), many[15].as_str()),
            (16, "96.10.in-addr.arpa.", "111.10.in-addr.arpa.")
        );
        assert_eq!(zones("fd00::/7").unwrap(), ["c.f.ip6.arpa.", "d.f.ip6.arpa."]);
    }
}
