//! What the user has done and sees: `State`, and the one function that changes it.
//!
//! `update` is synchronous and total; what must happen outside comes back as [`Effect`]s.

mod effect;
mod key;
mod layout;
mod message;

pub use effect::Effect;
pub use key::{Key, KeyCode};
pub use layout::{Chrome, Layout, Region};
pub use message::{Message, Playback, Recording, Scope, Session};
