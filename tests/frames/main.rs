//! Golden frames: every state of the screen at every size, theme and depth of colour.
//!
//! A frame is kept as text, and in a second file with its styles, drawn with a theme in which no two tones look alike.
//! Pictures of them all are written to `target/frames`, for eyes.

mod build;
mod golden;
mod past;
mod scenes;
mod shop;
mod total;

use std::fs;
use std::path::Path;

use podpath::theme::{Charset, Depth, Theme, load, probe};
use podpath::ui::print::{Format, print};
use podpath::view::Scene;

#[test]
fn every_frame_can_be_seen_as_a_picture() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/frames");
    fs::create_dir_all(&folder).expect("a folder in target");
    let write = |name: &str, scene: &Scene, theme: &Theme, size: (u16, u16)| {
        fs::write(folder.join(format!("{name}.svg")), print(scene, theme, size, Format::Svg)).expect("a picture");
    };
    let dark = load("dark").unwrap();
    for (name, scene) in scenes::all() {
        write(&format!("{name}-120"), &scene, &dark, (120, 32));
        write(&format!("{name}-80"), &scene, &dark, (80, 24));
    }
    for size in [(80, 24), (120, 32), (200, 50)] {
        for (name, scene) in shop::all(size) {
            write(&format!("{name}-{}", size.0), &scene, &dark, size);
        }
    }
    write("home-200", &scenes::home(), &dark, (200, 50));
    for theme in ["light", "contrast"] {
        write(&format!("home-{theme}"), &scenes::home(), &load(theme).unwrap(), (120, 32));
    }
    for (name, depth) in [("256", Depth::Indexed), ("16", Depth::Sixteen), ("mono", Depth::None)] {
        write(&format!("home-{name}"), &scenes::home(), &dark.on(depth, Charset::Unicode), (120, 32));
    }
    write("home-ascii", &scenes::home(), &dark.on(Depth::Sixteen, Charset::Ascii), (120, 32));
    write("home-probe", &scenes::home(), &probe(), (120, 32));
}
