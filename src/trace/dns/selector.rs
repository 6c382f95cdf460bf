//! Label selectors with sets, as `labels` and `namespace_labels` of the Corefile have them (§0.3).

use std::collections::BTreeSet;

use crate::model::{Labels, Text};

/// One condition of a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The label is there and has one of the values.
    In(Text, BTreeSet<Text>),
    /// The label is missing, or has none of the values.
    NotIn(Text, BTreeSet<Text>),
    /// The label is there.
    Exists(Text),
    /// It is not.
    Absent(Text),
}

impl Requirement {
    /// Whether labels meet it.
    pub fn meets(&self, labels: &Labels) -> bool {
        match self {
            Self::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Self::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
            Self::Exists(key) => labels.get(key).is_some(),
            Self::Absent(key) => labels.get(key).is_none(),
        }
    }
}

/// All of several conditions; none matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector(pub Vec<Requirement>);

impl LabelSelector {
    /// Whether it matches these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.misses(labels).is_none()
    }

    /// The first condition that the labels fail.
    pub fn misses(&self, labels: &Labels) -> Option<&Requirement> {
        self.0.iter().find(|requirement| !requirement.meets(labels))
    }

    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`. `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let words = words(text);
        let mut rest = words.as_slice();
        let mut requirements = Vec::new();
        while !rest.is_empty() {
            let (requirement, after) = requirement(rest)?;
            requirements.push(requirement);
            rest = match after {
                [] => after,
                [comma, more @ ..] if *comma == "," && !more.is_empty() => more,
                _ => return None,
            };
        }
        Some(Self(requirements))
    }
}

/// Cuts at spaces, and around the signs.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let sign = ["==", "!=", "=", "!", ",", "(", ")"].into_iter().find(|sign| rest.starts_with(sign));
        let ends = |c: char| c.is_whitespace() || "=!,()".contains(c);
        let length = sign.map_or_else(|| rest.find(ends).unwrap_or(rest.len()), str::len);
        words.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    words
}

fn is_sign(word: &str) -> bool {
    matches!(word, "==" | "!=" | "=" | "!" | "," | "(" | ")")
}

/// One condition, and what stands after it.
fn requirement<'a>(words: &'a [&'a str]) -> Option<(Requirement, &'a [&'a str])> {
    match words {
        [bang, key, rest @ ..] if *bang == "!" && !is_sign(key) => Some((Requirement::Absent((*key).into()), rest)),
        [key, ..] if is_sign(key) => None,
        [key, operator, rest @ ..] if matches!(*operator, "=" | "==" | "!=") => {
            let (value, rest) = match rest {
                [value, rest @ ..] if !is_sign(value) => (*value, rest),
                _ => ("", rest),
            };
            let values = BTreeSet::from([value.into()]);
            let key = (*key).into();
            Some((if *operator == "!=" { Requirement::NotIn(key, values) } else { Requirement::In(key, values) }, rest))
        }
        [key, operator, open, rest @ ..] if matches!(*operator, "in" | "notin") && *open == "(" => {
            let close = rest.iter().position(|word| *word == ")")?;
            let values = values(&rest[..close])?;
            let key = (*key).into();
            let requirement =
                if *operator == "in" { Requirement::In(key, values) } else { Requirement::NotIn(key, values) };
            Some((requirement, &rest[close + 1..]))
        }
        [key, rest @ ..] => Some((Requirement::Exists((*key).into()), rest)),
        [] => None,
    }
}

/// What stands between the brackets: an empty place is the empty value.
fn values(words: &[&str]) -> Option<BTreeSet<Text>> {
    let mut values = BTreeSet::new();
    for place in words.split(|word| *word == ",") {
        match place {
            [] => values.insert(Text::default()),
            [value] if !is_sign(value) => values.insert((*value).into()),
            _ => return None,
        };
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
        LabelSelector::parse(selector).unwrap().matches(&labels.iter().copied().collect())
    }

    #[test]
    fn every_condition_must_hold() {
        for (selector, labels, expected) in [
            ("app=web", &[("app", "web")][..], true),
            ("app==web", &[("app", "db")], false),
            ("app != web", &[("app", "db")], true),
            ("app!=web", &[], true),
            ("app!=web", &[("app", "web")], false),
            ("app in (web, api)", &[("app", "api")], true),
            ("app in (web,api)", &[], false),
            ("app in (web,)", &[("app", "")], true),
            ("app notin (web,api)", &[], true),
            ("app notin (web,api)", &[("app", "web")], false),
            ("app", &[("app", "")], true),
            ("app", &[], false),
            ("!app", &[], true),
            ("! app", &[("app", "x")], false),
            ("app=", &[("app", "")], true),
            ("app=web,tier in (a,b),!old", &[("app", "web"), ("tier", "b")], true),
            ("app=web,tier in (a,b),!old", &[("app", "web"), ("tier", "b"), ("old", "")], false),
            ("", &[("any", "thing")], true),
        ] {
            assert_eq!(matches(selector, labels), expected, "{selector} over {labels:?}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in [
            "app=web,",
            ",app",
            "app in web",
            "app in (a b)",
            "app in (a",
            "app=web tier=a",
            "a b",
            "=x",
            "in (a)",
            "!",
            "a in ((b))",
        ] {
            assert_eq!(LabelSelector::parse(text), None, "{text}");
        }
    }
}
