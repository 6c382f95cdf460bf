//! Frames in this process: state to scene to cells, at 200 by 50.

use std::time::Instant;

use podpath::app::{Key, KeyCode, Message, Session, State, update};
use podpath::delta::{Delta, Health, Step};
use podpath::model::{Interner, Kind, Time};
use podpath::watch::decode;
use podpath::{theme, ui, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::server::world::{self, REPLICAS, namespace_of};
use super::{Figure, quantile};

/// A program that has everything.
pub fn state(pods: usize) -> State {
    let interner = &mut Interner::default();
    let services = (0..pods / REPLICAS).map(|number| {
        let name = format!("web-{number:05}");
        decode::service(world::service(&namespace_of(number), &name, &name).as_bytes(), interner).unwrap()
    });
    let services = services.collect();
    let slices =
        (0..pods / REPLICAS).map(|number| decode::slice(world::slice(number, None).as_bytes(), interner).unwrap());
    let slices = slices.collect();
    let all = (0..pods).map(|number| decode::pod(world::pod(number, true).as_bytes(), interner).unwrap()).collect();
    let mut deltas =
        vec![Delta::Service(Step::Listed(services)), Delta::Slice(Step::Listed(slices)), Delta::Pod(Step::Listed(all))];
    deltas.extend(Kind::CORE.into_iter().map(|kind| Delta::Health(kind, Health::Live)));
    let mut state = State::new(Session::default(), (200, 50), Time(1));
    update(&mut state, Message::Deltas(Time(1), deltas));
    while state.unsettled() {
        state.settle();
    }
    state
}

/// P14: a frame; P15: what a key costs before it, filters among them.
pub fn frames(state: &mut State) -> Vec<Figure> {
    let theme = theme::load("dark").unwrap();
    let mut buffer = Buffer::empty(Rect::new(0, 0, 200, 50));
    let (mut keys, mut frames) = (Vec::new(), Vec::new());
    let milliseconds = |times: &mut Vec<f64>, since: Instant| times.push(since.elapsed().as_secs_f64() * 1e3);
    let typed = "*jjjjjjjjjjjjjGgjjjjjdididsss-/web-000\u{1b}/10.64.1\u{1b}".chars();
    for character in typed.cycle().take(600) {
        let key = if character == '\u{1b}' { Key::from(KeyCode::Esc) } else { Key::from(character) };
        let started = Instant::now();
        update(state, Message::Key(key));
        milliseconds(&mut keys, started);
        let started = Instant::now();
        let scene = view::scene(state);
        buffer.reset();
        ui::draw(&scene, &theme, &mut buffer);
        milliseconds(&mut frames, started);
    }
    let figure = |id, what: &str, (must, aim), got| Figure { id, what: what.into(), must, aim, got, unit: "ms" };
    vec![
        figure("P14", "state to finished cells, 99 of 100 within", (8.0, 1.5), quantile(&mut frames, 0.99)),
        figure("P15", "a key (motion, open all, filter), 99 of 100 within", (16.0, 4.0), quantile(&mut keys, 0.99)),
    ]
}
