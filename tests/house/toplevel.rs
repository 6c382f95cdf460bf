//! What a visitor sees first, and what a reader can bear.

use std::fs;

use crate::sources::{root, rust_files};

const VISIBLE: &[&str] = &[
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "assets",
    "deny.toml",
    "snapshots",
    "src",
    "tests",
    "themes",
];

#[test]
fn the_visible_top_level_is_the_agreed_one() {
    let mut seen: Vec<String> = fs::read_dir(root())
        .expect("the root can be read")
        .map(|entry| entry.expect("the entry can be read").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect();
    seen.sort();
    assert_eq!(seen, VISIBLE);
}

#[test]
fn no_source_file_is_longer_than_600_lines() {
    let long: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|folder| rust_files(folder))
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > 600)
        .map(|(lines, path)| format!("{lines} {path}"))
        .collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

#[test]
fn product_code_does_not_know_that_it_is_tested() {
    let wrong: Vec<String> = rust_files("src")
        .into_iter()
        .filter(|source| source.text.contains("cfg!(test)") || source.text.contains("#[ignore"))
        .map(|source| source.path)
        .collect();
    assert!(wrong.is_empty(), "cfg!(test) or #[ignore] in {wrong:?}");
}

#[test]
fn every_source_file_is_part_of_the_program() {
    let files = rust_files("src");
    let text_of = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let orphans: Vec<&str> = files
        .iter()
        .filter(|file| {
            let below = file.path.strip_suffix("/mod.rs").or(file.path.strip_suffix(".rs")).unwrap_or(&file.path);
            let Some((folder, name)) = below.rsplit_once('/') else { return false };
            if folder == "src" && matches!(name, "lib" | "main") {
                return false;
            }
            let parent = if folder == "src" { "src/lib.rs".to_owned() } else { format!("{folder}/mod.rs") };
            let parent = text_of(&parent).or_else(|| text_of(&format!("{folder}.rs"))).unwrap_or_default();
            !parent.contains(&format!("mod {name};"))
        })
        .map(|file| file.path.as_str())
        .collect();
    assert!(orphans.is_empty(), "nobody declares these: {orphans:?}");
}
