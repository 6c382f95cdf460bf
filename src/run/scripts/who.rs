//! `podpath who`

use std::process::ExitCode;

use color_eyre::eyre::Result;

use super::known::{Known, Needs};
use super::{FAILS, UNDECIDED, json, print};
use crate::config::{self, Login, PlainOutput};
use crate::model::Addresses;
use crate::report;
use crate::trace::who::{of_address, of_name};

/// Prints whose an address or a name is.
pub(in crate::run) async fn who(login: &Login, what: &config::Who) -> Result<ExitCode> {
    let known = Known::open_widely(login, &what.source, Needs::default()).await?;
    known.tell_blind_spots()?;
    let asked = what.what.trim();
    let who = match Addresses::parse_one(asked) {
        Some(ip) => of_address(&known.store, ip),
        None => of_name(&known.store, asked),
    };
    let code = match (who.owners.is_empty(), who.blind.is_empty()) {
        (false, _) => 0,
        (true, true) => FAILS,
        (true, false) => UNDECIDED,
    };
    match what.output {
        PlainOutput::Text => print(&report::who_text(asked, &who))?,
        PlainOutput::Json => return json(&report::who_document(asked, &who, known.blind_spots()), code),
    }
    Ok(ExitCode::from(code))
}
