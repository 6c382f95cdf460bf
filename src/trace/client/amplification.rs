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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::client::{NodeFile, Unseen};

    fn price(name: &str, conf: &ResolvConf, library: Library, wanted: Wanted) -> (usize, usize, Vec<Fix>) {
        let price = amplification(&Name::parse(name).unwrap(), conf, library, wanted);
        assert!(!price.at_least);
        (price.sent, price.wasted, price.fixes)
    }

    #[test]
    fn a_name_from_outside_costs_two_queries_for_each_search_domain() {
        let three = ResolvConf::read("search a b c\nnameserver 1.1.1.1\noptions ndots:5");
        let six = ResolvConf { searches: ["a", "b", "c", "d", "e", "f"].map(Into::into).into(), ..three.clone() };
        let (one, two) = (
            vec![Fix::TrailingDot, Fix::Ndots(1), Fix::Autopath],
            vec![Fix::TrailingDot, Fix::Ndots(2), Fix::Autopath],
        );
        for library in Library::ALL {
            assert_eq!(price("example.com", &three, library, Wanted::Any), (8, 6, one.clone()), "{library}");
            assert_eq!(price("www.example.com", &six, library, Wanted::Any), (14, 12, two.clone()), "{library}");
            assert_eq!(price("a.b.c.d.e", &three, library, Wanted::V4), (4, 3, two.clone()), "{library}");
            assert_eq!(price("host", &three, library, Wanted::V4).2, [Fix::TrailingDot, Fix::Autopath], "{library}");
            for cheap in ["example.com.", "a.b.c.d.e.f"] {
                assert_eq!(price(cheap, &three, library, Wanted::Any), (2, 0, vec![]), "{library} {cheap}");
            }
        }
        assert_eq!(price("_x._tcp.y", &three, Library::Glibc, Wanted::Srv).0, 4);
        let servers = ResolvConf { servers: ["1.1.1.1", "2.2.2.2"].map(Into::into).into(), ..three };
        assert_eq!(price("example.com", &servers, Library::Musl, Wanted::Any).0, 16);
    }

    #[test]
    fn unseen_search_domains_can_only_add_to_the_price() {
        let unseen = Unseen { file: NodeFile::ResolvConf, servers: None, searches: Some(1), options: false };
        let conf = ResolvConf { unseen: Some(unseen), ..ResolvConf::read("search a\noptions ndots:5") };
        let price = amplification(&Name::parse("example.com").unwrap(), &conf, Library::Glibc, Wanted::Any);
        assert_eq!((price.sent, price.wasted, price.at_least), (4, 2, true));
    }
}
