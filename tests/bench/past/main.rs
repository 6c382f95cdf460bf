//! Figures of the past, not tests: what recording costs, what it holds, and how long going back takes:
//! `cargo bench --profile fast --bench past`. Arguments after `--`: sizes (`10000`), figures (`P26`) measures what gives
//! them and nothing else, `events=10000000`, `--gate` fails on a missed "must".

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]
#![expect(dead_code, reason = "the figure is one module for two programs")]

#[path = "../figure.rs"]
mod figure;
mod life;

use std::alloc::System;

use cap::Cap;
use figure::{Figure, Wanted, quantile};
use life::Cluster;
use podpath::churn::{Past, Subject, diff};
use podpath::model::Time;
use rustix::time::{ClockId, clock_gettime};

/// Counts what is allocated.
#[global_allocator]
static ALLOCATED: Cap<System> = Cap::new(System, usize::MAX);

const MB: f64 = 1e6;

/// Time that this thread has run, in seconds: what others do on the machine is not its cost.
fn ran() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn figure(id: &'static str, what: impl Into<String>, (must, aim): (f64, f64), got: f64, unit: &'static str) -> Figure {
    Figure { id, what: what.into(), must, aim, got, unit }
}

/// Microseconds that an event costs the store and the record.
fn each(pods: usize) -> f64 {
    let (mut cluster, mut past) = (Cluster::new(pods), Past::default());
    let (mut spent, mut events) = (0.0, 0);
    for round in 0..12_000 {
        let (at, batch) = cluster.next();
        let count = batch.len();
        let started = ran();
        let changes = cluster.store.apply(at, batch);
        past.record(at, &changes, &cluster.store);
        drop(changes);
        // The first ones fill caches.
        if round >= 2_000 {
            spent += ran() - started;
            events += count;
        }
    }
    spent * 1e6 / events as f64
}

/// P8: cost follows what changed, not how much there is.
fn scaling() -> Figure {
    let (small, large) = (each(1_000), each(100_000));
    let what = format!("an event at 100,000 pods, of one at 1,000 ({large:.1} and {small:.1} µs), recorded");
    figure("P8", what, (2.0, 1.2), large / small, "×")
}

/// P26: what the ledger alone costs.
fn ledger(pods: usize) -> Figure {
    let (mut cluster, mut past) = (Cluster::new(pods), Past::default());
    let (mut spent, mut events) = (0.0, 0);
    for _ in 0..20_000 {
        let (at, batch) = cluster.next();
        events += batch.len();
        let changes = cluster.store.apply(at, batch);
        past.holders.record(at, &changes, &cluster.store);
        let started = ran();
        past.ledger.record(at, &changes, &cluster.store, &past.holders);
        spent += ran() - started;
    }
    figure("P26", "an event, in the ledger alone", (10.0, 3.0), spent * 1e6 / events as f64, "µs")
}

/// P26: what an event costs the store, and what it costs the record.
fn cost(pods: usize) -> Vec<Figure> {
    let (mut cluster, mut past) = (Cluster::new(pods), Past::default());
    let (mut applied, mut recorded) = (0.0, 0.0);
    let mut events = 0;
    for _ in 0..20_000 {
        let (at, batch) = cluster.next();
        events += batch.len();
        let started = ran();
        let changes = cluster.store.apply(at, batch);
        applied += ran() - started;
        let started = ran();
        past.record(at, &changes, &cluster.store);
        recorded += ran() - started;
    }
    let each = |seconds: f64| seconds * 1e6 / events as f64;
    let what = format!("an event, recorded (applied: {:.1})", each(applied));
    vec![figure("P26", what, (10.0, 3.0), each(recorded), "µs"), ledger(pods)]
}

/// P27: one hour at ten changes a second; any moment of it, and its neighbours.
fn hour(pods: usize) -> Vec<Figure> {
    let before = ALLOCATED.allocated();
    let mut cluster = Cluster::new(pods);
    let held = ALLOCATED.allocated() - before;
    let mut past = Past::default();
    let began = cluster.now;
    let mut events = 0;
    while events < 36_000 {
        let (at, batch) = cluster.next();
        events += batch.len();
        let changes = cluster.store.apply(at, batch);
        past.record(at, &changes, &cluster.store);
    }
    let took = ALLOCATED.allocated() - before - held;
    let size = past.size();
    let reach = size.reach.unwrap();
    let milliseconds = |times: &mut Vec<f64>, since: f64| times.push((ran() - since) * 1e3);
    let (mut clones, mut ways, mut steps, mut diffs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut screens = Vec::new();
    let length = cluster.now.0 - reach.0;
    for round in 0..40 {
        let to = Time(reach.0 + length * round / 40);
        let started = ran();
        let there = past.rewind(&cluster.store, to).unwrap();
        milliseconds(&mut ways, started);
        // What the screen needs beside: which rows had just changed, and what they were.
        let _ = past.recent(&there, to);
        milliseconds(&mut screens, started);
        let started = ran();
        let copy = cluster.store.clone();
        milliseconds(&mut clones, started);
        let subject = Subject::Service(cluster.service(round as usize));
        let started = ran();
        let _ = (past.ledger.previous(&subject, to), past.ledger.following(&subject, to));
        milliseconds(&mut steps, started);
        let started = ran();
        let _ = diff(&there, &copy);
        milliseconds(&mut diffs, started);
    }
    let minutes = (began.0.max(reach.0) - began.0) / 60_000;
    let what =
        format!("going anywhere in {} changes, {minutes} min lost (a copy: {:.1})", events, quantile(&mut clones, 0.5));
    vec![
        figure("P27", what, (100.0, 50.0), quantile(&mut ways, 1.0), "ms"),
        figure("P27", "the same with the marks of that moment", (100.0, 50.0), quantile(&mut screens, 1.0), "ms"),
        figure("P27", "previous and next change of a Service", (33.0, 5.0), quantile(&mut steps, 1.0), "ms"),
        figure("P27", "the difference of two moments", (200.0, 50.0), quantile(&mut diffs, 1.0), "ms"),
        figure(
            "P28",
            format!("an hour's record, of {:.1} said", size.bytes as f64 / MB),
            (64.0, 32.0),
            took as f64 / MB,
            "MB",
        ),
    ]
}

/// P23: what more events add once the budget is reached: the most that was held over the last tenth of them, of the most
/// over the tenth in which it was reached. Within a tenth it goes up and down as chunks come and go.
fn growth(pods: usize, events: usize) -> Vec<Figure> {
    let before = ALLOCATED.allocated();
    let (mut cluster, mut past) = (Cluster::new(pods), Past::default());
    let held = ALLOCATED.allocated() - before;
    let (mut done, mut full, mut most) = (0, None, 0);
    let (mut first, mut last) = (0, 0);
    let mut said = 0.0;
    while done < events || full.is_none() {
        let (at, batch) = cluster.next();
        done += batch.len();
        let changes = cluster.store.apply(at, batch);
        past.record(at, &changes, &cluster.store);
        drop(changes);
        let size = past.size();
        let now = ALLOCATED.allocated() - before - held;
        if full.is_none() && size.versions > 20_000 && size.entries.count > 20_000 {
            full = Some((now, done));
            said = now as f64 / size.bytes as f64;
        }
        most = most.max(now);
        if let Some((_, reached)) = full {
            if done < reached + events / 10 {
                first = first.max(now);
            }
            if done + events / 10 >= events {
                last = last.max(now);
            }
        }
    }
    let (_, after) = full.unwrap();
    let size = past.size();
    println!(
        "     budget reached after {after} events; {} entries and {} versions dropped; reaches {} s back",
        size.entries.count,
        size.versions,
        (cluster.now.0 - size.reach.unwrap().0) / 1_000
    );
    vec![
        figure(
            "P23",
            format!("growth over {done} events, budget reached"),
            (5.0, 1.0),
            last.saturating_sub(first) as f64 / MB,
            "MB",
        ),
        figure("P28", "what is allocated, of what is said", (1.0, 1.0), said, "×"),
        figure("P28", "the most that was allocated", (70.0, 64.0), most as f64 / MB, "MB"),
    ]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000] } else { sizes };
    let events = arguments.iter().find_map(|argument| argument.strip_prefix("events=")?.parse().ok());
    let wanted = Wanted::of(&arguments);
    let mut missed = 0;
    let scaling = scaling();
    scaling.print();
    missed += usize::from(scaling.got > scaling.must);
    for pods in sizes {
        println!("-- {pods} pods");
        let mut report = |figures: Vec<Figure>| {
            for figure in figures {
                figure.print();
                missed += usize::from(figure.got > figure.must);
            }
        };
        if wanted.any(&["P26"]) {
            report(cost(pods));
        }
        if wanted.any(&["P27", "P28"]) {
            report(hour(pods));
        }
        if wanted.any(&["P23", "P28"]) {
            report(growth(pods, events.unwrap_or(1_000_000)));
        }
    }
    println!("{missed} missed");
    assert!(missed == 0 || !arguments.iter().any(|argument| argument == "--gate"), "a must was missed");
}
