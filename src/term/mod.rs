//! The terminal: entering and leaving the screen, one write a frame, keys and signals.
//!
//! What is drawn is not known here.

mod frame;
mod keys;
mod restore;
mod screen;
mod signals;
mod writer;

pub use frame::bytes;
pub use keys::Keys;
pub use restore::end_on_panic;
pub use screen::{Drawn, Options, Screen};
pub use signals::{Ended, Signal, Signals};
