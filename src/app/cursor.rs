//! Where the cursor and the window stand: on a thing, not on a number, whatever comes and goes around it.

use super::State;
use crate::model::Kind;
use crate::outline::{Node, World};
use crate::store::Change;

impl State {
    /// Brings the lines up to date and keeps the cursor on its thing.
    pub(super) fn refresh(&mut self, changes: &[Change]) {
        let world = World { store: &self.store, marks: &self.recent.marks, now: self.now };
        self.outline.refresh(world, changes, self.cursor.as_ref());
        let loading = self.store.arriving(Kind::Service);
        if let Some(wanted) = self.wanted.clone() {
            if let Some(place) = self.outline.place(world, &wanted) {
                self.cursor = Some(wanted);
                self.at = place;
                self.wanted = None;
            } else if !loading {
                self.wanted = None;
            }
        }
        // While the first Services stream in, a cursor that has not been moved stays at the top.
        let at_rest = loading && self.at == 0 && self.top == 0;
        if let Some(node) = self.cursor.clone().filter(|_| !at_rest) {
            let world = self.world();
            let place = self.outline.place(world, &node);
            let moved = place.unwrap_or_else(|| self.outline.nearest(world, &node, self.at));
            // The line stays where it stands on the screen while others come and go above it. At the top of the list it
            // is the window that stays: what comes first must be seen.
            if moved >= self.at {
                let at_top = self.top == 0 && moved < self.page();
                self.top += if at_top { 0 } else { moved - self.at };
            } else {
                self.top = self.top.saturating_sub(self.at - moved);
            }
            self.at = moved;
        }
        self.follow();
    }

    /// Keeps cursor and window inside the lines, and the cursor inside the window.
    pub(super) fn follow(&mut self) {
        let lines = self.outline.len();
        let page = self.page();
        self.at = self.at.min(lines.saturating_sub(1));
        self.top = self.top.min(self.at).min(lines.saturating_sub(page));
        if self.at >= self.top + page {
            self.top = self.at + 1 - page;
        }
        let world = World { store: &self.store, marks: &self.recent.marks, now: self.now };
        self.outline.show(world, self.top, page);
        if let Some(line) = self.current()
            && self.cursor.as_ref() != Some(&line.node)
        {
            self.detail_scroll = 0;
            self.cursor = Some(line.node);
        }
    }

    /// Moves by so many lines.
    pub(super) fn step(&mut self, rows: isize) {
        self.go(self.at.saturating_add_signed(rows));
    }

    /// Moves by so many lines, and the window with the cursor.
    pub(super) fn scroll(&mut self, rows: isize) {
        self.top = self.top.saturating_add_signed(rows);
        self.at = self.at.saturating_add_signed(rows);
        self.top = self.top.min(self.outline.len().saturating_sub(self.page()));
        self.go(self.at);
    }

    /// Moves to a place. Rows that the cursor leaves take the order that they should have.
    pub(super) fn go(&mut self, at: usize) {
        self.wanted = None;
        let left = self.cursor.as_ref().map(|node| node.service.clone());
        self.at = at;
        self.follow();
        if self.cursor.as_ref().map(|node| &node.service) != left.as_ref() {
            self.refresh(&[]);
        }
    }

    /// Moves to a line, or to the nearest above it that is shown.
    pub(super) fn go_to(&mut self, node: &Node) {
        let mut node = node.clone();
        loop {
            if let Some(at) = self.outline.place(self.world(), &node) {
                return self.go(at);
            }
            if node.is_service() {
                return;
            }
            node = node.parent();
        }
    }

    /// Moves to the next Service, or to this one and then to the one before.
    pub(super) fn neighbour(&mut self, forward: bool) {
        let Some((own, next)) = self.outline.service_around(self.at) else { return };
        if forward {
            if next < self.outline.len() {
                self.go(next);
            }
        } else if own < self.at {
            self.go(own);
        } else if let Some((before, _)) = own.checked_sub(1).and_then(|above| self.outline.service_around(above)) {
            self.go(before);
        }
    }

    pub(super) fn click(&mut self, x: u16, y: u16) {
        let Some(row) = self.layout().row_at(x, y) else { return };
        let at = self.top + row;
        if at >= self.outline.len() {
            return;
        }
        if at == self.at {
            self.toggle(None);
        } else {
            self.go(at);
        }
    }

    pub(super) fn toggle(&mut self, open: Option<bool>) {
        let Some(line) = self.current() else { return };
        let Some(is) = line.open else { return };
        self.outline.set_open(&line.node, open.unwrap_or(!is));
        self.refresh(&[]);
    }
}
