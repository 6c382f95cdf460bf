//! One line of the tree as cells.

mod row;
mod service;

pub(super) use row::{glyph, zone};

use super::columns::Topic;
use super::pieces::{age, cell, dim, found};
use super::{Cell, Column, Fold, Mark, MarkKind, Row};
use crate::app::State;
use crate::churn::{Subject, What};
use crate::model::Time;
use crate::outline::{Body, Line};

/// A line as a row of cells; what `words` name is toned as found.
pub(super) fn row(state: &State, columns: &[(Topic, Column)], words: &[&str], line: &Line) -> Row {
    let cells = columns.iter().map(|(topic, _)| {
        let mut cell = topic_cell(state, line, *topic);
        if !words.is_empty() {
            cell.pieces = cell.pieces.into_iter().flat_map(|piece| found(piece, words.iter().copied())).collect();
        }
        cell
    });
    Row {
        id: identity(line),
        depth: line.depth,
        fold: match line.open {
            None => Fold::Leaf,
            Some(false) => Fold::Closed,
            Some(true) => Fold::Open,
        },
        mark: shown_mark(state, line),
        cells: cells.collect(),
        struck: matches!(line.body, Body::Row { gone: Some(_), .. } | Body::Gone(..)),
    }
}

fn identity(line: &Line) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    line.node.hash(&mut hasher);
    hasher.finish()
}

fn subject(line: &Line) -> Option<Subject> {
    let service = line.node.service.clone();
    match &line.body {
        Body::Service(_) | Body::Gone(..) => Some(Subject::Service(service)),
        Body::Slice(slice) => Some(Subject::Slice(slice.meta.key.clone())),
        Body::Row { row, .. } => Some(Subject::Row(service, row.id.clone())),
        Body::Ghost | Body::Unbound | Body::Port(_) | Body::Pod(_) | Body::Container(..) => None,
    }
}

fn shown_mark(state: &State, line: &Line) -> Option<Mark> {
    let marks = &state.recent.marks;
    if let Some((mark, fresh)) = subject(line).and_then(|subject| marks.shown(&subject, state.now)) {
        let kind = match mark.what {
            What::Added => MarkKind::Added,
            What::Changed => MarkKind::Changed,
            What::Removed => MarkKind::Removed,
        };
        return Some(Mark { kind, fresh });
    }
    // A closed Service tells that something inside it changed.
    if let (Body::Service(_) | Body::Ghost, Some(false)) = (&line.body, line.open) {
        let fresh = marks.inside(&line.node.service, state.now)?;
        return Some(Mark { kind: MarkKind::Changed, fresh });
    }
    None
}

fn topic_cell(state: &State, line: &Line, topic: Topic) -> Cell {
    if topic == Topic::Changed {
        return changed(state, line);
    }
    match &line.body {
        Body::Service(held) => service::of_service(state, held, line.open == Some(false), topic),
        Body::Gone(gone, _) => service::of_gone(gone, topic),
        Body::Ghost => service::of_ghost(state, line, topic),
        Body::Unbound => service::of_unbound(state, line, topic),
        Body::Port(index) => service::of_port(state, line, *index, topic),
        Body::Slice(slice) => service::of_slice(slice, topic),
        Body::Row { row, gone } => row::of_row(state, line, row, gone.is_some(), topic),
        Body::Pod(pod) => row::of_pod(pod, topic),
        Body::Container(pod, at) => row::of_container(pod, *at, topic),
    }
}

fn changed(state: &State, line: &Line) -> Cell {
    match state.changed(line) {
        Some(at) if state.now > Time::default() => cell(dim(age(at, state.now))),
        Some(_) | None => Cell::default(),
    }
}
