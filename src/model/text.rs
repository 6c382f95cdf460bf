//! Text that many objects share: one allocation, cheap clones.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use arcstr::ArcStr;

use super::{Container, Labels, Owner, Set};

/// An immutable string from the cluster, exactly as it came.
///
/// It is hostile until `view` has escaped it. Cloning shares the allocation. It takes one pointer, where an `Arc<str>`
/// takes two: an object holds many of them, and each index more.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(ArcStr);

impl Text {
    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for Text {
    /// As the characters; texts that share an allocation are not looked at.
    fn cmp(&self, other: &Self) -> Ordering {
        if ArcStr::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Default for Text {
    /// Nothing, for which no memory is asked.
    fn default() -> Self {
        Self(ArcStr::new())
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(ArcStr::from(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(ArcStr::from(text))
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// Gives equal texts and equal label sets and container lists one allocation.
///
/// A source owns one. What nobody else holds any more is dropped when the set has doubled since the last sweep, so
/// its size follows what is alive, not what has ever been seen.
#[derive(Debug, Default)]
pub struct Interner {
    texts: Set<Text>,
    labels: Set<Labels>,
    containers: Set<Arc<[Container]>>,
    owners: Set<Arc<Owner>>,
    sweep_at: usize,
}

impl Interner {
    /// The shared form of `text`.
    pub fn text(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        self.sweep();
        let text = Text::from(text);
        self.texts.insert(text.clone());
        text
    }

    /// The shared form of `labels`.
    pub fn labels(&mut self, labels: Labels) -> Labels {
        if let Some(known) = self.labels.get(&labels) {
            return known.clone();
        }
        self.sweep();
        self.labels.insert(labels.clone());
        labels
    }

    /// The shared form of a pod's containers.
    pub fn containers(&mut self, containers: Vec<Container>) -> Arc<[Container]> {
        if let Some(known) = self.containers.get(containers.as_slice()) {
            return Arc::clone(known);
        }
        self.sweep();
        let containers: Arc<[Container]> = containers.into();
        self.containers.insert(Arc::clone(&containers));
        containers
    }

    /// The shared form of an owner.
    pub fn owner(&mut self, owner: Owner) -> Arc<Owner> {
        if let Some(known) = self.owners.get(&owner) {
            return Arc::clone(known);
        }
        self.sweep();
        let owner = Arc::new(owner);
        self.owners.insert(Arc::clone(&owner));
        owner
    }

    /// How many distinct values are held.
    pub fn len(&self) -> usize {
        self.texts.len() + self.labels.len() + self.containers.len() + self.owners.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn sweep(&mut self) {
        if self.len() < self.sweep_at.max(1024) {
            return;
        }
        self.owners.retain(|owner| Arc::strong_count(owner) > 1);
        self.containers.retain(|containers| Arc::strong_count(containers) > 1);
        self.labels.retain(|labels| labels.holders() > 1);
        self.texts.retain(|text| ArcStr::strong_count(&text.0).is_none_or(|count| count > 1));
        self.sweep_at = self.len() * 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_one_allocation() {
        let mut interner = Interner::default();
        let (a, b) = (interner.text("web"), interner.text("web"));
        assert!(std::ptr::eq(a.as_str(), b.as_str()));
    }

    #[test]
    fn what_nobody_holds_is_swept() {
        let mut interner = Interner::default();
        for i in 0..100_000 {
            interner.text(&i.to_string());
        }
        assert!(interner.len() <= 2048, "{} texts are held", interner.len());
    }
}
