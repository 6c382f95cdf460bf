//! All streams of a connection: one task for each kind and each namespace that is watched by itself, one channel to the
//! program.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::decode::Object;
use super::get::Server;
use super::network;
use super::outbox::Outbox;
use super::request::Resource;
use super::stream::{Bell, Stream};
use crate::delta::{Delta, Health, Purpose};
use crate::model::{
    ConfigMap, ConfigName, Kind, Namespace, NetworkPolicy, Node, Pod, Scope, Service, ServiceCidr, Slice, Text,
};

/// Batches in the channel: what does not fit waits, coalesced, at the sender.
const BATCHES: usize = 4;

/// Open streams. Dropping it ends them.
pub struct Watching {
    server: Server,
    /// Filters Services only, which are what is shown: slices and pods stay whole, so that joins stay exact.
    selector: Option<String>,
    /// The namespaces that are watched by themselves; empty: all are watched.
    namespaces: Vec<Text>,
    /// The kinds that are read: those of [`Kind::CORE`], and what was needed since.
    kinds: Vec<Kind>,
    tasks: JoinSet<()>,
    bell: Bell,
    /// What is to be said before any stream speaks.
    first: Vec<Delta>,
    to: mpsc::Sender<Vec<Delta>>,
    batches: mpsc::Receiver<Vec<Delta>>,
}

/// Watches the kinds of [`Kind::CORE`] in `scope`. `selector` filters Services only.
pub fn watch(server: &Server, scope: &Scope, selector: Option<&str>) -> Watching {
    let (to, batches) = mpsc::channel(BATCHES);
    let mut watching = Watching {
        server: server.clone(),
        selector: selector.map(str::to_owned),
        namespaces: scope.names().to_vec(),
        kinds: Vec::new(),
        tasks: JoinSet::new(),
        bell: Bell::default(),
        first: Vec::new(),
        to,
        batches,
    };
    for name in scope.names() {
        watching.first.push(Delta::Watching(name.clone(), Purpose::Shown));
    }
    watching.need(&Kind::CORE);
    watching
}

impl Watching {
    /// Watches a namespace that is not shown, where it is not watched already.
    pub fn support(&mut self, namespace: &Text) {
        if !self.namespaces.is_empty() && !self.namespaces.contains(namespace) {
            self.namespaces.push(namespace.clone());
            self.first.push(Delta::Watching(namespace.clone(), Purpose::Support));
            for kind in self.kinds.clone().into_iter().filter(|kind| kind.namespaced()) {
                self.open(kind, Some(namespace));
            }
        }
    }

    /// Reads these kinds too, where they are not read already.
    pub fn need(&mut self, kinds: &[Kind]) {
        for kind in kinds {
            if self.kinds.contains(kind) {
                continue;
            }
            self.kinds.push(*kind);
            if kind.namespaced() && !self.namespaces.is_empty() {
                for namespace in self.namespaces.clone() {
                    self.open(*kind, Some(&namespace));
                }
            } else {
                self.open(*kind, None);
            }
        }
    }

    fn open(&mut self, kind: Kind, namespace: Option<&Text>) {
        if kind.on_demand() {
            // It was "not asked" until now.
            self.first.push(Delta::health(kind, namespace, Health::Loading { seen: 0 }));
        }
        match kind {
            Kind::Service => self.spawn::<Service>(kind, namespace),
            Kind::Slice => self.spawn::<Slice>(kind, namespace),
            Kind::Pod => self.spawn::<Pod>(kind, namespace),
            Kind::Node => self.spawn::<Node>(kind, namespace),
            Kind::Namespace => self.spawn::<Namespace>(kind, namespace),
            Kind::NetworkPolicy => self.spawn::<NetworkPolicy>(kind, namespace),
            Kind::ServiceCidr => self.spawn::<ServiceCidr>(kind, namespace),
            Kind::Config(_) => self.spawn::<ConfigMap>(kind, namespace),
        }
    }

    fn spawn<T: Object>(&mut self, kind: Kind, namespace: Option<&Text>) {
        let selector = self.selector.clone().filter(|_| kind == Kind::Service);
        let place = match kind {
            Kind::Config(_) => Some(ConfigName::NAMESPACE.into()),
            Kind::Service
            | Kind::Slice
            | Kind::Pod
            | Kind::Node
            | Kind::Namespace
            | Kind::NetworkPolicy
            | Kind::ServiceCidr => namespace.cloned(),
        };
        let resource = Resource { kind, namespace: place, selector };
        let out = Outbox::new(self.to.clone(), kind, namespace.cloned());
        let stream = Stream::<T>::new(self.server.clone(), resource, out, self.bell.clone());
        self.tasks.spawn_on(stream.run(), network::handle());
    }

    /// The next batch. `None` only if a stream ended by itself, which is a defect: the caller should stop.
    pub async fn next(&mut self) -> Option<Vec<Delta>> {
        if let Some(first) = self.first() {
            return Some(first);
        }
        tokio::select! {
            batch = self.batches.recv() => batch,
            _ended = self.tasks.join_next() => None,
        }
    }

    /// A batch that is there already.
    pub fn ready(&mut self) -> Option<Vec<Delta>> {
        self.first().or_else(|| self.batches.try_recv().ok())
    }

    fn first(&mut self) -> Option<Vec<Delta>> {
        Some(std::mem::take(&mut self.first)).filter(|first| !first.is_empty())
    }

    /// Streams that wait for their next attempt try at once.
    pub fn retry_now(&self) {
        self.bell.retry.notify_waiters();
    }
}
