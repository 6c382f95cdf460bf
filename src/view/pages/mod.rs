//! The pages over the home tree, as scenes: one file each.
//!
//! To add a page: its file here, its arms in [`main`] and [`hints`].

mod churn;
mod difference;
pub(super) mod proof;
mod timeline;
pub(super) mod trace;
mod who;
mod why;

use super::Main;
use super::escape::safe;
use super::{Align, Column, Crumb, Fold, Line, Piece, Row, Tone};
use crate::app::{Action, Page, SheetLine, State};

/// What a page puts on the screen.
pub(super) fn main(state: &State, page: &Page) -> Main {
    match page {
        Page::Tree => super::home(state),
        Page::Why(page) => why::main(state, page),
        Page::Trace(page) => trace::main(state, page),
        Page::Timeline(page) => timeline::main(state, page),
        Page::Churn(page) => churn::main(state, page),
        Page::Difference(page) => difference::main(state, page),
        Page::Who(page) => who::main(state, page),
    }
}

/// The keys that work on the page on top, and what each is called there; help comes last.
pub(super) fn hints(state: &State) -> Vec<(Action, &'static str)> {
    let own: &[(Action, &'static str)] = match state.page_on_top() {
        None | Some(Page::Tree) => &[],
        Some(Page::Trace(_)) => &[
            (Action::Toggle, "open"),
            (Action::TraceFrom, "from where"),
            (Action::Copy, "copy"),
            (Action::CopyMermaid, "Mermaid"),
            (Action::CopyDot, "DOT"),
        ],
        Some(Page::Timeline(_)) => &[
            (Action::Toggle, "go to that moment"),
            (Action::Filter, "filter"),
            (Action::Kinds, "kinds"),
            (Action::Copy, "copy"),
            (Action::ScrubBack, "back in time"),
        ],
        Some(Page::Churn(_)) => &[
            (Action::Toggle, "open"),
            (Action::Timeline, "time line"),
            (Action::Trace, "trace"),
            (Action::Copy, "copy"),
        ],
        Some(Page::Difference(_)) => &[
            (Action::Toggle, "in the tree"),
            (Action::Timeline, "time line"),
            (Action::ScrubBack, "other moment"),
            (Action::Copy, "copy"),
        ],
        Some(Page::Who(_)) => &[(Action::Toggle, "in the tree"), (Action::Copy, "copy")],
        Some(Page::Why(_)) => &[(Action::Toggle, "proof"), (Action::Copy, "copy the command")],
    };
    let (first, rest) = own.split_at(own.len().min(1));
    let always = [(Action::Detail, "details"), (Action::Quit, "quit"), (Action::Help, "help")];
    // The way back is seen on every screen.
    first.iter().copied().chain([(Action::Back, "back")]).chain(rest.iter().copied()).chain(always).collect()
}

/// A step of where the user is.
fn crumb(words: impl std::fmt::Display) -> Crumb {
    Crumb(safe(&words.to_string()).into_owned())
}

/// Width of the label column of a pane.
const LABEL: u16 = 11;

/// A line of a pane: its label, and what stands beside it.
fn labelled(label: &str, words: Piece) -> Line {
    vec![Piece::text(format!("{label:<width$}", width = usize::from(LABEL)), Tone::Dim), words]
}

/// A column whose text stands on the left.
fn left(title: &'static str, min: u16, ideal: u16, grow: u16, fold: u8) -> Column {
    Column { title, min, ideal, grow, fold, align: Align::Left }
}

/// A line of a page as a row without cells: they come from the page.
fn blank_row<B>(line: &SheetLine<'_, B>) -> Row {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    line.entry.id.hash(&mut hasher);
    Row {
        id: hasher.finish(),
        depth: line.entry.depth,
        fold: match line.open {
            None => Fold::Leaf,
            Some(false) => Fold::Closed,
            Some(true) => Fold::Open,
        },
        mark: None,
        cells: Vec::new(),
        struck: false,
    }
}
