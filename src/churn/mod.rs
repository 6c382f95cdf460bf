//! What changed, why, how fast, and what was: marks that fade, the ledger with its causes, and the way back.
//!
//! Pure: fed with changes and their time, asked with a time. Bounded: [`Past`] keeps one budget, drops the oldest and
//! says so. [`Past::record`] must be called after every `Store::apply`, also where nothing changed.
//! To add a cause: a variant of [`Why`] with its evidence, its word, and a case in `tests/causes.rs`; objects' own causes
//! are found in `objects.rs` and `pods.rs`, those of rows in `reason.rs`. To add a kind: an arm in `history.rs`, and in `ledger.rs` where
//! it tells a story.

mod crew;
mod diff;
mod event;
mod fate;
mod history;
mod holders;
mod lanes;
mod ledger;
mod life;
mod marks;
mod objects;
mod patch;
mod pods;
mod rate;
mod reason;
mod recent;
mod record;
mod restless;
mod rows;
mod skew;
mod spool;
mod story;
#[cfg(test)]
mod tests;
mod told;
mod usable;
mod weigh;
mod when;
mod why;

pub use diff::{ServiceDiff, diff};
pub use event::{Detail, Entry, Event, Stage, Stamps};
pub use history::{History, OutOfReach};
pub use holders::{Hold, Holders};
pub use lanes::{Lane, Lanes};
pub use ledger::{Dropped, Ledger};
pub use life::{Life, Passed, Step};
pub use marks::{Mark, Marks, Subject, What};
pub use rate::Rate;
pub use recent::Recent;
pub use record::{Past, Size};
pub use restless::{Outage, Pace, Restless, Unrest};
pub use rows::detail;
pub use story::Story;
pub use told::told;
pub use usable::UsableCount;
pub use when::{Lag, LagOf, Skew, When};
pub use why::{IpReused, NodeTrouble, Readiness, Relabelled, Rollout, Scale, Why};
