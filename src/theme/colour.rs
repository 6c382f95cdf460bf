//! Colours: read from a theme file, brought down to 256 or 16.

use ratatui::style::Color;

use super::near::nearest;

const NAMES: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// `#rrggbb` or one of the sixteen names. What is wrong comes back in words.
pub(super) fn parse(text: &str) -> Result<Color, String> {
    if let Some(digits) = text.strip_prefix('#') {
        let channel = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let plain = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return match (channel(0), channel(2), channel(4)) {
            (Some(red), Some(green), Some(blue)) if plain => Ok(Color::Rgb(red, green, blue)),
            (_, _, _) => Err(format!("`{text}` is no colour: write #rrggbb")),
        };
    }
    let names = NAMES.map(|(name, _)| name);
    let found = NAMES.iter().find(|(name, _)| *name == text).map(|(_, colour)| *colour);
    found.ok_or_else(|| format!("no colour `{text}`{}", nearest(text, &names)))
}

/// The nearest of the 240 colours that every 256-colour terminal shows alike; names stay.
pub(super) fn indexed(colour: Color) -> Color {
    let Some(wanted) = channels(colour) else { return colour };
    let near = (16..=255u8).min_by_key(|index| distance(wanted, palette(*index)));
    near.map_or(colour, Color::Indexed)
}

/// The hue's name among the terminal's own colours; `None` for greys, which no palette is sure to have.
///
/// Plain red, green, … only: in some palettes (Solarized) the bright ones are greys. Blue on a dark page becomes cyan,
/// because the usual dark blue cannot be read there.
pub(super) fn sixteen(colour: Color, dark: bool) -> Option<Color> {
    let Some((red, green, blue)) = channels(colour) else { return Some(colour) };
    let [red, green, blue] = [red, green, blue].map(i32::from);
    let most = red.max(green).max(blue);
    let spread = most - red.min(green).min(blue);
    if spread < 48 || spread * 5 <= most {
        return None;
    }
    let hue = if most == red {
        (green - blue) * 60 / spread
    } else if most == green {
        120 + (blue - red) * 60 / spread
    } else {
        240 + (red - green) * 60 / spread
    };
    Some(match hue.rem_euclid(360) {
        20..70 => Color::Yellow,
        70..165 => Color::Green,
        165..195 => Color::Cyan,
        195..250 if dark => Color::Cyan,
        195..250 => Color::Blue,
        250..330 => Color::Magenta,
        _ => Color::Red,
    })
}

/// Nearer to black than to white.
pub(super) fn is_dark(colour: Color) -> bool {
    channels(colour).is_none_or(|(red, green, blue)| {
        u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114 < 128_000
    })
}

fn channels(colour: Color) -> Option<(u8, u8, u8)> {
    if let Color::Rgb(red, green, blue) = colour { Some((red, green, blue)) } else { None }
}

/// xterm's colour cube and grey ramp: the channels of colours 16 to 255.
pub fn palette(index: u8) -> (u8, u8, u8) {
    if let Some(grey) = index.checked_sub(232) {
        return [8 + grey * 10; 3].into();
    }
    let cube = index.saturating_sub(16);
    let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
    (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

/// "Redmean": cheap, and near to how eyes judge.
fn distance(one: (u8, u8, u8), other: (u8, u8, u8)) -> u32 {
    let mean = (u32::from(one.0) + u32::from(other.0)) / 2;
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let red = (512 + mean) * square(one.0, other.0) / 256;
    let blue = (767 - mean) * square(one.2, other.2) / 256;
    red + 4 * square(one.1, other.1) + blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_the_cube_stay_what_they_are() {
        for index in 16..=255u8 {
            let (red, green, blue) = palette(index);
            let Color::Indexed(near) = indexed(Color::Rgb(red, green, blue)) else { panic!("indexed") };
            assert_eq!(palette(near), (red, green, blue));
        }
    }

    #[test]
    fn hues_keep_their_names_and_greys_have_none() {
        for (text, dark, name) in [
            ("#f4756b", true, Some(Color::Red)),
            ("#e3b35f", true, Some(Color::Yellow)),
            ("#74b585", true, Some(Color::Green)),
            ("#6cb2f7", true, Some(Color::Cyan)),
            ("#0b5fbd", false, Some(Color::Blue)),
            ("#b79cf0", true, Some(Color::Magenta)),
            ("#7b8794", true, None),
            ("green", true, Some(Color::Green)),
        ] {
            assert_eq!(sixteen(parse(text).unwrap(), dark), name, "{text}");
        }
    }
}
