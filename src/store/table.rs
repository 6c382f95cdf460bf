//! One kind's objects, by key; steps become edits here and nowhere else.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Held, Pair};
use crate::delta::Step;
use crate::model::{ConfigMap, Key, Meta, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice, Text, Uid};

/// Anything with metadata.
pub trait Object: PartialEq {
    /// Its name, identity, labels and times.
    fn meta(&self) -> &Meta;
}

macro_rules! objects {
    ($($kind:ty),*) => { $(impl Object for $kind { fn meta(&self) -> &Meta { &self.meta } })* };
}
objects!(Service, Slice, Pod, Node, Namespace, NetworkPolicy, ServiceCidr, ConfigMap);

/// All objects of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table<T> {
    rows: BTreeMap<Key, Arc<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<T: Object> Table<T> {
    pub(super) fn get(&self, key: &Key) -> Option<&Arc<T>> {
        self.rows.get(key)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.rows.values()
    }

    /// Those of one namespace.
    pub(super) fn within<'a>(&'a self, namespace: &'a Text) -> impl Iterator<Item = &'a Arc<T>> {
        let first = Key { namespace: namespace.clone(), name: Text::default() };
        self.rows
            .range(first..)
            .map(|(_, object)| object)
            .take_while(move |object| object.meta().key.namespace == *namespace)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The objects of one namespace by name.
    pub(super) fn iter_in(&self, namespace: &Text) -> impl Iterator<Item = &Arc<T>> + use<'_, T> {
        let first = Key { namespace: namespace.clone(), name: Text::default() };
        let namespace = namespace.clone();
        self.rows.range(first..).take_while(move |(key, _)| key.namespace == namespace).map(|(_, row)| row)
    }

    pub(super) fn count_in(&self, namespace: &Text) -> usize {
        self.iter_in(namespace).count()
    }

    /// Puts an object; `None` where nothing changed in what is kept of it.
    pub(super) fn put(&mut self, object: T) -> Option<Pair<T>> {
        let key = object.meta().key.clone();
        match self.rows.entry(key.clone()) {
            Entry::Occupied(held) if **held.get() == object => None,
            Entry::Occupied(mut held) => {
                let new = Arc::new(object);
                let old = held.insert(Arc::clone(&new));
                Some(Pair { key, old: Some(old), new: Some(new) })
            }
            Entry::Vacant(place) => {
                let new = Arc::new(object);
                place.insert(Arc::clone(&new));
                Some(Pair { key, old: None, new: Some(new) })
            }
        }
    }

    /// Removes an object, unless another one has taken its name since: identity is the uid.
    pub(super) fn remove(&mut self, key: &Key, uid: &Uid) -> Option<Pair<T>> {
        let held = self.rows.get(key)?;
        let unnamed = *uid == Uid::default();
        if !unnamed && held.meta().uid != *uid {
            return None;
        }
        let old = self.rows.remove(key);
        Some(Pair { key: key.clone(), old, new: None })
    }

    /// Makes a name stand for what it stood for; `None` where it does already.
    pub(super) fn hold(&mut self, held: Held<T>) -> Option<Pair<T>> {
        let (key, old, new) = match held {
            Held::By(object) => {
                let key = object.meta().key.clone();
                (key.clone(), self.rows.insert(key, Arc::clone(&object)), Some(object))
            }
            Held::Free(key) => (key.clone(), self.rows.remove(&key), None),
        };
        (old != new).then_some(Pair { key, old, new })
    }
}

/// A step taken apart into single puts and removals, in the order in which they are applied.
pub(super) enum Single<T> {
    Put(T),
    Remove(Key, Uid),
}

/// Puts the objects of a complete list, after removing those of `held` that it leaves out.
fn difference<'a, T: Object + 'a>(held: impl Iterator<Item = &'a Arc<T>>, listed: Vec<T>) -> Vec<Single<T>> {
    let names: BTreeSet<&Key> = listed.iter().map(|object| &object.meta().key).collect();
    let gone = held.map(|row| row.meta()).filter(|meta| !names.contains(&meta.key));
    let gone: Vec<Single<T>> = gone.map(|meta| Single::Remove(meta.key.clone(), meta.uid.clone())).collect();
    gone.into_iter().chain(listed.into_iter().map(Single::Put)).collect()
}

impl<T: Object> Single<T> {
    /// The name, and what it will stand for.
    pub(super) fn parts(&self) -> (&Key, Option<&T>) {
        match self {
            Self::Put(object) => (&object.meta().key, Some(object)),
            Self::Remove(key, _) => (key, None),
        }
    }
}

impl<T: Object> Table<T> {
    /// The names that stand for something else in another table, with what they stand for in both.
    pub(super) fn differing<'a>(&'a self, other: &'a Self) -> Vec<(&'a Key, Option<&'a T>, Option<&'a T>)> {
        let same = |a: &Arc<T>, b: &Arc<T>| Arc::ptr_eq(a, b) || a == b;
        let here = self.rows.iter().filter_map(|(key, row)| match other.rows.get(key) {
            Some(there) if same(row, there) => None,
            there => Some((key, Some(row.as_ref()), there.map(Arc::as_ref))),
        });
        let only_there = other.rows.iter().filter(|(key, _)| !self.rows.contains_key(key));
        here.chain(only_there.map(|(key, row)| (key, None, Some(row.as_ref())))).collect()
    }

    /// Takes a step apart against what is held now.
    pub(super) fn singles(&self, step: Step<T>) -> Vec<Single<T>> {
        match step {
            Step::Applied(object) => vec![Single::Put(object)],
            Step::Deleted(key, uid) => vec![Single::Remove(key, uid)],
            Step::Listed(objects) => difference(self.iter(), objects),
            Step::ListedIn(namespace, objects) => difference(self.iter_in(&namespace), objects),
        }
    }
}
