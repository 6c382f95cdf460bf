//! The screen: frames out, one write each.

use std::io;
use std::time::Duration;

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::EnableBracketedPaste;
use crossterm::style::Print;
use crossterm::terminal::{EnterAlternateScreen, enable_raw_mode};
use crossterm::{cursor, queue};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rustix::process::{self, Signal};
use rustix::termios;
use tokio::signal::unix::{self, SignalKind};
use tokio::time::timeout;

use super::writer::Writer;
use super::{frame, restore};

/// Buttons and wheel, in the form without limits. Not where the pointer moves: that would wake the program for nothing.
const CLICKS: &str = "\x1b[?1000h\x1b[?1006h";

/// How the terminal is used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The program gets wheel and clicks; the terminal's own selection of text then needs shift. Without it most
    /// terminals still send the wheel, as arrow keys.
    pub mouse: bool,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// It is on its way.
    Written,
    /// It equals the last one: no byte is written.
    Unchanged,
    /// The terminal still takes the last one: this one was dropped. Await [`Screen::ready`], then draw again.
    Busy,
}

/// The terminal while the program has it. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Screen {
    options: Options,
    /// What the terminal shows, once all that is on its way has arrived.
    shown: Buffer,
    /// The frame in the making, kept for its memory.
    next: Buffer,
    /// To be written before the next frame.
    before: Vec<u8>,
    writer: Writer,
}

impl Screen {
    /// Takes the terminal: alternate screen, raw mode, no cursor. Install panic hooks of your own before.
    ///
    /// # Errors
    /// When standard output is no terminal, or refuses.
    pub fn enter(options: Options) -> io::Result<Self> {
        let empty = Buffer::empty(Rect::ZERO);
        let writer = Writer::start()?;
        let mut screen = Self { options, shown: empty.clone(), next: empty, before: Vec::new(), writer };
        screen.resume()?;
        Ok(screen)
    }

    /// The terminal's size, columns and rows; 80 by 24 where it does not know.
    ///
    /// # Errors
    /// When it is gone.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = termios::tcgetwinsize(rustix::stdio::stdout())?;
        Ok(if size.ws_col == 0 || size.ws_row == 0 { (80, 24) } else { (size.ws_col, size.ws_row) })
    }

    /// The terminal has hung up: nothing can be asked of it any more.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.size().is_err()
    }

    /// Draws a frame of the terminal's size with one `write`, off this thread; none when nothing changed.
    ///
    /// # Errors
    /// When the terminal is gone or a thread panicked: leave.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer)) -> io::Result<Drawn> {
        if restore::panicked() {
            return Err(io::Error::other("a thread panicked"));
        }
        if self.writer.is_busy()? {
            return Ok(Drawn::Busy);
        }
        let (width, height) = self.size()?;
        self.next.resize(Rect::new(0, 0, width, height));
        self.next.reset();
        paint(&mut self.next);
        let mut bytes = std::mem::take(&mut self.before);
        bytes.append(&mut frame::bytes(&self.shown, &self.next)?);
        if bytes.is_empty() {
            return Ok(Drawn::Unchanged);
        }
        self.writer.write(bytes)?;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(Drawn::Written)
    }

    /// The terminal still takes the last frame.
    ///
    /// # Errors
    /// When the terminal is gone: leave.
    pub fn is_busy(&mut self) -> io::Result<bool> {
        self.writer.is_busy()
    }

    /// Waits until the terminal takes another frame. Cancelling it loses nothing.
    ///
    /// # Errors
    /// When the terminal is gone: leave.
    pub async fn ready(&mut self) -> io::Result<()> {
        self.writer.idle().await
    }

    /// The next frame is written whole.
    pub fn forget(&mut self) {
        self.shown = Buffer::empty(Rect::ZERO);
    }

    /// Puts text on the terminal's clipboard (OSC 52), with the next frame.
    pub fn copy(&mut self, text: &str) {
        queue!(self.before, CopyToClipboard::to_clipboard_from(text)).expect("a vector takes everything");
    }

    /// A shell with job control started us, which could let us go on again.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn can_suspend(&self) -> io::Result<bool> {
        // Without one our session's leader is in our own process group.
        Ok(process::getsid(None)? != process::getpgrp())
    }

    /// Gives the terminal back to the shell until that lets us go on. Drop [`super::Keys`] before, draw after; what was
    /// typed ahead goes with them, so ask [`Self::can_suspend`] first. Where no shell could let us go on, nothing happens.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn suspend(&mut self) -> io::Result<()> {
        if !self.can_suspend()? {
            return Ok(());
        }
        let mut go_on = unix::signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
        self.settle().await;
        restore::give_back()?;
        process::kill_current_process_group(Signal::STOP)?;
        go_on.recv().await;
        self.resume()
    }

    /// Takes the terminal, also again after the program was stopped from outside. Draw after.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn resume(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        restore::take();
        queue!(self.before, EnterAlternateScreen, cursor::Hide, EnableBracketedPaste)?;
        if self.options.mouse {
            queue!(self.before, Print(CLICKS))?;
        }
        self.forget();
        Ok(())
    }

    /// Gives the terminal back.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn leave(mut self) -> io::Result<()> {
        self.settle().await;
        restore::give_back()
    }

    /// Lets what is on its way arrive, if the terminal still takes it.
    async fn settle(&mut self) {
        // A terminal that stands still or is gone is met again by whoever writes next.
        let _ = timeout(Duration::from_secs(1), self.writer.idle()).await;
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Whoever wants to know calls `leave`.
        let _ = restore::give_back();
    }
}
