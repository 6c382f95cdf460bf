//! What the search list costs a name from outside the cluster (R1.12).

use std::net::{IpAddr, Ipv4Addr};

use super::{Library, Name, Query, Reply, ResolvConf, Wanted, lookup};

/// The price of one lookup of a name that only exists as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amplification {
    /// Packets sent.
    pub sent: usize,
    /// Of those, the ones that could only fail.
    pub wasted: usize,
    /// Search domains in a file on the node, which is not seen, add to both.
    pub at_least: bool,
    /// What would help; empty where nothing is wasted.
    pub fixes: Vec<Fix>,
}

/// What makes a lookup cheaper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Write the name with a dot at its end.
    TrailingDot,
    /// The pod option `ndots` with this number: the name then comes first.
    Ndots(usize),
    /// The `autopath` plugin of CoreDNS walks the search list for the client.
    Autopath,
}

/// The price of a name that no search domain has.
pub fn amplification(name: &Name, conf: &ResolvConf, library: Library, wanted: Wanted) -> Amplification {
    let bare = name.fqdn();
    let played = lookup(name, conf, library, wanted, |fqdn, query| match query {
        _ if fqdn != &*bare => Reply::NxDomain,
        Query::A | Query::Aaaa => Reply::Addresses(vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED)]),
        Query::Srv | Query::Ptr => Reply::Records,
    });
    let mut fixes = Vec::new();
    if played.wasted > 0 {
        fixes.push(Fix::TrailingDot);
        // Not more than needed: with 2, names of two labels are still searched for.
        fixes.extend((name.dots() > 0).then(|| Fix::Ndots(name.dots().min(2))));
        fixes.push(Fix::Autopath);
    }
    Amplification { sent: played.queries, wasted: played.wasted, at_least: played.sure().is_none(), fixes }
}
