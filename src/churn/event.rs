//! What an entry of the ledger says: on what, what happened, when, why.

use std::net::IpAddr;

use super::{Lag, Subject, When, Why};
use crate::model::{Text, Time};
use crate::store::{Cause, Row};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number: entries are numbered from 0 as they come, and keep their number.
    pub number: u64,
    /// When we heard of it.
    pub at: Time,
    /// When it happened.
    pub when: When,
    /// Whether it happened just now, or at some time since the stream was lost.
    pub heard: Cause,
    /// What it happened to.
    pub on: Subject,
    /// Of a slice: the Service that it names, in its namespace.
    pub service: Option<Text>,
    /// Of a row: the name of its pod, held or only named by the slice.
    pub pod: Option<Text>,
    /// What happened.
    pub event: Event,
    /// Why. Later events may tell better, within [`super::Ledger::LOOK_AHEAD`].
    pub why: Why,
    /// How long it came after what should have led to it at once.
    pub lag: Option<Lag>,
}

/// Where a pod or an address stands, seen from one Service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Neither selected nor in a slice.
    #[default]
    Absent,
    /// Selected, in no slice.
    Waiting,
    /// In a slice, not ready.
    NotReady,
    /// In a slice and ready.
    Ready,
    /// In a slice, terminating, still serving.
    Draining,
    /// In a slice, terminating, not serving.
    Ending,
}

impl Stage {
    /// Each of them.
    pub const ALL: [Self; 6] = [Self::Absent, Self::Waiting, Self::NotReady, Self::Ready, Self::Draining, Self::Ending];

    /// The word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Waiting => "waiting",
            Self::NotReady => "not-ready",
            Self::Ready => "ready",
            Self::Draining => "draining",
            Self::Ending => "ending",
        }
    }

    /// The stage of a row, or of none.
    pub fn of(row: Option<&Row>) -> Self {
        let Some(row) = row else { return Self::Absent };
        let facts = row.facts().or_else(|| row.members.first().map(|member| member.facts));
        match facts {
            None => Self::Waiting,
            Some(facts) if facts.ready => Self::Ready,
            Some(facts) if facts.terminating && facts.serving => Self::Draining,
            Some(facts) if facts.terminating => Self::Ending,
            Some(_) => Self::NotReady,
        }
    }

    /// Whether a slice holds it.
    pub fn in_slice(self) -> bool {
        match self {
            Self::Absent | Self::Waiting => false,
            Self::NotReady | Self::Ready | Self::Draining | Self::Ending => true,
        }
    }
}

/// What differs in an endpoint that stays where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The selector matches it now, or no longer.
    Selection,
    /// Its addresses.
    Addresses,
    /// The numbers of its ports.
    Ports,
    /// Which slices hold it.
    Slices,
    /// Node, zone or hostname.
    Place,
    /// `hints`
    Hints,
    /// Another pod stands behind it.
    Pod,
}

impl Detail {
    /// Each of them.
    pub const ALL: [Self; 7] =
        [Self::Selection, Self::Addresses, Self::Ports, Self::Slices, Self::Place, Self::Hints, Self::Pod];

    /// The word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Selection => "selection",
            Self::Addresses => "addresses",
            Self::Ports => "ports",
            Self::Slices => "slices",
            Self::Place => "place",
            Self::Hints => "hints",
            Self::Pod => "pod",
        }
    }
}

/// The times that an object told of a pod that is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// `creationTimestamp`
    pub created: Option<Time>,
    /// When it was given its node.
    pub scheduled: Option<Time>,
    /// When the kubelet took it up.
    pub started: Option<Time>,
    /// Since when it was Ready, if it was at the end.
    pub ready: Option<Time>,
    /// `deletionTimestamp`: when its grace ends or ended.
    pub deleted: Option<Time>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A row of a Service went from one stage to another.
    Moved {
        /// Where it stood.
        from: Stage,
        /// Where it stands.
        to: Stage,
    },
    /// A row of a Service stays in its stage, but something else about it changed.
    Changed(Detail),
    /// An object came to be.
    Came,
    /// An object is gone.
    Went,
    /// A pod is gone; what its object told.
    PodWent(Box<Stamps>),
    /// Another object has the name.
    Replaced,
    /// A Service's selector was edited.
    Selector,
    /// A Service's ports were edited.
    Ports,
    /// Something else in the object was edited.
    Edited,
    /// A pod was bound to a node.
    Scheduled(Text),
    /// A pod got an address.
    Addressed(IpAddr),
    /// A pod or node became Ready.
    Ready,
    /// A pod or node lost its readiness.
    NotReady,
    /// A container of a pod was started again; restarts so far.
    Restarted(u32),
    /// A pod's labels were edited.
    Relabelled,
    /// Deletion of a pod was asked for.
    Deleting,
    /// A pod's containers have ended for good.
    Ended,
    /// A node was closed to new pods.
    Cordoned,
    /// A node was opened again.
    Uncordoned,
}

impl Event {
    /// Every word that [`Event::id`] gives, for filters, help, schema and tests.
    pub const IDS: [&'static str; 25] = [
        "selected",
        "dropped",
        "joined",
        "left",
        "endpoint-ready",
        "endpoint-not-ready",
        "draining",
        "ending",
        "changed",
        "came",
        "went",
        "replaced",
        "selector",
        "ports",
        "edited",
        "scheduled",
        "addressed",
        "ready",
        "not-ready",
        "restarted",
        "relabelled",
        "deleting",
        "ended",
        "cordoned",
        "uncordoned",
    ];

    /// The word for JSON.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Moved { from, to } => match (from.in_slice(), to) {
                (false, Stage::Waiting) => "selected",
                (false, Stage::Absent) => "dropped",
                (false, Stage::NotReady | Stage::Ready | Stage::Draining | Stage::Ending) => "joined",
                (true, Stage::Absent | Stage::Waiting) => "left",
                (true, Stage::Ready) => "endpoint-ready",
                (true, Stage::NotReady) => "endpoint-not-ready",
                (true, Stage::Draining) => "draining",
                (true, Stage::Ending) => "ending",
            },
            Self::Changed(_) => "changed",
            Self::Came => "came",
            Self::Went | Self::PodWent(_) => "went",
            Self::Replaced => "replaced",
            Self::Selector => "selector",
            Self::Ports => "ports",
            Self::Edited => "edited",
            Self::Scheduled(_) => "scheduled",
            Self::Addressed(_) => "addressed",
            Self::Ready => "ready",
            Self::NotReady => "not-ready",
            Self::Restarted(_) => "restarted",
            Self::Relabelled => "relabelled",
            Self::Deleting => "deleting",
            Self::Ended => "ended",
            Self::Cordoned => "cordoned",
            Self::Uncordoned => "uncordoned",
        }
    }
}
