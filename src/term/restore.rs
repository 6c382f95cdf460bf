//! Giving the terminal back, from wherever the program ends.
//!
//! The two flags are about the terminal, of which a process has one; they hold nothing of what is shown on it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture};
use crossterm::terminal::{EndSynchronizedUpdate, LeaveAlternateScreen, disable_raw_mode};
use crossterm::{cursor, queue, style};
use tokio::sync::Notify;

/// The screen is ours.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// A thread panicked: nothing more may be drawn, the screen has been given back.
static PANICKED: AtomicBool = AtomicBool::new(false);
/// Wakes the loop, whichever thread panicked.
static PANIC: Notify = Notify::const_new();

/// How long a terminal that does not read may hold up the end of the program.
const PATIENCE: Duration = Duration::from_secs(1);

/// From now on a panic in any thread gives the terminal back, is reported once and ends the program with 1. A program
/// that unwinds and has the screen hears of it as [`super::Ended::Panic`] instead. Install hooks of your own before.
pub fn end_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let shown = TAKEN.load(Ordering::SeqCst);
            PANICKED.store(true, Ordering::SeqCst);
            // What ends the program now is the panic; that the terminal is gone too would not help anyone.
            let _ = give_back();
            before(info);
            if cfg!(panic = "abort") || !shown {
                end();
            }
            PANIC.notify_one();
        }));
    });
}

/// Notes that the screen is ours, and sees to it that a panic in any thread gives it back before it is reported.
pub(super) fn take() {
    end_on_panic();
    TAKEN.store(true, Ordering::SeqCst);
}

/// Ends a program that does not unwind, or has nobody who waits for the news, after a panic.
#[expect(clippy::exit, reason = "nothing can be returned from here, and aborting leaves a core file full of tokens")]
fn end() -> ! {
    std::process::exit(1)
}

/// A thread panicked.
pub(super) fn panicked() -> bool {
    PANICKED.load(Ordering::SeqCst)
}

/// Waits until a thread panics.
pub(super) async fn panic() {
    PANIC.notified().await;
}

/// Gives the terminal back, once.
///
/// # Errors
/// When the terminal is gone, or takes no bytes for a second.
pub(super) fn give_back() -> io::Result<()> {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let mut bytes = Vec::new();
    queue!(
        bytes,
        EndSynchronizedUpdate,
        style::ResetColor,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    )?;
    let written = write_patiently(bytes);
    disable_raw_mode()?;
    written
}

/// Standard output without a buffer in between: one call, one `write`.
pub(super) fn stdout() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

fn write_patiently(bytes: Vec<u8>) -> io::Result<()> {
    let (done, wait) = mpsc::sync_channel(1);
    let mut out = stdout()?;
    thread::Builder::new().spawn(move || {
        // Nobody waits any more when this fails.
        let _ = done.send(out.write_all(&bytes));
    })?;
    wait.recv_timeout(PATIENCE).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
