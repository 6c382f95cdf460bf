//! One kind's stream: a state machine that lists, watches, loses the server and finds it again.
//!
//! Own code on top of `kube::Client`, because kube's watcher (5.0.0) asks again without pause when a watch is answered
//! and closed at once, never relists on HTTP 410 as the status of a watch, loses a whole list over one unreadable object,
//! and waits for ever on a list that stalls.
//!
//! ```text
//!            ┌────────────── history lost (410, etcd restored) ───────────────┐
//!            ▼                                                                │
//!   watch-list ──unsupported──► list ──► watch from version ──ends quietly──► watch from version
//!       │  │                     │  └─ watch forbidden ─► poll ─ list forbidden ─► get, where it is one object
//!       │  └── end of list: complete, the same answer goes on as a watch
//!       └── any fault: stale at once, wait, go on from the version if there is one
//! ```
//!
//! This file decides; `talk` holds the conversations and says how each ended.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::decode::Object;
use super::get::Server;
use super::outbox::{Gone, Outbox};
use super::pace::{Pace, chance};
use super::request::Resource;
use crate::delta::{Cause, Fault, Health, Phase, Verb};
use crate::model::{ClockReading, Interner, Time};

/// A watch that the server ends after at least this long ended in peace.
const LIFE: Duration = Duration::from_secs(10);
/// Time between two lists where watching is forbidden.
const POLL: Duration = Duration::from_secs(15);
/// Time between two looks at one object where listing is forbidden: what is read so hardly ever changes.
const GET: Duration = Duration::from_secs(60);
/// Lists between two attempts to watch where watching was forbidden.
const POLLS: u32 = 20;
/// Time between two attempts where listing is forbidden or the resource is not served.
const DENIED: Duration = Duration::from_secs(60);
/// A stream lets itself be woken by another's success at most this often.
const WOKEN: Duration = Duration::from_secs(60);

/// How the list is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As the first part of a watch.
    WatchList,
    /// In pages, then a watch from its version.
    Pages,
    /// In pages, again and again: watching is forbidden. Holds how often it was listed so far.
    Poll(u32),
    /// As one object by its name, again and again: listing is forbidden. Holds how often it was had so far.
    Get(u32),
}

/// How a conversation ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The list is whole: go on from its version.
    Listed,
    /// The server closed a watch, between two events.
    Closed,
    /// The server cannot do a watch-list.
    Unsupported,
    /// The server cannot go on from our version: list again.
    HistoryLost,
    /// Not allowed.
    Forbidden(Verb),
    /// No such resource.
    NotServed,
    /// Anything else, and how many seconds the server wants us to wait.
    Fault(Fault, Option<u32>),
}

/// What wakes a stream that waits.
#[derive(Clone, Default)]
pub(super) struct Bell {
    /// The user wants it now.
    pub(super) retry: Arc<Notify>,
    /// Another stream has found the server again.
    pub(super) found: Arc<Notify>,
}

pub(super) struct Stream<T> {
    pub(super) server: Server,
    pub(super) resource: Resource,
    pub(super) out: Outbox,
    pub(super) interner: Interner,
    pub(super) way: Way,
    /// Everything up to here has been told; `None`: a list is due.
    pub(super) version: Option<String>,
    /// A first load was begun: what comes later must be a difference.
    pub(super) begun: bool,
    /// A list was complete once.
    pub(super) complete: bool,
    /// Exact until this moment.
    pub(super) exact_at: Time,
    /// The server was away: it may have come back with an older history.
    pub(super) doubt: bool,
    /// Conversations refused in a row without any progress.
    pub(super) refused: u32,
    /// The pages' continue token expired: ask for the list in one page.
    pub(super) one_page: bool,
    bell: Bell,
    woken: Option<Instant>,
    pace: Pace,
    kind: PhantomData<fn() -> T>,
}

/// The time of day.
pub(super) fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn later(wait: Duration) -> Time {
    now().plus(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

impl<T: Object> Stream<T> {
    pub(super) fn new(server: Server, resource: Resource, out: Outbox, bell: Bell) -> Self {
        Self {
            server,
            resource,
            out,
            interner: Interner::default(),
            way: Way::WatchList,
            version: None,
            begun: false,
            complete: false,
            exact_at: Time::default(),
            doubt: false,
            refused: 0,
            one_page: false,
            bell,
            woken: None,
            pace: Pace::default(),
            kind: PhantomData,
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
            (Some(_), _) => self.watch(false).await?,
            (None, Way::WatchList) => self.watch(true).await?,
            (None, Way::Pages | Way::Poll(_)) => self.list().await?,
            (None, Way::Get(_)) => self.get_one().await?,
        };
        self.settle(ended, began.elapsed()).await
    }

    /// Decides what an ending means: what is told, how long to wait, how to go on.
    async fn settle(&mut self, ended: Ended, lived: Duration) -> Result<(), Gone> {
        let mut outage = false;
        let wait = match ended {
            Ended::Closed if lived >= LIFE => {
                self.pace.calm();
                return Ok(());
            }
            Ended::Closed => self.fault(Fault { phase: Phase::Watch, cause: Cause::Closed }, lived, None),
            Ended::Listed => match self.way {
                Way::Poll(lists) if lists % POLLS != POLLS - 1 => {
                    self.pace.calm();
                    self.way = Way::Poll(lists + 1);
                    self.version = None;
                    self.tell(Health::Polling { every: POLL });
                    POLL
                }
                Way::Get(gets) if gets < POLLS => {
                    self.pace.calm();
                    self.way = Way::Get(gets + 1);
                    self.version = None;
                    self.tell(Health::Polling { every: GET });
                    GET
                }
                Way::Get(_) => {
                    self.way = Way::WatchList;
                    self.version = None;
                    return Ok(());
                }
                Way::Poll(_) | Way::Pages | Way::WatchList => return Ok(()),
            },
            Ended::Unsupported => {
                self.way = Way::Pages;
                return Ok(());
            }
            Ended::HistoryLost => {
                self.version = None;
                self.fault(Fault { phase: Phase::Watch, cause: Cause::Expired }, lived, None)
            }
            Ended::Forbidden(Verb::Watch) => {
                // Perhaps listing is allowed.
                let before = std::mem::replace(&mut self.way, Way::Poll(0));
                if self.version.take().is_none() || before == Way::Pages {
                    return Ok(());
                }
                // A poll just listed, or a watch was open until now: the next list is not urgent.
                self.tell(Health::Polling { every: POLL });
                POLL
            }
            Ended::Forbidden(Verb::List) if self.resource.object().is_some() => {
                // Perhaps having the object by its name is allowed.
                self.way = Way::Get(0);
                self.version = None;
                return Ok(());
            }
            Ended::Forbidden(verb @ (Verb::List | Verb::Get)) => {
                let namespace = self.resource.namespace.clone();
                self.way = Way::WatchList;
                self.version = None;
                self.tell(Health::Forbidden { verb, namespace });
                DENIED
            }
            Ended::NotServed => {
                self.version = None;
                self.tell(Health::NotServed);
                DENIED
            }
            Ended::Fault(fault, wish) => {
                outage = matches!(fault.phase, Phase::Connect) || matches!(fault.cause, Cause::Status(500.., _));
                self.doubt |= matches!(fault.phase, Phase::Connect);
                self.fault(fault, lived, wish)
            }
        };
        self.out.deliver().await?;
        let ear = outage && self.woken.is_none_or(|woken| woken.elapsed() >= WOKEN);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.bell.retry.notified() => {}
            () = self.bell.found.notified(), if ear => self.woken = Some(Instant::now()),
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

    pub(super) fn tell(&mut self, health: Health) {
        self.out.health(health);
    }

    /// The server has answered: streams that wait for it need not wait any longer.
    pub(super) fn answered(&mut self, clock: Option<ClockReading>) {
        if let Some(reading) = clock {
            self.out.clock(reading);
        }
        let lost = matches!(
            self.out.told(),
            Some(Health::Stale { fault: Fault { phase: Phase::Connect, .. }, .. })
                | Some(Health::Failing { fault: Fault { phase: Phase::Connect, .. }, .. })
        );
        if lost {
            self.bell.found.notify_waiters();
        }
    }

    /// What is held is exact now.
    pub(super) fn live(&mut self) {
        self.exact_at = now();
        self.tell(Health::Live);
    }
}
