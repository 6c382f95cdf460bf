//! Cells of rows of the union table, and of the pods and containers behind them.

use std::net::IpAddr;

use super::super::columns::Topic;
use super::super::pieces::{cell, dim, mark, plain, text, tone};
use super::super::words::{container_kind, phase, restarts};
use super::super::{Cell, Glyph, Line, Piece, Tone, ports};
use crate::app::State;
use crate::churn::{Subject, What};
use crate::model::{ContainerKind, ContainerState, Pod, Text};
use crate::outline::{Branch, Line as Shown};
use crate::store::{Row, RowId, Target, Word};

/// The mark of a row: what it is good for.
pub(in crate::view) fn glyph(row: &Row, gone: bool) -> (Glyph, Tone) {
    if gone {
        return (Glyph::Gone, Tone::Dim);
    }
    match (row.facts(), &row.target) {
        (None, _) if row.word == Some(Word::Finished) => (Glyph::NotEndpoint, Tone::Dim),
        (None, _) => (Glyph::NotEndpoint, Tone::Warn),
        (Some(facts), _) if facts.terminating && facts.serving => (Glyph::Draining, Tone::Warn),
        (Some(facts), _) if !facts.ready => (Glyph::NotReady, Tone::Bad),
        (Some(_), Target::Unseen(_) | Target::Foreign(_) | Target::Nobody) => (Glyph::NoPod, Tone::Info),
        (Some(_), Target::Pod(_)) if row.usable() => (Glyph::Ready, Tone::Good),
        (Some(_), Target::Pod(_)) => (Glyph::NotEndpoint, Tone::Warn),
    }
}

/// The zone of a row: the slice's word, else its node's.
pub(in crate::view) fn zone(state: &State, row: &Row) -> Option<Text> {
    let said = row.members.iter().find_map(|member| member.zone.clone());
    said.or_else(|| state.store.node(row.node()?)?.zone.clone())
}

pub(super) fn of_row(state: &State, shown: &Shown, row: &Row, gone: bool, topic: Topic) -> Cell {
    let subject = || Subject::Row(shown.node.service.clone(), row.id.clone());
    // The cell that changed is tinted as long as the mark is bright.
    let tint = |same: fn(&Row, &Row) -> bool| {
        let (mark, fresh) = state.recent.marks.shown(&subject(), state.now)?;
        let old = mark.old.as_deref().filter(|_| fresh && mark.what == What::Changed)?;
        (!same(old, row)).then_some(Tone::Changed)
    };
    match topic {
        Topic::Name => {
            let (glyph, tone) = glyph(row, gone);
            let mut pieces = mark(glyph, tone).to_vec();
            pieces.push(name(row, &shown.node.branch));
            Cell { pieces, tint: tint(|old, new| old.addresses == new.addresses) }
        }
        Topic::Address => {
            Cell { pieces: ports::number(row, &shown.node.branch), tint: tint(|old, new| old.ports == new.ports) }
        }
        Topic::Ready => Cell {
            pieces: standing(state, shown, row, gone),
            tint: tint(|old, new| old.word == new.word && old.facts() == new.facts()),
        },
        Topic::Port => {
            let index = match &shown.node.branch {
                Branch::Port(index) => *index,
                Branch::None | Branch::Slice(_) => 0,
            };
            Cell { pieces: ports::of_row(state, &shown.node.service, row, index), tint: None }
        }
        Topic::Pod => cell(match (&row.target, row.pod_key()) {
            (Target::Pod(_), Some(key)) => plain(key.name),
            (_, Some(key)) => dim(key.name),
            (Target::Foreign(target), None) => dim(format!("{} {}", target.kind, target.name)),
            (_, None) => dim("no pod"),
        }),
        Topic::Node => match row.node() {
            Some(node) if state.store.node(node).is_some() => cell(plain(node)),
            Some(node) => cell(dim(node)),
            None => Cell::default(),
        },
        Topic::Zone => zone(state, row).map(|zone| cell(plain(zone))).unwrap_or_default(),
        Topic::Namespace | Topic::Changed => Cell::default(),
    }
}

/// The addresses of a row; below a slice those that the slice holds.
fn name(row: &Row, branch: &Branch) -> Piece {
    let held: Vec<IpAddr> = match branch {
        Branch::Slice(slice) => {
            row.members.iter().filter(|member| member.slice == *slice).filter_map(|member| member.address).collect()
        }
        Branch::None | Branch::Port(_) => Vec::new(),
    };
    let addresses = if held.is_empty() { row.addresses.as_slice() } else { held.as_slice() };
    match (addresses, &row.id, row.pod_key()) {
        ([], RowId::Name(name), _) => plain(name),
        ([], RowId::Pod(_) | RowId::Address(_), Some(_)) => dim("no IP yet"),
        ([], RowId::Pod(_) | RowId::Address(_), None) => dim("no address"),
        ([only], _, _) => plain(only),
        ([first, rest @ ..], _, _) => plain(format!("{first} +{}", rest.len())),
    }
}

/// `ready`, or the word why not.
fn standing(state: &State, shown: &Shown, row: &Row, gone: bool) -> Line {
    if gone {
        return vec![dim("left")];
    }
    let port = match shown.node.branch {
        Branch::Port(index) => row.ports.get(index),
        Branch::None | Branch::Slice(_) => None,
    };
    match &row.word {
        // On this very port the row may be fine although it lacks another.
        Some(Word::NoPort(_)) if port.is_some_and(|port| port.port.is_some()) && row.usable() => {
            vec![text("ready", Tone::Good)]
        }
        None if !row.is_endpoint() => [&mark(Glyph::Unknown, Tone::Dim)[..], &[dim("not known")]].concat(),
        None => vec![text("ready", Tone::Good)],
        Some(Word::Custom) if row.usable() => vec![text("ready", Tone::Good), dim(" custom")],
        Some(Word::Mirrored) if row.usable() => vec![text("ready", Tone::Good), dim(" mirror")],
        Some(Word::Terminating) if state.store.summary(&shown.node.service).draining_only && row.fallback() => {
            vec![text("DRAINING", Tone::Warn)]
        }
        Some(word) => vec![text(word.id(), if *word == Word::Finished { Tone::Dim } else { tone(word.severity()) })],
    }
}

pub(super) fn of_pod(pod: &Pod, topic: Topic) -> Cell {
    match topic {
        Topic::Name => Cell { pieces: vec![dim("pod "), plain(&pod.meta.key.name)], tint: None },
        Topic::Ready => {
            let main = || pod.containers.iter().filter(|container| container.kind != ContainerKind::Init);
            let is_ready = |name: &str| pod.status(name).is_some_and(|status| status.ready);
            let ready = main().filter(|container| is_ready(&container.name)).count();
            let total = main().count();
            let mut pieces =
                vec![text(format!("{ready}/{total}"), if ready == total { Tone::Text } else { Tone::Warn })];
            if pod.restarts() > 0 {
                pieces.push(dim(format!(" {}", restarts(pod.restarts()))));
            }
            Cell { pieces, tint: None }
        }
        Topic::Port => cell(dim(phase(pod))),
        Topic::Node => pod.node.as_ref().map(|node| cell(dim(node))).unwrap_or_default(),
        Topic::Namespace | Topic::Address | Topic::Pod | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

pub(super) fn of_container(pod: &Pod, at: usize, topic: Topic) -> Cell {
    let Some(container) = pod.containers.get(at) else { return Cell::default() };
    match topic {
        Topic::Name => {
            let kind = dim(format!("{} ", container_kind(container.kind)));
            Cell { pieces: vec![kind, plain(&container.name)], tint: None }
        }
        Topic::Ready => match pod.status(&container.name).map(|status| (&status.state, status.ready)) {
            None => cell(dim("no status yet")),
            Some((ContainerState::Running { .. }, _)) if container.kind == ContainerKind::Init => {
                cell(text("running", Tone::Warn))
            }
            Some((ContainerState::Running { .. }, true)) => cell(text("ready", Tone::Good)),
            Some((ContainerState::Running { .. }, false)) => cell(text("not ready", Tone::Bad)),
            Some((ContainerState::Waiting { reason, .. }, _)) if reason.is_empty() => cell(text("waiting", Tone::Warn)),
            Some((ContainerState::Waiting { reason, .. }, _)) => cell(text(reason, Tone::Bad)),
            Some((ContainerState::Terminated { reason, exit_code, .. }, _)) => {
                let tone = if *exit_code == 0 { Tone::Dim } else { Tone::Bad };
                cell(text(format!("{reason} ({exit_code})"), tone))
            }
        },
        Topic::Port => cell(dim(ports::declared(container))),
        Topic::Pod => cell(dim(&container.image)),
        Topic::Namespace | Topic::Address | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}
