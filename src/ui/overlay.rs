//! Help, or a list to choose from: one box, and what lies behind it steps back.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use super::line;
use crate::theme::Theme;
use crate::view::{Align, Glyph, Overlay, Tone};

/// A box in the middle of the screen, as large as its lines.
pub(super) struct Box<'a> {
    pub(super) overlay: &'a Overlay,
    pub(super) theme: &'a Theme,
}

impl Box<'_> {
    fn place(&self, screen: Rect) -> Rect {
        let widest = |line| {
            let (left, right) = line::halves(line, self.theme);
            line::columns(&left) + line::columns(&right) + usize::from(!right.is_empty()) * 2
        };
        let lines = self.overlay.lines.iter().chain([&self.overlay.title]);
        let width = lines.map(|line| widest(line)).max().unwrap_or(0).clamp(30, 100) + 6;
        let height = self.overlay.lines.len() + 4;
        let width = u16::try_from(width).unwrap_or(u16::MAX).min(screen.width);
        let height = u16::try_from(height).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
        let (x, y) = ((screen.width - width) / 2, screen.height.saturating_sub(1 + height) / 2);
        Rect { x: screen.x + x, y: screen.y + y, width, height }
    }
}

impl Widget for Box<'_> {
    fn render(self, screen: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let back = Style { bg: theme.page().bg, ..theme.text(Tone::Dim) };
        let area = self.place(screen);
        for y in screen.top()..screen.bottom() {
            for x in screen.left()..screen.right() {
                let cell = &mut buffer[(x, y)];
                if area.contains((x, y).into()) {
                    cell.reset();
                    cell.set_style(theme.page());
                } else {
                    let symbol = cell.symbol().to_owned();
                    cell.reset();
                    cell.set_symbol(&symbol).set_style(theme.page()).set_style(back);
                }
            }
        }
        super::frame::Border { label: &self.overlay.title, foot: &[], tone: Tone::Border, theme }.render(area, buffer);
        let margin = |size: u16, by: u16| if size > by * 2 + 1 { by } else { size.min(1) };
        let (left, top) = (margin(area.width, 3), margin(area.height, 2));
        let body = Rect {
            x: area.x + left,
            y: area.y + top,
            width: area.width.saturating_sub(left * 2),
            height: area.height.saturating_sub(top * 2),
        };
        let (room, count) = (usize::from(body.height), self.overlay.lines.len());
        let mut from = usize::from(self.overlay.scroll).min(count.saturating_sub(room));
        if let Some(cursor) = self.overlay.cursor.filter(|cursor| *cursor < count) {
            from = from.min(cursor).max((cursor + 1).saturating_sub(room));
        }
        let width = usize::from(body.width);
        for ((at, pieces), y) in self.overlay.lines.iter().enumerate().skip(from).zip(body.top()..body.bottom()) {
            if self.overlay.cursor == Some(at) && area.width > 4 {
                let row = Rect { x: area.x + 1, y, width: area.width - 2, height: 1 };
                buffer.set_style(row, theme.style(Tone::Cursor));
                buffer.set_stringn(row.x, y, theme.strokes().cursor, 1, theme.text(Tone::Accent));
            }
            line::paint(line::fit(pieces, width, Align::Left, theme), Rect { y, height: 1, ..body }, buffer);
        }
        let below = count.saturating_sub(from + room);
        if below > 0 && top > 1 {
            let more = vec![line::word(format!("{} {below} more", theme.glyph(Glyph::Ellipsis)), Tone::Dim, theme)];
            line::paint(more, Rect { y: body.bottom(), height: 1, ..body }, buffer);
        }
    }
}
