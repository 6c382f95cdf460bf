//! What can be decoded, and from what.

use serde::Deserialize;

use super::DecodeError;
use super::json::Str;
#[cfg(feature = "live")]
use super::meta::RawMeta;
use super::namespace::RawNamespace;
use super::node::RawNode;
use super::pod::RawPod;
use super::service::RawService;
use super::slice::RawSlice;
use crate::delta::{Delta, Step};
#[cfg(feature = "live")]
use crate::model::Uid;
use crate::model::{Interner, Key, Kind, Meta, Namespace, Node, Pod, Service, Slice, Text};

/// The form in which an object stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// One JSON document.
    Json,
}

/// An object and where it stands in the server's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<T> {
    /// The projection.
    pub object: T,
    /// `metadata.resourceVersion`; empty in files.
    pub version: String,
}

/// A kind of object that is watched.
pub trait Object: Clone + Send + Sized + 'static {
    /// Its kind.
    const KIND: Kind;

    /// Reads one object.
    fn decode(bytes: &[u8], wire: Wire, interner: &mut Interner) -> Result<Decoded<Self>, DecodeError>;

    /// Its name, identity and labels.
    fn meta(&self) -> &Meta;

    /// A step of it as a delta.
    fn delta(step: Step<Self>) -> Delta;
}

macro_rules! object {
    ($model:ident, $raw:ident) => {
        impl Object for $model {
            const KIND: Kind = Kind::$model;

            fn decode(bytes: &[u8], wire: Wire, interner: &mut Interner) -> Result<Decoded<Self>, DecodeError> {
                let raw = match wire {
                    Wire::Json => serde_json::from_slice::<$raw<'_>>(bytes)?,
                };
                let version = raw.metadata.resource_version.to_string();
                Ok(Decoded { object: raw.project(interner)?, version })
            }

            fn meta(&self) -> &Meta {
                &self.meta
            }

            fn delta(step: Step<Self>) -> Delta {
                Delta::$model(step)
            }
        }
    };
}

object!(Service, RawService);
object!(Slice, RawSlice);
object!(Pod, RawPod);
object!(Node, RawNode);
object!(Namespace, RawNamespace);

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNames<'a> {
    #[serde(borrow)]
    metadata: RawName<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawName<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    namespace: Str<'a>,
}

/// The key of an object that does not decode, where that much can be read.
pub fn key_of(bytes: &[u8], wire: Wire) -> Option<Key> {
    let names = match wire {
        Wire::Json => serde_json::from_slice::<RawNames<'_>>(bytes).ok()?.metadata,
    };
    let key = Key { namespace: Text::from(&*names.namespace), name: Text::from(&*names.name) };
    (!key.name.is_empty()).then_some(key)
}

#[cfg(feature = "live")]
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawHead<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
}

/// The name, identity and resourceVersion of any object, all else skipped: enough for a deletion.
#[cfg(feature = "live")]
pub(in crate::watch) fn head(
    bytes: &[u8],
    wire: Wire,
    interner: &mut Interner,
) -> Result<(Key, Uid, String), DecodeError> {
    let raw = match wire {
        Wire::Json => serde_json::from_slice::<RawHead<'_>>(bytes)?,
    };
    let meta = &raw.metadata;
    Ok((meta.key(interner)?, Uid::from(&*meta.uid), meta.resource_version.to_string()))
}
