//! Draws a [`Scene`] into cells. One file for each pane.
//!
//! Nothing is decided here but places: what is said and how it is toned stands in `view`, colours in `theme`.

use ratatui::buffer::Buffer;

use crate::theme::Theme;
use crate::view::{Piece, Scene};

/// Draws the whole screen; the buffer's size is the screen's.
pub fn draw(scene: &Scene, theme: &Theme, buffer: &mut Buffer) {
    for (row, y) in scene.table.rows.iter().zip(buffer.area.top()..buffer.area.bottom()) {
        let mut x = buffer.area.left();
        for piece in row.cells.iter().flat_map(|cell| &cell.pieces) {
            if let Piece::Text(text, tone) = piece {
                (x, _) = buffer.set_stringn(x, y, text, usize::MAX, theme.text(*tone));
            }
        }
    }
}
