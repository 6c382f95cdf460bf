//! What is on the screen, as a value: words, tones and marks. Never a style, a colour or a cell.
//!
//! `scene(&State)` is the only way from state to screen, and this module is the only one that owns sentences. Text from
//! the cluster is escaped where it becomes a piece. To add a column: its place in `columns`, its cell in `cells`.

mod answers;
mod bottom;
mod cells;
pub mod churn;
mod columns;
mod detail;
pub mod escape;
mod frame;
mod header;
mod health;
mod messages;
mod moment;
mod notices;
mod overlays;
mod pages;
mod pieces;
mod ports;
mod reasons;
mod scene;
#[cfg(test)]
mod tests;
mod why;
mod words;

pub use crate::app::{Chrome, Layout, Region};
pub use answers::{
    answer, assumption, bad_name, bad_whom, blind, choice, client, confidence, failure, holder, lost, near_client,
    outcome, percent, portion, question, reply, standing,
};
pub use health::{HeldBy, bounds, fault, health};
pub use messages::beside_rows;
pub use moment::{date, no_moment, no_time, range};
pub use pages::proof::{object as proof_object, value as proof_value};
pub use pages::trace::steps::{last as step_listener, line as step_line, owner as step_owner, port as step_port};
pub use pieces::age;
pub use reasons::reason;
pub use scene::{
    Align, Border, Cell, Column, Crumb, Fold, Frame, Glyph, Header, HealthChip, Hint, Line, Mark, MarkKind, Overlay,
    Pane, Phase, Piece, Prompt, Row, Scene, Table, Tone,
};
pub use why::why;
pub use words::{explain, kind_sentence};

use crate::app::State;

/// The screen for a state.
pub fn scene(state: &State) -> Scene {
    let main = match state.page_on_top() {
        Some(page) => pages::main(state, page),
        None => home(state),
    };
    Scene {
        frame: frame::frame(state),
        header: header::header(state),
        crumbs: main.crumbs,
        answer: main.answer,
        table: main.table,
        detail: main.detail,
        notice: bottom::notice(state),
        prompt: bottom::prompt(state),
        hints: bottom::hints(state),
        overlay: overlays::overlay(state),
    }
}

/// What a page or the home tree puts between header and bottom line.
struct Main {
    crumbs: Vec<Crumb>,
    answer: Vec<Line>,
    table: Table,
    detail: Option<Pane>,
}

/// The tree of Services.
fn home(state: &State) -> Main {
    let columns = columns::columns(state);
    let lines = state.window();
    let words: Vec<&str> = state.outline.filter().words().collect();
    let rows = lines.iter().map(|line| cells::row(state, &columns, &words, line)).collect::<Vec<_>>();
    let cursor = (!rows.is_empty()).then(|| state.at - state.top);
    let empty = if rows.is_empty() { messages::empty(state) } else { Vec::new() };
    let current = cursor.and_then(|at| lines.get(at));
    Main {
        crumbs: header::crumbs(state, current),
        answer: Vec::new(),
        table: Table {
            columns: columns.into_iter().map(|(_, column)| column).collect(),
            rows,
            cursor,
            above: state.top,
            total: state.outline.len(),
            empty,
        },
        detail: state.detail.then(|| detail::pane(state, current)),
    }
}
