//! What happened to something: the entries, and the lives of its endpoints side by side.

mod lives;

use super::super::churn::{because, because_short, clock, clocks, happened, lag, on, step, time_of_day};
use super::super::pieces::{cell, columns, count, dim, mark, plain, text};
use super::super::{Cell, Glyph, Line, Main, Mark, MarkKind, Pane, Row, Table, Tone};
use super::{LABEL, blank_row, crumb, labelled, left};
use crate::app::{Kinds, SheetLine, State, TimelinePage};
use crate::churn::{Entry, Event, Lag, LagOf, Marks, Stage, Step, Subject, UsableCount, When, Why};
use crate::model::{Key, Time};
use crate::store::RowId;

/// On a screen of fewer columns causes are told in short.
fn narrow(state: &State) -> bool {
    state.size.0 < 110
}

pub(super) fn main(state: &State, page: &TimelinePage) -> Main {
    let lines = page.listing.window(state.page());
    let cursor = (!lines.is_empty()).then(|| page.listing.sheet.at - page.listing.sheet.top);
    let usable = lives::usable(state, page);
    Main {
        crumbs: vec![crumb("Services"), crumb(format!("time line of {}", topic(state, page)))],
        answer: vec![answer(state, page, usable.as_ref())],
        table: Table {
            columns: vec![
                left("TIME", 12, 12, 0, 0),
                left("CLOCK", 6, 6, 0, 4),
                left("ON", 14, 40, 2, 0),
                left("HAPPENED", 16, 28, 1, 0),
                left("CAUSE", 20, 44, 3, 1),
                left("LAG", 23, 24, 0, 3),
            ],
            rows: lines.iter().filter_map(|line| row(state, page, line)).collect(),
            cursor,
            above: page.listing.sheet.top,
            total: page.listing.lines().len(),
            empty: nothing(state, page),
        },
        detail: state.detail.then(|| pane(state, page, usable.as_ref())),
    }
}

/// What the page is about, as kubectl names it; its namespace where several are in view.
fn topic(state: &State, page: &TimelinePage) -> String {
    let all = state.session.scope.single().is_none();
    let named = |key: &Key| if all { key.to_string() } else { key.name.to_string() };
    match &page.topic {
        None => "everything".to_owned(),
        Some(Subject::Service(key)) => format!("svc {}", named(key)),
        Some(Subject::Slice(key)) => format!("slice {}", named(key)),
        Some(Subject::Pod(key, _)) => format!("pod {}", named(key)),
        Some(Subject::Node(name)) => format!("node {name}"),
        Some(Subject::Row(service, id)) => {
            let pod = page.lanes.first().and_then(|lane| lane.pod.as_deref());
            let name = pod.map_or_else(|| id.to_string(), ToOwned::to_owned);
            format!("{name} of {}", named(service))
        }
    }
}

/// Why no entry is listed: nothing happened, or the kind or the words that are asked for leave nothing.
fn nothing(state: &State, page: &TimelinePage) -> Vec<Line> {
    let since = state.past.ledger.since().map(|since| time_of_day(since, state.utc_offset));
    let Some(since) = since else { return vec![vec![dim("nothing is recorded yet")]] };
    if page.told == 0 {
        return vec![vec![dim(format!("nothing has happened since the record began at {since}"))]];
    }
    let all = entries(page.told);
    if page.of_kind == 0 {
        let words = format!("none of {all} is of this kind: {}", kinds(page.kinds));
        return vec![vec![plain(words)], vec![dim("f goes on to the next kind")]];
    }
    let kind = if page.kinds == Kinds::All { String::new() } else { format!(" ({})", kinds(page.kinds)) };
    let words = format!("none of {}{kind} has the words {:?}", entries(page.of_kind), page.filter);
    vec![vec![plain(words)], vec![dim("esc clears the filter")]]
}

/// `1 entry`, `14 entries`.
fn entries(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{} entries", count(number)) }
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
fn answer(state: &State, page: &TimelinePage, usable: Option<&UsableCount>) -> Line {
    let shown = page.listing.entries.len() + page.older;
    let since = state.past.ledger.since().map(|since| time_of_day(since, state.utc_offset));
    let since = since.map_or_else(|| "nothing is recorded yet".to_owned(), |since| format!("since {since}"));
    let mut line = vec![plain(if shown == page.told {
        entries(shown)
    } else {
        format!("{} of {}", count(shown), entries(page.told))
    })];
    if page.kinds != Kinds::All {
        line.push(text(format!("  {}", kinds(page.kinds)), Tone::Accent));
    }
    if !page.filter.is_empty() {
        line.push(text(format!("  /{}", page.filter), Tone::Accent));
    }
    line.push(dim(format!("  {since}")));
    if let Some((least, at)) = usable.and_then(UsableCount::least) {
        let tone = if least == 0 { Tone::Bad } else { Tone::Dim };
        let time = |at| time_of_day(at, state.utc_offset);
        // Of what is kept of a restless Service.
        let since = usable.and_then(UsableCount::since).map(|since| format!(" since {},", time(since)));
        line.push(text(format!("  least {least} usable{} at {}", since.unwrap_or_default(), time(at)), tone));
    }
    if let (Some(Subject::Service(key)), None) = (&page.topic, &state.away)
        && let Some(restless) = state.past.unrest.of(key)
    {
        line.extend(super::churn::unrest(state, restless));
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
    let time = match entry.when {
        When::Server(_) => time_of_day(entry.when.ours(skew), state.utc_offset),
        When::Seen(at) => fine(at, state.utc_offset),
    };
    let cells = vec![
        cell(plain(time)),
        cell(dim(clock(entry.when))),
        cell(plain(thing(entry, page.topic.as_ref()))),
        what(entry),
        cell(text(
            if narrow(state) { because_short(entry) } else { because(entry) },
            if entry.why == Why::Unknown { Tone::Dim } else { Tone::Text },
        )),
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
        LagOf::DeletingToOut => "deleted → unready",
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

/// The entry under the cursor in full, and the lives. Where not all fits, the lives of a Service come before that of
/// the one endpoint.
fn pane(state: &State, page: &TimelinePage, usable: Option<&UsableCount>) -> Pane {
    let mut pane =
        Pane { title: Line::new(), indent: LABEL, scroll: state.detail_scroll, low: true, ..Pane::default() };
    let current = page.current(&state.past.ledger);
    let mut own = Vec::new();
    if let Some(entry) = current {
        let time = time_of_day(entry.when.ours(state.past.ledger.skew()), state.utc_offset);
        pane.title = vec![
            plain(on(entry)),
            plain(format!("  {}", happened(entry))),
            dim(format!("  {time} {}", clock(entry.when))),
        ];
        let why = because(entry);
        if !why.is_empty() {
            pane.lines.push(labelled("cause", plain(why)));
        }
        if let Some(held) = &entry.lag {
            pane.lines.push(labelled("lag", plain(format!("{}, {}", lag(held), clocks(held)))));
        }
        own = life(state, page, entry);
    } else {
        pane.title = vec![dim("nothing chosen")];
    }
    if page.lanes.is_empty() {
        pane.lines.extend(own);
        return pane;
    }
    let lives = lives::lines(state, page, current, usable);
    let room = usize::from(state.layout().detail.height).saturating_sub(2);
    // A long life runs on over several rows.
    let width = usize::from(state.layout().detail.width).saturating_sub(4 + usize::from(LABEL)).max(1);
    let rows: usize = pane.lines.iter().chain(&own).map(|line| columns(line).div_ceil(width)).sum();
    let (first, then) = if usable.is_some() && rows + lives.len() > room { (lives, own) } else { (own, lives) };
    for part in [first, then] {
        if !part.is_empty() && !pane.lines.is_empty() && room > 8 {
            pane.lines.push(Line::new());
        }
        pane.lines.extend(part);
    }
    pane
}

/// Stages of a life that are told of one clock, at most.
const MOST_STEPS: usize = 6;

/// The stages of an endpoint's life in order, by each clock for itself: between two clocks no difference is told.
fn life(state: &State, page: &TimelinePage, entry: &Entry) -> Vec<Line> {
    let (service, id) = match (&entry.on, &page.topic) {
        (Subject::Row(service, id), _) => (service, id.clone()),
        (Subject::Pod(_, uid), Some(Subject::Service(service) | Subject::Row(service, _))) => {
            (service, RowId::Pod(uid.clone()))
        }
        (Subject::Pod(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Node(_), _) => return Vec::new(),
    };
    let until = if state.away.is_some() { state.now } else { Time(i64::MAX) };
    let life = state.past.ledger.life(&state.store, service, &id, until);
    let mut lines: Vec<Line> = Vec::new();
    for server in [true, false] {
        let passed = life.passed.iter().filter(|passed| matches!(passed.when, When::Server(_)) == server);
        let passed: Vec<(Step, Time)> = passed.map(|passed| (passed.step, passed.when.time())).collect();
        if passed.is_empty() {
            continue;
        }
        let whole = server && passed.iter().all(|(_, at)| at.0 % 1_000 == 0);
        let label = if lines.is_empty() { "life" } else { "" };
        let by = if server { "server  " } else { "seen    " };
        let mut line = labelled(label, dim(by));
        let mut before = None;
        let left_out = passed.len().saturating_sub(MOST_STEPS);
        for (place, (what, at)) in passed.iter().enumerate() {
            // How it began, and how it went of late.
            if (1..=left_out).contains(&place) {
                before = None;
                continue;
            }
            if place == left_out + 1 && left_out > 0 {
                line.push(dim(format!(" → … {left_out} more")));
            }
            let arrow = if place == 0 { "" } else { " → " };
            let words = match before {
                None if whole => format!("{arrow}{} {}", step(*what), time_of_day(*at, state.utc_offset)),
                None => format!("{arrow}{} {}", step(*what), fine(*at, state.utc_offset)),
                Some(before) => format!("{arrow}{} +{}", step(*what), length(at.since(before), whole)),
            };
            before = Some(*at);
            line.push(plain(words));
        }
        lines.push(line);
    }
    if let Some(ends) = life.grace_ends.filter(|ends| *ends > state.now) {
        let words = format!("grace ends in {}", super::super::churn::span(ends.since(state.now)));
        lines.push(labelled("", text(words, Tone::Warn)));
    }
    lines
}

/// A length of time; of a clock that tells whole seconds without a fraction.
fn length(millis: u64, whole: bool) -> String {
    if whole && millis < 60_000 { format!("{}s", millis / 1_000) } else { super::super::churn::span(millis) }
}

/// The time of day with a tenth of a second, as we heard it.
fn fine(at: Time, offset: i32) -> String {
    format!("{}.{}", time_of_day(at, offset), at.0.rem_euclid(1_000) / 100)
}
