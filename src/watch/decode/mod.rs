//! Projection at the edge: bytes of one API object → one `model` value, without anything in between that outlives it.
//!
//! Nothing here knows how the bytes came (that is `watch`), and nothing here needs kube or tokio, so that files and
//! test vectors are read by the very same code. A value that is odd but harmless (an unknown enum word, a bad IP among
//! good ones, `null` where a list belongs) never costs the object; a value of the wrong type does, and the object is
//! then named in the error. To add a field: the raw struct of its kind here, its projection, and both wire forms.

mod config_map;
mod error;
mod event;
mod file;
mod items;
mod json;
mod meta;
mod namespace;
mod network_policy;
mod node;
mod object;
mod pod;
mod pod_dns;
mod protobuf;
mod service;
mod service_cidr;
mod slice;

pub use error::DecodeError;
pub use event::{Event, Status};
pub use file::{FileError, Objects};
pub use items::{Items, LONGEST, ListEnd};
#[cfg(feature = "live")]
pub(super) use object::head;
pub use object::{Decoded, Object, Wire, key_of};
pub use protobuf::Broken;

use crate::model::{ConfigMap, Interner, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice};

/// Reads one core/v1 Service.
pub fn service(json: &[u8], interner: &mut Interner) -> Result<Service, DecodeError> {
    Service::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads one discovery.k8s.io/v1 EndpointSlice.
pub fn slice(json: &[u8], interner: &mut Interner) -> Result<Slice, DecodeError> {
    Slice::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads one core/v1 Pod.
pub fn pod(json: &[u8], interner: &mut Interner) -> Result<Pod, DecodeError> {
    Pod::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads one core/v1 Node.
pub fn node(json: &[u8], interner: &mut Interner) -> Result<Node, DecodeError> {
    Node::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads one core/v1 Namespace.
pub fn namespace(json: &[u8], interner: &mut Interner) -> Result<Namespace, DecodeError> {
    Namespace::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads one core/v1 ConfigMap.
pub fn config_map(json: &[u8], interner: &mut Interner) -> Result<ConfigMap, DecodeError> {
    ConfigMap::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads one networking.k8s.io/v1 NetworkPolicy.
pub fn network_policy(json: &[u8], interner: &mut Interner) -> Result<NetworkPolicy, DecodeError> {
    NetworkPolicy::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads one networking.k8s.io/v1 ServiceCIDR.
pub fn service_cidr(json: &[u8], interner: &mut Interner) -> Result<ServiceCidr, DecodeError> {
    ServiceCidr::decode(json, Wire::Json, interner).map(|decoded| decoded.object)
}

/// Reads a whole List document: each item on its own, so that a bad one costs only itself.
///
/// The outer error is a document that is no list.
pub fn list<T: Object>(json: &[u8], interner: &mut Interner) -> Result<Vec<Result<T, DecodeError>>, DecodeError> {
    let mut found = Vec::new();
    let mut items = Items::default();
    items.push(json, &mut |item| {
        found.push(T::decode(item, Wire::Json, interner).map(|decoded| decoded.object));
    })?;
    items.end()?;
    Ok(found)
}
