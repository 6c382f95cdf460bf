//! Answers without a screen: wait until everything is known that can be, print, leave.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::time::{Instant, timeout_at};

use super::feed::{Feed, Live};
use super::files;
use super::session::Connection;
use crate::app::{Message, Scope};
use crate::config::{Endpoints, Login, Output};
use crate::delta::Health;
use crate::model::{Key, Kind, Time};
use crate::report;
use crate::store::{self, Change, Store, distance};
use crate::view;

/// How long to wait for everything that can be known.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nothing usable.
const NO_ENDPOINT: u8 = 3;

/// A cluster, once it is known; or what files tell of one.
struct Known {
    /// `None`: files, of which nothing more comes.
    feed: Option<Feed>,
    scope: Scope,
    store: Store,
    now: Time,
}

impl Known {
    async fn open(login: &Login) -> Result<Self> {
        let connection = Connection::open(login).await?;
        connection.greet().await?;
        let scope = connection.session.scope.clone();
        let feed = Some(Feed::Live(Box::new(Live::new(connection))));
        let mut known = Self { feed, scope, store: Store::new(), now: Feed::now() };
        let end = Instant::now() + PATIENCE;
        while !known.settled() {
            if timeout_at(end, known.step()).await.is_err() {
                let waits = Kind::CORE.into_iter().filter(|kind| !Self::decided(known.store.health(*kind)));
                let waits: Vec<String> =
                    waits.map(|kind| view::health(kind, known.store.health(kind), known.now)).collect();
                return Err(eyre!("not everything is known after {} s: {}", PATIENCE.as_secs(), waits.join("; ")));
            }
        }
        Ok(known)
    }

    /// What files hold, seen from the namespace of the flags.
    fn read(login: &Login, files: &[PathBuf]) -> Result<Self> {
        let scope = if login.named().next().is_some() { Scope::of(login.named()) } else { Scope::one("default") };
        Ok(Self { feed: None, scope, store: files::store(files, Feed::now())?, now: Feed::now() })
    }

    /// Takes in what comes next.
    async fn step(&mut self) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        let Some(feed) = &mut self.feed else { return Ok(changes) };
        for message in feed.next().await? {
            if let Message::Deltas(at, deltas) = message {
                self.now = at;
                changes.extend(self.store.apply(at, deltas));
            }
        }
        self.store.settle(self.now);
        Ok(changes)
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

    fn settled(&self) -> bool {
        Kind::CORE.into_iter().all(|kind| Self::decided(self.store.health(kind)))
    }

    /// What is not known, in words.
    fn blind_spots(&self) -> Vec<String> {
        let heard =
            Kind::CORE.into_iter().flat_map(|kind| self.store.heard(kind).map(move |(_, health)| (kind, health)));
        let blind = heard.filter(|(_, health)| !health.complete());
        blind.map(|(kind, health)| view::health(kind, health, self.now)).collect()
    }

    fn tell_blind_spots(&self) -> Result<()> {
        if !self.store.heard(Kind::Service).any(|(_, health)| health.complete()) {
            return Err(eyre!("{}", view::health(Kind::Service, self.store.health(Kind::Service), self.now)));
        }
        for spot in self.blind_spots() {
            eprintln!("podpath: {spot}");
        }
        Ok(())
    }
}

/// Prints the table of Services.
pub(super) async fn services(login: &Login) -> Result<ExitCode> {
    let known = Known::open(login).await?;
    known.tell_blind_spots()?;
    let named = known.scope.single().is_none();
    print(&report::services(&known.store, named))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the union table of a Service.
pub(super) async fn endpoints(login: &Login, what: &Endpoints) -> Result<ExitCode> {
    let target = what.target().map_err(|why| eyre!(why))?;
    if login.all_namespaces {
        return Err(eyre!("endpoints needs one namespace: -n NAME instead of -A"));
    }
    let mut known = match what.files.as_slice() {
        [] => Known::open(login).await?,
        files => Known::read(login, files)?,
    };
    known.tell_blind_spots()?;
    let scope = known.scope.clone();
    let namespace = scope.single().ok_or_else(|| eyre!("endpoints needs one namespace, not {scope}"))?;
    let key = Key { namespace: namespace.clone(), name: target.service.into() };
    if known.store.service(&key).is_none() {
        if let store::Known::NotWatched { .. } = known.store.known(Kind::Service, namespace) {
            let held: Vec<&str> = known.store.watched().map(|(name, _)| name.as_str()).collect();
            return Err(eyre!("the files hold nothing of namespace {namespace}; -n NAME takes {}", held.join(", ")));
        }
        return Err(missing(&known.store, &key));
    }
    print(&answer(&known, &key, what.output)?)?;
    if let Some(words) = known.store.service(&key).and_then(|service| view::no_rows(&known.store, service)) {
        eprintln!("podpath: {words}");
    }
    if what.watch {
        loop {
            for change in known.step().await? {
                if let Some(line) = report::change(&change.edit, &key) {
                    print(&line_of(&line, what.output, &known, &key)?)?;
                }
            }
            if known.store.service(&key).is_none() && known.store.complete(Kind::Service) {
                return Err(eyre!("Service {key} was deleted"));
            }
        }
    }
    let usable = known.store.summary(&key).usable > 0;
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::from(NO_ENDPOINT) })
}

fn answer(known: &Known, key: &Key, output: Output) -> Result<String> {
    match output {
        Output::Table => Ok(report::endpoints(&known.store, key, false)),
        Output::Wide => Ok(report::endpoints(&known.store, key, true)),
        Output::Json => {
            let document = report::document(&known.store, key, known.blind_spots());
            Ok(serde_json::to_string_pretty(&document)? + "\n")
        }
    }
}

fn line_of(line: &str, output: Output, known: &Known, key: &Key) -> Result<String> {
    match output {
        Output::Table | Output::Wide => Ok(format!("{}  {line}\n", known.now)),
        Output::Json => Ok(serde_json::to_string(&report::document(&known.store, key, known.blind_spots()))? + "\n"),
    }
}

fn missing(store: &Store, key: &Key) -> color_eyre::Report {
    let names = store.services().map(|service| service.meta.key.name.to_string());
    let nearest = names.min_by_key(|name| distance(name, &key.name));
    let near = nearest.filter(|name| distance(name, &key.name) <= 3).map(|name| format!("; did you mean {name}?"));
    eyre!("no Service {} in namespace {}{}", key.name, key.namespace, near.unwrap_or_default())
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
