//! The language of marks, in Unicode and in ASCII. Each is one column wide.

use super::Surroundings;
use crate::view::Glyph;

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
    /// What the locale says: the first of `LC_ALL`, `LC_CTYPE`, `LANG` that is not empty decides, as in POSIX.
    pub fn of(around: Surroundings<'_>) -> Self {
        let locale =
            [around.lc_all, around.lc_ctype, around.lang].into_iter().flatten().find(|value| !value.is_empty());
        let utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if utf8 { Self::Unicode } else { Self::Ascii }
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
