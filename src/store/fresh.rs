//! Rows that the last batches have joined, because what has just changed mostly changes again: a pod first, then its slice.

use std::collections::HashMap;

use super::Row;
use crate::model::Key;

/// Rows of Services, exactly as they would be joined now: whatever touches a Service takes its rows out.
#[derive(Clone, Debug, Default)]
pub(super) struct Fresh {
    of: HashMap<Key, Vec<Row>>,
    rows: usize,
}

impl Fresh {
    /// Rows held at most.
    const MOST: usize = 1_024;

    /// Takes out the rows of a Service that is about to change.
    pub(super) fn take(&mut self, service: &Key) -> Option<Vec<Row>> {
        let rows = self.of.remove(service)?;
        self.rows -= rows.len();
        Some(rows)
    }

    /// Keeps the rows of a Service that has changed. What does not fit takes the place of everything else, and what is
    /// alone too much is not kept.
    pub(super) fn keep(&mut self, service: Key, rows: Vec<Row>) {
        self.take(&service);
        if self.rows + rows.len() > Self::MOST {
            self.forget();
        }
        if rows.len() <= Self::MOST {
            self.rows += rows.len();
            self.of.insert(service, rows);
        }
    }

    /// Everything may have changed.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
