//! Blocks and lines as shapes, so that bars and borders have no gaps in any font.

use std::fmt::Write;

use super::grid::{HEIGHT, WIDTH, column, hex, number, rect, top};

/// Characters drawn as rectangles.
pub(super) enum Block {
    /// Filled from the bottom, in eighths.
    Lower(u8),
    /// The left half, or the right one.
    Half { right: bool },
    /// The empty part of a bar.
    Shade,
    /// A line across, or down.
    Across,
    /// A line down.
    Down,
    /// A rounded corner: where its arms go.
    Corner { right: bool, down: bool },
}

impl Block {
    pub(super) fn of(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "▁" => Self::Lower(1),
            "▂" => Self::Lower(2),
            "▃" => Self::Lower(3),
            "▄" => Self::Lower(4),
            "▅" => Self::Lower(5),
            "▆" => Self::Lower(6),
            "▇" => Self::Lower(7),
            "█" => Self::Lower(8),
            "▌" => Self::Half { right: false },
            "▐" => Self::Half { right: true },
            "░" => Self::Shade,
            "─" => Self::Across,
            "│" => Self::Down,
            "╭" => Self::Corner { right: true, down: true },
            "╮" => Self::Corner { right: false, down: true },
            "╰" => Self::Corner { right: true, down: false },
            "╯" => Self::Corner { right: false, down: false },
            _ => return None,
        })
    }

    pub(super) fn draw(&self, svg: &mut String, (start, end): (usize, usize), y: u16, fg: (u8, u8, u8)) {
        let (x, y, width) = (column(start), top(y), column(end) - column(start));
        match self {
            Self::Lower(eighths) => {
                // A bar a little lower than its row: bars of neighbouring rows stay apart.
                let full = HEIGHT - 4.0;
                let height = full * f32::from(*eighths) / 8.0;
                rect(svg, (x, y + 2.0 + full - height, width, height), fg);
            }
            Self::Shade => {
                let (x, y, width, fg) = (number(x), number(y + 2.0), number(width), hex(fg));
                let _ = writeln!(
                    svg,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{fg}\" opacity=\".3\"/>",
                    number(HEIGHT - 4.0)
                );
            }
            Self::Half { right } => {
                for cell in start..end {
                    let x = column(cell) + if *right { WIDTH - 3.0 } else { 0.0 };
                    rect(svg, (x, y, 3.0, HEIGHT), fg);
                }
            }
            Self::Across => rect(svg, (x, y + HEIGHT / 2.0 - 0.5, width, 1.0), fg),
            Self::Down => {
                for cell in start..end {
                    rect(svg, (column(cell) + WIDTH / 2.0 - 0.5, y, 1.0, HEIGHT), fg);
                }
            }
            Self::Corner { right, down } => {
                let (mx, my) = (x + WIDTH / 2.0, y + HEIGHT / 2.0);
                let to_x = if *right { x + WIDTH } else { x };
                let to_y = if *down { y + HEIGHT } else { y };
                let _ = writeln!(
                    svg,
                    "<path d=\"M{} {}Q{} {} {} {}\" fill=\"none\" stroke=\"{}\"/>",
                    number(to_x),
                    number(my),
                    number(mx),
                    number(my),
                    number(mx),
                    number(to_y),
                    hex(fg)
                );
            }
        }
    }
}
