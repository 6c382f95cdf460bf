//! Frames against the files in `snapshots/frames`.

use insta::{assert_snapshot, with_settings};
use podpath::theme::{BUNDLED, Charset, Depth, Theme, load, probe};
use podpath::ui;
use podpath::ui::print::{Format, print};
use podpath::view::Scene;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::{past, scenes, shop};

fn golden(name: &str, text: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/frames");
    with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        assert_snapshot!(name, text);
    });
}

fn drawn(scene: &Scene, theme: &Theme, width: u16, height: u16) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    ui::draw(scene, theme, &mut buffer);
    format!("{buffer:#?}")
}

#[test]
fn every_state_looks_as_agreed_at_every_size() {
    for (name, scene) in scenes::all() {
        for (width, height) in [(30, 8), (80, 24), (120, 32), (200, 50)] {
            let text = print(&scene, &probe(), (width, height), Format::Text);
            golden(&format!("{name}_{width}x{height}"), &text);
        }
    }
}

#[test]
fn every_state_has_the_agreed_tones() {
    for (name, scene) in scenes::all() {
        golden(&format!("{name}_tones"), &drawn(&scene, &probe(), 100, 28));
    }
}

#[test]
fn a_shop_looks_as_agreed_at_every_size() {
    for size in [(40, 12), (80, 24), (120, 32), (200, 50)] {
        for (name, scene) in shop::all(size).into_iter().chain(past::all(size)) {
            let text = print(&scene, &probe(), size, Format::Text);
            golden(&format!("{name}_{}x{}", size.0, size.1), &text);
        }
    }
}

#[test]
fn a_shop_has_the_agreed_tones() {
    for (name, scene) in shop::all((100, 28)).into_iter().chain(past::all((100, 28))) {
        golden(&format!("{name}_tones"), &drawn(&scene, &probe(), 100, 28));
    }
}

#[test]
fn every_theme_has_the_agreed_colours_at_every_depth() {
    for (theme, _) in BUNDLED {
        for (depth_name, depth) in
            [("true", Depth::True), ("256", Depth::Indexed), ("16", Depth::Sixteen), ("none", Depth::None)]
        {
            let theme_here = load(theme).unwrap().on(depth, Charset::Unicode);
            golden(&format!("theme_{theme}_{depth_name}"), &drawn(&scenes::home(), &theme_here, 80, 24));
        }
    }
}

#[test]
fn where_the_locale_is_not_utf_8_every_state_is_7_bit() {
    let ascii = probe().on(Depth::True, Charset::Ascii);
    for (name, scene) in scenes::all() {
        let text = print(&scene, &ascii, (120, 32), Format::Text);
        assert!(text.is_ascii(), "{name}:\n{text}");
    }
    golden("home_ascii_120x32", &print(&scenes::home(), &ascii, (120, 32), Format::Text));
}

#[test]
fn a_printed_picture_and_ansi_text_are_the_agreed_bytes() {
    let dark = load("dark").unwrap();
    golden("home_svg", &print(&scenes::home(), &dark, (80, 24), Format::Svg));
    golden("home_ansi", &print(&scenes::home(), &dark, (80, 24), Format::Ansi).replace('\x1b', "␛"));
}
