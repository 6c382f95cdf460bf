//! All streams of a connection: one task for each kind, one channel to the program.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::get::Server;
use super::outbox::Outbox;
use super::request::{Resource, Scope};
use super::stream::{Bell, Stream};
use crate::delta::Delta;
use crate::model::{Kind, Namespace, Node, Pod, Service, Slice};

/// Batches in the channel: what does not fit waits, coalesced, at the sender.
const BATCHES: usize = 4;

/// Open streams. Dropping it ends them.
pub struct Watching {
    tasks: JoinSet<()>,
    bell: Bell,
    batches: mpsc::Receiver<Vec<Delta>>,
}

/// Watches every kind in `scope`. `selector` filters Services only, which are what is shown: slices and pods stay
/// whole, so that joins stay exact.
pub fn watch(server: &Server, scope: &Scope, selector: Option<&str>) -> Watching {
    let (to, batches) = mpsc::channel(BATCHES);
    let mut watching = Watching { tasks: JoinSet::new(), bell: Bell::default(), batches };
    for kind in Kind::ALL {
        let selector = selector.filter(|_| kind == Kind::Service).map(str::to_owned);
        let resource = Resource { kind, scope: scope.clone(), selector };
        let (server, out, bell) = (server.clone(), Outbox::new(to.clone()), watching.bell.clone());
        let tasks = &mut watching.tasks;
        match kind {
            Kind::Service => tasks.spawn(Stream::<Service>::new(server, resource, out, bell).run()),
            Kind::Slice => tasks.spawn(Stream::<Slice>::new(server, resource, out, bell).run()),
            Kind::Pod => tasks.spawn(Stream::<Pod>::new(server, resource, out, bell).run()),
            Kind::Node => tasks.spawn(Stream::<Node>::new(server, resource, out, bell).run()),
            Kind::Namespace => tasks.spawn(Stream::<Namespace>::new(server, resource, out, bell).run()),
        };
    }
    watching
}

impl Watching {
    /// The next batch. `None` only if a stream ended by itself, which is a defect: the caller should stop.
    pub async fn next(&mut self) -> Option<Vec<Delta>> {
        tokio::select! {
            batch = self.batches.recv() => batch,
            _ended = self.tasks.join_next() => None,
        }
    }

    /// A batch that is there already.
    pub fn ready(&mut self) -> Option<Vec<Delta>> {
        self.batches.try_recv().ok()
    }

    /// Streams that wait for their next attempt try at once.
    pub fn retry_now(&self) {
        self.bell.retry.notify_waiters();
    }
}
