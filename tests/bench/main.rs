//! Figures, not tests: podpath against a floor, in one run: `cargo bench --profile fast --bench figures`.
//!
//! The floor is a client with the same TLS and protocol that lists and watches the same five kinds, keeps nothing and
//! draws nothing; it is this program again. The API server is our own, with pre-encoded pods of about 7.2 KB of JSON.
//! Arguments after `--`: sizes (`1000 10000`), figures (`P3 P7`) measures what gives them and nothing else, `json` serves
//! watches in JSON instead of protobuf, `--gate` fails on a missed "must". `serve 10000` only keeps the server up, for a
//! profiler, `serve 10000 P7` with the events of P7 for ever.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]
#![expect(unreachable_pub, dead_code, reason = "the server is one module for several test programs")]

mod drawing;
mod figure;
mod floor;
mod live;
#[path = "../loopback/server/mod.rs"]
mod server;
mod terminal;
mod tracing;

use std::io::Write;

pub(crate) use figure::{Figure, Wanted, median, quantile};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|argument| argument == "--floor") {
        return floor::run(&arguments[1]);
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    let wanted = Wanted::of(&arguments);
    let mut missed = 0;
    let mut report = |figures: Vec<Figure>| {
        for figure in figures {
            figure.print();
            missed += usize::from(figure.got > figure.must);
            let _ = std::io::stdout().flush();
        }
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if arguments.first().is_some_and(|argument| argument == "serve") {
        return live::serve(&runtime, sizes[0], arguments.iter().any(|argument| argument == "P7"));
    }
    if wanted.any(&["P1"]) {
        report(vec![live::first_frame(&runtime)]);
    }
    for pods in sizes {
        println!("-- {pods} pods");
        if wanted.any(&live::SYNC) || wanted.any(&live::PEACE) {
            report(live::sync(&runtime, pods, &wanted));
        }
        if wanted.any(&live::CHURN) {
            report(live::churn(&runtime, pods, &wanted));
        }
        if wanted.any(&["P14", "P15", "P20", "P21"]) {
            let mut state = drawing::state(pods);
            if wanted.any(&["P20", "P21"]) {
                report(tracing::traces(&state.store, pods));
            }
            if wanted.any(&["P14", "P15"]) {
                report(drawing::frames(&mut state));
            }
        }
    }
    println!("{missed} missed");
    assert!(missed == 0 || !arguments.iter().any(|argument| argument == "--gate"), "a must was missed");
}
