//! A name as a client types it, checked for what no resolver could send.

use std::fmt;

use crate::model::Text;

/// The longest name in characters, without a trailing dot: 255 octets on the wire.
const LONGEST_NAME: usize = 253;
/// What stands in no name, though a query could carry it. Names in files may have `_` and `*`.
const STRANGE: &str = "!\"#$%&'()+,/:;<=>?@[\\]^`{|}~";
/// The longest label in characters.
const LONGEST_LABEL: usize = 63;

/// A name that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(Text);

/// Why no query can carry a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadName {
    /// No label at all: empty, or only the root.
    Empty,
    /// Two dots in a row, or one at the start.
    EmptyLabel,
    /// A label of more than 63 characters.
    LabelTooLong {
        /// The label.
        label: Text,
    },
    /// More than 253 characters.
    TooLong {
        /// How many it has, a trailing dot not counted.
        length: usize,
    },
    /// A character that stands in no name of a machine.
    Character(char),
}

impl Name {
    /// Checks what was typed; a trailing dot is kept.
    pub fn parse(typed: &str) -> Result<Self, BadName> {
        let bare = typed.strip_suffix('.').unwrap_or(typed);
        if bare.is_empty() {
            return Err(BadName::Empty);
        }
        let odd =
            |character: &char| character.is_control() || character.is_whitespace() || STRANGE.contains(*character);
        if let Some(odd) = bare.chars().find(odd) {
            return Err(BadName::Character(odd));
        }
        for label in bare.split('.') {
            match label.len() {
                0 => return Err(BadName::EmptyLabel),
                1..=LONGEST_LABEL => {}
                _ => return Err(BadName::LabelTooLong { label: label.into() }),
            }
        }
        if bare.len() > LONGEST_NAME {
            return Err(BadName::TooLong { length: bare.len() });
        }
        Ok(Self(typed.into()))
    }

    /// As typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it ends with a dot, which asks for this name only.
    pub fn is_rooted(&self) -> bool {
        self.0.ends_with('.')
    }

    /// How many dots it has, as compared with `ndots`.
    pub fn dots(&self) -> usize {
        self.0.matches('.').count()
    }

    /// With a trailing dot.
    pub fn fqdn(&self) -> Text {
        if self.is_rooted() { self.0.clone() } else { format!("{}.", self.0).into() }
    }

    /// This name within a search domain.
    pub(super) fn within(&self, domain: &str) -> Result<Self, BadName> {
        Self::parse(&format!("{}.{domain}", self.0))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_name_is_refused_with_its_reason() {
        let label = "a".repeat(63);
        let long = [label.as_str(); 4].join(".");
        let cases = [
            ("", Err(BadName::Empty)),
            (".", Err(BadName::Empty)),
            ("..", Err(BadName::EmptyLabel)),
            (".web", Err(BadName::EmptyLabel)),
            ("web..prod", Err(BadName::EmptyLabel)),
            ("web..", Err(BadName::EmptyLabel)),
            ("web\n", Err(BadName::Character('\n'))),
            ("we\u{7f}b", Err(BadName::Character('\u{7f}'))),
            ("bad name", Err(BadName::Character(' '))),
            ("shop/web", Err(BadName::Character('/'))),
            (&long, Err(BadName::TooLong { length: 255 })),
            (&long[..254], Err(BadName::TooLong { length: 254 })),
            (&long[..253], Ok(())),
            (&format!("{}.", &long[..253]), Ok(())),
            (&label, Ok(())),
            (&format!("{label}a.b"), Err(BadName::LabelTooLong { label: format!("{label}a").into() })),
            ("web", Ok(())),
            ("_http._tcp.web.", Ok(())),
        ];
        for (typed, expected) in cases {
            assert_eq!(Name::parse(typed).map(|_| ()), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_trailing_dot_is_a_dot_and_makes_the_name_absolute() {
        let rooted = Name::parse("a.b.").unwrap();
        assert!(rooted.is_rooted());
        assert_eq!((rooted.dots(), &*rooted.fqdn(), rooted.as_str()), (2, "a.b.", "a.b."));
        let relative = Name::parse("a.b").unwrap();
        assert!(!relative.is_rooted());
        assert_eq!((relative.dots(), &*relative.fqdn(), relative.as_str()), (1, "a.b.", "a.b"));
    }
}
