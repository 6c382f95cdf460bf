//! The path as a picture: boxes from the client down to the Service, and each endpoint on a branch with its share.

use super::parts::mark_of;
use super::steps::{client, nameserver};
use crate::trace::Stage;
use crate::trace::path::{Body, Fate, Owner, Run, Share, Trace, Verdict, Way};
use crate::view::answers::portion;
use crate::view::escape::width;
use crate::view::pieces::{bar, dim, mark, plain, text};
use crate::view::{Glyph, Line, Piece, Tone};

/// Endpoints that are drawn of one way.
const MOST: usize = 12;
/// Cells of a bar.
const BAR: u16 = 8;
/// Columns of what stands in a box, at most.
const WIDEST: usize = 44;

/// The lines of the picture, so many columns wide at most.
pub(super) fn picture(trace: &Trace, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    boxed(&mut lines, &client(&trace.question.client));
    let asked = trace.step(Stage::Queries).is_some();
    for step in &trace.steps {
        let from = lines.len();
        match &step.body {
            Body::Resolver(resolver) => {
                let server = resolver.servers.first().map_or("the machine's own resolver".to_owned(), nameserver);
                down(&mut lines, Vec::new());
                boxed(&mut lines, &server);
            }
            Body::Queries(runs) => down(&mut lines, runs.first().map(|run| answer(trace, run)).unwrap_or_default()),
            Body::Owner(owners) => {
                for (at, owner) in owners.iter().enumerate() {
                    if at > 0 || !asked {
                        down(&mut lines, Vec::new());
                    }
                    boxed(&mut lines, &short(owner));
                }
            }
            Body::Endpoints(ways) => ways_below(&mut lines, ways, columns),
            Body::Client(_) | Body::Port(_) | Body::Container(_) | Body::Policy(_) => {}
        }
        if step.would_be {
            lines.iter_mut().skip(from).flatten().for_each(fade);
        }
    }
    lines
}

/// What would only be has no colour.
pub(super) fn fade(piece: &mut Piece) {
    if let Piece::Text(_, tone) | Piece::Glyph(_, tone) | Piece::Bar { tone, .. } = piece {
        *tone = Tone::Dim;
    }
}

/// The name that was used, or that there is none.
fn answer(trace: &Trace, run: &Run) -> Line {
    match (run.asked.iter().find(|candidate| candidate.used), trace.verdict) {
        (Some(used), _) => vec![dim(&used.name)],
        (None, Verdict::Undecided(Stage::Client | Stage::Resolver | Stage::Queries)) => {
            vec![text("not known", Tone::Info)]
        }
        (None, Verdict::Undecided(_) | Verdict::Fails(_) | Verdict::Resolves) => vec![text("no answer", Tone::Bad)],
        (None, Verdict::Reaches { .. } | Verdict::Intermittent { .. }) => vec![text("not known", Tone::Info)],
    }
}

/// A box with words in it.
fn boxed(lines: &mut Vec<Line>, words: &str) {
    let words: String =
        if width(words) > WIDEST { words.chars().take(WIDEST - 1).chain(['…']).collect() } else { words.to_owned() };
    let line = "─".repeat(width(&words) + 2);
    lines.push(vec![dim(format!("┌{line}┐"))]);
    lines.push(vec![dim("│ "), plain(words), dim(" │")]);
    lines.push(vec![dim(format!("└{line}┘"))]);
}

/// An arrow down from the last box, with words beside it.
fn down(lines: &mut [Line], words: Line) {
    let Some(line) = lines.last_mut() else { return };
    if let Some(Piece::Text(border, _)) = line.first_mut() {
        *border = border.replacen("└──", "└─▼", 1);
    }
    if !words.is_empty() {
        line.push(dim("  "));
        line.extend(words);
    }
}

fn short(owner: &Owner) -> String {
    match owner {
        Owner::Service(key, _) => format!("Service {}", key.name),
        Owner::Headless(key) => format!("headless Service {}", key.name),
        Owner::Alias(_, target) => format!("alias of {}", target.trim_end_matches('.')),
        Owner::Pod(key) => format!("pod {}", key.name),
        Owner::Node(name) => format!("node {name}"),
        Owner::Nobody(address) => address.to_string(),
    }
}

fn ways_below(lines: &mut Vec<Line>, ways: &[Way], columns: usize) {
    let direct = ways.iter().all(|way| way.fate == Fate::Direct);
    if direct {
        return shares(lines, &ways.iter().flat_map(|way| &way.shares).collect::<Vec<_>>(), columns);
    }
    for way in ways {
        lines.push(vec![dim("  │  "), plain(way.to)]);
        match way.fate {
            Fate::Balanced | Fate::Direct | Fate::Unknown(_) => {
                shares(lines, &way.shares.iter().collect::<Vec<_>>(), columns);
            }
            Fate::Refused(_) | Fate::Lost(_) | Fate::Passed(_) => {
                let mut line = vec![dim("  └─ ")];
                line.extend(mark(Glyph::No, Tone::Bad));
                line.push(text(super::answers::fate(&way.fate), Tone::Bad));
                lines.push(line);
            }
        }
    }
}

fn shares(lines: &mut Vec<Line>, shares: &[&Share], columns: usize) {
    let shown = shares.len().min(MOST);
    let longest = shares.iter().take(shown).map(|share| share.to.to_string().len()).max().unwrap_or(0);
    // Branch, bar, percentage, glyph, and two columns between.
    let left = columns.saturating_sub(5 + usize::from(BAR) + 9 + 2 + longest + 2);
    for (at, share) in shares.iter().take(shown).enumerate() {
        let last = at + 1 == shares.len();
        let (glyph, tone) = mark_of(share);
        let mut line: Line = vec![dim(if last { "  └─ " } else { "  ├─ " })];
        line.push(bar(usize::from(share.one_in.is_some()) * 1000 / share.one_in.unwrap_or(1), 1000, BAR, tone));
        line.push(plain(format!(" {:>6}  ", portion(share))));
        line.extend(mark(glyph, tone));
        line.push(plain(format!("{:<longest$}", share.to.to_string())));
        line.extend(share.pod.as_ref().and_then(|pod| ending(&pod.name, left)).map(|name| dim(format!("  {name}"))));
        lines.push(line);
    }
    if shares.len() > shown {
        lines.push(vec![Piece::text(format!("  └─ and {} more", shares.len() - shown), Tone::Dim)]);
    }
}

/// The end of a name, which tells a pod from the others of its kind; nothing where there is hardly room.
fn ending(name: &str, room: usize) -> Option<String> {
    let length = name.chars().count();
    match room {
        0..6 => None,
        room if length <= room => Some(name.to_owned()),
        room => Some(format!("…{}", name.chars().skip(length + 1 - room).collect::<String>())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::proxy::{Missing, Standing as Choice};

    #[test]
    fn a_share_that_cannot_be_told_is_not_nought() {
        let share = |one_in, why| Share {
            to: ([10, 0, 0, 7], 8080).into(),
            one_in,
            why,
            pod: None,
            uid: None,
            node: None,
            zone: None,
            masquerade: None,
            doubtful: false,
        };
        for (share, expected) in [
            (share(None, Choice::Unknown(Missing::EntryNode)), "?"),
            (share(None, Choice::OtherZone), "0 %"),
            (share(Some(2), Choice::Chosen), "50 %"),
        ] {
            let mut lines = Vec::new();
            shares(&mut lines, &[&share], 80);
            let words = lines.iter().flatten().filter_map(|piece| match piece {
                Piece::Text(words, _) => Some(words.trim()),
                Piece::Glyph(..) | Piece::Bar { .. } | Piece::Spark(..) | Piece::Life(..) | Piece::Fill => None,
            });
            assert!(words.clone().any(|words| words == expected), "{expected}: {:?}", words.collect::<Vec<_>>());
        }
    }
}
