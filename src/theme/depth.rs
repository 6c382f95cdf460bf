//! How many colours a terminal has, and a style in as many.

use ratatui::style::{Color, Modifier, Style};

use super::colour;
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

    /// A tone's style with no more colours than this; `dark` tells of the page.
    pub(super) fn reduce(self, tone: Tone, style: Style, dark: bool) -> Style {
        match self {
            Self::True => style,
            Self::Indexed => Style { fg: style.fg.map(colour::indexed), bg: style.bg.map(colour::indexed), ..style },
            Self::Sixteen => sixteen(tone, style, dark),
            Self::None => Style { fg: None, bg: None, ..style }.add_modifier(colourless(tone)),
        }
    }
}

/// The page keeps the terminal's own pair of colours, which its owner can read; backgrounds become modifiers.
fn sixteen(tone: Tone, style: Style, dark: bool) -> Style {
    let plain = Style { fg: style.fg.and_then(|fg| colour::sixteen(fg, dark)), bg: None, ..style };
    match tone {
        Tone::Text => Style { fg: Some(Color::Reset), bg: Some(Color::Reset), ..plain },
        Tone::Dim | Tone::Border => plain.add_modifier(Modifier::DIM),
        Tone::Accent | Tone::Good | Tone::Warn | Tone::Bad | Tone::Info | Tone::Title => plain,
        Tone::Added | Tone::Changed => plain.add_modifier(Modifier::BOLD),
        Tone::Removed => Style { fg: None, ..plain }.add_modifier(Modifier::DIM),
        Tone::Cursor => plain.add_modifier(Modifier::UNDERLINED),
        Tone::Match => Style { fg: None, ..plain }.add_modifier(Modifier::REVERSED),
    }
}

/// What stands for a tone where there is no colour.
fn colourless(tone: Tone) -> Modifier {
    match tone {
        Tone::Text | Tone::Good | Tone::Info => Modifier::empty(),
        Tone::Dim | Tone::Border | Tone::Removed => Modifier::DIM,
        Tone::Accent | Tone::Title | Tone::Warn | Tone::Bad | Tone::Added | Tone::Changed => Modifier::BOLD,
        Tone::Match => Modifier::BOLD.union(Modifier::UNDERLINED),
        Tone::Cursor => Modifier::REVERSED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(term: &str, colorterm: Option<&str>, no_color: Option<&str>) -> Depth {
        Depth::of(Surroundings { term: Some(term), colorterm, no_color, ..Surroundings::default() })
    }

    #[test]
    fn the_terminal_is_known_by_what_it_says() {
        assert_eq!(depth("xterm-256color", Some("truecolor"), None), Depth::True);
        assert_eq!(depth("xterm-kitty", None, None), Depth::True);
        assert_eq!(depth("xterm-256color", None, None), Depth::Indexed);
        assert_eq!(depth("tmux-256color", Some(""), None), Depth::Indexed);
        assert_eq!(depth("linux", None, None), Depth::Sixteen);
        assert_eq!(depth("dumb", Some("truecolor"), None), Depth::None);
        assert_eq!(depth("vt220", None, None), Depth::None);
    }

    #[test]
    fn no_color_wins_unless_it_is_empty() {
        assert_eq!(depth("xterm-kitty", Some("truecolor"), Some("1")), Depth::None);
        assert_eq!(depth("xterm-kitty", Some("truecolor"), Some("")), Depth::True);
    }
}
