//! The store: tables, indexes, what is known, and plain look-ups.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::index::Index;
use super::knowledge::Knowledge;
use super::table::Table;
use super::{Bound, Row, Summary};
use crate::delta::Purpose;
use crate::model::{
    ConfigMap, ConfigName, Key, Kind, Map, Namespace, NetworkPolicy, Node, Pod, Port, Service, ServiceCidr, Slice,
    Text, Time,
};

/// All that is known of the cluster.
#[derive(Clone, Debug, Default)]
pub struct Store {
    pub(super) services: Table<Service>,
    pub(super) slices: Table<Slice>,
    pub(super) pods: Table<Pod>,
    pub(super) nodes: Table<Node>,
    pub(super) namespaces: Table<Namespace>,
    pub(super) policies: Table<NetworkPolicy>,
    pub(super) cidrs: Table<ServiceCidr>,
    pub(super) configs: Table<ConfigMap>,
    /// The namespaces that are watched by themselves; empty: all are watched.
    pub(super) watched: BTreeMap<Text, Purpose>,
    pub(super) knowledge: [Knowledge; Kind::ALL.len()],
    pub(super) index: Index,
    pub(super) summaries: Map<Key, Arc<Summary>>,
    pub(super) unsettled: BTreeSet<Key>,
    pub(super) settled_at: Time,
    /// Empty tables of Services, for the next ones.
    pub(super) spare: Vec<Vec<Row>>,
}

impl Store {
    /// A store that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many objects of a kind are shown.
    pub fn count(&self, kind: Kind) -> usize {
        let support = || self.watched().filter(|(_, purpose)| *purpose == Purpose::Support).map(|(name, _)| name);
        match kind {
            Kind::Service => self.services.len() - support().map(|name| self.services.count_in(name)).sum::<usize>(),
            Kind::Slice => self.slices.len() - support().map(|name| self.slices.count_in(name)).sum::<usize>(),
            Kind::Pod => self.pods.len() - support().map(|name| self.pods.count_in(name)).sum::<usize>(),
            Kind::Node => self.nodes.len(),
            Kind::Namespace => self.namespaces.len(),
            Kind::NetworkPolicy => {
                self.policies.len() - support().map(|name| self.policies.count_in(name)).sum::<usize>()
            }
            Kind::ServiceCidr => self.cidrs.len(),
            Kind::Config(name) => usize::from(self.config(name).is_some()),
        }
    }

    /// All Services by namespace and name.
    pub fn services(&self) -> impl DoubleEndedIterator<Item = &Arc<Service>> {
        self.services.iter()
    }

    /// One Service.
    pub fn service(&self, key: &Key) -> Option<&Arc<Service>> {
        self.services.get(key)
    }

    /// All slices by namespace and name.
    pub fn slices(&self) -> impl Iterator<Item = &Arc<Slice>> {
        self.slices.iter()
    }

    /// One slice.
    pub fn slice(&self, key: &Key) -> Option<&Arc<Slice>> {
        self.slices.get(key)
    }

    /// The Services that claim an address as cluster IP, external IP or load balancer address, by key.
    pub fn services_at(&self, ip: IpAddr) -> impl Iterator<Item = &Arc<Service>> {
        self.index.by_service_ip(ip).iter().filter_map(|key| self.services.get(key))
    }

    /// The Services that claim a port on every node, by key.
    pub fn services_on_node_port(&self, port: Port) -> impl Iterator<Item = &Arc<Service>> {
        self.index.by_node_port(port).iter().filter_map(|key| self.services.get(key))
    }

    /// The slices that name a Service by label in its namespace (R3.1), by name.
    pub fn slices_of(&self, service: &Key) -> impl Iterator<Item = &Arc<Slice>> {
        self.index.slices(service).filter_map(|key| self.slices.get(&key))
    }

    /// Names that slices give by label, where no such Service is held: normal for a while after a Service was deleted.
    pub fn missing_services(&self) -> impl Iterator<Item = Key> + use<'_> {
        self.index.missing().cloned()
    }

    /// Slices without the label or with an empty one: nobody uses them (R3.1).
    pub fn unbound_slices(&self) -> impl Iterator<Item = &Arc<Slice>> {
        self.index.unbound().filter_map(|key| self.slices.get(key))
    }

    /// All pods by namespace and name.
    pub fn pods(&self) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods.iter()
    }

    /// The pods of one namespace, by name.
    pub fn pods_in<'a>(&'a self, namespace: &'a Text) -> impl Iterator<Item = &'a Arc<Pod>> {
        self.pods.within(namespace)
    }

    /// The Services of one namespace, by name.
    pub fn services_in<'a>(&'a self, namespace: &'a Text) -> impl Iterator<Item = &'a Arc<Service>> {
        self.services.within(namespace)
    }

    /// One pod.
    pub fn pod(&self, key: &Key) -> Option<&Arc<Pod>> {
        self.pods.get(key)
    }

    /// Pods that have an address: several where they share the node's, or where one of them has ended.
    pub fn pods_at(&self, ip: IpAddr) -> impl Iterator<Item = &Arc<Pod>> {
        self.index.by_ip(ip).filter_map(|key| self.pods.get(key))
    }

    /// All nodes by name.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.iter()
    }

    /// One node.
    pub fn node(&self, name: &Text) -> Option<&Arc<Node>> {
        self.nodes.get(&Key { namespace: Text::default(), name: name.clone() })
    }

    /// All namespaces by name.
    pub fn namespaces(&self) -> impl Iterator<Item = &Arc<Namespace>> {
        self.namespaces.iter()
    }

    /// One namespace.
    pub fn namespace(&self, name: &Text) -> Option<&Arc<Namespace>> {
        self.namespaces.get(&Key { namespace: Text::default(), name: name.clone() })
    }

    /// One of the ConfigMaps that we read. Not there means something only where it is known not to be.
    pub fn config(&self, name: ConfigName) -> Option<&Arc<ConfigMap>> {
        self.configs.get(&Key::new(ConfigName::NAMESPACE, name.as_str()))
    }

    /// The ServiceCIDRs by name.
    pub fn service_cidrs(&self) -> impl Iterator<Item = &Arc<ServiceCidr>> {
        self.cidrs.iter()
    }

    /// All NetworkPolicies by namespace and name.
    pub fn policies(&self) -> impl Iterator<Item = &Arc<NetworkPolicy>> {
        self.policies.iter()
    }

    /// The NetworkPolicies that select a pod, by name.
    pub fn policies_selecting(&self, pod: &Pod) -> impl Iterator<Item = &Arc<NetworkPolicy>> {
        self.policies.iter_in(&pod.meta.key.namespace).filter(|policy| policy.selects(pod))
    }

    /// The pods that a Service's selector matches, by name.
    pub fn selected(&self, service: &Key) -> impl ExactSizeIterator<Item = &Arc<Pod>> {
        self.index.selected(service)
    }

    /// How many pods a Service's selector matches.
    pub fn selected_count(&self, service: &Key) -> usize {
        self.index.selected(service).len()
    }

    /// The Services whose selector matches a pod, by name.
    pub fn services_selecting(&self, pod: &Pod) -> Vec<Key> {
        let mut keys: Vec<Key> = self
            .index
            .candidates(&pod.meta.key.namespace, &pod.meta.labels)
            .filter(|key| self.selects(key, pod))
            .collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// Whether a Service's selector matches a pod.
    pub(super) fn selects(&self, service: &Key, pod: &Pod) -> bool {
        service.namespace == pod.meta.key.namespace
            && self.services.get(service).is_some_and(|service| service.selector.matches(&pod.meta.labels))
    }

    /// The Services of the pod with a name; none where there is no such pod.
    pub fn services_of_pod(&self, key: &Key) -> Vec<Key> {
        self.pod(key).map(|pod| self.services_of(pod)).unwrap_or_default()
    }

    /// The Services that a pod may be an endpoint of: those that select it, and those whose slices hold it without.
    pub fn services_of(&self, pod: &Pod) -> Vec<Key> {
        let mut keys = self.services_selecting(pod);
        keys.extend(self.index.holders(pod).cloned());
        keys.sort();
        keys.dedup();
        keys
    }

    /// The Node that a pod is bound to.
    pub fn bound(&self, pod: &Pod) -> Bound<'_> {
        match pod.node.as_ref().and_then(|name| self.node(name)) {
            Some(node) => Bound::To(node),
            None if self.complete(Kind::Node) => Bound::Nowhere,
            None => Bound::Unknown,
        }
    }
}
