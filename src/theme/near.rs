//! The nearest right name for one that was mistyped.

/// `; did you mean …?` when a name is near, else the list of names.
pub(super) fn nearest(typed: &str, names: &[&str]) -> String {
    let near = names.iter().map(|name| (distance(typed, name), *name)).min();
    match near {
        Some((edits, name)) if edits <= 2.min(typed.chars().count() / 2 + 1) => format!("; did you mean `{name}`?"),
        Some(_) | None => format!("; there are {}", names.join(", ")),
    }
}

/// How many letters must be changed, added, dropped or swapped with their neighbour (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn a_swap_is_one_edit() {
        assert_eq!(distance("blod", "bold"), 1);
        assert_eq!(distance("acent", "accent"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
