//! How well each kind is known, and where.

use std::collections::{BTreeMap, VecDeque};

use super::{Cause, Store};
use crate::delta::{Fault, Health, Purpose, Skipped, Verb};
use crate::model::{Kind, Text, Time};

/// How many unreadable objects are kept by name.
const KEPT: usize = 8;

/// Objects of one kind that could not be read and are therefore not in the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skips {
    /// How many, since the last complete list.
    pub count: u32,
    /// The latest of them.
    pub latest: VecDeque<Skipped>,
}

/// What an answer may rely on where it looked at one kind in one namespace. From the best to the worst: an answer carries
/// the worst that it used ([`Known::worst`]), and says "none" only where it is [`Known::complete`].
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Everything, as it is now.
    Known,
    /// Everything as it was then.
    Stale(Time),
    /// The first list is on its way; so many objects have come.
    Loading(u32),
    /// Never complete, and the last attempt failed.
    Failing(Fault),
    /// Nobody has asked for it: it is read only when an answer needs it.
    NotAsked(Kind),
    /// The source is a file or a tape that has nothing of it.
    NotGiven(Kind),
    /// Not among the namespaces that are watched: its absence means nothing.
    NotWatched {
        /// What was looked for.
        kind: Kind,
        /// Where.
        namespace: Text,
    },
    /// The server has no such resource.
    NotServed(Kind),
    /// The server does not let this user.
    Forbidden {
        /// What is not allowed.
        verb: Verb,
        /// On which kind.
        kind: Kind,
        /// In one namespace, or in all.
        namespace: Option<Text>,
    },
}

impl Known {
    /// What a stream's health means for answers.
    pub fn of(kind: Kind, health: &Health) -> Self {
        match health {
            Health::Live | Health::Polling { .. } => Self::Known,
            Health::Stale { since, .. } => Self::Stale(*since),
            Health::Waiting if !kind.on_demand() => Self::Loading(0),
            Health::Waiting => Self::NotAsked(kind),
            Health::Loading { seen } => Self::Loading(*seen),
            Health::Failing { fault, .. } => Self::Failing(fault.clone()),
            Health::NotServed => Self::NotServed(kind),
            Health::NotGiven => Self::NotGiven(kind),
            Health::Forbidden { verb, namespace } => {
                Self::Forbidden { verb: *verb, kind, namespace: namespace.clone() }
            }
        }
    }

    /// Whether what is held is everything, exactly or as of a stated time.
    pub fn complete(&self) -> bool {
        match self {
            Self::Known | Self::Stale(_) => true,
            Self::Loading(_)
            | Self::Failing(_)
            | Self::NotAsked(_)
            | Self::NotGiven(_)
            | Self::NotWatched { .. }
            | Self::NotServed(_)
            | Self::Forbidden { .. } => false,
        }
    }

    /// The worse of two; of two that are equally bad the older, else the first.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Stale(one), Self::Stale(two)) => Self::Stale(*one.min(two)),
            _ if other.rank() > self.rank() => other,
            _ => self,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Known => 0,
            Self::Stale(_) => 1,
            Self::Loading(_) => 2,
            Self::Failing(_) => 3,
            Self::NotAsked(_) => 4,
            Self::NotGiven(_) => 5,
            Self::NotWatched { .. } => 6,
            Self::NotServed(_) => 7,
            Self::Forbidden { .. } => 8,
        }
    }
}

/// What one stream has told of itself.
#[derive(Clone, Debug, Default, PartialEq)]
struct Heard {
    health: Health,
    ever_complete: bool,
    skips: Skips,
}

/// What is known of the knowledge of one kind: everywhere, or namespace by namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Knowledge {
    everywhere: Heard,
    within: BTreeMap<Text, Heard>,
    /// Over all that is shown.
    worst: Health,
    skips: Skips,
}

impl Knowledge {
    /// How many streams have told of themselves.
    pub(super) fn streams(&self) -> usize {
        1 + self.within.len()
    }

    fn at(&self, namespace: &Text) -> &Heard {
        self.within.get(namespace).unwrap_or(&self.everywhere)
    }

    fn at_mut(&mut self, namespace: Option<&Text>) -> &mut Heard {
        match namespace {
            Some(name) => self.within.entry(name.clone()).or_default(),
            None => &mut self.everywhere,
        }
    }

    /// Why a single step of an object in a namespace comes now.
    pub(super) fn cause(&self, namespace: &Text) -> Cause {
        if self.at(namespace).ever_complete { Cause::Live } else { Cause::Load }
    }

    /// A complete list starts the count anew; why it comes now.
    pub(super) fn listed(&mut self, namespace: Option<&Text>) -> Cause {
        let heard = self.at_mut(namespace);
        heard.skips = Skips::default();
        let cause = if heard.ever_complete { Cause::Relist } else { Cause::Load };
        self.count_skips();
        cause
    }

    pub(super) fn skip(&mut self, skipped: Skipped) {
        let skips = &mut self.at_mut(skipped.within.clone().as_ref()).skips;
        skips.count = skips.count.saturating_add(1);
        skips.latest.push_back(skipped);
        if skips.latest.len() > KEPT {
            skips.latest.pop_front();
        }
        self.count_skips();
    }

    fn count_skips(&mut self) {
        let all = || std::iter::once(&self.everywhere).chain(self.within.values()).map(|heard| &heard.skips);
        let latest: Vec<Skipped> = all().flat_map(|skips| &skips.latest).cloned().collect();
        let first = latest.len().saturating_sub(KEPT);
        let count = all().map(|skips| skips.count).fold(0, u32::saturating_add);
        self.skips = Skips { count, latest: latest.into_iter().skip(first).collect() };
    }

    pub(super) fn hear(&mut self, namespace: Option<&Text>, health: Health) {
        let heard = self.at_mut(namespace);
        heard.ever_complete |= health.complete();
        heard.health = health;
    }

    /// Works out how well the kind is heard over all that is shown.
    pub(super) fn judge<'a>(&mut self, shown: impl Iterator<Item = &'a Text>) {
        let parts = shown.map(|name| self.within.get(name).map_or(Health::Waiting, |heard| heard.health.clone()));
        let parts = parts.reduce(worse);
        self.worst = match (&self.everywhere.health, parts) {
            (Health::Waiting, Some(parts)) => parts,
            (everywhere, _) => everywhere.clone(),
        };
    }
}

/// The worse of two; what is not decided yet is worst.
fn worse(one: Health, other: Health) -> Health {
    let rank = |health: &Health| match health {
        Health::Live => 0,
        Health::Polling { .. } => 1,
        Health::Stale { .. } => 2,
        Health::NotServed => 3,
        Health::NotGiven => 4,
        Health::Forbidden { .. } => 5,
        Health::Failing { .. } => 6,
        Health::Waiting => 7,
        Health::Loading { .. } => 8,
    };
    match (&one, &other) {
        (Health::Loading { seen: a }, Health::Loading { seen: b }) => Health::Loading { seen: a.saturating_add(*b) },
        (Health::Stale { since: a, .. }, Health::Stale { since: b, .. }) => {
            if b < a {
                other
            } else {
                one
            }
        }
        _ if rank(&other) > rank(&one) => other,
        _ => one,
    }
}

impl Store {
    /// How well a kind is heard: the worst over all namespaces that are shown.
    pub fn health(&self, kind: Kind) -> &Health {
        &self.knowledge[kind.index()].worst
    }

    /// Objects of a kind that could not be read.
    pub fn skips(&self, kind: Kind) -> &Skips {
        &self.knowledge[kind.index()].skips
    }

    /// How well a kind is heard in a namespace. For a kind without namespaces the namespace is nothing.
    pub fn health_in(&self, kind: Kind, namespace: &Text) -> &Health {
        let knowledge = &self.knowledge[kind.index()];
        match (&knowledge.everywhere.health, knowledge.within.get(namespace)) {
            (Health::Waiting, Some(heard)) => &heard.health,
            (everywhere, _) => everywhere,
        }
    }

    /// What an answer about a kind in a namespace may rely on. For a kind without namespaces the namespace is nothing.
    pub fn known(&self, kind: Kind, namespace: &Text) -> Known {
        let health = self.health_in(kind, namespace);
        let elsewhere = kind.namespaced() && !self.watched.is_empty() && !self.watched.contains_key(namespace);
        if elsewhere && *health == Health::Waiting {
            return Known::NotWatched { kind, namespace: namespace.clone() };
        }
        Known::of(kind, health)
    }

    /// What an answer about a kind may rely on wherever something is shown: for kinds without namespaces, ConfigMaps too.
    pub fn known_all(&self, kind: Kind) -> Known {
        Known::of(kind, self.health(kind))
    }

    /// Whether anything was asked about a kind.
    pub fn asked(&self, kind: Kind) -> bool {
        self.heard(kind).any(|(_, health)| *health != Health::Waiting)
    }

    /// Whether what is held of a kind is everything that is shown, so that "none" may be said of it.
    pub fn complete(&self, kind: Kind) -> bool {
        self.health(kind).complete()
    }

    /// Whether what is held of a kind in a namespace is everything, so that "none" may be said of it.
    pub fn complete_in(&self, kind: Kind, namespace: &Text) -> bool {
        self.health_in(kind, namespace).complete()
    }

    /// Whether what is held of a kind is everything in the whole cluster, so that "nowhere" may be said of it.
    pub fn complete_everywhere(&self, kind: Kind) -> bool {
        self.knowledge[kind.index()].everywhere.health.complete()
    }

    /// Whether the first list of a kind is still on its way.
    pub fn arriving(&self, kind: Kind) -> bool {
        matches!(self.health(kind), Health::Waiting | Health::Loading { .. })
    }

    /// Whether a namespace is one that the user asked for, not one that is watched only to explain those.
    pub fn shows(&self, namespace: &Text) -> bool {
        self.watched.get(namespace) != Some(&Purpose::Support)
    }

    /// The namespaces that are watched by themselves, and what for; none where all are watched.
    pub fn watched(&self) -> impl Iterator<Item = (&Text, Purpose)> {
        self.watched.iter().map(|(name, purpose)| (name, *purpose))
    }

    /// What was told of a kind, stream by stream: in all namespaces (`None`), or in each that is watched by itself.
    pub fn heard(&self, kind: Kind) -> impl Iterator<Item = (Option<&Text>, &Health)> {
        let knowledge = &self.knowledge[kind.index()];
        let everywhere = Some((None, &knowledge.everywhere.health)).filter(|_| knowledge.within.is_empty());
        everywhere.into_iter().chain(knowledge.within.iter().map(|(name, heard)| (Some(name), &heard.health)))
    }
}
