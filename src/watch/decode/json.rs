//! Borrowed pieces of JSON that take `null` for "absent", as Go does.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::{ConfigName, Interner, Text};

/// A string, borrowed where the JSON has no escapes; `null` is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Str<'a>(Cow<'a, str>);

impl<'a> Str<'a> {
    pub(super) fn borrowed(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    pub(super) fn owned(text: &str) -> Self {
        Self(Cow::Owned(text.to_owned()))
    }

    /// The shared form.
    pub(super) fn shared(&self, interner: &mut Interner) -> Text {
        interner.text(&self.0)
    }

    /// The shared form, if not empty.
    pub(super) fn some(&self, interner: &mut Interner) -> Option<Text> {
        (!self.0.is_empty()).then(|| interner.text(&self.0))
    }
}

impl<'a> From<Cow<'a, str>> for Str<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self(text)
    }
}

impl Deref for Str<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<'a>(PhantomData<&'a str>);
        impl<'de: 'a, 'a> Visitor<'de> for Text<'a> {
            type Value = Str<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Str(Cow::Owned(text.to_owned())))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Str::default())
            }
        }
        deserializer.deserialize_any(Text(PhantomData))
    }
}

/// A list; `null` is empty.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut found = Vec::new();
                while let Some(element) = seq.next_element()? {
                    found.push(element);
                }
                Ok(List(found))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(List::default())
            }
        }
        deserializer.deserialize_any(Elements(PhantomData))
    }
}

/// A map of strings; `null` is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pairs<'a>(pub(super) Vec<(Str<'a>, Str<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Entries { keep: |_: &str| true, lifetime: PhantomData }).map(Pairs)
    }
}

/// Annotations that podpath reads; all others are skipped unread.
pub(super) const NOTES: [&str; 3] = [
    "service.kubernetes.io/topology-mode",
    "service.kubernetes.io/topology-aware-hints",
    "endpoints.kubernetes.io/last-change-trigger-time",
];

/// The annotations in [`NOTES`]; `null` is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Notes<'a>(pub(super) Vec<(Str<'a>, Str<'a>)>);

impl<'a> Notes<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&Str<'a>> {
        self.0.iter().find(|(known, _)| &**known == key).map(|(_, value)| value)
    }

    /// Whether it is one that is read.
    pub(super) fn wants(key: &str) -> bool {
        NOTES.contains(&key)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Notes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Entries { keep: Self::wants, lifetime: PhantomData };
        deserializer.deserialize_any(entries).map(Notes)
    }
}

/// Keys of ConfigMaps that podpath reads; all others are skipped unread.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Texts<'a>(pub(super) Vec<(Str<'a>, Str<'a>)>);

impl<'a> Texts<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&Str<'a>> {
        self.0.iter().find(|(known, _)| &**known == key).map(|(_, value)| value)
    }

    /// Whether it is one that is read.
    pub(super) fn wants(key: &str) -> bool {
        ConfigName::ALL.into_iter().any(|name| name.key() == key)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Entries { keep: Self::wants, lifetime: PhantomData }).map(Texts)
    }
}

struct Entries<'a, F> {
    keep: F,
    lifetime: PhantomData<&'a str>,
}

impl<'de: 'a, 'a, F: Fn(&str) -> bool> Visitor<'de> for Entries<'a, F> {
    type Value = Vec<(Str<'a>, Str<'a>)>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of strings")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(key) = map.next_key::<Str<'a>>()? {
            if (self.keep)(&key) {
                found.push((key, map.next_value()?));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_absent_and_escapes_are_read() {
        assert_eq!(serde_json::from_str::<Str<'_>>("null").unwrap(), Str::default());
        assert_eq!(&*serde_json::from_str::<Str<'_>>(r#""a\u0041\n""#).unwrap(), "aA\n");
        assert_eq!(serde_json::from_str::<List<u8>>("null").unwrap(), List::default());
        assert_eq!(serde_json::from_str::<Pairs<'_>>("null").unwrap(), Pairs::default());
        assert!(serde_json::from_str::<Str<'_>>("5").is_err());
        assert!(serde_json::from_str::<Pairs<'_>>(r#"{"a": 5}"#).is_err());
    }

    #[test]
    fn only_the_annotations_we_read_are_kept() {
        let json = r#"{"kubectl": {"any": ["thing"]}, "service.kubernetes.io/topology-mode": "Auto"}"#;
        let notes: Notes<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(notes.0.len(), 1);
        assert_eq!(notes.get("service.kubernetes.io/topology-mode").map(|value| &**value), Some("Auto"));
    }
}
