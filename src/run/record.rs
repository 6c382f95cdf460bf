//! `record`: a tape without a screen.

use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Result, eyre};
use tokio::time::{Instant, sleep_until};

use super::feed::{Feed, Live};
use super::recorder::Recorder;
use super::session::Connection;
use crate::app::{Effect, Message, Recording, Scope};
use crate::config::{Login, Record};
use crate::model::{ConfigName, Kind};
use crate::run::say::say;
use crate::store::Store;
use crate::term::{Signal, Signals};

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
    let mut batches = 0_u64;
    loop {
        tokio::select! {
            signal = signals.next() => if matches!(signal, Signal::End(_)) { break },
            () = sleep_until(end.unwrap_or(far)) => break,
            messages = feed.next() => for message in messages? {
                let Message::Deltas(at, deltas) = message else { continue };
                batches += 1;
                if let Some(Recording::Failed { file, why }) = recorder.write(at, &deltas) {
                    return Err(eyre!("cannot write {file} any more: {why}; it plays up to here"));
                }
            },
        }
    }
    if let Recording::Failed { file, why } = recorder.stop(Feed::now()) {
        return Err(eyre!("cannot write {file} any more: {why}; it plays up to here"));
    }
    say(format_args!("{batches} batches in {}", how.output.display()));
    Ok(ExitCode::SUCCESS)
}
