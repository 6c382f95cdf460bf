//! Why a Service selects nothing: the pods that come nearest to its selector.

use std::collections::BTreeMap;

use super::Store;
use crate::model::{Key, Kind, Text};

/// Pods that fail a selector by exactly one label, and in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The label's key.
    pub key: Text,
    /// The value that the selector wants.
    pub wanted: Text,
    /// The value that the pods have; `None`: they lack the label.
    pub found: Option<Text>,
    /// How many pods.
    pub pods: usize,
    /// One of them, the first by name.
    pub example: Key,
}

/// Pods of another namespace that the selector would match: Services select only in their own (D38).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// That namespace.
    pub namespace: Text,
    /// How many pods.
    pub pods: usize,
}

impl Store {
    /// The pods of the Service's namespace that fail its selector by one label, the most frequent way first. Empty where
    /// there is no selector; exact only while pods are [`complete`](Store::complete).
    pub fn near_misses(&self, service: &Key) -> Vec<NearMiss> {
        let Some(service) = self.services.get(service).filter(|service| service.selector.is_some()) else {
            return Vec::new();
        };
        let namespace = &service.meta.key.namespace;
        let mut found: BTreeMap<(Text, Option<Text>), NearMiss> = BTreeMap::new();
        for (labels, names) in self.index.label_sets(namespace) {
            let mut misses = service.selector.misses(labels);
            let (Some((key, wanted, value)), None) = (misses.next(), misses.next()) else { continue };
            // With one pair only, every pod of the namespace misses by one label: near are those that look like a slip.
            let slip = |found: &Text| strsim::levenshtein(found, wanted) <= 2.max(wanted.len() / 3);
            if service.selector.0.iter().len() == 1 && !value.is_some_and(slip) {
                continue;
            }
            let Some(first) = names.first() else { continue };
            let miss = found.entry((key.clone(), value.cloned())).or_insert_with(|| NearMiss {
                key: key.clone(),
                wanted: wanted.clone(),
                found: value.cloned(),
                pods: 0,
                example: Key { namespace: namespace.clone(), name: first.clone() },
            });
            miss.pods += names.len();
            if *first < miss.example.name {
                miss.example.name = first.clone();
            }
        }
        let mut misses: Vec<NearMiss> = found.into_values().collect();
        misses.sort_by_key(|miss| (likeness(miss), std::cmp::Reverse(miss.pods)));
        misses
    }

    /// Other namespaces with pods that the Service's selector would match.
    pub fn matches_elsewhere(&self, service: &Key) -> Vec<Elsewhere> {
        let Some(service) = self.services.get(service).filter(|service| service.selector.is_some()) else {
            return Vec::new();
        };
        let mut found: Vec<Elsewhere> = self
            .index
            .namespaces_with_pods()
            .filter(|namespace| **namespace != service.meta.key.namespace)
            .filter_map(|namespace| {
                let matching = self.index.label_sets(namespace).filter(|(labels, _)| service.selector.matches(labels));
                let pods = matching.map(|(_, names)| names.len()).sum();
                (pods > 0).then(|| Elsewhere { namespace: namespace.clone(), pods })
            })
            .collect();
        found.sort_by(|a, b| a.namespace.cmp(&b.namespace));
        found
    }

    /// Whether a Service selects nothing, and that is certain.
    pub fn selects_nothing(&self, service: &Key) -> bool {
        let selects = self.services.get(service).is_some_and(|service| service.selector.is_some());
        selects && self.complete_in(Kind::Pod, &service.namespace) && self.selected_count(service) == 0
    }
}

/// How far a value is from the one wanted, in edits; a missing label is farthest. Small is near: a typing error.
fn likeness(miss: &NearMiss) -> usize {
    miss.found.as_ref().map_or(usize::MAX, |found| strsim::levenshtein(found, &miss.wanted))
}
