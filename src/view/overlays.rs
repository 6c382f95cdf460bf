//! Lists over everything: help, contexts, namespaces.

use super::bottom::key_name;
use super::pieces::{count, dim, plain, text};
use super::{Glyph, Line, Overlay, Piece, Tone};
use crate::app::{Action, BINDINGS, Binding, COMMANDS, Choice, Overlay as Open, Place, Scope, State};
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
        Action::PreviousFault => "the previous Service that needs attention",
        Action::NextFault => "the next Service that needs attention",
        Action::Detail => "details of the line",
        Action::Explain => "one plain sentence on what it is",
        Action::Trace => "trace the name to its pods, step by step",
        Action::TraceFrom => "choose from where traces start: a pod, a node, outside",
        Action::Why => "why is this so: causes and their proof",
        Action::Timeline => "time line: what happened to this, when and why",
        Action::Kinds => "time line: only one kind of change",
        Action::Churn => "churn: the most restless Services, outages, slow lags",
        Action::Who => "who has or had this address",
        Action::ScrubBack => "five seconds back in time",
        Action::ScrubOn => "five seconds on",
        Action::StrideBack => "a minute back in time",
        Action::StrideOn => "a minute on",
        Action::PreviousChange => "to the change before of what the cursor is on",
        Action::NextChange => "to its change after",
        Action::Present => "back to the present",
        Action::Freeze => "freeze the screen, or go on; nothing is lost",
        Action::MarkMoment => "mark this moment, or take the mark away",
        Action::Difference => "what differs between the mark and this moment",
        Action::Slices => "EndpointSlices as a level of their own",
        Action::Faults => "only what needs attention",
        Action::Filter => "filter: name, address, node, word; !not, -l key=value",
        Action::Command => "command",
        Action::Help => "this help",
        Action::Contexts => "choose a context",
        Action::Namespaces => "choose a namespace",
        Action::AllNamespaces => "all namespaces",
        Action::Visited(_) => "the namespaces visited, in order",
        Action::Copy => "copy the name or address",
        Action::CopyNamespace => "copy the namespace",
        Action::Retry => "try lost streams again now, put rows in order",
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
        Action::Refuse => "nothing: podpath is read-only",
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
        Open::Contexts(choice) => {
            let current = state.session.context.as_str();
            Some(choose("context", choice, &state.session.contexts, |name| {
                (name == current).then(|| "this one".to_owned())
            }))
        }
        Open::Clients(choice) => {
            let current = state.client.as_ref().map(ToString::to_string);
            Some(choose("client", choice, &state.clients(), |name| {
                (current.as_deref() == Some(name)).then(|| "this one".to_owned())
            }))
        }
        Open::Namespaces(choice) => {
            let mut list = choose("namespace", choice, &state.scopes(), |name| about(state, name));
            list.title.push(dim(match choice.marked.len() {
                0 => "  space marks several".to_owned(),
                marked => format!("  {} marked", count(marked)),
            }));
            Some(list)
        }
    }
}

/// The digit that chooses a namespace, and whether it is the one in view.
fn about(state: &State, name: &str) -> Option<String> {
    let digit = state.visited.iter().take(9).position(|visited| visited == name).map(|at| format!("key {}", at + 1));
    let current = match &state.session.scope {
        Scope::All => state.scopes().first().is_some_and(|all| all == name),
        scope @ Scope::Namespaces(_) => scope.holds(name),
    };
    let current =
        current.then(|| if state.session.scope.names().len() > 1 { "in view" } else { "this one" }.to_owned());
    let words: Vec<String> = digit.into_iter().chain(current).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn choose(what: &str, choice: &Choice, names: &[String], about: impl Fn(&str) -> Option<String>) -> Overlay {
    let fitting = choice.fitting(names);
    let lines: Vec<Line> = fitting
        .iter()
        .map(|name| {
            let marked = choice.marked.iter().any(|marked| marked == name);
            let mut line = vec![if marked { text(*name, Tone::Match) } else { plain(name) }];
            line.extend(marked.then(|| dim("  marked")));
            line.extend(about(name).map(|words| dim(format!("  {words}"))));
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

/// The keys of an action that work here.
fn keys(action: Action, replaying: bool) -> String {
    if let Action::Visited(_) = action {
        return "1–9".to_owned();
    }
    let holds = |binding: &&Binding| {
        let lent =
            || replaying && BINDINGS.iter().any(|other| other.place == Place::Replay && other.key == binding.key);
        binding.action == action && (binding.place == Place::Replay || !lent())
    };
    BINDINGS.iter().filter(holds).map(|binding| key_name(binding.key)).collect::<Vec<_>>().join(" ")
}

fn only_in_replay(action: Action) -> bool {
    BINDINGS.iter().filter(|binding| binding.action == action).all(|binding| binding.place == Place::Replay)
}

fn help(state: &State) -> Vec<Line> {
    let replaying = state.playback.is_some();
    let mut lines: Vec<Line> = Vec::new();
    for action in Action::ALL.into_iter().filter(|action| replaying || !only_in_replay(*action)) {
        lines.push(entry(&keys(action, replaying), Tone::Accent, describe(action)));
    }
    lines.push(Line::new());
    for (spellings, usage) in COMMANDS {
        let others = if spellings.len() > 1 { format!("also :{}", spellings[1..].join(" :")) } else { String::new() };
        lines.push(entry(&format!(":{} {usage}", spellings[0]), Tone::Accent, &others));
    }
    let names: Vec<String> =
        Action::ALL.iter().filter_map(|action| action.name()).map(|name| format!(":{name}")).collect();
    lines.push(entry(":NAME", Tone::Accent, &format!("what a key does: {}", names.join(" "))));
    lines.push(Line::new());
    for (glyph, tone, words) in LEGEND {
        lines.push(vec![Piece::Glyph(glyph, tone), plain(format!("  {words}"))]);
    }
    lines.push(Line::new());
    for word in Word::all() {
        let mut line = entry(word.id(), super::pieces::tone(word.severity()), "");
        line.push(dim(super::explain(&word)));
        lines.push(line);
    }
    lines
}

fn entry(name: &str, tone: Tone, words: &str) -> Line {
    vec![text(format!("{name:<18}"), tone), plain(words)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_a_replay_has_taken_is_not_told_for_what_it_does_otherwise() {
        assert_eq!(keys(Action::Toggle, false), "enter space");
        assert_eq!(keys(Action::Toggle, true), "enter");
        assert_eq!(keys(Action::Pause, true), "space");
    }

    #[test]
    fn every_action_is_described() {
        for action in Action::ALL {
            assert!(!describe(action).is_empty() && !keys(action, true).is_empty(), "{action:?}");
        }
    }
}
