//! The table: a tree whose columns line up over all its levels.
//!
//! The tree widget gets the rows of the window and nothing else; which they are, what is open and where the cursor
//! stands is decided by `app`. The widget indents; each row's name is narrower by as much.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{StatefulWidget, Widget};
use tui_tree_widget::{Tree as Widgets, TreeItem, TreeState};

use super::columns::{Place, places};
use super::{MARGIN, line};
use crate::theme::Theme;
use crate::view::{Align, Fold, Glyph, Mark, MarkKind, Row, Table, Tone};

/// What the widget puts before a row for each level.
const INDENT: u16 = 2;
/// The fold sign and a blank.
const SIGN: u16 = 2;

/// The table, to be drawn in a region of this width.
pub(super) struct Tree<'a> {
    pub(super) table: &'a Table,
    pub(super) theme: &'a Theme,
    pub(super) width: u16,
}

impl Tree<'_> {
    /// The right edge is kept for the scroll bar, the left one for cursor and change mark.
    fn places(&self) -> Vec<Place> {
        places(&self.table.columns, self.width.saturating_sub(MARGIN + 1))
    }

    /// Draws the heads of the columns.
    pub(super) fn head(&self, area: Rect, buffer: &mut Buffer) {
        let mut spans = vec![Span::raw(" ".repeat(usize::from(MARGIN)))];
        for place in self.places() {
            let column = &self.table.columns[place.index];
            let mut width = usize::from(place.width);
            if place.index == 0 {
                let sign = usize::from(SIGN).min(width);
                spans.push(Span::raw(" ".repeat(sign)));
                width -= sign;
            }
            let title = self.theme.charset().text(column.title);
            let title = vec![Span::styled(title, self.theme.text(Tone::Title))];
            spans.extend(line::join(title, Vec::new(), width, column.align, self.theme));
            spans.push(Span::raw(" ".repeat(usize::from(place.gap))));
        }
        line::paint(spans, area, buffer);
    }

    fn row_style(&self, at: usize) -> Style {
        if self.table.cursor == Some(at) { self.theme.style(Tone::Cursor) } else { Style::new() }
    }

    /// A row without its indentation.
    fn text<'a>(&'a self, at: usize, row: &'a Row, level: u16, places: &[Place]) -> Text<'a> {
        let sign = match row.fold {
            Fold::Leaf => Span::raw("  "),
            Fold::Closed => line::word(format!("{} ", self.theme.glyph(Glyph::Closed)), Tone::Dim, self.theme),
            Fold::Open => line::word(format!("{} ", self.theme.glyph(Glyph::Open)), Tone::Dim, self.theme),
        };
        let mut spans = vec![sign];
        let mut next = 0;
        while let Some(place) = places.get(next) {
            let align = self.table.columns[place.index].align;
            let mut width = usize::from(place.width);
            let mut gap = usize::from(place.gap);
            next += 1;
            if place.index == 0 {
                width = width.saturating_sub(usize::from(SIGN + level * INDENT));
            }
            let Some(cell) = row.cells.get(place.index) else {
                spans.push(Span::raw(" ".repeat(width + gap)));
                continue;
            };
            // What is too long runs on over empty cells, as in a spreadsheet.
            let (left, right) = line::halves(&cell.pieces, self.theme);
            let wanted = line::columns(&left) + line::columns(&right);
            while align == Align::Left && width < wanted {
                let Some(empty) = places.get(next).filter(|place| is_empty(row, place.index)) else { break };
                width += gap + usize::from(empty.width);
                gap = usize::from(empty.gap);
                next += 1;
            }
            let mut cell_spans = line::join(left, right, width, align, self.theme);
            if row.struck {
                fade(&mut cell_spans, self.theme, place.index == 0);
            }
            let came = row.mark == Some(Mark { kind: MarkKind::Added, fresh: true });
            if let Some(tone) = cell.tint.or((came && place.index == 0).then_some(Tone::Added)) {
                tint(&mut cell_spans, self.theme.tint(tone));
            }
            spans.extend(cell_spans);
            spans.push(Span::raw(" ".repeat(gap)));
        }
        Text::from(Line::from(spans)).style(self.row_style(at))
    }

    /// The window as the widget wants it. A window may begin below its parent: what is missing above it is an item
    /// without height, which takes no room.
    fn items<'a>(&'a self, rows: &mut Rows<'a>, level: u16, places: &[Place]) -> Vec<TreeItem<'a, Id>> {
        let mut items: Vec<TreeItem<'a, Id>> = Vec::new();
        while let Some((at, row, depth)) = rows.next_at_or_below(level) {
            let (id, text) = if depth == level {
                rows.take();
                (Id::Row(at), self.text(at, row, level, places))
            } else {
                (Id::Above(at), Text::default())
            };
            rows.path.push(id);
            let children = self.items(rows, level + 1, places);
            if !children.is_empty() {
                rows.open.push(rows.path.clone());
            }
            rows.path.pop();
            let item = TreeItem::new(id, text, children);
            items.push(item.expect("rows are numbered, so no two siblings have the same id"));
        }
        items
    }

    fn gutter(&self, area: Rect, buffer: &mut Buffer) {
        for (at, (row, y)) in self.table.rows.iter().zip(area.top()..area.bottom()).enumerate() {
            let line = Rect { y, height: 1, ..area };
            if self.table.cursor == Some(at) {
                buffer.set_style(line, self.row_style(at));
                buffer.set_stringn(area.x, y, self.theme.strokes().cursor, 1, self.theme.text(Tone::Accent));
            }
            if let (Some(mark), true) = (row.mark, area.width > 1) {
                let (glyph, tone) = match mark.kind {
                    MarkKind::Added => (Glyph::Added, Tone::Added),
                    MarkKind::Changed => (Glyph::Changed, Tone::Changed),
                    MarkKind::Removed => (Glyph::Gone, Tone::Removed),
                };
                let mut style = self.theme.text(if mark.fresh { tone } else { Tone::Dim });
                if mark.fresh {
                    style = style.add_modifier(Modifier::BOLD);
                }
                buffer.set_stringn(area.x + 1, y, self.theme.glyph(glyph), 1, style);
            }
        }
    }

    fn scroll_bar(&self, area: Rect, buffer: &mut Buffer) {
        let height = usize::from(area.height);
        let (shown, total) = (self.table.rows.len().min(height), self.table.total);
        if total <= shown || height < 2 || area.width < 20 {
            return;
        }
        let length = (height * height / total).clamp(1, height - 1);
        let hidden = total - shown;
        let start = (self.table.above.min(hidden) * (height - length)).div_ceil(hidden);
        for row in start..start + length {
            let y = area.y + u16::try_from(row).unwrap_or(u16::MAX);
            buffer.set_stringn(area.right() - 1, y, self.theme.strokes().thumb, 1, self.theme.text(Tone::Border));
        }
    }
}

impl Widget for &Tree<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        if area.is_empty() {
            return;
        }
        if self.table.rows.is_empty() {
            let inside = super::inside(area);
            for (pieces, y) in self.table.empty.iter().zip(inside.top() + u16::from(area.height > 4)..inside.bottom()) {
                let spans = line::fit(pieces, usize::from(inside.width.saturating_sub(SIGN)), Align::Left, self.theme);
                line::paint(spans, Rect { x: inside.x + SIGN.min(inside.width), y, ..inside }, buffer);
            }
            return;
        }
        let places = self.places();
        let name = places.first().map_or(0, |place| place.width);
        let deepest = name.saturating_sub(SIGN + 8) / INDENT;
        let window = self.table.rows.len().min(usize::from(area.height));
        let mut rows = Rows { rows: &self.table.rows[..window], at: 0, deepest, path: Vec::new(), open: Vec::new() };
        let items = self.items(&mut rows, 0, &places);
        let mut state = TreeState::default();
        for path in rows.open {
            state.open(path);
        }
        // The fold signs stand in the text, where they can have a tone of their own.
        let widget = Widgets::new(&items).expect("rows are numbered, so no two siblings have the same id");
        let widget = widget.node_closed_symbol("").node_open_symbol("").node_no_children_symbol("");
        self.gutter(area, buffer);
        let inner = Rect { x: area.x + MARGIN.min(area.width), width: area.width.saturating_sub(MARGIN + 1), ..area };
        if !inner.is_empty() {
            StatefulWidget::render(widget, inner, buffer, &mut state);
        }
        self.scroll_bar(area, buffer);
    }
}

/// Identity of an item, unique in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Id {
    /// The row of the window.
    Row(usize),
    /// What stands above this row and outside the window.
    Above(usize),
}

/// The rows that are not yet items.
struct Rows<'a> {
    rows: &'a [Row],
    at: usize,
    deepest: u16,
    path: Vec<Id>,
    open: Vec<Vec<Id>>,
}

impl<'a> Rows<'a> {
    /// The next row with its level on screen, unless it belongs further up.
    fn next_at_or_below(&self, level: u16) -> Option<(usize, &'a Row, u16)> {
        let row = self.rows.get(self.at)?;
        let depth = row.depth.min(self.deepest);
        (depth >= level).then_some((self.at, row, depth))
    }

    fn take(&mut self) {
        self.at += 1;
    }
}

fn is_empty(row: &Row, column: usize) -> bool {
    row.cells.get(column).is_none_or(|cell| cell.pieces.is_empty() && cell.tint.is_none())
}

/// A tombstone: the tone of what is gone, the name struck through.
fn fade(spans: &mut [Span<'_>], theme: &Theme, strike: bool) {
    for span in spans {
        span.style = theme.text(Tone::Removed);
        if strike && span.content.contains(char::is_alphanumeric) {
            span.style = span.style.add_modifier(Modifier::CROSSED_OUT);
        }
    }
}

/// Lays a tint over a cell from its first to its last sign.
fn tint(spans: &mut [Span<'_>], style: Style) {
    let is_blank = |span: &Span<'_>| span.content.trim().is_empty();
    let Some(first) = spans.iter().position(|span| !is_blank(span)) else { return };
    let last = spans.iter().rposition(|span| !is_blank(span)).unwrap_or(first);
    for span in &mut spans[first..=last] {
        span.style = span.style.patch(style);
    }
}
