//! `podpath why`

use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{Known, Needs};
use super::{FAILS, UNDECIDED, json, print, tell};
use crate::config::{self, Login, PlainOutput, Subject};
use crate::model::{Key, Kind};
use crate::report::{self, WhySubject};
use crate::run::say::say;
use crate::trace::{Weight, why};

/// Prints why a Service or a pod is as it is.
pub(in crate::run) async fn why(login: &Login, what: &config::Why) -> Result<ExitCode> {
    let subject = what.subject().map_err(|why| eyre!(why))?;
    tell::one_namespace(login, "why")?;
    let known = Known::open(login, &what.source, Needs::default()).await?;
    known.tell_blind_spots()?;
    tell::one_scope(&known, "why")?;
    let subject = find(&known, subject)?;
    let findings = match &subject {
        WhySubject::Service(key) => why::of_service(&known.store, key, known.now),
        WhySubject::Pod(key) => why::of_pod(&known.store, key),
    };
    let stands = findings.iter().any(|finding| finding.certain && finding.weight > Weight::Note);
    let complete =
        [Kind::Service, Kind::Slice, Kind::Pod].into_iter().all(|kind| known.store.complete_in(kind, &known.namespace));
    let code = match (stands, complete) {
        (true, _) => FAILS,
        (false, true) => 0,
        (false, false) => UNDECIDED,
    };
    match what.output {
        PlainOutput::Text => print(&report::why_text(&known.store, &subject, &findings))?,
        PlainOutput::Json => {
            let document = report::why_document(&known.store, &subject, &findings, known.blind_spots());
            return json(&document, code);
        }
    }
    Ok(ExitCode::from(code))
}

/// The object that is meant; of a bare name the Service that has it, else the pod. Nodes are refused before.
fn find(known: &Known, subject: Subject) -> Result<WhySubject> {
    let key = |name: String| Key { namespace: known.namespace.clone(), name: name.into() };
    let service = |key: &Key| known.store.service(key).is_some();
    let pod = |key: &Key| known.store.pod(key).is_some();
    match subject {
        Subject::Service(name) => {
            let key = key(name);
            if service(&key) { Ok(WhySubject::Service(key)) } else { Err(tell::no_service(known, &key)) }
        }
        Subject::Pod(name) => {
            let key = key(name);
            if pod(&key) { Ok(WhySubject::Pod(key)) } else { Err(tell::no_pod(known, &key)) }
        }
        Subject::Named(name) | Subject::Node(name) => {
            let key = key(name);
            match (service(&key), pod(&key)) {
                (true, also) => {
                    if also {
                        say(format_args!("a pod is called {} too; pod/{} asks about it", key.name, key.name));
                    }
                    Ok(WhySubject::Service(key))
                }
                (false, true) => Ok(WhySubject::Pod(key)),
                (false, false) => Err(tell::nothing_named(known, &key, false)),
            }
        }
    }
}
