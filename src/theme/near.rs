//! The nearest right name for one that was mistyped.

/// `; did you mean …?` when a name is near, else the list of names.
pub(super) fn nearest(typed: &str, names: &[&str]) -> String {
    let near = names.iter().map(|name| (strsim::osa_distance(typed, name), *name)).min();
    match near {
        Some((edits, name)) if edits <= 2.min(typed.chars().count() / 2 + 1) => format!("; did you mean `{name}`?"),
        Some(_) | None => format!("; there are {}", names.join(", ")),
    }
}
