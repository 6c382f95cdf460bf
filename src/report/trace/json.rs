//! A trace as JSON: `assets/trace.schema.json`.

use serde::Serialize;

use super::step::{StepDocument, step};
use crate::report::finding::{ConfidenceDocument, FindingDocument, confidence, finding};
use crate::trace::client::Wanted;
use crate::trace::path::{Trace, Verdict};
use crate::trace::{Asked, AskedPort, Client, Question};
use crate::view;

/// The version of the format.
const VERSION: &str = "podpath.trace/v1";

/// A trace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceDocument {
    version: &'static str,
    question: QuestionDocument,
    /// One sentence.
    answer: String,
    verdict: VerdictDocument,
    confidence: ConfidenceDocument,
    steps: Vec<StepDocument>,
    /// The gravest first.
    findings: Vec<FindingDocument>,
    /// What was not known, in words.
    blind_spots: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct QuestionDocument {
    /// Null where an address was asked for.
    name: Option<String>,
    address: Option<String>,
    port: Option<String>,
    protocol: String,
    records: &'static str,
    client: ClientDocument,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ClientDocument {
    kind: &'static str,
    namespace: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct VerdictDocument {
    outcome: &'static str,
    /// Where it fails or can no longer be told.
    stage: Option<&'static str>,
    /// Endpoints that can be reached, over all ports and addresses of the name.
    reached: Option<usize>,
    /// Of how many that the client may get.
    of: Option<usize>,
    exit_code: u8,
}

/// The document of a trace.
pub fn trace_document(trace: &Trace, blind_spots: Vec<String>, exit_code: u8) -> TraceDocument {
    TraceDocument {
        version: VERSION,
        question: question(&trace.question),
        answer: view::answer(trace),
        verdict: verdict(trace.verdict, exit_code),
        confidence: confidence(&trace.confidence),
        steps: trace.steps.iter().map(step).collect(),
        findings: trace.findings.iter().map(finding).collect(),
        blind_spots,
    }
}

fn question(question: &Question) -> QuestionDocument {
    let (name, address) = match &question.asked {
        Asked::Name(name) => (Some(name.clone()), None),
        Asked::Address(address) => (None, Some(address.to_string())),
    };
    QuestionDocument {
        name,
        address,
        port: question.port.as_ref().map(|port| match port {
            AskedPort::Number(number) => number.to_string(),
            AskedPort::Name(name) => name.clone(),
        }),
        protocol: question.protocol.to_string(),
        records: match question.wanted {
            Wanted::Any => "any",
            Wanted::V4 => "A",
            Wanted::V6 => "AAAA",
            Wanted::Srv => "SRV",
            Wanted::Ptr => "PTR",
        },
        client: match &question.client {
            Client::Pod(key) => ClientDocument {
                kind: "pod",
                namespace: Some(key.namespace.to_string()),
                name: Some(key.name.to_string()),
            },
            Client::Node(name) => ClientDocument { kind: "node", namespace: None, name: Some(name.to_string()) },
            Client::Namespace(name) => {
                ClientDocument { kind: "namespace", namespace: Some(name.to_string()), name: None }
            }
            Client::Outside => ClientDocument { kind: "outside", namespace: None, name: None },
        },
    }
}

fn verdict(verdict: Verdict, exit_code: u8) -> VerdictDocument {
    let (outcome, stage, reached, of) = match verdict {
        Verdict::Reaches { endpoints } => ("reaches", None, Some(endpoints), Some(endpoints)),
        Verdict::Intermittent { reached, of } => ("intermittent", None, Some(reached), Some(of)),
        Verdict::Resolves => ("resolves", None, None, None),
        Verdict::Fails(stage) => ("fails", Some(stage.id()), None, None),
        Verdict::Undecided(stage) => ("undecided", Some(stage.id()), None, None),
    };
    VerdictDocument { outcome, stage, reached, of, exit_code }
}
