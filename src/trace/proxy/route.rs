//! What kube-proxy makes of a packet's destination (§4.4–4.6).
//!
//! Pure over the store. To add a kind of address: a [`Via`], where it is found in `candidates`, its row in the tests.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::choice::{balancer_vips, external_local, internal_local};
use super::{
    Assumption, Backend, Chosen, Decision, DetectLocal, EntryNode, Loss, Masquerade, Match, Missing, Mode, Origin,
    Packet, Pass, Pick, Policy, ProxyConfig, Refusal, Routed, Served, Source, Unseen, Via, backends, categorize,
    cluster_ip, frozen, serves_node_ports,
};
use crate::model::{Affinity, Cidr, ClusterIp, Family, Kind, Port, Protocol, Service, ServicePort};
use crate::store::Store;

/// Follows one packet through the kube-proxy of one node. `service_cidrs` are the ranges of cluster IPs (R3.21), `None`
/// where they are not known.
pub fn route<'a>(
    store: &'a Store,
    packet: &Packet<'a>,
    entry: EntryNode<'a>,
    config: &ProxyConfig,
    service_cidrs: Option<&[Cidr]>,
) -> Routed<'a> {
    let mut walk = Walk { store, packet: *packet, entry, config, service_cidrs, assumptions: BTreeSet::new() };
    let (mut decision, matched) = walk.decide();
    walk.assume_config();
    if frozen(store, walk.family(), walk.entry.at, config).is_some() {
        walk.assumptions.insert(Assumption::RulesFrozen);
    }
    for kind in [Kind::Service, Kind::Slice] {
        if store.skips(kind).count > 0 {
            walk.assumptions.insert(Assumption::Skipped(kind));
        }
    }
    if let Mode::Other(_) = config.mode {
        decision = Decision::Unknown(Missing::Mode, Vec::new());
    }
    Routed { decision, entry: walk.entry, matched, assumptions: walk.assumptions }
}

struct Walk<'a, 'c> {
    store: &'a Store,
    packet: Packet<'a>,
    entry: EntryNode<'a>,
    config: &'c ProxyConfig,
    service_cidrs: Option<&'c [Cidr]>,
    assumptions: BTreeSet<Assumption>,
}

/// Whether a source counts as a local pod (R4.9).
#[derive(Clone, Copy, PartialEq)]
enum Local {
    Yes,
    No,
    /// This kube-proxy cannot tell, and knows that.
    NoDetector,
    Unknown(Missing),
}

/// The ports of a Service, for people.
fn ports(service: &Service) -> Vec<(Port, Protocol)> {
    service.ports.iter().map(|port| (port.port, port.protocol.clone())).collect()
}

/// Whether `loadBalancerSourceRanges` keeps a source out; a range of everything is as none.
fn blocked(service: &Service, source: IpAddr) -> Option<Vec<Cidr>> {
    let family = Family::of(&source);
    let ranges: Vec<Cidr> = service.source_ranges().iter().copied().filter(|range| range.family() == family).collect();
    let open = ranges.is_empty() || ranges.iter().any(|range| range.is_everything() || range.contains(&source));
    (!open).then_some(ranges)
}

impl<'a> Walk<'a, '_> {
    fn assume_config(&mut self) {
        self.assumptions.extend(match self.config.origin {
            Origin::Read => None,
            Origin::ModeUnset => Some(Assumption::ModeUnset),
            Origin::Assumed => Some(Assumption::Config),
        });
        if self.config.mode == Mode::Ipvs {
            self.assumptions.insert(Assumption::Ipvs);
            if self.config.scheduler != "rr" {
                self.assumptions.insert(Assumption::Scheduler);
            }
        }
        if !self.config.at_least(31, 0) {
            self.assumptions.insert(Assumption::OldRelease);
        }
        if self.config.refuses_node_port_words() {
            self.assumptions.insert(Assumption::NodePortWords);
        }
    }

    fn family(&self) -> Family {
        Family::of(&self.packet.to)
    }

    fn decide(&mut self) -> (Decision, Option<Match<'a>>) {
        let candidates = self.candidates();
        if !candidates.is_empty() {
            return self.take(candidates);
        }
        if let Some(decision) = self.undefined_port() {
            return (decision, None);
        }
        self.cross();
        match self.node_port() {
            Ok(taken) if taken.is_empty() => (self.beyond(), None),
            Ok(taken) => self.take(taken),
            Err(decision) => (decision, None),
        }
    }

    /// Service ports that have the destination among their own addresses, the cluster IP's first.
    fn candidates(&self) -> Vec<(Via, &'a Service, &'a ServicePort)> {
        let (to, family) = (self.packet.to, self.family());
        let mut found = Vec::new();
        for service in self.store.services_at(to) {
            let Ok(own) = cluster_ip(service, family) else { continue };
            let via = if own == to {
                Via::ClusterIp
            } else if self.config.serves_external_ips() && service.external_ips.contains(&to) {
                Via::ExternalIp
            } else if balancer_vips(service, family).any(|ip| ip == to) {
                Via::LoadBalancer
            } else {
                continue;
            };
            let port = |port: &&ServicePort| port.port == self.packet.port && port.protocol == *self.packet.protocol;
            found.extend(service.ports.iter().find(port).map(|port| (via, &**service, port)));
        }
        found.sort_by_key(|(via, ..)| *via as u8);
        found
    }

    /// The address is a cluster IP, the port is none of its own.
    fn undefined_port(&self) -> Option<Decision> {
        let to = self.packet.to;
        let own = |service: &&std::sync::Arc<Service>| cluster_ip(service, self.family()) == Ok(to);
        let service = self.store.services_at(to).find(own)?;
        let (key, ports) = (service.meta.key.clone(), ports(service));
        Some(match &self.config.mode {
            Mode::Nftables | Mode::Ipvs => Decision::Reject(Refusal::UndefinedPort(key, ports)),
            Mode::Iptables | Mode::Other(_) => Decision::Unrouted(Pass::UndefinedPort(key, ports)),
        })
    }

    /// A NodePort of another node is served there: the packet meets that node's kube-proxy.
    fn cross(&mut self) {
        let to = self.packet.to;
        let here = self.entry.addresses.is_some_and(|own| own.contains(&to));
        if here || to.is_loopback() || self.store.services_on_node_port(self.packet.port).next().is_none() {
            return;
        }
        let Some(node) = self.store.nodes().find(|node| node.addresses.contains(&to)) else { return };
        self.entry = EntryNode::of(self.store, Some(&node.meta.key.name));
        if let Source::Node { ip } = self.packet.source
            && !node.addresses.contains(&ip)
        {
            self.packet.source = Source::Outside { ip };
        }
        self.assumptions.insert(Assumption::SourceKept);
    }

    /// Service ports that have this NodePort, where the node serves it; else what becomes of the packet.
    fn node_port(&self) -> Result<Vec<(Via, &'a Service, &'a ServicePort)>, Decision> {
        let (family, number) = (self.family(), self.packet.port);
        let mut found = Vec::new();
        for service in self.store.services_on_node_port(number) {
            if cluster_ip(service, family).is_err() {
                continue;
            }
            let own = |port: &&ServicePort| port.node_port == Some(number) && port.protocol == *self.packet.protocol;
            found.extend(service.ports.iter().find(own).map(|port| (Via::NodePort, &**service, port)));
        }
        let Some((_, first, _)) = found.first() else { return Ok(found) };
        let key = first.meta.key.clone();
        match serves_node_ports(self.packet.to, self.entry.addresses, self.config) {
            Served::Yes => Ok(found),
            // Perhaps it is that of a node nobody knows.
            Served::NotHere if !self.store.complete(Kind::Node) && !self.elsewhere_known() => {
                Err(Decision::Unknown(Missing::Nodes, Vec::new()))
            }
            Served::NotHere => Ok(Vec::new()),
            Served::Only(ranges) => Err(Decision::Unrouted(Pass::NodePortElsewhere(key, ranges))),
            Served::NotLoopback => Err(Decision::Unrouted(Pass::NotOnLoopback(key))),
            Served::Unknown(missing) => Err(Decision::Unknown(missing, Vec::new())),
            Served::Userspace { listens } if listens && *self.packet.protocol == Protocol::Tcp => {
                Ok(found.into_iter().map(|(_, service, port)| (Via::Loopback, service, port)).collect())
            }
            Served::Userspace { .. } => Err(Decision::Reject(Refusal::Loopback)),
        }
    }

    /// Nothing took the packet.
    fn beyond(&mut self) -> Decision {
        let (to, family) = (self.packet.to, self.family());
        let claims: Vec<&'a Service> = self.store.services_at(to).map(|service| &**service).collect();
        if let Some(service) = claims.iter().find(|service| takes_elsewhere(service, to)) {
            return Decision::Unrouted(Pass::ToBalancer(service.meta.key.clone()));
        }
        let hidden = claims.iter().find(|service| matches!(cluster_ip(service, family), Err(Unseen::ProxyName(_))));
        let hidden = hidden.map(|service| service.meta.key.clone());
        let within = self.service_cidrs.map(|ranges| ranges.iter().any(|range| range.contains(&to)));
        let drops = self.config.mode == Mode::Nftables;
        match (within, hidden) {
            (Some(true), Some(key)) if drops => Decision::Drop(Loss::Hidden(key)),
            (None, Some(key)) if drops && claims.iter().any(|service| allocated(service, to)) => {
                self.assumptions.insert(Assumption::ServiceCidrs);
                Decision::Drop(Loss::Hidden(key))
            }
            (_, Some(key)) => Decision::Unrouted(Pass::Hidden(key)),
            (_, None) if !self.store.complete_everywhere(Kind::Service) => {
                Decision::Unknown(Missing::Services, Vec::new())
            }
            (Some(true), None) if drops => Decision::Drop(Loss::Unallocated),
            (Some(true), None) => Decision::Unrouted(Pass::Unallocated),
            (None, None) if drops && !self.elsewhere_known() => Decision::Unknown(Missing::ServiceCidrs, Vec::new()),
            (Some(false) | None, None) => Decision::Unrouted(Pass::NoService),
        }
    }

    /// Whether the destination is known to be something that cannot be a cluster IP.
    fn elsewhere_known(&self) -> bool {
        let to = self.packet.to;
        let node = |addresses: &[IpAddr]| addresses.contains(&to);
        to.is_loopback() || self.entry.addresses.is_some_and(node) || self.store.pods_at(to).next().is_some()
    }

    /// The first candidate takes the packet; others that claim the same are named.
    fn take(&mut self, candidates: Vec<(Via, &'a Service, &'a ServicePort)>) -> (Decision, Option<Match<'a>>) {
        let mut candidates = candidates.into_iter();
        let Some((via, service, port)) = candidates.next() else { return (self.beyond(), None) };
        let (family, at) = (self.family(), self.entry.at);
        let slices = self.store.slices_of(&service.meta.key).map(|slice| &**slice);
        let backends = backends(slices, (&port.name, &port.protocol), family, at.node, self.config);
        let choice = categorize(&backends, (service, port), family, at, self.config);
        let mut matched = Match {
            via,
            service,
            port,
            backends,
            choice,
            policy: None,
            contested: candidates.map(|(_, service, _)| service.meta.key.clone()).collect(),
            sticky: match service.affinity {
                Affinity::None => None,
                Affinity::ClientIp { timeout_seconds } => Some(timeout_seconds),
            },
        };
        let decision = match via {
            Via::ClusterIp => self.internal(&mut matched),
            Via::Loopback => self.loopback(&mut matched),
            Via::ExternalIp | Via::LoadBalancer | Via::NodePort => self.external(&mut matched),
        };
        // Endpoints decide it, and not all of them are known.
        let open = match &decision {
            Decision::Dnat(_) | Decision::Reject(_) | Decision::Drop(Loss::InternalLocal | Loss::ExternalLocal) => true,
            Decision::Drop(Loss::SourceRanges(_) | Loss::Unallocated | Loss::Hidden(_)) => false,
            Decision::Unrouted(_) | Decision::Unknown(..) => false,
        };
        if open && !self.store.complete_in(Kind::Slice, &service.meta.key.namespace) {
            return (Decision::Unknown(Missing::Slices, decision.picks().to_vec()), Some(matched));
        }
        (decision, Some(matched))
    }

    fn internal(&mut self, matched: &mut Match<'a>) -> Decision {
        if !matched.choice.has_any {
            return Decision::Reject(Refusal::NoEndpoint);
        }
        let policy = if internal_local(matched.service) { Policy::Local } else { Policy::Cluster };
        matched.policy = Some(policy);
        let masquerade = match (self.config.masquerade_all, self.is_local()) {
            (true, _) => Some(Masquerade::All),
            (false, Local::Yes | Local::NoDetector) => None,
            (false, Local::No) => Some(Masquerade::OutsidePodNetwork),
            (false, Local::Unknown(_)) => {
                self.assumptions.insert(Assumption::EntersAtItsNode);
                None
            }
        };
        self.send(matched, policy, Ok(masquerade), Loss::InternalLocal)
    }

    /// kube-proxy's own listener: no way round the policy, and no listener without an endpoint.
    fn loopback(&mut self, matched: &mut Match<'a>) -> Decision {
        let policy = if external_local(matched.service) { Policy::Local } else { Policy::Cluster };
        matched.policy = Some(policy);
        if matched.choice.set(policy).is_empty() {
            return Decision::Reject(Refusal::Loopback);
        }
        self.send(matched, policy, Ok(Some(Masquerade::Userspace)), Loss::ExternalLocal)
    }

    fn external(&mut self, matched: &mut Match<'a>) -> Decision {
        let kept_out =
            if matched.via == Via::LoadBalancer { blocked(matched.service, self.packet.source.ip()) } else { None };
        // nftables asks for the source first; the others refuse first.
        match kept_out {
            Some(ranges) if matched.choice.has_any || self.config.mode == Mode::Nftables => {
                return Decision::Drop(Loss::SourceRanges(ranges));
            }
            Some(_) | None if !matched.choice.has_any => return Decision::Reject(Refusal::NoEndpoint),
            Some(_) | None => {}
        }
        let all = Some(Masquerade::ExternalPolicy);
        if !external_local(matched.service) {
            matched.policy = Some(Policy::Cluster);
            return self.send(matched, Policy::Cluster, Ok(all), Loss::ExternalLocal);
        }
        let (policy, masquerade) = match (self.is_local(), self.packet.source) {
            (Local::Yes, _) => (Policy::Cluster, Ok(None)),
            (_, Source::Node { .. }) => (Policy::Cluster, Ok(Some(Masquerade::NodeItself))),
            (Local::No | Local::NoDetector, _) => (Policy::Local, Ok(None)),
            (Local::Unknown(missing), _) => (Policy::Cluster, Err(missing)),
        };
        matched.policy = masquerade.is_ok().then_some(policy);
        self.send(matched, policy, masquerade, Loss::ExternalLocal)
    }

    /// Picks from the set of a policy. Where the way the source is treated is not known, the picks are only possible.
    fn send(
        &self,
        matched: &Match<'a>,
        policy: Policy,
        masquerade: Result<Option<Masquerade>, Missing>,
        empty: Loss,
    ) -> Decision {
        let mut set = matched.choice.set(policy);
        // ipvs has no rule for "none on this node".
        if policy == Policy::Local && self.config.mode == Mode::Ipvs && set.is_empty() {
            set = &matched.choice.cluster;
        }
        let pick = |place: &usize| self.pick(*place, &matched.backends, masquerade.unwrap_or_default());
        match (set, masquerade) {
            (Chosen::Unknown { missing, among }, _) => Decision::Unknown(*missing, among.iter().map(pick).collect()),
            (Chosen::These(places), Ok(_)) if !places.is_empty() => Decision::Dnat(places.iter().map(pick).collect()),
            (Chosen::These(places), Err(missing)) => Decision::Unknown(missing, places.iter().map(pick).collect()),
            (Chosen::Unused, Err(missing)) => Decision::Unknown(missing, Vec::new()),
            (Chosen::These(_) | Chosen::Unused, Ok(_)) => match policy {
                Policy::Local if self.config.mode != Mode::Ipvs => Decision::Drop(empty),
                Policy::Local | Policy::Cluster => Decision::Reject(Refusal::NoEndpoint),
            },
        }
    }

    fn pick(&self, place: usize, backends: &[Backend<'_>], masquerade: Option<Masquerade>) -> Pick {
        let hairpin = backends[place].ip == self.packet.source.ip();
        Pick { place, masquerade: masquerade.or(hairpin.then_some(Masquerade::Hairpin)) }
    }

    fn is_local(&mut self) -> Local {
        let family = self.family();
        match (&self.config.detect_local, self.packet.source) {
            (DetectLocal::ClusterCidr, source) => match self.config.cluster_cidr(family) {
                Some(range) if range.contains(&source.ip()) => Local::Yes,
                Some(_) => Local::No,
                None if self.config.origin != Origin::Assumed => Local::NoDetector,
                None => {
                    self.assumptions.insert(Assumption::ClusterCidr);
                    if matches!(source, Source::Pod { .. }) { Local::Yes } else { Local::No }
                }
            },
            (DetectLocal::Other(_), _) => Local::NoDetector,
            (DetectLocal::NodeCidr | DetectLocal::BridgeInterface | DetectLocal::InterfaceNamePrefix, source) => {
                match (source, self.entry.at.node) {
                    (Source::Node { .. } | Source::Outside { .. }, _) => Local::No,
                    (Source::Pod { node: None, .. }, _) => Local::Unknown(Missing::SourceNode),
                    (Source::Pod { .. }, None) => Local::Unknown(Missing::EntryNode),
                    (Source::Pod { node: Some(node), .. }, Some(here)) => {
                        if node == here {
                            Local::Yes
                        } else {
                            Local::No
                        }
                    }
                }
            }
        }
    }
}

/// The address is one of its cluster IPs.
fn allocated(service: &Service, to: IpAddr) -> bool {
    matches!(&service.cluster_ip, ClusterIp::Ips(ips) if ips.contains(&to))
}

/// The address is one of a balancer through which traffic passes.
fn takes_elsewhere(service: &Service, to: IpAddr) -> bool {
    let vip = balancer_vips(service, Family::of(&to)).any(|ip| ip == to);
    !vip && service.load_balancer.iter().any(|ingress| ingress.ip == Some(to))
}
