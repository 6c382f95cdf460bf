//! `t`: how a name resolves to pods for one client, step by step, and live.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Entry, EntryId, Listing, Shown, node_of};
use crate::churn::Subject;
use crate::model::{Key, Kind, Time};
use crate::outline::Node;
use crate::store::{RowId, Store};
use crate::trace::path::{Body, Fate, NoTrace, Owner, Settings, Step, Trace, Verdict, ZoneView, trace, zone_views};
use crate::trace::{Blind, Client, Confidence, Finding, Question, Reason, Source, Stage, alike};

/// How long a changed line stays marked, in milliseconds.
const MARKED: i64 = 15_000;
/// How long it is bright.
const BRIGHT: i64 = 4_000;

/// A line of the page: which part of the trace it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TraceBody {
    /// A step, by its place.
    Step(usize),
    /// Libraries that behave alike, by the place of their run.
    Run(usize),
    /// A candidate name of a run.
    Candidate(usize, usize),
    /// One query for a candidate.
    Query(usize, usize, usize),
    /// A nameserver.
    Server(usize),
    /// A search domain.
    Search(usize),
    /// What stands behind an address.
    Owner(usize),
    /// A port.
    Port(usize),
    /// The way to one address.
    Way(usize),
    /// An endpoint on a way.
    Share(usize, usize),
    /// The head of the zones.
    Zones,
    /// A zone, and what its clients get.
    Zone(usize),
    /// What listens at the end.
    Last(usize),
    /// A policy that is not checked.
    Policy(usize),
    /// A finding.
    Finding(usize),
    /// The head of findings that are alike: the first of them, and how many more there are.
    Alike(usize, usize),
    /// A piece of a finding's proof.
    Evidence(usize, usize),
}

/// The page.
#[derive(Clone, Debug, PartialEq)]
pub struct TracePage {
    /// What is asked.
    pub question: Question,
    /// The Service whose name it is, where nobody typed it.
    pub(super) about: Option<Key>,
    /// The answer.
    pub answer: Result<Trace, NoTrace>,
    /// What each zone's clients get; worked out while its lines are open.
    pub zones: Vec<ZoneView>,
    /// How often the verdict has changed since the page was opened.
    pub flips: u32,
    /// The lines.
    pub listing: Listing<TraceBody>,
    /// What each line showed.
    prints: BTreeMap<EntryId, u64>,
    /// When each line last changed.
    changed: BTreeMap<EntryId, Time>,
    /// It has been worked out.
    begun: bool,
}

impl TracePage {
    /// A page that is not worked out yet.
    pub fn new(question: Question, about: Option<Key>) -> Self {
        let client = question.client.clone();
        Self {
            question,
            about,
            answer: Err(NoTrace::NoClient(client, Vec::new())),
            zones: Vec::new(),
            flips: 0,
            listing: Listing::default(),
            prints: BTreeMap::new(),
            changed: BTreeMap::new(),
            begun: false,
        }
    }

    pub(super) fn refresh(&mut self, store: &Store, now: Time, height: usize) {
        let settings = Settings::of(store);
        let answer = trace(store, &settings, &self.question, &[], now);
        let known = self.begun && told(&self.answer);
        if known && verdict(&answer) != verdict(&self.answer) {
            self.flips = self.flips.saturating_add(1);
        }
        self.answer = answer;
        let looked_at =
            self.listing.lines().iter().any(|line| line.entry.body == TraceBody::Zones && line.open == Some(true));
        self.zones = match &self.answer {
            Ok(trace) if looked_at => zone_views(store, &settings, trace),
            Ok(_) | Err(_) => Vec::new(),
        };
        let entries = match &self.answer {
            Ok(trace) => entries(trace, &self.zones),
            Err(_) => Vec::new(),
        };
        let prints: BTreeMap<EntryId, u64> =
            entries.iter().map(|entry| (entry.id.clone(), self.print(entry.body))).collect();
        if known {
            let other = |id: &EntryId, print: &u64| self.prints.get(id) != Some(print);
            let changed = prints.iter().filter(|(id, print)| other(id, print)).map(|(id, _)| (id.clone(), now));
            self.changed.extend(changed);
            self.changed.retain(|id, at| now.0 - at.0 < MARKED && prints.contains_key(id));
        }
        self.prints = prints;
        // What comes while the cluster is being read is no news of it.
        self.begun |= !Kind::ALL.into_iter().any(|kind| store.arriving(kind));
        self.listing.replace(entries, height);
    }

    /// The moment shown is another one: what differs from it is no news.
    pub(super) fn rebase(&mut self) {
        self.begun = false;
        self.changed.clear();
    }

    /// Whether a line changed a moment ago, and whether that is still bright.
    pub fn mark(&self, id: &EntryId, now: Time) -> Option<bool> {
        let age = now.0 - self.changed.get(id)?.0;
        (age < MARKED).then_some(age < BRIGHT)
    }

    /// When a mark next fades or goes, or the answer may be another one.
    pub(super) fn deadline(&self, now: Time) -> Option<Time> {
        let ends = self.changed.values().flat_map(|at| [at.plus(BRIGHT), at.plus(MARKED)]);
        ends.chain(self.until()).filter(|end| *end > now).min()
    }

    /// When the answer may be another one although nothing happens.
    pub(super) fn until(&self) -> Option<Time> {
        self.answer.as_ref().ok()?.until
    }

    /// A number for what a line shows; another one where it shows something else.
    fn print(&self, body: TraceBody) -> u64 {
        let mut hasher = DefaultHasher::new();
        let part = self.answer.as_ref().ok().and_then(|trace| Part::of(trace, body));
        // That something old grows older is no change.
        let aged = |finding: &Finding| matches!(finding.reason, Reason::OldData { .. });
        match part {
            Some(Part::Finding(finding)) if aged(finding) => finding.reason.id().hash(&mut hasher),
            part => format!("{part:?}").hash(&mut hasher),
        }
        if let TraceBody::Alike(_, more) = body {
            more.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The line of the home tree that the line under the cursor is about. A line that opens opens first.
    pub(super) fn leads_to(&self, store: &Store) -> Option<Node> {
        let (trace, line) = (self.answer.as_ref().ok()?, self.listing.current()?);
        let own = || service(trace).map(Node::service);
        let pod = |key: &Key| {
            let uid = store.pod(key)?.meta.uid.clone();
            // Of the Services that have it, the one that is traced.
            match service(trace).filter(|service| store.services_of_pod(key).contains(service)) {
                Some(service) => node_of(store, &Subject::Row(service, RowId::Pod(uid))),
                None => node_of(store, &Subject::Pod(key.clone(), uid)),
            }
        };
        match (line.entry.body, Part::of(trace, line.entry.body)?) {
            (TraceBody::Share(way, _), Part::Share(share)) => {
                let row = share.uid.clone().map_or(RowId::Address(share.to.ip()), RowId::Pod);
                let service = trace.ways().get(way).and_then(|_| service(trace))?;
                node_of(store, &Subject::Row(service, row))
            }
            (_, Part::Step(step)) if line.open.is_none() => match (&step.body, &self.question.client) {
                (Body::Client(_), Client::Pod(key)) => pod(key),
                (Body::Client(_), Client::Node(_) | Client::Namespace(_) | Client::Outside) => None,
                (Body::Resolver(_) | Body::Queries(_) | Body::Owner(_) | Body::Port(_), _) => own(),
                (Body::Container(lasts), _) => lasts.iter().find_map(|last| last.pods.first()).and_then(pod),
                (Body::Endpoints(_) | Body::Policy(_), _) => own(),
            },
            (_, Part::Server(server)) => server.service.clone().map(Node::service),
            (_, Part::Owner(_)) if line.open.is_none() => own(),
            (_, Part::Port(_) | Part::Query(..)) if line.open.is_none() => own(),
            (_, Part::Last(last)) if line.open.is_none() => last.pods.first().and_then(pod),
            (_, Part::Evidence(evidence)) => match &evidence.source {
                Source::Object(Kind::Service, key) => Some(Node::service(key.clone())),
                Source::Object(Kind::Pod, key) => pod(key),
                Source::Object(Kind::Slice, key) => node_of(store, &Subject::Slice(key.clone())),
                Source::Object(
                    Kind::Node | Kind::Namespace | Kind::NetworkPolicy | Kind::ServiceCidr | Kind::Config(_),
                    _,
                )
                | Source::All(..) => None,
            },
            (
                _,
                Part::Share(_)
                | Part::Step(_)
                | Part::Run(_)
                | Part::Candidate(_)
                | Part::Query(..)
                | Part::Search(_)
                | Part::Owner(_)
                | Part::Port(_)
                | Part::Way(_)
                | Part::Last(_)
                | Part::Policy(_)
                | Part::Finding(_),
            ) => None,
        }
    }

    /// What is copied from the line under the cursor: a name, an address, or the kubectl line of a proof.
    pub(super) fn copy(&self) -> Option<String> {
        let (trace, line) = (self.answer.as_ref().ok()?, self.listing.current()?);
        match Part::of(trace, line.entry.body)? {
            Part::Candidate(candidate) => Some(candidate.name.to_string()),
            Part::Share(share) => Some(share.to.to_string()),
            Part::Way(way) => Some(way.to.to_string()),
            Part::Server(server) => Some(server.address.to_string()),
            Part::Search(search) => Some(search.to_string()),
            Part::Evidence(evidence) => Some(evidence.kubectl()),
            Part::Finding(finding) => finding.evidence.first().map(crate::trace::Evidence::kubectl),
            Part::Policy(policy) => Some(policy.to_string()),
            Part::Owner(_) | Part::Step(_) => service(trace).map(|key| key.to_string()),
            Part::Run(_) | Part::Query(..) | Part::Port(_) | Part::Last(_) => None,
        }
    }
}

/// The Service that the trace goes through, if it does.
fn service(trace: &Trace) -> Option<Key> {
    trace.owners().iter().find_map(|owner| match owner {
        Owner::Service(key, _) | Owner::Headless(key) => Some(key.clone()),
        Owner::Alias(..) | Owner::Pod(_) | Owner::Node(_) | Owner::Nobody(_) => None,
    })
}

/// Whether a service proxy has a part in it.
fn through_a_service(trace: &Trace) -> bool {
    trace.ways().iter().any(|way| way.fate == Fate::Balanced)
}

fn verdict(answer: &Result<Trace, NoTrace>) -> Option<Verdict> {
    answer.as_ref().ok().map(|trace| trace.verdict)
}

/// Whether an answer is of the cluster: not that its objects are not known (yet).
fn told(answer: &Result<Trace, NoTrace>) -> bool {
    match answer {
        Ok(trace) => !matches!(trace.confidence, Confidence::Unknown(Blind::Kind(..))),
        Err(NoTrace::Unseen(..)) => false,
        Err(NoTrace::NoClient(..) | NoTrace::BadName(_)) => true,
    }
}

/// The part of a trace that a line shows.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// A step.
    Step(&'a Step),
    /// A run of libraries.
    Run(&'a crate::trace::path::Run),
    /// A candidate.
    Candidate(&'a crate::trace::path::Candidate),
    /// A query and its reply.
    Query(crate::trace::client::Query, Option<&'a crate::trace::dns::Reply>),
    /// A nameserver.
    Server(&'a crate::trace::path::Nameserver),
    /// A search domain.
    Search(&'a crate::model::Text),
    /// An owner.
    Owner(&'a Owner),
    /// A port.
    Port(&'a crate::trace::path::PortWay),
    /// A way.
    Way(&'a crate::trace::path::Way),
    /// An endpoint.
    Share(&'a crate::trace::path::Share),
    /// A listener.
    Last(&'a crate::trace::path::Last),
    /// A policy.
    Policy(&'a crate::model::Key),
    /// A finding.
    Finding(&'a crate::trace::Finding),
    /// A proof.
    Evidence(&'a crate::trace::Evidence),
}

impl<'a> Part<'a> {
    /// The part that a line shows; `None` where the trace has no such part.
    pub fn of(trace: &'a Trace, body: TraceBody) -> Option<Self> {
        match body {
            TraceBody::Step(at) => trace.steps.get(at).map(Self::Step),
            TraceBody::Run(run) => trace.runs().get(run).map(Self::Run),
            TraceBody::Candidate(run, at) => trace.runs().get(run)?.asked.get(at).map(Self::Candidate),
            TraceBody::Query(run, at, query) => {
                let (query, reply) = trace.runs().get(run)?.asked.get(at)?.replies.get(query)?;
                Some(Self::Query(*query, reply.as_ref()))
            }
            TraceBody::Server(at) => trace.resolver()?.servers.get(at).map(Self::Server),
            TraceBody::Search(at) => trace.resolver()?.conf.searches.get(at).map(Self::Search),
            TraceBody::Owner(at) => trace.owners().get(at).map(Self::Owner),
            TraceBody::Port(at) => trace.ports().get(at).map(Self::Port),
            TraceBody::Way(at) => trace.ways().get(at).map(Self::Way),
            TraceBody::Share(way, at) => trace.ways().get(way)?.shares.get(at).map(Self::Share),
            TraceBody::Zones | TraceBody::Zone(_) => None,
            TraceBody::Last(at) => trace.lasts().get(at).map(Self::Last),
            TraceBody::Policy(at) => trace.policies().get(at).map(Self::Policy),
            TraceBody::Finding(at) | TraceBody::Alike(at, _) => trace.findings.get(at).map(Self::Finding),
            TraceBody::Evidence(finding, at) => trace.findings.get(finding)?.evidence.get(at).map(Self::Evidence),
        }
    }
}

/// The lines of a trace: each step, what it is made of, and what was found at it.
fn entries(trace: &Trace, zones: &[ZoneView]) -> Vec<Entry<TraceBody>> {
    let mut entries = Vec::new();
    for (at, step) in trace.steps.iter().enumerate() {
        let id = step.stage.id();
        let mut below = Vec::new();
        parts(&mut below, id, step);
        if step.stage == Stage::Endpoints && through_a_service(trace) {
            let head = format!("{id}/zones");
            below.push(Entry { id: head.clone(), depth: 1, fold: Some(Shown::WhenOpened), body: TraceBody::Zones });
            below.extend(zones.iter().enumerate().map(|(place, zone)| {
                let name = zone.zone.as_deref().unwrap_or("-");
                Entry { id: format!("{head}/{name}"), depth: 2, fold: None, body: TraceBody::Zone(place) }
            }));
        }
        findings(&mut below, id, trace, step.stage);
        let shown = match step.body {
            Body::Resolver(_) => Shown::WhenOpened,
            Body::Client(_)
            | Body::Queries(_)
            | Body::Owner(_)
            | Body::Port(_)
            | Body::Endpoints(_)
            | Body::Container(_)
            | Body::Policy(_) => Shown::AtOnce,
        };
        let fold = (!below.is_empty()).then_some(shown);
        entries.push(Entry { id: id.to_owned(), depth: 0, fold, body: TraceBody::Step(at) });
        entries.extend(below);
    }
    entries
}

/// What was found at a step; what is alike stands under the first of it.
fn findings(below: &mut Vec<Entry<TraceBody>>, id: &str, trace: &Trace, stage: Stage) {
    let own = |finding: &&Finding| finding.stage == stage;
    let place = |finding: &Finding| trace.findings.iter().position(|other| std::ptr::eq(other, finding));
    for (first, others) in alike(trace.findings.iter().filter(own)) {
        let head = format!("{id}/{}", first.reason.id());
        let known = below.iter().any(|entry| entry.id == head);
        let head = if known { format!("{head} {}", below.len()) } else { head };
        let Some(at) = place(first) else { continue };
        if others.is_empty() {
            finding(below, head, 1, (at, first));
            continue;
        }
        let body = TraceBody::Alike(at, others.len());
        below.push(Entry { id: head.clone(), depth: 1, fold: Some(Shown::WhenOpened), body });
        for (number, one) in std::iter::once(first).chain(others).enumerate() {
            let Some(at) = place(one) else { continue };
            finding(below, format!("{head}/{number}"), 2, (at, one));
        }
    }
}

/// A finding, with its proof below it.
fn finding(below: &mut Vec<Entry<TraceBody>>, id: String, depth: u16, (at, found): (usize, &Finding)) {
    let fold = (!found.evidence.is_empty()).then_some(Shown::WhenOpened);
    let proofs = (0..found.evidence.len()).map(|proof| Entry {
        id: format!("{id}/proof{proof}"),
        depth: depth + 1,
        fold: None,
        body: TraceBody::Evidence(at, proof),
    });
    let proofs: Vec<Entry<TraceBody>> = proofs.collect();
    below.push(Entry { id, depth, fold, body: TraceBody::Finding(at) });
    below.extend(proofs);
}

fn parts(below: &mut Vec<Entry<TraceBody>>, id: &str, step: &Step) {
    let mut push = |name: String, depth: u16, fold: Option<Shown>, body: TraceBody| {
        below.push(Entry { id: format!("{id}/{name}"), depth, fold, body });
    };
    match &step.body {
        Body::Client(_) => {}
        Body::Resolver(resolver) => {
            for (at, server) in resolver.servers.iter().enumerate() {
                push(format!("server {}", server.address), 1, None, TraceBody::Server(at));
            }
            for (at, search) in resolver.conf.searches.iter().enumerate() {
                push(format!("search {search}"), 1, None, TraceBody::Search(at));
            }
        }
        Body::Queries(runs) => {
            for (at, run) in runs.iter().enumerate() {
                let (prefix, depth) = if runs.len() > 1 {
                    let first = run.libraries.first().map(ToString::to_string).unwrap_or_default();
                    let shown = if at == 0 { Shown::AtOnce } else { Shown::WhenOpened };
                    push(first.clone(), 1, Some(shown), TraceBody::Run(at));
                    (format!("{first}/"), 2)
                } else {
                    (String::new(), 1)
                };
                for (place, candidate) in run.asked.iter().enumerate() {
                    let several = candidate.replies.len() > 1;
                    let own = format!("{prefix}{}", candidate.name.replace('/', " "));
                    push(own.clone(), depth, several.then_some(Shown::WhenOpened), TraceBody::Candidate(at, place));
                    for query in 0..if several { candidate.replies.len() } else { 0 } {
                        push(format!("{own}/{query}"), depth + 1, None, TraceBody::Query(at, place, query));
                    }
                }
            }
        }
        Body::Owner(owners) => {
            for at in 1..owners.len() {
                push(format!("{at}"), 1, None, TraceBody::Owner(at));
            }
        }
        Body::Port(ports) if ports.len() > 1 => {
            for (at, port) in ports.iter().enumerate() {
                push(format!("{} {}", port.port, port.protocol), 1, None, TraceBody::Port(at));
            }
        }
        Body::Port(_) => {}
        Body::Endpoints(ways) => {
            for (at, way) in ways.iter().enumerate() {
                // Pods that are dialled themselves stand in one list.
                let direct = ways.iter().all(|way| way.fate == Fate::Direct);
                let (prefix, depth) = if ways.len() > 1 && !direct {
                    let fold = (!way.shares.is_empty()).then_some(Shown::AtOnce);
                    push(way.to.to_string(), 1, fold, TraceBody::Way(at));
                    (format!("{}/", way.to), 2)
                } else {
                    (String::new(), 1)
                };
                for (place, share) in way.shares.iter().enumerate() {
                    push(format!("{prefix}{}", share.to), depth, None, TraceBody::Share(at, place));
                }
            }
        }
        Body::Container(lasts) => {
            for at in 1..lasts.len() {
                push(format!("{at}"), 1, None, TraceBody::Last(at));
            }
        }
        Body::Policy(policies) => {
            for (at, policy) in policies.iter().enumerate() {
                push(policy.to_string().replace('/', " "), 1, None, TraceBody::Policy(at));
            }
        }
    }
}
