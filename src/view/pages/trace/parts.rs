//! The parts of a trace as cells of its table, and as details.

use super::answers::fate;
use super::steps::{last, nameserver, owner, port};
use super::{proof, standing, steps, weight};
use crate::app::Part;
use crate::trace::client::Query;
use crate::trace::dns::{Outcome, RecordData, Reply};
use crate::trace::path::{Candidate, Run, Share, ZoneView};
use crate::trace::proxy::Standing as Choice;
use crate::view::answers::portion;
use crate::view::pieces::{bar, dim, many, mark, plain, text};
use crate::view::{Cell, Glyph, Line, Piece, Tone, reason};

fn cells_of(step: Line, what: Line, kind: Line, answer: Line, why: Line) -> Vec<Cell> {
    [step, what, kind, answer, why].into_iter().map(|pieces| Cell { pieces, tint: None }).collect()
}

/// Words that run on over all columns after the first.
fn wide(step: Line, words: Line) -> Vec<Cell> {
    cells_of(step, words, Line::new(), Line::new(), Line::new())
}

/// The cells of a part.
pub(super) fn cells(part: Part<'_>) -> Vec<Cell> {
    let empty = Line::new;
    match part {
        Part::Step(step) => {
            let (glyph, tone) = standing(step);
            let mut head = mark(glyph, tone).to_vec();
            head.push(plain(step.stage.id()));
            let mut words = vec![plain(steps::line(step))];
            words.extend(crate::view::confidence(&step.confidence).map(|words| dim(format!("   {words}"))));
            wide(head, words)
        }
        Part::Run(run) => wide(empty(), run_words(run)),
        Part::Candidate(candidate) if candidate.name.is_empty() => {
            wide(empty(), vec![dim("the machine's own search domains, which are not visible")])
        }
        Part::Candidate(candidate) => {
            let (kinds, answer, why) = replies(candidate);
            let name = if candidate.used { plain(&candidate.name) } else { dim(&candidate.name) };
            let mut why = why;
            if candidate.used {
                why.extend([
                    Piece::text("  ", Tone::Dim),
                    Piece::Glyph(Glyph::Yes, Tone::Good),
                    text(" used", Tone::Good),
                ]);
            }
            cells_of(empty(), vec![name], vec![dim(kinds)], answer, why)
        }
        Part::Query(query, reply) => {
            let (answer, why) =
                reply.map(|reply| outcome(query, reply)).unwrap_or_else(|| (vec![dim("not known")], empty()));
            cells_of(empty(), empty(), vec![dim(kind(query))], answer, why)
        }
        Part::Server(server) => wide(empty(), vec![dim("nameserver "), plain(nameserver(server))]),
        Part::Search(search) => wide(empty(), vec![dim("search "), plain(search)]),
        Part::Owner(found) => wide(empty(), vec![plain(owner(found))]),
        Part::Port(found) => wide(empty(), vec![plain(port(found))]),
        Part::Way(way) => cells_of(empty(), vec![plain(way.to)], empty(), vec![dim(fate(&way.fate))], empty()),
        Part::Share(share) => share_cells(share),
        Part::Last(found) => wide(empty(), vec![plain(last(found))]),
        Part::Policy(key) => wide(empty(), vec![plain(format!("NetworkPolicy {key}"))]),
        Part::Finding(finding) => {
            let (glyph, tone) = weight(finding.weight);
            let mut words = mark(glyph, tone).to_vec();
            if !finding.certain {
                words.push(text("possible: ", Tone::Info));
            }
            let quiet = finding.weight == crate::trace::Weight::Note;
            words.push(if quiet { dim(reason(&finding.reason)) } else { plain(reason(&finding.reason)) });
            wide(empty(), words)
        }
        Part::Evidence(evidence) => cells_of(
            empty(),
            vec![dim(format!("{} {}", proof::object(&evidence.source), evidence.path))],
            empty(),
            vec![plain(proof::value(evidence))],
            empty(),
        ),
    }
}

fn kind(query: Query) -> &'static str {
    match query {
        Query::A => "A",
        Query::Aaaa => "AAAA",
        Query::Srv => "SRV",
        Query::Ptr => "PTR",
    }
}

fn run_words(run: &Run) -> Line {
    let names: Vec<String> = run.libraries.iter().map(ToString::to_string).collect();
    vec![plain(names.join(", ")), dim(format!("  {}", crate::view::outcome(run)))]
}

/// The queries of a candidate on one line: those alike share a word.
fn replies(candidate: &Candidate) -> (String, Line, Line) {
    let told: Vec<(Query, (Line, Line))> = candidate
        .replies
        .iter()
        .map(|(query, reply)| {
            (
                *query,
                reply.as_ref().map_or_else(|| (vec![dim("not known")], Line::new()), |reply| outcome(*query, reply)),
            )
        })
        .collect();
    let kinds =
        |told: &[(Query, (Line, Line))]| told.iter().map(|(query, _)| kind(*query)).collect::<Vec<_>>().join(" ");
    match told.as_slice() {
        [] => (String::new(), Line::new(), Line::new()),
        [(query, (answer, why))] => (kind(*query).to_owned(), answer.clone(), why.clone()),
        [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => {
            (kinds(&told), first.0.clone(), first.1.clone())
        }
        several => {
            // The one that has records speaks; the others stand below.
            let best = several
                .iter()
                .find(|(_, (answer, _))| answer.iter().any(|piece| matches!(piece, Piece::Text(_, Tone::Text))));
            let (query, (answer, why)) = best.unwrap_or(&several[0]);
            (kind(*query).to_owned(), answer.clone(), why.clone())
        }
    }
}

/// What a reply says, and why.
fn outcome(query: Query, reply: &Reply) -> (Line, Line) {
    let ttl = reply.ttl.map(|ttl| dim(format!("ttl {ttl}"))).into_iter().collect::<Line>();
    match &reply.outcome {
        Outcome::Records(records) => {
            let words: Vec<String> = records
                .iter()
                .filter_map(|record| match &record.data {
                    RecordData::A(address) => Some(address.to_string()),
                    RecordData::Aaaa(address) => Some(address.to_string()),
                    RecordData::Cname(name) => Some(format!("→ {name}")),
                    RecordData::Srv { port, target, .. } => Some(format!("{port} {target}")),
                    RecordData::Ptr(name) | RecordData::Ns(name) => Some(name.to_string()),
                    RecordData::Txt(text) => Some(text.to_string()),
                    RecordData::Soa { .. } => None,
                })
                .collect();
            let _ = query;
            let more = words.len().saturating_sub(3);
            let mut line = vec![plain(words.into_iter().take(3).collect::<Vec<_>>().join(" "))];
            if more > 0 {
                line.push(dim(format!(" +{more}")));
            }
            (line, ttl)
        }
        Outcome::NoData(why) => (vec![text("no data", Tone::Dim)], vec![dim(super::answers::why(why))]),
        Outcome::NameError(why) => (vec![text("NXDOMAIN", Tone::Dim)], vec![dim(super::answers::why(why))]),
        Outcome::ServFail(_) => (vec![text("SERVFAIL", Tone::Bad)], Line::new()),
        Outcome::Refused(_) => (vec![text("REFUSED", Tone::Bad)], Line::new()),
        Outcome::Silent(_) => (vec![text("no reply at all", Tone::Bad)], Line::new()),
        Outcome::Forwarded(to) => {
            let to: Vec<&str> = to.iter().map(|to| to.as_str()).collect();
            (vec![text("forwarded", Tone::Info)], vec![dim(format!("to {}", to.join(", ")))])
        }
        Outcome::Unknown(_) => (vec![text("not known", Tone::Info)], Line::new()),
    }
}

/// Cells of a share's bar.
const BAR: u16 = 12;

/// How an endpoint is marked.
pub(super) fn mark_of(share: &Share) -> (Glyph, Tone) {
    match (&share.why, share.one_in) {
        (_, Some(_)) if share.doubtful => (Glyph::NotReady, Tone::Bad),
        (Choice::ChosenAsLast, _) => (Glyph::Draining, Tone::Warn),
        (_, Some(_)) => (Glyph::Ready, Tone::Good),
        (Choice::NotReady { .. }, None) => (Glyph::NotReady, Tone::Bad),
        (Choice::Lingering, None) => (Glyph::Draining, Tone::Warn),
        (_, None) => (Glyph::NotEndpoint, Tone::Dim),
    }
}

fn share_cells(share: &Share) -> Vec<Cell> {
    let (glyph, tone) = mark_of(share);
    let mut what = mark(glyph, tone).to_vec();
    what.push(plain(share.to));
    let one_in = share.one_in;
    let mut answer = vec![bar(usize::from(one_in.is_some()) * 1000 / one_in.unwrap_or(1), 1000, BAR, tone)];
    answer.push(plain(format!(" {:>5}", portion(share))));
    let mut why = share.pod.as_ref().map(|pod| vec![plain(&pod.name)]).unwrap_or_default();
    let place: Vec<&str> = share.node.iter().chain(&share.zone).map(|text| text.as_str()).collect();
    why.push(dim(format!("  {}", place.join(" "))));
    if let Some(words) = choice(&share.why) {
        why.push(text(format!("  {words}"), if one_in.is_some() { Tone::Warn } else { Tone::Dim }));
    }
    cells_of(Line::new(), what, Line::new(), answer, why)
}

/// Why an endpoint has no share, or an odd one.
fn choice(why: &Choice) -> Option<&'static str> {
    match why {
        Choice::Chosen => None,
        Choice::ChosenAsLast => Some("shutting down, the last left"),
        Choice::NotReady { terminating: true, .. } => Some("shutting down"),
        Choice::NotReady { .. } => Some("NOT-READY"),
        Choice::Lingering => Some("shutting down"),
        Choice::OtherZone => Some("meant for other zones"),
        Choice::OtherNode => Some("meant for other nodes"),
        Choice::NotLocal => Some("on another node, policy Local"),
        Choice::NotUsed => Some("not used"),
        Choice::Unknown(_) => Some("cannot be said"),
    }
}

/// The head of the zones.
pub(super) fn zones_head() -> Vec<Cell> {
    wide(Line::new(), vec![dim("zones: what the clients of each get")])
}

/// A zone, and what its clients get.
pub(super) fn zone(zone: &ZoneView) -> Vec<Cell> {
    let name = zone.zone.as_ref().map_or("without a zone".to_owned(), |name| format!("zone {name}"));
    let what = vec![plain(name), dim(format!("  {}, {}", many(zone.nodes, "node"), many(zone.clients, "pod")))];
    let shares: Vec<String> =
        zone.shares.iter().map(|(to, share)| format!("{} {}.{} %", to.ip(), share / 10, share % 10)).collect();
    let mut answer = vec![if shares.is_empty() { text("nothing", Tone::Bad) } else { plain(shares.join("   ")) }];
    if let Some(times) = zone.overloaded {
        answer.push(text(format!("   overloaded ×{}.{}", times / 10, times % 10), Tone::Warn));
    }
    if zone.only_one {
        answer.push(text("   one endpoint alone", Tone::Warn));
    }
    vec![
        Cell::default(),
        Cell { pieces: what, tint: None },
        Cell::default(),
        Cell { pieces: answer, tint: None },
        Cell::default(),
    ]
}

/// What the pane of a part is called.
pub(super) fn title(part: Part<'_>) -> String {
    match part {
        Part::Candidate(candidate) => candidate.name.to_string(),
        Part::Share(share) => share.to.to_string(),
        Part::Way(way) => way.to.to_string(),
        Part::Server(server) => server.address.to_string(),
        Part::Search(search) => search.to_string(),
        Part::Owner(found) => owner(found),
        Part::Port(found) => port(found),
        Part::Last(found) => last(found),
        Part::Policy(key) => key.to_string(),
        Part::Run(run) => run.libraries.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Part::Query(query, _) => kind(query).to_owned(),
        Part::Step(_) | Part::Finding(_) | Part::Evidence(_) => String::new(),
    }
}

/// What else is to be said of a part: labels and words.
pub(super) fn details(part: Part<'_>) -> Vec<(&'static str, String)> {
    match part {
        Part::Share(share) => {
            let gets = Some(portion(share)).filter(|gets| gets != "0 %");
            let mut lines = vec![("share", gets.unwrap_or_else(|| "none".to_owned()))];
            lines.extend(choice(&share.why).map(|words| ("why", words.to_owned())));
            lines.extend(share.pod.as_ref().map(|pod| ("pod", pod.to_string())));
            lines.extend(share.node.as_ref().map(|node| ("node", node.to_string())));
            lines.extend(share.zone.as_ref().map(|zone| ("zone", zone.to_string())));
            if share.masquerade.is_some() {
                lines.push(("source", "the endpoint sees the node's address, not the client's".to_owned()));
            }
            lines
        }
        Part::Candidate(candidate) => candidate
            .replies
            .iter()
            .filter_map(|(query, reply)| Some((kind(*query), words(&outcome(*query, reply.as_ref()?)))))
            .collect(),
        Part::Query(query, Some(reply)) => vec![("answer", words(&outcome(query, reply)))],
        Part::Way(way) => vec![("fate", fate(&way.fate).to_owned())],
        Part::Query(_, None)
        | Part::Step(_)
        | Part::Run(_)
        | Part::Server(_)
        | Part::Search(_)
        | Part::Owner(_)
        | Part::Port(_)
        | Part::Last(_)
        | Part::Policy(_)
        | Part::Finding(_)
        | Part::Evidence(_) => Vec::new(),
    }
}

fn words((answer, why): &(Line, Line)) -> String {
    let text = |line: &Line| {
        let words =
            line.iter().filter_map(|piece| if let Piece::Text(text, _) = piece { Some(text.as_str()) } else { None });
        words.collect::<String>()
    };
    format!("{}  {}", text(answer), text(why))
}
