//! A cluster, once it is known: live, as a tape recorded it, or as files of objects describe it.

use std::path::Path;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::time::{Instant, timeout_at};

use crate::app::Message;
use crate::config::{Login, Source};
use crate::delta::{Delta, Health};
use crate::model::{Kind, Scope, Text, Time};
use crate::run::feed::{Feed, Live};
use crate::run::files;
use crate::run::moments::{self, Asked};
use crate::run::session::Connection;
use crate::store::{Change, Store};
use crate::view;

/// How long to wait for everything that can be known.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an answer needs beside the kinds that are always read and the namespaces that are asked for.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) kinds: Vec<Kind>,
    pub(super) namespaces: Vec<Text>,
}

impl Needs {
    /// What a trace reads: how the cluster resolves and routes, and the namespaces that a name may mean.
    pub(super) fn of_trace(namespaces: Vec<Text>) -> Self {
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.on_demand()).collect();
        Self { kinds, namespaces: [vec!["kube-system".into()], namespaces].concat() }
    }
}

/// A cluster that is known.
pub(super) struct Known {
    /// Where more comes from; nothing does after a tape or files.
    feed: Option<Feed>,
    pub(super) store: Store,
    pub(super) now: Time,
    pub(super) scope: Scope,
    /// The namespace of names that do not say theirs.
    pub(super) namespace: Text,
    needs: Vec<Kind>,
    /// Namespaces that are watched by themselves; none where all are watched.
    namespaces: Vec<Text>,
}

impl Known {
    /// Learns all that can be known.
    pub(super) async fn open(login: &Login, source: &Source, needs: Needs) -> Result<Self> {
        match (&source.tape, source.files.as_slice()) {
            (Some(tape), _) => Self::of_tape(tape, source.at.as_deref(), login, needs),
            (None, []) => Self::live(login, needs).await,
            (None, files) => {
                let now = Feed::now();
                Ok(Self::still(files::store(files, now)?, now, Scope::All, login, needs))
            }
        }
    }

    async fn live(login: &Login, needs: Needs) -> Result<Self> {
        let mut connection = Connection::open(login).await?;
        connection.greet().await?;
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
        let mut known = Self { feed, store, now, scope, namespace, needs: needs.kinds, namespaces };
        let end = Instant::now() + PATIENCE;
        while !known.settled() {
            if timeout_at(end, known.step()).await.is_err() {
                let undecided = |kind: &Kind| known.store.heard(*kind).any(|(_, health)| !decided(health));
                let waits = known.kinds().filter(undecided);
                let waits: Vec<String> =
                    waits.map(|kind| view::health(kind, known.store.health(kind), known.now)).collect();
                return Err(eyre!("not everything is known after {} s: {}", PATIENCE.as_secs(), waits.join("; ")));
            }
        }
        Ok(known)
    }

    /// What a tape says of a moment.
    fn of_tape(path: &Path, at: Option<&str>, login: &Login, needs: Needs) -> Result<Self> {
        let tape = crate::tape::read(path)?;
        let now = match at {
            Some(text) => moments::find(&tape, Asked { flag: "--at", text })?,
            None => tape.time(tape.length()),
        };
        let mut store = Store::new();
        for entry in tape.entries.iter().take_while(|entry| tape.time(entry.at) <= now) {
            store.apply(tape.time(entry.at), entry.deltas.iter().cloned());
        }
        let recorded = Scope::of(tape.header.namespaces.iter().map(String::as_str));
        Ok(Self::still(store, now, recorded, login, needs))
    }

    /// A cluster that does not change any more. What it does not have of what is needed is said to be missing.
    fn still(mut store: Store, now: Time, recorded: Scope, login: &Login, needs: Needs) -> Self {
        let lacks = needs.kinds.iter().filter(|kind| !store.asked(**kind));
        let lacks: Vec<Delta> = lacks.map(|kind| Delta::Health(*kind, Health::NotGiven)).collect();
        store.apply(now, lacks);
        store.settle(now);
        let scope = if login.named().next().is_some() { Scope::of(login.named()) } else { recorded };
        let namespace = scope.single().cloned().unwrap_or_else(|| usual_namespace(&store));
        Self { feed: None, store, now, scope, namespace, needs: needs.kinds, namespaces: Vec::new() }
    }

    /// Takes in what comes next.
    pub(super) async fn step(&mut self) -> Result<Vec<Change>> {
        let Some(feed) = &mut self.feed else { return std::future::pending().await };
        let mut changes = Vec::new();
        for message in feed.next().await? {
            if let Message::Deltas(at, deltas) = message {
                self.now = at;
                changes.extend(self.store.apply(at, deltas));
            }
        }
        self.store.settle(self.now);
        Ok(changes)
    }

    /// The kinds that the answer rests on.
    fn kinds(&self) -> impl Iterator<Item = Kind> {
        Kind::CORE.into_iter().chain(self.needs.iter().copied())
    }

    fn settled(&self) -> bool {
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

    fn blind(&self, kinds: impl Iterator<Item = Kind>) -> Vec<String> {
        let heard = kinds.flat_map(|kind| self.store.heard(kind).map(move |(_, health)| (kind, health)));
        let blind = heard.filter(|(_, health)| !health.complete());
        let mut words: Vec<String> = blind.map(|(kind, health)| view::health(kind, health, self.now)).collect();
        words.dedup();
        words
    }

    /// Says on standard error what is not known. That a file or a tape leaves out how the cluster is set up goes without
    /// saying; the steps of a trace tell what they assume.
    pub(super) fn tell_blind_spots(&self) -> Result<()> {
        if !self.store.heard(Kind::Service).any(|(_, health)| health.complete()) {
            return Err(eyre!("{}", view::health(Kind::Service, self.store.health(Kind::Service), self.now)));
        }
        let kinds = self.kinds().filter(|kind| self.feed.is_some() || !kind.on_demand());
        for spot in self.blind(kinds) {
            eprintln!("podpath: {spot}");
        }
        Ok(())
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
