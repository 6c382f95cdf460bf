//! The language of marks, in Unicode and in ASCII. Each is one column wide.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::Surroundings;
use crate::view::{Glyph, Phase, escape};

/// Which characters the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// All.
    #[default]
    Unicode,
    /// 7 bit.
    Ascii,
}

impl Charset {
    /// What the locale says: the first of `LC_ALL`, `LC_CTYPE`, `LANG` that is not empty decides, as in POSIX. The
    /// font of the Linux console lacks most of our signs.
    pub fn of(around: Surroundings<'_>) -> Self {
        if around.term == Some("linux") {
            return Self::Ascii;
        }
        let locale =
            [around.lc_all, around.lc_ctype, around.lang].into_iter().flatten().find(|value| !value.is_empty());
        let utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if utf8 { Self::Unicode } else { Self::Ascii }
    }

    /// Lines, bars and sparklines.
    pub fn strokes(self) -> Strokes {
        match self {
            Self::Unicode => UNICODE,
            Self::Ascii => ASCII,
        }
    }

    /// Text as this terminal can show it, as wide as before: in ASCII the signs of our own sentences have stand-ins,
    /// and any other character becomes `?`.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Unicode => Cow::Borrowed(text),
            Self::Ascii if text.is_ascii() => Cow::Borrowed(text),
            Self::Ascii => Cow::Owned(text.graphemes(true).map(stand_in).collect()),
        }
    }

    /// How a glyph is written.
    pub fn glyph(self, glyph: Glyph) -> &'static str {
        let (unicode, ascii) = forms(glyph);
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }
}

fn stand_in(grapheme: &str) -> Cow<'_, str> {
    if grapheme.is_ascii() {
        return Cow::Borrowed(grapheme);
    }
    Cow::Borrowed(match grapheme {
        "…" => "~",
        "·" | "•" => ".",
        "→" | "▶" | "›" | "▸" => ">",
        "←" | "◀" | "‹" => "<",
        "↑" => "^",
        "↓" | "▾" => "v",
        "–" | "—" | "−" => "-",
        "×" => "x",
        "“" | "”" => "\"",
        "‘" | "’" => "'",
        "│" | "╎" => "|",
        "─" | "╌" => "-",
        "├" | "└" | "┌" | "┐" | "┘" | "┤" => "+",
        "▼" => "v",
        "≤" => "<",
        "≥" => ">",
        "✓" => "+",
        "✗" | "✕" => "x",
        _ => return Cow::Owned("?".repeat(escape::width(grapheme))),
    })
}

/// What lines, bars and sparklines are drawn with; each is one column wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strokes {
    /// A line across.
    pub across: &'static str,
    /// A line down.
    pub down: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// A full cell of a bar, and an empty one.
    pub bar: [&'static str; 2],
    /// Sparkline, 0 (nothing) to 8 (full).
    pub spark: [&'static str; 9],
    /// Life lines: ready, not ready, draining, ending, waiting, left, not known.
    life: [&'static str; 7],
    /// The scroll bar.
    pub thumb: &'static str,
    /// Before the row under the cursor.
    pub cursor: &'static str,
}

impl Strokes {
    /// A cell of a life line.
    pub fn life(&self, phase: Phase) -> &'static str {
        let [ready, not_ready, draining, ending, waiting, left, unknown] = self.life;
        match phase {
            Phase::Ready => ready,
            Phase::NotReady => not_ready,
            Phase::Draining => draining,
            Phase::Ending => ending,
            Phase::Waiting => waiting,
            Phase::Left => left,
            Phase::Absent => " ",
            Phase::Unknown => unknown,
        }
    }
}

const UNICODE: Strokes = Strokes {
    across: "─",
    down: "│",
    corners: ["╭", "╮", "╰", "╯"],
    bar: ["█", "░"],
    spark: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    life: ["█", "▁", "▒", "░", "·", "✕", "┈"],
    thumb: "▐",
    cursor: "▌",
};

const ASCII: Strokes = Strokes {
    across: "-",
    down: "|",
    corners: ["+", "+", "+", "+"],
    bar: ["#", "-"],
    spark: [" ", "_", ".", ":", "-", "=", "+", "*", "#"],
    life: ["#", "_", "%", "-", ".", "x", "~"],
    thumb: "|",
    cursor: ">",
};

fn forms(glyph: Glyph) -> (&'static str, &'static str) {
    match glyph {
        Glyph::Ready => ("●", "*"),
        Glyph::Draining => ("◐", "%"),
        Glyph::NotReady => ("○", "o"),
        Glyph::NotEndpoint => ("◌", "."),
        Glyph::NoPod => ("◇", "?"),
        Glyph::Added => ("+", "+"),
        Glyph::Changed => ("~", "~"),
        Glyph::Gone => ("✕", "x"),
        Glyph::Attention => ("!", "!"),
        Glyph::Unknown => ("·", "."),
        Glyph::Live => ("●", "*"),
        Glyph::Stale => ("◌", "o"),
        Glyph::Playing => ("▶", ">"),
        Glyph::Paused => ("◀", "<"),
        Glyph::Recording => ("●", "@"),
        Glyph::Yes => ("✓", "+"),
        Glyph::No => ("✗", "x"),
        Glyph::Arrow => ("→", ">"),
        Glyph::Crumb => ("›", ">"),
        Glyph::Dot => ("·", "."),
        Glyph::Ellipsis => ("…", "~"),
        Glyph::Closed => ("▸", ">"),
        Glyph::Open => ("▾", "v"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let around =
            Surroundings { lc_all: Some(""), lc_ctype: Some("C"), lang: Some("de_DE.UTF-8"), ..Default::default() };
        assert_eq!(Charset::of(around), Charset::Ascii);
        assert_eq!(Charset::of(Surroundings { lc_ctype: None, ..around }), Charset::Unicode);
        assert_eq!(Charset::of(Surroundings { lc_all: Some("C.utf8"), ..around }), Charset::Unicode);
        assert_eq!(Charset::of(Surroundings::default()), Charset::Ascii);
    }
}
