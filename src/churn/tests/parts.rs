//! Life lines, lags, addresses, unrest, and the budget.

use super::world::{START, a, b, base, deleting, gone, of_web, put, ready, step, unready, web};
use crate::churn::{LagOf, Outage, Past, Skew, Step as Stage, Subject, When};
use crate::model::{ClockReading, Endpoint, Key, Meta, Pod, PodRare, Second, Time, Uid};
use crate::store::tests::delta::{Delta, Step};
use crate::store::tests::{endpoint, pod, slice};
use crate::store::{Cause, RowId, Store};

fn key() -> Key {
    Key::new("shop", "web")
}

fn id(name: &str) -> RowId {
    RowId::Pod(Uid::from(name))
}

fn b_not_ready() -> Endpoint {
    Endpoint { serving: Some(false), ..endpoint(2, Some(("b", "b")), false, false) }
}

#[test]
fn a_life_line_has_each_stage_with_its_clock() {
    let mut world = base();
    let pending = Pod { ready: false, ready_since: None, ips: Default::default(), ..of_web("c", "h1", 3, START.0) };
    let scheduled = Pod { scheduled: Second::of(START.plus(1_000)), ..pending.clone() };
    let addressed =
        Pod { ips: [endpoint(3, None, true, false).address().unwrap()].into_iter().collect(), ..scheduled.clone() };
    let up = Pod { ready: true, ready_since: Some(START.plus(4_000)), ..addressed.clone() };
    let rare = PodRare { grace_seconds: Some(30), ..PodRare::default() };
    let meta = Meta { deleted: Some(START.plus(40_000)), ..up.meta.clone() };
    let going = Pod { meta, rare: Some(Box::new(rare)), ..up.clone() };
    let unnamed = Pod { node: None, ..pending };
    let with_c = |endpoint: Endpoint| web(vec![ready(1, "a"), ready(2, "b"), endpoint]);
    let named = |ready, terminating| endpoint(3, Some(("c", "c")), ready, terminating);
    for (at, delta) in [
        (200, put(unnamed)),
        (1_200, put(scheduled)),
        (2_200, put(addressed)),
        (2_400, with_c(named(false, false))),
        (4_200, put(up)),
        (9_500, with_c(named(true, false))),
        (10_200, put(going)),
        (10_300, with_c(named(false, true))),
    ] {
        step(&mut world, START.plus(at), vec![delta]);
    }
    let life = world.1.ledger.life(&world.0, &key(), &id("c"), Time(i64::MAX));
    assert_eq!(life.grace_ends, Some(START.plus(40_000)));
    step(&mut world, START.plus(41_000), vec![gone("c"), web(vec![ready(1, "a"), ready(2, "b")])]);
    let life = world.1.ledger.life(&world.0, &key(), &id("c"), Time(i64::MAX));
    let server = |millis| When::Server(START.plus(millis));
    let seen = |millis| When::Seen(START.plus(millis));
    let passed: Vec<_> = life.passed.iter().map(|passed| (passed.step, passed.when)).collect();
    assert_eq!(
        passed,
        [
            (Stage::Created, server(0)),
            (Stage::Scheduled, server(1_000)),
            (Stage::Addressed, seen(2_200)),
            (Stage::Joined, seen(2_400)),
            (Stage::Ready, server(4_000)),
            (Stage::InService, seen(9_500)),
            (Stage::Deleting, server(10_000)),
            (Stage::Draining, seen(10_300)),
            (Stage::Left, seen(41_000)),
            (Stage::Gone, seen(41_000)),
        ]
    );
    assert!(!life.older);
    let slow = world.1.ledger.slowest(START, 10);
    let slow: Vec<_> = slow.iter().map(|(_, lag)| (lag.of, lag.millis, lag.skew)).collect();
    // It was let drain at once, and let go when it was gone: that its grace was long is nobody's delay.
    assert_eq!(slow, [(LagOf::ReadyToSlice, 5_300, None)]);
    let lags: Vec<_> = world.1.ledger.entries().filter_map(|entry| entry.lag).collect();
    let lags: Vec<_> = lags.iter().map(|lag| (lag.of, lag.from, lag.millis)).collect();
    assert_eq!(
        lags,
        [
            (LagOf::ReadyToSlice, seen(4_200), 5_300),
            (LagOf::DeletingToOut, seen(10_200), 100),
            (LagOf::GoneToOut, seen(41_000), 0),
        ]
    );
}

#[test]
fn a_measured_skew_is_allowed_for_and_said() {
    let mut world = base();
    let skew = Skew { millis: 60_000, measured: START };
    world.1.ledger.set_skew(Some(skew));
    step(&mut world, START, vec![put(Pod { ready: false, ..b() }), web(vec![ready(1, "a"), b_not_ready()])]);
    // The server's clock is a minute ahead: it says 62 s, that was 2 s on ours. We hear of it 1.2 s later, too late to
    // tell it finer, and of the slice at 3.5 s.
    let back = Pod { ready_since: Some(START.plus(62_000)), ..b() };
    step(&mut world, START.plus(3_200), vec![put(back)]);
    step(&mut world, START.plus(3_500), vec![web(vec![ready(1, "a"), ready(2, "b")])]);
    let entry = world.1.ledger.entries().last().unwrap();
    let lag = entry.lag.unwrap();
    assert_eq!((lag.millis, lag.skew, lag.slow()), (1_500, Some(skew), false));
}

#[test]
fn a_server_ahead_of_us_makes_no_lag() {
    let mut world = base();
    // 90 s ahead: each answer tells it to a second and the time it took.
    for at in [100, 700, 1_300] {
        let at = START.plus(at);
        let date = Time((at.0 + 90_005).div_euclid(1_000) * 1_000);
        world.1.measure(at, ClockReading::of(date, at, at.plus(10)));
    }
    let skew = world.1.ledger.skew().unwrap();
    assert!((skew.millis - 90_000).abs() <= 500, "{skew:?}");
    step(
        &mut world,
        START.plus(2_000),
        vec![put(Pod { ready: false, ..b() }), web(vec![ready(1, "a"), b_not_ready()])],
    );
    // Ready at 5.4 s by our clock; its object says the second, by the server's.
    let back = Pod { ready_since: Some(START.plus(95_000)), ..b() };
    step(&mut world, START.plus(5_450), vec![put(back)]);
    step(&mut world, START.plus(5_700), vec![web(vec![ready(1, "a"), ready(2, "b")])]);
    let lag = world.1.ledger.entries().last().unwrap().lag.unwrap();
    assert!(lag.millis <= 1_200 && lag.skew == Some(skew), "{lag:?}");
    let life = world.1.ledger.life(&world.0, &key(), &id("b"), Time(i64::MAX));
    let at = life.passed.iter().rfind(|passed| passed.step == Stage::Ready).unwrap().when.ours(Some(skew));
    assert!(at.since(START.plus(4_500)) <= 1_000, "{at:?}");
}

#[test]
fn an_address_tells_who_had_it_and_a_quick_reuse_is_marked() {
    let mut world = base();
    let ip = endpoint(2, None, true, false).address().unwrap();
    step(&mut world, START, vec![gone("b")]);
    step(&mut world, START.plus(4_000), vec![put(pod("x", "x", "db", 2))]);
    let (store, past) = &world;
    let holds = past.holders.of(ip, store);
    let names: Vec<_> = holds.iter().map(|hold| (hold.pod.name.as_str(), hold.from, hold.to)).collect();
    assert_eq!(names, [("b", When::Server(Time(1_000)), Some(START)), ("x", When::Seen(START.plus(4_000)), None)]);
    assert_eq!(holds[1].reused.as_ref().map(|reused| reused.after), Some(4_000));
    let at = |millis| {
        past.holders.at(ip, START.plus(millis), store).into_iter().map(|hold| hold.pod.name).collect::<Vec<_>>()
    };
    assert_eq!((at(-1), at(1), at(4_000)), (vec!["b".into()], vec![], vec!["x".into()]));
    // Long after, it is nobody's concern any more.
    step(&mut world, START.plus(5_000), vec![Delta::Pod(Step::Deleted(Key::new("shop", "x"), Uid::from("x")))]);
    step(&mut world, START.plus(900_000), vec![put(pod("y", "y", "db", 2))]);
    assert!(world.1.holders.reused(ip, &Uid::from("y")).is_none());
}

#[test]
fn flapping_begins_late_and_ends_later() {
    let mut world = base();
    let mut at = START;
    let mut flip = |world: &mut (Store, Past), millis: i64, up: bool| {
        at = at.plus(millis);
        let pod = if up { b() } else { unready(b()) };
        let entry = if up { ready(2, "b") } else { b_not_ready() };
        step(world, at, vec![put(pod), web(vec![ready(1, "a"), entry])]);
        let restless = world.1.unrest.of(&key()).unwrap();
        restless.flapping(at).count()
    };
    let flaps: Vec<usize> = (0..6).map(|number| flip(&mut world, 20_000, number % 2 == 1)).collect();
    assert_eq!(flaps, [0, 0, 0, 0, 1, 1], "five times in ten minutes");
    assert_eq!(flip(&mut world, 400_000, false), 1, "still some of late");
    assert_eq!(flip(&mut world, 700_000, true), 0, "once in ten minutes is no flapping");
}

#[test]
fn an_outage_has_a_beginning_and_an_end() {
    let mut world = base();
    let minute = |minutes: i64| START.plus(minutes * 60_000);
    step(&mut world, minute(0), vec![web(vec![ready(1, "a")]), gone("b")]);
    step(&mut world, minute(1), vec![put(deleting(a())), web(vec![])]);
    step(&mut world, minute(3), vec![put(of_web("c", "h1", 3, 5)), web(vec![ready(3, "c")])]);
    let restless = world.1.unrest.of(&key()).unwrap();
    assert_eq!(restless.outages, [Outage { from: Some(minute(1)), to: Some(minute(3)) }]);
    assert_eq!((restless.down(minute(9)), restless.usable, restless.least), (120_000, 1, Some((0, minute(1)))));
    assert_eq!(restless.pace.history(minute(3), 13), [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert!((restless.pace.per_minute(minute(3), 5) - 0.6).abs() < 1e-9);
    assert_eq!(world.1.unrest.most(minute(3), 5).len(), 1);
}

#[test]
fn what_was_usable_over_time_is_what_the_tree_said_at_each_moment() {
    let mut world = base();
    let without_port = |endpoints| {
        let mut slice = slice("web-2", "web", true, endpoints);
        slice.ports[0].name = Some("another".into());
        Delta::Slice(Step::Applied(slice))
    };
    let draining = || Endpoint { serving: Some(true), ..endpoint(1, Some(("a", "a")), false, true) };
    let batches = [
        (vec![web(vec![ready(1, "a")]), without_port(vec![ready(2, "b")])], 1),
        (vec![web(vec![draining()])], 1),
        (vec![web(vec![])], 0),
        (vec![without_port(vec![]), web(vec![ready(1, "a"), ready(2, "b")])], 2),
    ];
    let mut told = Vec::new();
    for (number, (batch, usable)) in (1_i64..).zip(batches) {
        let at = START.plus(number * 1_000);
        step(&mut world, at, batch);
        assert_eq!(world.0.summary(&key()).usable, usable);
        told.push((at, usable));
    }
    let until = |at| world.1.unrest.usable(&key(), (Time(0), at), 9);
    assert_eq!(until(START).within(Time(0), START), Some(2), "before anything changed");
    for (at, usable) in told {
        assert_eq!(until(START.plus(9_000)).within(at, at.plus(1)), Some(usable));
        assert_eq!(until(at).within(at, at.plus(9_000)), Some(usable), "nothing of what comes later");
    }
    assert_eq!(until(START.plus(9_000)).least(), Some((0, START.plus(3_000))));
    let quiet = world.1.unrest.usable(&Key::new("shop", "other"), (Time(5), START), 3);
    assert_eq!((quiet.least(), quiet.most()), (Some((3, Time(5))), 3));
}

#[test]
fn a_service_that_does_not_exist_is_not_out() {
    for deleted_first in [true, false] {
        let mut world = base();
        let minute = |minutes: i64| START.plus(minutes * 60_000);
        let gone = vec![Delta::Service(Step::Deleted(key(), Uid::from("web")))];
        let (first, second) = (vec![web(vec![])], gone);
        let (first, second) = if deleted_first { (second, first) } else { (first, second) };
        step(&mut world, minute(1), first);
        step(&mut world, minute(2), second);
        let restless = world.1.unrest.of(&key()).unwrap();
        assert!(restless.outages.iter().all(|outage| outage.to.is_some()), "{:?}", restless.outages);
    }
}

#[test]
fn a_time_line_is_walked_in_both_directions() {
    let mut world = base();
    step(&mut world, START, vec![web(vec![ready(1, "a")])]);
    step(&mut world, START.plus(10), vec![put(unready(a()))]);
    step(&mut world, START.plus(20), vec![put(a())]);
    let ledger = &world.1.ledger;
    let service = Subject::Service(key());
    let row = Subject::Row(key(), id("a"));
    assert_eq!(ledger.previous(&service, START.plus(20)).map(|entry| entry.at), Some(START));
    assert_eq!(ledger.following(&row, START).map(|entry| entry.at), Some(START.plus(10)));
    assert_eq!(ledger.following(&row, START.plus(20)), None);
    assert_eq!(ledger.from(1).count(), ledger.len() - 1);
}

#[test]
fn a_relist_is_told_as_one_and_has_no_lag() {
    let mut world = base();
    let listed = slice("web-1", "web", true, vec![ready(1, "a")]);
    step(&mut world, START, vec![Delta::Pod(Step::Listed(vec![a()])), Delta::Slice(Step::Listed(vec![listed]))]);
    assert!(!world.1.ledger.is_empty());
    for entry in world.1.ledger.entries() {
        assert_eq!((entry.heard, entry.lag), (Cause::Relist, None));
    }
}

#[test]
fn the_budget_is_kept_the_oldest_goes_first_and_that_is_said() {
    let mut world = base();
    world.1 = Past::new(400_000);
    let mut reach = None;
    for round in 0..6_000 {
        let at = START.plus(round * 100);
        let (pod, entry) = if round % 2 == 0 { (unready(b()), b_not_ready()) } else { (b(), ready(2, "b")) };
        step(&mut world, at, vec![put(pod), web(vec![ready(1, "a"), entry])]);
        let size = world.1.size();
        assert!(size.bytes <= 460_000, "{size:?} after {round} rounds");
        assert!(size.reach >= reach, "the reach never goes back");
        reach = size.reach;
    }
    let (store, past) = &world;
    let size = past.size();
    assert!(size.versions > 5_000 && size.entries.count > 5_000, "{size:?}");
    let since = size.reach.unwrap();
    assert!(past.rewind(store, since.plus(-1)).is_err());
    let there = past.rewind(store, since).unwrap();
    let even = (since.0 - START.0) / 100 % 2 == 0;
    assert_eq!(there.pod(&Key::new("shop", "b")).unwrap().ready, !even);
    assert_eq!(past.ledger.entries().next().map(|entry| entry.number), Some(size.entries.count));
    assert!(past.ledger.entries().next().unwrap().at >= size.entries.before.unwrap());
}

#[test]
fn a_slice_that_is_heard_just_before_its_pod_comes_after_it_in_the_life() {
    let mut world = base();
    let young = Pod { ready: false, ready_since: None, ips: Default::default(), ..of_web("c", "h1", 3, START.0) };
    step(&mut world, START, vec![put(young)]);
    step(&mut world, START.plus(90), vec![web(vec![ready(1, "a"), ready(2, "b"), ready(3, "c")])]);
    step(&mut world, START.plus(97), vec![put(of_web("c", "h1", 3, START.0))]);
    let steps: Vec<Stage> = world
        .1
        .ledger
        .life(&world.0, &key(), &id("c"), Time(i64::MAX))
        .passed
        .iter()
        .map(|passed| passed.step)
        .collect();
    let place = |step| steps.iter().position(|passed| *passed == step).unwrap();
    assert!(
        place(Stage::Addressed) < place(Stage::InService) && place(Stage::Ready) < place(Stage::InService),
        "{steps:?}"
    );
}
