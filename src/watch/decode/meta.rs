//! `metadata`, as far as it is read.

use serde::{Deserialize, Deserializer};

use super::DecodeError;
use super::json::{List, Notes, Pairs, Str};
use super::protobuf::{Broken, Fields, Slot, Value, message};
use crate::model::{Interner, Key, Labels, Meta, Owner, Selector, Text, Time, Uid};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawMeta<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) namespace: Str<'a>,
    pub(super) uid: Str<'a>,
    pub(super) resource_version: Str<'a>,
    pub(super) creation_timestamp: RawTime<'a>,
    pub(super) deletion_timestamp: RawTime<'a>,
    pub(super) deletion_grace_period_seconds: Option<i64>,
    pub(super) labels: Pairs<'a>,
    pub(super) annotations: Notes<'a>,
    pub(super) owner_references: List<RawOwner<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawOwner<'a> {
    #[serde(borrow)]
    pub(super) kind: Str<'a>,
    pub(super) name: Str<'a>,
    pub(super) uid: Str<'a>,
    pub(super) controller: Option<bool>,
}

message!(RawMeta<'a> {
    1 => name,
    3 => namespace,
    5 => uid,
    6 => resource_version,
    8 => creation_timestamp,
    9 => deletion_timestamp,
    10 => deletion_grace_period_seconds,
    11 => labels,
    12 => annotations,
    13 => owner_references,
});
message!(RawOwner<'a> { 1 => kind, 3 => name, 4 => uid, 6 => controller });

/// A moment: RFC 3339 in JSON, seconds since 1970 in protobuf.
#[derive(Debug, Default, PartialEq)]
pub(super) enum RawTime<'a> {
    #[default]
    Absent,
    Text(Str<'a>),
    Seconds(i64),
}

impl RawTime<'_> {
    pub(super) fn read(&self) -> Option<Time> {
        match self {
            Self::Absent => None,
            Self::Text(text) => time(text),
            Self::Seconds(seconds) => seconds.checked_mul(1_000).map(Time),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawTime<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Str::deserialize(deserializer).map(Self::Text)
    }
}

impl<'a> Slot<'a> for RawTime<'a> {
    /// The zero moment is an empty message; a server writes whole seconds only.
    fn fill(&mut self, value: Value<'a>) -> Result<(), Broken> {
        let mut fields = Fields::of(value)?;
        while let Some((number, value)) = fields.next()? {
            if number == 1 {
                *self = Self::Seconds(value.number()?.cast_signed());
            }
        }
        Ok(())
    }
}

impl RawMeta<'_> {
    pub(super) fn key(&self, interner: &mut Interner) -> Result<Key, DecodeError> {
        if self.name.is_empty() {
            return Err(DecodeError::NoName);
        }
        Ok(Key { namespace: self.namespace.shared(interner), name: Text::from(&*self.name) })
    }

    pub(super) fn project(&self, interner: &mut Interner) -> Result<Meta, DecodeError> {
        Ok(Meta {
            key: self.key(interner)?,
            uid: Uid::from(&*self.uid),
            labels: labels(&self.labels, interner),
            created: self.creation_timestamp.read(),
            deleted: self.deletion_timestamp.read(),
            owner: self.owner_references.iter().find(|owner| owner.controller == Some(true)).map(|owner| {
                let (kind, name) = (owner.kind.shared(interner), owner.name.shared(interner));
                interner.owner(Owner { kind, name, uid: Uid::from(&*owner.uid) })
            }),
        })
    }
}

pub(super) fn labels(pairs: &Pairs<'_>, interner: &mut Interner) -> Labels {
    let shared: Vec<(Text, Text)> =
        pairs.0.iter().map(|(key, value)| (key.shared(interner), value.shared(interner))).collect();
    interner.labels(Labels::new(shared))
}

pub(super) fn selector(pairs: &Pairs<'_>, interner: &mut Interner) -> Selector {
    Selector(labels(pairs, interner))
}

pub(super) fn time(text: &str) -> Option<Time> {
    if text.is_empty() { None } else { Time::parse(text) }
}
