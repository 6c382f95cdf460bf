//! Draws a [`Scene`] into cells. One file for each pane.
//!
//! Nothing is decided here but places: what is said and how it is toned stands in `view`, colours in `theme`. To add a
//! pane: a region in `view::Layout`, a file here with `impl Widget for &Pane`, a line in [`draw`].

mod answer;
mod bottom;
mod columns;
mod detail;
mod frame;
mod header;
mod line;
mod overlay;
pub mod print;
mod tree;
mod wrap;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::theme::Theme;
use crate::view::{Chrome, Frame, Layout, Region, Scene};

/// Columns between the left edge and text: the gutter of the tree, which all other panes keep free.
const MARGIN: u16 = 3;

/// Draws the whole screen; the buffer's size is the screen's.
pub fn draw(scene: &Scene, theme: &Theme, buffer: &mut Buffer) {
    let screen = buffer.area;
    buffer.set_style(screen, theme.page());
    let layout = layout(scene, screen.width, screen.height);
    let at = |region: Region| rect(region, screen);
    if let Frame::Other(border) = &scene.frame {
        frame::Border { label: &border.label, foot: &border.foot, tone: border.tone, theme }
            .render(at(layout.frame), buffer);
    }
    header::Header { header: &scene.header, crumbs: &scene.crumbs, theme }.render(at(layout.header), buffer);
    answer::Answer { lines: &scene.answer, theme }.render(at(layout.answer), buffer);
    let tree = tree::Tree { table: &scene.table, theme, width: layout.rows.width };
    tree.head(at(layout.head), buffer);
    tree.render(at(layout.rows), buffer);
    frame::Rule { theme }.render(at(layout.rule), buffer);
    if let Some(pane) = &scene.detail {
        detail::Detail { pane, theme }.render(at(layout.detail), buffer);
    }
    if let Some(overlay) = &scene.overlay {
        overlay::Box { overlay, theme }.render(screen, buffer);
    }
    bottom::Bottom { prompt: scene.prompt.as_ref(), notice: scene.notice.as_ref(), hints: &scene.hints, theme }
        .render(at(layout.bottom), buffer);
    mend(buffer);
}

/// Takes away wide characters of which another pane covers one half: a terminal would draw them over that pane.
fn mend(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    for row in buffer.content.chunks_mut(width.max(1)) {
        for at in 0..row.len() {
            let wide = row[at].symbol().len() > 1 && row[at].symbol().cell_width() > 1;
            if wide && row.get(at + 1).is_none_or(|next| next.symbol() != " ") {
                row[at].set_symbol(" ");
            }
        }
    }
}

/// Where the regions of this scene stand.
pub fn layout(scene: &Scene, width: u16, height: u16) -> Layout {
    let chrome = Chrome {
        framed: matches!(scene.frame, Frame::Other(_)),
        detail: scene.detail.is_some(),
        explained: scene.detail.as_ref().is_some_and(|pane| pane.explained),
        low: scene.detail.as_ref().is_some_and(|pane| pane.low),
        answer: !scene.answer.is_empty(),
    };
    Layout::new(width, height, chrome)
}

fn rect(region: Region, screen: Rect) -> Rect {
    let moved =
        Rect::new(screen.x.saturating_add(region.x), screen.y.saturating_add(region.y), region.width, region.height);
    moved.intersection(screen)
}

/// The part of a region between the margins; in very narrow ones all of it.
fn inside(area: Rect) -> Rect {
    if area.width < 20 {
        return area;
    }
    Rect { x: area.x + MARGIN, width: area.width - MARGIN - 1, ..area }
}
