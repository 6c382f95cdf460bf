//! What changed a moment ago: marks that fade, tombstones of rows that went, and the rate of change.
//!
//! Pure: fed with changes and their time, asked with a time. Bounded: what is old is forgotten, what is too much is
//! counted and dropped.

mod marks;
mod rate;

pub use marks::{Mark, Marks, Subject, What};
pub use rate::Rate;

use crate::model::Time;
use crate::store::Change;

/// Everything recent.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// Marks and tombstones.
    pub marks: Marks,
    /// Changes over time.
    pub rate: Rate,
}

impl Recent {
    /// Takes in a batch of changes.
    pub fn record(&mut self, at: Time, changes: &[Change]) {
        self.marks.record(at, changes);
        self.rate.record(at, changes);
    }
}
