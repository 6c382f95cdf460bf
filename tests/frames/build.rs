//! Short ways to write scenes down.

use podpath::view::{Align, Cell, Column, Fold, Glyph, HealthChip, Hint, Line, Mark, MarkKind, Piece, Row, Tone};

pub(crate) fn t(text: &str, tone: Tone) -> Piece {
    Piece::text(text, tone)
}

pub(crate) fn g(glyph: Glyph, tone: Tone) -> Piece {
    Piece::Glyph(glyph, tone)
}

pub(crate) fn cell(pieces: Line) -> Cell {
    Cell { pieces, tint: None }
}

pub(crate) fn plain(text: &str) -> Cell {
    cell(if text.is_empty() { Vec::new() } else { vec![t(text, Tone::Text)] })
}

pub(crate) fn quiet(text: &str) -> Cell {
    cell(if text.is_empty() { Vec::new() } else { vec![t(text, Tone::Dim)] })
}

/// A bar with its count.
pub(crate) fn bar(ready: u16, total: u16, tone: Tone) -> Cell {
    let width = total.min(4);
    let filled = (ready * width).checked_div(total).unwrap_or(0);
    cell(vec![
        Piece::Bar { filled, width, tone },
        t(&" ".repeat(usize::from(4 - width) + 1), Tone::Text),
        t(&format!("{ready}/{total}"), tone),
    ])
}

pub(crate) fn column(title: &'static str, min: u16, ideal: u16, grow: u16, fold: u8) -> Column {
    Column { title, min, ideal, grow, fold, align: Align::Left }
}

pub(crate) fn columns() -> Vec<Column> {
    vec![
        column("NAME", 22, 32, 3, 0),
        column("ADDRESS", 14, 16, 1, 4),
        column("READY", 11, 12, 0, 0),
        column("PORT → TARGET", 14, 20, 1, 3),
        column("POD", 12, 22, 2, 2),
        column("NODE", 4, 10, 0, 6),
        column("ZONE", 4, 6, 0, 7),
        Column { align: Align::Right, ..column("AGE", 4, 5, 0, 0) },
    ]
}

pub(crate) fn row(id: u64, depth: u16, fold: Fold, cells: Vec<Cell>) -> Row {
    Row { id, depth, fold, mark: None, cells, struck: false }
}

pub(crate) fn marked(kind: MarkKind, fresh: bool, row: Row) -> Row {
    Row { mark: Some(Mark { kind, fresh }), ..row }
}

pub(crate) fn calm(text: &str) -> HealthChip {
    HealthChip { pieces: vec![t(text, Tone::Dim)], calm: true }
}

pub(crate) fn hints(pairs: &[(&str, &'static str)]) -> Vec<Hint> {
    pairs.iter().map(|(key, action)| Hint { key: (*key).to_owned(), action }).collect()
}
