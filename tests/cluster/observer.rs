//! podpath's own eyes: streams into a store, and the same store built from scratch from LIST.

use std::path::Path;
use std::time::Duration;

use podpath::churn::Past;
use podpath::delta::{Delta, Health, Step};
use podpath::model::{Interner, Key, Kind, Namespace, Node, Pod, Service, Slice, Time};
use podpath::store::{Change, Store};
use podpath::watch::decode::{Object, list};
use podpath::watch::{Login, Scope, Watching, connect, watch};

use crate::harness::Api;

/// A store that is fed by streams.
pub(crate) struct Observer {
    pub(crate) watching: Watching,
    pub(crate) store: Store,
    pub(crate) changes: Vec<Change>,
    /// What happened, and why.
    pub(crate) past: Past,
    /// Every word of health that was heard, in order.
    pub(crate) health: Vec<(Kind, Health)>,
}

fn now() -> Time {
    Time(jiff::Timestamp::now().as_millisecond())
}

impl Observer {
    pub(crate) async fn open(kubeconfig: &Path, scope: Scope) -> Self {
        let login = Login { kubeconfig: Some(kubeconfig.to_owned()), ..Login::default() };
        let (_target, server) = connect(&login).await.unwrap();
        let watching = watch(&server, &scope, None);
        Self { watching, store: Store::new(), changes: Vec::new(), past: Past::default(), health: Vec::new() }
    }

    fn take(&mut self, batch: Vec<Delta>) {
        for delta in &batch {
            if let Delta::Health(kind, health) = delta {
                self.health.push((*kind, health.clone()));
            }
        }
        let at = now();
        let changes = self.store.apply(at, batch);
        self.past.record(at, &changes, &self.store);
        self.changes.extend(changes);
    }

    /// Takes in what comes until `done`, at most so long; whether it came to be.
    pub(crate) async fn until(&mut self, patience: Duration, done: impl Fn(&Self) -> bool) -> bool {
        let end = tokio::time::Instant::now() + patience;
        loop {
            if done(self) {
                return true;
            }
            match tokio::time::timeout_at(end, self.watching.next()).await {
                Ok(Some(mut batch)) => {
                    // As the program does: a pod and its slice come by two streams, of which either may be faster.
                    tokio::time::sleep(Duration::from_millis(3)).await;
                    while let Some(more) = self.watching.ready() {
                        batch.extend(more);
                    }
                    self.take(batch);
                }
                Ok(None) => panic!("a stream ended by itself"),
                Err(_) => return done(self),
            }
        }
    }

    /// Everything that can be known is known.
    pub(crate) async fn synced(&mut self) {
        let all_live = |this: &Self| Kind::CORE.into_iter().all(|kind| *this.store.health(kind) == Health::Live);
        assert!(self.until(Duration::from_secs(30), all_live).await, "not live: {:?}", self.health.last());
    }

    /// Waits until the store equals the server's LIST, object by object and edge by edge.
    pub(crate) async fn converges(&mut self, api: &Api, after: &str) {
        let mut difference = String::new();
        for _ in 0..60 {
            self.until(Duration::from_millis(300), |_| false).await;
            let truth = listed(api).await;
            difference = differs(&self.store, &truth);
            if difference.is_empty() {
                return;
            }
        }
        panic!("after {after} the store is not what LIST says: {difference}");
    }
}

/// A store built from scratch from what LIST says now.
pub(crate) async fn listed(api: &Api) -> Store {
    let mut store = Store::new();
    let mut deltas = vec![
        Delta::Service(Step::Listed(objects::<Service>(api, "/api/v1/services").await)),
        Delta::Slice(Step::Listed(objects::<Slice>(api, "/apis/discovery.k8s.io/v1/endpointslices").await)),
        Delta::Pod(Step::Listed(objects::<Pod>(api, "/api/v1/pods").await)),
        Delta::Node(Step::Listed(objects::<Node>(api, "/api/v1/nodes").await)),
        Delta::Namespace(Step::Listed(objects::<Namespace>(api, "/api/v1/namespaces").await)),
    ];
    deltas.extend(Kind::CORE.into_iter().map(|kind| Delta::Health(kind, Health::Live)));
    store.apply(now(), deltas);
    store
}

async fn objects<T: Object>(api: &Api, path: &str) -> Vec<T> {
    let text = api.get(path).await.to_string();
    let items = list::<T>(text.as_bytes(), &mut Interner::default()).unwrap();
    items.into_iter().map(Result::unwrap).collect()
}

/// The first difference in words; empty where there is none.
fn differs(ours: &Store, truth: &Store) -> String {
    fn objects<'a, T: PartialEq + std::fmt::Debug + 'a>(
        kind: &str,
        ours: impl Iterator<Item = &'a std::sync::Arc<T>>,
        truth: impl Iterator<Item = &'a std::sync::Arc<T>>,
    ) -> String {
        let (ours, truth): (Vec<_>, Vec<_>) = (ours.collect(), truth.collect());
        let at = ours.iter().zip(&truth).position(|(a, b)| a != b);
        match at {
            Some(at) => format!("{kind} {at}: ours {:?}, listed {:?}", ours[at], truth[at]),
            None if ours.len() != truth.len() => format!("{} {kind}, listed {}", ours.len(), truth.len()),
            None => String::new(),
        }
    }
    let found = [
        objects("Services", ours.services(), truth.services()),
        objects("slices", ours.slices(), truth.slices()),
        objects("pods", ours.pods(), truth.pods()),
        objects("nodes", ours.nodes(), truth.nodes()),
        objects("namespaces", ours.namespaces(), truth.namespaces()),
    ];
    if let Some(found) = found.into_iter().find(|found| !found.is_empty()) {
        return found;
    }
    let keys: Vec<Key> = truth.services().map(|service| service.meta.key.clone()).collect();
    for key in keys {
        if ours.rows(&key) != truth.rows(&key) {
            return format!("rows of {key}: ours {:?}, from scratch {:?}", ours.rows(&key), truth.rows(&key));
        }
        if ours.summary(&key) != truth.summary(&key) {
            return format!("summary of {key}: ours {:?}, from scratch {:?}", ours.summary(&key), truth.summary(&key));
        }
    }
    if !ours.missing_services().eq(truth.missing_services()) {
        return "names that only slices give".to_owned();
    }
    String::new()
}
