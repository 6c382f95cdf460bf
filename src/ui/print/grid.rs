//! Cells to coordinates, and the few bits of SVG that every shape needs.

use std::fmt::Write;

/// A cell's width.
pub(super) const WIDTH: f32 = 8.4;
/// A cell's height.
pub(super) const HEIGHT: f32 = 18.0;
/// Where letters stand in it.
pub(super) const BASE: f32 = 13.5;
/// Around the screen.
pub(super) const PAD: f32 = 14.0;

pub(super) fn column(at: usize) -> f32 {
    f32::from(u16::try_from(at).unwrap_or(u16::MAX)) * WIDTH
}

pub(super) fn top(y: u16) -> f32 {
    f32::from(y) * HEIGHT
}

pub(super) fn rect(svg: &mut String, (x, y, width, height): (f32, f32, f32, f32), fill: (u8, u8, u8)) {
    let _ = writeln!(
        svg,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
        number(x),
        number(y),
        number(width),
        number(height),
        hex(fill)
    );
}

/// Two digits after the point at most: the same on every machine.
pub(super) fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn hex((red, green, blue): (u8, u8, u8)) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
