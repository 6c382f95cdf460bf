//! A line of pieces as styled spans of an exact width.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::theme::Theme;
use crate::view::{Align, Glyph, Piece, Tone, escape};

/// The parts of a line left and right of its first `Fill`, styled but not yet fitted.
pub(super) fn halves<'a>(pieces: &'a [Piece], theme: &Theme) -> (Vec<Span<'a>>, Vec<Span<'a>>) {
    let mut halves = (Vec::new(), Vec::new());
    let mut filled = false;
    for piece in pieces {
        let half = if filled { &mut halves.1 } else { &mut halves.0 };
        match piece {
            Piece::Fill => filled = true,
            Piece::Text(text, tone) => push(half, Span::styled(theme.charset().text(text), theme.text(*tone))),
            Piece::Glyph(glyph, tone) => push(half, Span::styled(theme.glyph(*glyph), theme.text(*tone))),
            Piece::Bar { filled, width, tone } => {
                let [full, empty] = theme.strokes().bar;
                let filled = usize::from(*filled.min(width));
                push(half, Span::styled(full.repeat(filled), theme.text(*tone)));
                push(half, Span::styled(empty.repeat(usize::from(*width) - filled), theme.text(Tone::Dim)));
            }
            Piece::Life(phase, cells, tone) => {
                let sign = theme.strokes().life(*phase);
                push(half, Span::styled(sign.repeat(usize::from(*cells)), theme.text(*tone)));
            }
            Piece::Spark(levels, tone) => {
                let signs = theme.strokes().spark;
                let text: String = levels.iter().map(|level| signs[usize::from(*level).min(8)]).collect();
                push(half, Span::styled(text, theme.text(*tone)));
            }
        }
    }
    halves
}

/// The line in exactly `width` columns: cut with an ellipsis or filled with blanks.
pub(super) fn fit<'a>(pieces: &'a [Piece], width: usize, align: Align, theme: &Theme) -> Vec<Span<'a>> {
    let (left, right) = halves(pieces, theme);
    let right = cut(right, if left.is_empty() { width } else { width * 2 / 3 }, theme);
    join(left, right, width, align, theme)
}

/// Two halves in exactly `width` columns. The right one stays as it is; the left one is cut when room is short.
pub(super) fn join<'a>(
    left: Vec<Span<'a>>,
    right: Vec<Span<'a>>,
    width: usize,
    align: Align,
    theme: &Theme,
) -> Vec<Span<'a>> {
    let right = cut(right, width, theme);
    let kept = columns(&right);
    let gap = usize::from(kept > 0);
    let mut line = cut(left, width.saturating_sub(kept + gap), theme);
    let blank = Span::raw(" ".repeat(width.saturating_sub(columns(&line) + kept)));
    match align {
        Align::Left => line.push(blank),
        Align::Right => line.insert(0, blank),
    }
    line.extend(right);
    line
}

/// Columns that spans take.
pub(super) fn columns(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| escape::width(&span.content)).sum()
}

/// No more than `width` columns. Sentences lose their end, but a name at the end of the line loses its middle: what
/// tells one pod from the next stands at the end of its name. An ellipsis stands where something is lost.
pub(super) fn cut<'a>(mut spans: Vec<Span<'a>>, width: usize, theme: &Theme) -> Vec<Span<'a>> {
    if columns(&spans) <= width {
        return spans;
    }
    let Some(room) = width.checked_sub(1) else { return Vec::new() };
    let mut used = 0;
    let mut fits = |span: &Span<'_>| {
        used += escape::width(&span.content);
        used <= room
    };
    let at = spans.iter().take_while(|span| fits(span)).count();
    let is_last = at + 1 == spans.len();
    let left = room - columns(&spans[..at]);
    let ellipsis = Span::styled(theme.glyph(Glyph::Ellipsis), theme.text(Tone::Dim));
    let broken = spans[at].clone();
    spans.truncate(at);
    let end = if is_last && left >= 8 && !broken.content.contains(' ') { (left / 2).min(6) } else { 0 };
    spans.push(Span::styled(escape::head(&broken.content, left - end).to_owned(), broken.style));
    spans.push(ellipsis);
    spans.push(Span::styled(escape::tail(&broken.content, end).to_owned(), broken.style));
    spans
}

/// Draws spans on the first row of `area`, over what stands there.
pub(super) fn paint(spans: Vec<Span<'_>>, area: Rect, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    if !area.is_empty() {
        buffer.set_line(area.x, area.y, &Line::from(spans), area.width);
    }
}

/// A word or two in one tone.
pub(super) fn word<'a>(text: impl Into<Cow<'a, str>>, tone: Tone, theme: &Theme) -> Span<'a> {
    Span::styled(text, theme.text(tone))
}

fn push<'a>(spans: &mut Vec<Span<'a>>, span: Span<'a>) {
    if !span.content.is_empty() {
        spans.push(span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::probe;

    fn cut_to(width: usize, texts: &[&str]) -> String {
        let spans = texts.iter().map(|text| word((*text).to_owned(), Tone::Text, &probe())).collect();
        let spans = cut(spans, width, &probe());
        assert!(columns(&spans) <= width);
        spans.iter().map(|span| &*span.content).collect()
    }

    #[test]
    fn a_name_loses_its_middle_and_a_sentence_its_end() {
        assert_eq!(cut_to(14, &["checkout-6c7d9f8b5-x2k9p"]), "checkou…-x2k9p");
        assert_eq!(cut_to(14, &["selects nothing: app=payments"]), "selects nothi…");
        assert_eq!(cut_to(14, &["pod ", "checkout-6c7d9f8b5-x2k9p"]), "pod check…2k9p");
        assert_eq!(cut_to(6, &["checkout-6c7d9f8b5-x2k9p"]), "check…");
        assert_eq!(cut_to(5, &["two", "three"]), "twot…");
        assert_eq!((cut_to(1, &["ab"]), cut_to(0, &["ab"])), ("…".to_owned(), String::new()));
    }
}
