//! Whose an address or a name is: pods, Services, nodes, endpoints; several at once where they really claim it, and
//! whether that is a conflict.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::model::{Addresses, ClusterIp, Key, Kind, Pod, Service, Text};
use crate::store::Store;

/// What a Service uses an address as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// One of `clusterIPs`.
    ClusterIp,
    /// One of `externalIPs`.
    ExternalIp,
    /// An address of its load balancer.
    LoadBalancer,
}

/// A holder of an address or a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A Service, and as what.
    Service(Key, Option<Role>),
    /// A pod.
    Pod {
        /// It.
        pod: Key,
        /// The node it is on.
        node: Option<Text>,
        /// Its containers have ended: the address may be another's by now.
        ended: bool,
        /// The address is its node's.
        host_network: bool,
    },
    /// A node.
    Node(Text),
    /// An entry of a slice.
    Endpoint {
        /// The slice.
        slice: Key,
        /// The Service that it names.
        service: Option<Key>,
        /// The object that the entry names.
        target: Option<Key>,
        /// May get traffic.
        ready: bool,
    },
    /// A namespace.
    Namespace(Text),
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// All holders.
    pub owners: Vec<Owner>,
    /// Two that cannot both be right.
    pub conflict: Option<(Owner, Owner)>,
    /// Kinds that are not completely known: there may be other holders.
    pub blind: Vec<Kind>,
    /// Names near to what was asked, where nobody has it.
    pub near: Vec<String>,
}

impl Owner {
    /// The namespace that it is in; nothing for nodes and namespaces.
    pub fn namespace(&self) -> Option<&Text> {
        match self {
            Self::Service(key, _) | Self::Pod { pod: key, .. } | Self::Endpoint { slice: key, .. } => {
                Some(&key.namespace)
            }
            Self::Node(_) | Self::Namespace(_) => None,
        }
    }
}

impl Who {
    /// The holders, each once: an entry of a slice that names a pod which has the address itself is no other holder, it
    /// stands with its pod.
    pub fn holders(&self) -> Vec<(&Owner, Vec<&Owner>)> {
        let its =
            |own: &Key, entry: &Owner| matches!(entry, Owner::Endpoint { target: Some(target), .. } if target == own);
        let pods: Vec<&Key> = self
            .owners
            .iter()
            .filter_map(|owner| if let Owner::Pod { pod, .. } = owner { Some(pod) } else { None })
            .collect();
        let lone = self.owners.iter().filter(|owner| !pods.iter().any(|pod| its(pod, owner)));
        let with = |owner: &'_ Owner| match owner {
            Owner::Pod { pod, .. } => self.owners.iter().filter(|entry| its(pod, entry)).collect(),
            Owner::Service(..) | Owner::Node(_) | Owner::Endpoint { .. } | Owner::Namespace(_) => Vec::new(),
        };
        lone.map(|owner| (owner, with(owner))).collect()
    }
}

const KINDS: [Kind; 5] = [Kind::Service, Kind::Slice, Kind::Pod, Kind::Node, Kind::Namespace];

fn blind(store: &Store) -> Vec<Kind> {
    KINDS.into_iter().filter(|kind| !store.complete_everywhere(*kind)).collect()
}

fn pod_owner(pod: &Pod) -> Owner {
    let (node, ended) = (pod.node.clone(), pod.has_ended());
    Owner::Pod { pod: pod.meta.key.clone(), node, ended, host_network: pod.host_network() }
}

fn role(service: &Service, ip: IpAddr) -> Option<Role> {
    let cluster = matches!(&service.cluster_ip, ClusterIp::Ips(ips) if ips.contains(&ip));
    let balancer = || service.load_balancer.iter().any(|ingress| ingress.ip == Some(ip));
    if cluster {
        Some(Role::ClusterIp)
    } else if service.external_ips.contains(&ip) {
        Some(Role::ExternalIp)
    } else {
        balancer().then_some(Role::LoadBalancer)
    }
}

/// Whose an address is.
pub fn of_address(store: &Store, ip: IpAddr) -> Who {
    let mut owners = Vec::new();
    for service in store.services() {
        owners.extend(role(service, ip).map(|role| Owner::Service(service.meta.key.clone(), Some(role))));
    }
    let (sharing, own): (Vec<_>, Vec<_>) = store.pods_at(ip).partition(|pod| pod.host_network());
    owners.extend(own.into_iter().map(|pod| pod_owner(pod)));
    let nodes = store.nodes().filter(|node| node.addresses.contains(&ip));
    owners.extend(nodes.map(|node| Owner::Node(node.meta.key.name.clone())));
    owners.extend(sharing.into_iter().map(|pod| pod_owner(pod)));
    for slice in store.slices() {
        let holding = slice.endpoints.iter().filter(|endpoint| endpoint.addresses.as_slice().contains(&ip));
        let namespace = &slice.meta.key.namespace;
        owners.extend(holding.map(|endpoint| Owner::Endpoint {
            slice: slice.meta.key.clone(),
            service: slice.service(),
            target: endpoint.target.as_ref().map(|target| Key {
                namespace: if target.namespace.is_empty() { namespace.clone() } else { target.namespace.clone() },
                name: target.name.clone(),
            }),
            ready: endpoint.is_ready(),
        }));
    }
    Who { conflict: conflict(&owners), owners, blind: blind(store), near: Vec::new() }
}

/// The first two holders that cannot both be right: two live pods, or a Service and a pod or node.
fn conflict(owners: &[Owner]) -> Option<(Owner, Owner)> {
    let clash = |one: &Owner, other: &Owner| match (one, other) {
        (Owner::Pod { ended: false, host_network: false, .. }, Owner::Pod { ended: false, .. })
        | (Owner::Pod { ended: false, .. }, Owner::Pod { ended: false, host_network: false, .. })
        | (Owner::Service(..), Owner::Service(..) | Owner::Node(_) | Owner::Pod { ended: false, .. }) => true,
        (Owner::Node(_), Owner::Pod { ended, host_network, .. })
        | (Owner::Pod { ended, host_network, .. }, Owner::Node(_)) => !ended && !host_network,
        // An entry that names another pod than the one that has the address.
        (Owner::Pod { pod, ended: false, host_network: false, .. }, Owner::Endpoint { target: Some(target), .. }) => {
            pod != target
        }
        (
            Owner::Service(..) | Owner::Pod { .. } | Owner::Node(_) | Owner::Endpoint { .. } | Owner::Namespace(_),
            Owner::Service(..) | Owner::Pod { .. } | Owner::Node(_) | Owner::Endpoint { .. } | Owner::Namespace(_),
        ) => false,
    };
    owners.iter().enumerate().find_map(|(at, one)| {
        let other = owners[at + 1..].iter().find(|other| clash(one, other))?;
        Some((one.clone(), other.clone()))
    })
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// An address.
    Address(IpAddr),
    /// The name of an object of some kind: `web`, `shop/web`, `web.shop.svc`.
    Name(String),
    /// The name of an object of this kind: `svc/web`, `pod/shop/web-1`, `node/n1`.
    Object(Kind, String),
}

impl Whom {
    /// Reads what somebody wrote.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BadWhom> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Some(address) = Addresses::parse_one(bare) {
            return Ok(Self::Address(address));
        }
        let (kind, name) = match text.split_once('/') {
            Some(("svc" | "service" | "services", name)) => (Some(Kind::Service), name),
            Some(("pod" | "pods" | "po", name)) => (Some(Kind::Pod), name),
            Some(("node" | "nodes" | "no", name)) => (Some(Kind::Node), name),
            Some(("ns" | "namespace" | "namespaces", name)) => (Some(Kind::Namespace), name),
            Some(_) | None => (None, text),
        };
        if name.is_empty() {
            return Err(BadWhom::Empty);
        }
        let (host, rest) = name.split_once('/').unwrap_or((name, ""));
        if kind.is_none() && (address_like(host) || Addresses::parse_one(host).is_some()) {
            let range = Addresses::parse_one(host).is_some() && rest.parse::<u8>().is_ok();
            let port = split_port(text).is_some();
            return Err(match (range, port) {
                (true, _) => BadWhom::Range(text.to_owned()),
                (false, true) => BadWhom::WithPort(text.to_owned()),
                (false, false) => BadWhom::Address(text.to_owned()),
            });
        }
        let odd = |character: &char| character.is_whitespace() || character.is_control();
        if let Some(character) = name.chars().find(odd) {
            return Err(BadWhom::Character(character));
        }
        Ok(match kind {
            Some(kind) => Self::Object(kind, name.to_owned()),
            None => Self::Name(name.to_owned()),
        })
    }
}

/// An address with a port behind it.
fn split_port(text: &str) -> Option<(IpAddr, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    // An IPv6 address has colons of its own: only brackets tell where it ends.
    let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = Addresses::parse_one(inner.unwrap_or(host)).filter(|address| inner.is_some() || address.is_ipv4())?;
    Some((address, port.parse().ok()?))
}

/// Whether a word can only be meant as an address: numbers with dots, or something with colons.
fn address_like(word: &str) -> bool {
    let dotted = word.contains('.') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    dotted && word.bytes().any(|byte| byte.is_ascii_digit()) || word.contains(':')
}

/// What is wrong with a word that should be an address or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadWhom {
    /// Nothing stands there.
    Empty,
    /// It looks like an address and is none.
    Address(String),
    /// It is a range of addresses.
    Range(String),
    /// No name holds this.
    Character(char),
    /// A port stands behind the address.
    WithPort(String),
}

/// Whose a name is, of objects of one kind.
pub fn of_kind(store: &Store, kind: Kind, name: &str) -> Who {
    let mut who = of_name(store, name);
    who.owners.retain(|owner| match owner {
        Owner::Service(..) => kind == Kind::Service,
        Owner::Pod { .. } => kind == Kind::Pod,
        Owner::Node(_) => kind == Kind::Node,
        Owner::Endpoint { .. } => kind == Kind::Slice,
        Owner::Namespace(_) => kind == Kind::Namespace,
    });
    who.blind.retain(|blind| *blind == kind);
    // Of another kind a name is no help, also where somebody else has this one.
    if who.owners.is_empty() {
        let plain = name.split_once('/').map_or(name, |(_, plain)| plain);
        who.near = near(store, plain, &[kind]);
    }
    who
}

/// Whose a name is: objects that are called so, in any namespace or, with `namespace/name`, in that one. Where nobody is
/// called so as a whole, the Service or pod that a name such as `web.shop.svc` is of.
pub fn of_name(store: &Store, name: &str) -> Who {
    let plain = match name.split_once('/') {
        Some((namespace, name)) => named(store, Some(namespace), name),
        None => named(store, None, name),
    };
    let Some((own, rest)) = name.trim_end_matches('.').split_once('.').filter(|_| plain.owners.is_empty()) else {
        return plain;
    };
    let (namespace, zone) = rest.split_once('.').unwrap_or((rest, "svc"));
    if name.contains('/') || zone.split('.').next() != Some("svc") {
        return plain;
    }
    let parted = named(store, Some(namespace), own);
    if parted.owners.is_empty() { plain } else { parted }
}

fn named(store: &Store, namespace: Option<&str>, plain: &str) -> Who {
    let fits = |key: &Key| key.name == *plain && namespace.is_none_or(|namespace| key.namespace == *namespace);
    let mut owners = Vec::new();
    let services = store.services().filter(|service| fits(&service.meta.key));
    owners.extend(services.map(|service| Owner::Service(service.meta.key.clone(), None)));
    owners.extend(store.pods().filter(|pod| fits(&pod.meta.key)).map(|pod| pod_owner(pod)));
    if namespace.is_none() {
        let nodes = store.nodes().filter(|node| node.meta.key.name == *plain);
        owners.extend(nodes.map(|node| Owner::Node(node.meta.key.name.clone())));
        let namespaces = store.namespaces().filter(|namespace| namespace.meta.key.name == *plain);
        owners.extend(namespaces.map(|namespace| Owner::Namespace(namespace.meta.key.name.clone())));
    }
    let near = if owners.is_empty() { near(store, plain, &[Kind::Service, Kind::Pod, Kind::Node]) } else { Vec::new() };
    let blind = match namespace.map(Text::from) {
        None => blind(store),
        // What other namespaces have does not matter.
        Some(namespace) => {
            [Kind::Service, Kind::Pod].into_iter().filter(|kind| !store.complete_in(*kind, &namespace)).collect()
        }
    };
    Who { conflict: None, owners, blind, near }
}

/// Names of objects of these kinds at most three edits away, the nearest first.
fn near(store: &Store, name: &str, kinds: &[Kind]) -> Vec<String> {
    let of = |kind| kinds.contains(&kind);
    let services = store.services().filter(|_| of(Kind::Service)).map(|service| &service.meta.key);
    let pods = store.pods().filter(|_| of(Kind::Pod)).map(|pod| &pod.meta.key);
    let nodes = store.nodes().filter(|_| of(Kind::Node)).map(|node| &node.meta.key);
    let namespaces = store.namespaces().filter(|_| of(Kind::Namespace)).map(|namespace| &namespace.meta.key);
    let all = services.chain(pods).chain(nodes).chain(namespaces);
    let found: BTreeSet<(usize, String)> = all
        .map(|key| (strsim::levenshtein(&key.name, name), key.to_string()))
        .filter(|(edits, _)| *edits <= 3)
        .collect();
    found.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::store::tests::delta::{Delta, Step};
    use crate::store::tests::{node, pod, service};

    #[test]
    fn what_looks_like_an_address_is_one_or_is_refused() {
        let ip = |text: &str| Ok(Whom::Address(text.parse().unwrap()));
        let name = |text: &str| Ok(Whom::Name(text.to_owned()));
        for (text, expected) in [
            (" 10.0.0.1 ", ip("10.0.0.1")),
            ("[fd00::1]", ip("fd00::1")),
            ("web", name("web")),
            ("shop/web", name("shop/web")),
            ("web.shop.svc", name("web.shop.svc")),
            ("svc/web", Ok(Whom::Object(Kind::Service, "web".into()))),
            ("pod/shop/web-1", Ok(Whom::Object(Kind::Pod, "shop/web-1".into()))),
            ("", Err(BadWhom::Empty)),
            ("svc/", Err(BadWhom::Empty)),
            ("999.2.3.4", Err(BadWhom::Address("999.2.3.4".into()))),
            ("10.0.0", Err(BadWhom::Address("10.0.0".into()))),
            ("fd00:::1", Err(BadWhom::Address("fd00:::1".into()))),
            ("10.0.0.1:80", Err(BadWhom::WithPort("10.0.0.1:80".into()))),
            ("[fd00::1]:80", Err(BadWhom::WithPort("[fd00::1]:80".into()))),
            ("10.0.0.1/10.0.0.2", Err(BadWhom::Address("10.0.0.1/10.0.0.2".into()))),
            ("we b", Err(BadWhom::Character(' '))),
            ("10.0.0.0/24", Err(BadWhom::Range("10.0.0.0/24".into()))),
        ] {
            assert_eq!(Whom::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn names_that_are_near_are_of_the_kind_that_is_asked_for() {
        let mut store = Store::new();
        store.apply(
            Time(0),
            [
                Delta::Service(Step::Listed(vec![service("web", &[("app", "web")])])),
                Delta::Pod(Step::Listed(vec![pod("wep", "u1", "web", 1)])),
                Delta::Node(Step::Listed(vec![node("wex")])),
            ],
        );
        let near = |kind, name| of_kind(&store, kind, name).near;
        assert_eq!(near(Kind::Node, "we"), ["wex"]);
        assert_eq!(near(Kind::Pod, "we"), ["shop/wep"]);
        assert_eq!(near(Kind::Service, "shop/we"), ["shop/web"]);
        assert_eq!(near(Kind::Pod, "web"), ["shop/wep"], "a Service has this very name");
        assert_eq!(near(Kind::Service, "web"), [""; 0]);
        assert_eq!(of_name(&store, "we").near, ["shop/web", "shop/wep", "wex"]);
    }

    #[test]
    fn a_pod_and_its_own_endpoint_are_one_holder() {
        let (pod, slice) = (Key::new("shop", "web-1"), Key::new("shop", "web-abc"));
        let own = Owner::Pod { pod: pod.clone(), node: None, ended: false, host_network: false };
        let entry = |target: &Key| Owner::Endpoint {
            slice: slice.clone(),
            service: None,
            target: Some(target.clone()),
            ready: true,
        };
        let (its, other) = (entry(&pod), entry(&Key::new("shop", "web-0")));
        let who = Who { owners: vec![own.clone(), its.clone(), other.clone()], ..Who::default() };
        assert_eq!(who.holders(), [(&own, vec![&its]), (&other, vec![])]);
    }
}
