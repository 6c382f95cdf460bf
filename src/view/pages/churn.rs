//! The most restless Services, their outages and flapping endpoints, the slowest lags.

use super::super::churn::{cause, happened, lag, on, span, time_of_day};
use super::super::pieces::{age, cell, count, dim, many, mark, plain, text};
use super::super::{Align, Cell, Column, Glyph, Line, Main, Pane, Piece, Row, Table, Tone};
use super::{LABEL, blank_row, crumb, labelled, left};
use crate::app::{ChurnBody, ChurnPage, SheetLine, State};
use crate::churn::{Outage, Pace, Restless};
use crate::model::{Key, Time};

/// Intervals of the sparkline: a quarter of an hour; and of one of its cells.
const INTERVALS: usize = 60;
const CELL: usize = 4;

pub(super) fn main(state: &State, page: &ChurnPage) -> Main {
    let lines = page.listing.window(state.page());
    let cursor = (!lines.is_empty()).then(|| page.listing.sheet.at - page.listing.sheet.top);
    Main {
        crumbs: vec![crumb("Services"), crumb("churn")],
        answer: vec![answer(state, page)],
        table: Table {
            columns: vec![
                left("SERVICE", 20, 36, 2, 0),
                right(if page.minutes == 1 { "1m ↓" } else { "1m" }, 4, 4, 0),
                right(if page.minutes == 5 { "5m ↓" } else { "5m" }, 4, 4, 0),
                right("15m", 4, 4, 2),
                left("LAST 15 MINUTES", 15, 15, 0, 4),
                left("NOW", 20, 22, 0, 0),
                left("LEAST USABLE", 13, 16, 0, 3),
                left("OUT", 10, 16, 0, 1),
                right("CHANGED", 7, 7, 5),
            ],
            rows: lines.iter().map(|line| row(state, line)).collect(),
            cursor,
            above: page.listing.sheet.top,
            total: page.listing.lines().len(),
            empty: nothing(state, page),
        },
        detail: state.detail.then(|| pane(state)),
    }
}

fn right(title: &'static str, min: u16, ideal: u16, fold: u8) -> Column {
    Column { title, min, ideal, grow: 0, fold, align: Align::Right }
}

/// A pace as a number: whole from ten on.
fn pace(per_minute: Option<f64>) -> String {
    match per_minute {
        None => "·".to_owned(),
        Some(pace) if pace.fract() == 0.0 || pace >= 9.95 => format!("{pace:.0}"),
        Some(pace) => format!("{pace:.1}"),
    }
}

/// Changes a minute over so many minutes; over more than the last one only where so many are recorded.
fn per_minute(state: &State, pace: &Pace, minutes: u32) -> Option<f64> {
    let now = state.present_time();
    let recorded = state.past.ledger.since().map_or(0, |since| now.since(since));
    (minutes == 1 || recorded >= u64::from(minutes) * 60_000).then(|| pace.per_minute(now, minutes))
}

/// How restless a Service is, in a few words: beside other things.
pub(super) fn unrest(state: &State, restless: &Restless) -> Line {
    let now = state.present_time();
    let pace = pace(Some(restless.pace.per_minute(now, 1)));
    let plural = if pace == "1" { "" } else { "s" };
    let mut line = vec![dim(format!("  {pace} endpoint change{plural} in the last minute"))];
    let flapping = restless.flapping(now).count();
    if flapping > 0 {
        line.push(text(format!("  {flapping} flapping"), Tone::Warn));
    }
    if !restless.outages.is_empty() {
        let tone = if is_out(restless) { Tone::Bad } else { Tone::Warn };
        line.push(text(format!("  out {}", out(restless, now)), tone));
    }
    line
}

fn is_out(restless: &Restless) -> bool {
    restless.outages.back().is_some_and(|outage| outage.to.is_none())
}

/// How often and how long it had nothing.
fn out(restless: &Restless, now: Time) -> String {
    let times = restless.outages.len();
    let open = restless.outages.iter().any(|outage| outage.from.is_none());
    match (open, restless.down(now)) {
        (true, 0) => format!("{times}× from before"),
        (true, down) => format!("{times}× ≥ {}", span(down)),
        (false, down) => format!("{times}× {}", span(down)),
    }
}

/// Why no Service is listed.
fn nothing(state: &State, page: &ChurnPage) -> Vec<Line> {
    let since = state.past.ledger.since().map(|since| time_of_day(since, state.utc_offset));
    let Some(since) = since else { return vec![vec![dim("nothing is recorded yet")]] };
    if page.changed == 0 {
        return vec![vec![dim(format!("no endpoint has changed since the record began at {since}"))]];
    }
    let words = format!("none of {} that changed has {:?} in its name", many(page.changed, "Service"), page.filter);
    vec![vec![plain(words)], vec![dim("esc clears the filter")]]
}

fn answer(state: &State, page: &ChurnPage) -> Line {
    let (unrest, now) = (&state.past.unrest, state.present_time());
    let cluster = &unrest.cluster;
    let shown = |key: &&Key| state.store.shows(&key.namespace);
    let services: Vec<&Restless> = unrest.services().filter(|(key, _)| shown(key)).map(|(_, held)| held).collect();
    let recent = state.away.as_ref().map_or(&state.recent, |away| &away.recent);
    let last = usize::try_from(recent.rate.per_minute(now)).unwrap_or(usize::MAX);
    let mut line = vec![plain(format!("{} in the last minute", many(last, "endpoint change")))];
    for minutes in [5, 15] {
        if let Some(per_minute) = per_minute(state, cluster, minutes) {
            line.push(dim(format!("  {} a minute over {minutes} min", pace(Some(per_minute)))));
        }
    }
    if !page.filter.is_empty() {
        line.push(text(format!("  /{}", page.filter), Tone::Accent));
    }
    line.push(dim(format!("  {} changed", many(services.len(), "Service"))));
    let flapping = services.iter().filter(|held| held.flapping(now).next().is_some()).count();
    let down = services.iter().filter(|held| is_out(held)).count();
    if down > 0 {
        line.push(text(format!("  {down} out now"), Tone::Bad));
    }
    if flapping > 0 {
        line.push(text(format!("  {flapping} flapping"), Tone::Warn));
    }
    if state.away.is_some() {
        line.push(text("  these are the figures of the present, not of the moment shown", Tone::Info));
    }
    line
}

fn row(state: &State, line: &SheetLine<'_, ChurnBody>) -> Row {
    let cells = match &line.entry.body {
        ChurnBody::Service(key) => state.past.unrest.of(key).map(|held| service(state, key, held)).unwrap_or_default(),
        ChurnBody::Outage(key, at) => {
            let outage = state.past.unrest.of(key).and_then(|held| held.outages.get(*at));
            outage.map(|outage| vec![outage_cell(state, *outage)]).unwrap_or_default()
        }
        ChurnBody::Flapping(key, row) => {
            let flips = state.past.unrest.of(key).and_then(|held| {
                held.flapping(state.present_time()).find(|(id, _)| *id == row).map(|(_, flips)| flips)
            });
            let name = name_of(state, key, row);
            let mut pieces = mark(Glyph::Attention, Tone::Warn).to_vec();
            let flips = flips.unwrap_or(0);
            pieces.push(plain(format!("{name} flaps: {flips} times ready and not ready in ten minutes")));
            vec![Cell { pieces, tint: None }]
        }
        ChurnBody::Lags(number) => vec![cell(plain(format!("slow lags of the last hour ({})", count(*number))))],
        ChurnBody::Lag(number) => state.past.ledger.entry(*number).map(|entry| slow(state, entry)).unwrap_or_default(),
    };
    Row { cells, ..blank_row(line) }
}

/// What a row is called: its pod, where that is still there.
fn name_of(state: &State, service: &Key, row: &crate::store::RowId) -> String {
    let rows = state.store.rows(service);
    let pod = rows.iter().find(|held| held.id == *row).and_then(crate::store::Row::pod_key);
    pod.map_or_else(|| row.to_string(), |pod| pod.name.to_string())
}

fn service(state: &State, key: &Key, held: &Restless) -> Vec<Cell> {
    let now = state.present_time();
    let name = if state.session.scope.single().is_some() { key.name.to_string() } else { key.to_string() };
    let number = |minutes| {
        let pace_ = per_minute(state, &held.pace, minutes);
        cell(if pace_.is_none_or(|pace| pace == 0.0) { dim(pace(pace_)) } else { plain(pace(pace_)) })
    };
    let cells: Vec<u32> = held.pace.history(now, INTERVALS).chunks(CELL).map(|cell| cell.iter().sum()).collect();
    let most = cells.iter().copied().max().unwrap_or(0).max(1);
    let levels = cells
        .into_iter()
        .map(|count| if count == 0 { 0 } else { u8::try_from((count * 8 / most).clamp(1, 8)).unwrap_or(8) });
    let flapping = held.flapping(now).count();
    let state_now = if is_out(held) {
        vec![Piece::Glyph(Glyph::No, Tone::Bad), text(" no usable endpoint", Tone::Bad)]
    } else if flapping > 0 {
        vec![Piece::Glyph(Glyph::Attention, Tone::Warn), text(format!(" {flapping} flapping"), Tone::Warn)]
    } else {
        vec![dim(format!("{} usable", count(held.usable)))]
    };
    let least = held.least.map(|(least, at)| {
        let tone = if least == 0 { Tone::Bad } else { Tone::Text };
        vec![text(least, tone), dim(format!(" at {}", time_of_day(at, state.utc_offset)))]
    });
    let outages = if held.outages.is_empty() { dim("·") } else { text(out(held, now), Tone::Warn) };
    vec![
        cell(plain(name)),
        number(1),
        number(5),
        number(15),
        cell(Piece::Spark(levels.collect(), Tone::Accent)),
        Cell { pieces: state_now, tint: None },
        Cell { pieces: least.unwrap_or_default(), tint: None },
        cell(outages),
        cell(dim(age(held.last(), now))),
    ]
}

fn outage_cell(state: &State, outage: Outage) -> Cell {
    let clock = |time| time_of_day(time, state.utc_offset);
    let now = state.present_time();
    let words = match (outage.from, outage.to) {
        (Some(from), Some(to)) => {
            format!("no usable endpoint from {} to {}, {}", clock(from), clock(to), span(to.since(from)))
        }
        (Some(from), None) => format!("no usable endpoint since {}, {} by now", clock(from), span(now.since(from))),
        (None, Some(to)) => format!("no usable endpoint from before the record to {}", clock(to)),
        (None, None) => "no usable endpoint since before the record".to_owned(),
    };
    let tone = if outage.to.is_none() { Tone::Bad } else { Tone::Warn };
    let mut pieces = mark(Glyph::No, tone).to_vec();
    pieces.push(text(words, tone));
    Cell { pieces, tint: None }
}

fn slow(state: &State, entry: &crate::churn::Entry) -> Vec<Cell> {
    let when = time_of_day(entry.at, state.utc_offset);
    let words = entry.lag.as_ref().map(lag).unwrap_or_default();
    let pieces = vec![
        dim(format!("{when}  ")),
        plain(on(entry)),
        dim(format!("  {}  ", happened(entry))),
        text(words, Tone::Warn),
        dim(format!("  {}", cause(&entry.why))),
    ];
    vec![Cell { pieces, tint: None }]
}

/// What the record holds, and what it has dropped.
fn pane(state: &State) -> Pane {
    let size = state.past.size();
    let megabytes = |bytes: usize| format!("{:.1}", bytes as f64 / 1e6);
    let since = state.past.ledger.since().map(|since| time_of_day(since, state.utc_offset));
    let reach = size.reach.map(|since| time_of_day(since, state.utc_offset));
    let number = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX));
    let unknown = || "nothing is recorded yet".to_owned();
    let mut lines = vec![
        labelled(
            "entries",
            plain(format!("{} since {}", count(state.past.ledger.len()), since.unwrap_or_else(unknown))),
        ),
        labelled("reach", plain(format!("< goes back to {}", reach.unwrap_or_else(unknown)))),
        labelled("memory", plain(format!("{} of {} MB", megabytes(size.bytes), megabytes(size.budget)))),
    ];
    if size.entries.count > 0 || size.versions > 0 {
        let words = format!(
            "{} entries and {} versions of objects, the oldest",
            number(size.entries.count),
            number(size.versions)
        );
        lines.push(labelled("dropped", text(words, Tone::Warn)));
    }
    lines.push(labelled("clock", clock(state)));
    lines.push(labelled(
        "figures",
        dim(format!(
            "changes of endpoints a minute, counted in steps of {} s; a bar is {} s. What is out or flaps comes first, \
             then by the column marked ↓. A · is not recorded for so long yet",
            Pace::INTERVAL / 1_000,
            Pace::INTERVAL * CELL as i64 / 1_000
        )),
    ));
    Pane { title: vec![plain("the record")], lines, indent: LABEL, scroll: state.detail_scroll, ..Pane::default() }
}

/// How far the server's clock is from ours.
fn clock(state: &State) -> Piece {
    match state.past.ledger.skew().map(|skew| skew.millis) {
        None => dim("how far the server's clock is from ours has not been measured"),
        Some(0) => plain("the server's clock and ours agree"),
        Some(ahead @ 1..) => {
            text(format!("the server's clock is {} ahead of ours", span(ahead.unsigned_abs())), Tone::Warn)
        }
        Some(behind) => text(format!("the server's clock is {} behind ours", span(behind.unsigned_abs())), Tone::Warn),
    }
}
