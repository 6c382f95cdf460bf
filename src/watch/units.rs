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

use super::decode::{DecodeError, Items, LONGEST, ListEnd, Wire};
use super::error::broken;
use super::network;
use crate::delta::Cause;

/// Blocks between the two tasks.
const AHEAD: usize = 2;
/// A block is handed over at this size even if more bytes are there.
const BLOCK: usize = 64 * 1024;

/// A block of less than this is all that there was.
const LITTLE: usize = 32 * 1024;

/// How a body is cut.
pub(super) enum Cut {
    /// At line ends; empty lines are none.
    Lines,
    /// Where the length before each says.
    Frames,
    /// Into the items of a List document.
    Items,
}

impl Cut {
    /// How the events of a watch are told apart.
    pub(super) fn events(wire: Wire) -> Self {
        match wire {
            Wire::Json => Self::Lines,
            Wire::Protobuf => Self::Frames,
        }
    }
}

/// Whole units, one after the other in one block of memory.
#[derive(Default)]
pub(super) struct Units {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Units {
    /// The units in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends.iter().copied()).map(|(start, end)| &self.bytes[start..end])
    }

    fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Room for as much: within a list one block is like the next, and growing step by step copies each several times.
    fn empty_like(&self) -> Self {
        Self { bytes: Vec::with_capacity(self.bytes.len()), ends: Vec::with_capacity(self.ends.len()) }
    }

    fn push(&mut self, unit: &[u8]) {
        self.bytes.extend_from_slice(unit);
        self.ends.push(self.bytes.len());
    }
}

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
        let cutter = match cut {
            Cut::Lines => Cutter::Lines(Vec::new()),
            Cut::Frames => Cutter::Frames(Vec::new()),
            Cut::Items => Cutter::Items(Items::default()),
        };
        let reader =
            Reader { body: body.into_data_stream(), cutter, units: Units::default(), manner: Arc::clone(&manner), to };
        let pieces = Self { from, manner, reader: tokio::spawn(reader.run()) };
        pieces.patience(patience);
        pieces
    }

    /// From now on, no byte for so long is a fault.
    pub(super) fn patience(&self, patience: Duration) {
        self.manner.patience.store(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// From now on, what follows closely is taken together.
    pub(super) fn in_beats(&self) {
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
                let cut = self.cutter.push(&bytes, &mut self.units);
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
            let (dry, events) = (self.units.bytes.len() < LITTLE, self.units.ends.len());
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
        if self.units.bytes.len() >= BLOCK {
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
        std::mem::replace(&mut self.cutter, Cutter::Lines(Vec::new())).end().map(Piece::End)
    }

    async fn hand_over(&mut self) {
        if !self.units.is_empty() {
            // A receiver that is gone ends this task by dropping its handle.
            let next = self.units.empty_like();
            let _ = self.to.send(Ok(Piece::Units(std::mem::replace(&mut self.units, next)))).await;
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

enum Cutter {
    /// The beginning of a line whose end has not come.
    Lines(Vec<u8>),
    /// The beginning of a frame, its length included, whose end has not come.
    Frames(Vec<u8>),
    Items(Items),
}

impl Cutter {
    fn push(&mut self, bytes: &[u8], units: &mut Units) -> Result<(), Cause> {
        match self {
            Self::Lines(carry) => lines(carry, bytes, units),
            Self::Frames(carry) => frames(carry, bytes, units),
            Self::Items(items) => items
                .push(bytes, &mut |item| units.push(item))
                .map_err(|error| Cause::Malformed(error.to_string().into())),
        }
    }

    /// What it means that the body ends here.
    fn end(self) -> Result<ListEnd, Cause> {
        match self {
            Self::Lines(carry) if carry.trim_ascii().is_empty() => Ok(ListEnd::default()),
            Self::Frames(carry) if carry.is_empty() => Ok(ListEnd::default()),
            Self::Lines(_) | Self::Frames(_) => Err(Cause::Closed),
            Self::Items(items) => match items.end() {
                Ok(end) => Ok(end),
                Err(DecodeError::Early) => Err(Cause::Closed),
                Err(error) => Err(Cause::Malformed(error.to_string().into())),
            },
        }
    }
}

/// A carry that grew for one unit gives its room back.
const ROOM: usize = 64 * 1024;

fn lines(carry: &mut Vec<u8>, bytes: &[u8], units: &mut Units) -> Result<(), Cause> {
    let mut start = 0;
    let mut push = |line: &[u8]| {
        if !line.trim_ascii().is_empty() {
            units.push(line);
        }
    };
    for end in memchr::memchr_iter(b'\n', bytes) {
        if carry.is_empty() {
            push(&bytes[start..end]);
        } else {
            carry.extend_from_slice(&bytes[start..end]);
            push(carry);
            carry.clear();
            carry.shrink_to(ROOM);
        }
        start = end + 1;
    }
    carry.extend_from_slice(&bytes[start..]);
    if carry.len() > LONGEST {
        return Err(Cause::Malformed("a line of more than 8 MiB".into()));
    }
    Ok(())
}

/// Each frame has its length before it: four bytes, the highest first.
const LENGTH: usize = 4;

fn frames(carry: &mut Vec<u8>, mut bytes: &[u8], units: &mut Units) -> Result<(), Cause> {
    loop {
        // A carry is filled up to its frame's end, so that it never holds more than one.
        if !carry.is_empty() {
            let wanted = frame(carry)?.unwrap_or(LENGTH);
            let (more, rest) = bytes.split_at((wanted - carry.len()).min(bytes.len()));
            carry.extend_from_slice(more);
            bytes = rest;
            match frame(carry)? {
                Some(whole) if carry.len() == whole => {
                    units.push(&carry[LENGTH..]);
                    carry.clear();
                    carry.shrink_to(ROOM);
                }
                // Its length has just become known.
                Some(_) if !bytes.is_empty() => continue,
                Some(_) | None => return Ok(()),
            }
        }
        match frame(bytes)? {
            Some(whole) if bytes.len() >= whole => {
                units.push(&bytes[LENGTH..whole]);
                bytes = &bytes[whole..];
            }
            Some(_) | None => {
                carry.extend_from_slice(bytes);
                return Ok(());
            }
        }
    }
}

/// The bytes of the frame that begins here, its length included; `None` before that has come.
fn frame(bytes: &[u8]) -> Result<Option<usize>, Cause> {
    let Some(length) = bytes.first_chunk::<LENGTH>() else { return Ok(None) };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    match length {
        0 => Err(Cause::Malformed("an event without a byte".into())),
        1..=LONGEST => Ok(Some(LENGTH + length)),
        _ => Err(Cause::Malformed("an event of more than 8 MiB".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_the_same_however_the_bytes_come() {
        let lines = b"one\n\n  \ntwo\nthree\n".to_vec();
        let frames = b"\0\0\0\x03one\0\0\0\x03two\0\0\0\x05three".to_vec();
        for (bytes, cutter) in [(lines, || Cutter::Lines(Vec::new())), (frames, || Cutter::Frames(Vec::new()))]
            as [(Vec<u8>, fn() -> Cutter); 2]
        {
            for size in 1..=bytes.len() {
                let (mut cutter, mut units) = (cutter(), Units::default());
                for chunk in bytes.chunks(size) {
                    cutter.push(chunk, &mut units).unwrap();
                }
                assert_eq!(units.iter().collect::<Vec<_>>(), [&b"one"[..], b"two", b"three"], "by {size}");
                assert!(cutter.end().is_ok());
            }
        }
    }

    #[test]
    fn a_frame_that_breaks_off_or_never_ends_is_a_fault() {
        for bytes in [&b"\0"[..], b"\0\0\0\x03", b"\0\0\0\x03on"] {
            let mut cutter = Cutter::Frames(Vec::new());
            cutter.push(bytes, &mut Units::default()).unwrap();
            assert_eq!(cutter.end().err(), Some(Cause::Closed));
        }
        for (bytes, why) in [
            (&b"{\"type\":\"ADDED\""[..], "an event of more than 8 MiB"),
            (b"\0\0\0\x01x\0\0\0\0", "an event without a byte"),
        ] {
            let cut = Cutter::Frames(Vec::new()).push(bytes, &mut Units::default());
            assert_eq!(cut, Err(Cause::Malformed(why.into())));
        }
    }
}
