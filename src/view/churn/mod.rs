//! The words of what changed: on what, what happened, why, how late, by whose clock. Short enough for a column of a table.
//!
//! Text from the cluster is escaped here already; escaping it again changes nothing. To add an event or a cause: its
//! words here, where the compiler asks for them, and a row in the tables of `tests.rs`.

mod cause;
mod event;
#[cfg(test)]
mod tests;
mod times;

pub use cause::{after_another, because, because_short, cause};
pub use event::{detail, happened, on, stage, subject};
pub use times::{clock, clocks, lag, lag_of, span, step, time_of_day};
