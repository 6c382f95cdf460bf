//! The thread on which everything is done that talks to API servers: reading, decrypting, decoding. It lives as long as
//! the process.
//!
//! Its own, so that it may sleep: a runtime wakes for each packet even while nobody reads, and in a storm of events that
//! was almost a fifth of all that podpath did. With nothing to do, this thread sleeps to the next beat and takes in all at once.
//! Keys, frames and signals are on another thread and notice nothing.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Handle, Runtime};

use super::beat::Beat;

static BEAT: LazyLock<Beat> = LazyLock::new(Beat::default);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let rest = || {
        if let Some(time) = BEAT.rest() {
            std::thread::sleep(time);
        }
    };
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().on_thread_park(rest).build();
    runtime.expect("without a thread and a socket there is nothing to do")
});

/// Where to spawn what talks to a server.
pub(super) fn handle() -> &'static Handle {
    RUNTIME.handle()
}

/// The beat that all readers keep.
pub(super) fn beat() -> &'static Beat {
    &BEAT
}
