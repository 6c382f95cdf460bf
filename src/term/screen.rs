//! The screen: frames out, one write each.

use std::io::{self, Write};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode, size,
};
use crossterm::{cursor, queue};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// How the terminal is used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The program gets wheel and clicks; the terminal's own selection of text then needs shift.
    pub mouse: bool,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// It was written.
    Written,
    /// It equals the last one: no byte was written.
    Unchanged,
    /// The terminal still takes the last one: it was dropped. Await [`Screen::ready`], then draw again.
    Busy,
}

/// The terminal while the program has it.
#[derive(Debug)]
pub struct Screen {
    options: Options,
    shown: Buffer,
}

impl Screen {
    /// Takes the terminal: alternate screen, raw mode, no cursor.
    ///
    /// # Errors
    /// When standard output is not a terminal, or refuses.
    pub fn enter(options: Options) -> io::Result<Self> {
        let mut screen = Self { options, shown: Buffer::empty(Rect::ZERO) };
        screen.resume()?;
        Ok(screen)
    }

    /// The terminal's size, columns and rows.
    ///
    /// # Errors
    /// When it is gone.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        size()
    }

    /// Draws a frame of the terminal's size with one `write`; none when nothing changed.
    ///
    /// # Errors
    /// When the terminal is gone: leave.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer)) -> io::Result<Drawn> {
        let (width, height) = size()?;
        let mut next = Buffer::empty(Rect::new(0, 0, width, height));
        paint(&mut next);
        let mut bytes = Vec::new();
        queue!(bytes, BeginSynchronizedUpdate)?;
        if next.area != self.shown.area {
            queue!(bytes, crossterm::terminal::Clear(crossterm::terminal::ClearType::All))?;
            self.shown = Buffer::empty(next.area);
        }
        let changes = self.shown.diff(&next);
        if changes.is_empty() {
            return Ok(Drawn::Unchanged);
        }
        CrosstermBackend::new(&mut bytes).draw(changes.into_iter())?;
        queue!(bytes, EndSynchronizedUpdate)?;
        let mut out = io::stdout().lock();
        out.write_all(&bytes)?;
        out.flush()?;
        self.shown = next;
        Ok(Drawn::Written)
    }

    /// Waits until the terminal takes another frame. Cancelling it loses nothing.
    pub async fn ready(&mut self) {}

    /// The next frame is written whole.
    pub fn forget(&mut self) {
        self.shown = Buffer::empty(Rect::ZERO);
    }

    /// Puts text on the terminal's clipboard (OSC 52).
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut bytes = Vec::new();
        queue!(bytes, CopyToClipboard::to_clipboard_from(text))?;
        io::stdout().lock().write_all(&bytes)
    }

    /// Gives the terminal back to the shell until it lets us go on. Drop [`super::Keys`] before. Draw after.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn suspend(&mut self) -> io::Result<()> {
        restore(self.options)?;
        let mut cont = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(
            rustix::process::Signal::CONT.as_raw(),
        ))?;
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        cont.recv().await;
        self.resume()
    }

    /// Takes the terminal again after the program was stopped from outside. Draw after.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn resume(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        let mut bytes = Vec::new();
        queue!(bytes, EnterAlternateScreen, cursor::Hide, EnableBracketedPaste)?;
        if self.options.mouse {
            queue!(bytes, EnableMouseCapture)?;
        }
        io::stdout().lock().write_all(&bytes)?;
        io::stdout().lock().flush()?;
        self.forget();
        Ok(())
    }

    /// Gives the terminal back.
    ///
    /// # Errors
    /// When it is gone.
    pub fn leave(self) -> io::Result<()> {
        restore(self.options)
    }
}

fn restore(options: Options) -> io::Result<()> {
    let mut bytes = Vec::new();
    if options.mouse {
        queue!(bytes, DisableMouseCapture)?;
    }
    queue!(bytes, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show)?;
    let mut out = io::stdout().lock();
    out.write_all(&bytes)?;
    out.flush()?;
    disable_raw_mode()
}
