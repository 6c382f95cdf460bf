//! From tone to style: theme files, fewer colours where the terminal has few, glyphs and their ASCII stand-ins.
//!
//! No environment is read here and nothing is drawn. To add a theme: put `themes/NAME.toml` there and list it in
//! `BUNDLED`; the tests hold it to every tone.

mod colour;
mod depth;
mod file;
mod glyph;
mod near;
mod probe;

pub use colour::palette;
pub use depth::{Depth, Surroundings};
pub use file::{BUNDLED, ThemeError, load, parse};
pub use glyph::{Charset, Strokes};
pub use probe::probe;

use ratatui::style::{Modifier, Style};

use crate::view::{Glyph, Tone};

/// How everything looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    styles: [Style; Tone::ALL.len()],
    depth: Depth,
    charset: Charset,
}

impl Theme {
    /// The theme for a terminal with so many colours and these characters.
    #[must_use]
    pub fn on(&self, depth: Depth, charset: Charset) -> Self {
        let dark = self.styles[Tone::Text as usize].bg.is_none_or(colour::is_dark);
        let mut styles = self.styles;
        for (tone, style) in Tone::ALL.into_iter().zip(&mut styles) {
            *style = depth.reduce(tone, *style, dark);
        }
        Self { styles, depth, charset }
    }

    /// The style of a tone, as it stands in the file or as far as the terminal can show it.
    pub fn style(&self, tone: Tone) -> Style {
        self.styles[tone as usize]
    }

    /// The style of the page: what stands where nothing else does.
    pub fn page(&self) -> Style {
        self.style(Tone::Text)
    }

    /// The style of a piece of text: as [`Theme::style`], without what colours the page or whole cells.
    pub fn text(&self, tone: Tone) -> Style {
        let style = self.style(tone);
        match tone {
            Tone::Text | Tone::Added | Tone::Changed | Tone::Removed => Style { bg: None, ..style },
            Tone::Dim | Tone::Accent | Tone::Good | Tone::Warn | Tone::Bad | Tone::Info => style,
            Tone::Cursor | Tone::Match | Tone::Border | Tone::Title => style,
        }
    }

    /// What is laid over a cell that changed: a background, which leaves its own colour alone. Where there are few
    /// colours it is reversed, without any it is underlined.
    pub fn tint(&self, tone: Tone) -> Style {
        match self.depth {
            Depth::True | Depth::Indexed => Style { fg: None, ..self.style(tone) },
            Depth::Sixteen => Style::new().add_modifier(Modifier::REVERSED),
            Depth::None => Style::new().add_modifier(Modifier::UNDERLINED),
        }
    }

    /// How a glyph is written; one column wide.
    pub fn glyph(&self, glyph: Glyph) -> &'static str {
        self.charset.glyph(glyph)
    }

    /// The characters the terminal has.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Lines, bars and sparklines.
    pub fn strokes(&self) -> Strokes {
        self.charset.strokes()
    }
}

#[cfg(test)]
mod tests;
