//! Text from a cluster is hostile: this is where it becomes safe to draw, and where it is measured and cut.
//!
//! Nothing that a terminal could obey, reorder or hide passes: control characters, bidi controls, characters without
//! width, tags and variation selectors appear as `\n`, `\x1b` or `\u{202e}`. What remains takes as many columns in
//! a terminal that counts by character as in one that counts by grapheme, so that columns line up in both.

use std::borrow::Cow;
use std::fmt::Write;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Combining marks that one character may carry; writing systems need up to three.
const MARKS: usize = 3;

/// Makes text safe to draw, changing only what could deceive the terminal or the reader.
pub fn safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for grapheme in text.graphemes(true) {
        if is_plain(grapheme) {
            safe.push_str(grapheme);
        } else {
            spell(&mut safe, grapheme);
        }
    }
    Cow::Owned(safe)
}

/// Columns that safe text takes. The same sum ratatui's buffer makes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(|grapheme| usize::from(grapheme.cell_width())).sum()
}

/// The longest beginning of safe text that fits into `columns`; where something is lost the last column is `…`.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    Cow::Owned(format!("{}…", head(text, room)))
}

/// The longest beginning that fits, without an ellipsis.
pub(crate) fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += usize::from(grapheme.cell_width());
        if used > columns {
            break;
        }
        end = at + grapheme.len();
    }
    &text[..end]
}

/// Can stand as it is: nothing hidden in it, few marks, and every terminal counts it alike.
fn is_plain(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let Some(base) = chars.next() else { return true };
    let mut columns = base.width().unwrap_or(0);
    if is_hidden(base) || columns == 0 {
        return false;
    }
    let mut marks = 0;
    for mark in chars {
        if is_hidden(mark) {
            return false;
        }
        let width = mark.width().unwrap_or(0);
        marks += usize::from(width == 0);
        columns += width;
    }
    marks <= MARKS && columns == usize::from(grapheme.cell_width())
}

/// Writes a grapheme that is not plain: its base if that is plain alone, the rest in numbers.
fn spell(safe: &mut String, grapheme: &str) {
    let mut hidden_marks = 0;
    let mut marks = 0;
    for character in grapheme.chars() {
        let mut alone = [0; 4];
        if is_plain(character.encode_utf8(&mut alone)) {
            // Two plain characters may join when they meet again: numbers keep them apart.
            if marks == 0 && hidden_marks == 0 && safe.is_empty() | !joins(safe, character) {
                safe.push(character);
            } else {
                number(safe, character);
            }
        } else if marks < MARKS && !is_hidden(character) && !safe.is_empty() && marks_base(safe, character) {
            marks += 1;
            safe.push(character);
        } else {
            hidden_marks += 1;
            number(safe, character);
        }
    }
}

fn joins(safe: &str, next: char) -> bool {
    let mut tail = String::new();
    if let Some(last) = safe.graphemes(true).next_back() {
        tail.push_str(last);
    }
    tail.push(next);
    tail.graphemes(true).count() == 1
}

fn marks_base(safe: &str, mark: char) -> bool {
    let mut tail = String::new();
    if let Some(last) = safe.graphemes(true).next_back() {
        tail.push_str(last);
    }
    tail.push(mark);
    tail.graphemes(true).count() == 1 && is_plain(&tail)
}

fn number(safe: &mut String, character: char) {
    let code = u32::from(character);
    let written = match character {
        '\n' => safe.write_str("\\n"),
        '\r' => safe.write_str("\\r"),
        '\t' => safe.write_str("\\t"),
        '\0'..='\u{ff}' => write!(safe, "\\x{code:02x}"),
        '\u{100}'.. => write!(safe, "\\u{{{code:x}}}"),
    };
    written.expect("a String takes everything");
}

/// Characters that draw nothing, or change how others are drawn: Unicode's default-ignorable code points, line and
/// paragraph separators, interlinear annotation, noncharacters.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}
