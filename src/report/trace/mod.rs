//! A trace as JSON, as text, and as a picture for other programs to draw.

mod graph;
mod json;
mod step;
mod text;

pub use graph::{dot, mermaid};
pub use json::{TraceDocument, trace_document};
pub use text::trace_text;

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::trace::path::{Share, Trace, Verdict};
use crate::trace::proxy::Standing as Choice;
use crate::trace::{Blind, Client, Confidence, Stage};
use crate::view;

/// A trace in one sentence. A client that stands nowhere in particular is no fault: it only decides the last choice.
fn answer(trace: &Trace) -> String {
    let anywhere = matches!(trace.question.client, Client::Namespace(_));
    let open = matches!(trace.verdict, Verdict::Undecided(Stage::Endpoints));
    if !anywhere || !open || trace.confidence != Confidence::Unknown(Blind::ClientNode) {
        return view::answer(trace);
    }
    let of: BTreeSet<IpAddr> = trace.ways().iter().flat_map(|way| &way.shares).map(|share| share.to.ip()).collect();
    let (question, count) = (view::question(&trace.question), of.len());
    format!("{question}: it depends on the client's node which of {count} endpoints it gets.")
}

/// Which part of a client's connections an endpoint gets: `50 %`, `0 %`, or `?` where that cannot be told.
fn part(share: &Share) -> String {
    let unknown = matches!(share.why, Choice::Unknown(_));
    share.one_in.map_or_else(|| if unknown { "?" } else { "0 %" }.to_owned(), view::percent)
}
