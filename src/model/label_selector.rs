//! The full label selector of newer APIs, with expressions. A Service's own is [`Selector`](super::Selector).

use super::{Labels, Text};

/// meta/v1 LabelSelector: every pair and every expression must hold. The empty one selects everything; what the API
/// calls "nil" selects nothing and is an `Option` where it occurs (semantics §0.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LabelSelector {
    /// `matchLabels`
    pub pairs: Labels,
    /// `matchExpressions`
    pub expressions: Vec<Requirement>,
}

/// One of `matchExpressions`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The label.
    pub key: Text,
    /// How it is compared.
    pub operator: Operator,
    /// With what; empty for the last two operators.
    pub values: Vec<Text>,
}

/// How a label is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// It is there, with one of the values.
    In,
    /// It is missing, or has none of the values.
    NotIn,
    /// It is there.
    Exists,
    /// It is missing.
    DoesNotExist,
}

impl Operator {
    /// Reads the API's word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "In" => Some(Self::In),
            "NotIn" => Some(Self::NotIn),
            "Exists" => Some(Self::Exists),
            "DoesNotExist" => Some(Self::DoesNotExist),
            _ => None,
        }
    }

    /// The API's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::In => "In",
            Self::NotIn => "NotIn",
            Self::Exists => "Exists",
            Self::DoesNotExist => "DoesNotExist",
        }
    }
}

impl Requirement {
    /// Whether labels meet it.
    pub fn holds(&self, labels: &Labels) -> bool {
        let found = labels.get(&self.key);
        match self.operator {
            Operator::In => found.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn => found.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => found.is_some(),
            Operator::DoesNotExist => found.is_none(),
        }
    }
}

impl LabelSelector {
    /// Whether it selects an object with these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.pairs.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.expressions.iter().all(|expression| expression.holds(labels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_mean_what_the_api_says() {
        let front: Labels = [("app", "web"), ("tier", "")].into_iter().collect();
        let bare = Labels::default();
        let cases = [
            ("app", Operator::In, vec!["web", "db"], true, false),
            ("app", Operator::In, vec!["db"], false, false),
            ("app", Operator::NotIn, vec!["db"], true, true),
            ("app", Operator::NotIn, vec!["web"], false, true),
            ("tier", Operator::Exists, vec![], true, false),
            ("tier", Operator::DoesNotExist, vec![], false, true),
        ];
        for (key, operator, values, with, without) in cases {
            let values = values.into_iter().map(Text::from).collect();
            let requirement = Requirement { key: key.into(), operator, values };
            assert_eq!((requirement.holds(&front), requirement.holds(&bare)), (with, without), "{requirement:?}");
        }
    }

    #[test]
    fn the_empty_selector_selects_everything_and_an_empty_value_needs_the_key() {
        assert!(LabelSelector::default().matches(&Labels::default()));
        let empty = LabelSelector { pairs: [("tier", "")].into_iter().collect(), ..LabelSelector::default() };
        assert!(!empty.matches(&Labels::default()));
        assert!(empty.matches(&[("tier", "")].into_iter().collect()));
    }
}
