//! Lists over everything: help, contexts, namespaces.

use super::bottom::key_name;
use super::pieces::{dim, plain, text};
use super::{Glyph, Line, Overlay, Piece, Tone};
use crate::app::{Action, BINDINGS, COMMANDS, Choice, Overlay as Open, Place, State};
use crate::store::Word;

/// What an action does, in a few words.
fn describe(action: Action) -> &'static str {
    match action {
        Action::Up => "up",
        Action::Down => "down",
        Action::PageUp => "a screenful up",
        Action::PageDown => "a screenful down",
        Action::First => "to the first line",
        Action::Last => "to the last line",
        Action::Open => "open; on an open line, go inside",
        Action::Close => "close; on a closed line, go to what is above",
        Action::Toggle => "open or close",
        Action::OpenAll => "open all Services",
        Action::CloseAll => "close everything",
        Action::PreviousService => "the previous Service",
        Action::NextService => "the next Service",
        Action::Detail => "details of the line",
        Action::Explain => "one plain sentence on what it is",
        Action::Slices => "EndpointSlices as a level of their own",
        Action::Faults => "only what needs attention",
        Action::Filter => "filter: name, address, node, word; !not, -l key=value",
        Action::Command => "command",
        Action::Help => "this help",
        Action::Contexts => "choose a context",
        Action::Namespaces => "choose a namespace",
        Action::AllNamespaces => "all namespaces",
        Action::Copy => "copy the name or address",
        Action::CopyNamespace => "copy the namespace",
        Action::Retry => "try lost streams again now",
        Action::Record => "start or stop recording",
        Action::DetailDown => "scroll the details down",
        Action::DetailUp => "scroll the details up",
        Action::Pause => "replay: stand still or go on",
        Action::Faster => "replay: faster",
        Action::Slower => "replay: slower",
        Action::SeekBack => "replay: five seconds back",
        Action::SeekOn => "replay: five seconds on",
        Action::Redraw => "draw everything anew",
        Action::Suspend => "give the terminal back to the shell (fg returns)",
        Action::Back => "one step back: clear the filter, go up",
        Action::Quit => "leave",
    }
}

const LEGEND: [(Glyph, Tone, &str); 8] = [
    (Glyph::Ready, Tone::Good, "usable endpoint"),
    (Glyph::Draining, Tone::Warn, "terminating, still serves"),
    (Glyph::NotReady, Tone::Bad, "endpoint, not ready"),
    (Glyph::NotEndpoint, Tone::Warn, "selected, but gets nothing here"),
    (Glyph::NoPod, Tone::Info, "endpoint without a pod that we see"),
    (Glyph::Gone, Tone::Dim, "left a moment ago"),
    (Glyph::Attention, Tone::Bad, "something inside needs attention"),
    (Glyph::Unknown, Tone::Dim, "not known, and why"),
];

/// The list that is open, if any.
pub(super) fn overlay(state: &State) -> Option<Overlay> {
    match state.overlay.as_ref()? {
        Open::Help(scroll) => Some(Overlay {
            title: vec![plain("keys, marks and words")],
            lines: help(state),
            cursor: None,
            scroll: *scroll,
        }),
        Open::Contexts(choice) => Some(choose("context", choice, &state.session.contexts, &state.session.context)),
        Open::Namespaces(choice) => Some(choose("namespace", choice, &state.namespaces(), "")),
    }
}

fn choose(what: &str, choice: &Choice, names: &[String], current: &str) -> Overlay {
    let fitting = choice.fitting(names);
    let lines: Vec<Line> = fitting
        .iter()
        .map(|name| {
            let mut line = vec![plain(name)];
            if *name == current {
                line.push(dim("  (this one)"));
            }
            line
        })
        .collect();
    let mut title = vec![plain(format!("choose a {what}")), dim("  type to narrow, enter takes it  ")];
    title.push(text(&choice.typed, Tone::Match));
    let at = choice.at.min(lines.len().saturating_sub(1));
    let cursor = (!lines.is_empty()).then_some(at);
    let lines = if lines.is_empty() { vec![vec![dim(format!("no {what} fits"))]] } else { lines };
    Overlay { title, lines, cursor, scroll: u16::try_from(at.saturating_sub(10)).unwrap_or(0) }
}

fn help(state: &State) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut told: Vec<Action> = Vec::new();
    for binding in BINDINGS {
        let holds = binding.place == Place::Anywhere || state.playback.is_some();
        if told.contains(&binding.action) || !holds {
            continue;
        }
        told.push(binding.action);
        let keys = BINDINGS.iter().filter(|other| other.action == binding.action && other.place == binding.place);
        let keys: Vec<String> = keys.map(|other| key_name(other.key)).collect();
        lines.push(vec![text(format!("{:<14}", keys.join(" ")), Tone::Accent), plain(describe(binding.action))]);
    }
    lines.push(Line::new());
    for (_, usage) in COMMANDS {
        lines.push(vec![text(format!(":{usage:<13}"), Tone::Accent)]);
    }
    lines.push(Line::new());
    for (glyph, tone, words) in LEGEND {
        lines.push(vec![Piece::Glyph(glyph, tone), plain(format!("  {words}"))]);
    }
    lines.push(Line::new());
    for word in Word::all() {
        let severity = super::pieces::tone(word.severity());
        lines.push(vec![text(format!("{:<14}", word.id()), severity), dim(super::explain(&word))]);
    }
    lines
}
