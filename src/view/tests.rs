//! What is said to be beyond the screen is.

use proptest::prelude::*;

use super::scene;
use crate::app::{Key, KeyCode, Message, Session, State, update};
use crate::delta::{Delta, Health, Purpose};
use crate::model::{Kind, Time};
use crate::store::tests::any_namespaced_delta;

fn pressed(state: &mut State, keys: &str) {
    for character in keys.chars() {
        let key = if character == '\n' { Key::from(KeyCode::Enter) } else { Key::from(character) };
        update(state, Message::Key(key));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_change_beyond_the_screen_shows_in_nothing_but_the_rate(
        before in prop::collection::vec(any_namespaced_delta(), 10..40),
        keys in prop::collection::vec(prop::sample::select(vec!["j", "k", "G", "l", "*", "s", "\n", "d"]), 0..5),
        batches in prop::collection::vec(prop::collection::vec(any_namespaced_delta(), 1..3), 1..12),
        height in 6u16..20,
    ) {
        let mut state = State::new(Session::default(), (180, height), Time(0));
        let watching = [("shop", Purpose::Shown), ("data", Purpose::Shown), ("kube-system", Purpose::Support)];
        let mut first: Vec<Delta> = watching.map(|(name, purpose)| Delta::Watching(name.into(), purpose)).into();
        for kind in [Kind::Service, Kind::Slice, Kind::Pod] {
            first.extend(watching.map(|(name, _)| Delta::HealthIn(kind, name.into(), Health::Live)));
        }
        update(&mut state, Message::Deltas(Time(1), first));
        update(&mut state, Message::Deltas(Time(2), before));
        keys.into_iter().for_each(|keys| pressed(&mut state, keys));
        for (at, batch) in batches.into_iter().enumerate() {
            let at = Time(20_000 + at as i64 * 700);
            update(&mut state, Message::Clock(at));
            let shown = scene(&state);
            update(&mut state, Message::Deltas(at, batch));
            if state.beyond {
                let now = scene(&state);
                prop_assert!(now.differs_in_rate_only(&shown), "{now:#?} is not {shown:#?}");
            }
        }
    }
}
