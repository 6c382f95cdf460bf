//! The lives of endpoints side by side, over one axis of time.

use super::super::super::churn::{span, time_of_day};
use super::super::super::pieces::{count, dim, text};
use super::super::super::{Line, Phase, Piece, Tone, escape};
use crate::app::{State, TimelinePage};
use crate::churn::{Entry, Lane, Stage, Subject, UsableCount};
use crate::model::Time;

/// Lengths of an axis in seconds: the shortest that holds everything is taken.
const SPANS: [i64; 12] = [30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];
/// Columns of the names, at most.
const NAME: usize = 34;
/// Columns of what is said beside a line; of narrow screens.
const BESIDE: usize = 23;
const NARROW: usize = 19;
/// Columns of a pane that is narrow.
const NARROW_PANE: usize = 100;
/// Columns of a time of day.
const TIME: usize = 8;

/// From when to when, in so many cells.
#[derive(Clone, Copy)]
struct Axis {
    from: Time,
    to: Time,
    cells: usize,
}

impl Axis {
    /// When a cell begins; the one after the last is the end.
    fn time(self, cell: usize) -> Time {
        let millis = i128::from(self.to.since(self.from)) * cell as i128 / self.cells.max(1) as i128;
        self.from.plus(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn cell(self, at: Time) -> Option<usize> {
        if at < self.from || at > self.to {
            return None;
        }
        let length = self.to.since(self.from).max(1);
        let cell = at.since(self.from).saturating_mul(self.cells as u64) / length;
        usize::try_from(cell).ok().map(|cell| cell.min(self.cells.max(1) - 1))
    }
}

/// How many endpoints the Service of a page could use over time; nothing where it is about something else.
pub(super) fn usable(state: &State, page: &TimelinePage) -> Option<UsableCount> {
    let Some(Subject::Service(key)) = &page.topic else { return None };
    let from = state.past.ledger.since()?;
    // What is watched only to explain was not listened to from the beginning.
    let heard = state.store.shows(&key.namespace) || state.past.unrest.of(key).is_some();
    heard.then(|| state.past.unrest.usable(key, (from, state.now), state.store.summary(key).usable))
}

/// The axis, how many were usable, a line for each endpoint, and what the signs mean.
pub(super) fn lines(
    state: &State,
    page: &TimelinePage,
    current: Option<&Entry>,
    usable: Option<&UsableCount>,
) -> Vec<Line> {
    let width = usize::from(state.layout().detail.width).saturating_sub(4);
    let narrow = width < NARROW_PANE;
    let (share, beside) = if narrow { (4, NARROW) } else { (3, BESIDE) };
    let widest = page.lanes.iter().map(|lane| escape::width(&name(lane))).max().unwrap_or(0);
    let named = widest.min(NAME.min(width / share)).max(if usable.is_some() { 11 } else { 6 }) + 2;
    let cells = width.saturating_sub(named + beside + 2);
    if cells < 10 {
        return vec![vec![dim("the lives of the endpoints need a wider terminal")]];
    }
    let axis = axis(state, page, cells);
    let mut lines = vec![head(state, axis, named, current)];
    lines.extend(usable.map(|usable| strip(state, usable, axis, named, narrow)));
    let from = lines.len();
    lines.extend(page.lanes.iter().filter(|lane| seen(lane, axis)).map(|lane| line(lane, axis, named, state)));
    lines.push(legend(&lines[from..], named));
    lines
}

/// The shortest axis that holds all that is told of its endpoints, whatever is filtered, and ends at the moment shown;
/// no longer than the record.
fn axis(state: &State, page: &TimelinePage, cells: usize) -> Axis {
    let to = state.now;
    let ledger = &state.past.ledger;
    let entry = page.listing.entries.first().and_then(|entry| ledger.entry(entry.body)).map(|entry| entry.at);
    let moves = page.lanes.iter().filter_map(|lane| lane.stages.get(1)).map(|(at, _)| *at);
    let first = moves.chain(entry).min().unwrap_or(to);
    let needed = i64::try_from(to.since(first) / 1_000).unwrap_or(i64::MAX).saturating_add(1);
    let seconds = SPANS.into_iter().find(|span| *span >= needed).unwrap_or(needed);
    let from = to.plus(-seconds * 1_000);
    // Nothing is known of what was before the record.
    let began = ledger.since().unwrap_or(from).min(to.plus(-1_000));
    Axis { from: from.max(began), to, cells }
}

/// Whether it was there at all in this time.
fn seen(lane: &Lane, axis: Axis) -> bool {
    lane.within(axis.from, axis.to).any(|stage| stage != Stage::Absent)
}

fn name(lane: &Lane) -> String {
    let name = lane.pod.as_ref().map_or_else(|| lane.id.to_string(), ToString::to_string);
    escape::safe(&name).into_owned()
}

/// A text in exactly so many columns; a name loses its middle.
fn padded(words: &str, columns: usize) -> String {
    let room = columns.saturating_sub(1);
    let mut words = if escape::width(words) > room {
        let end = (room / 2).min(8);
        format!("{}…{}", escape::head(words, room.saturating_sub(end + 1)), escape::tail(words, end))
    } else {
        words.to_owned()
    };
    words.push_str(&" ".repeat(columns.saturating_sub(escape::width(&words))));
    words
}

/// Times along the axis, and where the chosen entry lies, with its own time.
fn head(state: &State, axis: Axis, named: usize, current: Option<&Entry>) -> Line {
    let clock = |at| time_of_day(at, state.utc_offset);
    let mut marks: Vec<(usize, String, Tone)> = Vec::new();
    if let Some((cell, at)) = current.and_then(|entry| Some((axis.cell(entry.at)?, entry.at))) {
        if cell + 1 + TIME <= axis.cells {
            marks.push((cell, format!("▼{}", clock(at)), Tone::Accent));
        } else {
            marks.push((cell.saturating_sub(TIME), format!("{}▼", clock(at)), Tone::Accent));
        }
    }
    let step = axis.cells.div_ceil(4).max(TIME + 3);
    for start in (0..axis.cells.saturating_sub(TIME)).step_by(step) {
        // A time that the chosen one would touch gives way.
        let free = marks.first().is_none_or(|(at, words, _)| start + TIME < *at || *at + escape::width(words) < start);
        if free {
            marks.push((start, clock(axis.time(start)), Tone::Dim));
        }
    }
    marks.sort_by_key(|(at, ..)| *at);
    let mut line = vec![Piece::text(" ".repeat(named), Tone::Dim)];
    let mut column = 0;
    for (at, words, tone) in marks {
        line.push(dim(" ".repeat(at.saturating_sub(column))));
        column = at + escape::width(&words);
        line.push(Piece::text(words, tone));
    }
    line.push(dim(" ".repeat(axis.cells.saturating_sub(column))));
    let end = if state.away.is_some() { clock(axis.to) } else { "now".to_owned() };
    line.push(dim(format!("  {end}")));
    line
}

/// What one cell shows of a lane: of several stages the least good, so that a moment out of service is seen.
fn phase(lane: &Lane, from: Time, to: Time) -> Phase {
    let Some(last) = lane.at(to) else { return Phase::Unknown };
    if last == Stage::Absent {
        let was = lane.at(from.plus(-1)).is_some_and(|stage| stage != Stage::Absent);
        let passed = lane.within(from.plus(-1), to).any(|stage| stage != Stage::Absent);
        return if was || passed { Phase::Left } else { Phase::Absent };
    }
    let rank = |stage: &Stage| match stage {
        Stage::Absent | Stage::Waiting => 4,
        Stage::Ready => 3,
        Stage::Draining => 2,
        Stage::Ending => 1,
        Stage::NotReady => 0,
    };
    let worst = lane.within(from, to).filter(|stage| *stage != Stage::Absent).min_by_key(rank).unwrap_or(last);
    match worst {
        Stage::Absent => Phase::Absent,
        Stage::Waiting => Phase::Waiting,
        Stage::NotReady => Phase::NotReady,
        Stage::Ready => Phase::Ready,
        Stage::Draining => Phase::Draining,
        Stage::Ending => Phase::Ending,
    }
}

fn tone(phase: Phase) -> Tone {
    match phase {
        Phase::Ready => Tone::Good,
        Phase::NotReady => Tone::Bad,
        Phase::Draining | Phase::Ending | Phase::Waiting => Tone::Warn,
        Phase::Unknown | Phase::Absent | Phase::Left => Tone::Dim,
    }
}

fn line(lane: &Lane, axis: Axis, named: usize, state: &State) -> Line {
    let gone = lane.now() == Stage::Absent;
    let mut line = vec![Piece::text(padded(&name(lane), named), if gone { Tone::Dim } else { Tone::Text })];
    let mut run: Option<(Phase, u16)> = None;
    for cell in 0..axis.cells {
        let next = phase(lane, axis.time(cell), axis.time(cell + 1));
        match &mut run {
            Some((held, length)) if *held == next => *length += 1,
            Some((held, length)) => {
                line.push(Piece::Life(*held, *length, tone(*held)));
                run = Some((next, 1));
            }
            None => run = Some((next, 1)),
        }
    }
    line.extend(run.map(|(held, length)| Piece::Life(held, length, tone(held))));
    let word = match lane.now() {
        Stage::Absent => "left",
        Stage::Waiting => "in no slice",
        Stage::NotReady => "not ready",
        Stage::Ready => "ready",
        Stage::Draining => "draining",
        Stage::Ending => "ending",
    };
    let since = lane.since().map(|since| format!(" {}", span(state.now.since(since)))).unwrap_or_default();
    let colour = match lane.now() {
        Stage::Ready => Tone::Text,
        Stage::NotReady => Tone::Bad,
        Stage::Draining | Stage::Ending | Stage::Waiting => Tone::Warn,
        Stage::Absent => Tone::Dim,
    };
    line.push(text(format!("  {word}{since}"), colour));
    line
}

/// The fewest that were usable in each cell. A cell without any is marked, where some were known to be wanted.
fn strip(state: &State, usable: &UsableCount, axis: Axis, named: usize, narrow: bool) -> Line {
    let most = usable.most();
    let mut line = vec![dim(padded(&format!("usable, of {}", count(most)), named))];
    let mut levels: Vec<u8> = Vec::new();
    let flush = |levels: &mut Vec<u8>, line: &mut Line| {
        if !levels.is_empty() {
            line.push(Piece::Spark(std::mem::take(levels), Tone::Good));
        }
    };
    for cell in 0..axis.cells {
        let last = i64::from(cell + 1 == axis.cells);
        match usable.within(axis.time(cell), axis.time(cell + 1).plus(last)) {
            None => levels.push(0),
            Some(0) => {
                flush(&mut levels, &mut line);
                line.push(Piece::Life(Phase::NotReady, 1, Tone::Bad));
            }
            Some(count) => levels.push(u8::try_from((count * 8 / most.max(1)).clamp(1, 8)).unwrap_or(8)),
        }
    }
    flush(&mut levels, &mut line);
    if let Some((least, at)) = usable.least() {
        let tone = if least == 0 { Tone::Bad } else { Tone::Dim };
        let time = |at| time_of_day(at, state.utc_offset);
        let since = usable.since().map(|since| format!(" since {},", time(since))).unwrap_or_default();
        let when = if narrow { String::new() } else { format!("{since} at {}", time(at)) };
        line.push(text(format!("  least {}{when}", count(least)), tone));
    }
    line
}

/// What the signs mean that stand above it.
fn legend(lines: &[Line], named: usize) -> Line {
    let words = |phase: Phase| match phase {
        Phase::Ready => Some("ready"),
        Phase::NotReady => Some("not ready"),
        Phase::Draining => Some("draining"),
        Phase::Ending => Some("ending"),
        Phase::Waiting => Some("in no slice"),
        Phase::Left => Some("left"),
        Phase::Unknown => Some("before the record"),
        Phase::Absent => None,
    };
    let stands =
        |phase: Phase| lines.iter().flatten().any(|piece| matches!(piece, Piece::Life(held, ..) if *held == phase));
    let mut line = vec![Piece::text(" ".repeat(named), Tone::Dim)];
    for phase in Phase::ALL.into_iter().filter(|phase| stands(*phase)) {
        if let Some(words) = words(phase) {
            line.push(Piece::Life(phase, 1, tone(phase)));
            line.push(dim(format!(" {words}   ")));
        }
    }
    line
}
