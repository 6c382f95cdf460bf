//! Findings as lines of text, with their proof.

use crate::trace::{Evidence, Finding, Weight, alike};
use crate::view;

/// Findings of one kind that are told one by one; of more, the first stands for all.
const FEW: usize = 3;

/// All findings. Where many are alike the first stands for them, and it is said where all are (`elsewhere`).
pub(super) fn all(findings: &[Finding], wide: bool, elsewhere: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    for (first, others) in alike(findings) {
        lines.extend(self::lines(first, wide));
        match elsewhere.filter(|_| others.len() >= FEW) {
            Some(output) => lines.push(format!("       and {} more alike ({output})", others.len())),
            None => lines.extend(others.into_iter().flat_map(|other| self::lines(other, wide))),
        }
    }
    lines
}

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
