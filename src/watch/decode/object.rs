//! What can be decoded, and from what.

use serde::Deserialize;

use super::DecodeError;
use super::config_map::RawConfigMap;
use super::json::Str;
use super::namespace::RawNamespace;
use super::network_policy::RawPolicy;
use super::node::RawNode;
use super::pod::RawPod;
use super::protobuf::{self, Slot, Value, message};
use super::service::RawService;
use super::service_cidr::RawServiceCidr;
use super::slice::RawSlice;
use crate::delta::{Delta, Step};
#[cfg(feature = "live")]
use crate::model::Uid;
use crate::model::{
    ConfigMap, Interner, Key, Kind, Meta, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice, Text,
};

/// The form in which an object stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// One JSON document.
    Json,
    /// One protobuf message, in the envelope that the API server puts around every object.
    Protobuf,
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
    /// Reads one object.
    fn decode(bytes: &[u8], wire: Wire, interner: &mut Interner) -> Result<Decoded<Self>, DecodeError>;

    /// Its name, identity and labels.
    fn meta(&self) -> &Meta;

    /// A step of a stream of this kind as a delta.
    fn delta(kind: Kind, step: Step<Self>) -> Delta;
}

macro_rules! object {
    ($model:ident, $raw:ident, $delta:expr) => {
        impl Object for $model {
            fn decode(bytes: &[u8], wire: Wire, interner: &mut Interner) -> Result<Decoded<Self>, DecodeError> {
                let raw = match wire {
                    Wire::Json => serde_json::from_slice::<$raw<'_>>(bytes)?,
                    Wire::Protobuf => protobuf::read::<$raw<'_>>(protobuf::object(bytes)?)?,
                };
                let version = raw.metadata.resource_version.to_string();
                Ok(Decoded { object: raw.project(interner)?, version })
            }

            fn meta(&self) -> &Meta {
                &self.meta
            }

            fn delta(kind: Kind, step: Step<Self>) -> Delta {
                $delta(kind, step)
            }
        }
    };
}

object!(Service, RawService, |_, step| Delta::Service(step));
object!(Slice, RawSlice, |_, step| Delta::Slice(step));
object!(Pod, RawPod, |_, step| Delta::Pod(step));
object!(Node, RawNode, |_, step| Delta::Node(step));
object!(Namespace, RawNamespace, |_, step| Delta::Namespace(step));
object!(NetworkPolicy, RawPolicy, |_, step| Delta::NetworkPolicy(step));
object!(ServiceCidr, RawServiceCidr, |_, step| Delta::ServiceCidr(step));
object!(ConfigMap, RawConfigMap, config);

/// Which of the ConfigMaps a step is about is known by the stream: an empty list does not tell.
fn config(kind: Kind, step: Step<ConfigMap>) -> Delta {
    match kind {
        Kind::Config(name) => Delta::Config(name, step),
        Kind::Service
        | Kind::Slice
        | Kind::Pod
        | Kind::Node
        | Kind::Namespace
        | Kind::NetworkPolicy
        | Kind::ServiceCidr => unreachable!("a stream of ConfigMaps is of a kind of ConfigMap"),
    }
}

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

message!(RawNames<'a> { 1 => metadata });
message!(RawName<'a> { 1 => name, 3 => namespace });

/// The key of an object that does not decode, where that much can be read.
pub fn key_of(bytes: &[u8], wire: Wire) -> Option<Key> {
    let names = match wire {
        Wire::Json => serde_json::from_slice::<RawNames<'_>>(bytes).ok()?.metadata,
        Wire::Protobuf => {
            let mut names = RawNames::default();
            // What comes after them may be broken.
            let _ = names.fill(Value::Bytes(protobuf::object(bytes).ok()?));
            names.metadata
        }
    };
    let key = Key { namespace: Text::from(&*names.namespace), name: Text::from(&*names.name) };
    (!key.name.is_empty()).then_some(key)
}

#[cfg(feature = "live")]
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawHead<'a> {
    #[serde(borrow)]
    metadata: RawIdentity<'a>,
}

#[cfg(feature = "live")]
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawIdentity<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    namespace: Str<'a>,
    uid: Str<'a>,
    resource_version: Str<'a>,
}

#[cfg(feature = "live")]
message!(RawHead<'a> { 1 => metadata });
#[cfg(feature = "live")]
message!(RawIdentity<'a> { 1 => name, 3 => namespace, 5 => uid, 6 => resource_version });

/// The name, identity and resourceVersion of any object, all else skipped: enough for a deletion.
#[cfg(feature = "live")]
pub(in crate::watch) fn head(
    bytes: &[u8],
    wire: Wire,
    interner: &mut Interner,
) -> Result<(Key, Uid, String), DecodeError> {
    let raw = match wire {
        Wire::Json => serde_json::from_slice::<RawHead<'_>>(bytes)?,
        Wire::Protobuf => protobuf::read::<RawHead<'_>>(protobuf::object(bytes)?)?,
    };
    let RawIdentity { name, namespace, uid, resource_version } = raw.metadata;
    if name.is_empty() {
        return Err(DecodeError::NoName);
    }
    let key = Key { namespace: namespace.shared(interner), name: Text::from(&*name) };
    Ok((key, Uid::from(&*uid), resource_version.to_string()))
}
