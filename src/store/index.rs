//! The edges between kinds, kept as objects come and go, so that an event costs what it touches.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use super::agents::Agents;
use super::few::Few;
use super::table::Table;
use crate::model::{ClusterIp, Endpoint, Hashing, Key, Labels, Map, Pod, Port, Selector, Service, Slice, Text};

/// The indexes over the tables.
///
/// What has an entry for each pod is a tree: a hash table whose entries come and go doubles its room once the places of
/// those that went are used up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Index {
    /// Namespace → one pair of the selector, key and value → Services to test.
    candidates: Map<Text, Map<Text, Map<Text, BTreeSet<Text>>>>,
    /// Service → pods its selector matches, by name within its namespace: the pods themselves, which are looked at with
    /// each event of one of them.
    selected: Map<Key, BTreeMap<Text, Arc<Pod>>>,
    /// Service named by the label → slices, by name within the namespace (R3.1).
    slices: Map<Key, BTreeSet<Text>>,
    /// Services that slices name, though there is no such Service.
    missing: BTreeSet<Key>,
    /// Slices that name no Service.
    unbound: BTreeSet<Key>,
    /// Address → pods; several claim one while one of them has ended, or share the node's.
    ips: BTreeMap<IpAddr, Few<Key>>,
    /// Address in a slice that names no object → Services concerned when a pod with it comes or goes.
    loose: BTreeMap<IpAddr, Few<(Key, Text)>>,
    /// Pod named by a slice, by the hash of its key → Services concerned when it comes or goes, whatever their selectors
    /// say. Where two keys share a hash, a Service is looked at once too often.
    named: BTreeMap<u64, Few<(Key, Text)>>,
    /// Namespace → distinct label sets of its pods → names: replicas share one, so a selector is tested once for all.
    label_sets: Map<Text, Map<Labels, BTreeSet<Text>>>,
    /// Address of a Service (cluster IP, external IP, load balancer) → who claims it.
    service_ips: BTreeMap<IpAddr, Few<Key>>,
    /// Port on every node → who claims it; one number may serve two protocols.
    node_ports: BTreeMap<Port, Few<Key>>,
    /// Pods with the label of one of the cluster's own agents.
    pub(super) agent_pods: Agents,
    /// Services with such a label.
    pub(super) agent_services: Agents,
}

/// The addresses that a Service claims, each perhaps several times.
fn claimed(service: &Service) -> impl Iterator<Item = IpAddr> {
    let own = match &service.cluster_ip {
        ClusterIp::Ips(ips) => ips.as_slice(),
        ClusterIp::Headless | ClusterIp::Absent => &[],
    };
    let balancer = service.load_balancer.iter().filter_map(|ingress| ingress.ip);
    own.iter().chain(&service.external_ips).copied().chain(balancer)
}

fn first_pair(selector: &Selector) -> Option<(&Text, &Text)> {
    selector.0.iter().next()
}

fn insert<K: Hash + Eq, V: Ord>(map: &mut Map<K, BTreeSet<V>>, key: K, value: V) {
    map.entry(key).or_default().insert(value);
}

fn remove<K: Hash + Eq, V: Ord>(map: &mut Map<K, BTreeSet<V>>, key: &K, value: &V) {
    if let Some(set) = map.get_mut(key) {
        set.remove(value);
        if set.is_empty() {
            map.remove(key);
        }
    }
}

fn insert_few<K: Ord, V: Ord>(map: &mut BTreeMap<K, Few<V>>, key: K, value: V) {
    match map.entry(key) {
        Entry::Occupied(mut held) => held.get_mut().insert(value),
        Entry::Vacant(free) => {
            free.insert(Few::One(value));
        }
    }
}

fn remove_few<K: Ord, V: Ord>(map: &mut BTreeMap<K, Few<V>>, key: &K, value: &V) {
    if map.get_mut(key).is_some_and(|few| few.remove(value)) {
        map.remove(key);
    }
}

/// The same for every index, so that two that hold the same are equal.
fn hash(namespace: &Text, name: &Text) -> u64 {
    static HASHING: LazyLock<Hashing> = LazyLock::new(Hashing::default);
    HASHING.hash_one((namespace, name))
}

impl Index {
    /// Services whose selector may match: exact but for the pairs after the first, which the caller tests.
    pub(super) fn candidates(&self, namespace: &Text, labels: &Labels) -> impl Iterator<Item = Key> {
        let here = self.candidates.get(namespace);
        here.into_iter()
            .flat_map(|keys| labels.iter().filter_map(|(key, value)| keys.get(key)?.get(value)))
            .flatten()
            .map(|name| Key { namespace: namespace.clone(), name: name.clone() })
    }

    pub(super) fn selected(&self, service: &Key) -> impl ExactSizeIterator<Item = &Arc<Pod>> {
        static NONE: BTreeMap<Text, Arc<Pod>> = BTreeMap::new();
        self.selected.get(service).unwrap_or(&NONE).values()
    }

    pub(super) fn slices(&self, service: &Key) -> impl Iterator<Item = Key> + use<'_> {
        let namespace = service.namespace.clone();
        let names = self.slices.get(service).into_iter().flatten();
        names.map(move |name| Key { namespace: namespace.clone(), name: name.clone() })
    }

    pub(super) fn missing(&self) -> impl Iterator<Item = &Key> {
        self.missing.iter()
    }

    pub(super) fn unbound(&self) -> impl Iterator<Item = &Key> {
        self.unbound.iter()
    }

    pub(super) fn by_ip(&self, ip: IpAddr) -> impl Iterator<Item = &Key> {
        self.ips.get(&ip).into_iter().flat_map(Few::as_slice)
    }

    pub(super) fn by_service_ip(&self, ip: IpAddr) -> &[Key] {
        self.service_ips.get(&ip).map(Few::as_slice).unwrap_or_default()
    }

    pub(super) fn by_node_port(&self, port: Port) -> &[Key] {
        self.node_ports.get(&port).map(Few::as_slice).unwrap_or_default()
    }

    pub(super) fn label_sets(&self, namespace: &Text) -> impl Iterator<Item = (&Labels, &BTreeSet<Text>)> {
        self.label_sets.get(namespace).into_iter().flatten()
    }

    pub(super) fn namespaces_with_pods(&self) -> impl Iterator<Item = &Text> {
        self.label_sets.keys()
    }

    /// Services whose slices hold this pod or one of its addresses without the selector's help.
    pub(super) fn holders(&self, pod: &Pod) -> impl Iterator<Item = &Key> {
        let by_ip = pod.ips.as_slice().iter().filter_map(|ip| self.loose.get(ip)).flat_map(Few::as_slice);
        let by_name =
            self.named.get(&hash(&pod.meta.key.namespace, &pod.meta.key.name)).into_iter().flat_map(Few::as_slice);
        by_ip.chain(by_name).map(|(service, _)| service)
    }

    pub(super) fn add_service(&mut self, service: &Service, pods: &Table<Pod>) {
        let key = &service.meta.key;
        self.agent_services.add(key, &service.meta.labels);
        self.missing.remove(key);
        if let Some((label, value)) = first_pair(&service.selector) {
            let here = self.candidates.entry(key.namespace.clone()).or_default();
            insert(here.entry(label.clone()).or_default(), value.clone(), key.name.clone());
        }
        let matching = self.label_sets(&key.namespace).filter(|(labels, _)| service.selector.matches(labels));
        let named = |name: &Text| pods.get(&Key { namespace: key.namespace.clone(), name: name.clone() }).cloned();
        let selected: BTreeMap<Text, Arc<Pod>> =
            matching.flat_map(|(_, names)| names).filter_map(|name| Some((name.clone(), named(name)?))).collect();
        if !selected.is_empty() {
            self.selected.insert(key.clone(), selected);
        }
        for ip in claimed(service) {
            insert_few(&mut self.service_ips, ip, key.clone());
        }
        for port in service.ports.iter().filter_map(|port| port.node_port) {
            insert_few(&mut self.node_ports, port, key.clone());
        }
    }

    pub(super) fn drop_service(&mut self, service: &Service) {
        let key = &service.meta.key;
        self.agent_services.drop(key, &service.meta.labels);
        if self.slices.contains_key(key) {
            self.missing.insert(key.clone());
        }
        if let Some((label, value)) = first_pair(&service.selector)
            && let Some(here) = self.candidates.get_mut(&key.namespace)
            && let Some(values) = here.get_mut(label)
        {
            remove(values, value, &key.name);
            if values.is_empty() {
                here.remove(label);
            }
            if here.is_empty() {
                self.candidates.remove(&key.namespace);
            }
        }
        self.selected.remove(key);
        for ip in claimed(service) {
            remove_few(&mut self.service_ips, &ip, key);
        }
        for port in service.ports.iter().filter_map(|port| port.node_port) {
            remove_few(&mut self.node_ports, &port, key);
        }
    }

    /// Whether two versions of a pod have the same place in every index.
    pub(super) fn placed_alike(old: &Pod, new: &Pod) -> bool {
        old.meta.key == new.meta.key && old.ips == new.ips && old.meta.labels == new.meta.labels
    }

    /// Whether two versions of a slice refer to the same Service, pods and addresses.
    pub(super) fn refer_alike(old: &Slice, new: &Slice) -> bool {
        let same = |(old, new): (&Endpoint, &Endpoint)| old.target == new.target && old.addresses == new.addresses;
        old.service_name() == new.service_name()
            && old.endpoints.len() == new.endpoints.len()
            && old.endpoints.iter().zip(&new.endpoints).all(same)
    }

    /// A new version of a pod that is placed as the old one was, which touched these Services.
    pub(super) fn renew_pod(&mut self, pod: &Arc<Pod>, touched: &[Key]) {
        for service in touched {
            if let Some(place) = self.selected.get_mut(service).and_then(|pods| pods.get_mut(&pod.meta.key.name)) {
                *place = Arc::clone(pod);
            }
        }
    }

    pub(super) fn add_pod(&mut self, pod: &Arc<Pod>, services: &[Key]) {
        let key = &pod.meta.key;
        self.agent_pods.add(key, &pod.meta.labels);
        for service in services {
            self.selected.entry(service.clone()).or_default().insert(key.name.clone(), Arc::clone(pod));
        }
        for ip in pod.ips.as_slice() {
            insert_few(&mut self.ips, *ip, key.clone());
        }
        let sets = self.label_sets.entry(key.namespace.clone()).or_default();
        sets.entry(pod.meta.labels.clone()).or_default().insert(key.name.clone());
    }

    pub(super) fn drop_pod(&mut self, pod: &Pod, services: &[Key]) {
        let key = &pod.meta.key;
        self.agent_pods.drop(key, &pod.meta.labels);
        for service in services {
            if let Some(pods) = self.selected.get_mut(service) {
                pods.remove(&key.name);
                if pods.is_empty() {
                    self.selected.remove(service);
                }
            }
        }
        for ip in pod.ips.as_slice() {
            remove_few(&mut self.ips, ip, key);
        }
        if let Some(sets) = self.label_sets.get_mut(&key.namespace) {
            remove(sets, &pod.meta.labels, &key.name);
            if sets.is_empty() {
                self.label_sets.remove(&key.namespace);
            }
        }
    }

    /// `bound`: there is the Service that it names.
    pub(super) fn add_slice(&mut self, slice: &Slice, bound: bool) {
        match slice.service() {
            Some(service) if !bound => self.missing.insert(service),
            Some(_) => false,
            None => self.unbound.insert(slice.meta.key.clone()),
        };
        self.each_reference(slice, true);
    }

    pub(super) fn drop_slice(&mut self, slice: &Slice) {
        self.each_reference(slice, false);
        match slice.service() {
            Some(service) if !self.slices.contains_key(&service) => self.missing.remove(&service),
            Some(_) => false,
            None => self.unbound.remove(&slice.meta.key),
        };
    }

    fn each_reference(&mut self, slice: &Slice, add: bool) {
        let Some(service) = slice.service() else { return };
        let own = &slice.meta.key;
        if add {
            insert(&mut self.slices, service.clone(), own.name.clone());
        } else {
            remove(&mut self.slices, &service, &own.name);
        }
        for endpoint in &slice.endpoints {
            let entry = (service.clone(), own.name.clone());
            match endpoint.target.as_deref() {
                Some(target) if target.kind == "Pod" => {
                    let namespace = if target.namespace.is_empty() { &own.namespace } else { &target.namespace };
                    let pod = hash(namespace, &target.name);
                    if add {
                        insert_few(&mut self.named, pod, entry);
                    } else {
                        remove_few(&mut self.named, &pod, &entry);
                    }
                }
                Some(_) => {}
                None => {
                    for ip in endpoint.addresses.as_slice() {
                        if add {
                            insert_few(&mut self.loose, *ip, entry.clone());
                        } else {
                            remove_few(&mut self.loose, ip, &entry);
                        }
                    }
                }
            }
        }
    }
}
