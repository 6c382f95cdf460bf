//! What the answers of the DNS server mean for the one who asked: each negative reply as a reason (§5.1).

use std::net::IpAddr;

use super::Walk;
use super::step::{Candidate, Run};
use crate::model::{Addresses, Key, Kind, Port, Text};
use crate::trace::client::{Library, resolv_conf};
use crate::trace::dns::{self, Decider, NearEndpoint, Outcome, Silence, Why};
use crate::trace::{Asked, Evidence, Finding, Near, Reason, Stage, Weight, why};

/// Wasted queries from which on a name is worth a word (D35).
const WASTEFUL: usize = 4;

/// How many letters of a name may be wrong for another one to be what was meant.
fn typing_errors(name: &str) -> usize {
    match name.len() {
        0..=3 => 1,
        length => 2.max(length / 3),
    }
}

/// A finding, and how near it is to what was meant: of several candidates the nearest is told, 0 first.
type Told = Vec<(u8, Finding)>;

fn found(weight: Weight, reason: Reason, evidence: Vec<Evidence>) -> Finding {
    Finding { reason, stage: Stage::Queries, weight, certain: true, evidence }
}

fn blocks(rank: u8, reason: Reason, evidence: Vec<Evidence>) -> Told {
    vec![(rank, found(Weight::Blocks, reason, evidence))]
}

impl Walk<'_> {
    /// What is to be said of a run: why it fails, or what is odd about how it succeeds.
    pub(super) fn query_findings(&self, run: &Run, used: Option<&Candidate>) -> Vec<Finding> {
        let mut findings = Vec::new();
        match used {
            Some(used) => {
                let replies = used.replies.iter().filter_map(|(_, reply)| reply.as_ref());
                findings.extend(replies.flat_map(|reply| self.of_success(reply)));
            }
            None => findings.extend(self.of_failure(run)),
        }
        findings.extend(self.wasteful(run));
        let mut told: Vec<Finding> = Vec::new();
        for finding in findings {
            if !told.iter().any(|known| known.reason == finding.reason) {
                told.push(finding);
            }
        }
        told
    }

    /// A name that costs many queries (D35).
    fn wasteful(&self, run: &Run) -> Option<Finding> {
        let library = *run.libraries.first()?;
        let fails = run.outcome.is_err() && run.supposed.is_none();
        if run.wasted < WASTEFUL || fails || unknown(run) {
            return None;
        }
        let conf = resolv_conf(&self.pod, &self.settings.kubelet);
        let ndots = conf.ndots(library).and_then(|ndots| u8::try_from(ndots).ok()).unwrap_or(1);
        let dots = match &self.question.asked {
            Asked::Name(name) => name.trim_end_matches('.').matches('.').count(),
            Asked::Address(_) => return None,
        };
        if dots >= usize::from(ndots) {
            return None;
        }
        Some(found(Weight::Note, Reason::Amplified { queries: run.queries, wasted: run.wasted, ndots }, Vec::new()))
    }

    /// What is worth knowing of an answer that has records.
    fn of_success(&self, reply: &dns::Reply) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(by) = shadow(reply.by.as_ref()) {
            findings.push(found(Weight::Note, Reason::Shadowed { by }, Vec::new()));
        }
        if let Some(alias) = reply.chain.last().filter(|_| !reply.outside.is_empty())
            && let Some(service) = alias.service.clone()
        {
            let target = alias.target.to_string().trim_end_matches('.').to_owned();
            let evidence = vec![Evidence::field(Kind::Service, &service, ".spec.externalName", &target)];
            let reason = if target.contains('.') {
                Reason::AliasOutside { service, target }
            } else {
                Reason::AliasSingleLabel { service, target }
            };
            findings.push(found(Weight::Note, reason, evidence));
        }
        findings
    }

    /// Why nothing was found: what the candidate says that the user most likely meant.
    fn of_failure(&self, run: &Run) -> Vec<Finding> {
        let mut told: Told = Vec::new();
        for candidate in &run.asked {
            let replies = candidate.replies.iter().filter_map(|(_, reply)| reply.as_ref());
            told.extend(replies.flat_map(|reply| self.of_reply(candidate, reply)));
        }
        if unknown(run) {
            // What may have been meant cannot be told; what was hardly meant says nothing then.
            told.retain(|(rank, _)| *rank <= 1);
        }
        let best = told.iter().map(|(rank, _)| *rank).min();
        told.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, finding)| finding).collect()
    }

    fn of_reply(&self, candidate: &Candidate, reply: &dns::Reply) -> Told {
        match &reply.outcome {
            Outcome::NameError(why) | Outcome::NoData(why) => self.of_why(candidate, reply, why),
            Outcome::Forwarded(to) => {
                let to = to.iter().map(ToString::to_string).collect();
                vec![(2, found(Weight::Hurts, Reason::ForwardedName { to }, Vec::new()))]
            }
            Outcome::Silent(Silence::NamelessSlice(slice)) => {
                let path = ".metadata.labels.kubernetes.io/service-name";
                let evidence = vec![Evidence::no_field(Kind::Slice, slice, path)];
                let reason = |address| Reason::SilentReverse { address, slice: slice.clone() };
                reversed(candidate).map(|address| blocks(0, reason(address), evidence)).unwrap_or_default()
            }
            Outcome::ServFail(_) | Outcome::Refused(_) => {
                shadow(reply.by.as_ref()).map(|by| blocks(3, Reason::Shadowed { by }, Vec::new())).unwrap_or_default()
            }
            Outcome::Records(_) => {
                let odd = self.of_success(reply).into_iter();
                odd.map(|finding| (1, Finding { weight: Weight::Hurts, ..finding })).collect()
            }
            Outcome::Silent(Silence::BadName(_)) | Outcome::Unknown(_) => Vec::new(),
        }
    }

    fn of_why(&self, candidate: &Candidate, reply: &dns::Reply, why: &Why) -> Told {
        match why {
            Why::NoService(key) => self.no_service(candidate, key),
            Why::NoNamespace(namespace) => self.no_namespace(namespace),
            Why::TooDeep { .. } => blocks(5, Reason::NoSuchShape { name: candidate.name.to_string() }, Vec::new()),
            Why::NamespaceHidden(name) => hidden(format!("namespace {name}")),
            Why::ServiceHidden(key) | Why::EndpointsHidden(key) | Why::EmptyIgnored(key) => {
                hidden(format!("Service {key}"))
            }
            Why::PodsDisabled => blocks(1, Reason::PodsDisabled, Vec::new()),
            Why::NoPodAt { address, .. } => Addresses::parse_one(address)
                .map(|address| blocks(1, Reason::PodRecordOfNobody { address, verified: true }, Vec::new()))
                .unwrap_or_default(),
            Why::AliasIsAddress { service, address } => {
                let evidence = vec![Evidence::field(Kind::Service, service, ".spec.externalName", address)];
                let reason = Reason::AliasToAddress { service: service.clone(), target: address.to_string() };
                blocks(0, reason, evidence)
            }
            Why::AliasToNothing { alias, because } => alias_to_nothing(alias, because),
            Why::AliasLoop(chain) | Why::AliasTooLong(chain) => alias_loop(chain),
            Why::NoEndpoints(key) => self.headless(key, Reason::HeadlessEmpty { service: key.clone(), unready: 0 }),
            Why::NoneReady { service, endpoints } => {
                self.headless(service, Reason::HeadlessEmpty { service: service.clone(), unready: *endpoints })
            }
            Why::OnlyTerminating { service, .. } => {
                self.headless(service, Reason::HeadlessDraining { service: service.clone() })
            }
            Why::NoEndpointNamed { service, near, .. } => self.no_endpoint_named(service, near.as_deref()),
            Why::NoPort { service, port, protocol, has } => self.no_port(service, (port, protocol), has),
            Why::OtherFamily(has) => blocks(1, Reason::OtherFamily { has: *has }, Vec::new()),
            Why::HostsOtherType => {
                let by = shadow(reply.by.as_ref()).unwrap_or_else(|| "plugin hosts".to_owned());
                blocks(1, Reason::Shadowed { by }, Vec::new())
            }
            Why::Apex
            | Why::OnlyNamespace(_)
            | Why::NotSvcNorPod(_)
            | Why::NotAnAddress(_)
            | Why::ZonalNeedsHeadless(_)
            | Why::EmptyZone { .. }
            | Why::AliasHasNoSubnames(_)
            | Why::NoPortsKnown(_)
            | Why::OtherType
            | Why::NoClusterIp(_)
            | Why::NobodyAt(_)
            | Why::NotAReverseName
            | Why::NoText
            | Why::SoaBelowApex
            | Why::NoNameServer => Vec::new(),
        }
    }

    /// No such Service: elsewhere (D01), near by name, or nowhere.
    fn no_service(&self, candidate: &Candidate, key: &Key) -> Told {
        // Labels left of the Service come from a search domain put after a name that was whole already.
        let left = candidate.name.rsplit_once(".svc.").map_or(0, |(left, _)| left.split('.').count());
        let rank = u8::try_from(2 * left.saturating_sub(2) + 1).unwrap_or(u8::MAX);
        let evidence = vec![Evidence::no_object(Kind::Service, key)];
        let named = self.store.services().filter(|service| service.meta.key.name == key.name);
        let elsewhere: Vec<Text> = named.map(|service| service.meta.key.namespace.clone()).collect();
        if !elsewhere.is_empty() {
            let (name, searched) = (key.name.to_string(), key.namespace.clone());
            return blocks(rank, Reason::OtherNamespace { name, searched, found: elsewhere }, evidence);
        }
        if let Some(pod) = self.store.pods_in(&key.namespace).find(|pod| {
            let owned = pod.meta.owner.as_ref().is_some_and(|owner| owner.kind == "StatefulSet");
            owned && pod.subdomain() == Some(&key.name)
        }) {
            let owner = pod.meta.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default();
            let named = Evidence::field(Kind::Pod, &pod.meta.key, ".spec.subdomain", &key.name);
            let reason = Reason::GoverningService { owner, service: key.clone(), exists: false };
            return blocks(rank, reason, [evidence, vec![named]].concat());
        }
        let close = |held: &Key| {
            let edits = strsim::levenshtein(&held.name, &key.name);
            let near = edits <= typing_errors(&key.name) || held.name.starts_with(key.name.as_str());
            near.then(|| (edits, held.clone()))
        };
        let mut near: Vec<(usize, Key)> =
            self.store.services_in(&key.namespace).filter_map(|service| close(&service.meta.key)).collect();
        near.sort();
        let near = near.into_iter().take(3).map(|(edits, key)| Near::Name(key, edits)).collect();
        blocks(rank, Reason::NoService { service: key.clone(), near }, evidence)
    }

    fn no_namespace(&self, namespace: &Text) -> Told {
        let names = self.store.namespaces().map(|held| &held.meta.key.name);
        let distances = names.map(|name| (strsim::levenshtein(name, namespace), name));
        let mut near: Vec<(usize, &Text)> = distances.filter(|(edits, _)| *edits <= typing_errors(namespace)).collect();
        near.sort();
        let near: Vec<Near> =
            near.into_iter().take(3).map(|(edits, name)| Near::NamespaceName(name.clone(), edits)).collect();
        let evidence = vec![Evidence::no_object(Kind::Namespace, &Key::new("", namespace.clone()))];
        // A search domain put after a full name makes namespaces that nobody meant.
        let typed = matches!(&self.question.asked, Asked::Name(name) if name.contains(&format!(".{namespace}.svc")));
        let rank = if near.is_empty() && !typed { 6 } else { 1 };
        blocks(rank, Reason::NoNamespace { namespace: namespace.clone(), near }, evidence)
    }

    fn no_port(&self, service: &Key, asked: (&Text, &Text), has: &[(Text, crate::model::Protocol)]) -> Told {
        let held = self.store.service(service);
        let number = |name: &Text| held.and_then(|held| held.ports.iter().find(|port| port.name == *name));
        let near = has.iter().map(|(name, protocol)| {
            Near::Port(name.clone(), number(name).map_or(Port(0), |port| port.port), protocol.clone())
        });
        let (port, protocol) = (asked.0.to_string(), asked.1.to_string());
        let names: Vec<&str> = has.iter().map(|(name, _)| name.as_str()).collect();
        let evidence = vec![Evidence::field(Kind::Service, service, ".spec.ports[*].name", names.join(" "))];
        blocks(0, Reason::NoSuchPort { service: service.clone(), port, protocol, near: near.collect() }, evidence)
    }

    /// A headless Service without an answer, and why its pods are not ready.
    fn headless(&self, key: &Key, reason: Reason) -> Told {
        let slices = self.store.slices_of(key);
        let path = ".endpoints[*].conditions.ready";
        let evidence = slices.map(|slice| Evidence::field(Kind::Slice, &slice.meta.key, path, "false")).collect();
        let mut findings = blocks(0, reason, evidence);
        let causes = why::of_service(self.store, key, self.now).into_iter();
        findings.extend(causes.filter(|cause| cause.reason.id() != "no-endpoint").map(|cause| (0, cause)));
        findings
    }

    fn no_endpoint_named(&self, service: &Key, near: Option<&NearEndpoint>) -> Told {
        match near {
            Some(NearEndpoint::PublishedAs(hostname)) => {
                blocks(0, Reason::PublishedAs { hostname: hostname.to_string() }, Vec::new())
            }
            Some(NearEndpoint::PodWithoutName { pod, hostname, subdomain }) => {
                let evidence = vec![match subdomain {
                    Some(subdomain) => Evidence::field(Kind::Pod, pod, ".spec.subdomain", subdomain),
                    None => Evidence::no_field(Kind::Pod, pod, ".spec.subdomain"),
                }];
                let (pod, service) = (pod.clone(), service.name.clone());
                let (hostname, subdomain) = (hostname.clone(), subdomain.clone());
                blocks(0, Reason::PodWithoutHostname { pod, hostname, subdomain, service }, evidence)
            }
            Some(NearEndpoint::NotReady) => {
                let rows = self.store.rows(service);
                let unready = rows.iter().filter(|row| row.is_endpoint() && !row.usable()).count();
                blocks(0, Reason::HeadlessEmpty { service: service.clone(), unready }, Vec::new())
            }
            None => Vec::new(),
        }
    }

    /// Where the libraries part (D12, D13, D14).
    pub(super) fn libraries_differ(&mut self, runs: &[Run]) {
        let of = |library: Library| runs.iter().find(|run| run.libraries.contains(&library));
        let (Some(glibc), Some(musl)) = (of(Library::Glibc), of(Library::Musl)) else { return };
        if glibc.outcome.is_err() || musl.outcome.is_ok() {
            return;
        }
        let would = glibc.asked.iter().find(|candidate| candidate.used).map(|used| used.name.to_string());
        let Some(would) = would else { return };
        let conf = resolv_conf(&self.pod, &self.settings.kubelet);
        let empty = |reply: &Option<dns::Reply>| {
            reply.as_ref().is_some_and(|reply| matches!(reply.outcome, Outcome::NoData(_)))
        };
        let stopped = musl.asked.last().filter(|last| last.replies.iter().all(|(_, reply)| empty(reply)));
        let reason = if conf.search_line() >= 255 {
            Reason::MuslLongSearch { length: conf.search_line() }
        } else if let Some(stopped) = stopped.filter(|_| musl.asked.len() < glibc.asked.len()) {
            Reason::MuslNoData { candidate: stopped.name.to_string(), later: would }
        } else {
            let ndots = conf.ndots(Library::Musl).and_then(|ndots| u8::try_from(ndots).ok()).unwrap_or(1);
            Reason::MuslNdots { ndots, would }
        };
        self.findings.push(found(Weight::Hurts, reason, Vec::new()));
    }
}

/// Whether what a candidate gets cannot be told for want of objects.
pub(super) fn unknown(run: &Run) -> bool {
    let replies = run.asked.iter().flat_map(|candidate| &candidate.replies).filter_map(|(_, reply)| reply.as_ref());
    replies.into_iter().any(|reply| matches!(reply.outcome, Outcome::Unknown(_)))
}

fn hidden(what: String) -> Told {
    blocks(1, Reason::HiddenByCorefile { what }, Vec::new())
}

fn reversed(candidate: &Candidate) -> Option<IpAddr> {
    dns::Name::new(&candidate.name).ok()?.reversed()
}

fn names(chain: &[dns::Alias]) -> Vec<String> {
    let names = chain.iter().map(|alias| alias.name.to_string());
    names.chain(chain.last().map(|alias| alias.target.to_string())).collect()
}

fn alias_loop(chain: &[dns::Alias]) -> Told {
    let service = chain.iter().find_map(|alias| alias.service.clone());
    let reason = |service| Reason::AliasLoop { service, chain: names(chain) };
    service.map(|service| blocks(0, reason(service), Vec::new())).unwrap_or_default()
}

fn alias_to_nothing(alias: &dns::Alias, because: &Why) -> Told {
    let Some(service) = alias.service.clone() else { return Vec::new() };
    let target = alias.target.to_string();
    let plain = target.trim_end_matches('.');
    let evidence = vec![Evidence::field(Kind::Service, &service, ".spec.externalName", plain)];
    if let Why::AliasLoop(chain) = because {
        return blocks(0, Reason::AliasLoop { service, chain: names(chain) }, evidence);
    }
    let reason = if plain.contains('.') {
        Reason::AliasToNothing { service, target }
    } else {
        Reason::AliasSingleLabel { service, target }
    };
    blocks(0, reason, evidence)
}

/// A plugin other than `kubernetes` that had the last word.
fn shadow(by: Option<&Decider>) -> Option<String> {
    let plugin = by?.plugin.as_ref()?;
    (!matches!(plugin.as_str(), "kubernetes" | "forward" | "cache")).then(|| format!("plugin {plugin}"))
}
