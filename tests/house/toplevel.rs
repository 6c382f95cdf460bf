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
