//! Findings as lines of text, with their proof.

use crate::trace::{Evidence, Finding, Weight};
use crate::view;

/// A finding, and with `wide` what proves it.
pub(super) fn lines(finding: &Finding, wide: bool) -> Vec<String> {
    let mark = match finding.weight {
        Weight::Blocks => "blocks",
        Weight::Hurts => "hurts",
        Weight::Note => "note",
    };
    let possible = if finding.certain { "" } else { "possible: " };
    let mut lines = vec![format!(
        "{mark:<7}{possible}{}  [{} {}]",
        view::reason(&finding.reason),
        finding.reason.id(),
        finding.reason.rule()
    )];
    if wide {
        lines.extend(finding.evidence.iter().flat_map(proof));
    }
    lines
}

fn proof(evidence: &Evidence) -> [String; 2] {
    let path = if evidence.path.is_empty() { String::new() } else { format!(" {}", evidence.path) };
    [
        format!("       proof: {}{path}: {}", view::proof_object(&evidence.source), view::proof_value(evidence)),
        format!("       {}", evidence.kubectl()),
    ]
}
