//! A line in which the user types: a filter or a command.

use super::{Key, KeyCode};

/// What is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// `/`: what to look for.
    Filter,
    /// `:`: a command.
    Command,
}

/// A line with a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What it is for.
    pub kind: PromptKind,
    /// What was typed.
    pub text: String,
    /// The caret, in characters from the start.
    pub caret: usize,
}

/// What a key did to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The text is another one.
    Changed,
    /// The caret moved, or nothing happened.
    Same,
    /// Enter.
    Done,
    /// Escape, or backspace on an empty line.
    Left,
    /// Tab: complete.
    Complete,
    /// The cursor in the list behind the prompt moves by so many lines.
    Line(isize),
}

impl Prompt {
    /// A prompt that begins with some text.
    pub fn new(kind: PromptKind, text: &str) -> Self {
        Self { kind, text: text.to_owned(), caret: text.chars().count() }
    }

    fn byte(&self, caret: usize) -> usize {
        self.text.char_indices().nth(caret).map_or(self.text.len(), |(at, _)| at)
    }

    /// Puts text at the caret; control characters are left out.
    pub fn insert(&mut self, text: &str) {
        let clean: String = text.chars().filter(|c| !c.is_control()).take(4096).collect();
        let at = self.byte(self.caret);
        self.text.insert_str(at, &clean);
        self.caret += clean.chars().count();
    }

    fn remove(&mut self, from: usize, to: usize) -> Typed {
        let (from_byte, to_byte) = (self.byte(from), self.byte(to));
        if from_byte == to_byte {
            return Typed::Same;
        }
        self.text.replace_range(from_byte..to_byte, "");
        self.caret = from;
        Typed::Changed
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Typed {
        let end = self.text.chars().count();
        match (key.code, key.ctrl) {
            (KeyCode::Enter, _) => Typed::Done,
            (KeyCode::Esc, _) | (KeyCode::Char('c'), true) => Typed::Left,
            (KeyCode::Backspace, _) if self.text.is_empty() => Typed::Left,
            (KeyCode::Tab, _) => Typed::Complete,
            (KeyCode::Up, _) => Typed::Line(-1),
            (KeyCode::Down, _) => Typed::Line(1),
            (KeyCode::PageUp, _) => Typed::Line(-10),
            (KeyCode::PageDown, _) => Typed::Line(10),
            (KeyCode::Backspace, false) | (KeyCode::Char('h'), true) => {
                self.remove(self.caret.saturating_sub(1), self.caret)
            }
            (KeyCode::Delete, _) => self.remove(self.caret, (self.caret + 1).min(end)),
            (KeyCode::Char('u'), true) => self.remove(0, self.caret),
            (KeyCode::Char('k'), true) => self.remove(self.caret, end),
            (KeyCode::Char('w') | KeyCode::Backspace, true) => {
                let before: Vec<char> = self.text.chars().take(self.caret).collect();
                let word = before.iter().rposition(|c| !c.is_whitespace()).unwrap_or(0);
                let start = before[..word].iter().rposition(|c| c.is_whitespace()).map_or(0, |at| at + 1);
                self.remove(start, self.caret)
            }
            (KeyCode::Left, _) | (KeyCode::Char('b'), true) => {
                self.caret = self.caret.saturating_sub(1);
                Typed::Same
            }
            (KeyCode::Right, _) | (KeyCode::Char('f'), true) => {
                self.caret = (self.caret + 1).min(end);
                Typed::Same
            }
            (KeyCode::Home, _) | (KeyCode::Char('a'), true) => {
                self.caret = 0;
                Typed::Same
            }
            (KeyCode::End, _) | (KeyCode::Char('e'), true) => {
                self.caret = end;
                Typed::Same
            }
            (KeyCode::Char(character), false) if !key.alt => {
                self.insert(&character.to_string());
                Typed::Changed
            }
            (KeyCode::Char(_) | KeyCode::F(_), _) => Typed::Same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[Key]) -> Prompt {
        let mut prompt = Prompt::new(PromptKind::Filter, "");
        for key in keys {
            prompt.key(*key);
        }
        prompt
    }

    #[test]
    fn words_are_typed_and_taken_back_at_the_caret() {
        let mut keys: Vec<Key> = "wéb shop".chars().map(Key::from).collect();
        keys.push(Key::ctrl('w'));
        assert_eq!(typed(&keys).text, "wéb ");
        keys.extend([KeyCode::Left.into(), KeyCode::Left.into(), KeyCode::Backspace.into(), Key::from('e')]);
        let prompt = typed(&keys);
        assert_eq!((prompt.text.as_str(), prompt.caret), ("web ", 2));
    }

    #[test]
    fn pasted_control_characters_are_left_out() {
        let mut prompt = Prompt::new(PromptKind::Command, "ns ");
        prompt.insert("sh\n\u{1b}op");
        assert_eq!(prompt.text, "ns shop");
    }
}
