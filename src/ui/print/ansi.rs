//! A frame as text with colours, for `cat` and for terminals that record.

use std::fmt::Write;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::style::{Color, Modifier};

use super::colour::sixteen;

const MODIFIERS: [(Modifier, u8); 6] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

/// The frame, a line each; the style is written where it changes and taken back at the end of a line.
pub fn ansi(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut last = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let cell = &buffer[(x, y)];
            let style = sequence(cell.fg, cell.bg, cell.modifier);
            if style != last {
                text.push_str(&style);
                last = style;
            }
            text.push_str(cell.symbol());
            x += cell.symbol().cell_width().max(1);
        }
        text.push_str("\x1b[0m\n");
    }
    text
}

fn sequence(fg: Color, bg: Color, modifier: Modifier) -> String {
    let mut codes = String::from("0");
    for (_, code) in MODIFIERS.iter().filter(|(flag, _)| modifier.contains(*flag)) {
        let _ = write!(codes, ";{code}");
    }
    for (colour, base) in [(fg, 30), (bg, 40)] {
        colour_code(&mut codes, colour, base);
    }
    format!("\x1b[{codes}m")
}

fn colour_code(codes: &mut String, colour: Color, base: u8) {
    let _ = if let Color::Rgb(red, green, blue) = colour {
        write!(codes, ";{};2;{red};{green};{blue}", base + 8)
    } else if let Color::Indexed(index) = colour {
        write!(codes, ";{};5;{index}", base + 8)
    } else if let Some(index) = sixteen(colour) {
        write!(codes, ";{}", if index < 8 { base + index } else { base + 52 + index })
    } else {
        Ok(())
    };
}
