//! What of all that happens `podpath events` tells: everything, or the story of a Service, a pod or a node.

use std::collections::HashSet;

use color_eyre::eyre::Result;

use super::known::Known;
use super::tell;
use crate::churn::{Entry, Story, Subject};
use crate::config;
use crate::model::{Key, Text, Uid};
use crate::report::EventsOf;
use crate::store::RowId;

/// What is told.
pub(super) struct Page {
    of: Of,
    /// Entries of several namespaces may come.
    pub(super) several: bool,
}

enum Of {
    Everything,
    Service(Key, Story),
    /// All pods of this name, one after another, and their endpoints.
    Pod(Key, HashSet<Uid>),
    Node(Text),
}

impl Page {
    /// The page of an object that is or was there.
    ///
    /// # Errors
    /// It neither is nor was, as far as is known.
    pub(super) fn new(known: &Known, subject: Option<config::Subject>) -> Result<Self> {
        let key = |name: String| Key { namespace: known.namespace.clone(), name: name.into() };
        let of = match subject {
            None => Of::Everything,
            Some(config::Subject::Service(name)) => {
                let key = key(name);
                Of::service(known, &key).ok_or_else(|| tell::no_service(known, &key))?
            }
            Some(config::Subject::Pod(name)) => {
                let key = key(name);
                Of::pod(known, &key).ok_or_else(|| tell::no_pod(known, &key))?
            }
            Some(config::Subject::Node(name)) => Of::node(known, &name).ok_or_else(|| tell::no_node(known, &name))?,
            Some(config::Subject::Named(name)) => {
                let key = key(name);
                let found = Of::service(known, &key).or_else(|| Of::pod(known, &key));
                let found = found.or_else(|| Of::node(known, &key.name));
                found.ok_or_else(|| tell::nothing_named(known, &key, true))?
            }
        };
        let several = matches!(of, Of::Everything) && known.scope.single().is_none();
        Ok(Self { of, several })
    }

    /// What it is about; `None`: everything.
    pub(super) fn about(&self) -> Option<EventsOf> {
        match &self.of {
            Of::Everything => None,
            Of::Service(key, _) => Some(EventsOf::Service(key.clone())),
            Of::Pod(key, _) => Some(EventsOf::Pod(key.clone())),
            Of::Node(name) => Some(EventsOf::Node(name.clone())),
        }
    }

    /// Takes in what entries tell of who belongs to it. Call it before [`Page::tells`].
    pub(super) fn hear<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>, known: &Known) {
        match &mut self.of {
            Of::Service(_, story) => story.hear(entries, &known.store),
            Of::Pod(own, uids) => uids.extend(entries.filter_map(|entry| match &entry.on {
                Subject::Pod(key, uid) if key == own => Some(uid.clone()),
                Subject::Pod(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Row(..) | Subject::Node(_) => {
                    None
                }
            })),
            Of::Everything | Of::Node(_) => {}
        }
    }

    /// Whether an entry is part of it.
    pub(super) fn tells(&self, entry: &Entry, known: &Known) -> bool {
        match (&self.of, entry.namespace()) {
            (Of::Service(_, story), _) => story.tells(entry),
            (Of::Pod(own, uids), _) => match &entry.on {
                Subject::Pod(key, _) => key == own,
                Subject::Row(_, RowId::Pod(uid)) => uids.contains(uid),
                Subject::Row(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Node(_) => false,
            },
            (Of::Node(name), _) => entry.on == Subject::Node(name.clone()),
            (Of::Everything, Some(namespace)) => known.store.shows(namespace) && known.scope.holds(namespace),
            (Of::Everything, None) => true,
        }
    }
}

impl Of {
    fn service(known: &Known, key: &Key) -> Option<Self> {
        let subject = Subject::Service(key.clone());
        let told = || known.past.as_deref().is_some_and(|past| past.ledger.of(&subject).next().is_some());
        let there = known.store.service(key).is_some() || told();
        there.then(|| Self::Service(key.clone(), Story::of(key, &known.store)))
    }

    fn pod(known: &Known, key: &Key) -> Option<Self> {
        let uid = known.store.pod(key).map(|pod| pod.meta.uid.clone());
        let there = uid.is_some() || happened(known, |on| matches!(on, Subject::Pod(own, _) if own == key));
        there.then(|| Self::Pod(key.clone(), uid.into_iter().collect()))
    }

    fn node(known: &Known, name: &str) -> Option<Self> {
        let node = Subject::Node(name.into());
        let there = known.store.nodes().any(|node| node.meta.key.name == *name) || happened(known, |on| *on == node);
        there.then(|| Self::Node(name.into()))
    }
}

/// Whether something happened to an object that is wanted.
fn happened(known: &Known, wanted: impl Fn(&Subject) -> bool) -> bool {
    known.past.as_deref().is_some_and(|past| past.ledger.entries().any(|entry| wanted(&entry.on)))
}
