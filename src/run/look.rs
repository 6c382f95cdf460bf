//! The theme for this terminal.

use crate::config::{Color, Settings};
use crate::theme::{Charset, Depth, Surroundings, Theme, ThemeError, load};

/// The theme that the settings name, for the terminal that the environment describes.
pub(super) fn theme(settings: &Settings) -> Result<Theme, ThemeError> {
    let get = |name: &str| std::env::var(name).ok();
    let (colorterm, term, no_color) = (get("COLORTERM"), get("TERM"), get("NO_COLOR"));
    let (lc_all, lc_ctype, lang) = (get("LC_ALL"), get("LC_CTYPE"), get("LANG"));
    let around = Surroundings {
        colorterm: colorterm.as_deref(),
        term: term.as_deref(),
        no_color: no_color.as_deref(),
        lc_all: lc_all.as_deref(),
        lc_ctype: lc_ctype.as_deref(),
        lang: lang.as_deref(),
    };
    let depth = match settings.color {
        Color::Auto => Depth::of(around),
        Color::Always => match Depth::of(Surroundings { no_color: None, ..around }) {
            Depth::None => Depth::Sixteen,
            depth @ (Depth::True | Depth::Indexed | Depth::Sixteen) => depth,
        },
        Color::Never => Depth::None,
    };
    let charset = if settings.ascii { Charset::Ascii } else { Charset::of(around) };
    Ok(load(settings.theme.as_deref().unwrap_or("dark"))?.on(depth, charset))
}
