//! A thread that writes frames, so that a terminal that stands still does not hold up what comes from the cluster.
//!
//! One write is on its way at most. Whoever has more to show waits, and then shows the newest.

use std::io::{self, ErrorKind, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

use super::restore;

/// The writing end.
#[derive(Debug)]
pub(super) struct Writer {
    frames: SyncSender<Vec<u8>>,
    done: mpsc::Receiver<io::Result<()>>,
    on_its_way: bool,
}

impl Writer {
    /// Starts the thread. It ends when the writer is dropped and its last write is through.
    pub(super) fn start() -> io::Result<Self> {
        let (frames, source) = sync_channel(1);
        let (sink, done) = mpsc::channel(1);
        let out = restore::stdout()?;
        thread::Builder::new().name("terminal".to_owned()).spawn(move || write_all(out, &source, &sink))?;
        Ok(Self { frames, done, on_its_way: false })
    }

    /// The last write is not through yet.
    ///
    /// # Errors
    /// When it failed.
    pub(super) fn is_busy(&mut self) -> io::Result<bool> {
        if self.on_its_way {
            match self.done.try_recv() {
                Ok(written) => {
                    self.on_its_way = false;
                    written?;
                }
                Err(mpsc::error::TryRecvError::Empty) => {}
                Err(mpsc::error::TryRecvError::Disconnected) => return Err(gone()),
            }
        }
        Ok(self.on_its_way)
    }

    /// Sends bytes on their way. The caller has seen that the writer is not busy.
    pub(super) fn write(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.on_its_way = true;
        self.frames.send(bytes).map_err(|_| gone())
    }

    /// Waits until nothing is on its way. Cancelling it loses nothing.
    pub(super) async fn idle(&mut self) -> io::Result<()> {
        if self.on_its_way {
            let written = self.done.recv().await.unwrap_or_else(|| Err(gone()));
            self.on_its_way = false;
            written?;
        }
        Ok(())
    }
}

fn gone() -> io::Error {
    ErrorKind::BrokenPipe.into()
}

fn write_all(mut out: impl Write, frames: &Receiver<Vec<u8>>, done: &mpsc::Sender<io::Result<()>>) {
    for bytes in frames {
        if restore::panicked() || done.blocking_send(write(&mut out, &bytes)).is_err() {
            return;
        }
    }
}

/// As `write_all`, and patient with a terminal that another process made non-blocking.
fn write(out: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(5)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
