//! Pages as they live: with the clock, and with what is copied from them.

use super::*;
use crate::app::{Message, Session, deadline, update};
use crate::delta::{Delta, Health, Step};
use crate::model::{ClusterIp, Family, Kind, Meta, Scope, Service, Text};
use crate::trace::{Finding, Held, Reason};

const BORN: Time = Time(1_794_924_202_000);

/// A program that sees a Service which is as old as that.
fn state(age: i64) -> State {
    let session = Session { scope: Scope::All, ..Session::default() };
    let mut state = State::new(session, (120, 40), BORN);
    let service = Service {
        meta: Meta { key: Key::new("shop", "web"), created: Some(BORN), ..Meta::default() },
        cluster_ip: ClusterIp::Ips(vec![[10, 96, 0, 5].into()]),
        families: vec![Family::V4],
        ..Service::default()
    };
    let namespace = crate::model::Namespace {
        meta: Meta { key: Key::new("", "shop"), ..Meta::default() },
        ..crate::model::Namespace::default()
    };
    let mut deltas = vec![
        Delta::Service(Step::Listed(vec![service])),
        Delta::Namespace(Step::Listed(vec![namespace])),
        Delta::Slice(Step::Listed(Vec::new())),
        Delta::Pod(Step::Listed(Vec::new())),
        Delta::Node(Step::Listed(Vec::new())),
    ];
    deltas.extend(Kind::ALL.map(|kind| Delta::Health(kind, Health::Live)));
    update(&mut state, Message::Deltas(BORN.plus(age), deltas));
    state
}

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    keys.chars().flat_map(|key| update(state, Message::Key(crate::app::Key::from(key)))).collect()
}

fn findings(state: &State) -> Vec<&Finding> {
    match state.page_on_top() {
        Some(Page::Trace(page)) => page.answer.as_ref().unwrap().findings.iter().collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_caches_may_hold_is_told_until_they_cannot_hold_it_any_more() {
    let mut state = state(10_000);
    press(&mut state, "t");
    let cached = |state: &State| {
        findings(state).iter().any(|finding| matches!(finding.reason, Reason::Cached { held: Held::Absence(_), .. }))
    };
    assert!(cached(&state), "{:?}", findings(&state));
    update(&mut state, Message::Clock(BORN.plus(29_999)));
    assert!(cached(&state));
    assert_eq!(deadline(&state), Some(BORN.plus(30_000)));
    update(&mut state, Message::Clock(BORN.plus(30_000)));
    assert!(!cached(&state));
}

#[test]
fn the_path_of_a_trace_is_copied_for_other_programs_and_of_nothing_else() {
    let mut state = state(0);
    assert_eq!(press(&mut state, "M"), []);
    assert_eq!(state.notice, Some(Notice::PathOfATrace));
    press(&mut state, "t");
    let trace = match state.page_on_top() {
        Some(Page::Trace(page)) => Box::new(page.answer.clone().unwrap()),
        other => panic!("{other:?}"),
    };
    let drawn = |state: &mut State, key: &str| -> Vec<Effect> {
        let effects = press(state, key).into_iter();
        effects.filter(|effect| matches!(effect, Effect::CopyPath(..))).collect()
    };
    assert_eq!(drawn(&mut state, "M"), [Effect::CopyPath(Drawing::Mermaid, trace.clone())]);
    assert_eq!(state.notice, Some(Notice::CopiedPath(Drawing::Mermaid)));
    assert_eq!(drawn(&mut state, "V"), [Effect::CopyPath(Drawing::Dot, trace)]);
    assert_eq!(state.notice, Some(Notice::CopiedPath(Drawing::Dot)));
}

#[test]
fn the_name_of_a_service_is_another_one_for_a_client_elsewhere() {
    let mut state = state(0);
    press(&mut state, "t");
    let name = |state: &State| match state.page_on_top() {
        Some(Page::Trace(page)) => {
            let crate::trace::Asked::Name(name) = &page.question.asked else { panic!("an address") };
            format!("{name} from {}", page.question.client)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(name(&state), "web from ns/shop");
    state.trace_from("ns/data");
    assert_eq!(name(&state), "web.shop from ns/data");
    state.trace_from("outside");
    assert_eq!(name(&state), "web.shop from outside");
    // What was typed stays as it was.
    state.trace_named("web", Some("ns/shop"));
    state.trace_from("ns/data");
    assert_eq!(name(&state), "web from ns/data");
}

#[test]
fn a_trace_reads_the_namespaces_of_its_client_and_name() {
    let mut state = state(0);
    state.session.scope = Scope::one("zoo");
    state.trace_named("web.shop.svc", Some("data/cart"));
    let needed: Vec<&str> = state.needs.namespaces.iter().map(Text::as_str).collect();
    assert_eq!(needed, ["data", "kube-system", "shop"]);
}
