//! The kinds of object that are read.

use super::ConfigName;

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
    /// networking.k8s.io/v1 NetworkPolicy
    NetworkPolicy,
    /// networking.k8s.io/v1 ServiceCIDR
    ServiceCidr,
    /// core/v1 ConfigMap, one of those with a name that we read: each is known by itself.
    Config(ConfigName),
}

impl Kind {
    /// The kinds that are always watched.
    pub const CORE: [Self; 5] = [Self::Service, Self::Slice, Self::Pod, Self::Node, Self::Namespace];

    /// Every kind, in the order of the header. Those after [`Kind::CORE`] are read when an answer first needs them.
    pub const ALL: [Self; 12] = [
        Self::Service,
        Self::Slice,
        Self::Pod,
        Self::Node,
        Self::Namespace,
        Self::NetworkPolicy,
        Self::ServiceCidr,
        Self::Config(ConfigName::Coredns),
        Self::Config(ConfigName::KubeProxy),
        Self::Config(ConfigName::KubeletConfig),
        Self::Config(ConfigName::KubeadmConfig),
        Self::Config(ConfigName::NodeLocalDns),
    ];

    /// The API's plural name, as it stands in URLs and in RBAC rules.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Service => "services",
            Self::Slice => "endpointslices",
            Self::Pod => "pods",
            Self::Node => "nodes",
            Self::Namespace => "namespaces",
            Self::NetworkPolicy => "networkpolicies",
            Self::ServiceCidr => "servicecidrs",
            Self::Config(_) => "configmaps",
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
            Self::NetworkPolicy => "networkpolicy",
            Self::ServiceCidr => "servicecidr",
            Self::Config(_) => "configmap",
        }
    }

    /// The plural name, with the object's where it is one object that is read: no two kinds share it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config(ConfigName::Coredns) => "configmaps/coredns",
            Self::Config(ConfigName::KubeProxy) => "configmaps/kube-proxy",
            Self::Config(ConfigName::KubeletConfig) => "configmaps/kubelet-config",
            Self::Config(ConfigName::KubeadmConfig) => "configmaps/kubeadm-config",
            Self::Config(ConfigName::NodeLocalDns) => "configmaps/node-local-dns",
            Self::Service
            | Self::Slice
            | Self::Pod
            | Self::Node
            | Self::Namespace
            | Self::NetworkPolicy
            | Self::ServiceCidr => self.resource(),
        }
    }

    /// Whether it is watched in the namespaces that are chosen. A ConfigMap stands in one place, whatever is chosen.
    pub fn namespaced(self) -> bool {
        match self {
            Self::Service | Self::Slice | Self::Pod | Self::NetworkPolicy => true,
            Self::Node | Self::Namespace | Self::ServiceCidr | Self::Config(_) => false,
        }
    }

    /// Whether it is read only when an answer needs it.
    pub fn on_demand(self) -> bool {
        !Self::CORE.contains(&self)
    }

    /// Its place in [`Kind::ALL`].
    pub fn index(self) -> usize {
        match self {
            Self::Service => 0,
            Self::Slice => 1,
            Self::Pod => 2,
            Self::Node => 3,
            Self::Namespace => 4,
            Self::NetworkPolicy => 5,
            Self::ServiceCidr => 6,
            Self::Config(name) => 7 + name.index(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_place_and_name() {
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), at, "{kind:?}");
            assert_eq!(Kind::ALL.into_iter().filter(|other| other.name() == kind.name()).count(), 1, "{kind:?}");
        }
        assert_eq!(Kind::ALL[..Kind::CORE.len()], Kind::CORE);
        assert!(ConfigName::ALL.into_iter().all(|name| Kind::Config(name).name().ends_with(name.as_str())));
    }
}
