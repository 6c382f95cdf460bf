//! A trace as text: the answer, the steps, the findings.

use super::step::query;
use crate::report::proof;
use crate::trace::client::Library;
use crate::trace::path::{Body, Candidate, Fate, Run, Share, Standing, Step, Trace, Way};
use crate::view;
use crate::view::escape::safe;

/// Columns before what a step says.
const INDENT: usize = 24;
/// Endpoints that are named where not every one is asked for.
const MOST: usize = 12;

/// The text of a trace; `wide` adds every query, every endpoint and the proofs.
pub fn trace_text(trace: &Trace, wide: bool) -> String {
    let mut lines = vec![view::answer(trace)];
    lines.extend(view::confidence(&trace.confidence).map(|words| format!("({words})")));
    lines.push(String::new());
    for step in &trace.steps {
        lines.extend(self::step(step, wide));
    }
    if !trace.findings.is_empty() {
        lines.push(String::new());
        lines.extend(proof::all(&trace.findings, wide, (!wide).then_some("-o wide")));
    }
    lines.iter().map(|line| safe(line.trim_end()).into_owned() + "\n").collect()
}

fn step(step: &Step, wide: bool) -> Vec<String> {
    let unchecked = step.standing == Standing::NotChecked;
    let standing = if step.would_be && !unchecked { "would be" } else { view::standing(step.standing) };
    let mut lines = vec![format!("{:<11}{standing:<13}{}", step.stage.id(), view::step_line(step))];
    let mut below = details(&step.body, wide);
    below.extend(view::confidence(&step.confidence).map(|words| format!("({words})")));
    lines.extend(below.into_iter().map(|line| format!("{:INDENT$}{line}", "")));
    lines
}

/// What a step says beside its line.
fn details(body: &Body, wide: bool) -> Vec<String> {
    match body {
        Body::Client(_) => Vec::new(),
        Body::Resolver(found) if wide => {
            let searches = found.conf.searches.iter().map(|search| format!("search {search}"));
            searches.chain(found.conf.options.iter().map(|option| format!("option {option}"))).collect()
        }
        Body::Resolver(_) => Vec::new(),
        Body::Queries(runs) => runs.iter().flat_map(|run| self::run(run, runs.len() > 1, wide)).collect(),
        Body::Owner(owners) => owners.iter().skip(1).map(view::step_owner).collect(),
        Body::Port(ports) if ports.len() > 1 => ports.iter().map(view::step_port).collect(),
        Body::Port(_) => Vec::new(),
        Body::Endpoints(ways) => ways.iter().flat_map(|way| self::way(way, ways.len() > 1, wide)).collect(),
        Body::Container(lasts) => lasts.iter().skip(1).map(view::step_listener).collect(),
        Body::Policy(policies) if policies.len() > 1 => policies.iter().map(ToString::to_string).collect(),
        Body::Policy(_) => Vec::new(),
    }
}

fn run(run: &Run, several: bool, wide: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if several || wide {
        let names: Vec<String> = run.libraries.iter().map(Library::to_string).collect();
        lines.push(format!("{}: {}", names.join(", "), view::outcome(run)));
    }
    lines.extend(run.asked.iter().map(candidate));
    lines
}

/// `web.shop.svc.cluster.local.  A 10.96.0.5, AAAA NODATA  (used)`
fn candidate(candidate: &Candidate) -> String {
    if candidate.name.is_empty() {
        return "(search domains of the machine that are not visible)".to_owned();
    }
    let replies: Vec<String> = candidate
        .replies
        .iter()
        .map(|(kind, reply)| {
            let answer = reply.as_ref().map_or("not known".to_owned(), view::reply);
            format!("{} {answer}", query(*kind))
        })
        .collect();
    let used = if candidate.used { "  (used)" } else { "" };
    format!("{}  {}{used}", candidate.name, replies.join(", "))
}

fn way(way: &Way, several: bool, wide: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let lost = view::lost(&way.fate);
    if several && way.fate != Fate::Direct || lost.is_some() {
        lines.push(format!("to {}: {}", way.to, lost.unwrap_or("goes on")));
    }
    let most = if wide { usize::MAX } else { MOST };
    lines.extend(way.shares.iter().take(most).map(share));
    if way.shares.len() > most {
        lines.push(format!("and {} more (-o wide)", way.shares.len() - most));
    }
    lines
}

fn share(share: &Share) -> String {
    let part = view::portion(share);
    let pod = share.pod.as_ref().map_or("-", |key| key.name.as_str());
    let place: Vec<&str> = share.node.iter().chain(&share.zone).map(|text| text.as_str()).collect();
    let doubt = if share.doubtful && share.one_in.is_some() { ", but its pod is not ready or gone" } else { "" };
    let words = format!("{}{doubt}", view::choice(&share.why));
    let rest: Vec<String> =
        [pod.to_owned(), place.join(" "), words].into_iter().filter(|part| !part.is_empty()).collect();
    format!("{:<22} {part:>6}  {}", share.to.to_string(), rest.join("  "))
}
