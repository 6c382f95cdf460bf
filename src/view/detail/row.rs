//! Details of a row of the union table: an endpoint, a selected pod, or what is left of one.

use super::super::pieces::{age, dim, join, mark, plain, text, tone};
use super::super::{Glyph, Line, Piece, Tone, cells, words};
use super::{Lines, addresses, yes};
use crate::app::State;
use crate::model::{Key, Kind, NodeReady, Pod, Time};
use crate::store::{Row, RowId, Target};

pub(super) fn of_row(state: &State, lines: &mut Lines, service: &Key, row: &Row, gone: Option<Time>) -> Line {
    match gone {
        Some(at) => {
            lines.add("why", vec![text(format!("It left the Service {} ago.", age(at, state.now)), Tone::Info)]);
        }
        None => why(state, lines, service, row),
    }
    conditions(state, lines, service, row);
    members(lines, row);
    match &row.target {
        Target::Pod(pod) => of_its_pod(state, lines, service, row, pod),
        Target::Unseen(target) => {
            lines.add("pod", vec![plain(&target.name), dim("  named by the slice, not seen")]);
        }
        Target::Foreign(target) => lines.words("object", format!("{} {}", target.kind, target.name)),
        Target::Nobody => lines.add("pod", vec![dim("none known with this address")]),
    }
    node(state, lines, row);
    title(service, row, gone.is_some())
}

fn title(service: &Key, row: &Row, gone: bool) -> Line {
    let (glyph, shade) = cells::glyph(row, gone);
    let mut title = mark(glyph, shade).to_vec();
    title.push(match (&row.id, row.pod_key()) {
        (RowId::Name(name), _) => plain(name),
        (RowId::Pod(_) | RowId::Address(_), Some(pod)) if row.addresses.is_empty() => plain(pod.name),
        (RowId::Pod(_) | RowId::Address(_), _) => plain(addresses(&row.addresses)),
    });
    let what = if row.is_endpoint() { "endpoint" } else { "selected pod" };
    title.extend([Piece::Fill, dim(format!("{what} of {}", service.name))]);
    title
}

fn why(state: &State, lines: &mut Lines, service: &Key, row: &Row) {
    let shade = row.word.as_ref().map_or(Tone::Info, |word| tone(word.severity()));
    let reasons = super::super::why(state, service, row).into_iter().enumerate();
    lines.all("why", reasons.map(|(at, reason)| vec![text(reason, if at == 0 { shade } else { Tone::Dim })]));
}

fn conditions(state: &State, lines: &mut Lines, service: &Key, row: &Row) {
    let Some(facts) = row.facts() else {
        let words = if state.store.complete_in(Kind::Slice, &service.namespace) {
            "in no slice of this Service"
        } else {
            "slices are not completely known"
        };
        return lines.add("conditions", vec![dim(words)]);
    };
    let terminating = if facts.terminating { text("yes", Tone::Warn) } else { plain("no") };
    let line = vec![
        dim("ready "),
        yes(facts.ready),
        dim("  serving "),
        yes(facts.serving),
        dim("  terminating "),
        terminating,
    ];
    lines.add("conditions", line);
}

fn members(lines: &mut Lines, row: &Row) {
    let slices = row.members.iter().map(|member| {
        let address = member.address.filter(|_| row.members.len() > 1).map(|address| format!(" {address}"));
        let writer = words::managed_by(member.managed_by);
        let mut line = vec![plain(&member.slice), dim(format!(" ({writer}){}", address.unwrap_or_default()))];
        if member.shadowed {
            line.push(text("  another entry for this address counts instead", Tone::Warn));
        } else if member.rest.is_some() {
            line.push(text("  on some of its ports another entry for this address counts instead", Tone::Warn));
        }
        line
    });
    lines.all("slice", slices);
    let mut hints: Vec<String> = Vec::new();
    for member in row.members.iter().filter_map(|member| member.hints.as_ref()) {
        hints.extend(member.zones.iter().map(|zone| format!("zone {zone}")));
        hints.extend(member.nodes.iter().map(|node| format!("node {node}")));
    }
    hints.sort();
    hints.dedup();
    if !hints.is_empty() {
        lines.words("hints", format!("for {}", hints.join(", ")));
    }
    if let Some(hostname) = row.members.iter().find_map(|member| member.hostname.as_ref()) {
        lines.words("hostname", hostname);
    }
}

fn of_its_pod(state: &State, lines: &mut Lines, service: &Key, row: &Row, pod: &Pod) {
    let mut line = vec![plain(&pod.meta.key.name), dim(format!("  {}", words::phase(pod)))];
    if row.by_ip {
        line.push(text("  joined by address: the slice names no pod", Tone::Info));
    }
    if let Some(owner) = &pod.meta.owner {
        line.push(dim(format!("  of {} {}", owner.kind, owner.name)));
    }
    lines.add("pod", line);
    selector(state, lines, service, pod);
}

/// Each pair of the selector, and whether the pod has it.
fn selector(state: &State, lines: &mut Lines, service: &Key, pod: &Pod) {
    let Some(service) = state.store.service(service).filter(|service| service.selector.is_some()) else { return };
    let pairs = service.selector.0.iter().map(|(key, wanted)| {
        let pair = plain(format!("{key}={wanted} "));
        match pod.meta.labels.get(key) {
            Some(found) if found == wanted => vec![pair, Piece::Glyph(Glyph::Yes, Tone::Good)],
            found => {
                let has = found.map_or(" has none".to_owned(), |found| format!(" has {found}"));
                vec![pair, Piece::Glyph(Glyph::No, Tone::Bad), text(has, Tone::Warn)]
            }
        }
    });
    lines.add("selector", join(pairs, "  "));
}

fn node(state: &State, lines: &mut Lines, row: &Row) {
    let Some(name) = row.node() else { return };
    let mut line = vec![plain(name)];
    if let Some(zone) = cells::zone(state, row) {
        line.push(dim(format!("  zone {zone}")));
    }
    match state.store.node(name).map(|node| (&node.ready, node.unschedulable)) {
        Some((NodeReady::NotReady { reason, since }, _)) => {
            let since = since.map(|at| format!(" for {}", age(at, state.now))).unwrap_or_default();
            line.push(text(format!("  not ready{since}: {reason}"), Tone::Bad));
        }
        Some((NodeReady::Ready | NodeReady::Unreported, true)) => line.push(text("  cordoned", Tone::Info)),
        Some((NodeReady::Ready | NodeReady::Unreported, false)) | None => {}
    }
    lines.add("node", line);
}
