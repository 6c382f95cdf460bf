//! One frame without a terminal: as text, as text with colours, as a picture.

mod ansi;
mod block;
mod colour;
mod grid;
mod svg;
mod text;

pub use ansi::ansi;
pub use svg::svg;
pub use text::text;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::theme::Theme;
use crate::view::Scene;

/// How a frame is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Text,
    /// Text with the terminal's escape sequences for colours.
    Ansi,
    /// A picture.
    Svg,
}

/// The scene in a screen of this size, printed. The same scene gives the same bytes, everywhere.
pub fn print(scene: &Scene, theme: &Theme, (width, height): (u16, u16), format: Format) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    super::draw(scene, theme, &mut buffer);
    match format {
        Format::Text => text(&buffer),
        Format::Ansi => ansi(&buffer),
        Format::Svg => svg(&buffer, theme),
    }
}
