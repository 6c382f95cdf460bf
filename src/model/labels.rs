//! Labels, and the equality selector of a Service.

use std::sync::Arc;

use super::Text;

/// The labels of an object, sorted by key. Cloning shares them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels(Arc<[(Text, Text)]>);

impl Default for Labels {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl Labels {
    /// Sorts by key; of a key given twice the last value counts.
    pub fn new(pairs: impl IntoIterator<Item = (Text, Text)>) -> Self {
        let mut pairs: Vec<(Text, Text)> = pairs.into_iter().collect();
        // A server sends them sorted.
        if !pairs.is_sorted_by(|a, b| a.0 < b.0) {
            let sorted: std::collections::BTreeMap<Text, Text> = pairs.into_iter().collect();
            pairs = sorted.into_iter().collect();
        }
        Self(pairs.into())
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Text> {
        let at = self.0.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
        Some(&self.0[at].1)
    }

    /// The pairs in key order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Text)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Whether there is no label.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many hold this very allocation.
    pub(super) fn holders(&self) -> usize {
        Arc::strong_count(&self.0)
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Labels {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        Self::new(pairs.into_iter().map(|(key, value)| (key.into(), value.into())))
    }
}

/// A Service's `spec.selector`: every pair must be equal in the pod's labels.
///
/// An empty selector cannot be told from none through the API and selects nothing (semantics §0.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selector(pub Labels);

impl Selector {
    /// Whether there is a selector at all.
    pub fn is_some(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether it selects an object with these labels. No selector selects nothing.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.is_some() && self.misses(labels).next().is_none()
    }

    /// The pairs that `labels` fails: key, wanted value, and the value it has.
    pub fn misses<'a>(&'a self, labels: &'a Labels) -> impl Iterator<Item = (&'a Text, &'a Text, Option<&'a Text>)> {
        self.0.iter().filter_map(move |(key, wanted)| {
            let found = labels.get(key);
            (found != Some(wanted)).then_some((key, wanted, found))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(pairs: &[(&str, &str)]) -> Selector {
        Selector(pairs.iter().copied().collect())
    }

    #[test]
    fn no_selector_selects_nothing() {
        assert!(!selector(&[]).matches(&[("app", "web")].into_iter().collect()));
    }

    #[test]
    fn every_pair_must_be_equal() {
        let labels: Labels = [("app", "web"), ("tier", "front")].into_iter().collect();
        assert!(selector(&[("app", "web")]).matches(&labels));
        assert!(!selector(&[("app", "web"), ("tier", "back")]).matches(&labels));
        assert!(!selector(&[("zone", "a")]).matches(&labels));
    }
}
