//! The last line: hints made from the bindings, a prompt, a notice.

use super::pieces::{dim, text};
use super::{Hint, Line, Prompt, Tone};
use crate::app::{Action, BINDINGS, Key, KeyCode, Overlay, Page, Place, PromptKind, State, completions};

/// A key as it is written for people.
pub(super) fn key_name(key: Key) -> String {
    let name = match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(character) => character.to_string(),
        KeyCode::Enter => "enter".to_owned(),
        KeyCode::Esc => "esc".to_owned(),
        KeyCode::Tab => "tab".to_owned(),
        KeyCode::Backspace => "backspace".to_owned(),
        KeyCode::Delete => "delete".to_owned(),
        KeyCode::Up => "↑".to_owned(),
        KeyCode::Down => "↓".to_owned(),
        KeyCode::Left => "←".to_owned(),
        KeyCode::Right => "→".to_owned(),
        KeyCode::PageUp => "pgup".to_owned(),
        KeyCode::PageDown => "pgdn".to_owned(),
        KeyCode::Home => "home".to_owned(),
        KeyCode::End => "end".to_owned(),
        KeyCode::F(number) => format!("f{number}"),
    };
    match (key.ctrl, key.alt, key.shift) {
        (true, _, _) => format!("ctrl-{name}"),
        (false, true, _) => format!("alt-{name}"),
        (false, false, true) => format!("shift-{name}"),
        (false, false, false) => name,
    }
}

/// What an action is called in the hint line.
fn short(action: Action) -> &'static str {
    match action {
        Action::Toggle => "open",
        Action::Detail => "details",
        Action::Explain => "what is this",
        Action::Why => "why",
        Action::Timeline => "time line",
        Action::Churn => "churn",
        Action::ScrubBack => "in time",
        Action::Present => "live",
        Action::Freeze => "freeze",
        Action::PreviousChange => "its changes",
        Action::Kinds => "kinds",
        Action::Who => "who",
        Action::MarkMoment => "mark",
        Action::Difference => "difference",
        Action::Trace => "trace",
        Action::TraceFrom => "from where",
        Action::Slices => "slices",
        Action::Faults => "broken only",
        Action::Filter => "filter",
        Action::Command => "command",
        Action::Help => "help",
        Action::Quit => "quit",
        Action::Pause => "pause",
        Action::Faster => "faster",
        Action::SeekOn => "seek",
        Action::Back => "clear",
        Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::First
        | Action::Last
        | Action::Open
        | Action::Close
        | Action::OpenAll
        | Action::CloseAll
        | Action::PreviousService
        | Action::NextService
        | Action::PreviousFault
        | Action::NextFault
        | Action::ScrubOn
        | Action::StrideBack
        | Action::StrideOn
        | Action::NextChange
        | Action::Visited(_)
        | Action::Refuse
        | Action::Contexts
        | Action::Namespaces
        | Action::AllNamespaces
        | Action::Copy
        | Action::CopyNamespace
        | Action::CopyMermaid
        | Action::CopyDot
        | Action::Retry
        | Action::Record
        | Action::DetailDown
        | Action::DetailUp
        | Action::Slower
        | Action::SeekBack
        | Action::Redraw
        | Action::Suspend => "",
    }
}

/// The keys that work here, most useful first. When room is short `ui` keeps the last one: help.
pub(super) fn hints(state: &State) -> Vec<Hint> {
    let replaying = state.playback.is_some();
    if let Some(overlay) = &state.overlay {
        return in_overlay(overlay);
    }
    if state.page_on_top().is_some() {
        return elsewhere(state)
            .into_iter()
            .chain(super::pages::hints(state))
            .filter_map(|(action, words)| named(action, words, replaying))
            .collect();
    }
    let narrowed = state.outline.filter().is_some() || state.outline.faults_only();
    let mut actions = Vec::new();
    let mut first = Vec::new();
    first.extend(elsewhere(state));
    if let (None, Some(playback)) = (&state.away, &state.playback) {
        first.push((Action::Pause, if playback.paused { "play" } else { "pause" }));
        actions.extend([Action::Faster, Action::SeekOn]);
    }
    if narrowed {
        first.push((Action::Back, "clear"));
    } else if !state.pages.is_empty() {
        first.push((Action::Back, "back"));
    }
    if state.away.is_some() {
        actions.extend([Action::ScrubBack, Action::PreviousChange]);
    }
    actions.extend([Action::Toggle, Action::Trace, Action::Why, Action::Detail, Action::Filter, Action::Faults]);
    actions.extend([
        Action::Timeline,
        Action::Churn,
        Action::Slices,
        Action::Explain,
        Action::Command,
        Action::Quit,
        Action::Help,
    ]);
    let first = first.into_iter().filter_map(|(action, words)| named(action, words, replaying));
    first.chain(actions.into_iter().filter_map(|action| hint(action, replaying))).collect()
}

/// What leads back from another moment.
fn elsewhere(state: &State) -> Option<(Action, &'static str)> {
    match (state.away.as_deref()?, &state.playback) {
        (away, _) if away.frozen => Some((Action::Freeze, "go on")),
        (_, Some(_)) => Some((Action::Present, "the tape's now")),
        (_, None) => Some((Action::Present, "live")),
    }
}

/// The keys that work in a box over everything; how to leave it stands last, and so always.
fn in_overlay(overlay: &Overlay) -> Vec<Hint> {
    let hints: &[(&str, &'static str)] = match overlay {
        Overlay::Help(_) => &[("↑ ↓", "scroll"), ("pgdn", "a screenful"), ("g G", "ends"), ("esc", "close")],
        Overlay::Contexts(_) | Overlay::Clients(_) => {
            &[("enter", "take"), ("↑ ↓", "choose"), ("a-z", "narrow"), ("esc", "close")]
        }
        Overlay::Namespaces(_) => {
            &[("enter", "take"), ("space", "mark"), ("↑ ↓", "choose"), ("a-z", "narrow"), ("esc", "close")]
        }
    };
    hints.iter().map(|(key, action)| Hint { key: (*key).to_owned(), action }).collect()
}

fn hint(action: Action, replaying: bool) -> Option<Hint> {
    named(action, short(action), replaying)
}

/// The key of an action with words of its own.
fn named(action: Action, words: &'static str, replaying: bool) -> Option<Hint> {
    let holds = |place: Place| place == Place::Anywhere || replaying;
    let binding = BINDINGS.iter().find(|binding| binding.action == action && holds(binding.place))?;
    let pairs =
        [(Action::SeekOn, "[ ]"), (Action::Faster, "+ -"), (Action::ScrubBack, "< >"), (Action::PreviousChange, ", ;")];
    let pair = pairs.into_iter().find(|(both, _)| *both == action);
    let key = pair.map_or_else(|| key_name(binding.key), |(_, keys)| keys.to_owned());
    Some(Hint { key, action: words })
}

/// What was said, until the next key.
pub(super) fn notice(state: &State) -> Option<Line> {
    state.notice.as_ref().map(|notice| vec![text(super::notices::words(state, notice), Tone::Info)])
}

/// The line in which the user types.
pub(super) fn prompt(state: &State) -> Option<Prompt> {
    let prompt = state.prompt.as_ref()?;
    let note = match prompt.kind {
        PromptKind::Filter if state.has_filter() => vec![dim(match state.page_on_top() {
            Some(Page::Timeline(_)) => "filters this time line: names, what happened, causes; !not",
            Some(Page::Churn(_) | Page::Difference(_)) => "filters this page by the name of a Service; !not",
            Some(Page::Tree | Page::Why(_) | Page::Trace(_) | Page::Who(_)) | None => "",
        })],
        PromptKind::Filter if state.outline.filter().is_some() => {
            let services = super::pieces::many(state.outline.services(), "Service");
            vec![dim(format!("{services}   esc goes back"))]
        }
        PromptKind::Filter => vec![dim("filters the tree: name, address, node or word; !not, -l key=value")],
        PromptKind::Command => {
            let fits = completions(&prompt.text, &state.namespaces(), &state.session.contexts);
            let fits: Vec<&str> = fits.iter().map(String::as_str).take(6).collect();
            let words = if fits.is_empty() { String::new() } else { format!("tab: {}", fits.join("  ")) };
            vec![dim(words)]
        }
    };
    let sigil = match prompt.kind {
        PromptKind::Filter => '/',
        PromptKind::Command => ':',
    };
    Some(Prompt { sigil, text: super::escape::safe(&prompt.text).into_owned(), caret: prompt.caret, note })
}
