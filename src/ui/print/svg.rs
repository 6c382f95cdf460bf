//! A frame as a picture: text on a grid, blocks and lines as rectangles so that they join without gaps.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::{Color, Modifier};

use super::block::Block;
use super::colour::rgb;
use super::grid::{BASE, HEIGHT, PAD, WIDTH, column, hex, number, rect, top};
use crate::theme::Theme;
use crate::view::Tone;

const FONT: &str = "ui-monospace,'Cascadia Mono','JetBrains Mono',Menlo,'DejaVu Sans Mono',Consolas,monospace";

/// The frame as an SVG document.
pub fn svg(buffer: &Buffer, theme: &Theme) -> String {
    let area = buffer.area;
    let (width, height) = (f32::from(area.width) * WIDTH + 2.0 * PAD, f32::from(area.height) * HEIGHT + 2.0 * PAD);
    let page = Page {
        fg: rgb(theme.page().fg.unwrap_or(Color::Reset)).unwrap_or((0xc3, 0xcc, 0xd6)),
        bg: rgb(theme.page().bg.unwrap_or(Color::Reset)).unwrap_or((0x11, 0x15, 0x1b)),
    };
    let edge = rgb(theme.text(Tone::Border).fg.unwrap_or(Color::Reset)).unwrap_or(page.fg);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         font-family=\"{FONT}\" font-size=\"14\">\n\
         <rect x=\".5\" y=\".5\" width=\"{iw}\" height=\"{ih}\" rx=\"8\" fill=\"{bg}\" stroke=\"{edge}\"/>\n\
         <g transform=\"translate({pad} {pad})\" xml:space=\"preserve\">",
        w = number(width),
        h = number(height),
        iw = number(width - 1.0),
        ih = number(height - 1.0),
        bg = hex(page.bg),
        edge = hex(edge),
        pad = number(PAD),
    );
    for y in 0..area.height {
        let row = row(buffer, area.y + y);
        backgrounds(&mut svg, &row, y, &page);
        foregrounds(&mut svg, &row, y, &page);
        lines(&mut svg, &row, y, &page);
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// The cells of a row; the second half of a wide character looks like its first.
fn row(buffer: &Buffer, y: u16) -> Vec<Cell> {
    let mut row: Vec<Cell> = (buffer.area.left()..buffer.area.right()).map(|x| buffer[(x, y)].clone()).collect();
    for at in 1..row.len() {
        if row[at - 1].symbol().cell_width() > 1 {
            let style = row[at - 1].style();
            row[at].set_symbol(" ").set_style(style);
        }
    }
    row
}

struct Page {
    fg: (u8, u8, u8),
    bg: (u8, u8, u8),
}

/// What a run of cells shares.
#[derive(Clone, PartialEq)]
struct Look {
    fg: (u8, u8, u8),
    modifier: Modifier,
}

impl Page {
    fn colours(&self, cell: &Cell) -> ((u8, u8, u8), (u8, u8, u8)) {
        let (fg, bg) = (rgb(cell.fg).unwrap_or(self.fg), rgb(cell.bg).unwrap_or(self.bg));
        if cell.modifier.contains(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) }
    }
}

fn backgrounds(svg: &mut String, row: &[Cell], y: u16, page: &Page) {
    let mut start = 0;
    while start < row.len() {
        let bg = page.colours(&row[start]).1;
        let end = (start..row.len()).find(|at| page.colours(&row[*at]).1 != bg).unwrap_or(row.len());
        if bg != page.bg {
            rect(svg, (column(start), top(y), column(end) - column(start), HEIGHT), bg);
        }
        start = end;
    }
}

fn foregrounds(svg: &mut String, row: &[Cell], y: u16, page: &Page) {
    let look = |at: usize| Look { fg: page.colours(&row[at]).0, modifier: row[at].modifier };
    let alike = |start: usize, at: &usize| *at < row.len() && look(*at) == look(start);
    let mut at = 0;
    while at < row.len() {
        let start = at;
        let symbol = row[start].symbol();
        if symbol == " " {
            at += 1;
        } else if let Some(block) = Block::of(symbol) {
            while alike(start, &at) && row[at].symbol() == symbol {
                at += 1;
            }
            block.draw(svg, (start, at), y, look(start).fg);
        } else if !symbol.is_ascii() {
            // Fonts differ in how wide they draw it: it is placed alone.
            at += usize::from(symbol.cell_width().max(1));
            letters(svg, symbol, start, y, &look(start));
        } else {
            let mut text = String::new();
            while alike(start, &at) && row[at].symbol().is_ascii() && !text.ends_with("  ") {
                text.push_str(row[at].symbol());
                at += 1;
            }
            letters(svg, text.trim_end(), start, y, &look(start));
        }
    }
}

fn letters(svg: &mut String, text: &str, start: usize, y: u16, look: &Look) {
    let _ = write!(svg, "<text x=\"{}\" y=\"{}\"", number(column(start)), number(top(y) + BASE));
    if text.len() > 1 && text.is_ascii() {
        let _ = write!(svg, " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", number(column(text.len())));
    }
    let _ = write!(svg, " fill=\"{}\"", hex(look.fg));
    for (flag, attribute) in [
        (Modifier::BOLD, " font-weight=\"600\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::DIM, " opacity=\".6\""),
    ] {
        if look.modifier.contains(flag) {
            svg.push_str(attribute);
        }
    }
    let _ = writeln!(svg, ">{}</text>", xml(text));
}

/// Lines under and through cells.
fn lines(svg: &mut String, row: &[Cell], y: u16, page: &Page) {
    for (flag, height) in [(Modifier::UNDERLINED, BASE + 2.0), (Modifier::CROSSED_OUT, HEIGHT / 2.0)] {
        let mut start = 0;
        while start < row.len() {
            let line = |at: usize| row[at].modifier.contains(flag).then(|| page.colours(&row[at]).0);
            let end = (start..row.len()).find(|at| line(*at) != line(start)).unwrap_or(row.len());
            if let Some(fg) = line(start) {
                rect(svg, (column(start), top(y) + height, column(end) - column(start), 1.0), fg);
            }
            start = end;
        }
    }
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
