//! What the user has done and sees: `State`, and the one function that changes it.
//!
//! `update` is synchronous and total; what must happen outside comes back as [`Effect`]s. To add an action: a variant in
//! [`Action`], a line in its table of bindings, an arm in `act`.

mod act;
mod action;
mod ages;
mod away;
mod command;
mod cursor;
mod effect;
mod key;
mod layout;
mod message;
mod needs;
mod notice;
mod overlay;
mod pages;
mod prompt;
mod seen;
mod state;
mod typing;
mod update;

pub use crate::model::Scope;
pub use action::{Action, BINDINGS, Binding, Place};
pub use away::Away;
pub use command::{COMMANDS, completions};
pub use effect::{Drawing, Effect};
pub use key::{Key, KeyCode};
pub use layout::{Chrome, Layout, Region};
pub use message::{Message, Playback, Recording, Session};
pub use needs::Needs;
pub use notice::{BadCommand, Notice, Usage};
pub use overlay::{Choice, Overlay};
pub use pages::{
    ChurnBody, ChurnPage, DifferenceBody, DifferencePage, Entry, EntryId, Kinds, Listing, Page, Part, Sheet, SheetLine,
    Shown, TimelinePage, TraceBody, TracePage, WhoBody, WhoPage, WhyBody, WhyPage, WhyTopic,
};
pub use prompt::{Prompt, PromptKind};
pub use state::State;
pub use update::{deadline, update};
