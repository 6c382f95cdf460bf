//! A module imports only what the table allows.

use std::collections::BTreeSet;

use crate::sources::{code, rust_files};

/// Each module, and what it may import: the table of the module documentation in `src/lib.rs`, in full.
const TABLE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("delta", &["model"]),
    ("store", &["model", "delta"]),
    ("trace", &["model", "store"]),
    ("churn", &["model", "store"]),
    ("outline", &["model", "store", "churn"]),
    ("tape", &["model", "delta"]),
    ("app", &["model", "delta", "store", "trace", "churn", "outline", "tape"]),
    ("view", &["model", "delta", "store", "trace", "churn", "outline", "tape", "app"]),
    ("theme", &["view"]),
    ("ui", &["view", "theme"]),
    ("config", &["app", "theme"]),
    ("report", &["model", "delta", "store", "view", "trace", "churn"]),
    ("watch", &["model", "delta"]),
    ("term", &["app"]),
    (
        "run",
        &[
            "model", "delta", "store", "trace", "churn", "outline", "tape", "app", "view", "theme", "ui", "config",
            "report", "watch", "term",
        ],
    ),
];

/// Crates that only some modules may know.
const CRATES: &[(&str, &[&str])] = &[
    ("kube", &["watch"]),
    ("k8s_openapi", &["watch"]),
    ("http", &["watch"]),
    ("tokio", &["watch", "term", "run"]),
    ("ratatui", &["theme", "ui", "view", "term", "run"]),
    ("crossterm", &["term", "run"]),
    ("tui_tree_widget", &["ui"]),
    ("clap", &["config"]),
    ("color_eyre", &["run", "main"]),
];

fn module_of(path: &str) -> &str {
    let below = path.strip_prefix("src/").expect("sources lie in src");
    below.split('/').next().expect("a path has a part").trim_end_matches(".rs")
}

/// Names that follow `prefix` as a path: `crate::store::…`, `use crate::{store, view}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for prefix in ["crate::", "podpath::"] {
        for (at, _) in code.match_indices(prefix) {
            let rest = &code[at + prefix.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 0;
                let mut name = String::new();
                for character in group.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            found.insert(first_name(&name));
                            name.clear();
                        }
                        _ if depth == 0 => name.push(character),
                        _ => {}
                    }
                }
                found.insert(first_name(&name));
            } else {
                found.insert(first_name(rest));
            }
        }
    }
    found.remove("");
    found
}

fn first_name(path: &str) -> String {
    path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn a_module_imports_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for source in rust_files("src") {
        let module = module_of(&source.path);
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: module `{module}` is not in the table", source.path));
            continue;
        };
        for name in imports(&code(&source.text)) {
            let known = TABLE.iter().any(|(module, _)| *module == name);
            if known && name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: `{module}` may not import `{name}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_edges_know_the_outside_world() {
    let mut wrong = Vec::new();
    for source in rust_files("src") {
        let module = module_of(&source.path);
        let code = code(&source.text);
        for (krate, allowed) in CRATES {
            let used = code.match_indices(&format!("{krate}::")).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if used && !allowed.contains(&module) {
                wrong.push(format!("{}: `{module}` may not use the crate `{krate}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_import_reader_reads_groups_and_paths() {
    let code = "use crate::{store::{Row, Word}, view}; fn f(x: crate::delta::Step) {} use podpath::model;";
    let found: Vec<_> = imports(code).into_iter().collect();
    assert_eq!(found, ["delta", "model", "store", "view"]);
}
