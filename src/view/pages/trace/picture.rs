//! The path as a picture: from the client down to the endpoints, with each one's share on its branch.

use super::parts::mark_of;
use super::steps::{client, nameserver};
use crate::trace::path::{Body, Fate, Owner, Share, Trace, Way};
use crate::view::answers::percent;
use crate::view::pieces::{bar, dim, mark, plain, text};
use crate::view::{Line, Piece, Tone};

/// Endpoints that are drawn of one way.
const MOST: usize = 12;
/// Cells of a bar.
const BAR: u16 = 8;

/// The lines of the picture.
pub(super) fn picture(trace: &Trace) -> Vec<Line> {
    let mut lines = vec![vec![plain(client(&trace.question.client))]];
    for step in &trace.steps {
        match &step.body {
            Body::Resolver(resolver) => {
                let server = resolver.servers.first().map_or("the node's own resolver".to_owned(), nameserver);
                down(&mut lines, Vec::new());
                lines.push(vec![plain(server)]);
            }
            Body::Queries(runs) => {
                let used = runs.first().and_then(|run| run.asked.iter().find(|candidate| candidate.used));
                let words = match (used, runs.first().map(|run| &run.outcome)) {
                    (Some(used), _) => vec![dim(&used.name)],
                    (None, Some(Err(_))) => vec![text("no answer", Tone::Bad)],
                    (None, _) => vec![text("not known", Tone::Info)],
                };
                down(&mut lines, words);
            }
            Body::Owner(owners) => {
                for (at, owner) in owners.iter().enumerate() {
                    if at > 0 || trace.steps.iter().all(|step| !matches!(step.body, Body::Queries(_))) {
                        down(&mut lines, Vec::new());
                    }
                    lines.push(vec![plain(short(owner))]);
                }
            }
            Body::Endpoints(ways) => ways_below(&mut lines, ways),
            Body::Client(_) | Body::Port(_) | Body::Container(_) | Body::Policy(_) => {}
        }
    }
    lines
}

/// An arrow down, with words beside it.
fn down(lines: &mut Vec<Line>, words: Line) {
    let mut line = vec![dim("  │")];
    if !words.is_empty() {
        line.push(dim("  "));
        line.extend(words);
    }
    lines.push(line);
    lines.push(vec![dim("  ▼")]);
}

fn short(owner: &Owner) -> String {
    match owner {
        Owner::Service(key, _) => format!("Service {}", key.name),
        Owner::Headless(key) => format!("headless Service {}", key.name),
        Owner::Alias(_, target) => format!("alias of {target}"),
        Owner::Pod(key) => format!("pod {}", key.name),
        Owner::Node(name) => format!("node {name}"),
        Owner::Nobody(address) => address.to_string(),
    }
}

fn ways_below(lines: &mut Vec<Line>, ways: &[Way]) {
    let direct = ways.iter().all(|way| way.fate == Fate::Direct);
    if direct {
        return shares(lines, &ways.iter().flat_map(|way| &way.shares).collect::<Vec<_>>());
    }
    for way in ways {
        lines.push(vec![dim("  │  "), plain(way.to)]);
        match way.fate {
            Fate::Balanced | Fate::Direct | Fate::Unknown(_) => shares(lines, &way.shares.iter().collect::<Vec<_>>()),
            Fate::Refused(_) | Fate::Lost(_) | Fate::Passed(_) => {
                let mut line = vec![dim("  └─ ")];
                line.extend(mark(crate::view::Glyph::No, Tone::Bad));
                line.push(text(super::answers::fate(&way.fate), Tone::Bad));
                lines.push(line);
            }
        }
    }
}

fn shares(lines: &mut Vec<Line>, shares: &[&Share]) {
    let shown = shares.len().min(MOST);
    let longest = shares.iter().take(shown).map(|share| share.to.to_string().len()).max().unwrap_or(0);
    for (at, share) in shares.iter().take(shown).enumerate() {
        let last = at + 1 == shares.len();
        let (glyph, tone) = mark_of(share);
        let one_in = share.one_in.map_or("0 %".to_owned(), percent);
        let mut line: Line = vec![dim(if last { "  └─ " } else { "  ├─ " })];
        line.push(bar(usize::from(share.one_in.is_some()) * 1000 / share.one_in.unwrap_or(1), 1000, BAR, tone));
        line.push(plain(format!(" {one_in:>6}  ")));
        line.extend(mark(glyph, tone));
        line.push(plain(format!("{:<longest$}", share.to.to_string())));
        lines.push(line);
    }
    if shares.len() > shown {
        lines.push(vec![Piece::text(format!("  └─ and {} more", shares.len() - shown), Tone::Dim)]);
    }
}
