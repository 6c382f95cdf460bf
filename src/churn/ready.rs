//! How many endpoints of a Service were ready over time, told by their lives.

use super::{Lane, Stage};
use crate::model::Time;

/// From a moment on so many were ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    at: Time,
    ready: usize,
}

/// The ready endpoints of a Service over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadyCount {
    steps: Vec<Step>,
}

impl ReadyCount {
    /// Over the lives of all its endpoints. `from_before`: it is known to have had none when the record began. Else what
    /// lies before its first ready endpoint does not count: it is not known to have wanted one.
    pub fn of(lanes: &[Lane], from_before: bool) -> Self {
        let mut moves: Vec<(Time, Stage, Stage)> = Vec::new();
        for lane in lanes {
            let mut before = Stage::Absent;
            for (at, stage) in &lane.stages {
                moves.push((*at, before, *stage));
                before = *stage;
            }
        }
        moves.sort_by_key(|(at, ..)| *at);
        let mut ready = 0_usize;
        let mut steps: Vec<Step> = Vec::new();
        for (at, before, after) in moves {
            let count = |stage| usize::from(stage == Stage::Ready);
            ready = (ready + count(after)).saturating_sub(count(before));
            match steps.last_mut() {
                // What is heard together happened together.
                Some(last) if last.at == at => last.ready = ready,
                Some(_) | None => steps.push(Step { at, ready }),
            }
        }
        let first = if from_before { 0 } else { steps.iter().position(|step| step.ready > 0).unwrap_or(steps.len()) };
        steps.drain(..first);
        Self { steps }
    }

    /// The fewest, and when that was first so.
    pub fn least(&self) -> Option<(usize, Time)> {
        self.steps.iter().map(|step| (step.ready, step.at)).min()
    }

    /// The most.
    pub fn most(&self) -> usize {
        self.steps.iter().map(|step| step.ready).max().unwrap_or(0)
    }

    /// The fewest from one moment to before another; `None` where nothing counts.
    pub fn within(&self, from: Time, to: Time) -> Option<usize> {
        let begun = self.steps.partition_point(|step| step.at < to.max(from.plus(1)));
        let first = self.steps.partition_point(|step| step.at <= from).saturating_sub(1);
        self.steps.get(first..begun)?.iter().map(|step| step.ready).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Key;
    use crate::store::RowId;

    fn lane(stages: &[(i64, Stage)]) -> Lane {
        let stages = stages.iter().map(|(at, stage)| (Time(*at), *stage)).collect();
        Lane { service: Key::new("shop", "web"), id: RowId::Name("web-1".into()), pod: None, stages }
    }

    #[test]
    fn the_fewest_of_a_span_are_counted_and_not_those_at_its_end() {
        let steady = lane(&[(0, Stage::Ready)]);
        let blinks = lane(&[(0, Stage::Ready), (10, Stage::NotReady), (11, Stage::Ready)]);
        let ready = ReadyCount::of(&[steady, blinks], false);
        assert_eq!((ready.least(), ready.most()), (Some((1, Time(10))), 2));
        let within = |from, to| ready.within(Time(from), Time(to));
        assert_eq!(
            [within(0, 10), within(5, 20), within(10, 11), within(11, 30)],
            [Some(2), Some(1), Some(1), Some(2)]
        );
        assert_eq!(within(-5, 0), None, "before the record");
    }

    #[test]
    fn a_replacement_heard_at_once_is_no_gap() {
        let old = lane(&[(0, Stage::Ready), (20, Stage::Absent)]);
        let new = lane(&[(0, Stage::Absent), (20, Stage::Ready)]);
        assert_eq!(ReadyCount::of(&[old, new], false).least(), Some((1, Time(0))));
    }

    #[test]
    fn what_was_before_the_first_endpoint_counts_only_where_it_is_known_to_have_been_an_outage() {
        let lanes = [lane(&[(0, Stage::Absent), (5, Stage::NotReady), (9, Stage::Ready)])];
        assert_eq!(ReadyCount::of(&lanes, false).least(), Some((1, Time(9))));
        assert_eq!(ReadyCount::of(&lanes, true).least(), Some((0, Time(0))));
    }
}
