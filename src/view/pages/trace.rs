//! How a name resolves to pods, for one client.

mod answers;
mod parts;
mod picture;
pub(in crate::view) mod steps;

use super::super::pieces::{dim, mark, plain, text};
use super::super::{Glyph, Line, Main, Mark, MarkKind, Pane, Row, Table, Tone};
use super::{LABEL, blank_row, crumb, labelled, left, proof};
use crate::app::{Part, SheetLine, State, TraceBody, TracePage};
use crate::trace::path::{NoTrace, Standing, Step, Trace, Verdict};
use crate::trace::{Asked, AskedPort, Question, Weight};
use crate::view::reason;

pub(super) fn main(state: &State, page: &TracePage) -> Main {
    let lines = page.listing.window(state.page());
    let cursor = (!lines.is_empty()).then(|| page.listing.sheet.at - page.listing.sheet.top);
    let rows = match &page.answer {
        Ok(trace) => lines.iter().map(|line| row(state, page, trace, line)).collect(),
        Err(_) => Vec::new(),
    };
    Main {
        crumbs: vec![
            crumb("Services"),
            crumb(format!("trace {}", question(&page.question))),
            crumb(from(&page.question)),
        ],
        answer: answer(page),
        table: Table {
            columns: vec![
                left("STEP", 13, 14, 0, 0),
                left("WHAT", 26, 38, 1, 0),
                left("TYPE", 6, 6, 0, 2),
                left("ANSWER", 18, 21, 1, 0),
                left("WHY", 10, 40, 6, 1),
            ],
            rows,
            cursor,
            above: page.listing.sheet.top,
            total: page.listing.lines().len(),
            empty: Vec::new(),
        },
        detail: state.detail.then(|| pane(state, page)),
    }
}

/// What is asked, as it was typed.
fn question(question: &Question) -> String {
    let name = match (&question.asked, &question.port) {
        (Asked::Name(name), _) => name.clone(),
        (Asked::Address(address), Some(_)) if address.is_ipv6() => format!("[{address}]"),
        (Asked::Address(address), _) => address.to_string(),
    };
    match &question.port {
        Some(AskedPort::Number(port)) => format!("{name}:{port}/{}", question.protocol),
        Some(AskedPort::Name(port)) => format!("{name}:{port}"),
        None => name,
    }
}

fn from(question: &Question) -> String {
    format!("from {}", steps::client(&question.client))
}

/// The answer in a sentence, and how often it has changed.
fn answer(page: &TracePage) -> Vec<Line> {
    let trace = match &page.answer {
        Ok(trace) => trace,
        Err(no) => {
            let (glyph, tone) = match no {
                NoTrace::Unseen(..) => (Glyph::Unknown, Tone::Info),
                NoTrace::NoClient(..) | NoTrace::BadName(_) => (Glyph::No, Tone::Bad),
            };
            return vec![[&mark(glyph, tone)[..], &[plain(no_trace(no))]].concat()];
        }
    };
    let (glyph, tone) = match trace.verdict {
        Verdict::Reaches { .. } | Verdict::Resolves => (Glyph::Yes, Tone::Good),
        Verdict::Intermittent { .. } => (Glyph::Attention, Tone::Warn),
        Verdict::Fails(_) => (Glyph::No, Tone::Bad),
        Verdict::Undecided(_) => (Glyph::Unknown, Tone::Info),
    };
    let mut line = mark(glyph, tone).to_vec();
    line.push(plain(super::super::answers::answer(trace)));
    if page.flips > 0 {
        let times = if page.flips == 1 { "once".to_owned() } else { format!("{} times", page.flips) };
        line.push(dim(format!("  The outcome has changed {times} since this was opened.")));
    }
    vec![line]
}

fn no_trace(no: &NoTrace) -> String {
    match no {
        NoTrace::NoClient(client, near) => {
            let near =
                super::super::answers::near_client(near).map(|near| format!(" There is {near}.")).unwrap_or_default();
            format!("There is no client {}.{near}", steps::client(client))
        }
        NoTrace::Unseen(client, kind) => {
            format!("Whether there is a client {} is not known: {} are not known.", steps::client(client), kind.name())
        }
        NoTrace::BadName(bad) => format!("The name cannot be looked up: {}.", super::super::answers::bad_name(bad)),
    }
}

fn row(state: &State, page: &TracePage, trace: &Trace, line: &SheetLine<'_, TraceBody>) -> Row {
    let mut cells = if let Some(part) = Part::of(trace, line.entry.body) {
        parts::cells(part)
    } else if let TraceBody::Zone(at) = line.entry.body {
        page.zones.get(at).map(parts::zone).unwrap_or_default()
    } else {
        parts::zones_head()
    };
    if let (TraceBody::Alike(_, more), Some(cell)) = (line.entry.body, cells.get_mut(1)) {
        cell.pieces.push(dim(format!("  +{more} alike")));
    }
    if dimmed(trace, line.entry.body) {
        for piece in cells.iter_mut().flat_map(|cell: &mut super::super::Cell| &mut cell.pieces) {
            picture::fade(piece);
        }
    }
    let mark = page.mark(&line.entry.id, state.now).map(|fresh| Mark { kind: MarkKind::Changed, fresh });
    Row { cells, mark, ..blank_row(line) }
}

/// What comes after a step that fails is only what would be.
fn dimmed(trace: &Trace, body: TraceBody) -> bool {
    let stage = match body {
        TraceBody::Step(at) => trace.steps.get(at).map(|step| step.stage),
        TraceBody::Run(_) | TraceBody::Candidate(..) | TraceBody::Query(..) => Some(crate::trace::Stage::Queries),
        TraceBody::Server(_) | TraceBody::Search(_) => Some(crate::trace::Stage::Resolver),
        TraceBody::Owner(_) => Some(crate::trace::Stage::Service),
        TraceBody::Port(_) => Some(crate::trace::Stage::Port),
        TraceBody::Way(_) | TraceBody::Share(..) | TraceBody::Zones | TraceBody::Zone(_) => {
            Some(crate::trace::Stage::Endpoints)
        }
        TraceBody::Last(_) => Some(crate::trace::Stage::Container),
        TraceBody::Policy(_) => Some(crate::trace::Stage::Policy),
        TraceBody::Finding(_) | TraceBody::Alike(..) | TraceBody::Evidence(..) => None,
    };
    stage.and_then(|stage| trace.step(stage)).is_some_and(|step: &Step| step.would_be)
}

/// How a step is marked.
fn standing(step: &Step) -> (Glyph, Tone) {
    match step.standing {
        _ if step.would_be => (Glyph::Unknown, Tone::Dim),
        Standing::Ok => (Glyph::Yes, Tone::Good),
        Standing::Partly => (Glyph::Attention, Tone::Warn),
        Standing::NotChecked => (Glyph::Unknown, Tone::Info),
        Standing::Fails => (Glyph::No, Tone::Bad),
    }
}

/// How a finding is marked.
fn weight(weight: Weight) -> (Glyph, Tone) {
    match weight {
        Weight::Blocks => (Glyph::No, Tone::Bad),
        Weight::Hurts => (Glyph::Attention, Tone::Warn),
        Weight::Note => (Glyph::Dot, Tone::Dim),
    }
}

/// A pane higher than this has room for the picture of the path.
const PICTURE: u16 = 22;

/// What the line is, what proves it, and the kubectl line that shows it.
fn pane(state: &State, page: &TracePage) -> Pane {
    let mut pane =
        Pane { title: Line::new(), lines: Vec::new(), indent: LABEL, scroll: state.detail_scroll, ..Pane::default() };
    let (Ok(trace), Some(line)) = (&page.answer, page.listing.current()) else {
        pane.title = vec![dim("nothing to explain")];
        return pane;
    };
    let Some(part) = Part::of(trace, line.entry.body) else { return pane };
    match part {
        Part::Finding(finding) => {
            let (glyph, tone) = weight(finding.weight);
            pane.title = mark(glyph, tone).to_vec();
            pane.title.extend([plain(finding.reason.id()), dim(format!("  {}", finding.reason.rule()))]);
            pane.lines.push(labelled("cause", plain(reason(&finding.reason))));
            for evidence in finding.evidence.iter().take(6) {
                let words =
                    format!("{} {}: {}", proof::object(&evidence.source), evidence.path, proof::value(evidence));
                pane.lines.push(labelled("proof", plain(words)));
            }
            pane.lines.extend(finding.evidence.first().map(|first| labelled("see", dim(first.kubectl()))));
        }
        Part::Evidence(evidence) => {
            pane.title = vec![plain(proof::object(&evidence.source)), dim(format!("  {}", evidence.path))];
            pane.lines.push(labelled("value", plain(proof::value(evidence))));
            pane.lines.push(labelled("see", dim(evidence.kubectl())));
        }
        Part::Step(step) => {
            let (glyph, tone) = standing(step);
            pane.title = mark(glyph, tone).to_vec();
            pane.title.push(plain(step.stage.id()));
            pane.lines.push(labelled("what", text(steps::line(step), Tone::Text)));
            pane.lines.extend(
                super::super::answers::confidence(&step.confidence).map(|words| labelled("how sure", plain(words))),
            );
            pane.lines.push(labelled("rule", dim(steps::rule(step.stage))));
        }
        Part::Run(_)
        | Part::Candidate(_)
        | Part::Query(..)
        | Part::Server(_)
        | Part::Search(_)
        | Part::Owner(_)
        | Part::Port(_)
        | Part::Way(_)
        | Part::Share(_)
        | Part::Last(_)
        | Part::Policy(_) => {
            pane.title = vec![plain(parts::title(part))];
            pane.lines.extend(parts::details(part).into_iter().map(|(label, words)| labelled(label, plain(words))));
        }
    }
    if state.layout().detail.height > PICTURE {
        let columns = usize::from(state.layout().detail.width.saturating_sub(6));
        pane.lines.extend([Line::new(), vec![text("path", Tone::Title)]]);
        pane.lines.extend(picture::picture(trace, columns));
    }
    pane
}
