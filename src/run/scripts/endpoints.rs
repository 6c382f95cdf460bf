//! `podpath endpoints`, and the table of Services that stands in for the screen.

use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{Known, Needs};
use super::{FAILS, print, tell};
use crate::config::{Endpoints, Login, Output, Source};
use crate::model::{Key, Kind};
use crate::run::say::say;
use crate::{report, view};

/// Prints the table of Services.
pub(in crate::run) async fn services(login: &Login) -> Result<ExitCode> {
    let known = Known::open(login, &Source::default(), Needs::default()).await?;
    known.tell_blind_spots()?;
    print(&report::services(&known.store, known.scope.single().is_none()))?;
    if known.store.services().next().is_none() && known.store.complete(Kind::Service) {
        let selector = login.selector.as_ref().map(|selector| format!(" with {selector}")).unwrap_or_default();
        say(format!("no Services{selector} in {}", known.scope));
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the union table of a Service.
pub(in crate::run) async fn endpoints(login: &Login, what: &Endpoints) -> Result<ExitCode> {
    let target = what.target().map_err(|why| eyre!(why))?;
    tell::one_namespace(login, "endpoints")?;
    if what.watch && !what.source.live() {
        return Err(eyre!("--watch needs the cluster: a tape or a file does not change"));
    }
    let mut known = Known::open(login, &what.source, Needs::default()).await?;
    known.tell_blind_spots()?;
    tell::one_scope(&known, "endpoints")?;
    let key = Key { namespace: known.namespace.clone(), name: target.service.into() };
    if known.store.service(&key).is_none() {
        return Err(tell::no_service(&known, &key));
    }
    print(&answer(&known, &key, what.output)?)?;
    if let Some(words) = known.store.service(&key).and_then(|service| view::beside_rows(&known.store, service)) {
        say(words);
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
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::from(FAILS) })
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
