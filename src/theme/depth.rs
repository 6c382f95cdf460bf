//! How many colours a terminal has, and a style in as many.

use ratatui::style::{Color, Modifier, Style};

use crate::view::Tone;

/// How many colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// 24 bit.
    #[default]
    True,
    /// 256.
    Indexed,
    /// The terminal's own 16.
    Sixteen,
    /// None: bold, dim, underline, reverse, struck.
    None,
}

/// What the environment says about the terminal. The caller reads it: here is no access to the environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// `$COLORTERM`
    pub colorterm: Option<&'a str>,
    /// `$TERM`
    pub term: Option<&'a str>,
    /// `$NO_COLOR`
    pub no_color: Option<&'a str>,
    /// `$LC_ALL`
    pub lc_all: Option<&'a str>,
    /// `$LC_CTYPE`
    pub lc_ctype: Option<&'a str>,
    /// `$LANG`
    pub lang: Option<&'a str>,
}

impl Depth {
    /// What the terminal can show. `NO_COLOR` counts when it is not empty (<https://no-color.org>).
    pub fn of(around: Surroundings<'_>) -> Self {
        let term = around.term.unwrap_or("");
        if around.no_color.is_some_and(|value| !value.is_empty()) || term == "dumb" || term.starts_with("vt") {
            return Self::None;
        }
        if matches!(around.colorterm, Some("truecolor" | "24bit")) {
            return Self::True;
        }
        let is_one_of = |names: &[&str]| names.iter().any(|name| term.contains(name));
        if is_one_of(&["direct", "truecolor", "kitty", "alacritty", "ghostty", "wezterm", "foot"]) {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// A tone's style with no more colours than this.
    pub(super) fn reduce(self, tone: Tone, style: Style) -> Style {
        match self {
            Self::True | Self::Indexed | Self::Sixteen => style,
            Self::None => Style { fg: None, bg: None, underline_color: None, ..style }.add_modifier(plain(tone)),
        }
    }
}

/// What stands for a tone where there is no colour.
fn plain(tone: Tone) -> Modifier {
    match tone {
        Tone::Text | Tone::Good | Tone::Info => Modifier::empty(),
        Tone::Dim | Tone::Border => Modifier::DIM,
        Tone::Accent | Tone::Title | Tone::Warn | Tone::Added => Modifier::BOLD,
        Tone::Bad | Tone::Changed => Modifier::BOLD.union(Modifier::UNDERLINED),
        Tone::Removed => Modifier::DIM.union(Modifier::CROSSED_OUT),
        Tone::Cursor => Modifier::REVERSED,
        Tone::Match => Modifier::UNDERLINED,
    }
}

#[expect(dead_code, reason = "the reduction of colours is being written")]
fn nearest(colour: Color) -> Color {
    colour
}
