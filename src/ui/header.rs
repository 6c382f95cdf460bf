//! The first lines: who and where on the left, how much changes and how well each kind is heard on the right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::line;
use crate::theme::Theme;
use crate::view::{self, Align, Crumb, Glyph, HealthChip, Tone, escape};

/// Blanks between two items of a line.
const GAP: usize = 3;
/// Chips with problems and the path are not shortened below this.
const LEAST: usize = 16;

/// The header, one or two rows high.
pub(super) struct Header<'a> {
    pub(super) header: &'a view::Header,
    pub(super) crumbs: &'a [Crumb],
    pub(super) theme: &'a Theme,
}

impl<'a> Header<'a> {
    /// As many items as fit, from the first on. The first is cut rather than dropped.
    fn some_of(&self, items: impl Iterator<Item = Vec<Span<'a>>>, room: usize) -> Vec<Span<'a>> {
        let mut line: Vec<Span<'a>> = Vec::new();
        for item in items {
            let gap = if line.is_empty() { 0 } else { GAP };
            let fits = line::columns(&line) + gap + line::columns(&item) <= room;
            if line.is_empty() {
                line = line::cut(item, room, self.theme);
            } else if fits {
                line.push(Span::raw(" ".repeat(gap)));
                line.extend(item);
            }
            if !fits {
                break;
            }
        }
        line
    }

    fn pieces(&self, pieces: &'a [view::Piece]) -> Vec<Span<'a>> {
        let (mut spans, end) = line::halves(pieces, self.theme);
        spans.extend(end);
        spans
    }

    /// Chips in their order. When room is short those with problems come first and are shortened alike; should even
    /// that not do, those left out are counted.
    fn chips(&self, room: usize) -> Vec<Span<'a>> {
        let chips = &self.header.health;
        let spans = |chip: &'a HealthChip| self.pieces(&chip.pieces);
        let length = |chips: &[&'a HealthChip]| {
            chips.iter().map(|chip| line::columns(&spans(chip)) + GAP).sum::<usize>().saturating_sub(GAP)
        };
        if length(&chips.iter().collect::<Vec<_>>()) <= room {
            return self.some_of(chips.iter().map(spans), room);
        }
        let (calm, problems): (Vec<_>, Vec<_>) = chips.iter().partition(|chip| chip.calm);
        if problems.is_empty() || length(&problems) <= room {
            return self.some_of(problems.into_iter().chain(calm).map(spans), room);
        }
        let most = (room.saturating_sub(4) / (LEAST + GAP)).clamp(1, problems.len());
        let left_out = problems.len() - most;
        let count = if left_out > 0 { format!(" +{left_out}") } else { String::new() };
        let room = room.saturating_sub(count.len());
        let share = (room + GAP) / most - GAP.min((room + GAP) / most);
        let shortened = problems.into_iter().take(most).map(|chip| line::cut(spans(chip), share.max(1), self.theme));
        let mut line = self.some_of(shortened, room);
        line.push(line::word(count, Tone::Bad, self.theme));
        line
    }

    /// The path; what does not fit is dropped from its beginning.
    fn crumbs(&self, room: usize) -> Vec<Span<'a>> {
        if room < LEAST {
            return Vec::new();
        }
        let between = || line::word(format!(" {} ", self.theme.glyph(Glyph::Crumb)), Tone::Dim, self.theme);
        let mut from = 0;
        loop {
            let mut path = Vec::new();
            if from > 0 {
                path.push(line::word(self.theme.glyph(Glyph::Ellipsis), Tone::Dim, self.theme));
            }
            for (at, Crumb(name)) in self.crumbs.iter().enumerate().skip(from) {
                if !path.is_empty() {
                    path.push(between());
                }
                let tone = if at + 1 == self.crumbs.len() { Tone::Text } else { Tone::Dim };
                path.push(line::word(self.theme.charset().text(name), tone, self.theme));
            }
            if line::columns(&path) <= room || from + 1 >= self.crumbs.len() {
                return line::cut(path, room, self.theme);
            }
            from += 1;
        }
    }
}

impl Widget for Header<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = super::inside(area);
        let room = usize::from(area.width);
        let first = Rect { height: area.height.min(1), ..area };
        let churn = self.pieces(&self.header.churn);
        let (right, share) = if area.height > 1 { (churn, room) } else { (self.chips(room / 2), room) };
        let left = share.saturating_sub(line::columns(&right) + GAP);
        let identity = self.some_of(self.header.identity.iter().map(|item| self.pieces(item)), left);
        line::paint(line::join(identity, right, room, Align::Left, self.theme), first, buffer);
        if area.height > 1 {
            // Of the path at least its end is shown, unless something is wrong: then that needs the room.
            let calm = self.header.health.iter().all(|chip| chip.calm);
            let end = self.crumbs.last().map_or(0, |Crumb(name)| escape::width(name) + 4);
            let least = if self.crumbs.is_empty() || !calm { 0 } else { end.clamp(room / 4, room * 2 / 3) + GAP };
            let chips = self.chips(room.saturating_sub(least));
            let crumbs = self.crumbs(room.saturating_sub(line::columns(&chips) + GAP));
            let second = Rect { y: area.y + 1, height: 1, ..area };
            line::paint(line::join(crumbs, chips, room, Align::Left, self.theme), second, buffer);
        }
    }
}
