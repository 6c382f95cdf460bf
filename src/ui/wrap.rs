//! Breaks a line of pieces between words, with a hanging indent.

use ratatui::text::Span;

use super::line;
use crate::theme::Theme;
use crate::view::{Align, Piece, escape};

/// The line in rows of at most `width` columns; all but the first begin with `indent` blanks.
pub(super) fn wrap<'a>(pieces: &'a [Piece], width: usize, indent: usize, theme: &Theme) -> Vec<Vec<Span<'a>>> {
    let (left, right) = line::halves(pieces, theme);
    let gap = usize::from(!left.is_empty() && !right.is_empty()) * 2;
    if line::columns(&left) + gap + line::columns(&right) <= width {
        return vec![if right.is_empty() { left } else { line::join(left, right, width, Align::Left, theme) }];
    }
    let indent = if indent * 2 > width { width.min(2) } else { indent };
    let mut rows = Breaker { rows: vec![Vec::new()], used: 0, width, indent };
    for span in &left {
        rows.span(span);
    }
    if gap > 0 {
        rows.word("  ", left[0].style);
    }
    for span in &right {
        rows.span(span);
    }
    rows.rows
}

struct Breaker<'a> {
    rows: Vec<Vec<Span<'a>>>,
    used: usize,
    width: usize,
    indent: usize,
}

impl Breaker<'_> {
    fn span(&mut self, span: &Span<'_>) {
        for word in span.content.split_inclusive(' ') {
            self.word(word, span.style);
        }
    }

    fn word(&mut self, mut word: &str, style: ratatui::style::Style) {
        loop {
            let trimmed = word.trim_end_matches(' ');
            if self.used + escape::width(trimmed) <= self.width {
                let fitting = escape::head(word, self.width - self.used);
                self.used += escape::width(fitting);
                self.push(fitting, style);
                return;
            }
            let start = if self.rows.len() == 1 { 0 } else { self.indent };
            if self.used > start {
                self.new_row();
                continue;
            }
            // Longer than a whole row: broken where the row ends.
            let part = escape::head(word, self.width - self.used);
            if part.is_empty() {
                return;
            }
            self.push(part, style);
            word = &word[part.len()..];
            self.new_row();
        }
    }

    fn push(&mut self, text: &str, style: ratatui::style::Style) {
        if let (Some(row), false) = (self.rows.last_mut(), text.is_empty()) {
            row.push(Span::styled(text.to_owned(), style));
        }
    }

    fn new_row(&mut self) {
        self.rows.push(vec![Span::raw(" ".repeat(self.indent))]);
        self.used = self.indent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::probe;
    use crate::view::Tone;

    fn wrapped(text: &str, width: usize, indent: usize) -> Vec<String> {
        let pieces = [Piece::text(text, Tone::Text)];
        let rows = wrap(&pieces, width, indent, &probe());
        rows.into_iter()
            .map(|row| row.iter().map(|span| &*span.content).collect::<String>().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn lines_break_between_words_and_hang() {
        assert_eq!(
            wrapped("why   the probe fails with 503", 16, 6),
            ["why   the probe", "      fails with", "      503"]
        );
    }

    #[test]
    fn a_word_longer_than_the_row_is_broken() {
        assert_eq!(wrapped("abcdefghij", 4, 1), ["abcd", " efg", " hij"]);
    }

    proptest::proptest! {
        #[test]
        fn no_row_is_wider_than_the_room(text in "[a-z日 ]{0,60}", width in 1usize..30, indent in 0usize..30) {
            let pieces = [Piece::text(text, Tone::Text)];
            for row in wrap(&pieces, width, indent, &probe()) {
                proptest::prop_assert!(line::columns(&row) <= width);
            }
        }
    }
}
