//! How many endpoints of a Service were usable over time.

use std::collections::VecDeque;

use crate::model::Time;

/// From a moment on so many were usable; `None`: there was no such Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    at: Time,
    usable: Option<usize>,
}

/// The usable endpoints of a Service over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsableCount {
    steps: VecDeque<Step>,
    /// The oldest have been forgotten.
    shortened: bool,
}

impl UsableCount {
    /// Steps kept, the latest: more than a line of cells needs.
    pub const KEPT: usize = 256;
    /// Steps that are kept even where room is short.
    const FEW: usize = 16;

    /// As many all the time; none are not known to have been wanted.
    pub(super) fn steady(from: Time, usable: usize) -> Self {
        let mut count = Self::default();
        if usable > 0 {
            count.stand(from, usable);
        }
        count
    }

    /// From now on so many.
    pub(super) fn stand(&mut self, at: Time, usable: usize) {
        self.step(Step { at, usable: Some(usable) });
    }

    /// From now on there is no such Service: what does not exist lacks nothing.
    pub(super) fn end(&mut self, at: Time) {
        self.step(Step { at, usable: None });
    }

    fn step(&mut self, step: Step) {
        // What is heard together happened together.
        if self.steps.back().is_some_and(|last| last.at == step.at) {
            self.steps.pop_back();
        }
        if self.steps.back().map(|last| last.usable) == Some(step.usable) {
            return;
        }
        if self.steps.len() == Self::KEPT {
            self.forget();
        }
        self.steps.push_back(step);
    }

    fn forget(&mut self) {
        self.steps.pop_front();
        self.shortened = true;
    }

    /// Forgets the older half, while there are more than a few steps; whether there were.
    pub(super) fn halve(&mut self) -> bool {
        let wanted = (self.steps.len() / 2).max(Self::FEW);
        let shorter = wanted < self.steps.len();
        while wanted < self.steps.len() {
            self.forget();
        }
        self.steps.shrink_to_fit();
        shorter
    }

    /// Since when it is known, if what was before has been forgotten.
    pub fn since(&self) -> Option<Time> {
        self.steps.front().filter(|_| self.shortened).map(|step| step.at)
    }

    /// What lies from one moment to another.
    pub(super) fn between(&self, from: Time, to: Time) -> Self {
        let first = self.steps.partition_point(|step| step.at <= from).saturating_sub(1);
        let end = self.steps.partition_point(|step| step.at <= to);
        let steps = self.steps.range(first.min(end)..end);
        let shortened = self.shortened && self.steps.front().is_some_and(|step| step.at > from);
        Self { steps: steps.map(|step| Step { at: step.at.max(from), ..*step }).collect(), shortened }
    }

    /// The fewest, and when that was first so.
    pub fn least(&self) -> Option<(usize, Time)> {
        self.steps.iter().filter_map(|step| Some((step.usable?, step.at))).min()
    }

    /// The most.
    pub fn most(&self) -> usize {
        self.steps.iter().filter_map(|step| step.usable).max().unwrap_or(0)
    }

    /// The fewest from one moment to before another; `None` where nothing counts.
    pub fn within(&self, from: Time, to: Time) -> Option<usize> {
        let begun = self.steps.partition_point(|step| step.at < to.max(from.plus(1)));
        let first = self.steps.partition_point(|step| step.at <= from).saturating_sub(1);
        self.steps.range(first.min(begun)..begun).filter_map(|step| step.usable).min()
    }

    /// An estimate, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.steps.capacity() * size_of::<Step>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(steps: &[(i64, usize)]) -> UsableCount {
        let mut count = UsableCount::default();
        for (at, usable) in steps {
            count.stand(Time(*at), *usable);
        }
        count
    }

    #[test]
    fn the_fewest_of_a_span_are_counted_and_not_those_at_its_end() {
        let usable = count(&[(0, 2), (10, 1), (11, 2)]);
        assert_eq!((usable.least(), usable.most()), (Some((1, Time(10))), 2));
        let within = |from, to| usable.within(Time(from), Time(to));
        assert_eq!(
            [within(0, 10), within(5, 20), within(10, 11), within(11, 30)],
            [Some(2), Some(1), Some(1), Some(2)]
        );
        assert_eq!(within(-5, 0), None, "before the record");
    }

    #[test]
    fn what_is_heard_together_is_no_gap() {
        assert_eq!(count(&[(0, 1), (20, 0), (20, 1)]).least(), Some((1, Time(0))));
    }

    #[test]
    fn what_does_not_exist_lacks_nothing() {
        let mut usable = count(&[(0, 2), (10, 0)]);
        usable.end(Time(10));
        assert_eq!((usable.least(), usable.within(Time(12), Time(20))), (Some((2, Time(0))), None));
        usable.stand(Time(30), 1);
        assert_eq!(usable.least(), Some((1, Time(30))));
    }

    #[test]
    fn a_part_of_it_begins_as_it_stood_and_knows_nothing_of_later() {
        let usable = count(&[(0, 3), (10, 0), (20, 2), (30, 1)]);
        assert_eq!(usable.between(Time(5), Time(9)), count(&[(5, 3)]));
        assert_eq!(usable.between(Time(15), Time(20)), count(&[(15, 0), (20, 2)]));
        assert_eq!(usable.between(Time(-9), Time(-1)), count(&[]));
    }

    #[test]
    fn where_room_is_short_the_latest_steps_stay_and_it_is_said_since_when() {
        let mut usable = UsableCount::default();
        for at in 0..600 {
            usable.stand(Time(at), usize::from(at % 2 == 0));
        }
        assert_eq!((usable.steps.len(), usable.within(Time(0), Time(80))), (UsableCount::KEPT, None));
        assert_eq!(usable.since(), Some(Time(600 - UsableCount::KEPT as i64)));
        assert_eq!(usable.between(Time(500), Time(600)).since(), None, "all of it is known");
        while usable.halve() {}
        assert_eq!((usable.steps.len(), usable.since()), (UsableCount::FEW, Some(Time(600 - UsableCount::FEW as i64))));
    }
}
