//! The pictures of the README: frames of the bundled recording, printed by the program itself.
//!
//! `PODPATH_PICTURES=write cargo test --test program pictures` draws them anew; without it they must be as they are.

use std::path::Path;
use std::process::Command;

/// Name, arguments after `podpath demo --print svg`.
const PICTURES: &[(&str, &[&str])] = &[
    ("home", &["--at", "50s", "--size", "120x34", "--keys", "jjjjjjjlj"]),
    ("rollout", &["--at", "36s", "--size", "120x34", "--keys", "jjl"]),
    ("trace", &["--at", "57s", "--size", "170x34", "--keys", "/checkout<enter>t"]),
    ("timeline", &["--at", "48s", "--size", "170x44", "--keys", "/checkout<enter>e"]),
    ("past", &["--at", "57s", "--size", "120x34", "--keys", "jj<lt><lt><lt>l"]),
    ("broken", &["--at", "70s", "--size", "80x24", "--keys", "!"]),
    ("slices", &["--at", "52s", "--size", "160x40", "--keys", "/search<enter>sljj"]),
    ("light", &["--at", "50s", "--size", "120x34", "--theme", "light", "--keys", "jjjjjjjjlj"]),
];

#[test]
fn pictures_are_what_the_program_draws() {
    let write = std::env::var_os("PODPATH_PICTURES").is_some();
    let mut stale = Vec::new();
    for (name, arguments) in PICTURES {
        let output = Command::new(env!("CARGO_BIN_EXE_podpath"))
            .args(["demo", "--print", "svg"])
            .args(*arguments)
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .env_remove("PODPATH_THEME")
            .env("TZ", "UTC")
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/{name}.svg"));
        if write {
            std::fs::write(&path, &output.stdout).unwrap();
        } else if std::fs::read(&path).unwrap_or_default() != output.stdout {
            stale.push(*name);
        }
    }
    assert!(stale.is_empty(), "draw these anew with PODPATH_PICTURES=write: {stale:?}");
}
