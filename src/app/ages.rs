//! When an age on the screen changes next: an idle program must not wake for what nobody can see.

use super::State;
use crate::churn::Subject;
use crate::delta::Health;
use crate::model::{ContainerState, ContainerStatus, Key, Kind, NodeReady, Pod, Time};
use crate::outline::{Body, Line};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// When the written age of something at `at` changes next: seconds below a minute, minutes below an hour, then hours.
pub(super) fn next_change(at: Time, now: Time) -> Time {
    let age = (now.0.saturating_sub(at.0)).max(0);
    let unit = if age < MINUTE {
        SECOND
    } else if age < HOUR {
        MINUTE
    } else {
        HOUR
    };
    at.plus((age / unit + 1) * unit)
}

impl State {
    /// When a line's thing last changed, as far as it is known: what we saw, else what the object itself tells.
    pub fn changed(&self, line: &Line) -> Option<Time> {
        let service = &line.node.service;
        let marks = &self.recent.marks;
        let latest = |subject| marks.latest(&subject).map(|mark| mark.at);
        match &line.body {
            Body::Service(held) => {
                let own = latest(Subject::Service(service.clone()));
                own.max(marks.inside_at(service)).or(held.meta.created)
            }
            Body::Gone(_, at) => Some(*at),
            Body::Ghost => marks.inside_at(service),
            Body::Port(_) | Body::Unbound => None,
            Body::Slice(slice) => {
                latest(Subject::Slice(slice.meta.key.clone())).or(slice.triggered).or(slice.meta.created)
            }
            Body::Row { row, gone } => {
                let pod = row.target.pod().and_then(|pod| pod.ready_since.or(pod.meta.created));
                (*gone).or_else(|| latest(Subject::Row(service.clone(), row.id.clone()))).or(row.since).or(pod)
            }
            Body::Pod(pod) => pod.meta.created,
            Body::Container(pod, at) => {
                let container = pod.containers.get(*at)?;
                container_time(pod.status(&container.name)?)
            }
        }
    }

    /// All moments whose age the details of a line may tell.
    fn told(&self, line: &Line) -> Vec<Time> {
        let mut times: Vec<Option<Time>> = Vec::new();
        match &line.body {
            Body::Service(service) => {
                times.push(service.meta.created);
                times.extend(self.slice_times(&line.node.service));
            }
            Body::Gone(_, at) => times.push(Some(*at)),
            Body::Ghost => times.extend(self.slice_times(&line.node.service)),
            Body::Port(_) | Body::Unbound => {}
            Body::Slice(slice) => times.extend([slice.meta.created, slice.triggered]),
            Body::Row { row, gone } => {
                times.extend([*gone, row.since]);
                if let Some(pod) = row.target.pod() {
                    times.extend(self.pod_times(pod));
                }
            }
            Body::Pod(pod) | Body::Container(pod, _) => times.extend(self.pod_times(pod)),
        }
        times.into_iter().flatten().collect()
    }

    fn slice_times(&self, service: &Key) -> impl Iterator<Item = Option<Time>> {
        self.store.slices_of(service).map(|slice| slice.meta.created)
    }

    fn pod_times(&self, pod: &Pod) -> Vec<Option<Time>> {
        let mut times = vec![pod.meta.created, pod.meta.deleted, pod.ready_since];
        times.extend(pod.conditions.iter().map(|condition| condition.since));
        times.extend(pod.statuses.iter().map(container_time));
        if let Some(node) = pod.node.as_ref().and_then(|name| self.store.node(name))
            && let NodeReady::NotReady { since, .. } = &node.ready
        {
            times.push(*since);
        }
        times
    }
}

fn container_time(status: &ContainerStatus) -> Option<Time> {
    match &status.state {
        ContainerState::Running { since } => *since,
        ContainerState::Terminated { at, .. } => *at,
        ContainerState::Waiting { .. } => None,
    }
}

/// When an age in the window, in the details or in the header changes next.
pub(super) fn deadline(state: &State) -> Option<Time> {
    let now = state.now;
    let lines = state.window();
    let mut times: Vec<Time> = lines.iter().filter_map(|line| state.changed(line)).collect();
    if state.detail
        && let Some(line) = state.at.checked_sub(state.top).and_then(|at| lines.get(at))
    {
        times.extend(state.told(line));
    }
    let aged = times.into_iter().map(|at| next_change(at, now));
    let lost = Kind::ALL.into_iter().filter_map(|kind| match state.store.health(kind) {
        Health::Stale { since, retry_at, .. } if *retry_at > now => {
            Some(next_change(*since, now).min(now.plus(SECOND)))
        }
        Health::Stale { since, .. } => Some(next_change(*since, now)),
        Health::Failing { retry_at, .. } => (*retry_at > now).then(|| now.plus(SECOND)),
        Health::Waiting
        | Health::Loading { .. }
        | Health::Live
        | Health::Polling { .. }
        | Health::Forbidden { .. }
        | Health::NotServed
        | Health::NotGiven => None,
    });
    aged.chain(lost).filter(|at| *at > now).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_change_each_second_then_each_minute_then_each_hour() {
        let cases = [
            (0, 1_000),
            (59_999, 60_000),
            (60_000, 120_000),
            (3_599_999, 3_600_000),
            (3_600_001, 7_200_000),
            (90_000_000, 93_600_000),
        ];
        for (now, next) in cases {
            assert_eq!(next_change(Time(0), Time(now)), Time(next), "{now}");
        }
        assert_eq!(next_change(Time(5_000), Time(0)), Time(6_000), "what lies ahead has age 0");
    }
}
