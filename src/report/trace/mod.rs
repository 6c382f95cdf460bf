//! A trace as JSON, as text, and as a picture for other programs to draw.

mod graph;
mod json;
mod step;
mod text;

pub use graph::{dot, mermaid};
pub use json::{TraceDocument, trace_document};
pub use text::trace_text;
