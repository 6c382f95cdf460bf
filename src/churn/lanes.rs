//! The lives of endpoints side by side: which stage each stood in, from when to when.

use std::collections::BTreeMap;

use super::{Entry, Event, Stage, Subject};
use crate::model::{Key, Text, Time};
use crate::store::{RowId, Store};

/// One row of one Service over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The Service.
    pub service: Key,
    /// The row.
    pub id: RowId,
    /// The pod behind it.
    pub pod: Option<Text>,
    /// From when on it stood in which stage, by the time we heard of it; the first from when the record begins.
    pub stages: Vec<(Time, Stage)>,
}

impl Lane {
    /// The stage at a moment; `None` before the record.
    pub fn at(&self, at: Time) -> Option<Stage> {
        self.stages.iter().rev().find(|(since, _)| *since <= at).map(|(_, stage)| *stage)
    }

    /// The last stage.
    pub fn now(&self) -> Stage {
        self.stages.last().map_or(Stage::Absent, |(_, stage)| *stage)
    }

    /// Since when it stands in its last stage, where that was seen to begin.
    pub fn since(&self) -> Option<Time> {
        (self.stages.len() > 1).then(|| self.stages.last().map(|(at, _)| *at))?
    }

    /// The stages that it stood in from one moment to another.
    pub fn within(&self, from: Time, to: Time) -> impl Iterator<Item = Stage> {
        let first = self.at(from);
        let later = self.stages.iter().filter(move |(at, _)| *at > from && *at <= to).map(|(_, stage)| *stage);
        first.into_iter().chain(later)
    }
}

/// The lanes of a subject as they grow: what is heard is added, nothing is walked twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Lanes {
    subject: Subject,
    began: Option<Time>,
    lanes: BTreeMap<(Key, RowId), Lane>,
}

impl Lanes {
    /// Of a Service, of a row, or of a pod in each of its Services, over a record that began at `began`; empty as yet.
    pub fn new(subject: Subject, began: Option<Time>) -> Self {
        Self { subject, began, lanes: BTreeMap::new() }
    }

    /// Takes in entries, oldest first, that come after those heard before.
    pub fn hear<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) {
        let Some(began) = self.began else { return };
        for entry in entries {
            let (Subject::Row(service, id), Event::Moved { from, to }) = (&entry.on, &entry.event) else { continue };
            if !has(&self.subject, service, id) {
                continue;
            }
            let lane = self.lanes.entry((service.clone(), id.clone())).or_insert_with(|| Lane {
                service: service.clone(),
                id: id.clone(),
                pod: None,
                stages: vec![(began, *from)],
            });
            lane.pod = entry.pod.clone().or(lane.pod.take());
            lane.stages.push((entry.at, *to));
        }
    }

    /// Takes in what stands in the store as it is after all that was heard: also rows of which nothing was.
    pub fn meet(&mut self, then: &Store) {
        let Some(began) = self.began else { return };
        for service in services(&self.subject, then) {
            for row in then.rows(&service) {
                if has(&self.subject, &service, &row.id) {
                    let key = (service.clone(), row.id.clone());
                    let lane = self.lanes.entry(key).or_insert_with(|| Lane {
                        service: service.clone(),
                        id: row.id.clone(),
                        pod: None,
                        stages: vec![(began, Stage::of(Some(&row)))],
                    });
                    lane.pod = row.pod_key().map(|pod| pod.name).or(lane.pod.take());
                }
            }
        }
    }

    /// All of them; those that are there come first, and of the others the one that left last.
    pub fn sorted(&self) -> Vec<Lane> {
        let mut lanes: Vec<Lane> = self.lanes.values().cloned().collect();
        let gone = |lane: &Lane| lane.now() == Stage::Absent;
        lanes.sort_by(|one, other| {
            let when = |lane: &Lane| if gone(lane) { lane.since().map(|at| std::cmp::Reverse(at.0)) } else { None };
            (gone(one), when(one), &one.service, &one.pod, &one.id).cmp(&(
                gone(other),
                when(other),
                &other.service,
                &other.pod,
                &other.id,
            ))
        });
        lanes
    }
}

fn has(subject: &Subject, service: &Key, id: &RowId) -> bool {
    match subject {
        Subject::Service(own) => own == service,
        Subject::Row(own, row) => own == service && row == id,
        Subject::Pod(_, uid) => *id == RowId::Pod(uid.clone()),
        Subject::Slice(_) | Subject::Node(_) => false,
    }
}

/// The Services that a subject may have a row in.
fn services(subject: &Subject, store: &Store) -> Vec<Key> {
    match subject {
        Subject::Service(key) | Subject::Row(key, _) => vec![key.clone()],
        Subject::Pod(key, _) => store.services_of_pod(key),
        Subject::Slice(_) | Subject::Node(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(stages: &[(i64, Stage)]) -> Lane {
        let stages = stages.iter().map(|(at, stage)| (Time(*at), *stage)).collect();
        Lane { service: Key::new("shop", "web"), id: RowId::Name("web-1".into()), pod: None, stages }
    }

    #[test]
    fn a_lane_tells_its_stage_at_any_moment_of_the_record_and_nothing_before() {
        let lane = lane(&[(10, Stage::Absent), (20, Stage::NotReady), (25, Stage::Ready)]);
        let at = |at| lane.at(Time(at));
        assert_eq!(
            [at(9), at(10), at(19), at(20), at(99)].map(|stage| stage.map(Stage::id)),
            [None, Some("absent"), Some("absent"), Some("not-ready"), Some("ready")]
        );
        assert_eq!(lane.within(Time(15), Time(30)).collect::<Vec<_>>(), [Stage::Absent, Stage::NotReady, Stage::Ready]);
        assert_eq!((lane.now(), lane.since()), (Stage::Ready, Some(Time(25))));
    }
}
