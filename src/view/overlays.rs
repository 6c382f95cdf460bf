//! Lists over everything: help, contexts, namespaces.

use super::bottom::key_name;
use super::pieces::{count, dim, plain, text};
use super::{Glyph, Line, Overlay, Piece, Tone, escape};
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
        Action::MarkMoment => "mark this moment; m there again takes it away",
        Action::Difference => "what differs between the mark and this moment",
        Action::Slices => "EndpointSlices as a level of their own",
        Action::Faults => "only what needs attention",
        Action::Filter => "filter: name, address, node, word; !not, -l key=value",
        Action::Command => "command",
        Action::Help => "this help",
        Action::Contexts => "choose a context",
        Action::Namespaces => "choose namespaces",
        Action::AllNamespaces => "all namespaces",
        Action::Visited(_) => "the namespaces visited, in order",
        Action::Copy => "copy the name or address",
        Action::CopyNamespace => "copy the namespace",
        Action::CopyMermaid => "copy the path of a trace as Mermaid",
        Action::CopyDot => "copy the path of a trace as DOT, for Graphviz",
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
        Action::Quit => "leave; from this help: back",
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
            title: vec![plain("keys, marks and words"), dim("  ↑ ↓ scroll, esc closes")],
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

/// Actions by what they are for. Each stands in one group.
const GROUPS: &[(&str, &[Action])] = &[
    (
        "move",
        &[
            Action::Up,
            Action::Down,
            Action::PageUp,
            Action::PageDown,
            Action::First,
            Action::Last,
            Action::PreviousService,
            Action::NextService,
            Action::PreviousFault,
            Action::NextFault,
        ],
    ),
    ("open", &[Action::Toggle, Action::Open, Action::Close, Action::OpenAll, Action::CloseAll, Action::Back]),
    ("find", &[Action::Filter, Action::Faults, Action::Slices, Action::Command]),
    (
        "ask",
        &[
            Action::Detail,
            Action::DetailDown,
            Action::DetailUp,
            Action::Explain,
            Action::Why,
            Action::Trace,
            Action::TraceFrom,
            Action::Who,
        ],
    ),
    ("what happened", &[Action::Timeline, Action::Kinds, Action::Churn, Action::MarkMoment, Action::Difference]),
    (
        "go in time",
        &[
            Action::ScrubBack,
            Action::ScrubOn,
            Action::StrideBack,
            Action::StrideOn,
            Action::PreviousChange,
            Action::NextChange,
            Action::Present,
            Action::Freeze,
        ],
    ),
    ("replay", &[Action::Pause, Action::Faster, Action::Slower, Action::SeekBack, Action::SeekOn]),
    ("look elsewhere", &[Action::Namespaces, Action::AllNamespaces, Action::Visited(1), Action::Contexts]),
    ("copy", &[Action::Copy, Action::CopyNamespace, Action::CopyMermaid, Action::CopyDot]),
    (
        "program",
        &[Action::Retry, Action::Record, Action::Redraw, Action::Suspend, Action::Refuse, Action::Help, Action::Quit],
    ),
];

fn help(state: &State) -> Vec<Line> {
    let replaying = state.playback.is_some();
    let mut lines: Vec<Line> = Vec::new();
    let head = |lines: &mut Vec<Line>, words: &str| {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        lines.push(vec![text(words, Tone::Title)]);
    };
    for (purpose, actions) in GROUPS {
        let work: Vec<Action> =
            actions.iter().copied().filter(|action| replaying || !only_in_replay(*action)).collect();
        if work.is_empty() {
            continue;
        }
        head(&mut lines, purpose);
        for action in work {
            lines.extend(entry(state, (&keys(action, replaying), Tone::Accent), (describe(action), Tone::Text)));
        }
    }
    head(&mut lines, "commands");
    for (spellings, usage) in COMMANDS {
        let others = if spellings.len() > 1 { format!("also :{}", spellings[1..].join(" :")) } else { String::new() };
        let name = format!(":{} {usage}", spellings[0]);
        lines.extend(entry(state, (&name, Tone::Accent), (&others, Tone::Text)));
    }
    let names: Vec<String> =
        Action::ALL.iter().filter_map(|action| action.name()).map(|name| format!(":{name}")).collect();
    let names = format!("what keys do: {}", names.join(" "));
    lines.extend(entry(state, (":NAME", Tone::Accent), (&names, Tone::Text)));
    head(&mut lines, "marks");
    for (glyph, tone, words) in LEGEND {
        lines.push(vec![Piece::Glyph(glyph, tone), plain(format!("  {words}"))]);
    }
    head(&mut lines, "words");
    for word in Word::all() {
        let meaning = match &word {
            // Of no pod in particular: the port has no name here.
            Word::NoPort(_) => {
                "This pod does not declare the port that the Service names: no traffic goes to it there.".to_owned()
            }
            Word::NotReady
            | Word::Terminating
            | Word::NoIp
            | Word::Finished
            | Word::OtherFamily
            | Word::NodeGone
            | Word::Lag
            | Word::Stale
            | Word::Custom
            | Word::Mirrored
            | Word::OrphanIp
            | Word::NotSelected => super::explain(&word),
        };
        let tone = super::pieces::tone(word.severity());
        lines.extend(entry(state, (word.id(), tone), (&meaning, Tone::Dim)));
    }
    lines
}

/// Columns of names in the help, and of the box beside its lines.
const NAMES: usize = 18;
const BOX: usize = 6;

/// A name and what it means, on as many lines as that takes; with a gap between, however long the name is.
fn entry(state: &State, (name, tone): (&str, Tone), (words, shade): (&str, Tone)) -> Vec<Line> {
    let gap = NAMES.max(escape::width(name) + 2);
    let room = usize::from(state.size.0).min(100 + BOX).saturating_sub(BOX + gap).max(20);
    let mut lines: Vec<String> = vec![String::new()];
    for word in words.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && escape::width(&lines[last]) + 1 + escape::width(word) > room {
            lines.push(word.to_owned());
        } else {
            let blank = if lines[last].is_empty() { "" } else { " " };
            lines[last] = format!("{}{blank}{word}", lines[last]);
        }
    }
    let names = std::iter::once(name).chain(std::iter::repeat(""));
    lines
        .into_iter()
        .zip(names)
        .map(|(line, name)| vec![text(format!("{name:<gap$}"), tone), text(line, shade)])
        .collect()
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
    fn every_action_has_its_purpose() {
        for action in Action::ALL {
            let groups = GROUPS.iter().filter(|(_, actions)| actions.contains(&action)).count();
            assert_eq!(groups, 1, "{action:?}");
        }
    }

    #[test]
    fn every_action_is_described() {
        for action in Action::ALL {
            assert!(!describe(action).is_empty() && !keys(action, true).is_empty(), "{action:?}");
        }
    }
}
