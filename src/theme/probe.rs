//! A theme for tests: every tone differs from every other in each of its parts, so that a golden frame shows which
//! tone stands where. Its colours are the sixteen names, which ratatui's `Debug` form writes in words.

use ratatui::style::{Color, Modifier, Style};

use super::{Charset, Depth, Theme};
use crate::view::Tone;

/// The theme of golden frames. No eye should have to bear it.
pub fn probe() -> Theme {
    Theme { styles: Tone::ALL.map(style), depth: Depth::True, charset: Charset::Unicode }
}

fn style(tone: Tone) -> Style {
    let fg = |colour| Style::new().fg(colour);
    match tone {
        Tone::Text => fg(Color::White).bg(Color::Black),
        Tone::Dim => fg(Color::DarkGray),
        Tone::Accent => fg(Color::LightBlue),
        Tone::Good => fg(Color::Green),
        Tone::Warn => fg(Color::Yellow),
        Tone::Bad => fg(Color::Red),
        Tone::Info => fg(Color::Magenta),
        Tone::Added => fg(Color::LightGreen).bg(Color::Indexed(22)),
        Tone::Changed => fg(Color::LightYellow).bg(Color::Indexed(58)),
        Tone::Removed => fg(Color::LightRed).bg(Color::Indexed(52)),
        Tone::Cursor => Style::new().bg(Color::Blue),
        Tone::Match => fg(Color::LightMagenta).bg(Color::Indexed(53)),
        Tone::Border => fg(Color::Cyan),
        Tone::Title => fg(Color::LightCyan).add_modifier(Modifier::BOLD),
    }
}
