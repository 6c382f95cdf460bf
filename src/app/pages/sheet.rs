//! A list of entries that fold, with a cursor: what every page beside the home tree is made of.
//!
//! The cursor stands on an entry, not on a number, so that it stays on its thing when the page is worked out anew.

use std::collections::BTreeSet;

/// Identity of an entry, stable over updates: the identities of what it stands below, then its own, with `/` between.
pub type EntryId = String;

/// One entry of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<B> {
    /// Its identity.
    pub id: EntryId,
    /// Levels below the top.
    pub depth: u16,
    /// Whether entries stand below it, and whether those are shown unless the user says otherwise.
    pub fold: Option<Shown>,
    /// What it shows.
    pub body: B,
}

/// Whether what stands below an entry is shown at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Open.
    AtOnce,
    /// Closed.
    WhenOpened,
}

/// A line on screen: an entry and whether it is open.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetLine<'a, B> {
    /// The entry.
    pub entry: &'a Entry<B>,
    /// Open or closed; `None` where nothing is below.
    pub open: Option<bool>,
}

/// Where the user stands on a page, and what is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The entry under the cursor.
    pub cursor: Option<EntryId>,
    /// Where it stands among the shown lines.
    pub at: usize,
    /// The first line of the window.
    pub top: usize,
    /// Entries that are not as they are at first.
    turned: BTreeSet<EntryId>,
}

impl Sheet {
    fn is_open(&self, id: &EntryId, at_first: Shown) -> bool {
        (at_first == Shown::AtOnce) != self.turned.contains(id)
    }

    /// The lines that are shown: entries whose parents are all open.
    pub fn lines<'a, B>(&self, entries: &'a [Entry<B>]) -> Vec<SheetLine<'a, B>> {
        let mut lines = Vec::new();
        // Below this depth everything is hidden, until an entry at most as deep comes.
        let mut hidden: Option<u16> = None;
        for entry in entries {
            if hidden.is_some_and(|depth| entry.depth > depth) {
                continue;
            }
            let open = entry.fold.map(|at_first| self.is_open(&entry.id, at_first));
            hidden = (open == Some(false)).then_some(entry.depth);
            lines.push(SheetLine { entry, open });
        }
        lines
    }

    /// The window of the shown lines.
    pub fn window<'a, B>(&self, entries: &'a [Entry<B>], page: usize) -> Vec<SheetLine<'a, B>> {
        self.lines(entries).into_iter().skip(self.top).take(page).collect()
    }

    /// The entry under the cursor.
    pub fn current<'a, B>(&self, entries: &'a [Entry<B>]) -> Option<SheetLine<'a, B>> {
        self.lines(entries).into_iter().nth(self.at)
    }

    /// Brings the cursor back to its entry, or to the nearest that is above it, after the entries were made anew.
    pub fn refresh<B>(&mut self, entries: &[Entry<B>], page: usize) {
        let lines = self.lines(entries);
        let mut wanted = self.cursor.as_deref();
        while let Some(id) = wanted {
            if let Some(at) = lines.iter().position(|line| line.entry.id == id) {
                self.at = at;
                break;
            }
            wanted = id.rsplit_once('/').map(|(above, _)| above);
        }
        self.follow(entries, page);
    }

    /// Moves to a place.
    pub fn go<B>(&mut self, entries: &[Entry<B>], at: usize, page: usize) {
        self.at = at;
        self.follow(entries, page);
    }

    /// Moves by so many lines.
    pub fn step<B>(&mut self, entries: &[Entry<B>], rows: isize, page: usize) {
        self.go(entries, self.at.saturating_add_signed(rows), page);
    }

    /// Moves by so many lines, and the window with the cursor.
    pub fn scroll<B>(&mut self, entries: &[Entry<B>], rows: isize, page: usize) {
        self.top = self.top.saturating_add_signed(rows);
        self.step(entries, rows, page);
    }

    /// Opens or closes the entry under the cursor; `None` turns it.
    pub fn turn<B>(&mut self, entries: &[Entry<B>], open: Option<bool>, page: usize) {
        let Some(SheetLine { entry, open: Some(is) }) = self.current(entries) else { return };
        if open.is_none_or(|wanted| wanted != is) && !self.turned.remove(&entry.id) {
            self.turned.insert(entry.id.clone());
        }
        self.follow(entries, page);
    }

    /// Moves to what the entry under the cursor stands below.
    pub fn up<B>(&mut self, entries: &[Entry<B>], page: usize) {
        let above = self.cursor.as_deref().and_then(|id| id.rsplit_once('/')).map(|(above, _)| above.to_owned());
        if above.is_some() {
            self.cursor = above;
            self.refresh(entries, page);
        }
    }

    /// Keeps cursor and window inside the lines, and the cursor inside the window.
    fn follow<B>(&mut self, entries: &[Entry<B>], page: usize) {
        let lines = self.lines(entries);
        let page = page.max(1);
        self.at = self.at.min(lines.len().saturating_sub(1));
        self.top = self.top.min(self.at).min(lines.len().saturating_sub(page));
        if self.at >= self.top + page {
            self.top = self.at + 1 - page;
        }
        self.cursor = lines.get(self.at).map(|line| line.entry.id.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(ids: &[(&str, Option<Shown>)]) -> Vec<Entry<()>> {
        let depth = |id: &str| u16::try_from(id.matches('/').count()).unwrap();
        ids.iter().map(|(id, fold)| Entry { id: (*id).to_owned(), depth: depth(id), fold: *fold, body: () }).collect()
    }

    fn shown(sheet: &Sheet, entries: &[Entry<()>]) -> Vec<String> {
        sheet.lines(entries).into_iter().map(|line| line.entry.id.clone()).collect()
    }

    #[test]
    fn what_stands_below_a_closed_entry_is_hidden_at_every_depth() {
        let entries = entries(&[
            ("a", Some(Shown::AtOnce)),
            ("a/x", Some(Shown::WhenOpened)),
            ("a/x/deep", None),
            ("a/y", None),
            ("b", None),
        ]);
        let mut sheet = Sheet::default();
        assert_eq!(shown(&sheet, &entries), ["a", "a/x", "a/y", "b"]);
        sheet.go(&entries, 1, 10);
        sheet.turn(&entries, Some(true), 10);
        assert_eq!(shown(&sheet, &entries), ["a", "a/x", "a/x/deep", "a/y", "b"]);
        sheet.go(&entries, 0, 10);
        sheet.turn(&entries, None, 10);
        assert_eq!(shown(&sheet, &entries), ["a", "b"]);
    }

    #[test]
    fn the_cursor_stays_on_its_entry_and_goes_up_when_that_is_gone() {
        let before = entries(&[("a", Some(Shown::AtOnce)), ("a/x", None), ("b", None)]);
        let mut sheet = Sheet::default();
        sheet.go(&before, 1, 10);
        let after = entries(&[("new", None), ("a", Some(Shown::AtOnce)), ("a/x", None)]);
        sheet.refresh(&after, 10);
        assert_eq!((sheet.at, sheet.cursor.as_deref()), (2, Some("a/x")));
        let gone = entries(&[("new", None), ("a", None)]);
        sheet.refresh(&gone, 10);
        assert_eq!((sheet.at, sheet.cursor.as_deref()), (1, Some("a")));
    }

    #[test]
    fn the_window_holds_the_cursor() {
        let many: Vec<(String, Option<Shown>)> = (0..30).map(|at| (format!("e{at:02}"), None)).collect();
        let many: Vec<(&str, Option<Shown>)> = many.iter().map(|(id, fold)| (id.as_str(), *fold)).collect();
        let entries = entries(&many);
        let mut sheet = Sheet::default();
        sheet.go(&entries, 17, 5);
        assert_eq!(sheet.top, 13);
        sheet.scroll(&entries, 100, 5);
        assert_eq!((sheet.at, sheet.top), (29, 25));
    }
}
