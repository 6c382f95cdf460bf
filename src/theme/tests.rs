//! The bundled themes can be read, at every depth.

use ratatui::style::Color;

use super::*;

const READ: [Tone; 9] =
    [Tone::Text, Tone::Dim, Tone::Accent, Tone::Good, Tone::Warn, Tone::Bad, Tone::Info, Tone::Changed, Tone::Title];

fn channels(colour: Option<Color>) -> [f64; 3] {
    match colour {
        Some(Color::Rgb(red, green, blue)) => [red, green, blue].map(f64::from),
        Some(Color::Indexed(index)) => <[u8; 3]>::from(colour::palette(index)).map(f64::from),
        other => panic!("{other:?} has no channels"),
    }
}

/// Contrast as WCAG 2 defines it.
fn contrast(one: Option<Color>, other: Option<Color>) -> f64 {
    let [mut one, mut other] = [one, other].map(|colour| {
        let [red, green, blue] = channels(colour).map(|channel| {
            let channel = channel / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    });
    if one < other {
        std::mem::swap(&mut one, &mut other);
    }
    (one + 0.05) / (other + 0.05)
}

#[test]
fn every_tone_that_is_read_stands_out_from_the_page_and_from_the_cursor_row() {
    for (name, _) in BUNDLED {
        let least = if *name == "contrast" { 7.0 } else { 4.5 };
        for depth in [Depth::True, Depth::Indexed] {
            let theme = load(name).unwrap().on(depth, Charset::Unicode);
            for tone in READ {
                let fg = theme.text(tone).fg;
                let page = contrast(fg, theme.page().bg);
                let cursor = contrast(fg, theme.style(Tone::Cursor).bg);
                assert!(page >= least, "{name} {depth:?} {tone:?}: {page:.1} on the page");
                assert!(cursor >= 3.4, "{name} {depth:?} {tone:?}: {cursor:.1} under the cursor");
            }
        }
    }
}

#[test]
fn the_cursor_row_is_seen_at_every_depth() {
    for (name, _) in BUNDLED {
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen, Depth::None] {
            let theme = load(name).unwrap().on(depth, Charset::Unicode);
            let cursor = theme.style(Tone::Cursor);
            let seen = !cursor.add_modifier.is_empty() || (cursor.bg.is_some() && cursor.bg != theme.page().bg);
            assert!(seen, "{name} {depth:?}");
        }
    }
}

#[test]
fn without_colours_no_style_has_any() {
    for (name, _) in BUNDLED {
        let theme = load(name).unwrap().on(Depth::None, Charset::Unicode);
        for tone in Tone::ALL {
            for style in [theme.style(tone), theme.text(tone), theme.tint(tone), theme.page()] {
                assert_eq!((style.fg, style.bg, style.underline_color), (None, None, None), "{name} {tone:?}");
            }
        }
    }
}

#[test]
fn on_sixteen_colours_the_page_is_the_terminals_own() {
    let theme = load("dark").unwrap().on(Depth::Sixteen, Charset::Unicode);
    assert_eq!((theme.page().fg, theme.page().bg), (Some(Color::Reset), Some(Color::Reset)));
    assert_eq!(theme.text(Tone::Bad).fg, Some(Color::Red));
    assert_eq!(theme.text(Tone::Dim).fg, None);
}

#[test]
fn every_glyph_and_stroke_is_one_column_wide_in_both_forms() {
    for charset in [Charset::Unicode, Charset::Ascii] {
        let strokes = charset.strokes();
        let single = [strokes.across, strokes.down, strokes.thumb, strokes.cursor];
        let glyphs = Glyph::ALL.map(|glyph| charset.glyph(glyph));
        let all = glyphs.iter().chain(&single).chain(&strokes.corners).chain(&strokes.bar).chain(&strokes.spark);
        for sign in all {
            assert_eq!(crate::view::escape::width(sign), 1, "{sign}");
            assert!(charset == Charset::Unicode || sign.is_ascii(), "{sign}");
        }
    }
}

#[test]
fn ascii_text_is_as_wide_as_it_was() {
    for text in ["loading 4,200…", "10.0.0.1 → 日本 ›", "плохо", "ok"] {
        let ascii = Charset::Ascii.text(text);
        assert!(ascii.is_ascii());
        assert_eq!(ascii.len(), crate::view::escape::width(text), "{ascii}");
    }
}
