//! From one frame to the next, in bytes for the terminal.

use std::io;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;

/// What makes a terminal that shows `shown` show `next`, all at once. Nothing when they are equal; a screen of another
/// size is drawn anew.
///
/// # Errors
/// Never: a vector takes everything.
pub fn bytes(shown: &Buffer, next: &Buffer) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let blank;
    let (shown, anew) = if shown.area == next.area {
        (shown, false)
    } else {
        blank = Buffer::empty(next.area);
        (&blank, true)
    };
    let changes = shown.diff(next);
    if anew || !changes.is_empty() {
        queue!(bytes, BeginSynchronizedUpdate)?;
        if anew {
            queue!(bytes, Clear(ClearType::All))?;
        }
        CrosstermBackend::new(&mut bytes).draw(changes.into_iter())?;
        queue!(bytes, EndSynchronizedUpdate)?;
    }
    Ok(bytes)
}
