//! Why a Service has the endpoints that it has, or none; why a pod is behind a Service, or not (§5.2, and what of §5.3
//! does not depend on the client). First cause first.
//!
//! Pure answers over the store; the current time is an argument.

mod pod;
mod service;
mod slices;

pub use pod::{of_member, target_port, unready};
pub use service::{of_pod, of_service, settles};

use super::Stage;
use super::evidence::Evidence;
use super::{Finding, Reason, Weight};

/// A finding about membership, certain.
fn found(weight: Weight, reason: Reason, evidence: impl IntoIterator<Item = Evidence>) -> Finding {
    Finding { reason, stage: Stage::Endpoints, weight, certain: true, evidence: evidence.into_iter().collect() }
}

fn hurts(reason: Reason, evidence: impl IntoIterator<Item = Evidence>) -> Finding {
    found(Weight::Hurts, reason, evidence)
}

fn blocks(reason: Reason, evidence: impl IntoIterator<Item = Evidence>) -> Finding {
    found(Weight::Blocks, reason, evidence)
}

fn note(reason: Reason, evidence: impl IntoIterator<Item = Evidence>) -> Finding {
    found(Weight::Note, reason, evidence)
}

/// The gravest first; among equals in the order in which they were found.
fn ordered(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.weight));
    findings
}
