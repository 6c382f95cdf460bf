//! Everything that can happen to the program.

use std::sync::Arc;
use std::time::Duration;

use super::Key;
use crate::delta::Delta;
use crate::model::{Scope, Time};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The wheel was turned by so many rows; down is positive.
    Wheel(i16),
    /// The left button was pressed on this cell, counted from 0.
    Click {
        /// Column.
        x: u16,
        /// Row.
        y: u16,
    },
    /// The terminal has this size.
    Resize {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// It is now this late. In a replay this is the recording's time.
    Clock(Time),
    /// A batch from the source, received at this time.
    Deltas(Time, Vec<Delta>),
    /// Who and what we are connected to; sent again when it changes. Clears the store.
    Session(Box<Session>),
    /// Where the replay stands.
    Playback(Playback),
    /// What the recorder does.
    Recording(Recording),
    /// Something to tell the user that is not an answer to a key, already in words.
    Notice(String),
}

/// What the header says about the connection, and what can be switched to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// kubeconfig context; a tape's own in a replay.
    pub context: String,
    /// kubeconfig cluster.
    pub cluster: String,
    /// kubeconfig user.
    pub user: String,
    /// The server's version, once known, for example `v1.37.2`.
    pub version: Option<String>,
    /// Namespaces watched.
    pub scope: Scope,
    /// Label selector on Services, as typed.
    pub selector: Option<String>,
    /// All contexts of the kubeconfig.
    pub contexts: Vec<String>,
}

/// Where a replay stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// Time since the start of the tape.
    pub at: Duration,
    /// Length of the tape.
    pub length: Duration,
    /// 1 to 60 times as fast as it was recorded.
    pub speed: u16,
    /// Standing still.
    pub paused: bool,
    /// It starts over at the end.
    pub looped: bool,
    /// When recording began.
    pub began: Time,
    /// How many changes there are in each of equally long parts of the tape.
    pub density: Arc<[u32]>,
    /// The tape was cut off; what was lost, in words.
    pub cut: Option<String>,
}

/// What the recorder does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    /// Not recording.
    Off,
    /// Writing to this file.
    On {
        /// Its path.
        file: String,
    },
    /// Stopped by an error, in words.
    Failed {
        /// The path.
        file: String,
        /// Why.
        why: String,
    },
}
