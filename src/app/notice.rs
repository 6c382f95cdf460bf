//! What there is to tell until the next key. Only what it is: its words live in `view`.

use super::Drawing;
use crate::model::{MomentError, Reach, Text, Time};
use crate::trace::BadQuestion;

/// One thing to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// From outside, already in words.
    Said(String),
    /// This was copied.
    Copied(String),
    /// The path of a trace was copied, for this to draw.
    CopiedPath(Drawing),
    /// The trace on the screen has no path.
    NoPath,
    /// Only traces have a path that can be copied.
    PathOfATrace,
    /// A command that cannot be read.
    BadCommand(BadCommand),
    /// A recording is of these namespaces and cannot be asked for others; none: of all.
    HoldsOnly(Vec<Text>),
    /// A recording is of one cluster.
    OneCluster,
    /// The kubeconfig has no such context; those that it has.
    NoContext {
        /// The one that was asked for.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Lost streams are tried again.
    Retrying,
    /// Kinds of change are chosen on a time line.
    KindsOfATimeline,
    /// Only Services with this selector are known.
    Selected(String),
    /// The recording to this file has ended.
    Recorded(String),
    /// This is a recording already.
    IsRecording,
    /// Nothing is deleted here.
    ReadOnly,
    /// No other Service needs attention.
    NoOtherFault,
    /// No namespace was visited that this digit would choose.
    FreeDigit(u8),
    /// This is live: nothing is played.
    NotPlayed,
    /// The screen looks back: what is played is not what is shown.
    LooksBack,
    /// What the cursor is on has no name to trace.
    NothingToTrace,
    /// This is no name to trace.
    BadName(String, BadQuestion),
    /// What the cursor is on has no time line.
    NoTimeline,
    /// Nothing is or was called so, in this namespace where it would be in one.
    Nothing(String, Option<String>),
    /// What the cursor is on has no address.
    NoAddress,
    /// No moment is marked.
    NoMark,
    /// The record does not reach back to the mark.
    MarkForgotten,
    /// The record does not reach back to the moment of an entry.
    MomentForgotten,
    /// The record does not reach back to a change.
    ChangeForgotten,
    /// A key that acts on the home tree, which a page hides.
    OfTheTree,
    /// The page on top cannot be filtered.
    NoFilter,
    /// The home tree has no line for this.
    NoLine,
    /// This namespace is read only to explain.
    OnlyExplains(Text),
    /// Nothing is recorded yet.
    NothingRecorded,
    /// The screen shows the present already.
    IsPresent,
    /// The record reaches no further back.
    RecordBegins,
    /// What the cursor is on does not change.
    NothingChanges,
    /// No earlier change of what the cursor is on is recorded.
    NoEarlierChange,
    /// What the cursor is on has not changed since.
    NoLaterChange,
    /// A moment that was asked for cannot be gone to.
    NoMoment {
        /// As it was typed.
        asked: String,
        /// Why not.
        why: MomentError,
        /// What can be gone to.
        reach: Reach,
    },
    /// This moment is marked now.
    Marked(Time),
    /// No moment is marked any more.
    Unmarked,
}

/// What is wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCommand {
    /// There is none of this name; one that is called nearly so.
    Unknown(String, Option<&'static str>),
    /// What must follow is missing or cannot be read.
    Usage(Usage),
}

/// Whose usage is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// `:at`
    At,
    /// `:events`
    Events,
    /// `:trace`
    Trace,
    /// `:who`
    Who,
}
