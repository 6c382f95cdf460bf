//! What reaches the terminal: our own sequences only, and afterwards it shows what we think it shows.

use std::num::NonZeroU16;

use proptest::collection::vec;
use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use podpath::term::bytes;
use podpath::view::escape;
use ratatui::buffer::{Buffer, CellWidth};

const WIDTH: u16 = 24;
const HEIGHT: u16 = 4;

/// A frame with hostile text, made harmless as `view` does it, somewhere in each row.
fn frame() -> impl Strategy<Value = Buffer> {
    let nasty = prop::sample::select(vec![
        '\x1b', '\u{9b}', '\n', '\u{301}', '\u{200d}', '\u{202e}', '\u{fe0f}', '日', '한', 'か', '😀', '👍', '🏽', 'a',
        ' ',
    ]);
    let text = vec(prop_oneof![5 => nasty, 1 => any::<char>()], 0..12).prop_map(String::from_iter);
    vec((0..WIDTH, text, 0u8..8), usize::from(HEIGHT)).prop_map(|texts| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
        for ((x, text, colour), y) in texts.into_iter().zip(0..) {
            // The terminal of this test drops U+FFFD.
            let text = escape::safe(&text).replace('\u{fffd}', "?");
            buffer.set_stringn(x, y, text, usize::MAX, Style::new().fg(Color::Indexed(colour)));
        }
        buffer
    })
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let text = |y| {
        let mut text = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += symbol.cell_width().max(1);
        }
        text.trim_end().to_owned()
    };
    (0..buffer.area.height).map(text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn the_terminal_shows_what_we_think_it_shows(frames in vec(frame(), 1..5)) {
        let size = |size| NonZeroU16::new(size).expect("it is not zero");
        let mut terminal = vt100::Parser::new(size(HEIGHT), size(WIDTH), 0);
        let mut shown = Buffer::empty(Rect::ZERO);
        for next in frames {
            terminal.process(&bytes(&shown, &next).expect("a vector takes everything"));
            let seen: Vec<_> = terminal.screen().rows(0, WIDTH).map(|row| row.trim_end().to_owned()).collect();
            prop_assert_eq!(seen, rows(&next));
            prop_assert!(bytes(&next, &next).expect("a vector takes everything").is_empty());
            shown = next;
        }
    }

    #[test]
    fn only_our_own_sequences_reach_the_terminal(frame in frame()) {
        let bytes = bytes(&Buffer::empty(Rect::ZERO), &frame).expect("a vector takes everything");
        let text = String::from_utf8(bytes).expect("it is text");
        let mut parts = text.split('\x1b');
        prop_assert_eq!(parts.next(), Some(""));
        for part in parts {
            let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part, |end| &part[..=end]);
            let arguments = end.strip_prefix('[').map(|rest| rest.trim_end_matches(|c: char| c.is_ascii_alphabetic()));
            let known = ["?2026h", "?2026l", "2J"].iter().any(|known| end.strip_prefix('[') == Some(known))
                || (end.ends_with(['m', 'H']) && arguments.is_some_and(|text| text.chars().all(|c| c.is_ascii_digit() || c == ';')));
            prop_assert!(known, "{:?}", end);
            prop_assert!(!part[end.len()..].contains(char::is_control), "{:?}", part);
        }
    }
}
