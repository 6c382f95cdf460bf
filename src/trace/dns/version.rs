//! Which CoreDNS answers, and what that changes (§0.2).

use std::fmt;

/// A CoreDNS release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CoreDnsVersion {
    /// 1
    pub major: u16,
    /// 15
    pub minor: u16,
    /// 0
    pub patch: u16,
}

impl Default for CoreDnsVersion {
    /// The newest whose rules are known.
    fn default() -> Self {
        Self::new(1, 15, 0)
    }
}

impl CoreDnsVersion {
    /// A release.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Reads the tag of an image such as `registry.k8s.io/coredns/coredns:v1.12.1`; a digest or a build's suffix after it
    /// does not matter. `None` where the tag is no version.
    pub fn of_image(image: &str) -> Option<Self> {
        let tagged = image.split('@').next().unwrap_or(image);
        let (_, tag) = tagged.rsplit('/').next().unwrap_or(tagged).rsplit_once(':')?;
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        let number = |part: &str| {
            let digits = part.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            digits.parse::<u16>().ok()
        };
        let mut parts = tag.splitn(3, '.');
        let (major, minor) = (number(parts.next()?)?, number(parts.next()?)?);
        Some(Self::new(major, minor, parts.next().and_then(number).unwrap_or(0)))
    }

    /// `cache` keeps a failure also where a server that was asked did not answer at all.
    pub(in crate::trace) fn keeps_failures(self) -> bool {
        self >= Self::new(1, 15, 0)
    }

    /// Endpoints that are not ready are answered too.
    pub(super) fn serves_unready(self) -> bool {
        self < Self::new(1, 8, 4)
    }

    /// `*` and `any` match everything.
    pub(super) fn has_wildcards(self) -> bool {
        self < Self::new(1, 9, 0)
    }

    /// An ExternalName Service answers `x.svc.ns.svc` too.
    pub(super) fn alias_answers_subnames(self) -> bool {
        self < Self::new(1, 11, 0)
    }

    /// PTR records come only from endpoints with a hostname.
    pub(super) fn reverse_needs_hostname(self) -> bool {
        self == Self::new(1, 11, 4) || self == Self::new(1, 12, 0)
    }

    /// `pods verified` leaves terminating pods out.
    pub(super) fn skips_terminating_pods(self) -> bool {
        self >= Self::new(1, 12, 1)
    }

    /// `fd00--` becomes `fd00--0`.
    pub(super) fn closes_dashed_ipv6(self) -> bool {
        self >= Self::new(1, 12, 3)
    }

    /// `*.x` in a hosts file.
    pub(super) fn has_hosts_wildcards(self) -> bool {
        self >= Self::new(1, 14, 5)
    }

    /// A listed name passes questions of other types on, given `fallthrough`.
    pub(super) fn hosts_pass_other_types(self) -> bool {
        self == Self::new(1, 14, 5) || self == Self::new(1, 14, 6)
    }

    /// `zone.pin._zone.svc.ns.svc` names.
    pub(super) fn has_zonal(self) -> bool {
        self >= Self::new(1, 14, 7)
    }

    /// All of a pod's addresses are known, not only the first.
    pub(super) fn knows_all_pod_ips(self) -> bool {
        self >= Self::new(1, 15, 0)
    }
}

impl fmt::Display for CoreDnsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_image_tag() {
        for (image, version) in [
            ("registry.k8s.io/coredns/coredns:v1.12.1", Some((1, 12, 1))),
            ("coredns/coredns:1.15.0@sha256:0123", Some((1, 15, 0))),
            ("localhost:5000/coredns:1.11.3-eksbuild.2", Some((1, 11, 3))),
            ("coredns:1.9", Some((1, 9, 0))),
            ("localhost:5000/coredns", None),
            ("coredns:latest", None),
            ("coredns", None),
        ] {
            assert_eq!(
                CoreDnsVersion::of_image(image),
                version.map(|(a, b, c)| CoreDnsVersion::new(a, b, c)),
                "{image}"
            );
        }
    }

    #[test]
    fn each_behaviour_begins_and_ends_with_its_release() {
        let v = CoreDnsVersion::new;
        assert!(v(1, 8, 3).serves_unready() && !v(1, 8, 4).serves_unready());
        assert!(v(1, 8, 7).has_wildcards() && !v(1, 9, 0).has_wildcards());
        assert!(v(1, 10, 1).alias_answers_subnames() && !v(1, 11, 0).alias_answers_subnames());
        let hostname_only =
            [v(1, 11, 3), v(1, 11, 4), v(1, 12, 0), v(1, 12, 1)].map(CoreDnsVersion::reverse_needs_hostname);
        assert_eq!(hostname_only, [false, true, true, false]);
        assert!(!v(1, 12, 0).skips_terminating_pods() && v(1, 12, 1).skips_terminating_pods());
        assert!(!v(1, 12, 2).closes_dashed_ipv6() && v(1, 12, 3).closes_dashed_ipv6());
        assert!(!v(1, 14, 4).has_hosts_wildcards() && v(1, 14, 5).has_hosts_wildcards());
        let passing = [v(1, 14, 4), v(1, 14, 5), v(1, 14, 6), v(1, 14, 7)].map(CoreDnsVersion::hosts_pass_other_types);
        assert_eq!(passing, [false, true, true, false]);
        assert!(!v(1, 14, 6).has_zonal() && v(1, 14, 7).has_zonal());
        assert!(!v(1, 14, 7).knows_all_pod_ips() && v(1, 15, 0).knows_all_pod_ips());
    }
}
