//! Signals, as values.

use std::io;

use tokio::signal::unix::{self, SignalKind};

use super::restore;

/// A signal that reached the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Someone wants it to stop for a while (`kill -TSTP`): call [`super::Screen::suspend`].
    Suspend,
    /// It was stopped from outside and goes on: call [`super::Screen::resume`] and draw.
    Continue,
    /// The terminal has another size: [`super::Screen::size`].
    Resize,
    /// Leave.
    End(Ended),
}

/// What ended the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// SIGINT
    Interrupt,
    /// SIGTERM
    Terminate,
    /// SIGHUP
    HangUp,
    /// SIGQUIT
    Quit,
    /// No signal: a thread panicked. The screen has been given back, the panic is reported. Only in builds that unwind
    /// (development, tests): a release ends in the hook itself ([`super::end_on_panic`]).
    Panic,
}

/// The stream of signals.
#[derive(Debug)]
pub struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    hang_up: unix::Signal,
    quit: unix::Signal,
    stop: unix::Signal,
    cont: unix::Signal,
    resize: unix::Signal,
}

impl Signals {
    /// Begins to listen. From then on these signals do nothing by themselves.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: unix::signal(SignalKind::interrupt())?,
            terminate: unix::signal(SignalKind::terminate())?,
            hang_up: unix::signal(SignalKind::hangup())?,
            quit: unix::signal(SignalKind::quit())?,
            stop: unix::signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            cont: unix::signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            resize: unix::signal(SignalKind::window_change())?,
        })
    }

    /// Waits for the next one. Cancelling it loses nothing.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::End(Ended::Interrupt),
            _ = self.terminate.recv() => Signal::End(Ended::Terminate),
            _ = self.hang_up.recv() => Signal::End(Ended::HangUp),
            _ = self.quit.recv() => Signal::End(Ended::Quit),
            _ = self.stop.recv() => Signal::Suspend,
            _ = self.cont.recv() => Signal::Continue,
            _ = self.resize.recv() => Signal::Resize,
            () = restore::panic() => Signal::End(Ended::Panic),
        }
    }
}
