//! When an age on the screen changes next: an idle program must not wake for what nobody can see.

use super::State;
use crate::churn::Subject;
use crate::delta::Health;
use crate::model::{ContainerState, Kind, Time};
use crate::outline::{Body, Line};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// When the written age of something at `at` changes next: seconds below a minute, minutes below an hour, then hours.
pub(super) fn next_change(at: Time, now: Time) -> Time {
    let age = (now.0 - at.0).max(0);
    let unit = if age < MINUTE {
        SECOND
    } else if age < HOUR {
        MINUTE
    } else {
        HOUR
    };
    Time(at.0 + (age / unit + 1) * unit)
}

impl State {
    /// When a line's thing last changed, as far as it is known: what we saw, else what the object itself tells.
    pub fn changed(&self, line: &Line) -> Option<Time> {
        let service = &line.node.service;
        let latest = |subject| self.recent.marks.latest(&subject).map(|mark| mark.at);
        match &line.body {
            Body::Service => {
                let created = self.store.service(service).and_then(|service| service.meta.created);
                let inside = self.recent.marks.inside_at(service);
                latest(Subject::Service(service.clone())).max(inside).or(created)
            }
            Body::Port(_) => None,
            Body::Slice(slice) => {
                latest(Subject::Slice(slice.meta.key.clone())).or(slice.triggered).or(slice.meta.created)
            }
            Body::Row { row, gone } => {
                let pod = row.target.pod().and_then(|pod| pod.ready_since.or(pod.meta.created));
                (*gone).or_else(|| latest(Subject::Row(service.clone(), row.id.clone()))).or(row.since).or(pod)
            }
            Body::Pod(pod) => pod.meta.created,
            Body::Container(pod, container) => pod.status(&container.name).and_then(|status| match &status.state {
                ContainerState::Running { since } => *since,
                ContainerState::Terminated { at, .. } => *at,
                ContainerState::Waiting { .. } => None,
            }),
        }
    }
}

/// When an age in the window or in the header changes next.
pub(super) fn deadline(state: &State) -> Option<Time> {
    let now = state.now;
    let changed = state.window().into_iter().filter_map(|line| Some(next_change(state.changed(&line)?, now)));
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
        | Health::NotServed => None,
    });
    changed.chain(lost).min()
}
