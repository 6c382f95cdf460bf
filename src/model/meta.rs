//! What every object has: a name, an identity, labels, an owner and times.

use std::fmt;
use std::sync::Arc;

use super::{Labels, Text, Time};

/// Namespace and name. Cluster-scoped objects have an empty namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Empty for cluster-scoped kinds.
    pub namespace: Text,
    /// `metadata.name`
    pub name: Text,
}

impl Key {
    /// The key of a namespaced object.
    pub fn new(namespace: impl Into<Text>, name: impl Into<Text>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace.as_str() {
            "" => write!(f, "{}", self.name),
            namespace => write!(f, "{namespace}/{}", self.name),
        }
    }
}

/// `metadata.uid`: the identity of an object. A second object under the same name has another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Uid {
    /// The usual form, 128 bits written as 8-4-4-4-12 hexadecimal digits.
    Uuid([u8; 16]),
    /// Anything else; empty where a file left it out.
    Other(Text),
}

impl Default for Uid {
    fn default() -> Self {
        Self::Other(Text::default())
    }
}

impl From<&str> for Uid {
    fn from(text: &str) -> Self {
        uuid(text.as_bytes()).map_or_else(|| Self::Other(text.into()), Self::Uuid)
    }
}

/// The bytes of 8-4-4-4-12 lower-case digits.
fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 16];
    let mut at = 0;
    let groups = [&text.get(..8)?, &text.get(9..13)?, &text.get(14..18)?, &text.get(19..23)?, &text.get(24..36)?];
    let dashed = text.len() == 36 && [8, 13, 18, 23].into_iter().all(|at| text[at] == b'-');
    for pair in groups.into_iter().flat_map(|group| group.chunks_exact(2)).take_while(|_| dashed) {
        bytes[at] = digit(pair[0])? << 4 | digit(pair[1])?;
        at += 1;
    }
    (at == 16).then_some(bytes)
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(value) => {
                let hex = format!("{:032x}", u128::from_be_bytes(*value));
                write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
            }
            Self::Other(text) => write!(f, "{text}"),
        }
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uid({self})")
    }
}

/// The owner with `controller: true`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// For example `ReplicaSet`.
    pub kind: Text,
    /// Its `metadata.name`.
    pub name: Text,
    /// Its `metadata.uid`.
    pub uid: Uid,
}

/// The part of `metadata` that is read of every kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Namespace and name.
    pub key: Key,
    /// Identity.
    pub uid: Uid,
    /// Labels, shared between equal sets.
    pub labels: Labels,
    /// `creationTimestamp`; absent only in files.
    pub created: Option<Time>,
    /// `deletionTimestamp`: set from the moment deletion was asked until the object is gone.
    pub deleted: Option<Time>,
    /// The controlling owner, shared between its objects.
    pub owner: Option<Arc<Owner>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_written_as_it_was_read() {
        for text in [
            "3b241101-e2bb-4255-8caf-4136c566a962",
            "",
            "u-1",
            "3B241101-e2bb-4255-8caf-4136c566a962",
            "------------------------------------",
        ] {
            assert_eq!(Uid::from(text).to_string(), text);
        }
    }
}
