//! May "there is none" be said? The one place that asks the store how well a kind is known.

use crate::model::{Kind, Text};
use crate::store::Store;

/// Whether the objects of `kind` in `namespace` (all of them: `None`) that are held are all there are.
pub(super) fn known(store: &Store, kind: Kind, namespace: Option<&Text>) -> bool {
    match namespace.filter(|_| kind.namespaced()) {
        Some(namespace) => store.known(kind, namespace).complete(),
        None => store.complete_everywhere(kind),
    }
}
