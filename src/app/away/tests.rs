//! What the screen shows at another moment is what it showed then, and the present loses nothing meanwhile.

use proptest::prelude::*;

use crate::app::{Effect, Key, KeyCode, Message, Notice, Page, Playback, Scope, Session, State, update};
use crate::delta::Delta;
use crate::model::{MomentError, Time};
use crate::outline::{Body, Line};
use crate::store::tests::{any_delta, live};

fn state() -> State {
    let session = Session { scope: Scope::one("shop"), ..Session::default() };
    let mut state = State::new(session, (120, 500), Time(0));
    update(&mut state, Message::Deltas(Time(1), live()));
    state
}

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    keys.chars().flat_map(|key| update(state, Message::Key(Key::from(key)))).collect()
}

fn typed(state: &mut State, command: &str) -> Vec<Effect> {
    press(state, ":");
    press(state, command);
    update(state, Message::Key(KeyCode::Enter.into()))
}

fn tape() -> impl Strategy<Value = Vec<(Time, Vec<Delta>)>> {
    let batch = (1i64..4_000, prop::collection::vec(any_delta(), 0..4));
    prop::collection::vec(batch, 1..20).prop_map(|batches| {
        let mut at = 1_000;
        let later = batches.into_iter().map(|(later, batch)| {
            at += later;
            (Time(at), batch)
        });
        later.collect()
    })
}

fn lines(state: &mut State) -> Vec<Line> {
    update(state, Message::Key(Key::from('*')));
    // In their own order, wherever the cursor had been.
    update(state, Message::Key(Key::from('r')));
    state.window()
}

fn hear(state: &mut State, tape: &[(Time, Vec<Delta>)], to: Time) {
    for (at, batch) in tape.iter().filter(|(at, _)| *at <= to) {
        update(state, Message::Deltas(*at, batch.clone()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn at_any_moment_the_screen_is_what_it_was_and_back_it_is_what_it_would_be(
        tape in tape(), part in 0usize..100, later in any::<bool>(),
    ) {
        let end = tape.last().map_or(Time(1), |(at, _)| *at);
        let at = tape[part * tape.len() / 100].0;
        let (mut travelled, mut then, mut stayed) = (state(), state(), state());
        hear(&mut stayed, &tape, end);
        hear(&mut then, &tape, at);
        // What comes while the screen is away is taken in as well.
        let left = if later { at } else { end };
        hear(&mut travelled, &tape, left.max(at));
        update(&mut travelled, Message::Clock(left.max(at).plus(1)));
        prop_assert!(travelled.go_to_moment(at).is_ok());
        for (at, batch) in tape.iter().filter(|(at, _)| *at > left) {
            update(&mut travelled, Message::Deltas(*at, batch.clone()));
        }
        prop_assert_eq!(travelled.now, at);
        prop_assert!(travelled.store == then.store);
        let (seen, expected) = (lines(&mut travelled), lines(&mut then));
        // The tombstones of what came and went within a moment are not kept.
        let lasting = |lines: Vec<Line>| -> std::collections::BTreeSet<_> {
            let fleeting = |line: &Line| matches!(line.body, Body::Row { gone: Some(_), .. } | Body::Gone(..) | Body::Ghost);
            lines.into_iter().filter(|line| !fleeting(line)).map(|line| line.node).collect()
        };
        prop_assert_eq!(lasting(seen), lasting(expected));
        press(&mut travelled, ".");
        prop_assert!(travelled.away.is_none() && travelled.store == stayed.store);
        prop_assert_eq!(travelled.past.ledger.len(), stayed.past.ledger.len());
    }
}

/// One pod's readiness, back and forth once a second.
fn restless() -> State {
    let mut state = state();
    for at in 1..=20 {
        let last = u8::try_from(at % 2).unwrap();
        let endpoints = vec![crate::store::tests::endpoint(1, None, last == 0, false)];
        let slice = crate::store::tests::slice("a", "web", true, endpoints);
        let deltas = vec![Delta::Slice(crate::store::tests::delta::Step::Applied(slice))];
        update(&mut state, Message::Deltas(Time(at * 1_000), deltas));
    }
    state
}

#[test]
fn a_frozen_screen_stands_still_counts_what_waits_and_loses_nothing() {
    let mut state = restless();
    update(&mut state, Message::Key(Key::ctrl('f')));
    let (store, now) = (state.store.clone(), state.now);
    let before = state.past.ledger.len();
    let endpoints = vec![crate::store::tests::endpoint(1, None, false, false)];
    let slice = crate::store::tests::slice("a", "web", true, endpoints);
    let deltas = vec![Delta::Slice(crate::store::tests::delta::Step::Applied(slice))];
    update(&mut state, Message::Deltas(Time(25_000), deltas));
    assert!(state.store == store && state.now == now);
    assert_eq!(state.changes_since(), (state.past.ledger.len() - before) as u64);
    assert!(state.changes_since() > 0);
    update(&mut state, Message::Key(Key::ctrl('f')));
    assert!(state.away.is_none() && state.store != store && state.now == Time(25_000));
}

#[test]
fn the_cursor_goes_from_change_to_change_of_its_thing_and_no_further() {
    let mut state = restless();
    press(&mut state, ",");
    assert_eq!(state.now, Time(19_000));
    press(&mut state, ",,");
    assert_eq!(state.now, Time(17_000));
    press(&mut state, ";");
    assert_eq!(state.now, Time(18_000));
    press(&mut state, ";;");
    assert!(state.away.is_none(), "the newest change is the present");
    press(&mut state, ";");
    assert_eq!(state.notice, Some(Notice::NoLaterChange));
    for _ in 0..40 {
        press(&mut state, ",");
    }
    assert_eq!(state.notice, Some(Notice::NoEarlierChange));
}

#[test]
fn a_time_that_cannot_be_gone_to_is_told_with_what_can() {
    let mut state = restless();
    let mut said = |command: &str| {
        typed(&mut state, command);
        let Some(Notice::NoMoment { why, reach, .. }) = state.notice.take() else { panic!("{command}") };
        (why, reach.from, reach.to)
    };
    let (from, to) = (Time(1), Time(20_000));
    assert_eq!(said("at -5m"), (MomentError::Before, from, to));
    assert_eq!(said("at 03:00"), (MomentError::After, from, to));
    assert_eq!(said("at noon"), (MomentError::Unreadable, from, to));
    typed(&mut state, "at -5s");
    assert_eq!((state.now, state.away.is_some()), (Time(15_000), true));
    typed(&mut state, "live");
    assert!(state.away.is_none());
    for _ in 0..9 {
        press(&mut state, "<");
    }
    assert_eq!(state.notice, Some(Notice::RecordBegins));
}

#[test]
fn looking_back_in_a_replay_pauses_it_and_what_lies_ahead_on_the_tape_is_gone_to() {
    let mut state = restless();
    let playback = |paused| Playback {
        at: std::time::Duration::from_secs(20),
        length: std::time::Duration::from_secs(60),
        speed: 1,
        paused,
        looped: true,
        began: Time(0),
        density: std::sync::Arc::from([]),
        cut: None,
    };
    update(&mut state, Message::Playback(playback(false)));
    assert_eq!(press(&mut state, "<"), [Effect::TogglePause]);
    update(&mut state, Message::Playback(playback(true)));
    assert_eq!(press(&mut state, "<"), []);
    assert_eq!(press(&mut state, "."), [Effect::TogglePause]);
    assert_eq!(typed(&mut state, "at 42s"), [Effect::Seek(std::time::Duration::from_secs(42))]);
    typed(&mut state, "at 2m");
    assert!(matches!(state.notice, Some(Notice::NoMoment { why: MomentError::After, .. })), "{:?}", state.notice);
    press(&mut state, "<");
    assert_eq!(press(&mut state, " "), [], "what is played cannot be seen");
    assert_eq!(state.notice, Some(Notice::LooksBack));
}

#[test]
fn a_difference_is_that_of_the_marked_moment_and_the_one_on_the_screen() {
    let mut state = restless();
    typed(&mut state, "at -5s");
    press(&mut state, "m.D");
    let Some(Page::Difference(page)) = state.page_on_top() else { panic!("no difference") };
    assert_eq!((page.marked, page.other, page.diffs.len()), (Time(15_000), Time(20_000), 1));
    press(&mut state, "<<");
    let Some(Page::Difference(page)) = state.page_on_top() else { panic!("no difference") };
    assert_eq!((page.marked, page.other), (Time(15_000), Time(10_000)));
}

#[test]
fn an_entry_of_a_time_line_leads_to_its_moment_and_back() {
    let mut state = restless();
    press(&mut state, "e");
    let Some(Page::Timeline(page)) = state.page_on_top() else { panic!("no time line") };
    assert!(page.follow && !page.listing.entries.is_empty());
    press(&mut state, "kkk");
    update(&mut state, Message::Key(KeyCode::Enter.into()));
    assert_eq!(state.pages.last(), Some(&Page::Tree));
    assert!(state.away.is_some() && state.now < Time(20_000));
    update(&mut state, Message::Key(KeyCode::Esc.into()));
    assert!(matches!(state.page_on_top(), Some(Page::Timeline(_))));
    press(&mut state, "/nothing-like-that");
    let Some(Page::Timeline(page)) = state.page_on_top() else { panic!("no time line") };
    assert!(page.listing.entries.is_empty());
}

#[test]
fn another_cluster_has_another_past() {
    let mut state = restless();
    press(&mut state, "<m");
    let other = Session { context: "other".to_owned(), ..Session::default() };
    update(&mut state, Message::Session(Box::new(other)));
    assert!(state.away.is_none() && state.marked.is_none() && state.past.ledger.is_empty());
}

#[test]
fn the_time_line_of_a_service_tells_of_its_pods_and_slices_and_why_a_kind_is_empty() {
    let mut state = restless();
    press(&mut state, "e");
    let page = |state: &State| match state.page_on_top() {
        Some(Page::Timeline(page)) => (page.kinds, page.told, page.of_kind, page.listing.entries.len()),
        other => panic!("{other:?}"),
    };
    let (_, told, of_kind, shown) = page(&state);
    assert!(told > 0 && (told, told) == (of_kind, shown));
    let mut kinds = 0;
    for _ in 0..5 {
        press(&mut state, "f");
        let (_, all, of_kind, shown) = page(&state);
        assert_eq!((all, of_kind), (told, shown));
        kinds += of_kind;
    }
    assert_eq!(kinds, told, "each entry is of one kind");
    press(&mut state, "f/nothing-like-that");
    let (_, all, of_kind, shown) = page(&state);
    assert_eq!((all, of_kind, shown), (told, told, 0));
}

#[test]
fn what_is_new_on_a_time_line_is_the_same_as_all_walked_anew() {
    let mut state = restless();
    press(&mut state, "e");
    for round in 0..6_u8 {
        let endpoints = vec![crate::store::tests::endpoint(1, None, round % 2 == 0, false)];
        let slice = crate::store::tests::slice("a", "web", true, endpoints);
        let deltas = vec![Delta::Slice(crate::store::tests::delta::Step::Applied(slice))];
        update(&mut state, Message::Deltas(Time(21_000 + i64::from(round) * 1_000), deltas));
        let page = |state: &State| match state.page_on_top() {
            Some(Page::Timeline(page)) => page.clone(),
            other => panic!("{other:?}"),
        };
        let grown = page(&state);
        press(&mut state, "ffffff");
        let anew = page(&state);
        assert_eq!((&grown.listing.entries, &grown.lanes), (&anew.listing.entries, &anew.lanes), "round {round}");
        assert_eq!((grown.told, grown.of_kind), (anew.told, anew.of_kind));
    }
}

#[test]
fn a_mark_from_before_the_first_lists_is_no_ground_for_a_difference() {
    let session = Session { scope: Scope::one("shop"), ..Session::default() };
    let mut state = State::new(session, (120, 50), Time(0));
    update(&mut state, Message::Deltas(Time(1), Vec::new()));
    update(&mut state, Message::Clock(Time(2)));
    press(&mut state, "m");
    assert_eq!(state.notice, Some(Notice::Marked(Time(2))));
    update(&mut state, Message::Deltas(Time(1_000), live()));
    press(&mut state, "D");
    let Some(Page::Difference(page)) = state.page_on_top() else { panic!("no difference") };
    assert!(!page.early.is_empty() && page.diffs.is_empty());
    press(&mut state, "mm");
    assert_eq!(state.notice, Some(Notice::Unmarked));
}

#[test]
fn what_is_typed_to_filter_churn_filters_churn_and_not_the_tree() {
    let mut state = restless();
    press(&mut state, "E/no-such-service");
    let Some(Page::Churn(page)) = state.page_on_top() else { panic!("no churn") };
    assert!(page.filter == "no-such-service" && page.listing.entries.is_empty() && page.changed > 0);
    assert!(!state.outline.filter().is_some());
    update(&mut state, Message::Key(KeyCode::Esc.into()));
    let Some(Page::Churn(page)) = state.page_on_top() else { panic!("no churn") };
    assert!(page.filter.is_empty() && !page.listing.entries.is_empty());
}
