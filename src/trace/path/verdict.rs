//! How a trace ends.

use super::step::{Body, Trace, Verdict, Way};
use super::{Halt, Walk};
use crate::trace::{Confidence, Stage, Weight};

impl Walk<'_> {
    /// Draws the conclusion.
    pub(super) fn end(self) -> Trace {
        let ways: &[Way] = self
            .steps
            .iter()
            .find_map(|step| if let Body::Endpoints(ways) = &step.body { Some(ways.as_slice()) } else { None })
            .unwrap_or_default();
        let chosen = || ways.iter().flat_map(|way| &way.shares).filter(|share| share.one_in.is_some());
        let (of, reached) = (chosen().count(), chosen().filter(|share| !share.doubtful).count());
        let blocks = self.findings.iter().filter(|finding| finding.certain && finding.weight == Weight::Blocks);
        let blocked = blocks.map(|finding| finding.stage).min();
        let verdict = match (self.halted, blocked) {
            (Some(Halt::Fails(stage)), _) => Verdict::Fails(stage),
            (Some(Halt::Undecided(stage)), _) => Verdict::Undecided(stage),
            (None, Some(stage)) if of == 0 || stage > Stage::Service => Verdict::Fails(stage),
            (None, _) if of == 0 => Verdict::Resolves,
            (None, _) if reached < of => Verdict::Intermittent { reached, of },
            (None, _) => Verdict::Reaches { endpoints: of },
        };
        let last = match verdict {
            Verdict::Fails(stage) | Verdict::Undecided(stage) => stage,
            Verdict::Reaches { .. } | Verdict::Intermittent { .. } | Verdict::Resolves => Stage::Policy,
        };
        let counts = || self.steps.iter().filter(|step| step.stage <= last && step.stage != Stage::Policy);
        let confidence = counts().map(|step| step.confidence.clone()).fold(Confidence::Exact, Confidence::and);
        // What rests on something that is not known is not known.
        let verdict = match (verdict, counts().find(|step| step.confidence.is_unknown())) {
            (Verdict::Reaches { .. } | Verdict::Intermittent { .. } | Verdict::Resolves, Some(step)) => {
                Verdict::Undecided(step.stage)
            }
            (verdict, _) => verdict,
        };
        let mut findings = self.findings;
        findings.sort_by_key(|finding| (std::cmp::Reverse(finding.weight), finding.stage));
        let (question, until) = (self.question.clone(), self.until);
        Trace { question, steps: self.steps, findings, verdict, confidence, until }
    }
}
