//! Tables for keys made of text, which are looked up several times for each event: the standard library's hash of a name
//! costs more than comparing it. The seed is another one in each process, so that no cluster can aim at collisions.

use std::collections::{HashMap, HashSet};

pub use foldhash::fast::RandomState as Hashing;

/// A map by hash.
pub type Map<K, V> = HashMap<K, V, Hashing>;

/// A set by hash.
pub type Set<T> = HashSet<T, Hashing>;
