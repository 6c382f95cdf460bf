//! The last steps: which endpoints this client may get and with what share, what listens there, what is not checked.

use std::collections::BTreeSet;

use super::step::{Body, Fate, Last, Owner, Share, Standing, Way};
use super::ways::{Dial, Routing, ports};
use super::{Halt, Walk};
use crate::model::{Family, IpMode, Key, Kind, Pod, Port, Protocol, Service, TargetPort, Text};
use crate::trace::container::container_for;
use crate::trace::proxy::{Loss, Off, Pass, Preference, Refusal, Standing as Choice, Via, annotation_rules};
use crate::trace::{Blind, Client, Confidence, Evidence, Finding, Near, PreferenceOff, Reason, Stage, Weight, why};

impl Walk<'_> {
    /// Adds a finding.
    pub(super) fn find(&mut self, stage: Stage, weight: Weight, reason: Reason, evidence: Vec<Evidence>) {
        let finding = Finding { reason, stage, weight, certain: true, evidence };
        if !self.findings.iter().any(|known| known.reason == finding.reason) {
            self.findings.push(finding);
        }
    }

    /// Adds a finding past which nothing gets.
    pub(super) fn blocked(&mut self, stage: Stage, reason: Reason, evidence: Vec<Evidence>) {
        self.find(stage, Weight::Blocks, reason, evidence);
    }

    /// What is to be said of whose the addresses are.
    pub(super) fn owner_findings(&mut self, owners: &[Owner], service: Option<&Key>) {
        for owner in owners {
            match owner {
                Owner::Nobody(address) if self.pod_record() && self.store.complete_everywhere(Kind::Pod) => {
                    let reason = Reason::PodRecordOfNobody { address: *address, verified: false };
                    self.find(Stage::Service, Weight::Hurts, reason, Vec::new());
                }
                Owner::Nobody(address)
                    if self.store.complete_everywhere(Kind::Service) && self.store.complete_everywhere(Kind::Pod) =>
                {
                    self.find(Stage::Service, Weight::Hurts, Reason::NobodysAddress { address: *address }, Vec::new());
                }
                Owner::Service(key, Via::LoadBalancer) if !matches!(self.question.client, Client::Outside) => {
                    let address = self
                        .store
                        .service(key)
                        .and_then(|held| held.load_balancer.iter().find(|ingress| ingress.ip_mode == IpMode::Vip)?.ip);
                    if let Some(address) = address {
                        self.find(Stage::Service, Weight::Note, Reason::ShortCircuit { address }, Vec::new());
                    }
                }
                Owner::Service(..)
                | Owner::Headless(_)
                | Owner::Alias(..)
                | Owner::Pod(_)
                | Owner::Node(_)
                | Owner::Nobody(_) => {}
            }
        }
        let Some(held) = service.and_then(|key| self.store.service(key)).cloned() else { return };
        if let Some(proxy) = held.meta.labels.get("service.kubernetes.io/service-proxy-name") {
            let reason = Reason::IgnoredByProxy { service: held.meta.key.clone(), proxy: proxy.clone() };
            self.find(Stage::Service, Weight::Hurts, reason, Vec::new());
        }
    }

    /// Whether the answer came from a name that spells a pod's address.
    fn pod_record(&self) -> bool {
        let runs =
            self.steps.iter().filter_map(|step| if let Body::Queries(runs) = &step.body { Some(runs) } else { None });
        let mut asked = runs.flatten().flat_map(|run| &run.asked);
        asked.any(|candidate| candidate.used && candidate.name.contains(".pod."))
    }

    /// A Service that has no address of a family that the client has (D69).
    fn no_family(&mut self, service: &Service, ways: &[(Way, Routing)]) {
        let own: BTreeSet<Family> = self.pod.ips.as_slice().iter().map(Family::of).collect();
        let Some(family) = own.first().copied() else { return };
        if ways.is_empty() || ways.iter().any(|(way, _)| own.contains(&Family::of(&way.to.ip()))) {
            return;
        }
        let key = service.meta.key.clone();
        let evidence = vec![
            Evidence::field(Kind::Service, &key, ".spec.ipFamilies", families(service)),
            Evidence::field(Kind::Pod, &self.pod.meta.key, ".status.podIPs", list(self.pod.ips.as_slice())),
        ];
        self.blocked(Stage::Endpoints, Reason::NoFamily { service: key, family }, evidence);
    }

    /// The step of the endpoints, and the two after it.
    pub(super) fn endpoints(&mut self, service: Option<&Service>, ways: Vec<(Way, Routing)>, dials: &[Dial]) {
        let mut confidence = Confidence::Exact;
        for (way, routing) in &ways {
            confidence = confidence.and(routing.confidence.clone());
            self.fate_findings(way, routing, service);
        }
        if self.settings.other_proxy && ways.iter().any(|(way, _)| matches!(way.fate, Fate::Balanced)) {
            self.find(Stage::Endpoints, Weight::Note, Reason::OtherProxy, Vec::new());
        }
        if let Some(held) = service {
            self.no_family(held, &ways);
            self.audit(held, &ways, dials);
            if ways.iter().all(|(way, _)| matches!(way.fate, Fate::Direct)) {
                self.unmapped(held, dials);
            }
        }
        let ways: Vec<Way> = ways.into_iter().map(|(way, _)| way).collect();
        let standing = standing(&ways);
        let chosen: Vec<Share> =
            ways.iter().flat_map(|way| &way.shares).filter(|share| share.one_in.is_some()).cloned().collect();
        self.hairpin(&chosen);
        self.step(Stage::Endpoints, standing, confidence, Body::Endpoints(ways));
        match standing {
            Standing::Fails => self.halt(Halt::Fails(Stage::Endpoints)),
            Standing::NotChecked => self.halt(Halt::Undecided(Stage::Endpoints)),
            Standing::Ok | Standing::Partly => {}
        }
        self.containers(&chosen, dials);
        self.policies(&chosen);
    }

    /// What becomes of packets, where they are not simply balanced.
    fn fate_findings(&mut self, way: &Way, routing: &Routing, service: Option<&Service>) {
        let stage = Stage::Endpoints;
        let key = routing.service.clone().or_else(|| service.map(|service| service.meta.key.clone()));
        let node = routing.node.clone().unwrap_or_default();
        match (&way.fate, key) {
            (Fate::Refused(Refusal::NoEndpoint), Some(key)) => self.no_endpoint(&key),
            (Fate::Refused(Refusal::UndefinedPort(key, _)), _) => self.undefined_port(key, way, Some(true)),
            (Fate::Passed(Pass::UndefinedPort(key, _)), _) => self.undefined_port(key, way, Some(false)),
            (Fate::Lost(Loss::InternalLocal), Some(key)) => {
                let policy = vec![Evidence::field(Kind::Service, &key, ".spec.internalTrafficPolicy", "Local")];
                let elsewhere = self.nodes_with_endpoints(&key);
                self.blocked(stage, Reason::NoLocalEndpoint { service: key, node, elsewhere }, policy);
            }
            (Fate::Lost(Loss::ExternalLocal), Some(key)) => {
                let policy = vec![Evidence::field(Kind::Service, &key, ".spec.externalTrafficPolicy", "Local")];
                self.blocked(stage, Reason::NoLocalEndpointOutside { service: key, node }, policy);
            }
            (Fate::Lost(Loss::SourceRanges(ranges)), Some(key)) => {
                let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
                let evidence =
                    vec![Evidence::field(Kind::Service, &key, ".spec.loadBalancerSourceRanges", ranges.join(", "))];
                self.blocked(stage, Reason::SourceRange { service: key }, evidence);
            }
            (Fate::Lost(Loss::Hidden(key)) | Fate::Passed(Pass::Hidden(key)), _) => {
                let proxy = self
                    .store
                    .service(key)
                    .and_then(|held| held.meta.labels.get("service.kubernetes.io/service-proxy-name").cloned());
                let reason = Reason::IgnoredByProxy { service: key.clone(), proxy: proxy.unwrap_or_default() };
                self.blocked(stage, reason, Vec::new());
            }
            (Fate::Lost(Loss::Unallocated) | Fate::Passed(Pass::Unallocated | Pass::NoService), _) => {
                self.blocked(stage, Reason::NobodysAddress { address: way.to.ip() }, Vec::new());
            }
            (
                Fate::Passed(Pass::NodePortElsewhere(..) | Pass::NotOnLoopback(_)) | Fate::Refused(Refusal::Loopback),
                _,
            ) => {
                self.blocked(stage, Reason::NodePortElsewhere { address: way.to.ip() }, Vec::new());
            }
            (
                Fate::Balanced
                | Fate::Direct
                | Fate::Unknown(_)
                | Fate::Passed(Pass::ToBalancer(_))
                | Fate::Refused(Refusal::NoEndpoint)
                | Fate::Lost(Loss::InternalLocal | Loss::ExternalLocal | Loss::SourceRanges(_)),
                _,
            ) => {}
        }
        self.preference_findings(way, routing);
    }

    /// No usable endpoint: first what keeps them from being usable.
    fn no_endpoint(&mut self, key: &Key) {
        let mut causes = why::of_service(self.store, key, self.now);
        if causes.is_empty() {
            causes.push(Finding {
                reason: Reason::NoEndpoint { service: key.clone(), unready: 0 },
                stage: Stage::Endpoints,
                weight: Weight::Blocks,
                certain: true,
                evidence: Vec::new(),
            });
        }
        for mut cause in causes {
            // With nothing usable, what hurts is what blocks.
            if cause.weight == Weight::Hurts {
                cause.weight = Weight::Blocks;
            }
            if !self.findings.iter().any(|known| known.reason == cause.reason) {
                self.findings.push(cause);
            }
        }
    }

    fn undefined_port(&mut self, key: &Key, way: &Way, refused: Option<bool>) {
        let held = self.store.service(key).cloned();
        let number = Port(way.to.port());
        let near: Vec<Near> = held.as_ref().map(|held| ports(held)).unwrap_or_default();
        let others: Vec<Protocol> = held
            .iter()
            .flat_map(|held| &held.ports)
            .filter(|port| port.port == number)
            .map(|port| port.protocol.clone())
            .collect();
        let reason = if others.is_empty() {
            let asked = format!("{number}/{}", self.question.protocol);
            Reason::PortUndefined { service: key.clone(), asked, near, refused }
        } else {
            Reason::OtherProtocol { service: key.clone(), port: number, has: others }
        };
        self.blocked(Stage::Endpoints, reason, vec![Evidence::field(Kind::Service, key, ".spec.ports", number)]);
    }

    fn nodes_with_endpoints(&self, key: &Key) -> Vec<Text> {
        let rows = self.store.rows(key);
        let nodes: BTreeSet<Text> =
            rows.iter().filter(|row| row.usable()).filter_map(|row| row.node().cloned()).collect();
        nodes.into_iter().collect()
    }

    /// Near endpoints only, or all although near ones were asked for (D64, D65, D67, D68).
    fn preference_findings(&mut self, way: &Way, routing: &Routing) {
        let Some(key) = routing.service.clone() else { return };
        let stage = Stage::Endpoints;
        let kept = way.shares.iter().filter(|share| share.one_in.is_some()).count();
        let left_out = |why: &Choice| way.shares.iter().filter(|share| share.why == *why).count();
        match &routing.preference {
            Some(Preference::Zone { .. }) if left_out(&Choice::OtherZone) > 0 => {
                let zone = self.zone_of(routing.node.as_ref());
                let left_out = left_out(&Choice::OtherZone);
                self.find(
                    stage,
                    Weight::Note,
                    Reason::KeptNear { service: key.clone(), zone, kept, left_out },
                    Vec::new(),
                );
            }
            Some(Preference::Node) if left_out(&Choice::OtherNode) > 0 => {
                let left_out = left_out(&Choice::OtherNode);
                let reason = Reason::KeptNear { service: key.clone(), zone: None, kept, left_out };
                self.find(stage, Weight::Note, reason, Vec::new());
            }
            Some(Preference::Any { zone, .. }) => self.preference_off(&key, zone, routing.node.as_ref()),
            Some(Preference::Zone { .. } | Preference::Node | Preference::Unknown(_)) | None => {}
        }
        if routing.fallback && kept > 0 {
            self.find(stage, Weight::Hurts, Reason::DrainingOnly { service: key.clone(), endpoints: kept }, Vec::new());
        }
        if let Some(seconds) = routing.sticky {
            let evidence = vec![Evidence::field(Kind::Service, &key, ".spec.sessionAffinity", "ClientIP")];
            self.find(stage, Weight::Note, Reason::Affinity { service: key.clone(), seconds }, evidence);
        }
        for other in &routing.contested {
            let reason = Reason::ExternalIpCollides {
                service: key.clone(),
                address: way.to.ip(),
                with: format!("Service {other}"),
            };
            self.find(stage, Weight::Hurts, reason, Vec::new());
        }
    }

    fn zone_of(&self, node: Option<&Text>) -> Option<Text> {
        self.store.node(node?)?.zone.clone()
    }

    fn preference_off(&mut self, key: &Key, off: &Off, node: Option<&Text>) {
        let Some(held) = self.store.service(key) else { return };
        if held.traffic_distribution.is_none() && !annotation_rules(held) {
            return;
        }
        let why = match (off, node) {
            (Off::Unhinted(socket), _) => PreferenceOff::EndpointWithoutHint(socket.ip()),
            (Off::Unlabelled, Some(node)) => PreferenceOff::NodeWithoutZone(node.clone()),
            (Off::NotNamed, _) => match self.zone_of(node) {
                Some(zone) => PreferenceOff::NoneInZone(zone),
                None => return,
            },
            (Off::NoneReady | Off::NoHints | Off::TooOld | Off::Unlabelled, _) => return,
        };
        self.find(Stage::Endpoints, Weight::Note, Reason::PreferenceOff { service: key.clone(), why }, Vec::new());
    }

    /// What of the Service's own state lies on the way: frozen slices, unready pods, lag (§5.2).
    fn audit(&mut self, service: &Service, ways: &[(Way, Routing)], dials: &[Dial]) {
        let reached = ways.iter().any(|(way, _)| matches!(way.fate, Fate::Balanced | Fate::Direct));
        if !reached {
            return;
        }
        if let Some(at) = why::settles(self.store, &service.meta.key, self.now) {
            self.lapses(at);
        }
        for finding in why::of_service(self.store, &service.meta.key, self.now) {
            let weight = if finding.weight == Weight::Blocks { Weight::Hurts } else { finding.weight };
            if on_the_way(&finding.reason, ways, dials)
                && !self.findings.iter().any(|known| known.reason == finding.reason)
            {
                self.findings.push(Finding { weight, ..finding });
            }
        }
    }

    /// A headless Service dialled on its own port, which means something else in the pods (D70).
    fn unmapped(&mut self, service: &Service, dials: &[Dial]) {
        if !service.headless() {
            return;
        }
        for dial in dials {
            let Some(port) = service.ports.iter().find(|port| port.port == dial.port) else { continue };
            let at = service.ports.iter().position(|own| own == port);
            let summary = self.store.summary(&service.meta.key);
            let targets: Vec<Port> = at
                .and_then(|at| summary.ports.get(at))
                .map(|told| told.resolution.numbers.iter().map(|(number, _)| *number).collect())
                .unwrap_or_default();
            if !targets.is_empty() && !targets.contains(&dial.port) {
                let reason = Reason::PortNotMapped { service: service.meta.key.clone(), port: dial.port, targets };
                let evidence = vec![Evidence::field(Kind::Service, &service.meta.key, ".spec.clusterIP", "None")];
                self.blocked(Stage::Endpoints, reason, evidence);
            }
        }
    }

    /// The client itself is among the endpoints (D76).
    fn hairpin(&mut self, chosen: &[Share]) {
        let Client::Pod(own) = &self.question.client else { return };
        let same = chosen.iter().find(|share| share.pod.as_ref() == Some(own) && share.masquerade.is_some());
        if let Some(of) = same.and_then(|share| share.one_in) {
            self.find(Stage::Endpoints, Weight::Note, Reason::Hairpin { of }, Vec::new());
        }
    }

    /// What listens on the ports of the endpoints that have a share (§4.7).
    fn containers(&mut self, chosen: &[Share], dials: &[Dial]) {
        let protocol = dials.first().map_or(Protocol::Tcp, |dial| dial.protocol.clone());
        let mut lasts: Vec<Last> = Vec::new();
        for share in chosen {
            let Some(pod) = share.pod.as_ref().and_then(|key| self.store.pod(key)) else { continue };
            let port = Port(share.to.port());
            let listener = container_for(pod, port, &protocol);
            match lasts.iter_mut().find(|last| last.listener == listener && last.port == port) {
                Some(last) => {
                    last.pods.insert(pod.meta.key.clone());
                }
                None => {
                    let pods = [pod.meta.key.clone()].into();
                    lasts.push(Last { listener, port, pods });
                }
            }
        }
        if lasts.is_empty() {
            return;
        }
        let confidence = self.known(&[Kind::Pod]);
        self.step(Stage::Container, Standing::Ok, confidence, Body::Container(lasts));
    }

    /// Policies are not evaluated: those that select a pod on the way are named.
    fn policies(&mut self, chosen: &[Share]) {
        let mut selecting: BTreeSet<Key> = BTreeSet::new();
        let ends = chosen.iter().filter_map(|share| share.pod.as_ref()).filter_map(|key| self.store.pod(key));
        let pods: Vec<&Pod> = ends.map(|pod| &**pod).chain([&*self.pod]).collect();
        for pod in pods {
            selecting.extend(super::texts::policies(self.store, pod));
        }
        let confidence = match selecting.iter().next() {
            Some(policy) => Confidence::Unknown(Blind::Policy(policy.clone())),
            None => super::texts::policies_known(self.store),
        };
        if selecting.is_empty() && confidence == Confidence::Exact {
            return;
        }
        let policies = selecting.into_iter().collect();
        self.step(Stage::Policy, Standing::NotChecked, confidence, Body::Policy(policies));
    }
}

/// Whether what is wrong with a Service concerns the ports that are dialled.
fn on_the_way(reason: &Reason, ways: &[(Way, Routing)], dials: &[Dial]) -> bool {
    if let Reason::TargetPortMissing { port, .. }
    | Reason::TargetPortInInit { port, .. }
    | Reason::SeveralNumbers { port, .. } = reason
    {
        return dials.iter().any(|dial| dial.target == Some(TargetPort::Name(port.clone())));
    }
    if let Reason::Undeclared { port, .. } = reason {
        return ways.iter().flat_map(|(way, _)| &way.shares).any(|share| share.to.port() == port.0);
    }
    if let Reason::SlicePortName { wanted, .. } = reason {
        return dials.iter().any(|dial| dial.name == *wanted);
    }
    !matches!(reason, Reason::NoEndpoint { .. })
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn families(service: &Service) -> String {
    list(&service.families)
}

/// How the step of the endpoints stands.
fn standing(ways: &[Way]) -> Standing {
    let good = ways.iter().filter(|way| matches!(way.fate, Fate::Balanced | Fate::Direct)).count();
    let unknown = ways.iter().any(|way| matches!(way.fate, Fate::Unknown(_) | Fate::Passed(Pass::ToBalancer(_))));
    let chosen = || ways.iter().flat_map(|way| &way.shares).filter(|share| share.one_in.is_some());
    let doubtful = chosen().filter(|share| share.doubtful).count();
    let left_out = ways.iter().flat_map(|way| &way.shares).any(|share| share.one_in.is_none());
    if good == 0 && unknown {
        Standing::NotChecked
    } else if good == 0 || doubtful > 0 && doubtful == chosen().count() {
        Standing::Fails
    } else if good < ways.len() || doubtful > 0 || left_out {
        Standing::Partly
    } else {
        Standing::Ok
    }
}
