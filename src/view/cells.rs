//! One line of the tree as cells.

use super::columns::Topic;
use super::pieces::{age, bar, cell, count, dim, found, mark, plain, text, tone};
use super::{Cell, Column, Fold, Glyph, Line, Mark, MarkKind, Piece, Row, Tone, messages, ports};
use crate::app::State;
use crate::churn::{Subject, What};
use crate::model::{ClusterIp, ContainerState, Kind, ManagedBy, Pod, Service, ServiceKind, Slice, Text};
use crate::outline::{Body, Branch, Line as Shown};
use crate::store::{self, Severity, Summary, Word};

/// Cells of a bar.
const BAR: u16 = 4;

/// A line as a row of cells.
pub(super) fn row(state: &State, columns: &[(Topic, Column)], line: &Shown) -> Row {
    let struck = matches!(line.body, Body::Row { gone: Some(_), .. });
    let cells = columns.iter().map(|(topic, _)| {
        let mut cell = topic_cell(state, line, *topic);
        let words: Vec<&str> = state.outline.filter.words().collect();
        if !words.is_empty() {
            cell.pieces = cell.pieces.into_iter().flat_map(|piece| found(piece, words.iter().copied())).collect();
        }
        cell
    });
    Row {
        id: identity(line),
        depth: line.depth,
        fold: match line.open {
            None => Fold::Leaf,
            Some(false) => Fold::Closed,
            Some(true) => Fold::Open,
        },
        mark: shown_mark(state, line),
        cells: cells.collect(),
        struck,
    }
}

fn identity(line: &Shown) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    line.node.hash(&mut hasher);
    hasher.finish()
}

fn subject(line: &Shown) -> Option<Subject> {
    let service = line.node.service.clone();
    match &line.body {
        Body::Service => Some(Subject::Service(service)),
        Body::Slice(slice) => Some(Subject::Slice(slice.meta.key.clone())),
        Body::Row { row, .. } => Some(Subject::Row(service, row.id.clone())),
        Body::Port(_) | Body::Pod(_) | Body::Container(..) => None,
    }
}

fn shown_mark(state: &State, line: &Shown) -> Option<Mark> {
    let marks = &state.recent.marks;
    if let Some((mark, fresh)) = subject(line).and_then(|subject| marks.shown(&subject, state.now)) {
        let kind = match mark.what {
            What::Added => MarkKind::Added,
            What::Changed => MarkKind::Changed,
            What::Removed => MarkKind::Removed,
        };
        return Some(Mark { kind, fresh });
    }
    // A closed Service tells that something inside it changed.
    if let (Body::Service, Some(false)) = (&line.body, line.open) {
        let fresh = marks.inside(&line.node.service, state.now)?;
        return Some(Mark { kind: MarkKind::Changed, fresh });
    }
    None
}

fn topic_cell(state: &State, line: &Shown, topic: Topic) -> Cell {
    if topic == Topic::Changed {
        return changed(state, line);
    }
    match &line.body {
        Body::Service => match state.store.service(&line.node.service) {
            Some(service) => of_service(state, service, topic),
            None => of_ghost(state, line, topic),
        },
        Body::Port(index) => of_port(state, line, *index, topic),
        Body::Slice(slice) => of_slice(slice, topic),
        Body::Row { row, gone } => of_row(state, line, row, gone.is_some(), topic),
        Body::Pod(pod) => of_pod(pod, topic),
        Body::Container(pod, container) => of_container(pod, container, topic),
    }
}

fn changed(state: &State, line: &Shown) -> Cell {
    match state.changed(line) {
        Some(at) if state.now > crate::model::Time::default() => cell(dim(age(at, state.now))),
        Some(_) | None => Cell::default(),
    }
}

fn of_service(state: &State, service: &Service, topic: Topic) -> Cell {
    let key = &service.meta.key;
    match topic {
        Topic::Name => cell(plain(&key.name)),
        Topic::Namespace => cell(dim(&key.namespace)),
        Topic::Address => address(service),
        Topic::Ready => ready(state, service),
        Topic::Port => match messages::of_service(state, service) {
            Some(message) => Cell { pieces: message, tint: None },
            None => Cell { pieces: ports::of_service(state, service), tint: None },
        },
        Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

fn address(service: &Service) -> Cell {
    match (&service.kind, &service.cluster_ip) {
        (ServiceKind::ExternalName, _) => {
            let name = service.external_name.clone().unwrap_or_default();
            Cell { pieces: [&mark(Glyph::Arrow, Tone::Dim)[..], &[plain(name)]].concat(), tint: None }
        }
        (_, ClusterIp::Headless) => cell(dim("headless")),
        (_, ClusterIp::Ips(ips)) => {
            let mut pieces: Line = ips.first().map(plain).into_iter().collect();
            if ips.len() > 1 {
                pieces.push(dim(format!(" +{}", ips.len() - 1)));
            }
            Cell { pieces, tint: None }
        }
        (_, ClusterIp::Absent) => cell(dim("no address")),
    }
}

fn ready(state: &State, service: &Service) -> Cell {
    if service.kind == ServiceKind::ExternalName {
        return cell(dim("alias"));
    }
    let summary = state.store.summary(&service.meta.key);
    if !state.store.complete(Kind::Slice) && summary.total == 0 {
        let word = if matches!(state.store.health(Kind::Slice), crate::delta::Health::Forbidden { .. }) {
            "forbidden"
        } else {
            "not known"
        };
        return Cell { pieces: [&mark(Glyph::Unknown, Tone::Dim)[..], &[dim(word)]].concat(), tint: None };
    }
    Cell { pieces: ready_pieces(&summary), tint: None }
}

fn ready_pieces(summary: &Summary) -> Line {
    let full = summary.usable == summary.total && summary.usable > 0 && !summary.draining_only;
    let shade = match (summary.severity, full) {
        (Severity::Bad, _) if summary.usable == 0 => Tone::Bad,
        (_, true) => Tone::Good,
        (Severity::Fine | Severity::Info | Severity::Warn | Severity::Bad, false) => Tone::Warn,
    };
    let mut pieces = vec![bar(summary.usable, summary.total, BAR, shade)];
    let numbers = format!(" {}/{}", count(summary.usable), count(summary.total));
    pieces.push(text(numbers, if full { Tone::Text } else { shade }));
    if summary.severity >= Severity::Warn {
        pieces.push(Piece::text(" ", Tone::Dim));
        pieces.push(Piece::Glyph(Glyph::Attention, tone(summary.severity)));
    }
    pieces
}

/// A Service that only slices name.
fn of_ghost(state: &State, line: &Shown, topic: Topic) -> Cell {
    let key = &line.node.service;
    match topic {
        Topic::Name => cell(dim(&key.name)),
        Topic::Namespace => cell(dim(&key.namespace)),
        Topic::Address => cell(dim("no Service")),
        Topic::Ready => cell(dim(format!("{} in slices", state.store.summary(key).rows))),
        Topic::Port => cell(text("slices name a Service that is not there", Tone::Warn)),
        Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

fn of_port(state: &State, line: &Shown, index: usize, topic: Topic) -> Cell {
    let Some(service) = state.store.service(&line.node.service) else { return Cell::default() };
    let Some(port) = service.ports.get(index) else { return Cell::default() };
    match topic {
        Topic::Name if port.name.is_empty() => cell(dim("(no name)")),
        Topic::Name => cell(plain(&port.name)),
        Topic::Address => cell(dim(format!(":{}/{}", port.port, port.protocol))),
        Topic::Ready => {
            let rows = state.store.rows(&service.meta.key);
            let has = |row: &&store::Row| row.ports.get(index).is_some_and(|port| port.port.is_some());
            let usable = rows.iter().filter(|row| row.usable()).filter(has).count();
            let total = rows.iter().filter(|row| row.counts()).count();
            let severity = if usable == 0 {
                Severity::Bad
            } else if usable < total {
                Severity::Warn
            } else {
                Severity::Fine
            };
            Cell { pieces: ready_pieces(&Summary { usable, total, severity, ..Summary::default() }), tint: None }
        }
        Topic::Port => Cell { pieces: ports::resolved(state, service, index), tint: None },
        Topic::Namespace | Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

fn of_slice(slice: &Slice, topic: Topic) -> Cell {
    match topic {
        Topic::Name => cell(plain(&slice.meta.key.name)),
        Topic::Address => cell(dim(super::words::address_type(&slice.address_type))),
        Topic::Ready => {
            let ready = slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()).count();
            cell(dim(format!("{ready} of {} ready", slice.endpoints.len())))
        }
        Topic::Port => cell(dim(ports::of_slice(slice))),
        Topic::Pod => cell(text(
            super::words::managed_by(slice.managed_by()),
            match slice.managed_by() {
                ManagedBy::Controller | ManagedBy::ApiServer => Tone::Dim,
                ManagedBy::Mirroring | ManagedBy::Custom => Tone::Info,
            },
        )),
        Topic::Namespace | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

/// The mark of a row: what it is good for.
pub(super) fn glyph(row: &store::Row, gone: bool) -> (Glyph, Tone) {
    if gone {
        return (Glyph::Gone, Tone::Dim);
    }
    let facts = row.facts();
    match (facts, &row.target) {
        (None, _) => (Glyph::NotEndpoint, Tone::Warn),
        (Some(facts), _) if facts.terminating && facts.serving => (Glyph::Draining, Tone::Warn),
        (Some(facts), _) if !facts.ready => (Glyph::NotReady, Tone::Bad),
        (Some(_), store::Target::Unseen(_) | store::Target::Foreign(_) | store::Target::Nobody) => {
            (Glyph::NoPod, Tone::Info)
        }
        (Some(_), store::Target::Pod(_)) if row.usable() => (Glyph::Ready, Tone::Good),
        (Some(_), store::Target::Pod(_)) => (Glyph::NotEndpoint, Tone::Warn),
    }
}

fn of_row(state: &State, line: &Shown, row: &store::Row, gone: bool, topic: Topic) -> Cell {
    let old = state
        .recent
        .marks
        .shown(&Subject::Row(line.node.service.clone(), row.id.clone()), state.now)
        .filter(|(mark, fresh)| *fresh && mark.what == What::Changed)
        .and_then(|(mark, _)| mark.old.as_deref());
    let differs =
        |same: fn(&store::Row, &store::Row) -> bool| old.is_some_and(|old| !same(old, row)).then_some(Tone::Changed);
    match topic {
        Topic::Name => {
            let (glyph, tone) = glyph(row, gone);
            let mut pieces = mark(glyph, tone).to_vec();
            pieces.push(row_name(row));
            Cell { pieces, tint: differs(|old, new| old.addresses == new.addresses) }
        }
        Topic::Address => {
            Cell { pieces: ports::number(row, &line.node.branch), tint: differs(|old, new| old.ports == new.ports) }
        }
        Topic::Ready => Cell {
            pieces: state_of(state, line, row, gone),
            tint: differs(|old, new| old.word == new.word && old.facts() == new.facts()),
        },
        Topic::Port => match &line.node.branch {
            Branch::Port(index) => Cell { pieces: ports::of_row(state, line, row, *index), tint: None },
            Branch::None | Branch::Slice(_) => Cell { pieces: ports::of_row(state, line, row, 0), tint: None },
        },
        Topic::Pod => cell(match (&row.target, row.pod_key()) {
            (store::Target::Pod(_), Some(key)) => plain(key.name),
            (_, Some(key)) => dim(key.name),
            (store::Target::Foreign(target), None) => dim(format!("{} {}", target.kind, target.name)),
            (_, None) => dim("no pod"),
        }),
        Topic::Node => {
            let known = row.node().is_none_or(|node| state.store.node(node).is_some());
            let name = row.node().cloned().unwrap_or_default();
            cell(if known { plain(name) } else { dim(name) })
        }
        Topic::Zone => cell(plain(zone(state, row).unwrap_or_default())),
        Topic::Namespace | Topic::Changed => Cell::default(),
    }
}

fn row_name(row: &store::Row) -> Piece {
    match (row.addresses.as_slice(), &row.id, row.pod_key()) {
        ([], store::RowId::Name(name), _) => plain(name),
        ([], _, Some(pod)) => dim(pod.name),
        ([], _, None) => dim("no address"),
        ([only], _, _) => plain(only),
        ([first, rest @ ..], _, _) => plain(format!("{first} +{}", rest.len())),
    }
}

/// The zone of a row: the slice's word, else its node's.
pub(super) fn zone(state: &State, row: &store::Row) -> Option<Text> {
    let said = row.members.iter().find_map(|member| member.zone.clone());
    said.or_else(|| state.store.node(row.node()?)?.zone.clone())
}

fn state_of(state: &State, line: &Shown, row: &store::Row, gone: bool) -> Line {
    if gone {
        return vec![dim("left")];
    }
    let port = match line.node.branch {
        Branch::Port(index) => row.ports.get(index),
        Branch::None | Branch::Slice(_) => None,
    };
    match &row.word {
        // On this very port the row may be fine although it lacks another, and the other way round.
        Some(Word::NoPort(_)) if port.is_some_and(|port| port.port.is_some()) && row.usable() => {
            vec![text("ready", Tone::Good)]
        }
        None if !row.is_endpoint() => vec![dim("not known")],
        None => vec![text("ready", Tone::Good)],
        Some(Word::Custom | Word::Mirrored) if row.usable() => {
            vec![text("ready", Tone::Good), dim(if row.word == Some(Word::Mirrored) { " mirrored" } else { " custom" })]
        }
        Some(Word::Terminating) if state.store.summary(&line.node.service).draining_only && row.fallback() => {
            vec![text("DRAINING", Tone::Warn)]
        }
        Some(word) => vec![text(word.id(), tone(word.severity()))],
    }
}

fn of_pod(pod: &Pod, topic: Topic) -> Cell {
    match topic {
        Topic::Name => Cell { pieces: vec![dim("pod "), plain(&pod.meta.key.name)], tint: None },
        Topic::Ready => {
            let main = pod.containers.iter().filter(|container| container.kind != crate::model::ContainerKind::Init);
            let total = main.clone().count();
            let ready = main.filter(|container| pod.status(&container.name).is_some_and(|status| status.ready)).count();
            let restarts = pod.restarts();
            let mut pieces =
                vec![text(format!("{ready}/{total}"), if ready == total { Tone::Text } else { Tone::Warn })];
            if restarts > 0 {
                pieces.push(dim(format!(" {restarts} restarts")));
            }
            Cell { pieces, tint: None }
        }
        Topic::Port => cell(dim(super::words::phase(pod))),
        Topic::Namespace | Topic::Address | Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

fn of_container(pod: &Pod, container: &crate::model::Container, topic: Topic) -> Cell {
    let status = pod.status(&container.name);
    match topic {
        Topic::Name => Cell {
            pieces: vec![dim(format!("{} ", super::words::container_kind(container.kind))), plain(&container.name)],
            tint: None,
        },
        Topic::Ready => match status.map(|status| (&status.state, status.ready)) {
            None => cell(dim("not known")),
            Some((ContainerState::Running { .. }, true)) => cell(text("ready", Tone::Good)),
            Some((ContainerState::Running { .. }, false)) => cell(text("not ready", Tone::Bad)),
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
