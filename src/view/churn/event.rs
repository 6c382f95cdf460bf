//! What happened, and to what.

use crate::churn::{Detail, Entry, Event, Stage, Subject};
use crate::store::RowId;
use crate::view::escape::safe;

/// What an entry happened to: `svc/web`, `pod/web-1`, `node/n2`, and of an endpoint its Service and pod: `svc/web web-1`.
/// Its namespace is not said.
pub fn on(entry: &Entry) -> String {
    subject(&entry.on, entry.pod.as_deref())
}

/// What something happened to; `pod` is the name of a row's pod, where it has one. Without it the row's own name is
/// said: its address, or the identity of its pod.
pub fn subject(subject: &Subject, pod: Option<&str>) -> String {
    match subject {
        Subject::Service(key) => format!("svc/{}", safe(&key.name)),
        Subject::Slice(key) => format!("slice/{}", safe(&key.name)),
        Subject::Pod(key, _) => format!("pod/{}", safe(&key.name)),
        Subject::Node(name) => format!("node/{}", safe(name)),
        Subject::Row(service, id) => {
            let row = match (pod, id) {
                (Some(pod), _) => pod.to_owned(),
                (None, RowId::Address(ip)) => ip.to_string(),
                (None, RowId::Name(name)) => name.to_string(),
                (None, RowId::Pod(uid)) => format!("uid {uid}"),
            };
            format!("svc/{} {}", safe(&service.name), safe(&row))
        }
    }
}

/// What happened.
pub fn happened(entry: &Entry) -> String {
    match &entry.event {
        Event::Moved { from, to } => moved(*from, *to).to_owned(),
        Event::Changed(what) => format!("{} changed", detail(*what)),
        Event::Came => "created".to_owned(),
        Event::Went => "deleted".to_owned(),
        Event::PodWent(_) => "gone".to_owned(),
        Event::Replaced => "made again under its name".to_owned(),
        Event::Selector => "selector edited".to_owned(),
        Event::Ports => "ports edited".to_owned(),
        Event::Edited => "edited".to_owned(),
        Event::Scheduled(node) => format!("scheduled on {}", safe(node)),
        Event::Addressed(ip) => format!("got {ip}"),
        Event::Ready => "became Ready".to_owned(),
        Event::NotReady => "no longer Ready".to_owned(),
        Event::Restarted(times) => format!("restarted, {times} so far"),
        Event::Relabelled => "labels edited".to_owned(),
        Event::Deleting => "being deleted".to_owned(),
        Event::Ended => "ended for good".to_owned(),
        Event::Cordoned => "cordoned".to_owned(),
        Event::Uncordoned => "uncordoned".to_owned(),
    }
}

fn moved(from: Stage, to: Stage) -> &'static str {
    match (from.in_slice(), to) {
        (false, Stage::Absent) => "no longer selected",
        (false, Stage::Waiting) => "selected, not in the slice",
        (false, Stage::NotReady) => "joined, not ready",
        (false, Stage::Ready) => "joined, ready",
        (false, Stage::Draining) => "joined, draining",
        (false, Stage::Ending) => "joined, ending",
        (true, Stage::Absent) => "left the slice",
        (true, Stage::Waiting) => "left the slice, still selected",
        (true, Stage::NotReady) => "not ready in the slice",
        (true, Stage::Ready) => "ready in the slice",
        (true, Stage::Draining) => "terminating, still serves",
        (true, Stage::Ending) => "terminating, serves no more",
    }
}

/// Where an endpoint stands, in a word or two.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Absent => "absent",
        Stage::Waiting => "selected, not in the slice",
        Stage::NotReady => "not ready",
        Stage::Ready => "ready",
        Stage::Draining => "draining",
        Stage::Ending => "ending",
    }
}

/// What differs in an endpoint that stays where it stands.
pub fn detail(detail: Detail) -> &'static str {
    match detail {
        Detail::Selection => "selection",
        Detail::Addresses => "addresses",
        Detail::Ports => "ports",
        Detail::Slices => "slices",
        Detail::Place => "node or zone",
        Detail::Hints => "hints",
        Detail::Pod => "pod behind it",
    }
}
