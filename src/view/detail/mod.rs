//! The pane about the thing under the cursor, in the field's words. Its first line is the one that matters most: where
//! there is room for one only, it is that.

mod names;
mod pod;
mod row;
mod service;
mod slice;

use super::pieces::{age, dim, plain, text};
use super::{Line, Pane, Piece, Tone, words};
use crate::app::State;
use crate::model::Time;
use crate::outline::{Body, Line as Shown};

/// Width of the label column.
const LABEL: u16 = 12;

/// Lines with a label each.
struct Lines {
    lines: Vec<Line>,
    now: Time,
}

impl Lines {
    /// A line; the label is told once where the same one follows.
    fn add(&mut self, label: &str, pieces: impl Into<Line>) {
        let mut line = vec![Piece::text(format!("{label:<width$}", width = usize::from(LABEL)), Tone::Dim)];
        line.extend(pieces.into());
        self.lines.push(line);
    }

    /// Several lines under one label.
    fn all(&mut self, label: &str, lines: impl IntoIterator<Item = Line>) {
        for (at, line) in lines.into_iter().enumerate() {
            self.add(if at == 0 { label } else { "" }, line);
        }
    }

    fn words(&mut self, label: &str, words: impl std::fmt::Display) {
        self.add(label, vec![plain(words)]);
    }

    fn age(&mut self, label: &str, at: Option<Time>) {
        if let Some(at) = at {
            self.add(
                label,
                vec![plain(age(at, self.now)), dim(format!("  since {}", at.to_string().replace(".000Z", "Z")))],
            );
        }
    }
}

/// The pane for a line.
pub(super) fn pane(state: &State, current: Option<&Shown>) -> Pane {
    let mut lines = Lines { lines: Vec::new(), now: state.now };
    let Some(line) = current else {
        return Pane { title: vec![dim("nothing chosen")], indent: LABEL, ..Pane::default() };
    };
    let key = &line.node.service;
    let title = match &line.body {
        Body::Service(held) => service::of_service(state, &mut lines, held),
        Body::Gone(gone, at) => service::of_gone(state, &mut lines, gone, *at),
        Body::Ghost => service::of_ghost(state, &mut lines, key),
        Body::Unbound => slice::of_unbound(state, &mut lines, key),
        Body::Port(index) => service::of_port(state, &mut lines, key, *index),
        Body::Slice(slice) => slice::of_slice(state, &mut lines, slice),
        Body::Row { row, gone } => row::of_row(state, &mut lines, key, row, *gone),
        Body::Pod(found) => pod::of_pod(state, &mut lines, key, found),
        Body::Container(found, at) => pod::of_container(state, &mut lines, found, *at),
    };
    if state.explain {
        // First, so that it is seen however little room there is.
        lines.lines.insert(0, vec![text(words::kind_sentence(&line.body), Tone::Info)]);
    }
    let (lines, scroll) = (lines.lines, state.detail_scroll);
    Pane { title, lines, indent: LABEL, scroll, explained: state.explain, low: false }
}

fn yes(value: bool) -> Piece {
    if value { text("yes", Tone::Good) } else { text("no", Tone::Warn) }
}

fn addresses(ips: &[std::net::IpAddr]) -> String {
    ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
