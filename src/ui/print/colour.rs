//! Colours in numbers.

use ratatui::style::Color;

/// The number of a named colour among the sixteen.
pub(super) fn sixteen(colour: Color) -> Option<u8> {
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    NAMED.iter().position(|named| *named == colour).and_then(|index| u8::try_from(index).ok())
}

/// A colour in numbers; `None` is the terminal's own. The sixteen are those of a common terminal (VS Code's).
pub(super) fn rgb(colour: Color) -> Option<(u8, u8, u8)> {
    const SIXTEEN: [(u8, u8, u8); 16] = [
        (0, 0, 0),
        (205, 49, 49),
        (13, 188, 121),
        (229, 229, 16),
        (36, 114, 200),
        (188, 63, 188),
        (17, 168, 205),
        (204, 204, 204),
        (102, 102, 102),
        (241, 76, 76),
        (35, 209, 139),
        (245, 245, 67),
        (59, 142, 234),
        (214, 112, 214),
        (41, 184, 219),
        (255, 255, 255),
    ];
    if let Color::Rgb(red, green, blue) = colour {
        return Some((red, green, blue));
    }
    let index = if let Color::Indexed(index) = colour { index } else { sixteen(colour)? };
    Some(SIXTEEN.get(usize::from(index)).copied().unwrap_or_else(|| crate::theme::palette(index)))
}
