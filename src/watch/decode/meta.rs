//! `metadata`, as far as it is read.

use serde::Deserialize;

use super::DecodeError;
use super::json::{List, Notes, Pairs, Str};
use crate::model::{Interner, Key, Labels, Meta, Owner, Selector, Text, Time, Uid};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawMeta<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
    pub(super) namespace: Str<'a>,
    pub(super) uid: Str<'a>,
    pub(super) resource_version: Str<'a>,
    pub(super) creation_timestamp: Str<'a>,
    pub(super) deletion_timestamp: Str<'a>,
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
            created: time(&self.creation_timestamp),
            deleted: time(&self.deletion_timestamp),
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
