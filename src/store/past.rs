//! Going back: objects are put back as they were, and everything that is derived from them follows.
//!
//! Nothing here remembers what was; that is `churn`. To add a kind: a variant of [`Was`] and an arm in `put_back`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::apply::Joined;
use super::knowledge::Knowledge;
use super::table::Table;
use super::{Object, Store};
use crate::delta::Purpose;
use crate::model::{ConfigMap, Key, Kind, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice, Text};

/// What one name stood for.
#[derive(Clone, Debug)]
pub enum Held<T> {
    /// This object.
    By(Arc<T>),
    /// Nothing.
    Free(Key),
}

/// One object of any kind, as it was.
#[derive(Clone, Debug)]
pub enum Was {
    /// A Service.
    Service(Held<Service>),
    /// An EndpointSlice.
    Slice(Held<Slice>),
    /// A Pod.
    Pod(Held<Pod>),
    /// A Node.
    Node(Held<Node>),
    /// A Namespace.
    Namespace(Held<Namespace>),
    /// A NetworkPolicy.
    NetworkPolicy(Held<NetworkPolicy>),
    /// A ServiceCIDR.
    ServiceCidr(Held<ServiceCidr>),
    /// A ConfigMap.
    Config(Held<ConfigMap>),
}

/// How well each kind was heard at one moment: everything in a store that is neither an object nor derived from one.
#[derive(Clone, Debug, PartialEq)]
pub struct Hearing {
    watched: BTreeMap<Text, Purpose>,
    knowledge: [Knowledge; Kind::ALL.len()],
}

impl Hearing {
    /// How many streams it speaks of: what it weighs.
    pub fn streams(&self) -> usize {
        self.watched.len() + self.knowledge.iter().map(Knowledge::streams).sum::<usize>()
    }
}

impl<T: Object> Held<T> {
    /// The name.
    pub fn key(&self) -> &Key {
        match self {
            Self::By(object) => &object.meta().key,
            Self::Free(key) => key,
        }
    }

    /// The object.
    fn object(&self) -> Option<&T> {
        match self {
            Self::By(object) => Some(object),
            Self::Free(_) => None,
        }
    }
}

impl Was {
    /// A node's name, and the node. Of the other kinds each object by itself tells which Services it concerns
    /// ([`Joined::touches`]); nodes are asked together.
    fn node(&self) -> Option<(&Key, Option<&Node>)> {
        match self {
            Self::Node(held) => Some((held.key(), held.object())),
            Self::Service(_)
            | Self::Slice(_)
            | Self::Pod(_)
            | Self::Namespace(_)
            | Self::NetworkPolicy(_)
            | Self::ServiceCidr(_)
            | Self::Config(_) => None,
        }
    }
}

impl Store {
    /// How well each kind is heard.
    pub fn hearing(&self) -> Hearing {
        Hearing { watched: self.watched.clone(), knowledge: self.knowledge.clone() }
    }

    /// Whether each kind is heard as well as it was.
    pub fn hears(&self, hearing: &Hearing) -> bool {
        self.watched == hearing.watched && self.knowledge == hearing.knowledge
    }

    /// Puts objects back as they were, and how well their kinds were heard. Their order does not matter; of a name given twice
    /// the last counts.
    pub fn put_back(&mut self, hearing: Option<&Hearing>, objects: impl IntoIterator<Item = Was>) {
        let mut touched = std::mem::take(&mut self.unsettled);
        let objects: Vec<Was> = objects.into_iter().collect();
        let nodes: Vec<_> = objects.iter().filter_map(Was::node).collect();
        // Pods that are put back too name their Services themselves, before and after.
        touched.extend(Node::touches_together(self, &nodes));
        for was in objects {
            match was {
                Was::Service(held) => self.hold(&mut touched, held),
                Was::Slice(held) => self.hold(&mut touched, held),
                Was::Pod(held) => self.hold(&mut touched, held),
                Was::Node(held) => self.hold(&mut touched, held),
                Was::Namespace(held) => self.hold(&mut touched, held),
                Was::NetworkPolicy(held) => self.hold(&mut touched, held),
                Was::ServiceCidr(held) => self.hold(&mut touched, held),
                Was::Config(held) => self.hold(&mut touched, held),
            }
        }
        if let Some(Hearing { watched, knowledge }) = hearing.filter(|hearing| !self.hears(hearing)) {
            self.watched.clone_from(watched);
            self.knowledge.clone_from(knowledge);
            touched.extend(self.services.iter().map(|service| service.meta.key.clone()));
            touched.extend(self.missing_services());
        }
        self.unsettled = touched;
    }

    /// Services whose rows may differ between this store and another.
    pub fn differing(&self, other: &Self) -> BTreeSet<Key> {
        let mut keys = BTreeSet::new();
        if self.watched != other.watched || self.knowledge != other.knowledge {
            for store in [self, other] {
                keys.extend(store.services.iter().map(|service| service.meta.key.clone()));
                keys.extend(store.missing_services());
            }
            return keys;
        }
        self.tell_apart(other, &mut keys, (&self.services, &other.services));
        self.tell_apart(other, &mut keys, (&self.slices, &other.slices));
        self.tell_apart(other, &mut keys, (&self.pods, &other.pods));
        self.tell_apart(other, &mut keys, (&self.nodes, &other.nodes));
        keys
    }

    fn tell_apart<T: Joined>(&self, other: &Self, keys: &mut BTreeSet<Key>, (here, there): (&Table<T>, &Table<T>)) {
        let differing = here.differing(there);
        for (key, mine, theirs) in &differing {
            keys.extend(T::touches(self, key, *theirs));
            keys.extend(T::touches(other, key, *mine));
        }
        let coming: Vec<_> = differing.iter().map(|(key, _, theirs)| (*key, *theirs)).collect();
        keys.extend(T::touches_together(self, &coming));
        let going: Vec<_> = differing.iter().map(|(key, mine, _)| (*key, *mine)).collect();
        keys.extend(T::touches_together(other, &going));
    }

    fn hold<T: Joined>(&mut self, touched: &mut BTreeSet<Key>, held: Held<T>) {
        let reached = T::touches(self, held.key(), held.object());
        if let Some(pair) = T::table(self).hold(held) {
            T::join(self, &pair, &reached);
        }
        touched.extend(reached);
    }
}

/// The same objects, heard as well, with the same edges and summaries.
impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        let summaries = |store: &Self| {
            let keys = store.services.iter().map(|service| service.meta.key.clone()).chain(store.missing_services());
            keys.map(|key| (store.summary(&key), key)).collect::<Vec<_>>()
        };
        self.services == other.services
            && self.slices == other.slices
            && self.pods == other.pods
            && self.nodes == other.nodes
            && self.namespaces == other.namespaces
            && self.policies == other.policies
            && self.cidrs == other.cidrs
            && self.configs == other.configs
            && self.watched == other.watched
            && self.knowledge == other.knowledge
            && self.index == other.index
            && summaries(self) == summaries(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta::{Delta, Step};
    use crate::model::{Time, Uid};
    use crate::store::tests::{live, node, pod, service, slice};

    #[test]
    fn a_list_of_nodes_and_their_pods_is_put_back_as_it_was_in_any_order() {
        let on = |number: u8, node: &str| {
            let name = format!("p{number}");
            Pod { node: Some(node.into()), ..pod(&name, &name, "web", number) }
        };
        let nodes: Vec<Node> = (1..200).map(|number| node(&format!("n{number}"))).collect();
        let pods: Vec<Pod> = (1..200).map(|number| on(number, &format!("n{number}"))).collect();
        let deltas = [
            Delta::Service(Step::Listed(vec![service("web", &[("app", "web")])])),
            Delta::Slice(Step::Listed(vec![slice("web-1", "web", true, vec![])])),
            Delta::Pod(Step::Listed(pods.clone())),
            Delta::Node(Step::Listed(nodes.clone())),
        ];
        let mut before = Store::new();
        before.apply(Time(0), deltas.into_iter().chain(live()));
        let mut after = before.clone();
        let moved = Delta::Pod(Step::Applied(on(1, "n2")));
        let ended = Delta::Pod(Step::Deleted(Key::new("shop", "p7"), Uid::from("p7")));
        after.apply(Time(1), [moved, ended, Delta::Node(Step::Listed(nodes[..1].to_vec()))]);
        assert!(before != after, "pods on nodes that are gone are told of");
        let was: Vec<Was> = nodes.into_iter().map(|node| Was::Node(Held::By(Arc::new(node)))).collect();
        let pods = pods.into_iter().map(|pod| Was::Pod(Held::By(Arc::new(pod))));
        for pods_first in [true, false] {
            let mut back = after.clone();
            let (pods, nodes) = (pods.clone(), was.iter().cloned());
            match pods_first {
                true => back.put_back(None, pods.chain(nodes)),
                false => back.put_back(None, nodes.chain(pods)),
            }
            assert!(back == before, "pods first: {pods_first}");
        }
    }
}
