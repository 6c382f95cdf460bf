//! `podpath wait`

use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::time::{Instant, timeout_at};

use super::known::{Known, Needs};
use super::{FAILS, print, tell};
use crate::config::{self, Condition, Login};
use crate::delta::Health;
use crate::model::{Key, Kind};
use crate::run::say::say;
use crate::store;
use crate::view;

/// Waits until it is so.
pub(in crate::run) async fn wait(login: &Login, what: &config::Wait) -> Result<ExitCode> {
    let target = what.target().map_err(|why| eyre!(why))?;
    tell::one_namespace(login, "wait")?;
    let began = Instant::now();
    let once = what.timeout.is_zero();
    let end = began + if once { FIRST } else { what.timeout };
    let Ok(known) = timeout_at(end, Known::begin(login, Needs::default())).await else {
        say(format_args!("not met after {}: no answer from the server", seconds(what.timeout)));
        return Ok(ExitCode::from(FAILS));
    };
    let mut known = known?;
    tell::one_scope(&known, "wait")?;
    let key = Key { namespace: known.namespace.clone(), name: target.service.into() };
    let mut told = None;
    loop {
        let seen = look(&known, &key, what.condition);
        if seen.met {
            let passed = began.elapsed().as_secs_f64();
            print(&format!("svc/{}: {} after {passed:.1}s\n", view::escape::safe(&key.name), seen.words))?;
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(never) = hopeless(&known, &key, what.condition) {
            return Err(eyre!(never));
        }
        let settled = known.settled();
        if once && settled {
            say(format_args!("{}, not {}", seen.words, what.condition));
            return Ok(ExitCode::from(FAILS));
        }
        // While the first lists come nothing is worth a line.
        if settled && told.as_ref() != Some(&seen.words) {
            say(format_args!("{}, waiting for {}", seen.words, what.condition));
            told = Some(seen.words);
        }
        match timeout_at(end, known.step()).await {
            Ok(changes) => drop(changes?),
            Err(_) => {
                let seen = look(&known, &key, what.condition);
                let waited = seconds(began.elapsed());
                if seen.exists == Some(false) && what.condition != Condition::Gone {
                    say(format_args!("not met after {waited}: {}", tell::no_service(&known, &key)));
                } else {
                    say(format_args!("not met after {waited}: {}, not {}", seen.words, what.condition));
                }
                return Ok(ExitCode::from(FAILS));
            }
        }
    }
}

/// How long the first lists may take where no time to wait was given.
const FIRST: Duration = Duration::from_secs(30);

fn seconds(time: Duration) -> String {
    format!("{}s", time.as_secs())
}

/// How it stands.
struct Seen {
    /// Whether there is such a Service; `None`: not known.
    exists: Option<bool>,
    met: bool,
    words: String,
}

/// What is known for sure just now: old or partial knowledge meets no condition.
fn look(known: &Known, key: &Key, condition: Condition) -> Seen {
    let sure = |kind| known.store.known(kind, &key.namespace) == store::Known::Known;
    let doubt = |kind| view::health(kind, known.store.health_in(kind, &key.namespace), known.now);
    if !sure(Kind::Service) {
        return Seen { exists: None, met: false, words: doubt(Kind::Service) };
    }
    let exists = known.store.service(key).is_some();
    let seen = |met, words: String| Seen { exists: Some(exists), met, words };
    let count = || {
        let counts = known.store.rows(key);
        counts.iter().filter(|row| row.is_endpoint()).count()
    };
    let name = view::escape::safe(&key.name);
    match condition {
        Condition::Exists => seen(exists, there(exists)),
        Condition::Gone => seen(!exists, there(exists)),
        Condition::Ready(..) | Condition::Endpoints(..) if !exists => seen(false, format!("no Service {name}")),
        Condition::Ready(..) | Condition::Endpoints(..) if !sure(Kind::Slice) => seen(false, doubt(Kind::Slice)),
        Condition::Ready(compare, wanted) => {
            let ready = known.store.rows(key).iter().filter(|row| row.usable()).count();
            seen(compare.holds(ready, wanted), format!("ready is {ready}"))
        }
        Condition::Endpoints(compare, wanted) => {
            let endpoints = count();
            seen(compare.holds(endpoints, wanted), format!("endpoints are {endpoints}"))
        }
    }
}

fn there(exists: bool) -> String {
    if exists { "exists".to_owned() } else { "gone".to_owned() }
}

/// A right that is missing will not come by waiting.
fn hopeless(known: &Known, key: &Key, condition: Condition) -> Option<String> {
    let needed: &[Kind] = match condition {
        Condition::Exists | Condition::Gone => &[Kind::Service],
        Condition::Ready(..) | Condition::Endpoints(..) => &[Kind::Service, Kind::Slice],
    };
    let refused = needed.iter().find(|kind| match known.store.health_in(**kind, &key.namespace) {
        Health::Forbidden { .. } | Health::NotServed => true,
        Health::Waiting
        | Health::Loading { .. }
        | Health::Live
        | Health::Polling { .. }
        | Health::Stale { .. }
        | Health::Failing { .. }
        | Health::NotGiven => false,
    })?;
    Some(view::health(*refused, known.store.health_in(*refused, &key.namespace), known.now))
}
