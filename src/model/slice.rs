//! An EndpointSlice: a part of the list of where a Service's traffic may go.

use std::net::IpAddr;

use super::{Addresses, Key, Meta, Port, Protocol, Text, Time, Uid};

/// Label that binds a slice to a Service of its namespace (R3.1).
pub const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";
/// Label that names the writer of a slice.
pub const MANAGED_BY_LABEL: &str = "endpointslice.kubernetes.io/managed-by";

/// `addressType`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressType {
    /// IPv4 addresses.
    Ipv4,
    /// IPv6 addresses.
    Ipv6,
    /// Names: ignored by kube-proxy (R3.15).
    Fqdn,
    /// A value this program does not know, kept as it came.
    Other(Text),
}

/// Who writes a slice (semantics §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ManagedBy {
    /// The EndpointSlice controller, from the Service's selector.
    Controller,
    /// The mirroring controller, from a hand-made core/v1 Endpoints.
    Mirroring,
    /// The API server, for `default/kubernetes`.
    ApiServer,
    /// Anyone else.
    Custom,
}

/// `targetRef` of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRef {
    /// Almost always `Pod`.
    pub kind: Text,
    /// Its namespace; empty where the reference names none.
    pub namespace: Text,
    /// Its name.
    pub name: Text,
    /// Its identity; empty where the reference names none.
    pub uid: Uid,
}

/// `hints` of an endpoint (§3.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Zones that should use it.
    pub zones: Vec<Text>,
    /// Nodes that should use it.
    pub nodes: Vec<Text>,
}

/// One of `endpoints`. The three conditions are three facts; absent is not false (R4.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// Its IP addresses; of several, consumers use the first.
    pub addresses: Addresses,
    /// Its addresses as the API stores them, all of them, where they are names (in a slice of address type FQDN) or one is
    /// not in canonical form: DNS makes names from the text and compares it, everyone else reads the address.
    pub spelled: Option<Box<Spelled>>,
    /// `conditions.ready`
    pub ready: Option<bool>,
    /// `conditions.serving`
    pub serving: Option<bool>,
    /// `conditions.terminating`
    pub terminating: Option<bool>,
    /// The name DNS gives it within a headless Service.
    pub hostname: Option<Text>,
    /// `nodeName`
    pub node: Option<Text>,
    /// `zone`
    pub zone: Option<Text>,
    /// The object behind it.
    pub target: Option<Box<TargetRef>>,
    /// Who should use it; absent means everyone.
    pub hints: Option<Box<Hints>>,
}

/// Addresses as text. Few endpoints need it, so that it stands behind one pointer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spelled(pub Vec<Text>);

impl Endpoint {
    /// `conditions.ready`, where absent means yes (R4.4).
    pub fn is_ready(&self) -> bool {
        self.ready.unwrap_or(true)
    }

    /// `conditions.serving`, where absent means yes (R4.4).
    pub fn is_serving(&self) -> bool {
        self.serving.unwrap_or(true)
    }

    /// `conditions.terminating`, where absent means no (R4.4).
    pub fn is_terminating(&self) -> bool {
        self.terminating.unwrap_or(false)
    }

    /// Its addresses as text, exactly as the API stores them.
    pub fn texts(&self) -> Vec<Text> {
        match &self.spelled {
            Some(spelled) => spelled.0.clone(),
            None => self.addresses.as_slice().iter().map(|address| address.to_string().into()).collect(),
        }
    }

    /// Its names, in a slice of address type FQDN.
    pub fn names(&self) -> &[Text] {
        self.spelled.as_ref().map(|spelled| spelled.0.as_slice()).unwrap_or_default()
    }

    /// The address that consumers use.
    pub fn address(&self) -> Option<IpAddr> {
        self.addresses.first()
    }
}

/// One of a slice's `ports`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlicePort {
    /// Joins with the Service port's name; absent makes the port unusable (§4.2), empty is a name.
    pub name: Option<Text>,
    /// Absent means "all ports" to the API and nothing to kube-proxy.
    pub port: Option<Port>,
    /// Its protocol.
    pub protocol: Protocol,
    /// A hint such as `http`.
    pub app_protocol: Option<Text>,
}

/// discovery.k8s.io/v1 EndpointSlice
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Name, identity, labels.
    pub meta: Meta,
    /// Which kind of address its endpoints have.
    pub address_type: AddressType,
    /// `endpoints`; null in the API is an empty list here.
    pub endpoints: Vec<Endpoint>,
    /// `ports`; null in the API is an empty list here.
    pub ports: Vec<SlicePort>,
    /// Annotation `endpoints.kubernetes.io/last-change-trigger-time`.
    pub triggered: Option<Time>,
}

impl Slice {
    /// The Service it belongs to: the label's value, in the slice's own namespace (R3.1).
    pub fn service_name(&self) -> Option<&Text> {
        self.meta.labels.get(SERVICE_NAME_LABEL).filter(|name| !name.is_empty())
    }

    /// The key of that Service.
    pub fn service(&self) -> Option<Key> {
        let name = self.service_name()?.clone();
        Some(Key { namespace: self.meta.key.namespace.clone(), name })
    }

    /// Who writes it (§3.1).
    pub fn managed_by(&self) -> ManagedBy {
        match self.meta.labels.get(MANAGED_BY_LABEL).map(Text::as_str) {
            Some("endpointslice-controller.k8s.io") => ManagedBy::Controller,
            Some("endpointslicemirroring-controller.k8s.io") => ManagedBy::Mirroring,
            None if self.meta.key.namespace == "default" && self.meta.key.name == "kubernetes" => ManagedBy::ApiServer,
            Some(_) | None => ManagedBy::Custom,
        }
    }
}
