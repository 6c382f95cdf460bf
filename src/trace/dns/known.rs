//! May "there is none" be said? The one place that asks the store how well a kind is known.

use crate::model::{Kind, Text};
use crate::store::Store;

/// Whether the objects of `kind` in `namespace` (all of them: `None`) that are held are all there are.
pub(super) fn known(store: &Store, kind: Kind, _namespace: Option<&Text>) -> bool {
    store.complete(kind)
}
