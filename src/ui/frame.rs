//! The border that says that this is not the cluster now, and the line between tree and detail.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::line;
use crate::theme::Theme;
use crate::view::{Line, Piece, Tone};

/// Around the whole screen; a single line on a small one.
pub(super) struct Border<'a> {
    /// Above.
    pub(super) label: &'a Line,
    /// Below.
    pub(super) foot: &'a [Piece],
    pub(super) tone: Tone,
    pub(super) theme: &'a Theme,
}

impl Border<'_> {
    /// A line of text in a border line.
    fn label(&self, pieces: &[Piece], area: Rect, y: u16, buffer: &mut Buffer) {
        let room = usize::from(area.width.saturating_sub(6));
        let (mut label, end) = line::halves(pieces, self.theme);
        label.extend(end);
        if label.is_empty() {
            return;
        }
        let mut label = line::cut(label, room, self.theme);
        let blank = || line::word(" ", Tone::Text, self.theme);
        label.insert(0, blank());
        label.push(blank());
        let x = area.x + 2.min(area.width);
        line::paint(label, Rect { x, y, height: 1, width: area.width.saturating_sub(4) }, buffer);
    }
}

impl Widget for Border<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        if area.is_empty() {
            return;
        }
        let strokes = self.theme.strokes();
        let style = self.theme.text(self.tone);
        let (left, right, last) = (area.left(), area.right() - 1, area.bottom() - 1);
        for x in left..=right {
            buffer.set_stringn(x, area.y, strokes.across, 1, style);
            buffer.set_stringn(x, last, strokes.across, 1, style);
        }
        if area.height > 1 {
            for y in area.y..=last {
                buffer.set_stringn(left, y, strokes.down, 1, style);
                buffer.set_stringn(right, y, strokes.down, 1, style);
            }
            let corners = [(left, area.y), (right, area.y), (left, last), (right, last)];
            for ((x, y), corner) in corners.into_iter().zip(strokes.corners) {
                buffer.set_stringn(x, y, corner, 1, style);
            }
            self.label(self.foot, area, last, buffer);
        }
        self.label(self.label, area, area.y, buffer);
    }
}

/// A line across or down, whichever the region is.
pub(super) struct Rule<'a> {
    pub(super) theme: &'a Theme,
}

impl Widget for Rule<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let strokes = self.theme.strokes();
        let (sign, area) = if area.width > 1 { (strokes.across, super::inside(area)) } else { (strokes.down, area) };
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                buffer.set_stringn(x, y, sign, 1, self.theme.text(Tone::Border));
            }
        }
    }
}
