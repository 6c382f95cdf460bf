//! What differs between two moments.

use super::super::churn::{span, stage, time_of_day};
use super::super::pieces::{cell, dim, many, mark, plain, text};
use super::super::{Cell, Glyph, Line, Main, MarkKind, Pane, Row, Table, Tone};
use super::{LABEL, blank_row, crumb, labelled, left};
use crate::app::{DifferenceBody, DifferencePage, SheetLine, State};
use crate::churn::{ServiceDiff, Stage};
use crate::store;

pub(super) fn main(state: &State, page: &DifferencePage) -> Main {
    let lines = page.listing.window(state.page());
    let cursor = (!lines.is_empty()).then(|| page.listing.sheet.at - page.listing.sheet.top);
    Main {
        crumbs: vec![crumb("Services"), crumb("difference")],
        answer: vec![answer(state, page)],
        table: Table {
            columns: vec![
                left("NAME", 28, 46, 2, 0),
                left("BEFORE", 18, 30, 1, 0),
                left("AFTER", 18, 30, 1, 0),
                left("NODE", 8, 16, 0, 1),
            ],
            rows: lines.iter().map(|line| row(state, page, line)).collect(),
            cursor,
            above: page.listing.sheet.top,
            total: page.listing.lines().len(),
            empty: nothing(page),
        },
        detail: state.detail.then(|| pane(state, page)),
    }
}

/// Why no Service is listed.
fn nothing(page: &DifferencePage) -> Vec<Line> {
    if !page.early.is_empty() {
        let words = "What the first lists bring is no difference; > goes on, m marks another moment.";
        return vec![vec![dim(words)]];
    }
    if page.differing > 0 {
        let words =
            format!("none of {} that differ has {:?} in its name", many(page.differing, "Service"), page.filter);
        return vec![vec![plain(words)], vec![dim("esc clears the filter")]];
    }
    if page.marked == page.other {
        return vec![vec![dim("this is the marked moment itself; go to another one")]];
    }
    vec![vec![dim(if page.blind.is_empty() { "nothing differs" } else { "nothing that is known differs" })]]
}

/// How much differs, from when to when.
fn answer(state: &State, page: &DifferencePage) -> Line {
    let (from, to) = if page.marked <= page.other { (page.marked, page.other) } else { (page.other, page.marked) };
    let sum = |part: fn(&ServiceDiff) -> usize| page.diffs.iter().map(part).sum::<usize>();
    let clock = |time| time_of_day(time, state.utc_offset);
    if !page.early.is_empty() {
        let kinds: Vec<&str> = page.early.iter().map(|kind| kind.resource()).collect();
        let words = format!("{} lies before everything was known: no list yet of {}", clock(from), kinds.join(", "));
        return vec![text(words, Tone::Warn)];
    }
    let mut line = vec![
        plain(format!("From {} to {}: {}", clock(from), clock(to), differ(page.diffs.len()))),
        text(format!("  {} joined", sum(|diff| diff.joined.len())), Tone::Added),
        text(format!("  {} left", sum(|diff| diff.left.len())), Tone::Removed),
        text(format!("  {} changed", sum(|diff| diff.changed.len())), Tone::Changed),
        dim(format!("  {} apart", span(to.since(from)))),
    ];
    if !page.blind.is_empty() {
        let kinds: Vec<&str> = page.blind.iter().map(|kind| kind.resource()).collect();
        line.push(text(format!("  not all was known: {}", kinds.join(", ")), Tone::Warn));
    }
    if !page.filter.is_empty() {
        line.push(text(format!("  /{}", page.filter), Tone::Accent));
    }
    line
}

fn differ(services: usize) -> String {
    let verb = if services == 1 { "differs" } else { "differ" };
    format!("{} {verb}", many(services, "Service"))
}

fn row(state: &State, page: &DifferencePage, line: &SheetLine<'_, DifferenceBody>) -> Row {
    let body = line.entry.body;
    let (old, new) = page.row(body);
    let Some(diff) = page.service(body) else { return blank_row(line) };
    let mark = |kind| Some(super::super::Mark { kind, fresh: true });
    match body {
        DifferenceBody::Service(_) => {
            let (mark, cells) = service(state, diff);
            Row { mark, cells, ..blank_row(line) }
        }
        DifferenceBody::Joined(..) => Row { mark: mark(MarkKind::Added), cells: endpoint(old, new), ..blank_row(line) },
        DifferenceBody::Left(..) => {
            Row { mark: mark(MarkKind::Removed), cells: endpoint(old, new), struck: true, ..blank_row(line) }
        }
        DifferenceBody::Changed(..) => {
            Row { mark: mark(MarkKind::Changed), cells: endpoint(old, new), ..blank_row(line) }
        }
    }
}

fn service(state: &State, diff: &ServiceDiff) -> (Option<super::super::Mark>, Vec<Cell>) {
    let key = &diff.service;
    let name = if state.session.scope.single().is_some() { key.name.to_string() } else { key.to_string() };
    let (kind, words) = match diff.exists {
        (false, true) => (Some(MarkKind::Added), "new"),
        (true, false) => (Some(MarkKind::Removed), "deleted"),
        (false, false) => (None, "no Service, only slices"),
        (true, true) if diff.edited => (Some(MarkKind::Changed), "edited"),
        (true, true) => (None, ""),
    };
    let mark = kind.map(|kind| super::super::Mark { kind, fresh: true });
    (mark, vec![cell(plain(name)), Cell::default(), cell(dim(words)), Cell::default()])
}

/// How a row stood and stands, and where.
fn endpoint(old: Option<&store::Row>, new: Option<&store::Row>) -> Vec<Cell> {
    let Some(row) = new.or(old) else { return Vec::new() };
    let name = row.pod_key().map_or_else(|| row.id.to_string(), |pod| pod.name.to_string());
    let node = row.node().map(ToString::to_string).unwrap_or_default();
    vec![cell(plain(name)), stands(old), stands(new), cell(dim(node))]
}

fn stands(row: Option<&store::Row>) -> Cell {
    let Some(row) = row else { return cell(dim("·")) };
    let now = Stage::of(Some(row));
    let (glyph, tone) = match now {
        Stage::Ready => (Glyph::Ready, Tone::Good),
        Stage::NotReady => (Glyph::NotReady, Tone::Bad),
        Stage::Draining | Stage::Ending => (Glyph::Draining, Tone::Warn),
        Stage::Waiting => (Glyph::NotEndpoint, Tone::Warn),
        Stage::Absent => (Glyph::Gone, Tone::Dim),
    };
    let mut pieces = mark(glyph, tone).to_vec();
    let address = row.addresses.first().map(|ip| format!("{ip} ")).unwrap_or_default();
    pieces.push(plain(address));
    pieces.push(dim(stage(now)));
    Cell { pieces, tint: None }
}

fn pane(state: &State, page: &DifferencePage) -> Pane {
    let mut pane =
        Pane { title: Line::new(), lines: Vec::new(), indent: LABEL, scroll: state.detail_scroll, ..Pane::default() };
    let Some(body) = page.listing.current().map(|line| line.entry.body) else {
        pane.title = vec![dim("nothing chosen")];
        return pane;
    };
    let Some(diff) = page.service(body) else { return pane };
    pane.title = vec![plain(format!("Service {}", diff.service))];
    let counts = format!("{} joined, {} left, {} changed", diff.joined.len(), diff.left.len(), diff.changed.len());
    pane.lines.push(labelled("endpoints", plain(counts)));
    if let (Some(old), Some(new)) = page.row(body) {
        let words = |row: &store::Row| {
            let word = row.word.as_ref().map(store::Word::id).unwrap_or_default();
            let ports: Vec<String> =
                row.ports.iter().filter_map(|port| port.port).map(|port| port.to_string()).collect();
            format!("{} {word} ports {}", stage(Stage::of(Some(row))), ports.join(", "))
        };
        pane.lines.push(labelled("before", plain(words(old))));
        pane.lines.push(labelled("after", plain(words(new))));
    }
    pane
}
