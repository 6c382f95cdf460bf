//! Whatever the scene and the size, drawing succeeds, and what must line up does.

use podpath::theme::{Charset, Depth, load, probe};
use podpath::ui;
use podpath::ui::print::{Format, print};
use podpath::view::{Cell, Fold, Frame, Glyph, Phase, Piece, Row, Scene, Tone, escape};
use proptest::prelude::*;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;

use crate::{build, scenes};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

fn piece() -> impl Strategy<Value = Piece> {
    let tone = prop::sample::select(Tone::ALL.to_vec());
    let glyph = prop::sample::select(Glyph::ALL.to_vec());
    let phase = prop::sample::select(Phase::ALL.to_vec());
    prop_oneof![
        1 => (phase, 0u16..99, tone.clone()).prop_map(|(phase, cells, tone)| Piece::Life(phase, cells, tone)),
        4 => (".{0,40}", tone.clone()).prop_map(|(text, tone)| Piece::text(escape::safe(&text), tone)),
        1 => (glyph, tone.clone()).prop_map(|(glyph, tone)| Piece::Glyph(glyph, tone)),
        1 => (0u16..99, 0u16..99, tone.clone()).prop_map(|(filled, width, tone)| Piece::Bar { filled, width, tone }),
        1 => (prop::collection::vec(0u8..12, 0..30), tone).prop_map(|(levels, tone)| Piece::Spark(levels, tone)),
        1 => Just(Piece::Fill),
    ]
}

fn line() -> impl Strategy<Value = Vec<Piece>> {
    prop::collection::vec(piece(), 0..6)
}

fn row() -> impl Strategy<Value = Row> {
    let cells = prop::collection::vec((line(), any::<bool>()), 0..10);
    let fold = prop::sample::select(vec![Fold::Leaf, Fold::Closed, Fold::Open]);
    (any::<u64>(), prop_oneof![9 => 0u16..8, 1 => any::<u16>()], fold, cells, any::<bool>()).prop_map(
        |(id, depth, fold, cells, struck)| {
            let cells = cells.into_iter().map(|(pieces, tint)| Cell { pieces, tint: tint.then_some(Tone::Changed) });
            Row { id, depth, fold, mark: None, cells: cells.collect(), struck }
        },
    )
}

/// A hand-written scene in which all text is replaced by anything.
fn scene() -> impl Strategy<Value = Scene> {
    let count = scenes::all().len();
    (0..count, prop::collection::vec(row(), 0..60), line(), prop::collection::vec(line(), 0..40), any::<(u16, usize)>())
        .prop_map(|(which, rows, label, lines, (scroll, at))| {
            let (_, mut scene) = scenes::all().swap_remove(which);
            scene.table.cursor = Some(at % 70);
            scene.table.above = at % 1_000;
            scene.table.total = at % 3_000;
            scene.table.rows = rows;
            if let Frame::Other(border) = &mut scene.frame {
                (border.label, border.foot) = (label.clone(), label.clone());
            }
            if let Some(pane) = &mut scene.detail {
                (pane.title, pane.lines, pane.scroll, pane.indent) =
                    (label.clone(), lines.clone(), scroll, scroll % 40);
                pane.low = at % 3 == 0;
            }
            if let Some(overlay) = &mut scene.overlay {
                (overlay.title, overlay.lines, overlay.cursor) = (label.clone(), lines, Some(at % 50));
            }
            if let Some(prompt) = &mut scene.prompt {
                (prompt.note, prompt.caret) = (label.clone(), at % 300);
                prompt.text = "čeština 日本 ".repeat(at % 20);
            }
            scene.notice = scene.notice.map(|_| label);
            scene
        })
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn any_scene_is_drawn_at_any_size(scene in scene(), width in 0u16..260, height in 0u16..90, ascii: bool) {
        let charset = if ascii { Charset::Ascii } else { Charset::Unicode };
        let theme = load("dark").unwrap().on(Depth::Sixteen, charset);
        let text = print(&scene, &theme, (width, height), Format::Text);
        prop_assert_eq!(text.lines().count(), usize::from(height));
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        prop_assert!(!ascii || text.is_ascii(), "{}", text);
    }

    #[test]
    fn no_wide_character_hides_what_stands_beside_it(scene in scene(), width in 1u16..140, height in 1u16..40) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        ui::draw(&scene, &probe(), &mut buffer);
        for row in buffer.content.chunks(usize::from(width)) {
            for (at, cell) in row.iter().enumerate().filter(|(_, cell)| cell.symbol().cell_width() > 1) {
                prop_assert_eq!(cell.symbol().cell_width(), 2);
                prop_assert_eq!(row.get(at + 1).map(ratatui::buffer::Cell::symbol), Some(" "));
            }
        }
    }

    #[test]
    fn columns_line_up_over_all_levels(
        depths in prop::collection::vec(prop_oneof![9 => 0u16..6, 1 => any::<u16>()], 1..30),
        width in 40u16..200,
    ) {
        let mut scene = Scene::default();
        scene.table.columns = vec![build::column("NAME", 14, 30, 1, 0), build::column("SECOND", 6, 9, 1, 0)];
        scene.table.rows = depths.iter().zip(0..).map(|(depth, id)| {
            let cells = vec![build::plain("a name longer than its column, always"), build::plain("@")];
            build::row(id, *depth, Fold::Leaf, cells)
        }).collect();
        let text = print(&scene, &probe(), (width, 40), Format::Text);
        let rows: Vec<&str> = text.lines().filter(|line| line.contains('@')).collect();
        prop_assert_eq!(rows.len(), depths.len(), "{}", text);
        let at = |line: &str, sign| line.split_once(sign).map(|(before, _)| escape::width(before));
        let head = text.lines().find(|line| line.contains("SECOND")).and_then(|line| at(line, "SECOND"));
        for row in rows {
            prop_assert_eq!(at(row, "@"), head, "{}", text);
        }
    }
}

#[test]
fn the_largest_and_the_smallest_screens_are_drawn() {
    for (name, scene) in scenes::all() {
        for (width, height) in [(1, 1), (2, 1), (1, 2), (3, 3), (1, 500), (1000, 1), (1000, 500)] {
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            ui::draw(&scene, &probe(), &mut buffer);
            assert_eq!(buffer.area.area(), u32::from(width) * u32::from(height), "{name}");
        }
    }
}

#[test]
fn numbers_that_change_move_no_column() {
    let mut scene = scenes::home();
    let before = print(&scene, &probe(), (120, 32), Format::Text);
    let head = |text: &str| text.lines().find(|line| line.contains("NAME")).map(str::to_owned);
    for row in &mut scene.table.rows {
        for cell in &mut row.cells {
            cell.pieces = vec![Piece::text("123456789012345678901234567890", Tone::Text)];
        }
    }
    scene.header.health.clear();
    scene.table.rows.truncate(3);
    assert_eq!(head(&before), head(&print(&scene, &probe(), (120, 32), Format::Text)));
}
