//! What a cluster holds, as plain values: the few fields of each Kubernetes object that decide where traffic goes.
//!
//! Nothing here knows how a value was fetched, joined or drawn. `PartialEq` on a value is the definition of "changed":
//! a field that is not here cannot cause an update, so a heartbeat in a Node or a probe time in a Pod costs nothing.
//! To add a kind: a file here, a variant in [`Kind`], then follow the compiler through `delta`, `store` and `watch`.

mod address;
mod cidr;
mod clock;
mod config_map;
mod hash;
mod kind;
mod label_selector;
mod labels;
mod meta;
mod moment;
mod namespace;
mod network_policy;
mod node;
mod pod;
mod pod_dns;
mod port;
mod scope;
mod service;
mod service_cidr;
mod slice;
mod text;
mod time;

pub use address::{Addresses, Family};
pub use cidr::Cidr;
pub use clock::ClockReading;
pub use config_map::{ConfigMap, ConfigName, ConfigText};
pub use hash::{Hashing, Map, Set};
pub use kind::Kind;
pub use label_selector::{LabelSelector, Operator, Requirement};
pub use labels::{Labels, Selector};
pub use meta::{Key, Meta, Owner, Uid};
pub use moment::{Clock, Moment, MomentError, Reach, Record};
pub use namespace::Namespace;
pub use network_policy::NetworkPolicy;
pub use node::{Node, NodeReady};
pub use pod::{
    Condition, Container, ContainerKind, ContainerPort, ContainerState, ContainerStatus, Phase, Pod, PodRare, Truth,
};
pub use pod_dns::{DnsConfig, DnsOption, DnsPolicy, HostAlias};
pub use port::{Port, Protocol, TargetPort};
pub use scope::Scope;
pub use service::{
    Affinity, ClusterIp, IpMode, LoadBalancerIngress, Service, ServiceKind, ServicePort, ServiceRare, TrafficPolicy,
};
pub use service_cidr::ServiceCidr;
pub use slice::{
    AddressType, Endpoint, Hints, MANAGED_BY_LABEL, ManagedBy, SERVICE_NAME_LABEL, Slice, SlicePort, Spelled, TargetRef,
};
pub use text::{Interner, Text};
pub use time::{Second, Time};
