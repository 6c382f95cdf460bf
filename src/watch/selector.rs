//! Is a label selector one? The server would say so too late, and in other words.

use std::fmt;

/// Why a text is no label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSelector {
    part: String,
}

impl fmt::Display for BadSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no label requirement; write key=value, key!=value, key, !key, key in (a,b) or key notin (a,b)",
            self.part
        )
    }
}

impl std::error::Error for BadSelector {}

/// Checks the form of a label selector as kubectl takes it.
///
/// # Errors
/// The first requirement that has none of the forms.
pub fn check(selector: &str) -> Result<(), BadSelector> {
    let mut depth = 0_usize;
    let requirements = selector.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    for requirement in requirements {
        if !is_requirement(requirement.trim()) {
            return Err(BadSelector { part: requirement.trim().to_owned() });
        }
    }
    Ok(())
}

fn is_requirement(text: &str) -> bool {
    if let Some(key) = text.strip_prefix('!') {
        return is_key(key.trim());
    }
    for operator in [" notin ", " in "] {
        if let Some((key, values)) = text.split_once(operator) {
            let values = values.trim().strip_prefix('(').and_then(|values| values.strip_suffix(')'));
            return is_key(key.trim())
                && values.is_some_and(|values| values.split(',').all(|value| is_value(value.trim())));
        }
    }
    for operator in ["!=", "==", "="] {
        if let Some((key, value)) = text.split_once(operator) {
            return is_key(key.trim()) && is_value(value.trim());
        }
    }
    is_key(text)
}

fn is_key(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or_default();
    !name.is_empty() && text.matches('/').count() <= 1 && text.split('/').all(|part| !part.is_empty() && is_value(part))
}

fn is_value(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ends = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    text.len() <= 253 && text.chars().all(allowed) && ends(text.chars().next()) && ends(text.chars().last())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_kubectl_takes_is_taken() {
        for good in [
            "app=web",
            "app==web,tier!=db",
            "app",
            "!app",
            "app in (web, api),zone notin (a)",
            "example.com/x=y",
            "app=",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_no_requirement_is_named() {
        for bad in ["", "app=web,", "=web", "app=we b", "app in web", "a/b/c=d", "-app", "app==="] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert!(check("app=web,???").unwrap_err().to_string().starts_with("\"???\" is no label requirement"));
    }
}
