//! Small parts of lines: text made safe, ages, counts, bars.

use std::borrow::Cow;
use std::fmt::Display;

use super::escape::{safe, width};
use super::{Cell, Glyph, Line, Piece, Tone};
use crate::model::Time;
use crate::store::Severity;

/// Text from anywhere, made safe to draw.
pub(super) fn text(text: impl Display, tone: Tone) -> Piece {
    let words = text.to_string();
    let changed = match safe(&words) {
        Cow::Borrowed(_) => None,
        Cow::Owned(safe) => Some(safe),
    };
    Piece::Text(changed.unwrap_or(words), tone)
}

/// Quiet text.
pub(super) fn dim(words: impl Display) -> Piece {
    text(words, Tone::Dim)
}

/// Plain text.
pub(super) fn plain(words: impl Display) -> Piece {
    text(words, Tone::Text)
}

/// A mark and a blank.
pub(super) fn mark(glyph: Glyph, tone: Tone) -> [Piece; 2] {
    [Piece::Glyph(glyph, tone), Piece::text(" ", tone)]
}

/// A cell of one piece.
pub(super) fn cell(piece: Piece) -> Cell {
    Cell { pieces: vec![piece], tint: None }
}

/// The tone of a severity.
pub(super) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Fine => Tone::Text,
        Severity::Info => Tone::Info,
        Severity::Warn => Tone::Warn,
        Severity::Bad => Tone::Bad,
    }
}

/// The time between two moments: `3s`, `41s`, `2m`, `5h`, `12d`; what lies ahead is `0s`.
pub fn age(at: Time, now: Time) -> String {
    let seconds = now.since(at) / 1000;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A count with separators: `4,200`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 pod`, `3 pods`.
pub(super) fn many(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", count(number))
}

/// A bar of `width` cells: full only when nothing is missing, empty only when nothing is there.
pub(super) fn bar(part: usize, whole: usize, width: u16, tone: Tone) -> Piece {
    let cells = usize::from(width);
    let filled = match (part, whole) {
        (0, _) => 0,
        (part, whole) if part >= whole => cells,
        (part, whole) => (part * cells / whole).clamp(1, cells.saturating_sub(1)),
    };
    Piece::Bar { filled: u16::try_from(filled).unwrap_or(width), width, tone }
}

/// How many columns a line takes.
pub(super) fn columns(line: &[Piece]) -> usize {
    let columns = line.iter().map(|piece| match piece {
        Piece::Text(words, _) => width(words),
        Piece::Glyph(..) => 1,
        Piece::Bar { width, .. } => usize::from(*width),
        Piece::Life(_, cells, _) => usize::from(*cells),
        Piece::Spark(levels, _) => levels.len(),
        Piece::Fill => 0,
    });
    columns.sum()
}

/// The words of a list with separators between.
pub(super) fn join(parts: impl IntoIterator<Item = Line>, between: &str) -> Line {
    let mut line = Line::new();
    for part in parts {
        if !line.is_empty() {
            line.push(dim(between));
        }
        line.extend(part);
    }
    line
}

/// The text with every place where one of `words` stands toned as found.
pub(super) fn found<'a>(piece: Piece, words: impl Iterator<Item = &'a str>) -> Line {
    let Piece::Text(text, tone) = piece else { return vec![piece] };
    let lower = text.to_lowercase();
    // Lower case may have other lengths: then places cannot be told, and nothing is toned.
    if lower.len() != text.len() {
        return vec![Piece::Text(text, tone)];
    }
    let mut spans: Vec<(usize, usize)> = words
        .filter(|word| !word.is_empty())
        .flat_map(|word| lower.match_indices(word).map(|(at, word)| (at, at + word.len())).collect::<Vec<_>>())
        .filter(|(start, end)| text.is_char_boundary(*start) && text.is_char_boundary(*end))
        .collect();
    spans.sort_unstable();
    let mut line = Line::new();
    let mut at = 0;
    for (start, end) in spans {
        if start < at {
            continue;
        }
        if start > at {
            line.push(Piece::text(&text[at..start], tone));
        }
        line.push(Piece::text(&text[start..end], Tone::Match));
        at = end;
    }
    if at < text.len() {
        line.push(Piece::text(&text[at..], tone));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_take_at_most_three_columns_up_to_a_century() {
        let cases = [
            (0, "0s"),
            (59_999, "59s"),
            (60_000, "1m"),
            (3_599_999, "59m"),
            (3_600_000, "1h"),
            (86_400_000 * 12, "12d"),
        ];
        for (millis, expected) in cases {
            assert_eq!(age(Time(0), Time(millis)), expected);
        }
        assert_eq!(age(Time(5_000), Time(0)), "0s");
    }

    #[test]
    fn a_bar_is_full_only_when_nothing_is_missing() {
        let filled = |part, whole| {
            let Piece::Bar { filled, .. } = bar(part, whole, 4, Tone::Good) else { panic!("a bar is a bar") };
            filled
        };
        assert_eq!([filled(0, 0), filled(0, 9), filled(1, 100), filled(99, 100), filled(9, 9)], [0, 0, 1, 3, 4]);
    }

    #[test]
    fn what_was_found_is_toned() {
        let line = found(Piece::text("Web-web", Tone::Text), ["web"].into_iter());
        assert_eq!(
            line,
            [Piece::text("Web", Tone::Match), Piece::text("-", Tone::Text), Piece::text("web", Tone::Match)]
        );
    }

    #[test]
    fn counts_have_separators() {
        assert_eq!([count(0), count(999), count(4200), count(1_234_567)], ["0", "999", "4,200", "1,234,567"]);
    }
}
