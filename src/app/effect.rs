//! What `update` asks the shell to do.

use std::fmt;
use std::time::Duration;

use super::Scope;
use crate::model::{Kind, Text};
use crate::trace::path::Trace;

/// What draws the path of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// Mermaid.
    Mermaid,
    /// Graphviz' DOT.
    Dot,
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mermaid => "Mermaid",
            Self::Dot => "DOT",
        })
    }
}

/// One thing to do outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Leave the program.
    Quit,
    /// Give the terminal back to the shell until it resumes us (Ctrl-Z).
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Put text on the terminal's clipboard.
    Copy(String),
    /// Put the path of a trace on the terminal's clipboard, as text for another program to draw.
    CopyPath(Drawing, Box<Trace>),
    /// Try streams that wait for a retry at once.
    RetryNow,
    /// Connect to this context of the kubeconfig.
    SwitchContext(String),
    /// Watch these namespaces.
    SwitchScope(Scope),
    /// Read these kinds too: an answer needs them. Asked again, it is nothing.
    Need(Vec<Kind>),
    /// Watch this namespace too, without showing it: an answer needs it. Asked again, it is nothing.
    Support(Text),
    /// Start or stop recording.
    ToggleRecording,
    /// Replay: stand still or go on.
    TogglePause,
    /// Replay: so many times as fast as recorded.
    Speed(u16),
    /// Replay: go to this time since the start of the tape.
    Seek(Duration),
}
