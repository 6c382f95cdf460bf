//! A page's entries with the user's place among them, and the moves that every page shares.

use super::super::Action;
use super::sheet::{Entry, Sheet, SheetLine};

/// Entries of one type and where the user stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<B> {
    /// What there is.
    pub entries: Vec<Entry<B>>,
    /// Where the user stands, and what is open.
    pub sheet: Sheet,
}

impl<B> Default for Listing<B> {
    fn default() -> Self {
        Self { entries: Vec::new(), sheet: Sheet::default() }
    }
}

impl<B> Listing<B> {
    /// Puts other entries in place of these; the cursor stays on its entry.
    pub fn replace(&mut self, entries: Vec<Entry<B>>, page: usize) {
        self.entries = entries;
        self.sheet.refresh(&self.entries, page);
    }

    /// The lines that are shown.
    pub fn lines(&self) -> Vec<SheetLine<'_, B>> {
        self.sheet.lines(&self.entries)
    }

    /// The lines in the window.
    pub fn window(&self, page: usize) -> Vec<SheetLine<'_, B>> {
        self.sheet.window(&self.entries, page)
    }

    /// The line under the cursor.
    pub fn current(&self) -> Option<SheetLine<'_, B>> {
        self.sheet.current(&self.entries)
    }
}

/// A move on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    /// Open or close.
    Turn,
    /// Open; on an open entry, go inside.
    In,
    /// Close; on a closed entry, go to what is above.
    Out,
}

impl Move {
    const OF: [(Action, Self); 9] = [
        (Action::Up, Self::Up),
        (Action::Down, Self::Down),
        (Action::PageUp, Self::PageUp),
        (Action::PageDown, Self::PageDown),
        (Action::First, Self::First),
        (Action::Last, Self::Last),
        (Action::Toggle, Self::Turn),
        (Action::Open, Self::In),
        (Action::Close, Self::Out),
    ];

    /// The move that an action is on a page, if it is one.
    pub(super) fn of(action: Action) -> Option<Self> {
        Self::OF.iter().find(|(known, _)| *known == action).map(|(_, step)| *step)
    }
}

/// What the keys can do on any page, whatever its entries are.
pub(super) trait Moves {
    /// Carries out a move.
    fn moved(&mut self, step: Move, page: usize);
    /// Moves by so many lines, and the window with the cursor.
    fn wheel(&mut self, rows: isize, page: usize);
    /// Moves to a row of the window, or opens the one that is under the cursor.
    fn click(&mut self, row: usize, page: usize);
    /// Keeps everything in place after the window changed.
    fn fit(&mut self, page: usize);
}

impl<B> Moves for Listing<B> {
    fn moved(&mut self, step: Move, page: usize) {
        let Self { entries, sheet } = self;
        let screenful = isize::try_from(page).unwrap_or(1);
        let open = sheet.current(entries).and_then(|line| line.open);
        match step {
            Move::Up => sheet.step(entries, -1, page),
            Move::Down => sheet.step(entries, 1, page),
            Move::PageUp => sheet.scroll(entries, -screenful, page),
            Move::PageDown => sheet.scroll(entries, screenful, page),
            Move::First => sheet.go(entries, 0, page),
            Move::Last => sheet.go(entries, usize::MAX, page),
            Move::Turn => sheet.turn(entries, None, page),
            Move::In if open == Some(true) => sheet.step(entries, 1, page),
            Move::In => sheet.turn(entries, Some(true), page),
            Move::Out if open == Some(true) => sheet.turn(entries, Some(false), page),
            Move::Out => sheet.up(entries, page),
        }
    }

    fn wheel(&mut self, rows: isize, page: usize) {
        self.sheet.scroll(&self.entries, rows, page);
    }

    fn click(&mut self, row: usize, page: usize) {
        let at = self.sheet.top + row;
        if at == self.sheet.at {
            self.sheet.turn(&self.entries, None, page);
        } else {
            self.sheet.go(&self.entries, at, page);
        }
    }

    fn fit(&mut self, page: usize) {
        self.sheet.refresh(&self.entries, page);
    }
}
