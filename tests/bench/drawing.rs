//! Frames in this process: state to scene to cells, at 200 by 50.

use std::time::Instant;

use podpath::app::{Key, Message, Session, State, update};
use podpath::delta::{Delta, Health, Step};
use podpath::model::{Interner, Kind, Time};
use podpath::watch::decode;
use podpath::{theme, ui, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::server::world::{self, REPLICAS, namespace_of};
use super::{Figure, quantile};

fn state(pods: usize) -> State {
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
    deltas.extend(Kind::ALL.into_iter().map(|kind| Delta::Health(kind, Health::Live)));
    let mut state = State::new(Session::default(), (200, 50), Time(1));
    update(&mut state, Message::Deltas(Time(1), deltas));
    state
}

/// P14: a frame after each key.
pub fn frames(pods: usize) -> Vec<Figure> {
    let mut state = state(pods);
    let theme = theme::load("dark").unwrap();
    let mut buffer = Buffer::empty(Rect::new(0, 0, 200, 50));
    let mut times: Vec<f64> = "*jjjjjjjjjjjjjjjjjjjjjGgjjjjjdididsss"
        .chars()
        .cycle()
        .take(400)
        .map(|key| {
            let started = Instant::now();
            update(&mut state, Message::Key(Key::from(key)));
            let scene = view::scene(&state);
            buffer.reset();
            ui::draw(&scene, &theme, &mut buffer);
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    vec![Figure {
        id: "P14",
        what: "key to finished cells, 99 of 100 within".into(),
        must: 8.0,
        aim: 1.5,
        got: quantile(&mut times, 0.99),
        unit: "ms",
    }]
}
