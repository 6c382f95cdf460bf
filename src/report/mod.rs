//! The answers as text or JSON, without a terminal.
//!
//! JSON has types of its own, versioned, with a schema in `assets/`: the model stays free to change.

mod json;
mod table;

pub use json::{Document, document};
pub use table::{change, endpoints, services};
