//! The detail pane: what the cursor is on. In a single row it is but its title and its first line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::{line, wrap};
use crate::theme::Theme;
use crate::view::{Align, Glyph, Pane, Tone};

/// A pane with its title.
pub(super) struct Detail<'a> {
    pub(super) pane: &'a Pane,
    pub(super) theme: &'a Theme,
}

impl Widget for Detail<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = super::inside(area);
        if area.is_empty() {
            return;
        }
        let width = usize::from(area.width);
        if area.height == 1 {
            let (mut summary, mut end) = line::halves(&self.pane.title, self.theme);
            if let Some(first) = self.pane.lines.first() {
                let (more, rest) = line::halves(first, self.theme);
                summary.push(Span::raw("  "));
                summary.extend(more);
                end = rest;
            }
            return line::paint(line::join(summary, end, width, Align::Left, self.theme), area, buffer);
        }
        line::paint(line::fit(&self.pane.title, width, Align::Left, self.theme), area, buffer);
        let gap = 1 + u16::from(area.height > 20);
        let body = Rect { y: area.y + gap, height: area.height - gap, ..area };
        let room = usize::from(body.height);
        let indent = usize::from(self.pane.indent);
        let rows: Vec<_> =
            self.pane.lines.iter().flat_map(|pieces| wrap::wrap(pieces, width, indent, self.theme)).collect();
        let from = usize::from(self.pane.scroll).min(rows.len().saturating_sub(room));
        let below = rows.len().saturating_sub(from + room);
        for (row, y) in rows.into_iter().skip(from).zip(body.top()..body.bottom()) {
            line::paint(row, Rect { y, height: 1, ..body }, buffer);
        }
        if below > 0 {
            let more = format!(" {} {below} more", self.theme.glyph(Glyph::Ellipsis));
            let more = vec![line::word(more, Tone::Dim, self.theme)];
            let columns = u16::try_from(line::columns(&more)).unwrap_or(u16::MAX).min(body.width);
            let at = Rect { x: body.right() - columns, y: body.bottom() - 1, width: columns, height: 1 };
            line::paint(more, at, buffer);
        }
    }
}
