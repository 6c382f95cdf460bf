//! A set that almost always holds one thing: no allocation for it.
//!
//! Own code because a tree set spends a whole node (several hundred bytes) on one element, and there is one such set
//! for each pod and endpoint.

/// A sorted set. What many of them would hold is boxed twice, so that one takes no more than the thing itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Few<V> {
    One(V),
    #[expect(clippy::box_collection, reason = "a vector in place would make one thing take three words")]
    Many(Box<Vec<V>>),
}

impl<V: Ord> Few<V> {
    pub(super) fn as_slice(&self) -> &[V] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    pub(super) fn insert(&mut self, value: V) {
        if let Self::One(held) = self {
            if *held == value {
                return;
            }
            let Self::One(held) = std::mem::replace(self, Self::Many(Box::new(Vec::with_capacity(2)))) else { return };
            let Self::Many(values) = self else { return };
            values.push(held);
        }
        if let Self::Many(values) = self
            && let Err(at) = values.binary_search(&value)
        {
            values.insert(at, value);
        }
    }

    /// Removes `value`; whether nothing is left.
    pub(super) fn remove(&mut self, value: &V) -> bool {
        match self {
            Self::One(held) => held == value,
            Self::Many(values) => {
                if let Ok(at) = values.binary_search(value) {
                    values.remove(at);
                }
                if values.len() == 1
                    && let Some(last) = values.pop()
                {
                    *self = Self::One(last);
                    return false;
                }
                values.is_empty()
            }
        }
    }
}
