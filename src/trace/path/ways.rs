//! From the addresses of the answer to endpoints: whose an address is, which port is meant, what the service proxy of
//! the client's node makes of it (§4).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::ask::Found;
use super::step::{Body, Fate, Owner, PortWay, Share, Standing, Way};
use super::{Halt, Walk};
use crate::model::{Family, Key, Kind, Pod, Port, Protocol, Service, ServicePort, TargetPort, Text, Uid};
use crate::trace::dns;
use crate::trace::proxy::{
    Decision, EntryNode, Masquerade, Match, Missing, Packet, Pass, Policy, Routed, Source, Standing as Choice, Via,
    cluster_ip, route,
};
use crate::trace::question::AskedPort;
use crate::trace::{Assumption, Blind, Client, Confidence, Near, Reason, Stage};

/// Ports of a Service that are followed where none was asked for.
const MOST_PORTS: usize = 8;
/// Addresses of an answer that are followed.
const MOST_ADDRESSES: usize = 64;

/// What the client dials.
#[derive(Clone, Debug)]
pub(super) struct Dial {
    pub(super) name: Text,
    pub(super) port: Port,
    pub(super) protocol: Protocol,
    pub(super) target: Option<TargetPort>,
}

impl Walk<'_> {
    /// The steps after the name: owner, port, endpoints, container.
    pub(super) fn follow(&mut self, found: &Found) {
        let addresses: Vec<IpAddr> = found.addresses.iter().copied().take(MOST_ADDRESSES).collect();
        if addresses.is_empty() {
            return;
        }
        let owners = self.owners(&addresses, found);
        let service = owners.iter().find_map(|owner| match owner {
            Owner::Service(key, _) | Owner::Headless(key) => Some(key.clone()),
            Owner::Alias(..) | Owner::Pod(_) | Owner::Node(_) | Owner::Nobody(_) => None,
        });
        let known = Confidence::Exact;
        let standing =
            if owners.iter().all(|owner| matches!(owner, Owner::Nobody(_))) { Standing::Partly } else { Standing::Ok };
        self.owner_findings(&owners, service.as_ref());
        self.step(Stage::Service, standing, known, Body::Owner(owners.clone()));
        let held = service.as_ref().and_then(|key| self.store.service(key)).cloned();
        let headless = owners.iter().any(|owner| matches!(owner, Owner::Headless(_)));
        let by_node_port = owners.iter().any(|owner| matches!(owner, Owner::Service(_, Via::NodePort)));
        let Some(dials) = self.port(held.as_deref(), &addresses, (headless, by_node_port)) else { return };
        let picks = addresses.len();
        let mut ways: Vec<(Way, Routing)> = Vec::new();
        for dial in &dials {
            for address in &addresses {
                ways.push(self.way(*address, dial, headless));
            }
        }
        // Of several addresses the client takes one: which, is its own affair, and the order is shuffled (§11.1).
        for share in ways.iter_mut().filter(|(way, _)| way.fate == Fate::Direct).flat_map(|(way, _)| &mut way.shares) {
            share.one_in = share.one_in.map(|_| picks);
        }
        self.endpoints(held.as_deref(), ways, &dials);
    }

    /// Whose the addresses are, aliases on the way first; equal ones once.
    fn owners(&self, addresses: &[IpAddr], found: &Found) -> Vec<Owner> {
        let mut owners: Vec<Owner> = Vec::new();
        let mut add = |owner: Owner| {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        };
        let replies = || found.winner.iter().flat_map(|(_, replies)| replies);
        for (_, reply) in replies() {
            for alias in &reply.chain {
                add(Owner::Alias(alias.service.clone(), alias.target.to_string()));
            }
        }
        let headless = self.headless_of(found);
        for address in addresses {
            let family = Family::of(address);
            let vip = self.store.services_at(*address).next().map(|service| {
                let own = cluster_ip(service, family) == Ok(*address);
                let via = if own {
                    Via::ClusterIp
                } else if service.external_ips.contains(address) {
                    Via::ExternalIp
                } else {
                    Via::LoadBalancer
                };
                Owner::Service(service.meta.key.clone(), via)
            });
            let pod = || self.pod_of(*address).map(|pod| Owner::Pod(pod.meta.key.clone()));
            let node = || {
                let holds = self.store.nodes().find(|node| node.addresses.contains(address))?;
                let by_port = self.by_node_port().map(|key| Owner::Service(key, Via::NodePort));
                Some(by_port.unwrap_or_else(|| Owner::Node(holds.meta.key.name.clone())))
            };
            add(match &headless {
                Some(key) => Owner::Headless(key.clone()),
                None => vip.or_else(pod).or_else(node).unwrap_or(Owner::Nobody(*address)),
            });
        }
        owners
    }

    /// The live pod that an address is of: not one that has its node's.
    fn pod_of(&self, address: IpAddr) -> Option<&Arc<Pod>> {
        self.store.pods_at(address).find(|pod| !pod.has_ended() && !pod.host_network())
    }

    /// The Service that has the number asked for as its port on every node.
    fn by_node_port(&self) -> Option<Key> {
        let Some(AskedPort::Number(number)) = self.question.port else { return None };
        let own = |port: &ServicePort| port.node_port == Some(number) && port.protocol == self.question.protocol;
        let service = self.store.services_on_node_port(number).find(|service| service.ports.iter().any(own))?;
        Some(service.meta.key.clone())
    }

    /// The headless Service that the name stands for, by the name that the addresses belong to.
    fn headless_of(&self, found: &Found) -> Option<Key> {
        let (name, replies) = found.winner.as_ref()?;
        let reply = replies.iter().map(|(_, reply)| reply).find(|reply| !reply.records().is_empty())?;
        let last = reply.chain.last().map_or_else(|| dns::Name::new(name).ok(), |alias| Some(alias.target.clone()))?;
        self.service_named(&last).filter(|(_, ends)| *ends).map(|(key, _)| key)
    }

    /// The Service that a name of the cluster stands for, and whether its endpoints are the answer, not its own address.
    pub(super) fn service_named(&self, name: &dns::Name) -> Option<(Key, bool)> {
        let zone =
            self.settings.corefile.kubernetes().flat_map(|plugin| &plugin.zones).find(|zone| name.within(zone))?;
        let left = name.below(zone)?.trim_end_matches('.');
        let mut labels = left.rsplit('.');
        if labels.next() != Some("svc") {
            return None;
        }
        let (namespace, service) = (labels.next()?, labels.next()?);
        let key = Key::new(namespace, service);
        let held = self.store.service(&key)?;
        // A name below a Service is that of an endpoint, whatever the Service's type.
        let endpoint = labels.next().is_some_and(|label| !label.starts_with('_'));
        let ends = held.headless() || endpoint;
        Some((key, ends))
    }

    /// The port's step: what is dialled. `None` where there is nothing to dial.
    fn port(
        &mut self,
        service: Option<&Service>,
        addresses: &[IpAddr],
        (headless, by_node_port): (bool, bool),
    ) -> Option<Vec<Dial>> {
        let asked = self.question.port.clone();
        let dial = |port: &ServicePort| Dial {
            name: port.name.clone(),
            port: port.port,
            protocol: port.protocol.clone(),
            target: Some(port.target.clone()),
        };
        let dials: Vec<Dial> = match (service, asked) {
            (Some(service), None) if headless => self.pod_ports(service),
            (Some(service), None) => service.ports.iter().take(MOST_PORTS).map(dial).collect(),
            (Some(service), Some(AskedPort::Name(name))) => {
                let Some(port) = service.ports.iter().find(|port| port.name == *name.as_str()) else {
                    return self.undefined(service, &name);
                };
                if headless {
                    self.pod_ports(service).into_iter().filter(|dial| dial.name == *name.as_str()).collect()
                } else {
                    vec![dial(port)]
                }
            }
            (Some(service), Some(AskedPort::Number(number))) => {
                let by_number = |port: &&ServicePort| port.port == number && port.protocol == self.question.protocol;
                let own = service.ports.iter().find(by_number).filter(|_| !headless);
                let on_node =
                    |port: &&ServicePort| port.node_port == Some(number) && port.protocol == self.question.protocol;
                let on_node = service.ports.iter().find(on_node).filter(|_| by_node_port);
                let on_node = on_node.map(|port| Dial { port: number, ..dial(port) });
                vec![on_node.or(own.map(dial)).unwrap_or_else(|| self.bare(number))]
            }
            (None, Some(AskedPort::Number(number))) => vec![self.bare(number)],
            (None, Some(AskedPort::Name(name))) => self.pod_port_named(addresses, &name),
            (None, None) => Vec::new(),
        };
        if dials.is_empty() {
            return None;
        }
        let numbers = |dial: &Dial| {
            let summary = service.map(|service| (self.store.summary(&service.meta.key), service));
            let told = summary.and_then(|(summary, service)| {
                let at =
                    service.ports.iter().position(|port| port.name == dial.name && port.protocol == dial.protocol)?;
                Some(summary.ports.get(at)?.resolution.numbers.clone())
            });
            told.unwrap_or_default()
        };
        let ways: Vec<PortWay> = dials
            .iter()
            .map(|dial| PortWay {
                name: dial.name.clone(),
                port: dial.port,
                protocol: dial.protocol.clone(),
                target: dial.target.clone(),
                numbers: numbers(dial),
            })
            .collect();
        self.step(Stage::Port, Standing::Ok, Confidence::Exact, Body::Port(ways));
        Some(dials)
    }

    fn bare(&self, port: Port) -> Dial {
        Dial { name: Text::default(), port, protocol: self.question.protocol.clone(), target: None }
    }

    /// The ports on which the endpoints of a headless Service listen: nothing is translated there (R4.22).
    fn pod_ports(&self, service: &Service) -> Vec<Dial> {
        let mut dials: Vec<Dial> = Vec::new();
        for slice in self.store.slices_of(&service.meta.key).filter(|slice| !slice.endpoints.is_empty()) {
            for port in &slice.ports {
                let (Some(name), Some(number)) = (&port.name, port.port) else { continue };
                let known = dials.iter().any(|dial| dial.port == number && dial.protocol == port.protocol);
                if !known && dials.len() < MOST_PORTS {
                    dials.push(Dial {
                        name: name.clone(),
                        port: number,
                        protocol: port.protocol.clone(),
                        target: None,
                    });
                }
            }
        }
        dials
    }

    /// A port of a pod by its name: what a container declares.
    fn pod_port_named(&self, addresses: &[IpAddr], name: &str) -> Vec<Dial> {
        let pods = addresses.iter().flat_map(|address| self.store.pods_at(*address));
        let ports = pods.flat_map(|pod| pod.containers.iter()).flat_map(|container| &container.ports);
        let named = ports.filter(|port| port.name.as_deref() == Some(name));
        named.take(1).map(|port| Dial { protocol: port.protocol.clone(), ..self.bare(port.port) }).collect()
    }

    /// A port that the Service does not have, by name.
    fn undefined(&mut self, service: &Service, name: &str) -> Option<Vec<Dial>> {
        let near = ports(service);
        let reason =
            Reason::PortUndefined { service: service.meta.key.clone(), asked: name.to_owned(), near, refused: None };
        self.blocked(Stage::Port, reason, Vec::new());
        self.step(Stage::Port, Standing::Fails, Confidence::Exact, Body::Port(Vec::new()));
        self.halt(Halt::Fails(Stage::Port));
        None
    }

    /// The way of packets to one address and port.
    fn way(&self, address: IpAddr, dial: &Dial, headless: bool) -> (Way, Routing) {
        let to = SocketAddr::new(address, dial.port.0);
        let (source, entry) = self.source(&address);
        let packet = Packet { source, to: address, port: dial.port, protocol: &dial.protocol };
        let cidrs = self.settings.service_cidrs.as_deref();
        let routed = route(self.store, &packet, entry, &self.settings.proxy, cidrs);
        let mut routing = Routing::of(&routed);
        let shares = match &routed.matched {
            Some(matched) => self.shares(&routed, matched),
            None => vec![self.direct(to)],
        };
        let fate = match &routed.decision {
            Decision::Dnat(_) => Fate::Balanced,
            Decision::Reject(refusal) => Fate::Refused(refusal.clone()),
            Decision::Drop(loss) => Fate::Lost(loss.clone()),
            Decision::Unrouted(Pass::NoService | Pass::Unallocated) if headless || self.is_direct(&address) => {
                Fate::Direct
            }
            // It may be a node's.
            Decision::Unrouted(Pass::NoService | Pass::Unallocated) if !self.store.complete(Kind::Node) => {
                routing.confidence = Confidence::Unknown(Blind::Kind(Kind::Node, Text::default()));
                Fate::Unknown(Missing::Nodes)
            }
            Decision::Unrouted(pass) => Fate::Passed(pass.clone()),
            // That a Service claims the address of a pod is no more than possible.
            Decision::Unknown(Missing::Services, _) if headless || self.is_pod(&address) => Fate::Direct,
            Decision::Unknown(missing, _) => Fate::Unknown(*missing),
        };
        if fate == Fate::Direct && routing.confidence.is_unknown() {
            routing.confidence = Confidence::Exact;
        }
        let shares = if matches!(fate, Fate::Direct) || routed.matched.is_some() { shares } else { Vec::new() };
        (Way { to, fate, shares }, routing)
    }

    fn is_pod(&self, address: &IpAddr) -> bool {
        self.store.pods_at(*address).any(|pod| !pod.host_network())
    }

    /// Whether packets to an address go there itself: a pod's or a node's.
    fn is_direct(&self, address: &IpAddr) -> bool {
        // A pod on the host network has its node's address.
        self.store.pods_at(*address).next().is_some() || self.store.nodes().any(|node| node.addresses.contains(address))
    }

    /// Who sends to an address of that family, and where the packet meets the service proxy.
    fn source(&self, to: &IpAddr) -> (Source<'_>, EntryNode<'_>) {
        let family = Family::of(to);
        let node = self.pod.node.as_ref();
        let entry = EntryNode::of(self.store, node);
        let own = self.pod.ips.of(family).next();
        let machine = node
            .and_then(|name| self.store.node(name))
            .and_then(|node| node.addresses.iter().copied().find(|address| Family::of(address) == family));
        // An address for documentation stands for one that is not known.
        let nobody: IpAddr = match family {
            Family::V4 => [192, 0, 2, 1].into(),
            Family::V6 => [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into(),
        };
        match &self.question.client {
            Client::Pod(_) if self.pod.host_network() => {
                (Source::Node { ip: machine.or(own).unwrap_or(nobody) }, entry)
            }
            Client::Pod(_) | Client::Namespace(_) => (Source::Pod { ip: own.unwrap_or(nobody), node }, entry),
            Client::Node(_) => (Source::Node { ip: machine.unwrap_or(nobody) }, entry),
            Client::Outside => (Source::Outside { ip: nobody }, EntryNode::UNKNOWN),
        }
    }

    /// Every endpoint of the Service port, those with a share first.
    fn shares(&self, routed: &Routed<'_>, matched: &Match<'_>) -> Vec<Share> {
        let picks = routed.decision.picks();
        let certain = matches!(routed.decision, Decision::Dnat(_));
        let node = routed.entry.at.node;
        let policy = matched.policy.unwrap_or(Policy::Cluster);
        // Where a pod's address is not known, it is one of the pod network.
        let addressed = match &self.question.client {
            Client::Pod(_) | Client::Namespace(_) => !self.pod.ips.is_empty(),
            Client::Node(_) | Client::Outside => true,
        };
        let mut shares: Vec<Share> = matched
            .backends
            .iter()
            .enumerate()
            .map(|(place, backend)| {
                let pick = picks.iter().find(|pick| pick.place == place);
                let target = backend.endpoint.target.as_deref().filter(|target| target.kind == "Pod");
                let named = target.map(|target| Key {
                    namespace: if target.namespace.is_empty() {
                        backend.slice.meta.key.namespace.clone()
                    } else {
                        target.namespace.clone()
                    },
                    name: target.name.clone(),
                });
                let pod = named.or_else(|| self.store.pods_at(backend.ip).next().map(|pod| pod.meta.key.clone()));
                Share {
                    to: backend.socket(),
                    one_in: pick.filter(|_| certain).map(|_| picks.len()),
                    why: matched.choice.standing((place, backend), policy, node),
                    doubtful: self.doubtful(pod.as_ref(), target.map(|target| &target.uid)),
                    uid: self.uid_of(pod.as_ref()),
                    pod,
                    node: backend.endpoint.node.clone(),
                    zone: backend.endpoint.zone.clone(),
                    masquerade: pick
                        .and_then(|pick| pick.masquerade)
                        .filter(|why| addressed || *why != Masquerade::OutsidePodNetwork),
                }
            })
            .collect();
        shares.sort_by_key(|share| (share.one_in.is_none(), share.to));
        shares
    }

    /// An address that is dialled itself.
    fn direct(&self, to: SocketAddr) -> Share {
        let pod = self.pod_of(to.ip()).or_else(|| self.listens_on_its_node(to));
        let node = pod.and_then(|pod| pod.node.clone());
        let zone = node.as_ref().and_then(|name| self.store.node(name)).and_then(|node| node.zone.clone());
        let gone = pod.is_none()
            && self.store.complete_everywhere(Kind::Pod)
            && !self.store.nodes().any(|node| node.addresses.contains(&to.ip()));
        Share {
            to,
            one_in: Some(1),
            why: Choice::Chosen,
            doubtful: gone || pod.is_some_and(|pod| !pod.ready),
            pod: pod.map(|pod| pod.meta.key.clone()),
            uid: pod.map(|pod| pod.meta.uid.clone()),
            node,
            zone,
            masquerade: None,
        }
    }

    /// The pod on the host network that declares a port of its node, where it is the only one.
    fn listens_on_its_node(&self, to: SocketAddr) -> Option<&Arc<Pod>> {
        let declares = |pod: &Pod| {
            let ports = pod.containers.iter().flat_map(|container| &container.ports);
            ports.into_iter().any(|port| port.port.0 == to.port() && port.protocol == self.question.protocol)
        };
        let mut pods = self.store.pods_at(to.ip()).filter(|pod| !pod.has_ended() && declares(pod));
        pods.next().filter(|_| pods.next().is_none())
    }

    fn uid_of(&self, pod: Option<&Key>) -> Option<Uid> {
        self.store.pod(pod?).map(|pod| pod.meta.uid.clone())
    }

    /// Whether nothing usable is known to be behind an endpoint: its pod is gone, has ended or is not ready.
    fn doubtful(&self, pod: Option<&Key>, uid: Option<&Uid>) -> bool {
        let Some(key) = pod else { return false };
        match self.store.pod(key) {
            Some(pod) => {
                let other = uid.is_some_and(|uid| *uid != Uid::default() && *uid != pod.meta.uid);
                other || pod.has_ended() || !pod.ready && pod.meta.deleted.is_none()
            }
            None => self.store.known(Kind::Pod, &key.namespace).complete(),
        }
    }
}

/// The ports of a Service as something near.
pub(super) fn ports(service: &Service) -> Vec<Near> {
    service.ports.iter().map(|port| Near::Port(port.name.clone(), port.port, port.protocol.clone())).collect()
}

/// What a decision rests on and says beside the shares.
#[derive(Clone, Debug, Default)]
pub(super) struct Routing {
    pub(super) confidence: Confidence,
    pub(super) service: Option<Key>,
    pub(super) preference: Option<crate::trace::proxy::Preference>,
    pub(super) fallback: bool,
    pub(super) sticky: Option<u32>,
    pub(super) contested: Vec<Key>,
    pub(super) node: Option<Text>,
}

impl Routing {
    fn of(routed: &Routed<'_>) -> Self {
        let confidence = match &routed.decision {
            Decision::Unknown(missing, _) => Confidence::Unknown(blind(*missing)),
            Decision::Dnat(_) | Decision::Reject(_) | Decision::Drop(_) | Decision::Unrouted(_) => routed
                .assumptions
                .iter()
                .next()
                .map_or(Confidence::Exact, |assumed| Confidence::Assumed(assumption(*assumed))),
        };
        let matched = routed.matched.as_ref();
        Self {
            confidence,
            service: matched.map(|matched| matched.service.meta.key.clone()),
            preference: matched.map(|matched| matched.choice.preference.clone()),
            fallback: matched.is_some_and(|matched| match matched.policy {
                Some(Policy::Local) => matched.choice.local_fallback,
                Some(Policy::Cluster) | None => matched.choice.cluster_fallback,
            }),
            sticky: matched.and_then(|matched| matched.sticky),
            contested: matched.map(|matched| matched.contested.clone()).unwrap_or_default(),
            node: routed.entry.at.node.cloned(),
        }
    }
}

fn blind(missing: crate::trace::proxy::Missing) -> Blind {
    use crate::trace::proxy::Missing;
    match missing {
        Missing::Services => Blind::Kind(Kind::Service, Text::default()),
        Missing::Slices => Blind::Kind(Kind::Slice, Text::default()),
        Missing::EntryNode | Missing::SourceNode => Blind::ClientNode,
        Missing::Zone => Blind::ClientZone,
        Missing::NodeAddresses | Missing::Nodes => Blind::Kind(Kind::Node, Text::default()),
        Missing::Pods => Blind::Kind(Kind::Pod, Text::default()),
        Missing::ServiceCidrs => Blind::ServiceCidrs,
        Missing::Mode => Blind::ProxyMode,
    }
}

fn assumption(assumed: crate::trace::proxy::Assumption) -> Assumption {
    use crate::trace::proxy::Assumption as Proxy;
    match assumed {
        Proxy::Config | Proxy::ModeUnset | Proxy::ClusterCidr | Proxy::ServiceCidrs | Proxy::NodePortWords => {
            Assumption::ProxyDefaults
        }
        Proxy::Ipvs | Proxy::Scheduler => Assumption::Ipvs,
        Proxy::OldRelease => Assumption::OldProxy,
        Proxy::RulesFrozen => Assumption::FrozenRules,
        Proxy::EntersAtItsNode | Proxy::SourceKept => Assumption::OwnNode,
        Proxy::Skipped(kind) => Assumption::Skipped(kind),
    }
}
