//! The version of a kube-proxy, and what it can do (§0.2).

use std::fmt;

/// Kubernetes 1.`minor`.`patch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The middle number.
    pub minor: u16,
    /// The last number; 0 where it is not given.
    pub patch: u16,
}

impl Release {
    /// Reads `v1.37.2`, `1.36.3-gke.1`, `1.37+`, or the tag of an image; `None` for anything else, a digest included.
    pub fn parse(text: &str) -> Option<Self> {
        let tagged = text.split('@').next()?;
        let version = tagged.rsplit(':').next()?;
        let mut numbers = version.strip_prefix('v').unwrap_or(version).split('.');
        if numbers.next()? != "1" {
            return None;
        }
        let number = |text: &str| {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            text[..digits].parse().ok()
        };
        let minor = number(numbers.next()?)?;
        Some(Self { minor, patch: numbers.next().and_then(number).unwrap_or_default() })
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}.{}", self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_an_image_a_node_or_a_server() {
        for (text, release) in [
            ("v1.37.2", Some("1.37.2")),
            ("registry.example:5000/kube-proxy:v1.36.3-eksbuild.2", Some("1.36.3")),
            ("registry.example/kube-proxy:v1.36.3@sha256:00ff", Some("1.36.3")),
            ("1.33+", Some("1.33.0")),
            ("1.34", Some("1.34.0")),
            ("kube-proxy@sha256:00ff", None),
            ("v2.1.0", None),
            ("latest", None),
            ("v1.x", None),
            ("", None),
        ] {
            assert_eq!(Release::parse(text).map(|release| release.to_string()).as_deref(), release, "{text}");
        }
    }
}
