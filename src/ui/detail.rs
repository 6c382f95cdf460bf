//! The detail pane: what the cursor is on. In a single row it is but its title and its first line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::{line, wrap};
use crate::theme::Theme;
use crate::view::{self, Align, Glyph, Pane, Piece, Tone, escape};

/// A pane with its title.
pub(super) struct Detail<'a> {
    pub(super) pane: &'a Pane,
    pub(super) theme: &'a Theme,
}

/// What follows the label: a first piece that is as wide as the label column.
fn without_label(pieces: &[Piece], indent: u16) -> &[Piece] {
    match pieces.split_first() {
        Some((Piece::Text(label, _), rest)) if escape::width(label) == usize::from(indent) => rest,
        Some(_) | None => pieces,
    }
}

impl<'a> Widget for Detail<'a> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = super::inside(area);
        if area.is_empty() {
            return;
        }
        let width = usize::from(area.width);
        if area.height == 1 {
            let (mut summary, mut end) = line::halves(&self.pane.title, self.theme);
            if let Some(first) = self.pane.lines.first() {
                let (more, rest) = line::halves(without_label(first, self.pane.indent), self.theme);
                summary.push(Span::raw("   "));
                summary.extend(more);
                end = rest;
            }
            return line::paint(line::join(summary, end, width, Align::Left, self.theme), area, buffer);
        }
        line::paint(line::fit(&self.pane.title, width, Align::Left, self.theme), area, buffer);
        let gap = 1 + u16::from(area.height > 20);
        let body = Rect { y: area.y + gap, height: area.height - gap, ..area };
        let room = usize::from(body.height);
        let wrap = |pieces: &'a view::Line| {
            let labelled = without_label(pieces, self.pane.indent).len() < pieces.len();
            wrap::wrap(pieces, width, if labelled { usize::from(self.pane.indent) } else { 0 }, self.theme)
        };
        let rows: Vec<_> = self.pane.lines.iter().flat_map(wrap).collect();
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
