//! Who has an address or a name, and who held the address before.

use super::super::answers::holder;
use super::super::churn::{span, time_of_day};
use super::super::pieces::{cell, dim, mark, plain, text};
use super::super::{Cell, Glyph, Line, Main, Pane, Piece, Row, Table, Tone};
use super::{LABEL, blank_row, crumb, labelled, left};
use crate::app::{SheetLine, State, WhoBody, WhoPage};
use crate::churn::{Hold, When};
use crate::model::Addresses;
use crate::trace::who::{Owner, Who};

pub(super) fn main(state: &State, page: &WhoPage) -> Main {
    let lines = page.listing.window(state.page());
    let cursor = (!lines.is_empty()).then(|| page.listing.sheet.at - page.listing.sheet.top);
    Main {
        crumbs: vec![crumb("Services"), crumb(format!("who has {}", page.asked))],
        answer: vec![answer(page)],
        table: Table {
            columns: vec![
                left("HOLDER", 28, 50, 1, 0),
                left("FROM", 10, 10, 0, 0),
                left("TO", 8, 8, 0, 0),
                left("FOR", 6, 6, 0, 2),
                left("BEFORE THAT", 18, 44, 1, 1),
            ],
            rows: lines.iter().map(|line| row(state, page, line)).collect(),
            cursor,
            above: page.listing.sheet.top,
            total: page.listing.lines().len(),
            empty: Vec::new(),
        },
        detail: state.detail.then(|| pane(state, page)),
    }
}

/// The answer in a sentence.
fn answer(page: &WhoPage) -> Line {
    let who = &page.who;
    let (glyph, tone) = match (who.owners.is_empty(), &who.conflict, who.blind.is_empty()) {
        (_, Some(_), _) => (Glyph::No, Tone::Bad),
        (false, None, _) => (Glyph::Yes, Tone::Good),
        (true, None, true) => (Glyph::No, Tone::Warn),
        (true, None, false) => (Glyph::Unknown, Tone::Info),
    };
    let mut line = mark(glyph, tone).to_vec();
    line.push(match (who.owners.as_slice(), &who.conflict) {
        (_, Some((one, other))) => {
            text(format!("{} and {} cannot both have it.", holder(one), holder(other)), Tone::Bad)
        }
        ([], None) if who.blind.is_empty() => plain(format!("Nobody has {}.", page.asked)),
        ([], None) => plain(format!("Nobody that is known has {}, and not all is known.", page.asked)),
        (_, None) => plain(holders(who)),
    });
    if !who.near.is_empty() {
        line.push(dim(format!("  near: {}", who.near.join(", "))));
    }
    line
}

/// The holders in a sentence.
fn holders(who: &Who) -> String {
    let all = who.holders();
    let Some((first, entries)) = all.first() else { return String::new() };
    let mut services: Vec<&str> = entries
        .iter()
        .filter_map(|owner| match owner {
            Owner::Endpoint { service: Some(service), .. } => Some(service.name.as_str()),
            Owner::Endpoint { service: None, .. }
            | Owner::Service(..)
            | Owner::Pod { .. }
            | Owner::Node(_)
            | Owner::Namespace(_) => None,
        })
        .collect();
    services.dedup();
    let serves = if services.is_empty() { String::new() } else { format!(", endpoint of {}", services.join(" and ")) };
    let others = if all.len() > 1 { format!(", and {} more", all.len() - 1) } else { String::new() };
    format!("{}{serves}{others}.", holder(first))
}

fn row(state: &State, page: &WhoPage, line: &SheetLine<'_, WhoBody>) -> Row {
    let cells = match line.entry.body {
        WhoBody::Owner(at) => page.who.owners.get(at).map(|owner| vec![cell(plain(holder(owner)))]).unwrap_or_default(),
        WhoBody::History => vec![cell(dim("pods that held the address, the latest first"))],
        WhoBody::Hold(at) => page.holds.get(at).map(|hold| held(state, hold)).unwrap_or_default(),
    };
    Row { cells, ..blank_row(line) }
}

/// One pod's time with the address, as it was known at the moment shown.
fn held(state: &State, hold: &Hold) -> Vec<Cell> {
    let clock = |time| time_of_day(time, state.utc_offset);
    let from = match hold.from {
        When::Seen(at) => plain(clock(at)),
        When::Server(at) => dim(format!("≥{}", clock(at))),
    };
    let to = hold.to.filter(|to| *to <= state.now);
    let length = to.unwrap_or(state.now).since(hold.from.time());
    let reused = hold.reused.as_ref().map(|reuse| {
        let words = match reuse.after {
            0 => format!("{} still had it", reuse.before.name),
            after => format!("{} let go of it {} before", reuse.before.name, span(after)),
        };
        Cell {
            pieces: vec![Piece::Glyph(Glyph::Attention, Tone::Bad), text(format!(" {words}"), Tone::Bad)],
            tint: None,
        }
    });
    vec![
        cell(plain(format!("pod {}", hold.pod))),
        cell(from),
        cell(to.map_or_else(|| text("still", Tone::Good), |to| plain(clock(to)))),
        cell(dim(span(length))),
        reused.unwrap_or_default(),
    ]
}

fn pane(state: &State, page: &WhoPage) -> Pane {
    let mut lines = Vec::new();
    if let (Some(since), Some(_)) = (page.since, Addresses::parse_one(&page.asked)) {
        let words = format!("who held it is known since {}", time_of_day(since, state.utc_offset));
        lines.push(labelled("history", plain(words)));
    }
    if page.holds.iter().any(|hold| matches!(hold.from, When::Server(_))) {
        lines.push(labelled("≥", dim("it was created then, and had the address at some time after")));
    }
    let reused = page.holds.iter().filter(|hold| hold.reused.is_some()).count();
    if reused > 0 {
        let words = "a pod had it shortly after another: clients that still mean the other one talk to a stranger";
        lines.push(labelled("reused", text(words, Tone::Bad)));
    }
    if !page.who.blind.is_empty() {
        let kinds: Vec<&str> = page.who.blind.iter().map(|kind| kind.resource()).collect();
        let watched = page.who.blind.iter().all(|kind| state.store.complete(*kind));
        let words = if watched {
            format!("only {} is watched: no {} of other namespaces", state.session.scope, kinds.join(", "))
        } else {
            format!("not all is known: {}", kinds.join(", "))
        };
        lines.push(labelled("blind", text(words, Tone::Info)));
    }
    Pane { title: vec![plain(&page.asked)], lines, indent: LABEL, scroll: state.detail_scroll, ..Pane::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;

    #[test]
    fn an_endpoint_that_names_a_holder_is_no_other_one() {
        let pod =
            |name: &str| Owner::Pod { pod: Key::new("shop", name), node: None, ended: false, host_network: false };
        let endpoint = |service: &str, target: &str| Owner::Endpoint {
            slice: Key::new("shop", "slice"),
            service: Some(Key::new("shop", service)),
            target: Some(Key::new("shop", target)),
            ready: true,
        };
        let own = [pod("web-1"), endpoint("web", "web-1"), endpoint("api", "web-1")];
        let of = |owners: &[Owner]| holders(&Who { owners: owners.to_vec(), ..Who::default() });
        assert_eq!(of(&own), "pod shop/web-1, endpoint of web and api.");
        assert_eq!(of(&[pod("web-1"), Owner::Node("n1".into())]), "pod shop/web-1, and 1 more.");
        assert!(of(&[endpoint("web", "gone")]).starts_with("endpoint of Service web for gone"));
    }
}
