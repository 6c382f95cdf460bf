//! Any moment of any history, gone back to and played anew; the ledger against the stores at both ends.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::churn::{Event, Past, Stage, Subject, diff};
use crate::model::{ConfigMap, ConfigName, Key, Kind, Meta, NetworkPolicy, Time, Uid};
use crate::store::tests::delta::{Delta, Fault, Health, Phase, Purpose, Skipped, Step};
use crate::store::tests::{any_delta, keys, live};
use crate::store::{RowId, Store};

/// Cases: `PROPTEST_CASES` if it is set.
fn cases(usual: u32) -> ProptestConfig {
    let set = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(set.unwrap_or(usual)) }
}

/// A random step, or something that a source says of itself.
fn any_word() -> impl Strategy<Value = Delta> {
    let kind = || prop::sample::select(Kind::ALL.to_vec());
    let health = (kind(), 0u8..5).prop_map(|(kind, what)| {
        let fault = Fault { phase: Phase::Watch, cause: crate::store::tests::delta::Cause::Closed };
        let health = match what {
            0 => Health::NotServed,
            1 => Health::Loading { seen: 3 },
            2 => Health::Stale { since: Time(1), fault, retry_at: Time(9) },
            _ => Health::Live,
        };
        Delta::Health(kind, health)
    });
    let skipped = kind().prop_map(|kind| Delta::Skipped(kind, Skipped { why: "odd".into(), ..Skipped::default() }));
    let within = (kind(), any::<bool>()).prop_map(|(kind, live)| {
        let health = if live { Health::Live } else { Health::Loading { seen: 2 } };
        Delta::HealthIn(kind, "shop".into(), health)
    });
    let watching = any::<bool>()
        .prop_map(|shown| Delta::Watching("shop".into(), if shown { Purpose::Shown } else { Purpose::Support }));
    let apart = (0u32..3).prop_map(|rules| match rules {
        0 => Delta::NetworkPolicy(Step::Deleted(Key::new("shop", "deny"), Uid::default())),
        1 => Delta::NetworkPolicy(Step::Applied(NetworkPolicy {
            meta: Meta { key: Key::new("shop", "deny"), ..Meta::default() },
            ingress: Some(rules),
            ..NetworkPolicy::default()
        })),
        _ => Delta::Config(
            ConfigName::Coredns,
            Step::Applied(ConfigMap {
                meta: Meta { key: Key::new(ConfigName::NAMESPACE, "coredns"), ..Meta::default() },
                ..ConfigMap::default()
            }),
        ),
    });
    let listed = any_delta().prop_map(|delta| {
        if let Delta::Pod(Step::Listed(pods)) = delta { Delta::Pod(Step::ListedIn("shop".into(), pods)) } else { delta }
    });
    prop_oneof![20 => any_delta(), 3 => listed, 2 => health, 1 => skipped, 1 => within, 1 => watching, 1 => apart]
}

fn any_tape() -> impl Strategy<Value = Vec<(Time, Vec<Delta>)>> {
    let batch = (0i64..3, prop::collection::vec(any_word(), 0..5));
    prop::collection::vec(batch, 1..24).prop_map(|batches| {
        let mut at = 1;
        batches
            .into_iter()
            .map(|(later, batch)| {
                at += later;
                (Time(at), batch)
            })
            .collect()
    })
}

fn play(tape: &[(Time, Vec<Delta>)], to: Time) -> Store {
    let mut store = Store::new();
    for (at, batch) in tape.iter().filter(|(at, _)| *at <= to) {
        store.apply(*at, batch.clone());
    }
    store
}

/// Each row's stage, by Service.
fn stages(store: &Store) -> BTreeMap<(crate::model::Key, RowId), Stage> {
    let rows = keys().flat_map(|key| store.rows(&key).into_iter().map(move |row| (key.clone(), row)));
    rows.map(|(key, row)| ((key, row.id.clone()), Stage::of(Some(&row)))).collect()
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn any_moment_is_what_a_fresh_replay_to_it_gives(mut tape in any_tape(), early in any::<bool>()) {
        if early {
            tape.insert(0, (Time(0), live()));
        }
        let mut store = Store::new();
        let mut past = Past::default();
        for (at, batch) in &tape {
            let changes = store.apply(*at, batch.clone());
            past.record(*at, &changes, &store);
        }
        store.settle();
        let (first, last) = (tape[0].0, tape[tape.len() - 1].0);
        for at in (first.0..=last.0 + 1).map(Time) {
            let mut there = past.rewind(&store, at).unwrap();
            let fresh = play(&tape, at);
            prop_assert!(there == fresh, "at {at:?}");
            while there.unsettled() {
                there.settle_some(1);
            }
            prop_assert!(there == fresh, "settled, at {at:?}");
            for key in keys() {
                prop_assert_eq!(there.rows(&key), fresh.rows(&key));
            }
            for kind in Kind::ALL {
                prop_assert_eq!(there.health(kind), fresh.health(kind));
                prop_assert_eq!(there.skips(kind), fresh.skips(kind));
            }
            prop_assert!(diff(&there, &fresh).is_empty());
            let told: BTreeSet<_> = there.differing(&store);
            for key in keys().filter(|key| !told.contains(key)) {
                prop_assert_eq!(there.rows(&key), store.rows(&key));
                prop_assert_eq!(there.service(&key), store.service(&key));
            }
        }
        prop_assert!(past.rewind(&store, first.plus(-1)).is_err());
    }

    #[test]
    fn the_entries_add_up_to_the_difference_of_the_stores(
        before in prop::collection::vec(any_delta(), 0..8),
        tape in prop::collection::vec(prop::collection::vec(any_delta(), 1..5), 1..16),
    ) {
        let mut store = Store::new();
        let mut past = Past::default();
        for (at, batch) in [(Time(0), before), (Time(1), live())] {
            let changes = store.apply(at, batch);
            past.record(at, &changes, &store);
        }
        prop_assert!(past.ledger.is_empty(), "what was there before is no entry");
        let began = store.clone();
        for (at, batch) in (2..).map(Time).zip(&tape) {
            let changes = store.apply(at, batch.clone());
            past.record(at, &changes, &store);
            // A source that is lost and says it all again has said nothing.
            let entries = past.ledger.len();
            let paces = |past: &Past| past.unrest.services().map(|(_, restless)| restless.pace.clone()).collect::<Vec<_>>();
            let counted = paces(&past);
            let changes = store.apply(at, lost());
            past.record(at, &changes, &store);
            let again = relist(&store);
            let changes = store.apply(at, again);
            past.record(at, &changes, &store);
            prop_assert_eq!(past.ledger.len(), entries);
            prop_assert_eq!(paces(&past), counted);
        }
        // Ledger and unrest count the same changes.
        let rows = past.ledger.entries().filter(|entry| matches!(entry.on, Subject::Row(..))).count();
        let paced: u32 = past.unrest.services().flat_map(|(_, restless)| restless.pace.history(Time(99), 1)).sum();
        prop_assert_eq!(usize::try_from(paced).unwrap(), rows);
        let mut held = stages(&began);
        for entry in past.ledger.entries() {
            if let (Subject::Row(service, id), Event::Moved { from, to }) = (&entry.on, &entry.event) {
                let place = (service.clone(), id.clone());
                let was = held.remove(&place).unwrap_or_default();
                prop_assert_eq!(was, *from);
                if *to != Stage::Absent {
                    held.insert(place, *to);
                }
            }
        }
        prop_assert_eq!(held, stages(&store));
        let differ: BTreeSet<_> = diff(&began, &store).into_iter().map(|service| service.service).collect();
        for key in keys().filter(|key| !differ.contains(key)) {
            let totals = past.ledger.totals().remove(&key).unwrap_or_default();
            prop_assert!(totals.values().all(|count| *count == 0), "{key}: {totals:?}");
        }
    }
}

/// Every stream breaks off.
fn lost() -> Vec<Delta> {
    let fault = Fault { phase: Phase::Watch, cause: crate::store::tests::delta::Cause::Closed };
    let stale = Health::Stale { since: Time(1), fault, retry_at: Time(9) };
    Kind::ALL.map(|kind| Delta::Health(kind, stale.clone())).into()
}

/// The same again, as a source that has reconnected sends it.
fn relist(store: &Store) -> Vec<Delta> {
    let mut deltas = vec![
        Delta::Pod(Step::Listed(store.pods().map(|pod| pod.as_ref().clone()).collect())),
        Delta::Node(Step::Listed(store.nodes().map(|node| node.as_ref().clone()).collect())),
        Delta::Slice(Step::Listed(store.slices().map(|slice| slice.as_ref().clone()).collect())),
        Delta::Service(Step::Listed(store.services().map(|service| service.as_ref().clone()).collect())),
    ];
    deltas.extend(live());
    deltas
}
