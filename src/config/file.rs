//! The configuration file: `$XDG_CONFIG_HOME/podpath/config.toml`. Flags and environment go before it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Color;
use super::cli::Look;
use super::parse::bytes;

/// What the file may say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    theme: Option<String>,
    color: Option<String>,
    ascii: Option<bool>,
    mouse: Option<bool>,
    memory: Option<String>,
}

/// What holds after defaults, file, environment and flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The theme's name or file.
    pub theme: Option<String>,
    /// When to use colours.
    pub color: Color,
    /// ASCII stand-ins for all marks.
    pub ascii: bool,
    /// Use wheel and clicks.
    pub mouse: bool,
    /// Bytes for what has happened; `None`: the usual.
    pub memory: Option<usize>,
}

/// A configuration file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// It is not right in every part.
    #[error("{}:{line}: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// What, and how to fix it.
        why: String,
    },
}

/// Where the file lies, if the environment tells.
pub fn path() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let base = base.or_else(|| Some(std::env::home_dir()?.join(".config")))?;
    Some(base.join("podpath").join("config.toml"))
}

/// The settings: what the flags leave open is taken from the file, if there is one.
///
/// # Errors
/// The file is there and cannot be used.
pub fn read(path: Option<&Path>, look: &Look, memory: Option<usize>) -> Result<Settings, ConfigError> {
    let file = match path {
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => parse(path, &text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(error) => return Err(ConfigError::Unreadable { path: path.to_owned(), why: error.to_string() }),
        },
        None => File::default(),
    };
    let color = match file.color.as_deref() {
        Some("always") => Color::Always,
        Some("never") => Color::Never,
        Some(_) | None => Color::Auto,
    };
    let kept = file.memory.as_deref().and_then(|memory| bytes(memory).ok());
    Ok(Settings {
        memory: memory.or(kept),
        theme: look.theme.clone().or(file.theme),
        color: look.color.unwrap_or(color),
        ascii: look.ascii || file.ascii.unwrap_or(false),
        mouse: !look.no_mouse && file.mouse.unwrap_or(true),
    })
}

fn parse(path: &Path, text: &str) -> Result<File, ConfigError> {
    let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let malformed = |line, why| ConfigError::Malformed { path: path.to_owned(), line, why };
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(span.start));
        malformed(line, error.message().replace('\n', " "))
    })?;
    if let Some(color) = file.color.as_deref().filter(|color| !matches!(*color, "auto" | "always" | "never")) {
        let line = text.lines().position(|line| line.trim_start().starts_with("color")).map_or(1, |at| at + 1);
        return Err(malformed(line, format!("color {color:?} is none of auto, always, never")));
    }
    if let Some(why) = file.memory.as_deref().and_then(|memory| bytes(memory).err()) {
        let line = text.lines().position(|line| line.trim_start().starts_with("memory")).map_or(1, |at| at + 1);
        return Err(malformed(line, format!("memory: {why}")));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(Path::new("config.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn a_bad_file_is_told_in_one_line() {
        for (text, expected) in [
            (
                "theme = \"dark\"\nmouze = true\n",
                "config.toml:2: unknown field `mouze`, expected one of `theme`, `color`, `ascii`, `mouse`, `memory`",
            ),
            ("memory = \"much\"", "config.toml:1: memory: \"much\" is no size; write 64MB, 500MB or 1GB"),
            ("color = \"pink\"", "config.toml:1: color \"pink\" is none of auto, always, never"),
        ] {
            assert_eq!(error(text), expected);
        }
        assert!(error("theme = ").starts_with("config.toml:1: "), "{}", error("theme = "));
    }

    #[test]
    fn flags_go_before_the_file() {
        let look = Look { theme: Some("light".into()), ..Look::default() };
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "theme = \"dark\"\nascii = true\nmemory = \"8MB\"\n").unwrap();
        let settings = read(Some(&path), &look, None).unwrap();
        assert_eq!((settings.theme.as_deref(), settings.ascii), (Some("light"), true));
        assert_eq!(settings.memory, Some(8_000_000));
        assert_eq!(read(Some(&path), &look, Some(9_000_000)).unwrap().memory, Some(9_000_000));
    }
}
