//! Projection at the edge: the bytes of one API object become a model value, and nothing else is kept.
//!
//! Own wire types with borrowed text, because decoding a whole typed Pod costs about ten times the time and more than a
//! hundred times the memory of the fields that are used. Only the fields of the model are named; the rest is skipped.
//! To add a field: name it in the wire type of its kind, carry it over in `project`.
//!
//! Decoding is forgiving where the API is: `null` for an absent list, an unknown enum value, an address that does not
//! parse. It fails only where an object cannot be told from another: no name, or a value of the wrong type.

mod event;
mod meta;
mod namespace;
mod node;
mod pod;
mod service;
mod slice;
mod status;
mod text;

pub use event::{Bookmark, Event, Page, event, list};
pub use status::{Status, status};

use crate::delta::{Delta, Skipped, Step};
use crate::model::{Interner, Kind, Meta, Namespace, Node, Pod, Service, Slice};

/// A kind that can be read from its JSON form.
pub trait Decode: Sized {
    /// Its kind.
    const KIND: Kind;

    /// Reads one object, and its resource version.
    ///
    /// # Errors
    /// What is wrong and where, for people.
    fn decode(json: &[u8], interner: &mut Interner) -> Result<(Self, Option<Version>), DecodeError>;

    /// Its name and identity.
    fn meta(&self) -> &Meta;

    /// The delta of a step of this kind.
    fn delta(step: Step<Self>) -> Delta;
}

/// A resource version: opaque, handed back to the server as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub Box<str>);

/// An object that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(String);

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

macro_rules! decode {
    ($kind:ident, $wire:ty) => {
        impl Decode for $kind {
            const KIND: Kind = Kind::$kind;

            fn decode(json: &[u8], interner: &mut Interner) -> Result<(Self, Option<Version>), DecodeError> {
                let wire: $wire = serde_json::from_slice(json)?;
                let version = wire.metadata.version();
                Ok((wire.project(interner)?, version))
            }

            fn meta(&self) -> &Meta {
                &self.meta
            }

            fn delta(step: Step<Self>) -> Delta {
                Delta::$kind(step)
            }
        }
    };
}
decode!(Service, service::Wire<'_>);
decode!(Slice, slice::Wire<'_>);
decode!(Pod, pod::Wire<'_>);
decode!(Node, node::Wire<'_>);
decode!(Namespace, namespace::Wire<'_>);

/// What is kept of an object that cannot be read: its name, if that much can be, and why.
pub fn skipped(json: &[u8], error: &DecodeError) -> Skipped {
    Skipped { key: meta::key_only(json), why: error.0.as_str().into() }
}
