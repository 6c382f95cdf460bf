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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_library_draws_its_own_conclusion_from_a_pair() {
        use Failure::{Again, Fail, NoData, NoName};
        use Pair::{Bare, Found, Next, Stop, Unsure};
        use Reply::{Alias, NoData as Empty, NxDomain, Refused, ServFail, Timeout, Unknown};
        let ip = || Reply::Addresses(vec!["10.0.0.1".parse().unwrap()]);
        // A, AAAA; glibc, musl, Go
        let cases = [
            (ip(), ip(), Found, Found, Found),
            (ip(), Empty, Found, Found, Found),
            (Empty, ip(), Found, Found, Found),
            (ip(), NxDomain, Found, Next(NoName), Found),
            (NxDomain, ip(), Found, Next(NoName), Found),
            (ip(), ServFail, Found, Stop(Again), Found),
            (ServFail, ip(), Found, Stop(Again), Found),
            (ip(), Timeout, Found, Stop(Again), Found),
            (ip(), Alias, Found, Found, Found),
            (ip(), Unknown, Found, Unsure, Found),
            (Unknown, ip(), Found, Unsure, Found),
            (Alias, Alias, Stop(NoName), Stop(NoData), Next(NoName)),
            (Alias, Empty, Stop(NoName), Stop(NoData), Next(NoName)),
            (Empty, Alias, Stop(NoName), Stop(NoData), Next(NoName)),
            (Alias, NxDomain, Stop(NoName), Next(NoName), Next(NoName)),
            (Alias, Unknown, Unsure, Unsure, Unsure),
            (Empty, Empty, Next(NoData), Stop(NoData), Next(NoName)),
            (Empty, NxDomain, Next(NoName), Next(NoName), Next(NoName)),
            (NxDomain, Empty, Next(NoName), Next(NoName), Next(NoName)),
            (NxDomain, NxDomain, Next(NoName), Next(NoName), Next(NoName)),
            (NxDomain, ServFail, Next(NoName), Next(NoName), Next(NoName)),
            (ServFail, NxDomain, Next(NoName), Stop(Again), Next(Again)),
            (ServFail, Empty, Next(NoData), Stop(Again), Next(Again)),
            (ServFail, ServFail, Next(Again), Stop(Again), Next(Again)),
            (ServFail, Refused, Next(Again), Stop(Again), Next(Again)),
            (Refused, ServFail, Bare(Again), Stop(Again), Next(Fail)),
            (Refused, Refused, Bare(Again), Stop(Again), Next(Fail)),
            (Timeout, Timeout, Bare(Again), Stop(Again), Next(Again)),
            (Unknown, Unknown, Unsure, Unsure, Unsure),
            (NxDomain, Unknown, Unsure, Next(NoName), Unsure),
            (Unknown, NxDomain, Unsure, Unsure, Unsure),
            (ServFail, Unknown, Unsure, Stop(Again), Unsure),
        ];
        for (a, aaaa, glibc, musl, go) in cases {
            let told = Library::ALL.map(|library| judge(library, false, &[&a, &aaaa]));
            assert_eq!(told, [glibc, musl, go], "{a:?}, {aaaa:?}");
        }
    }

    #[test]
    fn go_keeps_the_first_failure_of_a_pair_or_the_last() {
        let pair = [&Reply::Refused, &Reply::ServFail];
        assert_eq!(judge(Library::Go, false, &pair), Pair::Next(Failure::Fail));
        assert_eq!(judge(Library::Go, true, &pair), Pair::Next(Failure::Again));
    }

    #[test]
    fn records_of_another_type_are_an_answer() {
        for library in Library::ALL {
            assert_eq!(judge(library, false, &[&Reply::Records]), Pair::Found, "{library}");
        }
    }
}
