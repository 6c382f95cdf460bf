//! A filter over the whole cluster: what each key that is typed costs.
//!
//! Services are asked first, then the entries of slices as they lie in memory; rows are joined only where an answer
//! needs them. The result is the one that [`Filter::find`] gives for each Service.

use super::filter::{Entry, Filter, Found, Met};
use crate::model::{AddressType, Key, Kind, Map, Slice};
use crate::store::Store;

impl Filter {
    /// Where each of `keys` is found; those that are not found are left out.
    pub(super) fn search(&self, store: &Store, keys: &[Key]) -> Map<Key, Found> {
        let all = self.all();
        let mut found: Vec<(Key, Found)> = Vec::new();
        // Services that are found if one of their entries is.
        let mut open: Map<&Key, Met> = Map::default();
        let in_words = self.in_words();
        let joined = self.by_label() || !store.complete(Kind::Slice);
        for key in keys {
            let Some(met) = self.service(store, key) else { continue };
            if met == all {
                found.push((key.clone(), Found::Whole));
                continue;
            }
            let summary = store.summary(key);
            let worded = summary.worst.is_some() && in_words & !met != 0;
            if joined || worded || summary.beyond_slices || (summary.merged && self.several()) {
                if store.rows(key).iter().any(|row| self.row(met, row) == all) {
                    found.push((key.clone(), Found::Inside));
                }
                continue;
            }
            open.insert(key, met);
        }
        if !open.is_empty() {
            for slice in store.slices() {
                let Some(name) = slice.service_name() else { continue };
                let key = Key { namespace: slice.meta.key.namespace.clone(), name: name.clone() };
                let Some(met) = open.get(&key) else { continue };
                if self.in_slice(*met, slice) {
                    open.remove(&key);
                    found.push((key, Found::Inside));
                }
            }
        }
        found.into_iter().collect()
    }

    fn in_slice(&self, met: Met, slice: &Slice) -> bool {
        let by_address = matches!(slice.address_type, AddressType::Ipv4 | AddressType::Ipv6);
        let own = slice.meta.key.namespace.as_str();
        slice.endpoints.iter().any(|endpoint| {
            if by_address && endpoint.addresses.is_empty() {
                return false;
            }
            let object = endpoint.target.as_deref().map(|target| {
                let namespace = if target.namespace.is_empty() { own } else { target.namespace.as_str() };
                (namespace, target.name.as_str())
            });
            let node = endpoint.node.as_deref();
            if by_address {
                let entry = Entry { addresses: endpoint.addresses.as_slice(), name: None, object, node };
                return self.entry(met, &entry) == self.all();
            }
            endpoint.names().iter().any(|name| {
                let entry = Entry { addresses: &[], name: Some(name), object: None, node };
                self.entry(met, &entry) == self.all()
            })
        })
    }
}
