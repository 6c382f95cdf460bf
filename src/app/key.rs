//! A key press, as a value of our own: keymaps and tests do not depend on a terminal library.

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// Control was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held; for characters it is in the character itself.
    pub shift: bool,
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyCode {
    /// A character.
    Char(char),
    /// Enter
    Enter,
    /// Escape
    Esc,
    /// Tab
    Tab,
    /// Backspace
    Backspace,
    /// Delete
    Delete,
    /// Cursor up
    Up,
    /// Cursor down
    Down,
    /// Cursor left
    Left,
    /// Cursor right
    Right,
    /// Page up
    PageUp,
    /// Page down
    PageDown,
    /// Home
    Home,
    /// End
    End,
    /// A function key
    F(u8),
}

impl From<char> for Key {
    fn from(character: char) -> Self {
        Self { code: KeyCode::Char(character), ctrl: false, alt: false, shift: false }
    }
}

impl From<KeyCode> for Key {
    fn from(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }
}

impl Key {
    /// A character with control.
    pub fn ctrl(character: char) -> Self {
        Self { ctrl: true, ..Self::from(character) }
    }
}
