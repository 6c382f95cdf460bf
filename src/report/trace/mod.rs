//! A trace as JSON, as text, and as a picture for other programs to draw.

mod graph;
mod json;
mod step;
mod text;

pub use graph::{dot, mermaid};
pub use json::{TraceDocument, trace_document};
pub use text::trace_text;

use crate::trace::path::Share;
use crate::trace::proxy::Standing as Choice;
use crate::view;

/// Which part of a client's connections an endpoint gets: `50 %`, `0 %`, or `?` where that cannot be told.
fn part(share: &Share) -> String {
    let unknown = matches!(share.why, Choice::Unknown(_));
    share.one_in.map_or_else(|| if unknown { "?" } else { "0 %" }.to_owned(), view::percent)
}
