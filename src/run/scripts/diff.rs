//! `podpath diff`

use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{arriving, health_words, too_early};
use super::{FAILS, UNDECIDED, json, print, tell};
use crate::churn::{self, ServiceDiff};
use crate::config::{self, Login, PlainOutput};
use crate::model::{Reach, Scope, Time};
use crate::report::{self, Moments};
use crate::run::moments::{self, Asked};
use crate::run::say::say;
use crate::store::Store;
use crate::tape::Tape;
use crate::view;

/// Prints what differs between two moments of a tape.
pub(in crate::run) fn diff(login: &Login, what: &config::Diff) -> Result<ExitCode> {
    let target = what.target().map_err(|why| eyre!(why))?;
    if let Some(at) = &what.at {
        return Err(eyre!(
            "diff compares two moments: write --from TIME and --to TIME (default: the ends) instead of --at {at}"
        ));
    }
    for (flag, text) in [("--from", &what.from), ("--to", &what.to)] {
        text.as_deref().map(|text| moments::parse(Asked { flag, text })).transpose()?;
    }
    let tape = super::known::read(&what.tape)?;
    let find = |flag, text: &Option<String>| {
        text.as_deref().map(|text| moments::find(&tape, Asked { flag, text })).transpose()
    };
    let reach = moments::reach(&tape);
    let (from, to) = (find("--from", &what.from)?, find("--to", &what.to)?.unwrap_or(reach.to));
    let (from, before) = earlier(&tape, from.zip(what.from.as_deref()))?;
    if from > to {
        let (later, sooner) = (what.from.as_deref().unwrap_or("default"), what.to.as_deref().unwrap_or("default"));
        return Err(eyre!("--from {later} lies after --to {sooner}"));
    }
    let after = play(&tape, before.clone(), Some(from), to);
    tell::all_held(&after, login)?;
    let recorded = Scope::of(tape.header.namespaces.iter().map(String::as_str));
    let scope = if login.named().next().is_some() { Scope::of(login.named()) } else { recorded };
    let mut found = churn::diff(&before, &after);
    found.retain(|diff| scope.holds(&diff.service.namespace) && after.shows(&diff.service.namespace));
    if let Some(target) = &target {
        exists(&before, &after, &scope, &target.service)?;
        found.retain(|diff| diff.service.name == *target.service);
    }
    let mut blind: Vec<String> = health_words(&before, from);
    blind.extend(health_words(&after, to));
    blind.sort();
    blind.dedup();
    let code = match (found.is_empty(), blind.is_empty()) {
        (false, _) => FAILS,
        (true, true) => 0,
        (true, false) => UNDECIDED,
    };
    let moments = Moments { from, to };
    answer(&found, (&before, &after), moments, blind, what.output, reach)?;
    Ok(ExitCode::from(code))
}

fn answer(
    found: &[ServiceDiff],
    stores: (&Store, &Store),
    moments: Moments,
    blind: Vec<String>,
    output: PlainOutput,
    reach: Reach,
) -> Result<()> {
    match output {
        PlainOutput::Json => {
            json(&report::diff_document(found, stores, moments, blind), 0)?;
        }
        PlainOutput::Text => {
            for spot in &blind {
                say(spot);
            }
            if found.is_empty() {
                let range = view::range(Reach { from: moments.from, to: moments.to, ..reach });
                let known = if blind.is_empty() { "" } else { " that is known" };
                say(format_args!("nothing{known} differs {range}"));
            } else {
                print(&report::diff_text(found))?;
            }
        }
    }
    Ok(())
}

/// The earlier moment and what was known then: the one asked for, or the first at which everything was known.
fn earlier(tape: &Tape, asked: Option<(Time, &str)>) -> Result<(Time, Store)> {
    if let Some((from, text)) = asked {
        let store = play(tape, Store::new(), None, from);
        return match arriving(&store, from) {
            None => Ok((from, store)),
            Some(_) => Err(too_early(tape, Asked { flag: "--from", text }, from, store)),
        };
    }
    let mut store = Store::new();
    for entry in &tape.entries {
        let at = tape.time(entry.at);
        store.apply(at, entry.deltas.iter().cloned());
        if arriving(&store, at).is_none() {
            return Ok((at, store));
        }
    }
    let end = tape.time(tape.length());
    Err(eyre!("everything was never known on this tape: {}", arriving(&store, end).unwrap_or_default()))
}

/// The store with all that was heard after one moment and up to another.
fn play(tape: &Tape, mut store: Store, after: Option<Time>, to: Time) -> Store {
    let heard = tape.entries.iter().map(|entry| (tape.time(entry.at), &entry.deltas));
    for (at, deltas) in heard.filter(|(at, _)| after.is_none_or(|after| *at > after) && *at <= to) {
        store.apply(at, deltas.iter().cloned());
    }
    store.settle();
    store
}

/// There is or was such a Service.
fn exists(before: &Store, after: &Store, scope: &Scope, name: &str) -> Result<()> {
    let all = || before.services().chain(after.services()).map(|service| &service.meta.key);
    let shown = || all().filter(|key| scope.holds(&key.namespace));
    if shown().any(|key| key.name == *name) {
        return Ok(());
    }
    let near = tell::nearest(shown().map(|key| key.name.to_string()), name);
    Err(eyre!("no Service {name} at either time{near}"))
}
