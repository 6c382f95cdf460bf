use std::collections::HashSet;
use std::net::IpAddr;

use super::*;
use crate::churn::{
    Detail, Entry, Event, Lag, LagOf, NodeTrouble, Readiness, Relabelled, Skew, Stage, Step, Subject, When, Why,
};
use crate::model::{Key, Selector, Text, Time, Uid};
use crate::store::{Cause, RowId};
use crate::view::escape::{safe, width};

fn entry(event: Event) -> Entry {
    Entry {
        number: 0,
        at: Time(0),
        when: When::Seen(Time(0)),
        heard: Cause::Live,
        on: Subject::Service(Key::new("shop", "web")),
        service: None,
        pod: None,
        event,
        why: Why::Unknown,
        lag: None,
    }
}

fn moved(from: Stage, to: Stage) -> Event {
    Event::Moved { from, to }
}

/// Longer words than this leave no room for others in a table.
const WIDE: usize = 48;

#[test]
fn every_event_has_words() {
    let ip = IpAddr::from([10, 0, 0, 7]);
    let cases = [
        (moved(Stage::Absent, Stage::Waiting), "selected, not in the slice"),
        (moved(Stage::Waiting, Stage::Absent), "no longer selected"),
        (moved(Stage::Absent, Stage::Ready), "joined, ready"),
        (moved(Stage::Waiting, Stage::NotReady), "joined, not ready"),
        (moved(Stage::Waiting, Stage::Draining), "joined, draining"),
        (moved(Stage::Absent, Stage::Ending), "joined, ending"),
        (moved(Stage::Ready, Stage::Absent), "left the slice"),
        (moved(Stage::Ready, Stage::Waiting), "left the slice, still selected"),
        (moved(Stage::NotReady, Stage::Ready), "ready in the slice"),
        (moved(Stage::Ready, Stage::NotReady), "not ready in the slice"),
        (moved(Stage::Ready, Stage::Draining), "terminating, still serves"),
        (moved(Stage::Draining, Stage::Ending), "terminating, serves no more"),
        (Event::Changed(Detail::Hints), "hints changed"),
        (Event::Came, "created"),
        (Event::Went, "deleted"),
        (Event::PodWent(Box::default()), "gone"),
        (Event::Replaced, "made again under its name"),
        (Event::Selector, "selector edited"),
        (Event::Ports, "ports edited"),
        (Event::Edited, "edited"),
        (Event::Scheduled("n2".into()), "scheduled on n2"),
        (Event::Addressed(ip), "got 10.0.0.7"),
        (Event::Ready, "became Ready"),
        (Event::NotReady, "no longer Ready"),
        (Event::Restarted(3), "restarted, 3 so far"),
        (Event::Relabelled, "labels edited"),
        (Event::Deleting, "being deleted"),
        (Event::Ended, "ended for good"),
        (Event::Cordoned, "cordoned"),
        (Event::Uncordoned, "uncordoned"),
    ];
    let mut ids = HashSet::new();
    for (event, expected) in cases {
        ids.insert(event.id());
        assert_eq!(happened(&entry(event)), expected);
        assert!(width(expected) <= WIDE, "{expected}");
    }
    let missing: Vec<_> = Event::IDS.into_iter().filter(|id| !ids.contains(id)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn every_cause_has_words() {
    let expected = [
        "rollout of web: 6c9f7d → 7b8e5c",
        "web scaled up",
        "pod web-1 deleted",
        "pod web-1 created",
        "containers ended: Evicted",
        "readiness lost: app CrashLoopBackOff, 3 restarts",
        "Ready again",
        "node node-1 not ready: KubeletNotReady",
        "selector edited: none → none",
        "label app=web removed",
        "port http edited",
        "edited",
        "Service created",
        "Service deleted",
        "slice web-custom edited (custom)",
        "hints changed by the controller",
        "10.0.0.7 was web-1's until 4.0s before",
        "another object has its name",
        "unknown",
    ];
    for (why, expected) in Why::all().iter().zip(expected) {
        assert_eq!(cause(why), expected, "{}", why.id());
        assert!(width(expected) <= WIDE, "{expected}");
    }
}

#[test]
fn causes_say_as_much_as_is_known() {
    let text = |text: &str| Text::from(text);
    let lost = |condition: &str, container: Option<&str>, restarts, reason: &str| {
        let (condition, container, reason) = (text(condition), container.map(text), text(reason));
        Why::ReadinessLost(Box::new(Readiness { condition, container, restarts, reason }))
    };
    let label = |old: Option<&str>, new: Option<&str>| {
        Why::Relabelled(Box::new(Relabelled { label: text("app"), old: old.map(text), new: new.map(text) }))
    };
    let selector = |value: &str| Selector([("app", value)].into_iter().collect());
    for (why, expected) in [
        (lost("Ready", None, 0, ""), "readiness lost"),
        (lost("Ready", None, 0, "ContainersNotReady"), "readiness lost: ContainersNotReady"),
        (lost("Ready", Some("app"), 1, ""), "readiness lost: app, 1 restart"),
        (lost("example.com/warm", None, 0, "Cold"), "readiness lost: gate example.com/warm Cold"),
        (Why::PodEnded(text("")), "containers ended"),
        (Why::Node(text("n1"), NodeTrouble::Gone), "node n1 gone"),
        (Why::Node(text("n1"), NodeTrouble::Cordoned), "node n1 cordoned"),
        (label(Some("web"), Some("shop")), "label app: web → shop"),
        (label(None, Some("web")), "label app=web added"),
        (Why::SelectorEdited(Box::new((selector("web"), selector("shop")))), "selector edited: app=web → app=shop"),
    ] {
        assert_eq!(cause(&why), expected);
    }
}

#[test]
fn a_cause_beside_what_happened_adds_something_or_is_empty() {
    let pod = Key::new("shop", "web-1");
    let on_pod = Subject::Pod(pod.clone(), Uid::from("7"));
    let on_row = Subject::Row(Key::new("shop", "web"), RowId::Pod(Uid::from("7")));
    let on_node = Subject::Node("node-1".into());
    let told = |on: &Subject, event: Event, why: Why| {
        let row = matches!(on, Subject::Row(..)).then(|| Text::from("web-1"));
        because(&Entry { on: on.clone(), pod: row, why, ..entry(event) })
    };
    let all = Why::all();
    let why = |id: &str| all.iter().find(|why| why.id() == id).unwrap().clone();
    let deleted = || Why::PodDeleted(pod.clone());
    let not_ready = |reason: &str| Why::Node("node-1".into(), NodeTrouble::NotReady(reason.into()));
    for (told, expected) in [
        (told(&on_pod, Event::Deleting, deleted()), "no rollout, scale or drain seen"),
        (told(&on_pod, Event::PodWent(Box::default()), deleted()), "it was deleted"),
        (told(&on_pod, Event::Came, deleted()), "the pod of this name before was deleted"),
        (told(&on_row, moved(Stage::Ready, Stage::Absent), deleted()), "its pod was deleted"),
        (told(&on_row, moved(Stage::Ready, Stage::Absent), why("rollout")), "rollout of web: 6c9f7d → 7b8e5c"),
        (told(&on_pod, Event::Came, Why::PodCreated(pod.clone())), "on its own, without an owner"),
        (
            told(&on_pod, Event::Addressed(IpAddr::from([10, 0, 0, 7])), why("ip-reused")),
            "web-1 had it until 4.0s before",
        ),
        (told(&on_pod, Event::NotReady, why("readiness-lost")), "app CrashLoopBackOff, 3 restarts"),
        (told(&on_pod, Event::Restarted(3), why("readiness-lost")), "app CrashLoopBackOff"),
        (told(&on_pod, Event::Ready, Why::ReadinessGained), "after it was lost"),
        (told(&on_pod, Event::Ended, Why::PodEnded("Evicted".into())), "Evicted"),
        (told(&on_pod, Event::Relabelled, why("relabelled")), "app=web removed"),
        (told(&on_node, Event::NotReady, not_ready("KubeletNotReady")), "KubeletNotReady"),
        (told(&on_pod, Event::NotReady, not_ready("KubeletNotReady")), "node node-1 not ready: KubeletNotReady"),
        (told(&on_node, Event::Cordoned, Why::Node("node-1".into(), NodeTrouble::Cordoned)), ""),
        (told(&Subject::Service(pod.clone()), Event::Came, Why::ServiceCreated), ""),
        (told(&Subject::Service(pod.clone()), Event::Ports, why("port-edited")), "port http"),
        (told(&Subject::Service(pod.clone()), Event::Edited, Why::Edited), ""),
    ] {
        assert_eq!(told, expected);
        assert!(width(&told) <= WIDE, "{told}");
    }
}

#[test]
fn a_subject_has_the_name_that_kubectl_gives_it() {
    let key = Key::new("shop", "web");
    let row = |id| Subject::Row(key.clone(), id);
    let uid = Uid::from("7");
    for (subject_, pod, expected) in [
        (Subject::Service(key.clone()), None, "svc/web"),
        (Subject::Slice(key.clone()), None, "slice/web"),
        (Subject::Pod(key.clone(), uid.clone()), None, "pod/web"),
        (Subject::Node("n1".into()), None, "node/n1"),
        (row(RowId::Pod(uid.clone())), Some("web-1"), "svc/web web-1"),
        (row(RowId::Pod(uid)), None, "svc/web uid 7"),
        (row(RowId::Address(IpAddr::from([10, 0, 0, 7]))), None, "svc/web 10.0.0.7"),
        (row(RowId::Name("db.example.com".into())), None, "svc/web db.example.com"),
    ] {
        assert_eq!(subject(&subject_, pod), expected);
    }
}

#[test]
fn lags_say_what_lies_between_and_what_was_measured_how() {
    let lag_ = |of, from, millis, skew: Option<i64>| Lag {
        of,
        from,
        millis,
        skew: skew.map(|millis| Skew { millis, measured: Time(0) }),
    };
    let (seen, server) = (When::Seen(Time(0)), When::Server(Time(0)));
    for (lag_, words, how) in [
        (lag_(LagOf::ReadyToSlice, seen, 300, None), "in slice 0.3s after Ready", "both as seen here"),
        (
            lag_(LagOf::ReadyToSlice, server, 1_300, None),
            "in slice within 1.3s of Ready",
            "the server's clock and ours, taken to agree",
        ),
        (
            lag_(LagOf::DeletingToOut, server, 31_000, Some(2_000)),
            "not ready in slice within 31s of deletion",
            "the server's clock is 2.0s ahead of ours, allowed for",
        ),
        (
            lag_(LagOf::DeletingToOut, server, 0, Some(-700)),
            "not ready in slice at once after deletion",
            "the server's clock is 0.7s behind ours, allowed for",
        ),
        (
            lag_(LagOf::ReadyToSlice, server, 10, Some(0)),
            "in slice at once after Ready",
            "the server's clock and ours, which agree",
        ),
    ] {
        assert_eq!((lag(&lag_).as_str(), clocks(&lag_).as_str()), (words, how));
    }
    assert_eq!(LagOf::ALL.map(|of| lag_of(of).0), ["in slice", "not ready in slice", "out of slice"]);
    assert_eq!([clock(seen), clock(server)], ["seen", "server"]);
}

#[test]
fn a_cause_in_short_is_told_by_what_the_entry_is_on() {
    let (own, other) = (Key::new("shop", "web-7d4b9f8c6d-x2x4z"), Key::new("shop", "web-7d4b9f8c6d-q8q7k"));
    let short = |on: Subject, event: Event, gone: &Key| {
        let pod = matches!(on, Subject::Row(..)).then(|| own.name.clone());
        because_short(&Entry { on, pod, why: Why::PodDeleted(gone.clone()), ..entry(event) })
    };
    let row = || Subject::Row(Key::new("shop", "web"), RowId::Pod(Uid::from("u")));
    let pod = || Subject::Pod(own.clone(), Uid::from("u"));
    assert_eq!(short(pod(), Event::Came, &own), "the one before went");
    assert_eq!(short(row(), moved(Stage::Absent, Stage::Ready), &own), "the one before went");
    assert_eq!(short(row(), moved(Stage::Ready, Stage::Absent), &own), "its pod was deleted");
    assert_eq!(short(pod(), Event::Deleting, &own), "no rollout, scale or drain seen");
    assert_eq!(short(pod(), Event::Came, &other), "pod …-q8q7k deleted");
    assert_eq!(short(pod(), Event::Came, &Key::new("shop", "web-0")), "pod web-0 deleted");
}

#[test]
fn times_are_short() {
    let spans = [0, 9_999, 10_000, 59_999, 60_000, 125_000, 3_720_000].map(span);
    assert_eq!(spans, ["0.0s", "9.9s", "10s", "59s", "1m00s", "2m05s", "1h02m"]);
    let time = Time::parse("2026-02-03T23:30:05Z").unwrap();
    assert_eq!([0, 3_600, -86_399].map(|offset| time_of_day(time, offset)), ["23:30:05", "00:30:05", "23:30:06"]);
}

#[test]
fn no_two_stages_details_or_steps_read_alike() {
    let apart = |words: Vec<&str>| words.iter().collect::<HashSet<_>>().len() == words.len();
    assert!(apart(Stage::ALL.map(stage).to_vec()));
    assert!(apart(Detail::ALL.map(detail).to_vec()));
    assert!(apart(Step::ALL.map(step).to_vec()));
}

#[test]
fn what_the_cluster_says_is_escaped() {
    let nasty = "\u{1b}[31m\u{202e}x\ny";
    let scheduled = happened(&entry(Event::Scheduled(nasty.into())));
    let whys = [
        Why::PodEnded(nasty.into()),
        Why::PodDeleted(Key::new(nasty, nasty)),
        Why::Node(nasty.into(), NodeTrouble::NotReady(nasty.into())),
        Why::PortEdited(nasty.into()),
        Why::SelectorEdited(Box::new((Selector::default(), Selector([(nasty, nasty)].into_iter().collect())))),
        Why::Relabelled(Box::new(Relabelled { label: nasty.into(), old: Some(nasty.into()), new: None })),
    ];
    let words = whys.iter().map(cause).chain([scheduled, subject(&Subject::Node(nasty.into()), None)]);
    for words in words {
        assert_eq!(safe(&words), words);
        assert!(words.contains("\\x1b[31m"), "{words}");
    }
}
