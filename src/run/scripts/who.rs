//! `podpath who`

use std::process::ExitCode;

use color_eyre::eyre::Result;

use super::known::{Known, Needs};
use super::{FAILS, UNDECIDED, json, print};
use crate::config::{self, Login, PlainOutput, Source};
use crate::model::Addresses;
use crate::report::{self, Held};
use crate::run::moments;
use crate::trace::who::{of_address, of_name};

/// Prints whose an address or a name is; of an address on a tape also who else held it.
pub(in crate::run) async fn who(login: &Login, what: &config::Who) -> Result<ExitCode> {
    let known = Known::open_widely(login, &what.source, Needs::default()).await?;
    known.tell_blind_spots()?;
    let asked = what.what.trim();
    let (who, held) = match Addresses::parse_one(asked) {
        Some(ip) => {
            let whole = whole(login, &what.source).await?;
            let held = whole.as_ref().and_then(|whole| {
                let holds = whole.past.as_deref()?.holders.of(ip, &whole.store);
                let offset = moments::offset(known.now);
                Some(Held { holds, at: known.now, from: whole.reach?.from, offset })
            });
            (of_address(&known.store, ip), held)
        }
        None => (of_name(&known.store, asked), None),
    };
    let code = match (who.owners.is_empty(), who.blind.is_empty()) {
        (false, _) => 0,
        (true, true) => FAILS,
        (true, false) => UNDECIDED,
    };
    match what.output {
        PlainOutput::Text => print(&report::who_text(asked, &who, held.as_ref()))?,
        PlainOutput::Json => {
            return json(&report::who_document(asked, &who, held.as_ref(), known.blind_spots()), code);
        }
    }
    Ok(ExitCode::from(code))
}

/// All that is on the tape, also what comes after the moment that is asked about.
async fn whole(login: &Login, source: &Source) -> Result<Option<Known>> {
    if source.tape.is_none() {
        return Ok(None);
    }
    let source = Source { at: None, ..source.clone() };
    Known::open(login, &source, Needs { past: true, ..Needs::default() }).await.map(Some)
}
