//! The border of a screen that does not show the cluster now: what it shows instead, and where that lies in time.

use super::churn::time_of_day;
use super::pieces::{age, columns, dim, many, mark, plain, text};
use super::{Border, Frame, Glyph, Line, Piece, Tone};
use crate::app::{Away, Playback, State};
use crate::churn::Entry;
use crate::model::Time;

/// The frame around everything: nothing while the cluster is shown as it is now.
pub(super) fn frame(state: &State) -> Frame {
    match (&state.away, &state.playback) {
        (Some(away), _) => {
            Frame::Other(Border { label: elsewhere(state, away), foot: record(state), tone: Tone::Warn })
        }
        (None, Some(playback)) => {
            Frame::Other(Border { label: replay(state, playback), foot: tape(state, playback), tone: Tone::Info })
        }
        (None, None) => Frame::Live,
    }
}

/// The parts of a border's line that fit: the least needed go first, none is cut. A part's number tells how soon it goes; 0 stays.
fn fitting(state: &State, parts: Vec<(u8, Line)>) -> Line {
    let room = usize::from(state.layout().frame.width).saturating_sub(6);
    let mut parts = parts;
    while parts.iter().map(|(_, line)| columns(line)).sum::<usize>() > room {
        let last = parts.iter().enumerate().filter(|(_, (rank, _))| *rank > 0).max_by_key(|(_, (rank, _))| *rank);
        let Some(at) = last.map(|(at, _)| at) else { break };
        parts.remove(at);
    }
    parts.into_iter().flat_map(|(_, line)| line).collect()
}

fn elsewhere(state: &State, away: &Away) -> Line {
    let mut place = mark(Glyph::Paused, Tone::Warn).to_vec();
    let frozen = if away.frozen { "frozen at " } else { "" };
    place.push(text(format!("{frozen}{}", time_of_day(state.now, state.utc_offset)), Tone::Warn));
    let mut parts = vec![(0, place)];
    if let Some(playback) = &state.playback {
        let into = std::time::Duration::from_millis(state.now.since(playback.began));
        let words = format!("  {} / {} of the tape", clock(into), clock(playback.length));
        parts.push((4, vec![plain(words)]));
    }
    parts.push((1, vec![plain(format!("  {} ago", age(state.now, away.now)))]));
    let since = state.changes_since();
    let changes = many(usize::try_from(since).unwrap_or(usize::MAX), "change");
    let (words, back) = match (away.frozen, &state.playback) {
        (true, _) => {
            let verb = if since == 1 { "waits" } else { "wait" };
            (format!("  {changes} {verb}"), "  ctrl-f goes on")
        }
        (false, Some(_)) => (format!("  {changes} since"), "  . returns to the tape's now"),
        (false, None) => (format!("  {changes} since"), "  . returns to live"),
    };
    parts.extend([(3, vec![plain(words)]), (2, vec![dim(back)])]);
    parts.extend(marked(state).map(|marked| (5, marked)));
    fitting(state, parts)
}

/// The moment that is marked, to compare with.
fn marked(state: &State) -> Option<Line> {
    let marked = state.marked?;
    Some(vec![text(format!("  mark {}", time_of_day(marked, state.utc_offset)), Tone::Accent)])
}

fn replay(state: &State, playback: &Playback) -> Line {
    let glyph = if playback.paused { Glyph::Paused } else { Glyph::Playing };
    let mut line = mark(glyph, Tone::Info).to_vec();
    let word = if playback.paused { "replay, paused".to_owned() } else { format!("replay ×{}", playback.speed) };
    line.push(text(word, Tone::Info));
    line.push(plain(format!("  {} / {}", clock(playback.at), clock(playback.length))));
    let mut parts = vec![(0, line)];
    if let Some(cut) = &playback.cut {
        parts.push((0, vec![text(format!("  {cut}"), Tone::Warn)]));
    }
    parts.extend(marked(state).map(|marked| (1, marked)));
    fitting(state, parts)
}

fn clock(time: std::time::Duration) -> String {
    format!("{:02}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

/// How far back the record reaches, where in it the screen stands, and where changes are dense.
fn record(state: &State) -> Line {
    let Some(from) = state.past.history.reach() else { return Line::new() };
    let to = state.present_time();
    let words = |time| format!("{} ", time_of_day(time, state.utc_offset));
    let (start, end) = (words(from), format!(" {}", time_of_day(to, state.utc_offset)));
    let cells = room(state, start.len() + end.len());
    let span = to.since(from).max(1);
    let place = |at: Time| {
        usize::try_from(at.since(from).saturating_mul(cells as u64) / span).unwrap_or(0).min(cells.max(1) - 1)
    };
    let mut counts = vec![0_u32; cells];
    for entry in state.past.ledger.after(from.plus(-1)).filter(|entry| news(state, entry)) {
        if let Some(count) = counts.get_mut(place(entry.at)) {
            *count = count.saturating_add(1);
        }
    }
    let mut line = vec![dim(start)];
    let marked = state.marked.filter(|marked| *marked >= from).map(place);
    line.extend(bar(&counts, place(state.now), marked));
    line.push(dim(end));
    line
}

/// Whether an entry is of what is shown; what is held only to explain is no news.
fn news(state: &State, entry: &Entry) -> bool {
    entry.on.namespace().is_none_or(|namespace| state.store.shows(namespace))
}

/// Where a replay stands on its tape, and where changes are dense.
fn tape(state: &State, playback: &Playback) -> Line {
    let end = format!(" {}", clock(playback.length));
    let cells = room(state, "00:00 ".len() + end.len());
    let length = u64::try_from(playback.length.as_millis()).unwrap_or(u64::MAX).max(1);
    let at = u64::try_from(playback.at.as_millis()).unwrap_or(u64::MAX);
    let place = usize::try_from(at.saturating_mul(cells as u64) / length).unwrap_or(0).min(cells.max(1) - 1);
    let mut counts = vec![0_u32; cells];
    for (at, dense) in playback.density.iter().enumerate() {
        let place = at * cells / playback.density.len();
        if let Some(count) = counts.get_mut(place) {
            *count = count.saturating_add(*dense);
        }
    }
    let mut line = vec![dim("00:00 ")];
    let marked = state.marked.map(|marked| marked.since(playback.began));
    let marked = marked.and_then(|at| usize::try_from(at.saturating_mul(cells as u64) / length).ok());
    line.extend(bar(&counts, place, marked.filter(|at| *at < cells)));
    line.push(dim(end));
    line
}

/// Cells for a bar beside so many columns of text.
fn room(state: &State, beside: usize) -> usize {
    usize::from(state.layout().frame.width).saturating_sub(beside + 8)
}

/// How dense changes are, with a sign at a place, and `m` where a moment is marked.
fn bar(counts: &[u32], place: usize, marked: Option<usize>) -> Line {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let level = |count: &u32| match *count {
        0 => 0,
        // A root: what is rare stands beside a burst.
        count => ((f64::from(count) / f64::from(most)).sqrt() * 8.0).round().clamp(1.0, 8.0) as u8,
    };
    let levels: Vec<u8> = counts.iter().map(level).collect();
    let mut signs = vec![(place, "│")];
    signs.extend(marked.filter(|at| *at != place).map(|at| (at, "m")));
    signs.sort_unstable();
    let mut line = Line::new();
    let mut from = 0;
    for (at, sign) in signs {
        let Some(between) = levels.get(from..at) else { continue };
        line.extend([Piece::Spark(between.to_vec(), Tone::Dim), Piece::text(sign, Tone::Accent)]);
        from = at + 1;
    }
    line.push(Piece::Spark(levels.get(from..).unwrap_or_default().to_vec(), Tone::Dim));
    line
}
