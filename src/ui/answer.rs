//! The answer of a page, above its rows: as many lines as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::{line, wrap};
use crate::theme::Theme;
use crate::view::{Align, Line};

/// The lines of the answer.
pub(super) struct Answer<'a> {
    pub(super) lines: &'a [Line],
    pub(super) theme: &'a Theme,
}

/// The rows that are kept free below the answer where there is room for two more.
const GAP: u16 = 1;

impl Widget for Answer<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = super::inside(area);
        if area.is_empty() {
            return;
        }
        let room = usize::from(if area.height > 2 { area.height - GAP } else { area.height });
        let width = usize::from(area.width);
        let mut rows: Vec<_> =
            self.lines.iter().flat_map(|pieces| wrap::wrap(pieces, width, 2, self.theme)).take(room).collect();
        // What does not fit is cut where it is seen to be cut.
        if room == 1
            && let Some(first) = self.lines.first()
        {
            rows = vec![line::fit(first, width, Align::Left, self.theme)];
        }
        for (row, y) in rows.into_iter().zip(area.top()..area.bottom()) {
            line::paint(row, Rect { y, height: 1, ..area }, buffer);
        }
    }
}
