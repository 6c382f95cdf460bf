//! What belongs to the story of a Service: its own entries, and those of its pods.

use super::{Entry, Subject};
use crate::model::{Key, Set, Text, Uid};
use crate::store::{RowId, Store};

/// A Service and the pods that are or were its own: what its whole story is about.
#[derive(Clone, Debug)]
pub struct Story {
    service: Key,
    pods: Set<Uid>,
}

impl Story {
    /// The story of a Service from here on.
    pub fn of(service: &Key, store: &Store) -> Self {
        let mut story = Self { service: service.clone(), pods: Set::default() };
        story.meet(store);
        story
    }

    /// Takes in the pods that the Service has now.
    fn meet(&mut self, store: &Store) {
        for row in store.rows(&self.service) {
            self.pod(&row.id);
        }
    }

    /// Pods remembered; those that are gone are forgotten when there are more.
    const MOST: usize = 8_192;

    /// Takes in the pods that entries name; `store` is what there is after them. Call it before [`Story::tells`].
    pub fn hear<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>, store: &Store) {
        if self.pods.len() > Self::MOST {
            self.pods.clear();
            self.meet(store);
        }
        for entry in entries {
            if let Subject::Row(service, id) = &entry.on
                && *service == self.service
            {
                self.pod(id);
            }
        }
    }

    /// Whether a pod is or was its own.
    pub fn holds(&self, pod: &Uid) -> bool {
        self.pods.contains(pod)
    }

    fn pod(&mut self, id: &RowId) {
        if let RowId::Pod(uid) = id {
            self.pods.insert(uid.clone());
        }
    }

    /// Whether an entry is part of it: of the Service, its slices, its rows or one of its pods.
    pub fn tells(&self, entry: &Entry) -> bool {
        match &entry.on {
            Subject::Pod(_, uid) => self.pods.contains(uid),
            Subject::Service(_) | Subject::Slice(_) | Subject::Row(..) | Subject::Node(_) => {
                Subject::Service(self.service.clone()).tells(entry)
            }
        }
    }
}

impl Entry {
    /// The namespace of what it happened to; nothing for a node.
    pub fn namespace(&self) -> Option<&Text> {
        match &self.on {
            Subject::Service(key) | Subject::Slice(key) | Subject::Row(key, _) | Subject::Pod(key, _) => {
                Some(&key.namespace)
            }
            Subject::Node(_) => None,
        }
    }
}
