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
