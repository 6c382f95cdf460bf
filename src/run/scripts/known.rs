//! A cluster, once it is known: live, as a tape recorded it, or as files of objects describe it.

use std::mem::{Discriminant, discriminant};
use std::path::Path;
use std::time::Duration;

use color_eyre::Report;
use color_eyre::eyre::{Result, eyre};
use tokio::time::{Instant, timeout_at};

use crate::app::Message;
use crate::churn::Past;
use crate::config::{Login, Source};
use crate::delta::{Delta, Health, Purpose};
use crate::model::{Kind, Reach, Scope, Text, Time};
use crate::run::feed::{Feed, Live};
use crate::run::files;
use crate::run::moments::{self, Asked};
use crate::run::say::say;
use crate::run::session::Connection;
use crate::store::{Change, Store};
use crate::tape::{Entry, Tape};
use crate::view::{self, HeldBy};

/// How long to wait for everything that can be known.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a tape is to keep of its past, in bytes: a tape is held whole anyway.
const TAPE_BUDGET: usize = 1_000_000_000;

const AT_NEEDS_A_TAPE: &str = "--at needs a recording: nothing was recorded before this moment; podpath record -o FILE \
    records, --tape FILE answers";

/// What an answer needs beside the kinds that are always read and the namespaces that are asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    pub(super) kinds: Vec<Kind>,
    pub(super) namespaces: Vec<Text>,
    /// How much of what happened is wanted beside what is.
    pub(super) past: PastNeed,
}

/// How much of what happened is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PastNeed {
    /// Only what is.
    #[default]
    Nothing,
    /// What happened up to the moment that is asked about.
    UntilThen,
    /// Of a tape also what happened after that moment; live nothing.
    WholeTape,
}

impl Needs {
    /// What a trace reads: how the cluster resolves and routes, and the namespaces that a name may mean.
    pub(super) fn of_trace(namespaces: Vec<Text>) -> Self {
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.on_demand()).collect();
        Self { kinds, namespaces: [vec!["kube-system".into()], namespaces].concat(), ..Self::default() }
    }
}

/// A cluster that is known.
pub(super) struct Known {
    /// Where more comes from; nothing does after a tape or files.
    feed: Option<Feed>,
    pub(super) store: Store,
    pub(super) now: Time,
    /// What happened, where it was asked for.
    pub(super) past: Option<Box<Past>>,
    /// Where what happened goes on after `now`: the store at its end.
    pub(super) end: Option<Box<Store>>,
    /// Of a tape: from when to when it goes, up to the moment that was asked for.
    pub(super) reach: Option<Reach>,
    pub(super) scope: Scope,
    /// The namespace of names that do not say theirs.
    pub(super) namespace: Text,
    needs: Vec<Kind>,
    /// Namespaces that are watched by themselves; none where all are watched.
    namespaces: Vec<Text>,
    /// All namespaces were tried, and are not allowed.
    tried: bool,
}

impl Known {
    /// Learns all that can be known.
    pub(super) async fn open(login: &Login, source: &Source, needs: Needs) -> Result<Self> {
        if let (Some(_), None) = (&source.at, &source.tape) {
            return Err(eyre!("{AT_NEEDS_A_TAPE}"));
        }
        match (&source.tape, source.files.as_slice()) {
            (Some(tape), _) => Self::of_tape(tape, source.at.as_deref(), login, needs),
            (None, []) => Self::live(login, needs).await,
            (None, files) => {
                let now = Feed::now();
                Ok(Self::still(files::store(files, now)?, now, Scope::All, login, needs))
            }
        }
    }

    /// Learns it of all namespaces, if the user names none and may list them all: whose an address is, any of them may say.
    pub(super) async fn open_widely(login: &Login, source: &Source, needs: Needs) -> Result<Self> {
        let live = source.tape.is_none() && source.files.is_empty();
        if live && login.named().next().is_none() {
            let everywhere = Login { all_namespaces: true, ..login.clone() };
            let known = Self::open(&everywhere, source, needs.clone()).await?;
            // A pod that may not be seen everywhere may have the address that the user's own namespace tells of.
            if login.all_namespaces || ENDPOINTS.into_iter().all(|kind| known.store.complete_everywhere(kind)) {
                return Ok(known);
            }
            return Ok(Self { tried: true, ..Self::open(login, source, needs).await? });
        }
        Self::open(login, source, needs).await
    }

    async fn live(login: &Login, needs: Needs) -> Result<Self> {
        let mut known = Self::begin(login, needs).await?;
        let end = Instant::now() + PATIENCE;
        while !known.settled() {
            if timeout_at(end, known.step()).await.is_err() {
                let (seconds, waits) = (PATIENCE.as_secs(), known.undecided());
                return Err(eyre!("not everything is known after {seconds} s: {waits}"));
            }
        }
        Ok(known)
    }

    /// Connects and begins to learn.
    pub(super) async fn begin(login: &Login, needs: Needs) -> Result<Self> {
        let mut connection = Connection::open(login).await?;
        connection.greet(&connection.session.scope).await?;
        connection.watching.need(&needs.kinds);
        for namespace in &needs.namespaces {
            connection.watching.support(namespace);
        }
        let scope = connection.session.scope.clone();
        let usual = connection.target.namespace.as_deref().unwrap_or("default").into();
        let namespace = scope.single().cloned().unwrap_or(usual);
        let feed = Some(Feed::Live(Box::new(Live::new(connection))));
        let (store, now) = (Store::new(), Feed::now());
        let namespaces = match &scope {
            Scope::All => Vec::new(),
            Scope::Namespaces(names) => names.iter().chain(&needs.namespaces).cloned().collect(),
        };
        let past = (needs.past == PastNeed::UntilThen).then(Box::default);
        let needs = needs.kinds;
        Ok(Self { feed, store, now, past, end: None, reach: None, scope, namespace, needs, namespaces, tried: false })
    }

    /// What has not been told yet, in words.
    pub(super) fn undecided(&self) -> String {
        let undecided = |kind: &Kind| self.store.heard(*kind).any(|(_, health)| !decided(health));
        let waits = self.kinds().filter(undecided);
        waits.map(|kind| view::health(kind, self.store.health(kind), self.now)).collect::<Vec<_>>().join("; ")
    }

    /// What a tape says of a moment.
    fn of_tape(path: &Path, at: Option<&str>, login: &Login, needs: Needs) -> Result<Self> {
        let tape = read(path)?;
        let now = match at {
            Some(text) => moments::find(&tape, Asked { flag: "--at", text })?,
            None => tape.time(tape.length()),
        };
        let mut past = (needs.past != PastNeed::Nothing).then(|| Box::new(Past::new(TAPE_BUDGET)));
        let mut play = |store: &mut Store, entries: &[Entry]| {
            for entry in entries {
                let at = tape.time(entry.at);
                if let Some(past) = &mut past {
                    clocks(past, at, &entry.deltas);
                }
                let changes = store.apply(at, entry.deltas.iter().cloned());
                if let Some(past) = &mut past {
                    past.record(at, &changes, store);
                }
            }
        };
        let (until, after) = tape.entries.split_at(tape.entries.partition_point(|entry| tape.time(entry.at) <= now));
        let mut store = Store::new();
        play(&mut store, until);
        match at {
            Some(text) if !heard(&store) => {
                return Err(too_early(&tape, Asked { flag: "--at", text }, now, store));
            }
            None if !heard(&store) => {
                let waits = view::health(Kind::Service, store.health(Kind::Service), now);
                return Err(eyre!(
                    "{}: no Service is known on this recording, not even at its end: {waits}",
                    path.display()
                ));
            }
            Some(_) | None => {}
        }
        let end = (needs.past == PastNeed::WholeTape).then(|| {
            let mut end = Box::new(store.clone());
            play(&mut end, after);
            end.settle();
            end
        });
        let recorded = Scope::of(tape.header.namespaces.iter().map(String::as_str));
        let reach = Some(Reach { to: now, ..moments::reach(&tape) });
        Ok(Self { past, end, reach, ..Self::still(store, now, recorded, login, needs) })
    }

    /// A cluster that does not change any more. What it does not have of what is needed is said to be missing.
    fn still(mut store: Store, now: Time, recorded: Scope, login: &Login, needs: Needs) -> Self {
        let lacks = needs.kinds.iter().filter(|kind| !store.asked(**kind));
        let lacks: Vec<Delta> = lacks.map(|kind| Delta::Health(*kind, Health::NotGiven)).collect();
        store.apply(now, lacks);
        store.settle();
        let scope = if login.named().next().is_some() { Scope::of(login.named()) } else { recorded };
        let namespace = scope.single().cloned().unwrap_or_else(|| usual_namespace(&store));
        let (past, end, reach, needs) = (None, None, None, needs.kinds);
        Self { feed: None, store, now, past, end, reach, scope, namespace, needs, namespaces: Vec::new(), tried: false }
    }

    /// Takes in what comes next.
    pub(super) async fn step(&mut self) -> Result<Vec<Change>> {
        let Some(feed) = &mut self.feed else { return std::future::pending().await };
        let mut changes = Vec::new();
        for message in feed.next().await? {
            if let Message::Deltas(at, deltas) = message {
                let at = at.max(self.now);
                self.now = at;
                if let Some(past) = &mut self.past {
                    clocks(past, at, &deltas);
                }
                let batch = self.store.apply(at, deltas);
                if let Some(past) = &mut self.past {
                    past.record(at, &batch, &self.store);
                }
                changes.extend(batch);
            }
        }
        self.store.settle();
        Ok(changes)
    }

    /// The kinds that the answer rests on.
    fn kinds(&self) -> impl Iterator<Item = Kind> {
        Kind::CORE.into_iter().chain(self.needs.iter().copied())
    }

    pub(super) fn settled(&self) -> bool {
        let heard = self.kinds().all(|kind| self.store.heard(kind).all(|(_, health)| decided(health)));
        // A namespace of which nothing was heard yet is not among those that were.
        let each = [Kind::Service, Kind::Slice, Kind::Pod]
            .into_iter()
            .all(|kind| self.namespaces.iter().all(|namespace| decided(self.store.health_in(kind, namespace))));
        heard && each
    }

    /// What is not known, in words.
    pub(super) fn blind_spots(&self) -> Vec<String> {
        self.blind(self.kinds())
    }

    /// The streams that do not tell all, and in which way each: that a list grows, or is tried again, is no other way.
    pub(super) fn blind_streams(&self) -> Vec<Silence> {
        silent(&self.store, self.kinds())
    }

    /// Where only some namespaces are held: which, in words.
    pub(super) fn bounds(&self) -> Option<String> {
        let by = match (&self.feed, &self.reach, self.tried) {
            (None, Some(_), _) => HeldBy::Recording,
            (None, None, _) => HeldBy::Files,
            (Some(_), _, false) => HeldBy::Cluster,
            (Some(_), _, true) => HeldBy::Allowed,
        };
        view::bounds(&self.store, by)
    }

    /// The namespaces that are held, where not all are.
    pub(super) fn held(&self) -> Option<String> {
        let names: Vec<&str> = self.store.watched().map(|(name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// Of these kinds those that are not completely known even in the namespaces that are held.
    pub(super) fn gaps(&self, kinds: &[Kind]) -> Vec<Kind> {
        let whole = |kind: &Kind| {
            let mut names = self.store.watched().map(|(name, _)| name).peekable();
            let each = kind.namespaced() && names.peek().is_some();
            self.store.complete_everywhere(*kind) || each && names.all(|name| self.store.complete_in(*kind, name))
        };
        kinds.iter().filter(|kind| !whole(kind)).copied().collect()
    }

    fn blind(&self, kinds: impl Iterator<Item = Kind>) -> Vec<String> {
        // Namespaces that were read to explain traces tell nothing to others.
        let support = |name: &Text| self.store.watched().any(|(held, why)| held == name && why == Purpose::Support);
        let beside = |name: Option<&Text>| self.needs.is_empty() && name.is_some_and(support);
        let heard = kinds.flat_map(|kind| self.store.heard(kind).map(move |(name, health)| (kind, name, health)));
        let blind = heard.filter(|(_, name, health)| !health.complete() && !beside(*name));
        let blind = blind.map(|(kind, _, health)| (kind, health));
        let mut words: Vec<String> = blind.map(|(kind, health)| view::health(kind, health, self.now)).collect();
        words.dedup();
        words
    }

    /// Says on standard error what is not known. That a file or a tape leaves out how the cluster is set up goes without
    /// saying; the steps of a trace tell what they assume.
    pub(super) fn tell_blind_spots(&self) -> Result<()> {
        if !heard(&self.store) {
            return Err(eyre!("{}", view::health(Kind::Service, self.store.health(Kind::Service), self.now)));
        }
        let kinds = self.kinds().filter(|kind| self.feed.is_some() || !kind.on_demand());
        for spot in self.blind(kinds) {
            say(spot);
        }
        Ok(())
    }
}

/// A stream that does not tell all, and in which way.
type Silence = (Kind, Option<Text>, Discriminant<Health>);

fn silent(store: &Store, kinds: impl Iterator<Item = Kind>) -> Vec<Silence> {
    let heard = kinds.flat_map(|kind| store.heard(kind).map(move |(namespace, health)| (kind, namespace, health)));
    let silent = heard.filter(|(.., health)| !health.complete());
    silent.map(|(kind, namespace, health)| (kind, namespace.cloned(), discriminant(health))).collect()
}

/// The Services of some namespace are known: without them there is no answer to anything.
fn heard(store: &Store) -> bool {
    store.heard(Kind::Service).any(|(_, health)| health.complete())
}

/// At a moment of a tape nothing was known yet: when it was, if ever.
pub(super) fn too_early(tape: &Tape, asked: Asked<'_>, now: Time, mut store: Store) -> Report {
    let Asked { flag, text } = asked;
    let waits = arriving(&store, now).unwrap_or_else(|| view::health(Kind::Service, store.health(Kind::Service), now));
    let (_, after) = tape.entries.split_at(tape.entries.partition_point(|entry| tape.time(entry.at) <= now));
    let first = after.iter().find(|entry| {
        let at = tape.time(entry.at);
        store.apply(at, entry.deltas.iter().cloned());
        heard(&store) && arriving(&store, at).is_none()
    });
    match first {
        Some(entry) => eyre!(
            "{flag} {text}: at that moment of the recording not everything was known yet ({waits}); the first that can be \
             asked about is {flag} {}",
            moments::elapsed(entry.at)
        ),
        None => {
            eyre!("{flag} {text}: at that moment of the recording not everything was known yet ({waits}), nor later")
        }
    }
}

/// What answers told of the server's clock.
fn clocks(past: &mut Past, at: Time, deltas: &[Delta]) {
    for delta in deltas {
        if let Delta::Clock(reading) = delta {
            past.measure(at, *reading);
        }
    }
}

fn decided(health: &Health) -> bool {
    match health {
        Health::Waiting | Health::Loading { .. } | Health::Failing { .. } => false,
        Health::Live
        | Health::Polling { .. }
        | Health::Stale { .. }
        | Health::Forbidden { .. }
        | Health::NotServed
        | Health::NotGiven => true,
    }
}

/// A tape, and on standard error what of it could not be read.
pub(super) fn read(path: &Path) -> Result<Tape> {
    let tape = crate::tape::read(path)?;
    for words in tape.newer.iter().chain(&tape.cut) {
        say(words);
    }
    Ok(tape)
}

const ENDPOINTS: [Kind; 3] = [Kind::Service, Kind::Slice, Kind::Pod];

/// What of Services, slices and pods has not been told yet at a moment; `None`: all has.
pub(super) fn arriving(store: &Store, now: Time) -> Option<String> {
    let waits = |kind: &Kind| !store.heard(*kind).all(|(_, health)| decided(health));
    let words: Vec<String> =
        ENDPOINTS.into_iter().filter(waits).map(|kind| view::health(kind, store.health(kind), now)).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// What of them is not known at a moment, in words.
pub(super) fn health_words(store: &Store, now: Time) -> Vec<String> {
    let heard = ENDPOINTS.into_iter().flat_map(|kind| store.heard(kind).map(move |(_, health)| (kind, health)));
    let blind = heard.filter(|(_, health)| !health.complete());
    blind.map(|(kind, health)| view::health(kind, health, now)).collect()
}

/// The only namespace with Services beside the cluster's own; `default` where there are several.
fn usual_namespace(store: &Store) -> Text {
    let own = |name: &&Text| !matches!(name.as_str(), "kube-system" | "default");
    let mut names: Vec<&Text> = store.services().map(|service| &service.meta.key.namespace).filter(own).collect();
    names.dedup();
    match names.as_slice() {
        [only] => (*only).clone(),
        _ => "default".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta::Verb;

    #[test]
    fn one_stream_that_falls_silent_for_another_is_news_and_a_list_that_grows_is_none() {
        let of = |deltas: Vec<(Kind, Health)>| {
            let mut store = Store::new();
            store.apply(Time(0), Kind::CORE.map(|kind| Delta::Health(kind, Health::Live)));
            store.apply(Time(1), deltas.into_iter().map(|(kind, health)| Delta::Health(kind, health)));
            silent(&store, Kind::CORE.into_iter())
        };
        let forbidden = || Health::Forbidden { verb: Verb::List, namespace: None };
        let loading = |seen| Health::Loading { seen };
        assert_ne!(of(vec![(Kind::Node, forbidden())]), of(vec![(Kind::Pod, forbidden())]));
        assert_ne!(of(vec![(Kind::Pod, loading(1))]), of(vec![(Kind::Pod, forbidden())]));
        assert_eq!(of(vec![(Kind::Pod, loading(1))]), of(vec![(Kind::Pod, loading(9))]));
        assert_eq!(of(Vec::new()), []);
    }
}
