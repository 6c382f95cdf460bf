//! What the cluster is, joined: one table for each kind, the indexes between them, and the union table of each Service.
//!
//! Nothing here reads a clock, does I/O or owns a sentence; time is an argument, and why something is so is a variant.
//! To add a kind: a table and an arm in `apply`, then say in `touch` which Services its changes concern.

mod agents;
mod apply;
mod change;
mod desired;
mod few;
mod gather;
mod index;
mod knowledge;
mod lookup;
mod nearest;
mod past;
mod ports;
mod row;
mod snapshot;
mod summary;
mod table;
#[cfg(test)]
pub(crate) mod tests;
mod union;
mod word;

pub use agents::Agent;
pub use change::{Cause, Change, Edit, Pair, RowEdit};
pub use desired::{Bound, Desired, Excluded, desired};
pub use knowledge::{Known, Skips};
pub use lookup::Store;
pub use nearest::{Elsewhere, NearMiss};
pub use past::{Hearing, Held, Was};
pub use ports::{Resolution, find_port};
pub use row::{Facts, Member, Row, RowId, RowPort, Target};
pub use summary::{PortSummary, Severity, Summary, broken_first};
pub use table::Object;
pub use word::Word;
