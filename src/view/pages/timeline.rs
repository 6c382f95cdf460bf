//! What happened to something: the entries, and the lives of its endpoints side by side.

mod lives;

use super::super::churn::{cause, clock, clocks, happened, lag, on, time_of_day};
use super::super::pieces::{cell, count, dim, many, mark, plain, text};
use super::super::{Cell, Glyph, Line, Main, Mark, MarkKind, Pane, Piece, Row, Table, Tone};
use super::{LABEL, blank_row, crumb, labelled, left};
use crate::app::{Kinds, SheetLine, State, TimelinePage};
use crate::churn::{Entry, Event, Lag, LagOf, Marks, Stage, Subject, When, Why};
use crate::model::Time;

pub(super) fn main(state: &State, page: &TimelinePage) -> Main {
    let lines = page.listing.window(state.page());
    let cursor = (!lines.is_empty()).then(|| page.listing.sheet.at - page.listing.sheet.top);
    Main {
        crumbs: vec![crumb("Services"), crumb(format!("time line of {}", topic(state, page)))],
        answer: vec![answer(state, page)],
        table: Table {
            columns: vec![
                left("TIME", 13, 13, 0, 0),
                left("CLOCK", 6, 6, 0, 3),
                left("ON", 18, 40, 2, 0),
                left("HAPPENED", 18, 30, 1, 0),
                left("CAUSE", 14, 44, 3, 0),
                left("LAG", 19, 24, 0, 2),
            ],
            rows: lines.iter().filter_map(|line| row(state, page, line)).collect(),
            cursor,
            above: page.listing.sheet.top,
            total: page.listing.lines().len(),
            empty: vec![vec![dim(nothing(page))]],
        },
        detail: state.detail.then(|| pane(state, page)),
    }
}

/// What the page is about.
fn topic(state: &State, page: &TimelinePage) -> String {
    match &page.topic {
        None => "everything".to_owned(),
        Some(Subject::Service(key)) => format!("Service {key}"),
        Some(Subject::Slice(key)) => format!("EndpointSlice {key}"),
        Some(Subject::Pod(key, _)) => format!("pod {key}"),
        Some(Subject::Node(name)) => format!("node {name}"),
        Some(Subject::Row(service, id)) => {
            let pod = page.lanes.first().and_then(|lane| lane.pod.as_deref());
            let name = pod.map_or_else(|| id.to_string(), ToOwned::to_owned);
            let all =
                if state.session.scope.single().is_some() { String::new() } else { format!("{}/", service.namespace) };
            format!("endpoint {name} of {all}{}", service.name)
        }
    }
}

fn nothing(page: &TimelinePage) -> &'static str {
    if page.filter.is_empty() && page.kinds == Kinds::All {
        "nothing has happened since the record began"
    } else {
        "nothing of this kind has happened since the record began"
    }
}

/// A kind of change in a word.
fn kinds(kinds: Kinds) -> &'static str {
    match kinds {
        Kinds::All => "all kinds",
        Kinds::Endpoints => "endpoints only",
        Kinds::Pods => "pods only",
        Kinds::Services => "Services only",
        Kinds::Slices => "slices only",
        Kinds::Nodes => "nodes only",
    }
}

/// How much happened since when, what is left out, and whether the newest is in view.
fn answer(state: &State, page: &TimelinePage) -> Line {
    let shown = page.listing.entries.len();
    let since = state.past.ledger.since().map(|since| time_of_day(since, state.utc_offset));
    let since = since.map_or_else(|| "nothing is recorded yet".to_owned(), |since| format!("since {since}"));
    let mut line = vec![plain(many(shown, "entry").replace("entrys", "entries")), dim(format!(" {since}"))];
    if let (Some(Subject::Service(key)), None) = (&page.topic, &state.away)
        && let Some(restless) = state.past.unrest.of(key)
    {
        line.extend(super::churn::unrest(state, restless));
    }
    if page.kinds != Kinds::All {
        line.push(text(format!("  {}", kinds(page.kinds)), Tone::Accent));
    }
    if !page.filter.is_empty() {
        line.push(text(format!("  /{}", page.filter), Tone::Accent));
    }
    if page.older > 0 {
        line.push(text(format!("  {} older ones are not listed", count(page.older)), Tone::Warn));
    }
    let dropped = state.past.ledger.dropped().count;
    if dropped > 0 {
        let dropped = count(usize::try_from(dropped).unwrap_or(usize::MAX));
        line.push(text(format!("  {dropped} before that were dropped"), Tone::Warn));
    }
    line.push(dim(if page.follow { "  following" } else { "  G follows the newest" }));
    line
}

fn row(state: &State, page: &TimelinePage, line: &SheetLine<'_, u64>) -> Option<Row> {
    let entry = state.past.ledger.entry(line.entry.body)?;
    let age = state.now.0 - entry.at.0;
    let mark = (age < Marks::BRIGHT).then_some(Mark { kind: MarkKind::Added, fresh: true });
    let skew = state.past.ledger.skew();
    let mut time = time_of_day(entry.when.ours(skew), state.utc_offset);
    if let When::Seen(at) = entry.when {
        time.push_str(&format!(".{}", at.0.rem_euclid(1_000) / 100));
    }
    let cells = vec![
        cell(plain(time)),
        cell(dim(clock(entry.when))),
        cell(plain(thing(entry, page.topic.as_ref()))),
        what(entry),
        cell(text(cause(&entry.why), if entry.why == Why::Unknown { Tone::Dim } else { Tone::Text })),
        entry
            .lag
            .as_ref()
            .map(|held| cell(text(late(held), if held.slow() { Tone::Warn } else { Tone::Dim })))
            .unwrap_or_default(),
    ];
    Some(Row { cells, mark, ..blank_row(line) })
}

/// How late, in a column's width; where the server tells the earlier time it is a bound.
fn late(lag: &Lag) -> String {
    let of = match lag.of {
        LagOf::ReadyToSlice => "Ready → slice",
        LagOf::DeletingToOut => "deleted → out",
        LagOf::GoneToOut => "gone → out",
    };
    let bound = if matches!(lag.from, When::Server(_)) { "≤" } else { "" };
    format!("{of} {bound}{}", super::super::churn::span(lag.millis))
}

/// What it happened to; the Service that the page is about goes without saying.
fn thing(entry: &Entry, topic: Option<&Subject>) -> String {
    match (&entry.on, topic) {
        (Subject::Row(service, id), Some(Subject::Service(own) | Subject::Row(own, _))) if service == own => {
            entry.pod.as_ref().map_or_else(|| id.to_string(), ToString::to_string)
        }
        (Subject::Service(_) | Subject::Slice(_) | Subject::Row(..) | Subject::Pod(..) | Subject::Node(_), _) => {
            on(entry)
        }
    }
}

/// What happened, marked by whether that is good or bad.
fn what(entry: &Entry) -> Cell {
    let (glyph, tone) = match &entry.event {
        Event::Moved { to: Stage::Ready, .. } | Event::Ready => (Glyph::Ready, Tone::Good),
        Event::Moved { to: Stage::Draining | Stage::Ending, .. } => (Glyph::Draining, Tone::Warn),
        Event::Moved { to: Stage::NotReady, .. } | Event::NotReady => (Glyph::NotReady, Tone::Bad),
        Event::Moved { to: Stage::Waiting, .. } => (Glyph::NotEndpoint, Tone::Warn),
        Event::Moved { to: Stage::Absent, .. } | Event::Went | Event::PodWent(_) | Event::Ended => {
            (Glyph::Gone, Tone::Dim)
        }
        Event::Came | Event::Replaced => (Glyph::Added, Tone::Added),
        Event::Deleting | Event::Cordoned | Event::Restarted(_) => (Glyph::Attention, Tone::Warn),
        Event::Changed(_)
        | Event::Selector
        | Event::Ports
        | Event::Edited
        | Event::Scheduled(_)
        | Event::Addressed(_)
        | Event::Relabelled
        | Event::Uncordoned => (Glyph::Changed, Tone::Dim),
    };
    let mut pieces = mark(glyph, tone).to_vec();
    pieces.push(text(happened(entry), if tone == Tone::Bad { Tone::Bad } else { Tone::Text }));
    Cell { pieces, tint: None }
}

/// The entry under the cursor in full, and the lives.
fn pane(state: &State, page: &TimelinePage) -> Pane {
    let mut pane =
        Pane { title: Line::new(), lines: Vec::new(), indent: LABEL, scroll: state.detail_scroll, low: true };
    let current = page.current(&state.past.ledger);
    if let Some(entry) = current {
        let time = time_of_day(entry.when.ours(state.past.ledger.skew()), state.utc_offset);
        pane.title = vec![
            plain(on(entry)),
            plain(format!("  {}", happened(entry))),
            dim(format!("  {time} {}", clock(entry.when))),
        ];
        pane.lines.push(labelled("cause", plain(cause(&entry.why))));
        if let Some(held) = &entry.lag {
            pane.lines.push(labelled("lag", plain(format!("{}, {}", lag(held), clocks(held)))));
        }
        pane.lines.extend(life(state, entry));
    } else {
        pane.title = vec![dim("nothing chosen")];
    }
    if !page.lanes.is_empty() {
        pane.lines.push(Line::new());
        pane.lines.extend(lives::lines(state, page, current));
    }
    pane
}

/// The stages of an endpoint's life, in order.
fn life(state: &State, entry: &Entry) -> Option<Line> {
    let Subject::Row(service, id) = &entry.on else { return None };
    let until = if state.away.is_some() { state.now } else { Time(i64::MAX) };
    let life = state.past.ledger.life(&state.store, service, id, until);
    let skew = state.past.ledger.skew();
    let mut line = labelled("life", Piece::text("", Tone::Text));
    let mut before = None;
    for passed in &life.passed {
        let at = passed.when.ours(skew);
        let words = match before {
            None => format!("{} {}", super::super::churn::step(passed.step), time_of_day(at, state.utc_offset)),
            Some(before) => format!(
                "  → {} +{}",
                super::super::churn::step(passed.step),
                super::super::churn::span(at.since(before))
            ),
        };
        before = Some(at);
        line.push(plain(words));
        if let When::Server(_) = passed.when {
            line.push(dim(" server"));
        }
    }
    if let Some(ends) = life.grace_ends.filter(|ends| *ends > state.now) {
        line.push(text(format!("  grace ends in {}", super::super::churn::span(ends.since(state.now))), Tone::Warn));
    }
    (!life.passed.is_empty()).then_some(line)
}
