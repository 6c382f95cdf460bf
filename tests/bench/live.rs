//! The built program on the loopback server.

use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::server::Server;
use super::server::world::{self, PODS, REPLICAS, SERVICES, SLICES, namespace_of};
use super::terminal::{Terminal, cost};
use super::{Figure, Wanted, floor, median, quantile};

/// Pairs of measurements: floor, podpath, floor, podpath …
const PAIRS: usize = 5;

/// What the first sync tells.
pub const SYNC: [&str; 5] = ["P2", "P3", "P4", "P6", "P19"];
/// What the peace after it tells.
pub const PEACE: [&str; 2] = ["P16", "P19"];
/// What churn tells.
pub const CHURN: [&str; 3] = ["P7", "P9", "P11"];

fn figure(id: &'static str, what: impl Into<String>, (must, aim): (f64, f64), got: f64, unit: &'static str) -> Figure {
    Figure { id, what: what.into(), must, aim, got, unit }
}

fn thousands(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

fn complete(pods: usize) -> impl Fn(&str) -> bool {
    let count = format!("pods {} ", thousands(pods));
    move |text| text.contains(&count) && text.contains("● live")
}

struct Bench {
    server: Server,
    dir: TempDir,
}

impl Bench {
    fn new(runtime: &Runtime, pods: usize) -> Self {
        let world = world::of_pods(pods);
        let by_json = std::env::args().any(|argument| argument == "json");
        let server = runtime.block_on(Server::start(if by_json { world } else { world.with_protobuf() }));
        Self { server, dir: tempfile::tempdir().unwrap() }
    }

    fn open(&self) -> Terminal {
        Terminal::open(&self.server.kubeconfig(self.dir.path()), &["-A"])
    }
}

/// Keeps a server up until the process is killed.
pub fn serve(runtime: &Runtime, pods: usize, churn: bool) {
    let bench = Bench::new(runtime, pods);
    println!("{}", bench.server.kubeconfig(bench.dir.path()).display());
    for round in (0..).take_while(|_| churn) {
        flip(&bench.server, (round * 37) % pods, round % 2 == 1);
        std::thread::sleep(Duration::from_millis(4));
    }
    runtime.block_on(std::future::pending())
}

/// P1: start to the first honest frame.
pub fn first_frame(runtime: &Runtime) -> Figure {
    let bench = Bench::new(runtime, 100);
    let times = (0..9).map(|_| {
        let mut terminal = bench.open();
        let started = terminal.started;
        let at = terminal.shows("a header", |text| text.contains("loopback"));
        at.duration_since(started).as_secs_f64() * 1e3
    });
    figure("P1", "start to first frame", (30.0, 10.0), median(times.collect()), "ms")
}

/// P2, P3, P4, P6, P16, P19: the first sync, and the peace after it.
pub fn sync(runtime: &Runtime, pods: usize, wanted: &Wanted) -> Vec<Figure> {
    let bench = Bench::new(runtime, pods);
    let mut figures = Vec::new();
    if wanted.any(&SYNC) {
        figures.extend(load(&bench, pods));
    }
    if wanted.any(&PEACE) {
        figures.extend(peace(&bench, pods));
    }
    figures
}

fn load(bench: &Bench, pods: usize) -> [Figure; 5] {
    let kubeconfig = bench.server.kubeconfig(bench.dir.path());
    let (mut ratios, mut peaks, mut cpus, mut floors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut waits, mut rows): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut requests = 0;
    for _ in 0..PAIRS {
        let (floor, spent) = floor::measure(&kubeconfig);
        floors.push(spent.cpu);
        waits.push(floor * 1e3);
        let before = bench.server.asked().len();
        let mut terminal = bench.open();
        let first =
            terminal.shows("the first rows", |text| text.contains("web-00000")).duration_since(terminal.started);
        rows.push((first.as_secs_f64() - floor) * 1e3);
        let at = terminal.shows("exact counts", complete(pods));
        let took = at.duration_since(terminal.started).as_secs_f64();
        let spent = cost(terminal.pid());
        requests = bench.server.asked().len() - before;
        ratios.push(took / floor);
        peaks.push(spent.peak);
        cpus.push(spent.cpu * 1e6 / pods as f64);
    }
    let (must, aim) = if pods < 5_000 { (3.0, 2.0) } else { (2.5, 1.6) };
    let most = if pods < 5_000 {
        16.0
    } else if pods < 50_000 {
        26.0
    } else {
        110.0
    };
    let small = 12.0 + (pods * 410) as f64 / 1e6;
    let wait = median(waits);
    let floor = median(floors) * 1e6 / pods as f64;
    [
        figure("P2", "first rows, after the floor has all", (50.0, 20.0), median(rows), "ms"),
        figure("P3", format!("start to complete frame (floor {wait:.0} ms)"), (must, aim), median(ratios), "× floor"),
        figure("P4", "peak memory", (most, small), median(peaks), "MB"),
        figure("P6", format!("CPU a pod (floor {floor:.1})"), (30.0, 15.0), median(cpus), "µs"),
        figure("P19", "requests of the first sync", (8.0, 8.0), requests as f64, ""),
    ]
}

fn peace(bench: &Bench, pods: usize) -> [Figure; 3] {
    let mut terminal = bench.open();
    terminal.shows("exact counts", complete(pods));
    terminal.idle(Duration::from_secs(2));
    let (before, asked, started) = (cost(terminal.pid()), bench.server.asked().len(), Instant::now());
    let bytes = terminal.idle(Duration::from_secs(10)) as f64 / 10.0;
    let cpu = (cost(terminal.pid()).cpu - before.cpu) / started.elapsed().as_secs_f64() * 100.0;
    let asked = bench.server.asked().len() - asked;
    [
        figure("P16", "idle: terminal bytes", (100.0, 0.0), bytes, "B/s"),
        figure("P16", "idle: CPU", (0.5, 0.02), cpu, "%"),
        figure("P19", "requests in 10 s of peace", (0.0, 0.0), asked as f64, ""),
    ]
}

/// A pod and its slice, not ready or ready again.
fn flip(server: &Server, number: usize, ready: bool) {
    let service = number / REPLICAS;
    let (namespace, name) = (namespace_of(service), format!("web-{service:05}"));
    server.put(PODS, (&namespace, &format!("{name}-6c9f7d-{number:06x}")), &world::pod(number, ready));
    server.put(SLICES, (&namespace, &format!("{name}-x7k2p")), &world::slice(service, (!ready).then_some(number)));
}

fn marker(server: &Server, name: &str) {
    server.put(SERVICES, ("team-00", name), &world::service("team-00", name, "x"));
}

/// P7, P9, P11: while things change.
pub fn churn(runtime: &Runtime, pods: usize, wanted: &Wanted) -> Vec<Figure> {
    let bench = Bench::new(runtime, pods);
    let mut terminal = bench.open();
    terminal.shows("exact counts", complete(pods));
    terminal.idle(Duration::from_millis(500));
    let mut figures = Vec::new();
    if wanted.any(&["P7"]) {
        figures.push(work(&bench, &mut terminal, pods));
    }
    if wanted.any(&["P9"]) {
        figures.push(flood(&bench, &mut terminal, pods));
    }
    if wanted.any(&["P11"]) {
        figures.extend(delay(&bench, &mut terminal));
    }
    figures
}

/// A thousand events in about two seconds, with the screen live; three times.
fn work(bench: &Bench, terminal: &mut Terminal, pods: usize) -> Figure {
    let spent = (0..3).map(|thousand| {
        let before = cost(terminal.pid());
        for round in thousand * 500..(thousand + 1) * 500 {
            flip(&bench.server, (round * 37) % pods, round % 2 == 1);
            terminal.idle(Duration::from_millis(4));
        }
        let last = format!("web-00000-end-{thousand}");
        marker(&bench.server, &last);
        terminal.shows("the last event", |text| text.contains(&last));
        (cost(terminal.pid()).cpu - before.cpu) * 1e3
    });
    figure("P7", "CPU for 1,000 events, screen live", (60.0, 20.0), median(spent.collect()), "ms")
}

/// As many as go: the last of them is on the screen only when all before it were taken in.
fn flood(bench: &Bench, terminal: &mut Terminal, pods: usize) -> Figure {
    let events = 20_000;
    let flips: Vec<_> = (0..events / 2).map(|round| ((round * 37) % pods, round % 3 == 0)).collect();
    let lines: Vec<_> = flips
        .iter()
        .flat_map(|(number, ready)| {
            let service = number / REPLICAS;
            let (namespace, name) = (namespace_of(service), format!("web-{service:05}"));
            [
                (PODS, (namespace.clone(), format!("{name}-6c9f7d-{number:06x}")), world::pod(*number, *ready)),
                (SLICES, (namespace, format!("{name}-x7k2p")), world::slice(service, (!ready).then_some(*number))),
            ]
        })
        .collect();
    let started = bench.server.put_all(lines);
    // Each kind has a stream of its own: the counts tell when each has come to its end.
    flip(&bench.server, pods, true);
    let counts = [format!("pods {}", thousands(pods + 1)), format!("slices {}", thousands(pods / REPLICAS + 1))];
    let at = terminal.shows("the last of the flood", |text| counts.iter().all(|count| text.contains(count)));
    let rate = f64::from(u32::try_from(events).unwrap()) / at.duration_since(started).as_secs_f64();
    // The table reads "less is better": the time for 10,000 events.
    figure("P9", format!("time for 10,000 events ({rate:.0} a second)"), (1.0, 0.2), 10_000.0 / rate, "s")
}

/// A hundred events a second; each gives the first Service another port.
fn delay(bench: &Bench, terminal: &mut Terminal) -> [Figure; 2] {
    let mut waits = Vec::new();
    // After whatever came before: a storm is drawn less often.
    terminal.idle(Duration::from_secs(1));
    for round in 0..200 {
        let port = 20_000 + round;
        let sent = Instant::now();
        let json =
            world::service("team-00", "web-00000", "web-00000").replace("\"port\":80", &format!("\"port\":{port}"));
        bench.server.put(SERVICES, ("team-00", "web-00000"), &json);
        let seen = terminal.shows("the new port", |text| text.contains(&format!("http {port}")));
        waits.push(seen.saturating_duration_since(sent).as_secs_f64() * 1e3);
        terminal.idle(Duration::from_millis(10));
    }
    [
        figure("P11", "event to screen, half of them within", (20.0, 9.0), quantile(&mut waits, 0.5), "ms"),
        figure("P11", "event to screen, 99 of 100 within", (50.0, 18.0), quantile(&mut waits, 0.99), "ms"),
    ]
}
