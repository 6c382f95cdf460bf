//! Why a Service or pod is as it is.

use super::super::pieces::{cell, dim, many, mark, plain, text};
use super::super::{Cell, Glyph, Line, Main, Pane, Row, Table, Tone};
use super::{LABEL, blank_row, crumb, labelled, left, proof};
use crate::app::{SheetLine, State, WhyBody, WhyPage, WhyTopic};
use crate::model::{Key, Kind};
use crate::trace::{Finding, Weight};
use crate::view::reason;

/// How a finding is marked.
fn weight(weight: Weight) -> (Glyph, Tone) {
    match weight {
        Weight::Blocks => (Glyph::No, Tone::Bad),
        Weight::Hurts => (Glyph::Attention, Tone::Warn),
        Weight::Note => (Glyph::Dot, Tone::Dim),
    }
}

pub(super) fn main(state: &State, page: &WhyPage) -> Main {
    let lines = page.listing.window(state.page());
    let empty = if page.findings.is_empty() { vec![vec![dim(nothing(page))]] } else { Vec::new() };
    let cursor = (!lines.is_empty()).then(|| page.listing.sheet.at - page.listing.sheet.top);
    Main {
        crumbs: vec![crumb("Services"), crumb(format!("why {}", topic(&page.topic)))],
        answer: vec![answer(state, page)],
        table: Table {
            columns: vec![left("CAUSE", 30, 60, 1, 0), left("FIELD", 16, 34, 1, 1), left("VALUE", 12, 30, 1, 0)],
            rows: lines.iter().map(row).collect(),
            cursor,
            above: page.listing.sheet.top,
            total: page.listing.lines().len(),
            empty,
        },
        detail: state.detail.then(|| pane(state, page)),
    }
}

fn topic(topic: &WhyTopic) -> String {
    match topic {
        WhyTopic::Service(key) => format!("Service {key}"),
        WhyTopic::Pod(key) => format!("pod {key}"),
    }
}

fn nothing(page: &WhyPage) -> &'static str {
    match page.topic {
        WhyTopic::Service(_) => "nothing stands in its way",
        WhyTopic::Pod(_) => "nothing stands between this pod and its Services",
    }
}

/// The answer in a sentence.
fn answer(state: &State, page: &WhyPage) -> Line {
    if !page.exists {
        let mut line = mark(Glyph::No, Tone::Bad).to_vec();
        line.push(plain(format!("{} does not exist (any more).", topic(&page.topic))));
        return line;
    }
    let worst = page.findings.iter().map(|finding| finding.weight).max();
    let (glyph, tone) = match worst {
        None | Some(Weight::Note) => (Glyph::Yes, Tone::Good),
        Some(worst) => weight(worst),
    };
    let mut line = mark(glyph, tone).to_vec();
    line.push(plain(match &page.topic {
        WhyTopic::Service(key) => of_service(state, key),
        WhyTopic::Pod(key) => of_pod(state, key),
    }));
    if let Some(first) = page.findings.first().filter(|first| first.weight > Weight::Note) {
        line.push(plain(format!(" {}", reason(&first.reason))));
    }
    line
}

fn of_service(state: &State, key: &Key) -> String {
    if let Some(target) = state.store.service(key).and_then(|held| held.alias().cloned()) {
        return format!("{} is an alias of {target}: it has no endpoints of its own.", key.name);
    }
    let summary = state.store.summary(key);
    if !state.store.complete_in(Kind::Slice, &key.namespace) {
        return format!("{}: not all of its endpoints are known.", key.name);
    }
    format!("{}: {} of {} usable.", key.name, summary.usable, many(summary.total, "endpoint"))
}

fn of_pod(state: &State, key: &Key) -> String {
    let Some(pod) = state.store.pod(key) else { return format!("{} is not known.", key.name) };
    let services = state.store.services_selecting(pod);
    let names: Vec<&str> = services.iter().map(|key| key.name.as_str()).collect();
    match names.as_slice() {
        [] => format!("{} is behind no Service.", key.name),
        names => format!("{} is behind {}.", key.name, names.join(", ")),
    }
}

fn row(line: &SheetLine<'_, WhyBody>) -> Row {
    let cells = match &line.entry.body {
        WhyBody::Finding(finding, alike) => vec![cause(finding, *alike), Cell::default(), Cell::default()],
        WhyBody::Evidence(evidence) => {
            vec![
                cell(dim(proof::object(&evidence.source))),
                cell(dim(&evidence.path)),
                cell(plain(proof::value(evidence))),
            ]
        }
    };
    Row { cells, ..blank_row(line) }
}

fn cause(finding: &Finding, alike: usize) -> Cell {
    let (glyph, tone) = weight(finding.weight);
    let mut pieces = mark(glyph, tone).to_vec();
    if !finding.certain {
        pieces.push(text("possible: ", Tone::Info));
    }
    pieces.push(plain(reason(&finding.reason)));
    if alike > 0 {
        pieces.push(dim(format!("  +{alike} alike")));
    }
    Cell { pieces, tint: None }
}

/// The finding, its proof and how to see it with kubectl.
fn pane(state: &State, page: &WhyPage) -> Pane {
    let mut pane =
        Pane { title: Line::new(), lines: Vec::new(), indent: LABEL, scroll: state.detail_scroll, ..Pane::default() };
    let Some(line) = page.listing.current() else {
        pane.title = vec![dim("nothing to explain")];
        return pane;
    };
    match &line.entry.body {
        WhyBody::Finding(finding, _) => {
            let rule = finding.reason.rule();
            pane.title = vec![plain(finding.reason.id()), dim(format!("  {rule}"))];
            pane.lines.push(labelled("cause", plain(reason(&finding.reason))));
            for evidence in finding.evidence.iter().take(8) {
                let words =
                    format!("{} {}: {}", proof::object(&evidence.source), evidence.path, proof::value(evidence));
                pane.lines.push(labelled("proof", plain(words)));
            }
            pane.lines.extend(finding.evidence.first().map(|first| labelled("see", dim(first.kubectl()))));
        }
        WhyBody::Evidence(evidence) => {
            pane.title = vec![plain(proof::object(&evidence.source)), dim(format!("  {}", evidence.path))];
            pane.lines.push(labelled("value", plain(proof::value(evidence))));
            pane.lines.push(labelled("see", dim(evidence.kubectl())));
        }
    }
    pane
}
