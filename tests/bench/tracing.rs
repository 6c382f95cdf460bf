//! Traces in this process: settings, queries, endpoints, containers, over a whole store.

use std::time::Instant;

use podpath::model::Time;
use podpath::store::Store;
use podpath::trace::path::{Settings, trace};
use podpath::trace::{Client, Question};

use super::server::world::{REPLICAS, namespace_of};
use super::{Figure, quantile};

/// P20: a trace of a name that is there; P21: of each beginning of a name as it is typed, which are not.
pub fn traces(store: &Store, pods: usize) -> Vec<Figure> {
    let clients: Vec<Client> = store.pods().step_by(97).map(|pod| Client::Pod(pod.meta.key.clone())).collect();
    let services = pods / REPLICAS;
    let names = (0..).map(|number| (number * 37) % services);
    let whole = names.clone().map(|number| format!("web-{number:05}.{}:80", namespace_of(number))).take(300);
    let typed = names.take(20).flat_map(|number| {
        let name = format!("web-{number:05}.{}", namespace_of(number));
        (1..name.len()).map(move |end| name[..end].trim_end_matches('.').to_owned()).collect::<Vec<_>>()
    });
    let measure = |names: &mut dyn Iterator<Item = String>| {
        let mut times: Vec<f64> = names
            .zip(clients.iter().cycle())
            .map(|(name, client)| {
                let question = Question::parse(&name, client.clone()).unwrap();
                let started = Instant::now();
                let settings = Settings::of(store);
                let answer = trace(store, &settings, &question, &[], Time(1)).unwrap();
                let took = started.elapsed().as_secs_f64() * 1e3;
                assert!(!answer.steps.is_empty());
                took
            })
            .collect();
        quantile(&mut times, 0.99)
    };
    let figure = |id, what: &str, got| Figure { id, what: what.into(), must: 16.0, aim: 1.0, got, unit: "ms" };
    vec![
        figure("P20", "a trace, 99 of 100 within", measure(&mut whole.into_iter())),
        figure("P21", "a trace at each letter typed, 99 of 100 within", measure(&mut typed.into_iter())),
    ]
}
