//! A body cut into units (lines of a watch, items of a list) in a task of its own, so that decrypting and cutting run
//! beside decoding; never waiting for ever, never growing without bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use http_body_util::{BodyDataStream, BodyExt};
use kube::client::Body;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, timeout};

use super::beat::Awake;
use super::cut::{Cut, Cutter, Units};
use super::decode::ListEnd;
use super::error::broken;
use super::network;
use crate::delta::Cause;

/// Blocks between the two tasks.
const AHEAD: usize = 2;
/// A block is handed over at this size even if more bytes are there.
const BLOCK: usize = 64 * 1024;

/// A block of less than this is all that there was.
const LITTLE: usize = 32 * 1024;

/// What comes of a body.
pub(super) enum Piece {
    /// Some units.
    Units(Units),
    /// The body is complete. A list's end says how to go on.
    End(ListEnd),
}

/// How a body is read from now on.
#[derive(Default)]
struct Manner {
    /// Milliseconds without a byte that are a fault.
    patience: AtomicU64,
    /// What comes is no list any more but events, to be taken together.
    in_beats: AtomicBool,
}

/// The receiving end of a body that is being read. Dropping it ends the reading.
pub(super) struct Pieces {
    from: mpsc::Receiver<Result<Piece, Cause>>,
    manner: Arc<Manner>,
    reader: JoinHandle<()>,
    /// Until the events come in beats.
    awake: Option<Awake<'static>>,
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Pieces {
    pub(super) fn new(body: Body, cut: Cut, patience: Duration) -> Self {
        let (to, from) = mpsc::channel(AHEAD);
        let manner = Arc::new(Manner::default());
        let cutter = Cutter::new(cut);
        let reader =
            Reader { body: body.into_data_stream(), cutter, units: Units::default(), manner: Arc::clone(&manner), to };
        let awake = Some(network::beat().awake());
        let pieces = Self { from, manner, reader: tokio::spawn(reader.run()), awake };
        pieces.patience(patience);
        pieces
    }

    /// From now on, no byte for so long is a fault.
    pub(super) fn patience(&self, patience: Duration) {
        self.manner.patience.store(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// From now on, what follows closely is taken together.
    pub(super) fn in_beats(&mut self) {
        self.awake = None;
        self.manner.in_beats.store(true, Ordering::Relaxed);
    }

    /// The next piece.
    pub(super) async fn next(&mut self) -> Result<Piece, Cause> {
        self.from.recv().await.unwrap_or(Err(Cause::Closed))
    }

    /// A piece that is there without waiting.
    pub(super) fn ready(&mut self) -> Option<Result<Piece, Cause>> {
        self.from.try_recv().ok()
    }
}

struct Reader {
    body: BodyDataStream<Body>,
    cutter: Cutter,
    units: Units,
    manner: Arc<Manner>,
    to: mpsc::Sender<Result<Piece, Cause>>,
}

impl Reader {
    async fn run(mut self) {
        let last = self.read().await;
        // A receiver that is gone wants no last word.
        let _ = self.to.send(last).await;
    }

    async fn read(&mut self) -> Result<Piece, Cause> {
        while let Some(mut bytes) = self.wait().await? {
            // What is there already goes into the same block.
            loop {
                let cut = self.cutter.push(bytes, &mut self.units);
                if cut.is_err() {
                    self.hand_over().await;
                    cut?;
                }
                match self.more().await {
                    None => break,
                    Some(Some(Ok(more))) => bytes = more,
                    Some(Some(Err(error))) => {
                        self.hand_over().await;
                        return Err(broken(&error));
                    }
                    Some(None) => return self.finish().await,
                }
            }
            let (dry, events) = (self.units.bytes() < LITTLE, self.units.len());
            self.hand_over().await;
            if self.manner.in_beats.load(Ordering::Relaxed)
                && let Some(wait) = network::beat().after(events)
                && dry
            {
                sleep(wait).await;
            }
        }
        self.finish().await
    }

    /// What is there without waiting for the server and still goes into the block. The connection has a task of its own,
    /// which gets its turn to say that there is more.
    async fn more(&mut self) -> Option<Option<Result<Bytes, kube::Error>>> {
        if self.units.bytes() >= BLOCK {
            return None;
        }
        let more = self.body.next().now_or_never();
        if more.is_some() {
            return more;
        }
        yield_now().await;
        self.body.next().now_or_never()
    }

    async fn finish(&mut self) -> Result<Piece, Cause> {
        self.hand_over().await;
        std::mem::take(&mut self.cutter).end().map(Piece::End)
    }

    async fn hand_over(&mut self) {
        if self.units.len() > 0 {
            // A receiver that is gone ends this task by dropping its handle.
            let _ = self.to.send(Ok(Piece::Units(std::mem::take(&mut self.units)))).await;
        }
    }

    /// The next bytes; `None` at the end. The patience may grow while we wait, so it is asked again when it is over.
    async fn wait(&mut self) -> Result<Option<Bytes>, Cause> {
        let began = Instant::now();
        loop {
            let patience = Duration::from_millis(self.manner.patience.load(Ordering::Relaxed));
            let Some(left) = patience.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) else {
                return Err(Cause::Stalled(patience));
            };
            match timeout(left, self.body.next()).await {
                Err(_) => {}
                Ok(None) => return Ok(None),
                Ok(Some(Ok(bytes))) => return Ok(Some(bytes)),
                Ok(Some(Err(error))) => return Err(broken(&error)),
            }
        }
    }
}
