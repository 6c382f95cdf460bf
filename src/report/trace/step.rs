//! A step of a trace as JSON: what is common to all, and the part of its own kind.

use serde::Serialize;

use crate::report::finding::{ConfidenceDocument, EvidenceDocument, confidence, evidence};
use crate::trace::client::{Library, Query, Supposition};
use crate::trace::container::Listener;
use crate::trace::path::{
    Body, Candidate, Fate, Last, Nameserver, Owner, Place, PortWay, Resolver, Run, Share, Standing, Step, Way,
};
use crate::trace::proxy::{Masquerade, Standing as Choice, Via};
use crate::view;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepDocument {
    stage: &'static str,
    standing: &'static str,
    /// A step before it fails or is not known: this is what would be.
    would_be: bool,
    confidence: ConfidenceDocument,
    /// One line.
    summary: String,
    evidence: Vec<EvidenceDocument>,
    #[serde(flatten)]
    body: BodyDocument,
}

/// What a step says; the name is that of its field.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum BodyDocument {
    Client(ClientPart),
    Resolver(ResolverPart),
    Queries(Vec<RunPart>),
    Owners(Vec<OwnerPart>),
    Ports(Vec<PortPart>),
    Ways(Vec<WayPart>),
    Listeners(Vec<LastPart>),
    Policies(Vec<String>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ClientPart {
    node: Option<String>,
    zone: Option<String>,
    addresses: Vec<String>,
    host_network: bool,
    dns_policy: String,
    /// What its /etc/hosts says of the name.
    hosts: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResolverPart {
    nameservers: Vec<ServerPart>,
    searches: Vec<String>,
    options: Vec<String>,
    /// A part of the file stands on the node and is not visible.
    partly_unseen: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServerPart {
    address: String,
    service: Option<String>,
    usable: Option<usize>,
    total: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RunPart {
    libraries: Vec<&'static str>,
    candidates: Vec<CandidatePart>,
    /// Null: it fails.
    addresses: Option<Vec<String>>,
    failure: Option<&'static str>,
    /// It holds only if this is so.
    supposing: Option<&'static str>,
    queries: usize,
    wasted: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CandidatePart {
    /// Null: a search domain that is not visible.
    name: Option<String>,
    used: bool,
    replies: Vec<ReplyPart>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplyPart {
    r#type: &'static str,
    /// Null: no server that is known is asked.
    answer: Option<String>,
    ttl: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerPart {
    kind: &'static str,
    namespace: Option<String>,
    name: Option<String>,
    /// By which of its addresses a Service is meant.
    by: Option<&'static str>,
    /// Where an alias leads.
    target: Option<String>,
    address: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PortPart {
    name: String,
    port: u16,
    protocol: String,
    target_port: Option<String>,
    /// Numbers that the target port means, and for how many endpoints.
    numbers: Vec<NumberPart>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NumberPart {
    port: u16,
    endpoints: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WayPart {
    to: String,
    fate: &'static str,
    endpoints: Vec<SharePart>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SharePart {
    to: String,
    /// One in so many of this client's connections; null: none.
    one_in: Option<usize>,
    why: &'static str,
    /// Nothing usable is known to be there.
    doubtful: bool,
    pod: Option<String>,
    node: Option<String>,
    zone: Option<String>,
    /// It sees another source address than the client's, and why.
    masquerade: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LastPart {
    port: u16,
    kind: &'static str,
    container: Option<String>,
    port_name: Option<String>,
    pods: Vec<String>,
}

pub(super) fn step(step: &Step) -> StepDocument {
    StepDocument {
        stage: step.stage.id(),
        standing: match step.standing {
            Standing::Ok => "ok",
            Standing::Partly => "partly",
            Standing::NotChecked => "notChecked",
            Standing::Fails => "fails",
        },
        would_be: step.would_be,
        confidence: confidence(&step.confidence),
        summary: view::step_line(step),
        evidence: step.evidence.iter().map(evidence).collect(),
        body: body(&step.body),
    }
}

fn body(body: &Body) -> BodyDocument {
    match body {
        Body::Client(place) => BodyDocument::Client(client(place)),
        Body::Resolver(found) => BodyDocument::Resolver(resolver(found)),
        Body::Queries(runs) => BodyDocument::Queries(runs.iter().map(run).collect()),
        Body::Owner(owners) => BodyDocument::Owners(owners.iter().map(owner).collect()),
        Body::Port(ports) => BodyDocument::Ports(ports.iter().map(port).collect()),
        Body::Endpoints(ways) => BodyDocument::Ways(ways.iter().map(way).collect()),
        Body::Container(lasts) => BodyDocument::Listeners(lasts.iter().map(last).collect()),
        Body::Policy(policies) => BodyDocument::Policies(texts(policies)),
    }
}

fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

fn text(item: Option<&impl ToString>) -> Option<String> {
    item.map(ToString::to_string)
}

fn client(place: &Place) -> ClientPart {
    ClientPart {
        node: text(place.node.as_ref()),
        zone: text(place.zone.as_ref()),
        addresses: texts(&place.addresses),
        host_network: place.host_network,
        dns_policy: place.dns_policy.to_string(),
        hosts: texts(place.hosts.iter().map(|entry| entry.ip)),
    }
}

fn resolver(found: &Resolver) -> ResolverPart {
    let server = |server: &Nameserver| ServerPart {
        address: server.address.to_string(),
        service: text(server.service.as_ref()),
        usable: server.usable.map(|(usable, _)| usable),
        total: server.usable.map(|(_, total)| total),
    };
    ResolverPart {
        nameservers: found.servers.iter().map(server).collect(),
        searches: texts(&found.conf.searches),
        options: texts(&found.conf.options),
        partly_unseen: found.conf.unseen.is_some(),
    }
}

/// A library's name.
fn library(library: Library) -> &'static str {
    match library {
        Library::Glibc => "glibc",
        Library::Musl => "musl",
        Library::Go => "go",
    }
}

/// A query's type.
pub(super) fn query(query: Query) -> &'static str {
    match query {
        Query::A => "A",
        Query::Aaaa => "AAAA",
        Query::Srv => "SRV",
        Query::Ptr => "PTR",
    }
}

fn run(run: &Run) -> RunPart {
    let candidate = |candidate: &Candidate| CandidatePart {
        name: Some(candidate.name.to_string()).filter(|name| !name.is_empty()),
        used: candidate.used,
        replies: candidate
            .replies
            .iter()
            .map(|(kind, reply)| ReplyPart {
                r#type: query(*kind),
                answer: reply.as_ref().map(view::reply),
                ttl: reply.as_ref().and_then(|reply| reply.ttl),
            })
            .collect(),
    };
    RunPart {
        libraries: run.libraries.iter().copied().map(library).collect(),
        candidates: run.asked.iter().map(candidate).collect(),
        addresses: run.outcome.as_ref().ok().map(texts),
        failure: run.outcome.as_ref().err().map(view::failure),
        supposing: run.supposed.map(|supposed| match supposed {
            Supposition::NxDomain => "the reply that is not known is NXDOMAIN",
            Supposition::NotInUnseen => "the name is in no search domain that is not visible",
            Supposition::Ndots1 => "the node's file leaves ndots at 1",
        }),
        queries: run.queries,
        wasted: run.wasted,
    }
}

fn owner(owner: &Owner) -> OwnerPart {
    let mut part = OwnerPart { kind: "nobody", namespace: None, name: None, by: None, target: None, address: None };
    let key = match owner {
        Owner::Service(key, via) => {
            part.kind = "service";
            part.by = Some(match via {
                Via::ClusterIp => "clusterIP",
                Via::ExternalIp => "externalIP",
                Via::LoadBalancer => "loadBalancer",
                Via::NodePort => "nodePort",
                Via::Loopback => "loopback",
            });
            Some(key)
        }
        Owner::Headless(key) => {
            part.kind = "headless";
            Some(key)
        }
        Owner::Alias(key, target) => {
            part.kind = "alias";
            part.target = Some(target.clone());
            key.as_ref()
        }
        Owner::Pod(key) => {
            part.kind = "pod";
            Some(key)
        }
        Owner::Node(name) => {
            part.kind = "node";
            part.name = Some(name.to_string());
            None
        }
        Owner::Nobody(address) => {
            part.address = Some(address.to_string());
            None
        }
    };
    if let Some(key) = key {
        part.namespace = Some(key.namespace.to_string());
        part.name = Some(key.name.to_string());
    }
    part
}

fn port(port: &PortWay) -> PortPart {
    let numbers = port.numbers.iter().map(|(number, endpoints)| NumberPart { port: number.0, endpoints: *endpoints });
    PortPart {
        name: port.name.to_string(),
        port: port.port.0,
        protocol: port.protocol.to_string(),
        target_port: text(port.target.as_ref()),
        numbers: numbers.collect(),
    }
}

fn way(way: &Way) -> WayPart {
    WayPart {
        to: way.to.to_string(),
        fate: match way.fate {
            Fate::Balanced => "balanced",
            Fate::Direct => "direct",
            Fate::Refused(_) => "refused",
            Fate::Lost(_) => "dropped",
            Fate::Passed(_) => "passed",
            Fate::Unknown(_) => "unknown",
        },
        endpoints: way.shares.iter().map(share).collect(),
    }
}

fn share(share: &Share) -> SharePart {
    SharePart {
        to: share.to.to_string(),
        one_in: share.one_in,
        why: match share.why {
            Choice::Chosen => "chosen",
            Choice::ChosenAsLast => "chosenAsLast",
            Choice::NotReady { .. } => "notReady",
            Choice::Lingering => "lingering",
            Choice::OtherZone => "otherZone",
            Choice::OtherNode => "otherNode",
            Choice::NotLocal => "notLocal",
            Choice::NotUsed => "notUsed",
            Choice::Unknown(_) => "unknown",
        },
        doubtful: share.doubtful,
        pod: text(share.pod.as_ref()),
        node: text(share.node.as_ref()),
        zone: text(share.zone.as_ref()),
        masquerade: share.masquerade.map(|why| match why {
            Masquerade::ExternalPolicy => "externalPolicy",
            Masquerade::NodeItself => "nodeItself",
            Masquerade::OutsidePodNetwork => "outsidePodNetwork",
            Masquerade::All => "all",
            Masquerade::Hairpin => "hairpin",
            Masquerade::Userspace => "userspace",
        }),
    }
}

fn last(last: &Last) -> LastPart {
    let (kind, declared) = match &last.listener {
        Listener::Declared(declared) => ("declared", Some(declared)),
        Listener::Undeclared(_) => ("undeclared", None),
        Listener::HostNetwork(declared) => ("hostNetwork", declared.as_ref()),
    };
    LastPart {
        port: last.port.0,
        kind,
        container: declared.map(|declared| declared.container.to_string()),
        port_name: declared.and_then(|declared| text(declared.port_name.as_ref())),
        pods: texts(&last.pods),
    }
}
