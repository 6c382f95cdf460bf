//! Text on the wire: borrowed where it holds no escape.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::model::{Interner, Text};

/// A string that borrows from the input wherever it can, also inside `Option` and `Vec`, where a plain `Cow` does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Str<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text))
            }
        }
        deserializer.deserialize_str(Borrow).map(Self)
    }
}

impl Str<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its own allocation: for names that few objects share.
    pub(super) fn own(&self) -> Text {
        Text::from(self.as_str())
    }

    /// The shared allocation: for values that many objects share.
    pub(super) fn shared(&self, interner: &mut Interner) -> Text {
        interner.text(self.as_str())
    }
}

/// An optional string, shared; empty is absent.
pub(super) fn shared(text: Option<&Str<'_>>, interner: &mut Interner) -> Option<Text> {
    text.filter(|text| !text.as_str().is_empty()).map(|text| text.shared(interner))
}

/// An optional string, shared; absent is empty.
pub(super) fn shared_or_empty(text: Option<&Str<'_>>, interner: &mut Interner) -> Text {
    interner.text(text.map_or("", Str::as_str))
}

/// A map of strings in the order of the input; values that are no strings are an error, `null` ones are empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs<'a>(pub(super) Vec<(Str<'a>, Str<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(Str<'de>, Str<'de>)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::with_capacity(8);
                while let Some((key, value)) = map.next_entry::<Str<'de>, Option<Str<'de>>>()? {
                    pairs.push((key, value.unwrap_or_default()));
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Collect).map(Self)
    }
}

impl Pairs<'_> {
    pub(super) fn get(&self, key: &str) -> Option<&Str<'_>> {
        self.0.iter().find(|(known, _)| known.as_str() == key).map(|(_, value)| value)
    }
}
