//! The composed trace: from the client to the containers that may answer it (§0.4).
//!
//! Each file makes one or two steps and says what it found; nothing here repeats a rule that `client`, `dns` or `proxy`
//! holds. The order of the steps is the order of the packet.

mod ask;
mod cached;
mod ends;
mod heard;
mod place;
mod settings;
mod step;
mod texts;
mod told;
mod verdict;
mod ways;
mod zones;

pub use settings::Settings;
pub use step::{
    Body, Candidate, Fate, Last, Nameserver, Owner, Place, PortWay, Resolver, Run, Share, Standing, Step, Trace,
    Verdict, Way,
};
pub use zones::{ZoneView, zone_views};

use super::client::{Library, Name, Wanted};
use super::question::{Asked, Question};
use super::{Blind, Client, Confidence, Finding, Near, Stage};
use crate::model::{Key, Kind, Pod, Time};
use crate::store::Store;

/// What makes a question unanswerable before a step is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTrace {
    /// There is no such client; what is near.
    NoClient(Client, Vec<Near>),
    /// Whether there is such a client is not known: objects of this kind are not (all) known.
    Unseen(Client, Kind),
    /// The name cannot be looked up at all.
    BadName(super::client::BadName),
}

/// A trace under way: what is known so far.
struct Walk<'a> {
    store: &'a Store,
    settings: &'a Settings,
    question: &'a Question,
    /// The libraries that are played through.
    libraries: &'a [Library],
    /// The client as a pod: itself, or one with the usual settings in its place.
    pod: std::borrow::Cow<'a, Pod>,
    now: Time,
    steps: Vec<Step>,
    findings: Vec<Finding>,
    /// Nothing gets past what was found so far, or it is not known.
    halted: Option<Halt>,
    /// When the answer may be another one although nothing happens.
    until: Option<Time>,
}

/// Why the steps that follow are only what would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halt {
    Fails(Stage),
    Undecided(Stage),
}

/// Follows a name from a client to the containers that answer.
///
/// # Errors
/// The client does not exist, or the name cannot be one.
pub fn trace(
    store: &Store,
    settings: &Settings,
    question: &Question,
    libraries: &[Library],
    now: Time,
) -> Result<Trace, NoTrace> {
    let pod = place::stand(store, &question.client)?;
    let libraries = if libraries.is_empty() { &Library::ALL } else { libraries };
    let mut walk = Walk {
        store,
        settings,
        question,
        libraries,
        pod,
        now,
        steps: Vec::new(),
        findings: Vec::new(),
        halted: None,
        until: None,
    };
    let found = match &question.asked {
        Asked::Address(address) if question.wanted != Wanted::Ptr => {
            walk.client(None);
            ask::Found { addresses: vec![*address], ..ask::Found::default() }
        }
        Asked::Address(address) => {
            let name = super::dns::Name::reverse(*address);
            let name = Name::parse(name.as_str()).map_err(NoTrace::BadName)?;
            walk.client(None);
            walk.look_up(&name)
        }
        Asked::Name(typed) => {
            let name = Name::parse(typed).map_err(NoTrace::BadName)?;
            match walk.client(Some(&name)) {
                Some(hosts) => hosts,
                None => walk.look_up(&name),
            }
        }
    };
    if question.wanted != Wanted::Ptr {
        walk.follow(&found);
    }
    walk.heard();
    Ok(walk.end())
}

impl Walk<'_> {
    /// Adds a step.
    fn step(&mut self, stage: Stage, standing: Standing, confidence: Confidence, body: Body) {
        let would_be = self.halted.is_some();
        self.steps.push(Step { stage, standing, would_be, confidence, body, evidence: Vec::new() });
    }

    /// Notes that nothing gets past a stage; what was noted before counts.
    fn halt(&mut self, halt: Halt) {
        self.halted.get_or_insert(halt);
    }

    /// Notes when something that was said holds no more.
    fn lapses(&mut self, at: Time) {
        self.until = self.until.into_iter().chain((at > self.now).then_some(at)).min();
    }

    /// How sure an answer is that used objects of these kinds.
    fn known(&self, kinds: &[Kind]) -> Confidence {
        let unknown = kinds.iter().find(|kind| !self.store.complete(**kind));
        unknown.map_or(Confidence::Exact, |kind| Confidence::Unknown(Blind::Kind(*kind, "".into())))
    }
}

/// Pods and nodes whose names are near to a client's.
fn near_clients(store: &Store, wanted: &Key) -> Vec<Near> {
    let pods = store.pods().map(|pod| &pod.meta.key);
    let mut near: Vec<(usize, &Key)> = pods
        .map(|key| {
            let namespace = if key.namespace == wanted.namespace {
                0
            } else {
                strsim::levenshtein(&key.namespace, &wanted.namespace)
            };
            (strsim::levenshtein(&key.name, &wanted.name) + namespace, key)
        })
        .filter(|(edits, key)| *edits <= 3 || key.name.starts_with(wanted.name.as_str()))
        .collect();
    near.sort();
    near.into_iter().take(3).map(|(_, key)| Near::Client(key.clone())).collect()
}
