//! A lookup played through: which names go out, what each reply makes the resolver do, and how it ends (§1.4).

use std::net::IpAddr;

use super::pair::{Pair, judge};
use super::{Candidate, Failure, Library, Name, Origin, Query, Reply, ResolvConf, Skip, Wanted, candidates};
use crate::model::Text;

/// A lookup from the first query to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// What the resolver did, in order.
    pub steps: Vec<Step>,
    /// How it ended.
    pub conclusion: Conclusion,
    /// Where the lookup could have gone another way, in order; it went on as the supposition says.
    pub doubts: Vec<Doubt>,
    /// musl would pass over the whole search list if domains that are not seen made its line too long; not a doubt,
    /// because they would need some 200 characters.
    pub line_assumed: bool,
    /// Packets sent, repetitions after a failing server included.
    pub queries: usize,
    /// Those for names that are known not to be there.
    pub wasted: usize,
}

/// One step of a lookup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A name was asked for.
    Asked {
        /// With a trailing dot.
        fqdn: Text,
        /// How it came about.
        origin: Origin,
        /// The replies.
        replies: Vec<(Query, Reply)>,
    },
    /// A name was passed over.
    Skipped {
        /// How it came about.
        origin: Origin,
        /// Why.
        why: Skip,
    },
    /// Here come the search domains of a file that is not seen.
    Unseen,
}

impl Step {
    /// What was asked here may have been found.
    fn unknown(&self) -> bool {
        match self {
            Self::Asked { replies, .. } => replies.iter().any(|(_, reply)| *reply == Reply::Unknown),
            Self::Skipped { .. } | Self::Unseen => false,
        }
    }
}

/// How a lookup ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// So it is.
    Sure(Outcome),
    /// So it is if the first of the lookup's doubts, and every other, is as supposed.
    If(Doubt, Outcome),
}

/// A place where a lookup could have gone another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The step from which on it counts.
    pub step: usize,
    /// What was supposed to go on.
    pub supposed: Supposition,
}

/// What a lookup supposed in order to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supposition {
    /// The unknown reply of the step is NXDOMAIN.
    NxDomain,
    /// The unseen search domains at the step have no such name.
    NotInUnseen,
    /// The node's file leaves `ndots` at 1.
    Ndots1,
}

/// What the program gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The name was found.
    Found {
        /// The step that found it.
        step: usize,
        /// The addresses, IPv4 first; none where records of another type were wanted.
        addresses: Vec<IpAddr>,
        /// No reply of that step is unknown or lost: there are no others.
        complete: bool,
    },
    /// An error.
    Failed(Failure),
}

impl Lookup {
    /// What the program gets, if nothing had to be supposed.
    pub fn sure(&self) -> Option<&Outcome> {
        match &self.conclusion {
            Conclusion::Sure(outcome) => Some(outcome),
            Conclusion::If(..) => None,
        }
    }

    /// What the program gets, supposed or sure.
    pub fn outcome(&self) -> &Outcome {
        match &self.conclusion {
            Conclusion::Sure(outcome) | Conclusion::If(_, outcome) => outcome,
        }
    }

    /// The names asked for, in order, each as often as it was.
    pub fn names(&self) -> impl Iterator<Item = &Text> {
        self.steps.iter().filter_map(|step| match step {
            Step::Asked { fqdn, .. } => Some(fqdn),
            Step::Skipped { .. } | Step::Unseen => None,
        })
    }
}

/// Plays a lookup through; `ask` says what the reply to a query is (its name has a trailing dot).
///
/// /etc/hosts and addresses typed as such come before this and are not looked at.
pub fn lookup(
    name: &Name,
    conf: &ResolvConf,
    library: Library,
    wanted: Wanted,
    ask: impl FnMut(&str, Query) -> Reply,
) -> Lookup {
    let plan = candidates(name, conf, library, wanted);
    let mut run = Run {
        conf,
        library,
        wanted,
        rooted: name.is_rooted(),
        ask,
        steps: vec![],
        doubts: vec![],
        queries: 0,
        errors: Errors::default(),
    };
    if plan.order_assumed {
        run.doubts.push(Doubt { step: 0, supposed: Supposition::Ndots1 });
    }
    let end = run.through(name, plan.candidates);
    let outcome = end.unwrap_or_else(|| Outcome::Failed(run.errors.last_word(library)));
    let used = match &outcome {
        Outcome::Found { step, .. } => Some(*step),
        Outcome::Failed(_) => None,
    };
    let vain = |(at, step): &(usize, &Step)| Some(*at) != used && !step.unknown();
    let wasted = run.steps.iter().enumerate().filter(vain).map(|(_, step)| run.sent(step)).sum();
    let conclusion = match run.doubts.first() {
        None => Conclusion::Sure(outcome),
        Some(first) => Conclusion::If(*first, outcome),
    };
    Lookup {
        steps: run.steps,
        conclusion,
        doubts: run.doubts,
        line_assumed: plan.line_assumed,
        queries: run.queries,
        wasted,
    }
}

struct Run<'a, F> {
    conf: &'a ResolvConf,
    library: Library,
    wanted: Wanted,
    rooted: bool,
    ask: F,
    steps: Vec<Step>,
    doubts: Vec<Doubt>,
    queries: usize,
    errors: Errors,
}

/// The failures of candidates that decide the last word.
#[derive(Default)]
struct Errors {
    /// Of the name as typed, if it came first.
    first_as_typed: Option<Failure>,
    /// A search domain had the name without addresses.
    no_data: bool,
    /// A search domain's server failed.
    again: bool,
    last: Option<Failure>,
}

impl<F: FnMut(&str, Query) -> Reply> Run<'_, F> {
    /// What ends the lookup before its candidates do.
    fn through(&mut self, name: &Name, candidates: Vec<Candidate>) -> Option<Outcome> {
        let (mut bare_asked, mut bare_only) = (false, false);
        for candidate in candidates {
            match candidate {
                Candidate::Ask { origin, .. } if bare_only && origin != Origin::AsTyped => {}
                Candidate::Skip { .. } | Candidate::Unseen if bare_only => {}
                Candidate::Ask { fqdn, origin } => {
                    bare_asked |= fqdn == name.fqdn();
                    let pair = self.asked(fqdn, origin);
                    bare_only |= matches!(pair, Pair::Bare(_)) && origin != Origin::AsTyped;
                    if let Some(outcome) = self.follow(pair, origin) {
                        return Some(outcome);
                    }
                }
                Candidate::Skip { origin, why } => {
                    // To glibc a name that it cannot send is an error like a refusal.
                    if self.library == Library::Glibc {
                        self.errors.last = Some(Failure::Fail);
                        bare_only = true;
                    }
                    self.steps.push(Step::Skipped { origin, why });
                }
                Candidate::Unseen => {
                    self.doubts.push(Doubt { step: self.steps.len(), supposed: Supposition::NotInUnseen });
                    self.steps.push(Step::Unseen);
                }
            }
        }
        // The root stood further down the list than the search came.
        if bare_only && !bare_asked {
            let pair = self.asked(name.fqdn(), Origin::AsTyped);
            return self.follow(pair, Origin::AsTyped);
        }
        None
    }

    fn asked(&mut self, fqdn: Text, origin: Origin) -> Pair {
        let replies: Vec<(Query, Reply)> =
            self.wanted.queries().iter().map(|query| (*query, (self.ask)(&fqdn, *query))).collect();
        let pair =
            judge(self.library, self.keep_last(origin), &replies.iter().map(|(_, reply)| reply).collect::<Vec<_>>());
        let step = Step::Asked { fqdn, origin, replies };
        self.queries += self.sent(&step);
        self.steps.push(step);
        pair
    }

    fn follow(&mut self, pair: Pair, origin: Origin) -> Option<Outcome> {
        let step = self.steps.len() - 1;
        match pair {
            Pair::Found => Some(self.found(step)),
            Pair::Stop(failure) => Some(Outcome::Failed(failure)),
            Pair::Next(failure) => {
                self.note(origin, failure);
                let searched = origin != Origin::AsTyped;
                self.errors.no_data |= searched && failure == Failure::NoData;
                self.errors.again |= searched && failure == Failure::Again;
                None
            }
            Pair::Bare(failure) => {
                self.note(origin, failure);
                None
            }
            Pair::Unsure => {
                self.doubts.push(Doubt { step, supposed: Supposition::NxDomain });
                self.note(origin, Failure::NoName);
                None
            }
        }
    }

    /// Go prefers the failure of the name as typed, and else that of the first name; of other records the last one.
    fn keep_last(&self, origin: Origin) -> bool {
        self.library != Library::Go || self.wanted.is_record() || origin == Origin::AsTyped && !self.rooted
    }

    fn note(&mut self, origin: Origin, failure: Failure) {
        if origin == Origin::AsTyped && self.steps.len() == 1 {
            self.errors.first_as_typed = Some(failure);
        }
        if self.keep_last(origin) || self.errors.last.is_none() {
            self.errors.last = Some(failure);
        }
    }

    fn found(&self, step: usize) -> Outcome {
        let replies = match &self.steps[step] {
            Step::Asked { replies, .. } => replies.as_slice(),
            Step::Skipped { .. } | Step::Unseen => &[],
        };
        let addresses = replies.iter().filter_map(|(_, reply)| match reply {
            Reply::Addresses(addresses) => Some(addresses.as_slice()),
            Reply::Records
            | Reply::Alias
            | Reply::NoData
            | Reply::NxDomain
            | Reply::ServFail
            | Reply::Refused
            | Reply::Timeout
            | Reply::Unknown => None,
        });
        let complete = replies.iter().all(|(_, reply)| *reply != Reply::Unknown && !reply.is_lost());
        Outcome::Found { step, addresses: addresses.flatten().copied().collect(), complete }
    }

    /// How many packets one step takes (R1.12). A server that fails or is silent is asked again.
    fn sent(&self, step: &Step) -> usize {
        let Step::Asked { replies, .. } = step else { return 0 };
        let (servers, attempts) = (self.conf.nameservers().len().max(1), self.conf.attempts(self.library));
        let lost = replies.iter().filter(|(_, reply)| reply.is_lost()).count();
        let heard = replies.len() - lost;
        match self.library {
            // One usable reply of two is enough.
            Library::Glibc if heard > 0 => replies.len(),
            Library::Glibc | Library::Go => heard + lost * attempts * servers,
            // All servers at once, and twice again for each query when one says that it failed.
            Library::Musl => {
                let failed = replies.iter().any(|(_, reply)| *reply == Reply::ServFail);
                let again = if failed { 2 * replies.len() } else { 0 };
                servers * (heard + attempts * (lost + again))
            }
        }
    }
}

impl Errors {
    /// The error after the last candidate.
    fn last_word(&self, library: Library) -> Failure {
        let last = self.last.unwrap_or(Failure::NoName);
        match library {
            Library::Glibc => match self.first_as_typed {
                Some(failure) => failure,
                None if self.no_data => Failure::NoData,
                None if self.again => Failure::Again,
                None => last,
            },
            Library::Musl => Failure::NoName,
            Library::Go => last,
        }
    }
}
