//! The resolver and its queries: which server is asked, what each candidate name gets, which one wins (§1.2, §1.4, §2).

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::step::{Body, Candidate, Nameserver, Resolver, Run, Standing};
use super::{Halt, Walk};
use crate::model::{Key, Kind, Text};
use crate::trace::client::{
    Conclusion, DnsType, Failure, Library, Name, Outcome, Query, Reply, ResolvConf, Step, dns_type, lookup, resolv_conf,
};
use crate::trace::dns::{self, Cluster, QueryType, RecordData};
use crate::trace::{Assumption, Blind, Client, Confidence, Evidence, Finding, Reason, Stage, Weight};

/// What the name resolves to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// The addresses, in the order in which the library gives them.
    pub(super) addresses: Vec<IpAddr>,
    /// The candidate that was used, and the replies to it.
    pub(super) winner: Option<(Text, Vec<(Query, dns::Reply)>)>,
}

/// Replies of the cluster DNS, each worked out once for all libraries.
type Heard = BTreeMap<(Text, u8), dns::Reply>;

fn query_type(query: Query) -> QueryType {
    match query {
        Query::A => QueryType::A,
        Query::Aaaa => QueryType::Aaaa,
        Query::Srv => QueryType::Srv,
        Query::Ptr => QueryType::Ptr,
    }
}

/// What a library makes of a reply of the DNS server.
fn heard(query: Query, reply: &dns::Reply) -> Reply {
    match &reply.outcome {
        dns::Outcome::Records(records) => {
            let addresses: Vec<IpAddr> = records
                .iter()
                .filter_map(|record| match (&record.data, query) {
                    (RecordData::A(address), Query::A) => Some(IpAddr::V4(*address)),
                    (RecordData::Aaaa(address), Query::Aaaa) => Some(IpAddr::V6(*address)),
                    _ => None,
                })
                .collect();
            let alias = records.iter().any(|record| matches!(record.data, RecordData::Cname(_)));
            match query {
                Query::A | Query::Aaaa if !addresses.is_empty() => Reply::Addresses(addresses),
                // What an alias leads to outside of the cluster is for those to say who are asked there.
                Query::A | Query::Aaaa if alias && outside(reply) => Reply::Unknown,
                Query::A | Query::Aaaa if alias => Reply::Alias,
                Query::A | Query::Aaaa => Reply::NoData,
                Query::Srv | Query::Ptr => Reply::Records,
            }
        }
        dns::Outcome::NoData(_) => Reply::NoData,
        dns::Outcome::NameError(_) => Reply::NxDomain,
        dns::Outcome::ServFail(_) => Reply::ServFail,
        dns::Outcome::Refused(_) => Reply::Refused,
        dns::Outcome::Silent(_) => Reply::Timeout,
        dns::Outcome::Forwarded(_) | dns::Outcome::Unknown(_) => Reply::Unknown,
    }
}

/// Whether an alias on the way was looked up where the cluster does not know the answer.
fn outside(reply: &dns::Reply) -> bool {
    reply.outside.iter().any(|(_, reply)| {
        matches!(reply.outcome, dns::Outcome::Forwarded(_) | dns::Outcome::Unknown(_)) || outside(reply)
    })
}

impl Walk<'_> {
    /// The resolver's step and that of the queries.
    pub(super) fn look_up(&mut self, name: &Name) -> Found {
        let conf = resolv_conf(&self.pod, &self.settings.kubelet);
        let asks_cluster = self.resolver(&conf);
        let mut replies: Heard = BTreeMap::new();
        let mut runs: Vec<Run> = Vec::new();
        let mut winners: Vec<Option<usize>> = Vec::new();
        for library in self.libraries.iter().copied() {
            let (run, winner) = self.run(name, &conf, library, asks_cluster, &mut replies);
            let alike = |known: &Run| {
                (&known.asked, &known.outcome, &known.supposed) == (&run.asked, &run.outcome, &run.supposed)
            };
            match runs.iter_mut().find(|known| alike(known)) {
                Some(known) => known.libraries.push(library),
                None => {
                    runs.push(run);
                    winners.push(winner);
                }
            }
        }
        self.libraries_differ(&runs);
        let found = self.queries(name, &conf, runs, winners.into_iter().next().flatten());
        let inside = self.question.client != Client::Outside;
        let undecided = inside && matches!(self.halted, Some(Halt::Undecided(Stage::Queries)));
        if undecided && !asks_cluster && found.addresses.is_empty() { self.would_find(name) } else { found }
    }

    /// What the cluster DNS would say to a client that asks somebody else: what follows is what would be.
    fn would_find(&self, name: &Name) -> Found {
        let pods = self.settings.dns_pods(self.store);
        let cluster = Cluster { store: self.store, version: self.settings.core_dns, dns_pods: &pods };
        let domain = &self.settings.kubelet.cluster_domain;
        let bare = name.as_str();
        let full = [format!("{bare}.svc.{domain}."), format!("{bare}.{domain}.")];
        let tried = full.into_iter().filter(|_| !name.is_rooted()).chain([name.fqdn().to_string()]);
        for tried in tried {
            let Ok(asked) = dns::Name::new(&tried) else { continue };
            let answer = |query: Query| {
                let question = dns::Question::new(asked.clone(), query_type(query));
                (query, dns::answer(&self.settings.corefile, &cluster, &question))
            };
            let replies: Vec<(Query, dns::Reply)> =
                self.question.wanted.queries().iter().map(|query| answer(*query)).collect();
            let addresses = replies.iter().filter_map(|(query, reply)| match heard(*query, reply) {
                Reply::Addresses(addresses) => Some(addresses),
                Reply::Records
                | Reply::Alias
                | Reply::NoData
                | Reply::NxDomain
                | Reply::ServFail
                | Reply::Refused
                | Reply::Timeout
                | Reply::Unknown => None,
            });
            let addresses: Vec<IpAddr> = addresses.flatten().collect();
            if !addresses.is_empty() {
                return Found { addresses, winner: Some((tried.into(), replies)) };
            }
        }
        Found::default()
    }

    /// The resolver's step; whether the first server is the cluster DNS.
    fn resolver(&mut self, conf: &ResolvConf) -> bool {
        let servers: Vec<Nameserver> = conf
            .servers
            .iter()
            .map(|address| {
                let ip = crate::model::Addresses::parse_one(address);
                let service = ip.and_then(|ip| self.service_at(ip));
                let usable = service.as_ref().map(|key| {
                    let summary = self.store.summary(key);
                    (summary.usable, summary.total)
                });
                Nameserver { address: address.clone(), service, usable }
            })
            .collect();
        let ips: Vec<IpAddr> = conf.nameservers().into_iter().flatten().collect();
        let first = ips.first();
        let is_cluster = |ip: &IpAddr| self.settings.is_cluster_dns(ip) || self.is_dns_service(&servers, ip);
        let asks_cluster = first.is_some_and(is_cluster);
        let findings = self.resolver_findings(conf, &servers, &ips);
        let blocked = findings.iter().any(|finding| finding.weight == Weight::Blocks);
        let confidence = self.resolver_confidence(conf, asks_cluster);
        let standing = match (blocked, asks_cluster) {
            (true, _) => Standing::Fails,
            (false, true) if findings.is_empty() => Standing::Ok,
            (false, true) => Standing::Partly,
            (false, false) => Standing::NotChecked,
        };
        self.step(Stage::Resolver, standing, confidence, Body::Resolver(Resolver { conf: conf.clone(), servers }));
        self.findings.extend(findings);
        if blocked {
            self.halt(Halt::Fails(Stage::Resolver));
        }
        asks_cluster
    }

    fn is_dns_service(&self, servers: &[Nameserver], ip: &IpAddr) -> bool {
        let own = servers.iter().find(|server| server.address == *ip.to_string().as_str());
        own.is_some_and(|server| server.service.is_some() && server.service == self.settings.dns_service)
    }

    /// The Service that has an address as its own.
    pub(super) fn service_at(&self, ip: IpAddr) -> Option<Key> {
        let owners = self.store.services_at(ip).map(|service| service.meta.key.clone());
        owners.min()
    }

    fn resolver_confidence(&self, conf: &ResolvConf, asks_cluster: bool) -> Confidence {
        if matches!(self.question.client, Client::Outside)
            || conf.unseen.as_ref().is_some_and(|unseen| unseen.servers.is_some())
        {
            return Confidence::Unknown(Blind::NodeResolvConf);
        }
        if !asks_cluster {
            return Confidence::Exact;
        }
        self.settings
            .kubelet_assumed
            .iter()
            .next()
            .map_or(Confidence::Exact, |assumed| Confidence::Assumed(assumed.clone()))
    }

    fn resolver_findings(&self, conf: &ResolvConf, servers: &[Nameserver], ips: &[IpAddr]) -> Vec<Finding> {
        let pod = &self.pod.meta.key;
        let found =
            |weight, reason, evidence| Finding { reason, stage: Stage::Resolver, weight, certain: true, evidence };
        let policy = || vec![Evidence::field(Kind::Pod, pod, ".spec.dnsPolicy", self.pod.dns_policy())];
        let mut findings = Vec::new();
        let is_pod = matches!(self.question.client, Client::Pod(_));
        match dns_type(&self.pod) {
            DnsType::Host
                if is_pod && self.pod.host_network() && *self.pod.dns_policy() != crate::model::DnsPolicy::Default =>
            {
                findings.push(found(Weight::Hurts, Reason::HostNetwork, policy()));
            }
            DnsType::Host if is_pod => findings.push(found(Weight::Hurts, Reason::DefaultPolicy, policy())),
            DnsType::Host if matches!(self.question.client, Client::Node(_)) => {
                findings.push(found(Weight::Note, Reason::NodeResolvConf, Vec::new()));
            }
            DnsType::None if !ips.iter().any(|ip| self.settings.is_cluster_dns(ip)) => {
                let servers = conf.servers.iter().map(ToString::to_string).collect();
                findings.push(found(Weight::Hurts, Reason::ForeignNameservers { servers }, policy()));
            }
            DnsType::Host | DnsType::None | DnsType::Cluster => {}
        }
        let dropped: Vec<String> = conf
            .cut
            .servers
            .iter()
            .chain(conf.cut.searches.iter().map(|cut| &cut.domain))
            .map(ToString::to_string)
            .collect();
        if !dropped.is_empty() {
            findings.push(found(Weight::Hurts, Reason::SearchCut { dropped }, Vec::new()));
        }
        for (server, ip) in servers.iter().zip(ips) {
            match (&server.service, server.usable) {
                (None, _)
                    if self.settings.is_cluster_dns(ip)
                        && !self.settings.kubelet_assumed.contains(&Assumption::ClusterDns)
                        && self.store.complete_everywhere(Kind::Service) =>
                {
                    let reason = Reason::StaleNameserver { server: server.address.to_string() };
                    findings.push(found(Weight::Blocks, reason, Vec::new()));
                }
                (Some(key), Some((0, _))) if self.store.known(Kind::Slice, &key.namespace).complete() => {
                    let selected = self.store.selected_count(key);
                    let ready = self.store.selected(key).filter(|pod| pod.ready).count();
                    let evidence = self.store.slices_of(key);
                    let evidence = evidence.map(|slice| {
                        Evidence::field(Kind::Slice, &slice.meta.key, ".endpoints", slice.endpoints.len())
                    });
                    let evidence: Vec<Evidence> = evidence.collect();
                    let reason = Reason::DnsDown { service: key.clone(), selected, ready };
                    // The controller keeps a slice even for nothing: without any, half of the cluster may be all that is held.
                    let certain = !evidence.is_empty();
                    let weight = if certain { Weight::Blocks } else { Weight::Hurts };
                    findings.push(Finding { certain, ..found(weight, reason, evidence) });
                }
                (None | Some(_), _) => {}
            }
        }
        let domain = &self.settings.kubelet.cluster_domain;
        let zones: Vec<String> =
            self.settings.corefile.kubernetes().flat_map(|plugin| &plugin.zones).map(ToString::to_string).collect();
        let served = zones.iter().any(|zone| zone.trim_end_matches('.').eq_ignore_ascii_case(domain));
        let read = self.settings.corefile_assumed.iter().all(|assumed| matches!(assumed, Assumption::DnsServer));
        if read && !served && !zones.is_empty() && matches!(dns_type(&self.pod), DnsType::Cluster) {
            findings.push(found(Weight::Hurts, Reason::DomainMismatch { kubelet: domain.clone(), zones }, Vec::new()));
        }
        findings
    }

    /// Plays one library through. Gives the place of the candidate that was used.
    fn run(
        &self,
        name: &Name,
        conf: &ResolvConf,
        library: Library,
        asks_cluster: bool,
        replies: &mut Heard,
    ) -> (Run, Option<usize>) {
        let pods = self.settings.dns_pods(self.store);
        let cluster = Cluster { store: self.store, version: self.settings.core_dns, dns_pods: &pods };
        let played = lookup(name, conf, library, self.question.wanted, |fqdn, query| {
            if !asks_cluster {
                return Reply::Unknown;
            }
            let Ok(asked) = dns::Name::new(fqdn) else { return Reply::NxDomain };
            let place = (Text::from(fqdn), query as u8);
            let reply = replies.entry(place).or_insert_with(|| {
                dns::answer(&self.settings.corefile, &cluster, &dns::Question::new(asked, query_type(query)))
            });
            heard(query, reply)
        });
        let (mut asked, mut places) = (Vec::new(), BTreeMap::new());
        for (at, step) in played.steps.iter().enumerate() {
            match step {
                Step::Asked { fqdn, replies: told, .. } => {
                    places.insert(at, asked.len());
                    let known = |query: Query| replies.get(&(fqdn.clone(), query as u8)).cloned();
                    let replies = told.iter().map(|(query, _)| (*query, known(*query))).collect();
                    asked.push(Candidate { name: fqdn.clone(), replies, used: false });
                }
                Step::Unseen => asked.push(Candidate { name: Text::default(), replies: Vec::new(), used: false }),
                Step::Skipped { .. } => {}
            }
        }
        let (supposed, outcome) = match &played.conclusion {
            Conclusion::Sure(outcome) => (None, outcome),
            Conclusion::If(doubt, outcome) => (Some(doubt.supposed), outcome),
        };
        let mut winner = None;
        let outcome: Result<Vec<IpAddr>, Failure> = match outcome {
            Outcome::Found { step, addresses, .. } => {
                winner = places.get(step).copied();
                Ok(addresses.clone())
            }
            Outcome::Failed(failure) => Err(*failure),
        };
        if let Some(used) = winner.and_then(|at: usize| asked.get_mut(at)) {
            used.used = true;
        }
        let run =
            Run { libraries: vec![library], asked, outcome, supposed, queries: played.queries, wasted: played.wasted };
        (run, winner)
    }

    /// The step of the queries, after the library that comes first.
    fn queries(&mut self, name: &Name, conf: &ResolvConf, runs: Vec<Run>, winner: Option<usize>) -> Found {
        let Some(run) = runs.first().cloned() else { return Found::default() };
        let used = winner.and_then(|at| run.asked.get(at));
        let findings = self.query_findings(&run, used);
        let cached = self.cached(&run, used);
        let doubted =
            run.asked.iter().flat_map(|candidate| &candidate.replies).find_map(|(_, reply)| doubt(reply.as_ref()?));
        let assumed =
            self.settings.corefile_assumed.iter().next().cloned().map(Confidence::Assumed).unwrap_or_default();
        let blind: Vec<Blind> = run
            .asked
            .iter()
            .flat_map(|candidate| &candidate.replies)
            .filter_map(|(_, reply)| match reply {
                // The servers are known, and the cluster's DNS is not among them.
                None if conf.unseen.as_ref().is_none_or(|unseen| unseen.servers.is_none()) => {
                    Some(Blind::Forwarded(conf.servers.iter().map(ToString::to_string).collect()))
                }
                reply => unsure(reply.as_ref()),
            })
            .collect();
        // What was meant is a name of the cluster: that nobody else has it may be assumed. Of other names nothing is.
        let outside = blind.iter().all(|blind| matches!(blind, Blind::Forwarded(_)));
        let meant = run.outcome.is_ok() || findings.iter().any(|finding| finding.weight == Weight::Blocks);
        let confidence = match &run.supposed {
            None => doubted.unwrap_or_default().and(assumed),
            Some(_) if outside && meant => Confidence::Assumed(Assumption::NotOutside(name.as_str().to_owned())),
            Some(_) => Confidence::Unknown(blind.into_iter().next().unwrap_or(Blind::NodeResolvConf)),
        };
        let unknown = confidence.is_unknown();
        let findings = findings.into_iter().map(|finding| match finding.weight {
            // It would block, if what is not known did not help.
            Weight::Blocks if unknown => Finding { weight: Weight::Hurts, ..finding },
            Weight::Blocks | Weight::Hurts | Weight::Note => finding,
        });
        let findings: Vec<Finding> = findings.collect();
        let standing = match (&run.outcome, confidence.is_unknown()) {
            (_, true) => Standing::NotChecked,
            (Err(_), false) => Standing::Fails,
            (Ok(_), false) if findings.iter().any(|finding| finding.weight > Weight::Note) => Standing::Partly,
            (Ok(_), false) => Standing::Ok,
        };
        self.findings.extend(findings);
        self.findings.extend(cached);
        let found = Found {
            addresses: run.outcome.clone().unwrap_or_default(),
            winner: used.map(|used| {
                let replies = used.replies.iter().filter_map(|(query, reply)| Some((*query, reply.clone()?)));
                (used.name.clone(), replies.collect())
            }),
        };
        let fails = matches!(standing, Standing::Fails);
        self.step(Stage::Queries, standing, confidence.clone(), Body::Queries(runs));
        if fails {
            self.halt(Halt::Fails(Stage::Queries));
        } else if confidence.is_unknown() {
            self.halt(Halt::Undecided(Stage::Queries));
        }
        found
    }
}

/// What may make a reply another one.
fn doubt(reply: &dns::Reply) -> Option<Confidence> {
    let name = match reply.doubts.first()? {
        dns::Doubt::Plugin { name, .. } => name.to_string(),
        dns::Doubt::Rewrite(word) => format!("rewrite {word}"),
        dns::Doubt::HostsFile(_) | dns::Doubt::OwnHostsFile => "hosts".to_owned(),
        dns::Doubt::Unresolved(_) => "import".to_owned(),
        dns::Doubt::Elsewhere(kind) => return Some(Confidence::Assumed(Assumption::Elsewhere(*kind))),
    };
    Some(Confidence::Assumed(Assumption::Plugin(name)))
}

/// Why a reply cannot be told.
fn unsure(reply: Option<&dns::Reply>) -> Option<Blind> {
    let Some(reply) = reply else { return Some(Blind::NodeResolvConf) };
    let inside = reply.outside.iter().find_map(|(_, reply)| unsure(Some(reply)));
    match &reply.outcome {
        dns::Outcome::Forwarded(to) => Some(Blind::Forwarded(to.iter().map(ToString::to_string).collect())),
        dns::Outcome::Unknown(dns::Unsure::Unseen(unseen)) => {
            Some(Blind::Kind(unseen.kind, unseen.namespace.clone().unwrap_or_default()))
        }
        dns::Outcome::Unknown(dns::Unsure::Plugin(name)) => Some(Blind::Plugin(name.to_string())),
        dns::Outcome::Unknown(
            dns::Unsure::Multicluster(_)
            | dns::Unsure::View
            | dns::Unsure::HostsFile(_)
            | dns::Unsure::OwnAddress
            | dns::Unsure::DependsOnDnsPod
            | dns::Unsure::BadTarget(_)
            | dns::Unsure::Wildcard
            | dns::Unsure::TooManyLookups,
        ) => Some(Blind::Plugin("kubernetes".to_owned())),
        dns::Outcome::Records(_)
        | dns::Outcome::NoData(_)
        | dns::Outcome::NameError(_)
        | dns::Outcome::ServFail(_)
        | dns::Outcome::Refused(_)
        | dns::Outcome::Silent(_) => inside,
    }
}
