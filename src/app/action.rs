//! Everything a key can do, and which key does it: one table, from which help, hints and documentation are made.

use super::{Key, KeyCode};

/// One thing the user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// A screenful up.
    PageUp,
    /// A screenful down.
    PageDown,
    /// To the first line.
    First,
    /// To the last line.
    Last,
    /// Open the line; on an open one, go to what is below.
    Open,
    /// Close the line; on a closed one, go to what is above.
    Close,
    /// Open or close.
    Toggle,
    /// Open all Services.
    OpenAll,
    /// Close everything.
    CloseAll,
    /// The previous Service.
    PreviousService,
    /// The next Service.
    NextService,
    /// The previous Service that needs attention.
    PreviousFault,
    /// The next Service that needs attention.
    NextFault,
    /// Details of what the cursor is on.
    Detail,
    /// One plain sentence on what this kind of thing is.
    Explain,
    /// Why is this so: findings and their proof.
    Why,
    /// How the name resolves to pods, step by step.
    Trace,
    /// Choose from where to trace.
    TraceFrom,
    /// What happened to this, and why.
    Timeline,
    /// Which Services are restless.
    Churn,
    /// Who has or had this address.
    Who,
    /// Some seconds back in time.
    ScrubBack,
    /// Some seconds on.
    ScrubOn,
    /// A minute back in time.
    StrideBack,
    /// A minute on.
    StrideOn,
    /// To the change before of what the cursor is on.
    PreviousChange,
    /// To the change after.
    NextChange,
    /// Back to the present.
    Present,
    /// Stand still, or go on.
    Freeze,
    /// Mark the moment on the screen.
    MarkMoment,
    /// What differs from the marked moment.
    Difference,
    /// Another kind of change.
    Kinds,
    /// Slices as a level of their own.
    Slices,
    /// Only what needs attention.
    Faults,
    /// Look for something.
    Filter,
    /// Type a command.
    Command,
    /// Keys and marks.
    Help,
    /// Choose a context.
    Contexts,
    /// Choose a namespace.
    Namespaces,
    /// All namespaces.
    AllNamespaces,
    /// The first, second … namespace that was visited.
    Visited(u8),
    /// Copy the name or address.
    Copy,
    /// Copy the namespace.
    CopyNamespace,
    /// Copy the path of a trace as text that Mermaid draws.
    CopyMermaid,
    /// Copy the path of a trace as text that Graphviz draws.
    CopyDot,
    /// Try lost streams again at once, and put rows in order.
    Retry,
    /// Start or stop recording.
    Record,
    /// Scroll the details down.
    DetailDown,
    /// Scroll the details up.
    DetailUp,
    /// Replay: stand still or go on.
    Pause,
    /// Replay: faster.
    Faster,
    /// Replay: slower.
    Slower,
    /// Replay: five seconds back.
    SeekBack,
    /// Replay: five seconds on.
    SeekOn,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell.
    Suspend,
    /// One step back: clear the filter, go up.
    Back,
    /// What other programs delete with: says that nothing is deleted here.
    Refuse,
    /// Leave.
    Quit,
}

impl Action {
    /// Every action, in the order of the help; of those with a number, one.
    pub const ALL: [Self; 61] = [
        Self::Up,
        Self::Down,
        Self::PageUp,
        Self::PageDown,
        Self::First,
        Self::Last,
        Self::PreviousService,
        Self::NextService,
        Self::PreviousFault,
        Self::NextFault,
        Self::Toggle,
        Self::Open,
        Self::Close,
        Self::OpenAll,
        Self::CloseAll,
        Self::Back,
        Self::Filter,
        Self::Faults,
        Self::Slices,
        Self::Detail,
        Self::DetailDown,
        Self::DetailUp,
        Self::Explain,
        Self::Trace,
        Self::TraceFrom,
        Self::Why,
        Self::Timeline,
        Self::Kinds,
        Self::Churn,
        Self::Who,
        Self::ScrubBack,
        Self::ScrubOn,
        Self::StrideBack,
        Self::StrideOn,
        Self::PreviousChange,
        Self::NextChange,
        Self::Present,
        Self::Freeze,
        Self::MarkMoment,
        Self::Difference,
        Self::AllNamespaces,
        Self::Visited(1),
        Self::Namespaces,
        Self::Contexts,
        Self::Command,
        Self::Copy,
        Self::CopyNamespace,
        Self::CopyMermaid,
        Self::CopyDot,
        Self::Retry,
        Self::Record,
        Self::Pause,
        Self::Faster,
        Self::Slower,
        Self::SeekBack,
        Self::SeekOn,
        Self::Redraw,
        Self::Suspend,
        Self::Refuse,
        Self::Help,
        Self::Quit,
    ];

    /// Its name after `:`, where it has one.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::OpenAll => "open",
            Self::CloseAll => "close",
            Self::Faults => "faults",
            Self::Slices => "slices",
            Self::Detail => "details",
            Self::Explain => "explain",
            Self::Why => "why",
            Self::Churn => "churn",
            Self::Present => "live",
            Self::Freeze => "freeze",
            Self::MarkMoment => "mark",
            Self::Difference => "diff",
            Self::TraceFrom => "from",
            Self::CopyMermaid => "mermaid",
            Self::CopyDot => "dot",
            Self::Retry => "retry",
            Self::Record => "record",
            Self::Pause => "pause",
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::SeekBack => "back",
            Self::SeekOn => "forward",
            Self::Help => "help",
            Self::Quit => "quit",
            Self::Up
            | Self::Down
            | Self::PageUp
            | Self::PageDown
            | Self::First
            | Self::Last
            | Self::Trace
            | Self::Timeline
            | Self::Kinds
            | Self::Who
            | Self::ScrubBack
            | Self::ScrubOn
            | Self::StrideBack
            | Self::StrideOn
            | Self::PreviousChange
            | Self::NextChange
            | Self::Open
            | Self::Close
            | Self::Toggle
            | Self::PreviousService
            | Self::NextService
            | Self::PreviousFault
            | Self::NextFault
            | Self::Filter
            | Self::Command
            | Self::Contexts
            | Self::Namespaces
            | Self::AllNamespaces
            | Self::Visited(_)
            | Self::Copy
            | Self::CopyNamespace
            | Self::DetailDown
            | Self::DetailUp
            | Self::Redraw
            | Self::Suspend
            | Self::Back
            | Self::Refuse => return None,
        })
    }
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Always.
    Anywhere,
    /// In a replay only.
    Replay,
}

/// A key, what it does, and where.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The key.
    pub key: Key,
    /// What it does.
    pub action: Action,
    /// Where it holds.
    pub place: Place,
}

const fn plain(code: KeyCode) -> Key {
    Key { code, ctrl: false, alt: false, shift: false }
}
const fn shift(code: KeyCode) -> Key {
    Key { code, ctrl: false, alt: false, shift: true }
}
const fn char(character: char) -> Key {
    plain(KeyCode::Char(character))
}
const fn ctrl(character: char) -> Key {
    Key { code: KeyCode::Char(character), ctrl: true, alt: false, shift: false }
}
const fn bind(key: Key, action: Action) -> Binding {
    Binding { key, action, place: Place::Anywhere }
}
const fn replay(key: Key, action: Action) -> Binding {
    Binding { key, action, place: Place::Replay }
}

/// All bindings. The first key of an action is the one that is told.
pub const BINDINGS: &[Binding] = &[
    replay(char(' '), Action::Pause),
    replay(char('+'), Action::Faster),
    replay(char('='), Action::Faster),
    replay(char('-'), Action::Slower),
    replay(char('['), Action::SeekBack),
    replay(char(']'), Action::SeekOn),
    bind(plain(KeyCode::Enter), Action::Toggle),
    bind(char('l'), Action::Open),
    bind(plain(KeyCode::Right), Action::Open),
    bind(char('h'), Action::Close),
    bind(plain(KeyCode::Left), Action::Close),
    bind(char(' '), Action::Toggle),
    bind(char('*'), Action::OpenAll),
    bind(char('-'), Action::CloseAll),
    bind(char('_'), Action::CloseAll),
    bind(char('d'), Action::Detail),
    bind(char('i'), Action::Explain),
    bind(char('t'), Action::Trace),
    bind(char('T'), Action::TraceFrom),
    bind(char('x'), Action::Why),
    bind(char('e'), Action::Timeline),
    bind(char('f'), Action::Kinds),
    bind(char('E'), Action::Churn),
    bind(char('w'), Action::Who),
    bind(char('<'), Action::ScrubBack),
    bind(char('>'), Action::ScrubOn),
    bind(shift(KeyCode::Left), Action::StrideBack),
    bind(shift(KeyCode::Right), Action::StrideOn),
    bind(char(','), Action::PreviousChange),
    bind(char(';'), Action::NextChange),
    bind(char('.'), Action::Present),
    bind(ctrl('f'), Action::Freeze),
    bind(char('m'), Action::MarkMoment),
    bind(char('D'), Action::Difference),
    bind(char('s'), Action::Slices),
    bind(char('!'), Action::Faults),
    bind(char('/'), Action::Filter),
    bind(char(':'), Action::Command),
    bind(char('?'), Action::Help),
    bind(char('j'), Action::Down),
    bind(plain(KeyCode::Down), Action::Down),
    bind(char('k'), Action::Up),
    bind(plain(KeyCode::Up), Action::Up),
    bind(char('g'), Action::First),
    bind(plain(KeyCode::Home), Action::First),
    bind(char('G'), Action::Last),
    bind(plain(KeyCode::End), Action::Last),
    bind(plain(KeyCode::PageDown), Action::PageDown),
    bind(plain(KeyCode::PageUp), Action::PageUp),
    bind(char('J'), Action::NextService),
    bind(char('}'), Action::NextService),
    bind(plain(KeyCode::Tab), Action::NextService),
    bind(char('K'), Action::PreviousService),
    bind(char('{'), Action::PreviousService),
    bind(shift(KeyCode::Tab), Action::PreviousService),
    bind(char(')'), Action::NextFault),
    bind(char('('), Action::PreviousFault),
    bind(ctrl('n'), Action::DetailDown),
    bind(ctrl('p'), Action::DetailUp),
    bind(char('c'), Action::Copy),
    bind(char('n'), Action::CopyNamespace),
    bind(char('M'), Action::CopyMermaid),
    bind(char('V'), Action::CopyDot),
    bind(char('0'), Action::AllNamespaces),
    bind(char('1'), Action::Visited(1)),
    bind(char('2'), Action::Visited(2)),
    bind(char('3'), Action::Visited(3)),
    bind(char('4'), Action::Visited(4)),
    bind(char('5'), Action::Visited(5)),
    bind(char('6'), Action::Visited(6)),
    bind(char('7'), Action::Visited(7)),
    bind(char('8'), Action::Visited(8)),
    bind(char('9'), Action::Visited(9)),
    bind(char('N'), Action::Namespaces),
    bind(char('C'), Action::Contexts),
    bind(char('r'), Action::Retry),
    bind(ctrl('r'), Action::Retry),
    bind(char('R'), Action::Record),
    bind(ctrl('l'), Action::Redraw),
    bind(ctrl('z'), Action::Suspend),
    bind(ctrl('d'), Action::Refuse),
    bind(ctrl('k'), Action::Refuse),
    bind(plain(KeyCode::Esc), Action::Back),
    bind(char('q'), Action::Quit),
    bind(ctrl('c'), Action::Quit),
];

/// What a key does.
pub(super) fn action(key: Key, replaying: bool) -> Option<Action> {
    let holds = |binding: &&Binding| match binding.place {
        Place::Anywhere => true,
        Place::Replay => replaying,
    };
    BINDINGS.iter().filter(holds).find(|binding| binding.key == key).map(|binding| binding.action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice_in_one_place() {
        for (at, one) in BINDINGS.iter().enumerate() {
            for other in &BINDINGS[at + 1..] {
                assert!(one.key != other.key || one.place != other.place, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_replay_has_the_space_bar_and_lends_it_back() {
        assert_eq!(action(Key::from(' '), true), Some(Action::Pause));
        assert_eq!(action(Key::from(' '), false), Some(Action::Toggle));
    }

    #[test]
    fn every_action_is_in_the_table_and_has_a_key() {
        for binding in BINDINGS {
            let same = |action: &Action| std::mem::discriminant(action) == std::mem::discriminant(&binding.action);
            assert!(Action::ALL.iter().any(same), "{binding:?}");
        }
        for action in Action::ALL {
            assert!(BINDINGS.iter().any(|binding| binding.action == action), "{action:?}");
        }
    }

    #[test]
    fn keys_of_later_features_are_free() {
        for key in ['v', 'y', 'u', 'z'] {
            assert_eq!(action(Key::from(key), true), None, "{key}");
        }
    }
}
