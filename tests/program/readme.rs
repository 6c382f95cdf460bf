//! What the README shows runs as it stands there, and its table of keys is the one of the program.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use podpath::app::{BINDINGS, Key, KeyCode};

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The command lines of the README that begin with `podpath`, or have it behind a pipe, as words.
fn lines(readme: &str) -> Vec<Vec<String>> {
    let shown = readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let commands = shown.flat_map(str::lines).map(|line| line.split(" #").next().unwrap_or(line));
    let own = commands.filter_map(|line| {
        let from = if line.starts_with("podpath") { 0 } else { line.find("| podpath")? + 2 };
        line[from..].split(" | ").next()?.split(" > ").next()
    });
    own.map(|line| line.split_whitespace().skip(1).map(|word| word.trim_matches('\'').to_owned()).collect()).collect()
}

fn run(words: &[String], folder: &Path) -> Output {
    let objects = File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/world.yaml")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_podpath"));
    command.args(words).current_dir(folder).stdin(Stdio::from(objects)).env("TZ", "UTC");
    command.env("KUBECONFIG", "/nonexistent").env("HOME", "/nonexistent").env("XDG_CONFIG_HOME", "/nonexistent");
    command.env_remove("KUBERNETES_SERVICE_HOST").output().unwrap()
}

#[test]
fn what_the_readme_shows_of_the_bundled_recording_runs_as_it_stands() {
    let readme = readme();
    let on_tape: Vec<_> =
        lines(&readme).into_iter().filter(|words| words.iter().any(|word| word == "--tape")).collect();
    let asked: Vec<&str> = on_tape.iter().map(|words| words[0].as_str()).collect();
    assert_eq!(asked, ["trace", "who", "why", "endpoints", "events", "diff"], "one line for each answer");
    for words in on_tape {
        let output = run(&words, Path::new(env!("CARGO_MANIFEST_DIR")));
        let (told, beside) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // Something is told for certain: it works, it does not, or something differs.
        assert!(matches!(output.status.code(), Some(0 | 3)), "{words:?}: {beside}");
        assert!(told.lines().count() > 1 && beside.is_empty(), "{words:?}: {told}{beside}");
    }
}

#[test]
fn no_line_of_the_readme_is_refused_for_how_it_is_written() {
    let readme = readme();
    let all = lines(&readme);
    assert!(all.len() > 12, "{all:?}");
    for words in all.iter().filter(|words| !words.iter().any(|word| word == "--tape")) {
        let dir = tempfile::tempdir().unwrap();
        let output = run(words, dir.path());
        let beside = String::from_utf8_lossy(&output.stderr);
        let fine = ["no kubeconfig", "cannot read tape incident.tape.gz", "--record needs a terminal"]
            .iter()
            .any(|why| beside.contains(why));
        assert!(fine || output.status.success(), "{words:?}: {beside}");
    }
}

fn name(key: Key) -> String {
    let name = match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(character) => character.to_string(),
        KeyCode::F(number) => format!("f{number}"),
        KeyCode::Up => "↑".to_owned(),
        KeyCode::Down => "↓".to_owned(),
        KeyCode::Left => "←".to_owned(),
        KeyCode::Right => "→".to_owned(),
        KeyCode::PageUp => "pgup".to_owned(),
        KeyCode::PageDown => "pgdn".to_owned(),
        code @ (KeyCode::Enter
        | KeyCode::Esc
        | KeyCode::Tab
        | KeyCode::Backspace
        | KeyCode::Delete
        | KeyCode::Home
        | KeyCode::End) => format!("{code:?}").to_lowercase(),
    };
    // `shift` stands before both arrows at once.
    let shift = if key.shift && key.code == KeyCode::Tab { "shift-" } else { "" };
    let control = if key.ctrl { "ctrl-" } else { "" };
    format!("`{control}{shift}{name}`")
}

#[test]
fn every_key_is_in_the_readme() {
    let readme = readme();
    let keys = readme.split("## Keys\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let digits = keys.contains("`1` … `9`");
    for binding in BINDINGS {
        let digit = matches!(binding.key.code, KeyCode::Char('1'..='9'));
        let told = keys.contains(&name(binding.key)) || digit && digits;
        assert!(told, "{} is not in the README: {:?}", name(binding.key), binding.action);
    }
}
