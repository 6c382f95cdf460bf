//! The answers as text or JSON, without a terminal.
//!
//! JSON has types of its own, versioned, with a schema in `assets/`: the model stays free to change. To add an answer: its
//! file here, its schema, and a case in the test that holds real output against the schemas.

mod diff;
mod endpoints;
mod events;
mod finding;
mod proof;
mod table;
mod trace;
mod who;
mod why;

pub use diff::{DiffDocument, Moments, diff_document, diff_text};
pub use endpoints::{Document, document};
pub use events::{
    EventLine, EventsDocument, EventsFrame, EventsOf, EventsShape, EventsTable, Line, event_line, events_document,
};
pub use table::{change, endpoints, services};
pub use trace::{TraceDocument, dot, mermaid, trace_document, trace_text};
pub use who::{Held, Sight, WhoDocument, who_document, who_text};
pub use why::{WhyDocument, WhySubject, why_document, why_text};
