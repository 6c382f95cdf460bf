//! What happened, as text and as JSON: `assets/events.schema.json`.

mod cause;
mod json;
mod text;

pub use json::{EventLine, EventsDocument, EventsOf, Frame as EventsFrame, event_line, events_document};
pub use text::{EventsTable, Shape as EventsShape};

use crate::churn::Entry;
use crate::store::Cause;

/// Whether a line is the first of its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is.
    Heard,
    /// Its cause has become known, or known better.
    Explained,
}

/// It may have happened at any time while the stream was lost.
fn late(entry: &Entry) -> bool {
    match entry.heard {
        Cause::Relist => true,
        Cause::Live | Cause::Load => false,
    }
}
