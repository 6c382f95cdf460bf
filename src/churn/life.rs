//! The life line of an endpoint: its stages in order, each with its time.

use super::{Event, Ledger, Stage, Subject, When, Why};
use crate::model::{Key, Pod, Time};
use crate::store::{RowId, Store};

/// A stage in the life of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The pod was created.
    Created,
    /// It was bound to a node.
    Scheduled,
    /// The kubelet took it up.
    Started,
    /// It got its address.
    Addressed,
    /// It became Ready.
    Ready,
    /// The slice holds it.
    Joined,
    /// The slice says that it is ready.
    InService,
    /// The slice says that it is not ready.
    OutOfService,
    /// It lost its readiness.
    NotReady,
    /// Its deletion was asked for.
    Deleting,
    /// The slice says that it terminates.
    Draining,
    /// No slice holds it any more.
    Left,
    /// The pod is gone.
    Gone,
}

impl Step {
    /// Each of them, in their usual order.
    pub const ALL: [Self; 13] = [
        Self::Created,
        Self::Scheduled,
        Self::Started,
        Self::Addressed,
        Self::Ready,
        Self::Joined,
        Self::InService,
        Self::OutOfService,
        Self::NotReady,
        Self::Deleting,
        Self::Draining,
        Self::Left,
        Self::Gone,
    ];

    /// The word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Scheduled => "scheduled",
            Self::Started => "started",
            Self::Addressed => "addressed",
            Self::Ready => "ready",
            Self::Joined => "joined",
            Self::InService => "in-service",
            Self::OutOfService => "out-of-service",
            Self::NotReady => "not-ready",
            Self::Deleting => "deleting",
            Self::Draining => "draining",
            Self::Left => "left",
            Self::Gone => "gone",
        }
    }
}

/// One stage reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Passed {
    /// Which.
    pub step: Step,
    /// When.
    pub when: When,
    /// The entry that says so; `None` where only the object does.
    pub entry: Option<u64>,
    /// Why, where an entry says so.
    pub why: Option<Why>,
}

/// The life of one endpoint of one Service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Life {
    /// Its stages in order.
    pub passed: Vec<Passed>,
    /// While it drains: when its grace ends, by the server's clock.
    pub grace_ends: Option<Time>,
    /// Whether it began before the ledger does: earlier comings and goings are not known.
    pub older: bool,
}

impl Life {
    /// When it first reached a stage.
    pub fn first(&self, step: Step) -> Option<When> {
        self.passed.iter().find(|passed| passed.step == step).map(|passed| passed.when)
    }
}

impl Ledger {
    /// The life line of a row of a Service up to a moment; `store` is the store at that moment.
    pub fn life(&self, store: &Store, service: &Key, id: &RowId, until: Time) -> Life {
        let row = Subject::Row(service.clone(), id.clone());
        let mut life = Life::default();
        let skew = self.skew();
        for entry in self.entries().take_while(|entry| entry.at <= until) {
            let step = match (&entry.on, id) {
                (Subject::Row(..), _) if entry.on == row => row_step(&entry.event),
                (Subject::Pod(_, uid), RowId::Pod(own)) if uid == own => {
                    if let Event::PodWent(stamps) = &entry.event {
                        life.tell(Step::Created, stamps.created);
                        life.tell(Step::Scheduled, stamps.scheduled);
                        life.tell(Step::Started, stamps.started);
                        life.tell(Step::Ready, stamps.ready);
                        life.grace_ends = None;
                    }
                    pod_step(&entry.event)
                }
                (
                    Subject::Row(..) | Subject::Pod(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Node(_),
                    _,
                ) => None,
            };
            if let Some(step) = step {
                let why = Some(entry.why.clone());
                life.passed.push(Passed { step, when: entry.when, entry: Some(entry.number), why });
            }
        }
        if let Some(pod) = pod_of(store, service, id) {
            life.tell(Step::Created, pod.meta.created);
            life.tell(Step::Scheduled, pod.scheduled.map(Time::from));
            life.tell(Step::Started, pod.started.map(Time::from));
            life.tell(if pod.ready { Step::Ready } else { Step::NotReady }, pod.ready_since);
            life.grace_ends = pod.meta.deleted;
        }
        self.order(&mut life.passed);
        let created = life.passed.iter().find(|passed| passed.step == Step::Created);
        life.older = created.is_none_or(|created| {
            // A coming that was heard is none from before, whatever second the object tells.
            created.entry.is_none() && self.since().is_none_or(|since| created.when.ours(skew) < since)
        });
        life
    }
}

/// Pods and slices come in streams of their own: of two that come within so many milliseconds either may be first.
const STREAMS: u64 = 1_000;

/// Whether a stage of the pod leads to one of the slice.
fn leads(pod: Step, slice: Step) -> bool {
    matches!(
        (pod, slice),
        (Step::Addressed | Step::Ready, Step::Joined | Step::InService) | (Step::Deleting, Step::Draining)
    ) && (pod, slice) != (Step::Ready, Step::Joined)
}

impl Ledger {
    /// By their time on our clock. Objects tell whole seconds: what was heard promptly is ordered by that, and what was
    /// not comes, within its second, after the stages that lead to it.
    fn order(&self, passed: &mut Vec<Passed>) {
        let skew = self.skew();
        let prompt = |stage: &Passed| {
            let heard = self.entry(stage.entry?)?.at;
            (0..2_000).contains(&(heard.0 - stage.when.ours(skew).0)).then_some(heard)
        };
        let place = |stage: &Passed| {
            let from = stage.when.ours(skew);
            let at = |other: &Passed| prompt(other).unwrap_or(other.when.ours(skew));
            let earlier = passed.iter().filter(|other| other.step < stage.step).map(at);
            let within = earlier.filter(|at| (from..from.plus(1_000)).contains(at)).fold(from, Time::max);
            match stage.when {
                When::Seen(at) => at,
                When::Server(_) => prompt(stage).unwrap_or(within),
            }
        };
        let places = passed.iter().map(place);
        let mut placed: Vec<(Time, Step, usize)> =
            places.zip(0..).map(|(at, number)| (at, passed[number].step, number)).collect();
        placed.sort();
        for last in 1..placed.len() {
            let mut at = last;
            while at > 0 && leads(placed[at].1, placed[at - 1].1) && placed[at].0.since(placed[at - 1].0) < STREAMS {
                placed.swap(at, at - 1);
                at -= 1;
            }
        }
        *passed = placed.into_iter().map(|(_, _, number)| passed[number].clone()).collect();
    }
}

impl Life {
    /// What an object says, where no entry does.
    fn tell(&mut self, step: Step, time: Option<Time>) {
        if let Some(time) = time
            && !self.passed.iter().any(|passed| passed.step == step)
        {
            self.passed.push(Passed { step, when: When::Server(time), entry: None, why: None });
        }
    }
}

fn pod_of(store: &Store, service: &Key, id: &RowId) -> Option<std::sync::Arc<Pod>> {
    let rows = store.rows(service);
    rows.iter().find(|row| row.id == *id)?.target.pod().cloned()
}

fn row_step(event: &Event) -> Option<Step> {
    let Event::Moved { from, to } = event else { return None };
    match (from.in_slice(), to) {
        (_, Stage::Ready) => Some(Step::InService),
        (false, Stage::NotReady) => Some(Step::Joined),
        (true, Stage::NotReady) => Some(Step::OutOfService),
        (_, Stage::Draining | Stage::Ending) => Some(Step::Draining),
        (true, Stage::Absent | Stage::Waiting) => Some(Step::Left),
        (false, Stage::Absent | Stage::Waiting) => None,
    }
}

fn pod_step(event: &Event) -> Option<Step> {
    match event {
        Event::Came | Event::Replaced => Some(Step::Created),
        Event::Scheduled(_) => Some(Step::Scheduled),
        Event::Addressed(_) => Some(Step::Addressed),
        Event::Ready => Some(Step::Ready),
        Event::NotReady => Some(Step::NotReady),
        Event::Deleting => Some(Step::Deleting),
        Event::PodWent(_) | Event::Went => Some(Step::Gone),
        Event::Moved { .. }
        | Event::Changed(_)
        | Event::Selector
        | Event::Ports
        | Event::Edited
        | Event::Restarted(_)
        | Event::Relabelled
        | Event::Ended
        | Event::Cordoned
        | Event::Uncordoned => None,
    }
}
