//! `podpath why`

use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{Known, Needs};
use super::{FAILS, UNDECIDED, json, print, tell};
use crate::config::{self, Login, PlainOutput, Subject};
use crate::model::{Key, Kind};
use crate::report::{self, WhySubject};
use crate::trace::{Weight, why};

/// Prints why a Service or a pod is as it is.
pub(in crate::run) async fn why(login: &Login, what: &config::Why) -> Result<ExitCode> {
    let subject = what.subject().map_err(|why| eyre!(why))?;
    let known = Known::open(login, &what.source, Needs::default()).await?;
    known.tell_blind_spots()?;
    let key = |name: String| Key { namespace: known.namespace.clone(), name: name.into() };
    let (subject, findings) = match subject {
        Subject::Service(name) => {
            let key = key(name);
            if known.store.service(&key).is_none() {
                return Err(tell::no_service(&known, &key));
            }
            let findings = why::of_service(&known.store, &key, known.now);
            (WhySubject::Service(key), findings)
        }
        Subject::Pod(name) => {
            let key = key(name);
            if known.store.pod(&key).is_none() {
                return Err(tell::no_pod(&known, &key));
            }
            let findings = why::of_pod(&known.store, &key);
            (WhySubject::Pod(key), findings)
        }
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
