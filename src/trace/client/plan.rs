//! Which names a resolver would send, in which order (§1.4).

use super::{BadName, HostDomain, Library, Name, ResolvConf, Wanted};
use crate::model::Text;

/// musl reads a file into lines of this many characters, the end of the line included, and passes over longer ones.
const MUSL_LINE: usize = 255;

/// What a resolver would do if every name failed with NXDOMAIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In order.
    pub candidates: Vec<Candidate>,
    /// Only the node's file says whether the name itself comes first; it is taken for `ndots:1`.
    pub order_assumed: bool,
    /// musl would pass over the whole search list if the domains in the node's file made its line too long; they are
    /// taken to be short.
    pub line_assumed: bool,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// A name that is sent.
    Ask {
        /// With a trailing dot.
        fqdn: Text,
        /// How it came about.
        origin: Origin,
    },
    /// A name that is not sent.
    Skip {
        /// How it came about.
        origin: Origin,
        /// Why it is not sent.
        why: Skip,
    },
    /// The search domains of a file that is not seen.
    Unseen,
}

/// How a candidate came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The name as typed.
    AsTyped,
    /// With `searches[i]` behind it.
    Search(usize),
    /// With the domain of the kernel's name behind it.
    HostDomain,
}

/// Why a candidate is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The search entry is the root, which musl and Go pass over.
    Root,
    /// No query can carry it.
    Impossible(BadName),
}

/// The names that are tried, in order.
pub fn candidates(name: &Name, conf: &ResolvConf, library: Library, wanted: Wanted) -> Plan {
    let as_typed = || Candidate::Ask { fqdn: name.fqdn(), origin: Origin::AsTyped };
    let alone = |order_assumed| Plan { candidates: vec![as_typed()], order_assumed, line_assumed: false };
    // musl's `res_search` does not search.
    if name.is_rooted() || library == Library::Musl && wanted.is_record() {
        return alone(false);
    }
    let mut searched = searched(name, conf, library);
    let known_ndots = conf.ndots(library);
    let order_assumed = known_ndots.is_none() && !searched.is_empty();
    let enough_dots = name.dots() >= known_ndots.unwrap_or(1);
    if enough_dots && library == Library::Musl {
        return alone(order_assumed);
    }
    let line_assumed = library == Library::Musl && searched.contains(&Candidate::Unseen);
    let root =
        searched.iter().any(|candidate| matches!(candidate, Candidate::Ask { fqdn, .. } if *fqdn == name.fqdn()));
    if enough_dots {
        searched.insert(0, as_typed());
    } else if !root {
        searched.push(as_typed());
    }
    Plan { candidates: searched, order_assumed, line_assumed }
}

/// The part of the plan that the search list makes.
fn searched(name: &Name, conf: &ResolvConf, library: Library) -> Vec<Candidate> {
    let unseen = conf.unseen.as_ref().and_then(|unseen| unseen.searches);
    let line = conf.search_line();
    if library == Library::Musl && line >= MUSL_LINE {
        return Vec::new();
    }
    let entries = conf.searches.iter().enumerate();
    let mut found: Vec<Candidate> =
        entries.map(|(at, entry)| candidate(name, entry, Origin::Search(at), library)).collect();
    // glibc looks whether there is a list at all, Go whether an entry is left of it.
    let empty = match library {
        Library::Glibc => conf.searches.is_empty(),
        Library::Go => conf.searches.iter().all(|entry| is_root(entry)),
        Library::Musl => false,
    };
    match (&conf.host_domain, unseen) {
        (_, Some(at)) => found.insert(at.min(found.len()), Candidate::Unseen),
        (HostDomain::Known(domain), None) if empty => {
            found.push(candidate(name, domain, Origin::HostDomain, library));
        }
        (HostDomain::Node, None) if empty => found.push(Candidate::Unseen),
        (HostDomain::None | HostDomain::Known(_) | HostDomain::Node, None) => {}
    }
    found
}

fn is_root(entry: &str) -> bool {
    entry.is_empty() || entry == "."
}

fn candidate(name: &Name, entry: &str, origin: Origin, library: Library) -> Candidate {
    let entry = match library {
        // glibc drops one leading dot of any entry, so that the root is the empty domain.
        Library::Glibc if is_root(entry) => return Candidate::Ask { fqdn: name.fqdn(), origin },
        Library::Glibc => entry.strip_prefix('.').unwrap_or(entry),
        Library::Musl | Library::Go if is_root(entry) => return Candidate::Skip { origin, why: Skip::Root },
        Library::Musl | Library::Go => entry,
    };
    match name.within(entry) {
        Ok(name) => Candidate::Ask { fqdn: name.fqdn(), origin },
        Err(why) => Candidate::Skip { origin, why: Skip::Impossible(why) },
    }
}

#[cfg(test)]
mod tests {
    use Library::{Glibc, Go, Musl};

    use super::*;
    use crate::trace::client::{NodeFile, Unseen};

    /// A plan in short: names sent, `-` for one passed over, `?` for domains that are not seen.
    fn plan(name: &str, conf: &ResolvConf, library: Library) -> Vec<String> {
        let plan = candidates(&Name::parse(name).unwrap(), conf, library, Wanted::Any);
        let told = plan.candidates.iter().map(|candidate| match candidate {
            Candidate::Ask { fqdn, .. } => fqdn.to_string(),
            Candidate::Skip { .. } => "-".to_owned(),
            Candidate::Unseen => "?".to_owned(),
        });
        told.collect()
    }

    #[test]
    fn dots_decide_whether_the_name_itself_comes_first() {
        let conf = ResolvConf::read("search x y.\noptions ndots:2");
        for library in Library::ALL {
            assert_eq!(plan("a.b.", &conf, library), ["a.b."], "{library}");
            assert_eq!(plan("a.b", &conf, library), ["a.b.x.", "a.b.y.", "a.b."], "{library}");
        }
        for library in [Glibc, Go] {
            assert_eq!(plan("a.b.c", &conf, library), ["a.b.c.", "a.b.c.x.", "a.b.c.y."], "{library}");
        }
        assert_eq!(plan("a.b.c", &conf, Musl), ["a.b.c."]);
    }

    #[test]
    fn the_root_in_the_list_is_the_name_itself_to_glibc_and_nothing_to_the_others() {
        let conf = ResolvConf::read("search x . y\noptions ndots:2");
        assert_eq!(plan("a", &conf, Glibc), ["a.x.", "a.", "a.y."]);
        for library in [Musl, Go] {
            assert_eq!(plan("a", &conf, library), ["a.x.", "-", "a.y.", "a."], "{library}");
        }
        // Tried first, it is tried again.
        assert_eq!(plan("a.b.c", &conf, Glibc), ["a.b.c.", "a.b.c.x.", "a.b.c.", "a.b.c.y."]);
    }

    #[test]
    fn a_search_line_of_255_characters_is_too_long_for_musl_only() {
        let conf = |line: usize| {
            let last = "x".repeat(line - "search a ".len());
            ResolvConf { searches: vec!["a".into(), last.into()], ..ResolvConf::read("options ndots:2") }
        };
        for (line, musl) in [(254, 3), (255, 1), (256, 1)] {
            let conf = conf(line);
            assert_eq!(conf.search_line(), line);
            assert_eq!(plan("a", &conf, Musl).len(), musl, "{line}");
            for library in [Glibc, Go] {
                assert_eq!(plan("a", &conf, library).len(), 3, "{line} {library}");
            }
        }
    }

    #[test]
    fn an_impossible_candidate_is_passed_over() {
        let long = [["a".repeat(63).as_str(); 3].join("."), "a".repeat(57)].join(".");
        let conf = ResolvConf::read("search xyz wxyz a..b\noptions ndots:5");
        for library in Library::ALL {
            let plan = candidates(&Name::parse(&long).unwrap(), &conf, library, Wanted::Any).candidates;
            assert!(matches!(&plan[0], Candidate::Ask { fqdn, .. } if fqdn.len() == 254), "{library}");
            let too_long = Skip::Impossible(BadName::TooLong { length: 254 });
            assert_eq!(plan[1], Candidate::Skip { origin: Origin::Search(1), why: too_long }, "{library}");
            assert!(matches!(plan[2], Candidate::Skip { .. }), "{library}");
        }
        let dotted = ResolvConf::read("search .x\noptions ndots:5");
        assert_eq!(plan("a", &dotted, Glibc), ["a.x.", "a."]);
        assert_eq!(plan("a", &dotted, Musl), ["-", "a."]);
    }

    #[test]
    fn the_kernels_domain_is_searched_where_there_is_no_list_but_not_by_musl() {
        let with = |text: &str, host_domain| ResolvConf { host_domain, ..ResolvConf::read(text) };
        let domain = || HostDomain::Known("dom".into());
        for library in [Glibc, Go] {
            assert_eq!(plan("a", &with("", domain()), library), ["a.dom.", "a."], "{library}");
            assert_eq!(plan("a.b", &with("", domain()), library), ["a.b.", "a.b.dom."], "{library}");
            assert_eq!(plan("a", &with("", HostDomain::Node), library), ["?", "a."], "{library}");
            assert_eq!(plan("a", &with("search x", domain()), library), ["a.x.", "a."], "{library}");
            assert_eq!(plan("a", &with("search x", HostDomain::Node), library), ["a.x.", "a."], "{library}");
        }
        assert_eq!(plan("a", &with("", domain()), Musl), ["a."]);
        assert_eq!(plan("a", &with("", HostDomain::Node), Musl), ["a."]);
        // A list of nothing but the root is a list to glibc and none to Go.
        assert_eq!(plan("a", &with("search .", domain()), Glibc), ["a."]);
        assert_eq!(plan("a", &with("search .", domain()), Go), ["-", "a.dom.", "a."]);
    }

    #[test]
    fn domains_that_are_not_seen_keep_their_place() {
        let unseen = |searches, options| Some(Unseen { file: NodeFile::ResolvConf, servers: None, searches, options });
        let read = ResolvConf::read("search x y\noptions ndots:5");
        let conf = ResolvConf { unseen: unseen(Some(1), false), host_domain: HostDomain::Known("d".into()), ..read };
        for library in Library::ALL {
            assert_eq!(plan("a", &conf, library), ["a.x.", "?", "a.y.", "a."], "{library}");
            let full = candidates(&Name::parse("a").unwrap(), &conf, library, Wanted::Any);
            assert_eq!((full.order_assumed, full.line_assumed), (false, library == Musl), "{library}");
        }
        let conf = ResolvConf { unseen: unseen(Some(0), true), ..ResolvConf::default() };
        for library in Library::ALL {
            let of = |name: &str| candidates(&Name::parse(name).unwrap(), &conf, library, Wanted::Any);
            assert!(of("a").order_assumed && of("a.b").order_assumed, "{library}");
            let rooted = of("a.");
            assert!(!rooted.order_assumed && !rooted.line_assumed, "{library}");
        }
        // With nothing to search in, the order is plain.
        let alone = ResolvConf { unseen: unseen(None, true), ..ResolvConf::default() };
        assert!(!candidates(&Name::parse("a").unwrap(), &alone, Glibc, Wanted::Any).order_assumed);
    }

    #[test]
    fn musl_searches_for_addresses_only() {
        let conf = ResolvConf::read("search x\noptions ndots:5");
        let count = |library, wanted| candidates(&Name::parse("a").unwrap(), &conf, library, wanted).candidates.len();
        for wanted in [Wanted::Any, Wanted::V4, Wanted::V6] {
            assert_eq!([Glibc, Musl, Go].map(|library| count(library, wanted)), [2, 2, 2], "{wanted:?}");
        }
        for wanted in [Wanted::Srv, Wanted::Ptr] {
            assert_eq!([Glibc, Musl, Go].map(|library| count(library, wanted)), [2, 1, 2], "{wanted:?}");
        }
    }
}
