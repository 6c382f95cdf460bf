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

/// The longest end that fits.
pub(crate) fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += usize::from(grapheme.cell_width());
        if used > columns {
            break;
        }
        start = at;
    }
    &text[start..]
}

/// Can stand as it is: nothing hidden in it, few marks, it joins with nothing that is drawn before or after it, and
/// every terminal counts it alike. Marks with a width of their own do not pass: a terminal that counts by character
/// gives them a cell which ratatui, counting by grapheme, would never clear.
fn is_plain(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let Some(base) = chars.next() else { return true };
    let columns = base.width().unwrap_or(0);
    if is_hidden(base) || columns == 0 || joins(base) {
        return false;
    }
    let mut marks = 0;
    let mut harmless = |mark: char| {
        marks += 1;
        !is_hidden(mark) && mark.width() == Some(0)
    };
    chars.all(&mut harmless) && marks <= MARKS && columns == usize::from(grapheme.cell_width())
}

/// Makes one grapheme with a letter before or after it.
fn joins(character: char) -> bool {
    let one = |text: &str| text.graphemes(true).nth(1).is_none();
    !character.is_ascii() && (one(&format!("a{character}")) || one(&format!("{character}a")))
}

/// Writes a grapheme that is not plain: as much of it as is, the rest in numbers.
fn spell(safe: &mut String, grapheme: &str) {
    let mut plain = String::new();
    for character in grapheme.chars() {
        plain.push(character);
        if !is_plain(&plain) {
            plain.pop();
            safe.push_str(&plain);
            plain.clear();
            number(safe, character);
        }
    }
    safe.push_str(&plain);
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn what_deceives_is_spelled_and_what_does_not_stays() {
        for (text, shown) in [
            ("checkout-6c-k9", "checkout-6c-k9"),
            ("naïve Grüße 日本語 한국어 😀", "naïve Grüße 日本語 한국어 😀"),
            ("e\u{301}", "e\u{301}"),
            ("one\ntwo\ttab", "one\\ntwo\\ttab"),
            ("\x1b[31mred", "\\x1b[31mred"),
            ("\u{9b}31m", "\\x9b31m"),
            ("\x7f\0", "\\x7f\\x00"),
            ("live\u{202e}dead", "live\\u{202e}dead"),
            ("a\u{200b}b", "a\\u{200b}b"),
            ("👨\u{200d}👩", "👨\\u{200d}👩"),
            ("\u{e0041}", "\\u{e0041}"),
            ("ok\u{fe0f}", "ok\\u{fe0f}"),
            ("\u{301}x", "\\u{301}x"),
            ("👍🏽", "👍\\u{1f3fd}"),
        ] {
            assert_eq!(safe(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_tower_of_marks_is_cut_down() {
        let tower = format!("z{}", "\u{301}".repeat(100));
        assert!(safe(&tower).starts_with("z\u{301}\u{301}\u{301}\\u{301}"));
    }

    #[test]
    fn text_is_cut_between_graphemes() {
        assert_eq!(cut("checkout", 8), "checkout");
        assert_eq!(cut("checkout", 6), "check…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!((cut("ab", 1), cut("ab", 0)), ("…".into(), "".into()));
    }

    fn hostile() -> impl Strategy<Value = String> {
        let nasty = prop::sample::select(vec![
            '\x1b',
            '\u{9b}',
            '\u{9d}',
            '\n',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{301}',
            '\u{34f}',
            '\u{600}',
            '\u{61c}',
            '\u{903}',
            '\u{94d}',
            '\u{915}',
            '\u{e33}',
            '\u{1100}',
            '\u{1161}',
            '\u{11a8}',
            '\u{115f}',
            '\u{200b}',
            '\u{200d}',
            '\u{200f}',
            '\u{2028}',
            '\u{202e}',
            '\u{2066}',
            '\u{20e3}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ff76}',
            '\u{ff9e}',
            '\u{fff9}',
            '\u{ffff}',
            '\u{644}',
            '\u{627}',
            '\u{5d0}',
            '日',
            '❤',
            '👍',
            '🏽',
            '🇩',
            '🇪',
            '\u{e0041}',
            '\u{e0100}',
            'a',
            ' ',
            '-',
            '1',
        ]);
        vec(prop_oneof![3 => nasty, 1 => any::<char>()], 0..24).prop_map(String::from_iter)
    }

    fn columns_in_buffer(text: &str) -> usize {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 1000, 1));
        usize::from(buffer.set_stringn(0, 0, text, usize::MAX, Style::new()).0)
    }

    const TWO: NonZeroU16 = NonZeroU16::new(2).unwrap();
    const WIDE: NonZeroU16 = NonZeroU16::new(1000).unwrap();

    fn columns_in_terminal(text: &str) -> usize {
        let mut terminal = vt100::Parser::new(TWO, WIDE, 0);
        // This terminal takes U+FFFD for a fault of decoding and drops it.
        terminal.process(text.replace('\u{fffd}', "?").as_bytes());
        usize::from(terminal.screen().cursor_position().1)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

        #[test]
        fn nothing_hidden_is_left(text in hostile()) {
            let safe = safe(&text);
            prop_assert!(!safe.chars().any(is_hidden), "{safe:?}");
            prop_assert_eq!(super::safe(&safe), safe.clone());
        }

        #[test]
        fn our_width_is_ratatuis_and_the_terminals(text in hostile()) {
            let safe = safe(&text);
            prop_assert_eq!(width(&safe), columns_in_buffer(&safe), "{:?}", safe);
            prop_assert_eq!(width(&safe), columns_in_terminal(&safe), "{:?}", safe);
        }

        #[test]
        fn neighbours_do_not_join(one in hostile(), other in hostile()) {
            let (one, other) = (safe(&one), safe(&other));
            prop_assert_eq!(width(&format!("{one}{other}")), width(&one) + width(&other));
        }

        #[test]
        fn what_is_cut_fits_and_begins_alike(text in hostile(), columns in 0usize..30) {
            let safe = safe(&text);
            let cut = cut(&safe, columns);
            prop_assert!(width(&cut) <= columns);
            prop_assert!(safe.starts_with(cut.strip_suffix('…').unwrap_or(&cut)));
        }
    }
}
