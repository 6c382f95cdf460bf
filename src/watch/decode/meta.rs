//! `metadata`, of every kind.

use serde::Deserialize;

use super::text::{Pairs, Str};
use super::{DecodeError, Version};
use crate::model::{Interner, Key, Labels, Meta, Owner, Text, Time, Uid};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    namespace: Option<Str<'a>>,
    uid: Option<Str<'a>>,
    labels: Option<Pairs<'a>>,
    annotations: Option<Pairs<'a>>,
    creation_timestamp: Option<Str<'a>>,
    deletion_timestamp: Option<Str<'a>>,
    owner_references: Option<Vec<OwnerReference<'a>>>,
    resource_version: Option<Str<'a>>,
}

#[derive(Debug, Deserialize)]
struct OwnerReference<'a> {
    #[serde(borrow)]
    kind: Option<Str<'a>>,
    name: Option<Str<'a>>,
    uid: Option<Str<'a>>,
    controller: Option<bool>,
}

pub(super) fn time(text: Option<&Str<'_>>) -> Option<Time> {
    text.and_then(|text| Time::parse(text.as_str()))
}

pub(super) fn labels(pairs: Option<&Pairs<'_>>, interner: &mut Interner) -> Labels {
    let pairs = pairs.map_or(&[][..], |pairs| &pairs.0);
    let labels = Labels::new(pairs.iter().map(|(key, value)| (key.shared(interner), value.shared(interner))));
    interner.labels(labels)
}

impl Wire<'_> {
    pub(super) fn version(&self) -> Option<Version> {
        let version = self.resource_version.as_ref().filter(|version| !version.as_str().is_empty());
        version.map(|version| Version(version.as_str().into()))
    }

    pub(super) fn annotation(&self, key: &str) -> Option<&Str<'_>> {
        self.annotations.as_ref()?.get(key)
    }

    pub(super) fn project(&self, interner: &mut Interner) -> Result<Meta, DecodeError> {
        let name = self.name.as_ref().filter(|name| !name.as_str().is_empty());
        let name = name.ok_or_else(|| DecodeError("metadata.name is missing".into()))?;
        let namespace = interner.text(self.namespace.as_ref().map_or("", Str::as_str));
        let owner = self.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
        let owner = owner.map(|owner| {
            Box::new(Owner {
                kind: interner.text(owner.kind.as_ref().map_or("", Str::as_str)),
                name: interner.text(owner.name.as_ref().map_or("", Str::as_str)),
                uid: Uid::from(owner.uid.as_ref().map_or("", Str::as_str)),
            })
        });
        Ok(Meta {
            key: Key { namespace, name: name.own() },
            uid: Uid::from(self.uid.as_ref().map_or("", Str::as_str)),
            labels: labels(self.labels.as_ref(), interner),
            created: time(self.creation_timestamp.as_ref()),
            deleted: time(self.deletion_timestamp.as_ref()),
            owner,
        })
    }
}

/// The key of an object whose rest cannot be read.
pub(super) fn key_only(json: &[u8]) -> Option<Key> {
    #[derive(Deserialize)]
    struct Outer<'a> {
        #[serde(borrow)]
        metadata: Inner<'a>,
    }
    #[derive(Deserialize)]
    struct Inner<'a> {
        #[serde(borrow)]
        name: Str<'a>,
        namespace: Option<Str<'a>>,
    }
    let Outer { metadata } = serde_json::from_slice(json).ok()?;
    let namespace = metadata.namespace.as_ref().map(Str::own).unwrap_or_else(Text::default);
    Some(Key { namespace, name: metadata.name.own() })
}
