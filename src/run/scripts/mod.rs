//! Answers without a screen: learn what is to be known, print, leave. One file a command.

mod diff;
mod endpoints;
mod events;
mod known;
mod page;
mod tell;
mod trace;
mod wait;
mod who;
mod why;

pub(super) use diff::diff;
pub(super) use endpoints::{endpoints, services};
pub(super) use events::events;
pub(super) use trace::trace;
pub(super) use wait::wait;
pub(super) use who::who;
pub(super) use why::why;

use std::process::ExitCode;

use color_eyre::eyre::Result;

use crate::run::say::print;

/// Something stands in the way, nobody has it, nothing is usable.
const FAILS: u8 = 3;
/// Some of the endpoints fail.
const INTERMITTENT: u8 = 4;
/// It cannot be told.
const UNDECIDED: u8 = 5;

/// Prints a document and leaves with a code.
fn json(document: &impl serde::Serialize, code: u8) -> Result<ExitCode> {
    print(&(serde_json::to_string_pretty(document)? + "\n"))?;
    Ok(ExitCode::from(code))
}
