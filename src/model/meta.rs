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
        let bytes = text.as_bytes();
        let dashed = bytes.len() == 36 && [8, 13, 18, 23].iter().all(|&at| bytes[at] == b'-');
        let mut value: u128 = 0;
        if dashed {
            for &byte in bytes.iter().filter(|&&byte| byte != b'-') {
                match byte {
                    b'0'..=b'9' => value = value << 4 | u128::from(byte - b'0'),
                    b'a'..=b'f' => value = value << 4 | u128::from(byte - b'a' + 10),
                    _ => return Self::Other(text.into()),
                }
            }
            if bytes.iter().filter(|&&byte| byte == b'-').count() == 4 {
                return Self::Uuid(value.to_be_bytes());
            }
        }
        Self::Other(text.into())
    }
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
