//! What a resolver makes of the replies for one candidate name: it stops, or tries the next (§1.4).

use super::{Failure, Library, Reply};

/// What follows from the replies for one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    /// The lookup has what it wants.
    Found,
    /// The lookup is over.
    Stop(Failure),
    /// The next candidate is tried.
    Next(Failure),
    /// No more search domains are tried, only the name itself if it has not been.
    Bare(Failure),
    /// It hangs on a reply that is not known.
    Unsure,
}

/// Judges the replies in the order of the queries. Of two failures Go keeps the last one if `keep_last`.
pub(super) fn judge(library: Library, keep_last: bool, replies: &[&Reply]) -> Pair {
    match library {
        Library::Glibc => glibc(replies),
        Library::Musl => musl(replies),
        Library::Go => go(replies, keep_last),
    }
}

fn found(reply: &Reply) -> bool {
    matches!(reply, Reply::Addresses(_) | Reply::Records)
}

/// glibc goes on with the one usable reply if the other is lost; an alias alone is an answer to it.
fn glibc(replies: &[&Reply]) -> Pair {
    if replies.iter().any(|reply| found(reply)) {
        return Pair::Found;
    }
    let has = |wanted: Reply| replies.iter().any(|reply| **reply == wanted);
    if has(Reply::Unknown) {
        return Pair::Unsure;
    }
    if has(Reply::Alias) {
        return Pair::Stop(Failure::NoName);
    }
    if replies.iter().all(|reply| reply.is_lost()) {
        let failed = replies.first().is_some_and(|first| **first == Reply::ServFail);
        return if failed { Pair::Next(Failure::Again) } else { Pair::Bare(Failure::Again) };
    }
    if has(Reply::NxDomain) { Pair::Next(Failure::NoName) } else { Pair::Next(Failure::NoData) }
}

/// musl looks at the replies in order, and at their codes before their contents: one NXDOMAIN undoes the other's
/// addresses, and one lost reply ends the lookup.
fn musl(replies: &[&Reply]) -> Pair {
    for reply in replies {
        match reply {
            Reply::ServFail | Reply::Refused | Reply::Timeout => return Pair::Stop(Failure::Again),
            Reply::NxDomain => return Pair::Next(Failure::NoName),
            Reply::Unknown => return Pair::Unsure,
            Reply::Addresses(_) | Reply::Records | Reply::Alias | Reply::NoData => {}
        }
    }
    if replies.iter().any(|reply| found(reply)) { Pair::Found } else { Pair::Stop(Failure::NoData) }
}

/// Go goes on until it has an address.
fn go(replies: &[&Reply], keep_last: bool) -> Pair {
    if replies.iter().any(|reply| found(reply)) {
        return Pair::Found;
    }
    if replies.iter().any(|reply| **reply == Reply::Unknown) {
        return Pair::Unsure;
    }
    let judged = if keep_last { replies.last() } else { replies.first() };
    Pair::Next(judged.map_or(Failure::NoName, |reply| go_failure(reply)))
}

/// What Go says of one reply without what was wanted.
fn go_failure(reply: &Reply) -> Failure {
    match reply {
        Reply::ServFail | Reply::Timeout => Failure::Again,
        Reply::Refused => Failure::Fail,
        Reply::Addresses(_) | Reply::Records | Reply::Alias | Reply::NoData | Reply::NxDomain | Reply::Unknown => {
            Failure::NoName
        }
    }
}
