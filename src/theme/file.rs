//! Theme files: every tone once, nothing unknown; what is wrong is named with file and line.

use std::ops::Range;

use ratatui::style::{Modifier, Style};
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::colour;
use super::near::nearest;
use super::{Charset, Depth, Theme};
use crate::view::Tone;

/// The themes that come with the program: name and file.
pub const BUNDLED: &[(&str, &str)] = &[
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
];

/// The modifiers a file may set, as they are named there.
const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// Why a theme cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ThemeError {
    /// Neither a bundled theme nor a file.
    #[error("no theme `{name}`: bundled are {bundled}; a file is given with its path, as ./{name}.toml")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The bundled ones.
        bundled: String,
    },
    /// The file cannot be read.
    #[error("{file}: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// The operating system's words.
        why: String,
    },
    /// Something in the file is wrong.
    #[error("{file}:{line}: {what}")]
    Invalid {
        /// The file.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What, and what would be right.
        what: String,
    },
}

/// The bundled theme of this name, or the theme in the file at this path: with `/` or ending in `.toml`.
///
/// # Errors
/// When there is none, or it is not right in every part.
pub fn load(name: &str) -> Result<Theme, ThemeError> {
    if let Some((name, text)) = BUNDLED.iter().find(|(bundled, _)| *bundled == name) {
        return parse(&format!("themes/{name}.toml"), text);
    }
    if !name.contains('/') && !name.ends_with(".toml") {
        let bundled = BUNDLED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        return Err(ThemeError::Unknown { name: name.to_owned(), bundled });
    }
    let text = std::fs::read_to_string(name)
        .map_err(|error| ThemeError::Unreadable { file: name.to_owned(), why: error.to_string() })?;
    parse(name, &text)
}

/// The theme in `text`, which came from `file`.
///
/// # Errors
/// When it is not right in every part.
pub fn parse(file: &str, text: &str) -> Result<Theme, ThemeError> {
    styles(text).map(|styles| Theme { styles, depth: Depth::True, charset: Charset::Unicode }).map_err(|wrong| {
        let before = text.get(..wrong.at.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        ThemeError::Invalid { file: file.to_owned(), line, what: wrong.what }
    })
}

/// What is wrong, and where in the text.
struct Wrong {
    at: Range<usize>,
    what: String,
}

impl Wrong {
    fn new(at: Range<usize>, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }
}

fn styles(text: &str) -> Result<[Style; Tone::ALL.len()], Wrong> {
    let parsed = DeTable::parse(text)
        .map_err(|error| Wrong::new(error.span().unwrap_or(0..0), error.message().replace('\n', ", ")))?;
    let names = Tone::ALL.map(tone_name);
    let mut found = [None; Tone::ALL.len()];
    for (key, value) in parsed.get_ref() {
        let name = key.get_ref().as_ref();
        let Some(at) = names.iter().position(|known| *known == name) else {
            return Err(Wrong::new(key.span(), format!("no tone `{name}`{}", nearest(name, &names))));
        };
        found[at] = Some(style(value)?);
    }
    let mut styles = [Style::new(); Tone::ALL.len()];
    for ((name, found), style) in names.into_iter().zip(found).zip(&mut styles) {
        let end = text.trim_end().len();
        *style = found.ok_or_else(|| Wrong::new(end..end, format!("the tone `{name}` is missing")))?;
    }
    Ok(styles)
}

fn style(value: &Spanned<DeValue<'_>>) -> Result<Style, Wrong> {
    let DeValue::Table(fields) = value.get_ref() else {
        return Err(Wrong::new(value.span(), "a tone is written as { fg = \"#rrggbb\", bold = true }"));
    };
    let mut style = Style::new();
    for (key, value) in fields {
        let name = key.get_ref().as_ref();
        if let Some((_, modifier)) = MODIFIERS.iter().find(|(known, _)| *known == name) {
            let Some(set) = value.get_ref().as_bool() else {
                return Err(Wrong::new(value.span(), format!("`{name}` is true or false")));
            };
            if set {
                style = style.add_modifier(*modifier);
            }
            continue;
        }
        let slot = match name {
            "fg" => &mut style.fg,
            "bg" => &mut style.bg,
            _ => {
                let known: Vec<_> = ["fg", "bg"].into_iter().chain(MODIFIERS.map(|(name, _)| name)).collect();
                return Err(Wrong::new(key.span(), format!("no field `{name}`{}", nearest(name, &known))));
            }
        };
        let Some(text) = value.get_ref().as_str() else {
            return Err(Wrong::new(value.span(), format!("`{name}` is a colour in quotes")));
        };
        *slot = Some(colour::parse(text).map_err(|what| Wrong::new(value.span(), what))?);
    }
    Ok(style)
}

/// A tone's name in a theme file.
pub(super) fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Text => "text",
        Tone::Dim => "dim",
        Tone::Accent => "accent",
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Info => "info",
        Tone::Added => "added",
        Tone::Changed => "changed",
        Tone::Removed => "removed",
        Tone::Cursor => "cursor",
        Tone::Match => "match",
        Tone::Border => "border",
        Tone::Title => "title",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(change: impl Fn(&str) -> String) -> String {
        parse("my.toml", &change(BUNDLED[0].1)).expect_err("it is wrong").to_string()
    }

    #[test]
    fn every_bundled_theme_is_right() {
        for (name, _) in BUNDLED {
            load(name).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_file_line_and_the_nearest_right_name() {
        for (change, said) in [
            (("accent ", "acent "), "my.toml:8: no tone `acent`; did you mean `accent`?"),
            (("bold = true", "blod = true"), "my.toml:11: no field `blod`; did you mean `bold`?"),
            (("\"#7b8794\"", "\"#7b879\""), "my.toml:7: `#7b879` is no colour: write #rrggbb"),
            (("\"#7b8794\"", "\"gren\""), "my.toml:7: no colour `gren`; did you mean `green`?"),
            (("\"#7b8794\"", "7"), "my.toml:7: `fg` is a colour in quotes"),
            (("bold = true", "bold = 1"), "my.toml:11: `bold` is true or false"),
            (("{ fg = \"#7b8794\" }", "\"grey\""), "my.toml:7: a tone is written as { fg = \"#rrggbb\", bold = true }"),
            (("warn    =", "#"), "my.toml:19: the tone `warn` is missing"),
            (("warn    =", "dim ="), "my.toml:10: duplicate key"),
        ] {
            assert_eq!(complaint(|text| text.replacen(change.0, change.1, 1)), said);
        }
    }

    #[test]
    fn an_unknown_name_lists_the_bundled_themes() {
        let said = load("drak").expect_err("there is none").to_string();
        assert_eq!(
            said,
            "no theme `drak`: bundled are dark, light, contrast; a file is given with its path, as ./drak.toml"
        );
    }
}
