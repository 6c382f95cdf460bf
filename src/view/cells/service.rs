//! Cells of Services, their ports and slices.

use super::super::columns::Topic;
use super::super::pieces::{bar, cell, count, dim, join, mark, plain, text, tone};
use super::super::words::{address_type, managed_by};
use super::super::{Cell, Glyph, Line, Piece, Tone, messages, ports};
use crate::app::State;
use crate::model::{ClusterIp, Kind, ManagedBy, Service, ServiceKind, Slice};
use crate::outline::Line as Shown;
use crate::store::{Known, Severity, Summary};

/// Cells of a bar.
const BAR: u16 = 4;

fn line(pieces: Line) -> Cell {
    Cell { pieces, tint: None }
}

pub(super) fn of_service(state: &State, service: &Service, folded: bool, topic: Topic) -> Cell {
    let key = &service.meta.key;
    match topic {
        Topic::Name => cell(plain(&key.name)),
        Topic::Namespace => cell(dim(&key.namespace)),
        Topic::Address => address(service),
        Topic::Ready => ready(state, service),
        Topic::Port => line(match messages::of_service(state, service) {
            Some(message) => message,
            None => ports::of_service(service, &state.store.summary(key)),
        }),
        // Where its rows are shown they say it themselves, and what stands in place of ports needs the room.
        Topic::Pod if folded && messages::of_service(state, service).is_none() && counted(state, service) => {
            line(faults(&state.store.summary(key)))
        }
        Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

/// Slices and pods are known well enough to count rows.
fn counted(state: &State, service: &Service) -> bool {
    let slices = state.store.known(Kind::Slice, &service.meta.key.namespace);
    matches!(slices, Known::Known | Known::Stale(_)) && !state.store.arriving(Kind::Pod)
}

/// The words of rows that need attention, the worst first.
fn faults(summary: &Summary) -> Line {
    let words: Vec<_> = summary.words.iter().filter(|(word, _)| word.severity() >= Severity::Warn).collect();
    // A word may be there for each port.
    let same = words.chunk_by(|(a, _), (b, _)| a.id() == b.id());
    let counts = same.map(|same| {
        let rows = same.iter().map(|(_, rows)| rows).sum();
        let (word, _) = same[0];
        vec![text(format!("{} {}", count(rows), word.id()), tone(word.severity()))]
    });
    join(counts, ", ")
}

/// A Service that went a moment ago.
pub(super) fn of_gone(service: &Service, topic: Topic) -> Cell {
    let key = &service.meta.key;
    match topic {
        Topic::Name => cell(plain(&key.name)),
        Topic::Namespace => cell(dim(&key.namespace)),
        Topic::Address => address(service),
        Topic::Ready => cell(dim("left")),
        Topic::Port => line(join(service.ports.iter().map(|port| vec![dim(ports::front(port))]), ", ")),
        Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

fn address(service: &Service) -> Cell {
    match (&service.kind, &service.cluster_ip) {
        (ServiceKind::ExternalName, _) => cell(dim("external name")),
        (_, ClusterIp::Headless) => cell(dim("headless")),
        (_, ClusterIp::Ips(ips)) => {
            let mut pieces: Line = ips.first().map(plain).into_iter().collect();
            if ips.len() > 1 {
                pieces.push(dim(format!(" +{}", ips.len() - 1)));
            }
            line(pieces)
        }
        (_, ClusterIp::Absent) => cell(dim("no address")),
    }
}

fn ready(state: &State, service: &Service) -> Cell {
    if service.kind == ServiceKind::ExternalName {
        return cell(dim("alias"));
    }
    let summary = state.store.summary(&service.meta.key);
    let unknown = |word: &str| line([&mark(Glyph::Unknown, Tone::Dim)[..], &[dim(word)]].concat());
    let part = || cell(dim(format!("{}/{}…", count(summary.usable), count(summary.total))));
    match state.store.known(Kind::Slice, &service.meta.key.namespace) {
        Known::NotAsked(_) | Known::Loading(_) if summary.total == 0 => return unknown("loading"),
        Known::NotAsked(_) | Known::Loading(_) => return part(),
        Known::Forbidden { .. } => return unknown("forbidden"),
        Known::Failing(_) | Known::NotServed(_) | Known::NotGiven(_) | Known::NotWatched { .. } => {
            return unknown("not known");
        }
        Known::Known | Known::Stale(_) => {}
    }
    if state.store.arriving(Kind::Pod) {
        return part();
    }
    line(ready_pieces(&summary, service.selector.is_some()))
}

fn ready_pieces(summary: &Summary, selects: bool) -> Line {
    let full = summary.usable == summary.total
        && summary.usable > 0
        && !summary.draining_only
        && summary.severity < Severity::Warn;
    let shade = match (summary.severity, full) {
        (Severity::Bad, _) if summary.usable == 0 => Tone::Bad,
        (_, true) => Tone::Good,
        (Severity::Fine | Severity::Info | Severity::Warn | Severity::Bad, false) => Tone::Warn,
    };
    let front = match summary.managed_by {
        Some(ManagedBy::Custom) if !selects => text("custom", Tone::Info),
        Some(ManagedBy::Mirroring) if !selects => text("mirror", Tone::Info),
        Some(_) | None => bar(summary.usable, summary.total, BAR, shade),
    };
    let numbers = format!(" {}/{}", count(summary.usable), count(summary.total));
    let mut pieces = vec![front, text(numbers, if full { Tone::Text } else { shade })];
    if summary.severity >= Severity::Warn {
        pieces.push(Piece::text(" ", Tone::Dim));
        pieces.push(Piece::Glyph(Glyph::Attention, tone(summary.severity)));
    }
    pieces
}

/// A Service that only slices name.
pub(super) fn of_ghost(state: &State, shown: &Shown, topic: Topic) -> Cell {
    let key = &shown.node.service;
    match topic {
        Topic::Name => cell(dim(&key.name)),
        Topic::Namespace => cell(dim(&key.namespace)),
        Topic::Address if state.store.complete_in(Kind::Service, &key.namespace) => {
            cell(text("no Service", Tone::Warn))
        }
        Topic::Address => line([&mark(Glyph::Unknown, Tone::Dim)[..], &[dim("not known")]].concat()),
        Topic::Ready => {
            let rows = state.store.summary(key).rows;
            cell(dim(format!("{} in slices", count(rows))))
        }
        Topic::Port if state.store.complete_in(Kind::Service, &key.namespace) => {
            cell(text("slices name a Service that is not there", Tone::Warn))
        }
        Topic::Port => cell(dim("Services are not known; its slices are")),
        Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

/// The slices of a namespace that name no Service.
pub(super) fn of_unbound(state: &State, shown: &Shown, topic: Topic) -> Cell {
    let namespace = &shown.node.service.namespace;
    match topic {
        Topic::Name => cell(dim("(no Service)")),
        Topic::Namespace => cell(dim(namespace)),
        Topic::Ready => {
            let slices = state.store.unbound_slices().filter(|slice| slice.meta.key.namespace == *namespace).count();
            cell(dim(super::super::pieces::many(slices, "slice")))
        }
        Topic::Port => cell(text("slices without a Service's name: nobody uses them", Tone::Warn)),
        Topic::Address | Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

pub(super) fn of_port(state: &State, shown: &Shown, index: usize, topic: Topic) -> Cell {
    let Some(service) = state.store.service(&shown.node.service) else { return Cell::default() };
    let Some(port) = service.ports.get(index) else { return Cell::default() };
    let summary = state.store.summary(&service.meta.key);
    let Some(numbers) = summary.ports.get(index) else { return Cell::default() };
    match topic {
        Topic::Name if port.name.is_empty() => cell(dim("(no name)")),
        Topic::Name => cell(plain(&port.name)),
        Topic::Address => cell(dim(format!(":{}/{}", port.port, port.protocol))),
        Topic::Ready => {
            let (usable, total) = (numbers.usable, summary.total);
            let severity = match (usable, total) {
                (0, _) => Severity::Bad,
                (usable, total) if usable < total => Severity::Warn,
                (_, _) => summary.severity.min(Severity::Warn),
            };
            let ready = Summary { usable, total, severity, ..Summary::default() };
            let known =
                state.store.complete_in(Kind::Slice, &service.meta.key.namespace) && !state.store.arriving(Kind::Pod);
            line(if known {
                ready_pieces(&ready, true)
            } else {
                vec![dim(format!("{}/{}…", count(usable), count(total)))]
            })
        }
        Topic::Port => line(ports::resolved(port, &numbers.resolution)),
        Topic::Namespace | Topic::Pod | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}

pub(super) fn of_slice(slice: &Slice, topic: Topic) -> Cell {
    match topic {
        Topic::Name => cell(plain(&slice.meta.key.name)),
        Topic::Address => cell(dim(address_type(&slice.address_type))),
        Topic::Ready => {
            let ready = slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()).count();
            cell(dim(format!("{} of {} ready", count(ready), count(slice.endpoints.len()))))
        }
        Topic::Port => cell(dim(ports::of_slice(slice))),
        Topic::Pod => {
            let tone = match slice.managed_by() {
                ManagedBy::Controller | ManagedBy::ApiServer => Tone::Dim,
                ManagedBy::Mirroring | ManagedBy::Custom => Tone::Info,
            };
            cell(text(managed_by(slice.managed_by()), tone))
        }
        Topic::Namespace | Topic::Node | Topic::Zone | Topic::Changed => Cell::default(),
    }
}
