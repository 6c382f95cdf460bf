//! Entries as JSON: one document, or a line each.

use serde::Serialize;

use super::cause::{self, CauseDocument};
use super::{Line, late};
use crate::churn::{Dropped, Entry, Event, Lag, Subject};
use crate::model::{Key, Text, Time};
use crate::store::RowId;
use crate::view;

/// The version of the format, of the document and of each line.
const VERSION: &str = "podpath.events/v1";

/// All that happened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventsDocument {
    version: &'static str,
    /// Of which Service; null: of all, or of another object.
    service: Option<String>,
    /// Of which object; null: of everything.
    about: Option<AboutDocument>,
    /// From when on it was recorded; null: nothing was, the objects themselves tell.
    from: Option<String>,
    to: String,
    events: Vec<EventDocument>,
    /// How many older ones are lost.
    dropped: u64,
    complete: bool,
    /// What was not known, in words.
    blind_spots: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AboutDocument {
    kind: &'static str,
    namespace: Option<String>,
    name: String,
}

/// One entry on a line of its own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventLine {
    version: &'static str,
    /// `heard`, or `explained`: the entry of that number once more, with a better cause.
    line: &'static str,
    #[serde(flatten)]
    event: EventDocument,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EventDocument {
    /// Its number, in the order in which they were heard.
    number: u64,
    /// When it was heard, by our clock.
    heard: String,
    /// When it happened, as well as is known.
    time: String,
    /// Whose clock that is of: `server` or `seen`.
    clock: &'static str,
    /// It was heard late: it happened at some time while the stream was lost.
    late: bool,
    on: OnDocument,
    event: &'static str,
    /// Of an endpoint that went from one stage to another: both.
    from_stage: Option<&'static str>,
    to_stage: Option<&'static str>,
    /// Of an endpoint that stays in its stage: what differs.
    changed: Option<&'static str>,
    sentence: String,
    cause: CauseDocument,
    lag: Option<LagDocument>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct OnDocument {
    kind: &'static str,
    namespace: Option<String>,
    name: String,
    /// Of an endpoint or a slice: its Service.
    service: Option<String>,
    uid: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LagDocument {
    of: &'static str,
    millis: u64,
    slow: bool,
    /// Whose clock it began by.
    clock: &'static str,
    /// Server − ours, as measured and allowed for.
    skew_millis: Option<i64>,
    sentence: String,
}

/// What a document is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventsOf {
    /// A Service and its pods.
    Service(Key),
    /// A pod, and others of its name before it.
    Pod(Key),
    /// A node.
    Node(Text),
}

impl EventsOf {
    fn document(&self) -> AboutDocument {
        let of = |kind, key: &Key| AboutDocument {
            kind,
            namespace: Some(key.namespace.to_string()),
            name: key.name.to_string(),
        };
        match self {
            Self::Service(key) => of("service", key),
            Self::Pod(key) => of("pod", key),
            Self::Node(name) => AboutDocument { kind: "node", namespace: None, name: name.to_string() },
        }
    }

    fn service(&self) -> Option<&Key> {
        match self {
            Self::Service(key) => Some(key),
            Self::Pod(_) | Self::Node(_) => None,
        }
    }
}

/// What a document says beside its entries.
#[derive(Debug)]
pub struct Frame {
    /// Of which object; `None`: of everything.
    pub about: Option<EventsOf>,
    /// From when on it was recorded.
    pub from: Option<Time>,
    /// Until when.
    pub to: Time,
    /// What is lost.
    pub dropped: Dropped,
    /// What was not known, in words.
    pub blind_spots: Vec<String>,
}

/// The document of some entries.
pub fn events_document<'a>(entries: impl Iterator<Item = &'a Entry>, frame: Frame) -> EventsDocument {
    EventsDocument {
        version: VERSION,
        service: frame.about.as_ref().and_then(EventsOf::service).map(ToString::to_string),
        about: frame.about.as_ref().map(EventsOf::document),
        from: frame.from.map(|from| from.to_string()),
        to: frame.to.to_string(),
        events: entries.map(event).collect(),
        dropped: frame.dropped.count,
        complete: frame.blind_spots.is_empty(),
        blind_spots: frame.blind_spots,
    }
}

/// The line of an entry.
pub fn event_line(entry: &Entry, line: Line) -> EventLine {
    let line = match line {
        Line::Heard => "heard",
        Line::Explained => "explained",
    };
    EventLine { version: VERSION, line, event: event(entry) }
}

fn event(entry: &Entry) -> EventDocument {
    let stages = match &entry.event {
        Event::Moved { from, to } => Some((from.id(), to.id())),
        Event::Changed(_)
        | Event::Came
        | Event::Went
        | Event::PodWent(_)
        | Event::Replaced
        | Event::Selector
        | Event::Ports
        | Event::Edited
        | Event::Scheduled(_)
        | Event::Addressed(_)
        | Event::Ready
        | Event::NotReady
        | Event::Restarted(_)
        | Event::Relabelled
        | Event::Deleting
        | Event::Ended
        | Event::Cordoned
        | Event::Uncordoned => None,
    };
    let changed = if let Event::Changed(detail) = &entry.event { Some(detail.id()) } else { None };
    EventDocument {
        number: entry.number,
        heard: entry.at.to_string(),
        time: entry.when.time().to_string(),
        clock: entry.when.id(),
        late: late(entry),
        on: on(entry),
        event: entry.event.id(),
        from_stage: stages.map(|(from, _)| from),
        to_stage: stages.map(|(_, to)| to),
        changed,
        sentence: view::churn::happened(entry),
        cause: cause::document(&entry.why),
        lag: entry.lag.as_ref().map(lag),
    }
}

fn on(entry: &Entry) -> OnDocument {
    let of = |kind, key: &Key| OnDocument {
        kind,
        namespace: Some(key.namespace.to_string()),
        name: key.name.to_string(),
        ..OnDocument::default()
    };
    match &entry.on {
        Subject::Service(key) => of("service", key),
        Subject::Slice(key) => {
            OnDocument { service: entry.service.as_ref().map(ToString::to_string), ..of("endpointslice", key) }
        }
        Subject::Pod(key, uid) => OnDocument { uid: Some(uid.to_string()), ..of("pod", key) },
        Subject::Node(name) => OnDocument { kind: "node", name: name.to_string(), ..OnDocument::default() },
        Subject::Row(service, id) => {
            let (name, uid) = match id {
                RowId::Pod(uid) => (entry.pod.as_deref().unwrap_or_default().to_owned(), Some(uid.to_string())),
                RowId::Address(ip) => (ip.to_string(), None),
                RowId::Name(name) => (name.to_string(), None),
            };
            OnDocument { name, uid, service: Some(service.name.to_string()), ..of("endpoint", service) }
        }
    }
}

fn lag(lag: &Lag) -> LagDocument {
    LagDocument {
        of: lag.of.id(),
        millis: lag.millis,
        slow: lag.slow(),
        clock: lag.from.id(),
        skew_millis: lag.skew.map(|skew| skew.millis),
        sentence: view::churn::lag(lag),
    }
}
