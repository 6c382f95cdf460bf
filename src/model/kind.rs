//! The kinds of object that are watched.

/// A kind of Kubernetes object that podpath reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// core/v1 Service
    Service,
    /// discovery.k8s.io/v1 EndpointSlice
    Slice,
    /// core/v1 Pod
    Pod,
    /// core/v1 Node
    Node,
    /// core/v1 Namespace
    Namespace,
}

impl Kind {
    /// Every kind, in the order of the header.
    pub const ALL: [Self; 5] = [Self::Service, Self::Slice, Self::Pod, Self::Node, Self::Namespace];

    /// The API's plural name, as it stands in URLs and in RBAC rules.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Service => "services",
            Self::Slice => "endpointslices",
            Self::Pod => "pods",
            Self::Node => "nodes",
            Self::Namespace => "namespaces",
        }
    }

    /// The API's singular name.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Slice => "endpointslice",
            Self::Pod => "pod",
            Self::Node => "node",
            Self::Namespace => "namespace",
        }
    }

    /// Whether objects of this kind live in a namespace.
    pub fn namespaced(self) -> bool {
        match self {
            Self::Service | Self::Slice | Self::Pod => true,
            Self::Node | Self::Namespace => false,
        }
    }

    /// Its place in [`Kind::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}
