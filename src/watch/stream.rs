//! One kind's stream: a state machine that lists, watches, loses the server and finds it again.
//!
//! Own code on top of `kube::Client`, because kube's watcher (5.0.0) asks again without pause when a watch is answered
//! and closed at once, never relists on HTTP 410 as the status of a watch, loses a whole list over one unreadable object,
//! and waits for ever on a list that stalls.
//!
//! ```text
//!            ┌────────────── version lost (410, etcd restored) ───────────────┐
//!            ▼                                                                │
//!   watch-list ──unsupported──► list ──► watch from version ──ends quietly──► watch from version
//!       │  │                     │  └─ watch forbidden ─► poll
//!       │  └── end of list: complete, the same answer goes on as a watch
//!       └── any fault: stale at once, wait, go on from the version if there is one
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::decode::{Decode, Event, Version, event, list};
use super::get::{ANSWER, Refusal, Server};
use super::lines::{Lines, Next, whole};
use super::outbox::{Gone, Outbox};
use super::pace::{Pace, chance};
use super::request::{Resource, Scope};
use crate::delta::{Cause, Fault, Health, Phase, Skipped, Step, Verb};
use crate::model::{Interner, Key, Time};

/// No byte of a watch for so long means that the connection is dead: bookmarks come about once a minute.
const SILENCE: Duration = Duration::from_secs(95);
/// A watch that the server ends after at least this long ended in peace.
const LIFE: Duration = Duration::from_secs(5);
/// Time between two lists where watching is forbidden.
const POLL: Duration = Duration::from_secs(10);
/// Time between two attempts where listing is forbidden or the resource is not served.
const DENIED: Duration = Duration::from_secs(60);
/// Health while a list arrives is told at most this often.
const PROGRESS: Duration = Duration::from_millis(50);

/// How the list is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// As the first part of a watch.
    WatchList,
    /// In pages, then a watch from its version.
    List,
    /// In pages, again and again: watching is forbidden.
    Poll,
}

/// How a request ended.
enum Ended {
    /// As it should: go on at once.
    Quietly,
    /// The list is there; the next one is due after a while.
    Listed,
    /// The server cannot do a watch-list.
    Unsupported,
    /// The version is too old: list again.
    VersionLost(Cause),
    /// Not allowed.
    Forbidden(Verb),
    /// No such resource.
    NotServed,
    /// Anything else, and how long the server wants us to wait.
    Fault(Fault, Option<u32>),
}

pub(super) struct Stream<T> {
    server: Server,
    resource: Resource,
    out: Outbox,
    retry: Arc<Notify>,
    interner: Interner,
    way: Way,
    version: Option<Version>,
    /// A first load was begun: what comes later must be a difference.
    begun: bool,
    complete: bool,
    /// Exact until this moment.
    exact_at: Time,
    refused: u32,
    pace: Pace,
    _kind: std::marker::PhantomData<fn() -> T>,
}

fn now() -> Time {
    Time(jiff::Timestamp::now().as_millisecond())
}

fn later(wait: Duration) -> Time {
    now().plus(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

/// Seconds after which a watch ends by itself, spread so that not all streams begin anew together.
fn lifetime() -> u32 {
    300 + (chance() * 290.0) as u32
}

impl<T: Decode + Send + 'static> Stream<T> {
    pub(super) fn new(server: Server, resource: Resource, out: Outbox, retry: Arc<Notify>) -> Self {
        Self {
            server,
            resource,
            out,
            retry,
            interner: Interner::default(),
            way: Way::WatchList,
            version: None,
            begun: false,
            complete: false,
            exact_at: Time::default(),
            refused: 0,
            pace: Pace::default(),
            _kind: std::marker::PhantomData,
        }
    }

    /// Runs until nobody listens any more.
    pub(super) async fn run(mut self) {
        // The receiver's end is the only way out.
        while self.turn().await.is_ok() {}
    }

    async fn turn(&mut self) -> Result<(), Gone> {
        let began = Instant::now();
        let ended = match (&self.version, self.way) {
            (Some(version), Way::WatchList | Way::List) => {
                let path = self.resource.watch(&version.0, lifetime());
                self.watch(&path, false).await?
            }
            (_, Way::WatchList) => {
                let path = self.resource.watch_list(lifetime());
                self.watch(&path, true).await?
            }
            (_, Way::List | Way::Poll) => self.list().await?,
        };
        self.settle(ended, began.elapsed()).await
    }

    /// Decides what an ending means: what is told, how long to wait, how to go on.
    async fn settle(&mut self, ended: Ended, lived: Duration) -> Result<(), Gone> {
        let wait = match ended {
            Ended::Quietly => return Ok(()),
            Ended::Listed => {
                self.pace.calm();
                self.tell(Health::Polling { every: POLL });
                POLL
            }
            Ended::Unsupported => {
                self.way = Way::List;
                return Ok(());
            }
            Ended::VersionLost(cause) => {
                self.version = None;
                self.fault(Fault { phase: Phase::Watch, cause }, lived, None)
            }
            Ended::Forbidden(Verb::Watch) if self.way != Way::Poll => {
                // Perhaps listing is allowed.
                self.way = Way::Poll;
                self.version = None;
                return Ok(());
            }
            Ended::Forbidden(verb) => {
                let namespace = match &self.resource.scope {
                    Scope::Namespace(name) if self.resource.kind.namespaced() => Some(name.clone()),
                    Scope::Namespace(_) | Scope::All => None,
                };
                self.way = Way::WatchList;
                self.tell(Health::Forbidden { verb, namespace });
                DENIED
            }
            Ended::NotServed => {
                self.tell(Health::NotServed);
                DENIED
            }
            Ended::Fault(fault, wish) => self.fault(fault, lived, wish),
        };
        self.out.deliver().await?;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.retry.notified() => {}
        }
        Ok(())
    }

    /// Tells of a fault and says how long to wait.
    fn fault(&mut self, fault: Fault, lived: Duration, wish: Option<u32>) -> Duration {
        let wait = self.pace.after(lived, chance(), wish);
        let retry_at = later(wait);
        let health = if self.complete {
            Health::Stale { since: self.exact_at, fault, retry_at }
        } else {
            Health::Failing { fault, retry_at }
        };
        self.tell(health);
        wait
    }

    fn tell(&mut self, health: Health) {
        self.out.health::<T>(health);
    }

    /// Reads a watch to its end. With `initial`, it begins with the whole list.
    async fn watch(&mut self, path: &str, initial: bool) -> Result<Ended, Gone> {
        let response = match self.server.get(path).await {
            Ok(response) => response,
            Err(refusal) => return Ok(self.refused(refusal, Verb::Watch, initial)),
        };
        self.refused = 0;
        let began = Instant::now();
        let mut lines = Lines::new(response.into_body());
        let mut load = initial.then(|| Load::new(self.begun));
        if !initial {
            self.live();
        }
        loop {
            if !lines.ready() {
                self.hand_over(&mut load).await?;
            }
            let phase = if load.is_some() { Phase::List } else { Phase::Watch };
            let patience = if load.is_some() { ANSWER } else { SILENCE };
            let next = tokio::select! {
                next = lines.next(patience) => next,
                // The receiver had no room before: hand over what has gathered as soon as it has.
                result = room(&mut self.out) => { result?; continue }
            };
            let line = match next {
                Ok(Next::Line(line)) if line.trim_ascii().is_empty() => continue,
                Ok(Next::Line(line)) => line,
                Ok(Next::End) if load.is_none() && began.elapsed() >= LIFE => return Ok(Ended::Quietly),
                Ok(Next::End) => return Ok(Ended::Fault(Fault { phase, cause: Cause::Closed }, None)),
                Err(cause) => return Ok(Ended::Fault(Fault { phase, cause }, None)),
            };
            match event::<T>(line, &mut self.interner) {
                Ok(Event::Step(step, version)) => {
                    match &mut load {
                        Some(load) => load.take(&mut self.out, step),
                        None => self.out.step(step),
                    }
                    self.advance(version, load.is_some());
                }
                Ok(Event::Bookmark(bookmark)) => {
                    if bookmark.initial_events_end
                        && let Some(load) = load.take()
                    {
                        self.finish(load);
                    }
                    self.advance(bookmark.resource_version, load.is_some());
                }
                Ok(Event::Skipped(skipped)) => match &mut load {
                    Some(load) => load.skipped.push(skipped),
                    None => self.out.skipped::<T>(skipped),
                },
                Ok(Event::Error(status)) if expired(status.code, &status.reason) => {
                    return Ok(Ended::VersionLost(Cause::Expired));
                }
                Ok(Event::Error(status)) => {
                    let words = if status.message.is_empty() { status.reason } else { status.message };
                    return Ok(Ended::Fault(
                        Fault { phase, cause: Cause::Status(status.code, words) },
                        status.retry_after,
                    ));
                }
                Ok(Event::Unknown(kind)) => {
                    let cause = Cause::Malformed(format!("unknown event type {kind:?}").into());
                    return Ok(Ended::Fault(Fault { phase, cause }, None));
                }
                Err(error) => {
                    let cause = Cause::Malformed(error.to_string().into());
                    return Ok(Ended::Fault(Fault { phase, cause }, None));
                }
            }
        }
    }

    /// Reads a whole list, page by page.
    async fn list(&mut self) -> Result<Ended, Gone> {
        let mut load = Some(Load::new(self.begun));
        let mut next: Option<String> = None;
        loop {
            let response = match self.server.get(&self.resource.list(next.as_deref())).await {
                Ok(response) => response,
                Err(refusal) => return Ok(self.refused(refusal, Verb::List, false)),
            };
            let faulty = |cause| Ok(Ended::Fault(Fault { phase: Phase::List, cause }, None));
            let body = match whole(response.into_body(), ANSWER).await {
                Ok(body) => body,
                Err(cause) => return faulty(cause),
            };
            let page = match list::<T>(&body, &mut self.interner) {
                Ok(page) => page,
                Err(error) => return faulty(Cause::Malformed(error.to_string().into())),
            };
            drop(body);
            if let Some(load) = &mut load {
                for object in page.items {
                    load.take(&mut self.out, Step::Applied(object));
                }
                load.skipped.extend(page.skipped);
            }
            self.hand_over(&mut load).await?;
            next = page.next;
            if next.is_none() {
                self.version = page.resource_version;
                break;
            }
        }
        if let Some(load) = load {
            self.finish(load);
        }
        if self.way == Way::Poll {
            return Ok(Ended::Listed);
        }
        Ok(Ended::Quietly)
    }

    /// Hands over what has gathered, with the progress of a first load.
    async fn hand_over(&mut self, load: &mut Option<Load<T>>) -> Result<(), Gone> {
        if let Some(load) = load
            && !load.again
            && load.told.is_none_or(|told| told.elapsed() >= PROGRESS)
        {
            self.begun = true;
            load.told = Some(Instant::now());
            let seen = load.seen;
            self.tell(Health::Loading { seen });
        }
        self.out.flush().await
    }

    /// The list is whole.
    fn finish(&mut self, load: Load<T>) {
        self.begun = true;
        if load.again {
            self.out.step(Step::Listed(load.objects.into_values().collect()));
        }
        for skipped in load.skipped {
            self.out.skipped::<T>(skipped);
        }
        self.complete = true;
        self.live();
    }

    fn live(&mut self) {
        self.exact_at = now();
        if self.way != Way::Poll {
            self.tell(Health::Live);
        }
    }

    /// Remembers from where to go on; within the list there is nothing to go on from yet.
    fn advance(&mut self, version: Option<Version>, listing: bool) {
        if !listing {
            self.exact_at = now();
            self.version = version.or(self.version.take());
        }
    }

    /// What an answer other than a success means.
    fn refused(&mut self, refusal: Refusal, verb: Verb, initial: bool) -> Ended {
        let listing = initial || verb == Verb::List;
        let phase = if listing { Phase::List } else { Phase::Watch };
        let (status, wish) = match refusal {
            Refusal::None(cause) => return Ended::Fault(Fault { phase: Phase::Connect, cause }, None),
            Refusal::Status(status, wish) => (status, wish),
        };
        let words = if status.message.is_empty() { status.reason.clone() } else { status.message.clone() };
        let cause = match status.code {
            400 | 422 if initial => return Ended::Unsupported,
            401 => Cause::Unauthorized(words),
            403 => return Ended::Forbidden(verb),
            404 | 406 if listing => return Ended::NotServed,
            429 => Cause::Throttled,
            code if expired(code, &status.reason) => return Ended::VersionLost(Cause::Expired),
            code => Cause::Status(code, words),
        };
        // A version that is refused again and again may lie ahead of a server that was restored from a backup.
        self.refused += 1;
        if !listing && self.refused >= 3 && !matches!(status.code, 401 | 429) {
            return Ended::VersionLost(cause);
        }
        Ended::Fault(Fault { phase, cause }, wish)
    }
}

/// Waits until the receiver has room for what waits; for ever if nothing does.
async fn room(out: &mut Outbox) -> Result<(), Gone> {
    if out.waits() { out.deliver().await } else { std::future::pending().await }
}

fn expired(code: u16, reason: &str) -> bool {
    code == 410 || matches!(reason, "Expired" | "Gone")
}

/// A list on its way.
struct Load<T> {
    /// Something is known already: gather everything, then apply it as one difference.
    again: bool,
    objects: BTreeMap<Key, T>,
    skipped: Vec<Skipped>,
    seen: u32,
    told: Option<Instant>,
}

impl<T: Decode> Load<T> {
    fn new(again: bool) -> Self {
        Self { again, objects: BTreeMap::new(), skipped: Vec::new(), seen: 0, told: None }
    }

    fn take(&mut self, out: &mut Outbox, step: Step<T>) {
        self.seen = self.seen.saturating_add(1);
        match step {
            Step::Applied(object) if self.again => {
                self.objects.insert(object.meta().key.clone(), object);
            }
            Step::Deleted(key, _) if self.again => {
                self.objects.remove(&key);
            }
            Step::Applied(_) | Step::Deleted(..) | Step::Listed(_) => out.step(step),
        }
    }
}
