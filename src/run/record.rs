//! `record`: a tape without a screen.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::time::{Instant, sleep_until};

use super::feed::{Feed, Live};
use super::recorder::Recorder;
use super::session::Connection;
use crate::app::{Effect, Message, Recording, Scope};
use crate::config::{Login, Record};
use crate::delta::{Delta, Health};
use crate::model::{ConfigName, Kind, Text};
use crate::run::say::say;
use crate::store::Store;
use crate::term::{Signal, Signals};
use crate::view;

/// Records until interrupted, or for the time asked.
pub(super) async fn record(login: &Login, how: &Record) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let connection = Connection::open(login).await?;
    // The header names the server's version.
    let version = connection.greet(&connection.session.scope).await?;
    let mut feed = Feed::Live(Box::new(Live::new(connection)));
    let mut session = feed.session();
    session.version = version;
    // A tape answers traces too: what they need is recorded with the rest.
    let beside = Kind::ALL.into_iter().filter(|kind| !Kind::CORE.contains(kind)).collect();
    feed.control(&Effect::Need(beside));
    if session.scope != Scope::All && !session.scope.holds(ConfigName::NAMESPACE) {
        feed.control(&Effect::Support(ConfigName::NAMESPACE.into()));
    }
    let mut recorder = Recorder::default();
    let begun = recorder.start(&how.output, &session, &Store::new(), Feed::now());
    if let Recording::Failed { file, why } = begun {
        return Err(eyre!("cannot write {file}: {why}"));
    }
    say(format_args!("recording to {}; interrupt (ctrl-c) ends it", how.output.display()));
    let end = how.length.map(|length| Instant::now() + length);
    let far = Instant::now() + Duration::from_secs(86_400 * 365);
    let began = Instant::now();
    let mut heard: BTreeMap<(Kind, Option<Text>), Health> = BTreeMap::new();
    loop {
        tokio::select! {
            signal = signals.next() => if matches!(signal, Signal::End(_)) { break },
            () = sleep_until(end.unwrap_or(far)) => break,
            messages = feed.next() => for message in messages? {
                let Message::Deltas(at, deltas) = message else { continue };
                for delta in &deltas {
                    if let Delta::Health(kind, health) = delta {
                        heard.insert((*kind, None), health.clone());
                    } else if let Delta::HealthIn(kind, within, health) = delta {
                        heard.insert((*kind, Some(within.clone())), health.clone());
                    }
                }
                if let Some(Recording::Failed { file, why }) = recorder.write(at, &deltas) {
                    return Err(eyre!("cannot write {file} any more: {why}; it plays up to here"));
                }
            },
        }
    }
    if let Recording::Failed { file, why } = recorder.stop(Feed::now()) {
        return Err(eyre!("cannot write {file} any more: {why}; it plays up to here"));
    }
    let now = Feed::now();
    let own = |within: &Option<Text>| within.as_ref().is_none_or(|name| session.scope.holds(name));
    let blind =
        heard.iter().filter(|((kind, within), health)| Kind::CORE.contains(kind) && own(within) && !health.complete());
    for ((kind, _), health) in blind {
        say(view::health(*kind, health, now));
    }
    let known = heard.iter().any(|((kind, within), health)| *kind == Kind::Service && own(within) && health.complete());
    if !known {
        return Err(eyre!("no Services are on {}: nothing else can be shown without", how.output.display()));
    }
    say(format_args!("recorded {} s; podpath replay {} plays it", began.elapsed().as_secs(), how.output.display()));
    Ok(ExitCode::SUCCESS)
}
