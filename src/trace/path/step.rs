//! A trace: the steps from a client to a container, what each says, and how sure it is.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::model::{DnsPolicy, Key, Port, Protocol, TargetPort, Text, Time, Uid};
use crate::trace::client::{Failure, HostsEntry, Library, Query, ResolvConf, Supposition};
use crate::trace::container::Listener;
use crate::trace::proxy::{Loss, Masquerade, Missing, Pass, Refusal, Standing as Choice, Via};
use crate::trace::{Client, Confidence, Evidence, Finding, Question, Stage, dns};

/// The answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// What was asked.
    pub question: Question,
    /// The steps in the order of the packet; those that are not needed are left out.
    pub steps: Vec<Step>,
    /// What stands in the way or is worth knowing, the first cause first.
    pub findings: Vec<Finding>,
    /// How it ends.
    pub verdict: Verdict,
    /// The worst of what the verdict rests on.
    pub confidence: Confidence,
    /// When it may be another one although nothing happens: what was said of a moment ago holds no more.
    pub until: Option<Time>,
}

impl Trace {
    /// The step of a stage, if the trace has it.
    pub fn step(&self, stage: Stage) -> Option<&Step> {
        self.steps.iter().find(|step| step.stage == stage)
    }

    /// Where the client stands.
    pub fn place(&self) -> Option<&Place> {
        self.part(|body| if let Body::Client(place) = body { Some(place) } else { None })
    }

    /// The client's resolv.conf; `None` where none is asked.
    pub fn resolver(&self) -> Option<&Resolver> {
        self.part(|body| if let Body::Resolver(resolver) = body { Some(resolver) } else { None })
    }

    /// What libraries do with the name.
    pub fn runs(&self) -> &[Run] {
        self.part(|body| if let Body::Queries(runs) = body { Some(runs.as_slice()) } else { None }).unwrap_or_default()
    }

    /// What stands behind the addresses.
    pub fn owners(&self) -> &[Owner] {
        self.part(|body| if let Body::Owner(owners) = body { Some(owners.as_slice()) } else { None })
            .unwrap_or_default()
    }

    /// The ports that are dialled.
    pub fn ports(&self) -> &[PortWay] {
        self.part(|body| if let Body::Port(ports) = body { Some(ports.as_slice()) } else { None }).unwrap_or_default()
    }

    /// All ways that packets may take.
    pub fn ways(&self) -> &[Way] {
        self.part(|body| if let Body::Endpoints(ways) = body { Some(ways.as_slice()) } else { None })
            .unwrap_or_default()
    }

    /// What listens at the end.
    pub fn lasts(&self) -> &[Last] {
        self.part(|body| if let Body::Container(lasts) = body { Some(lasts.as_slice()) } else { None })
            .unwrap_or_default()
    }

    /// The policies that are not checked.
    pub fn policies(&self) -> &[Key] {
        self.part(|body| if let Body::Policy(keys) = body { Some(keys.as_slice()) } else { None }).unwrap_or_default()
    }

    fn part<'a, T: ?Sized>(&'a self, of: impl Fn(&'a Body) -> Option<&'a T>) -> Option<&'a T> {
        self.steps.iter().find_map(|step| of(&step.body))
    }
}

/// How a trace ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every endpoint that this client may get can be reached, as far as was checked.
    Reaches {
        /// How many.
        endpoints: usize,
    },
    /// Some of the endpoints that it may get fail.
    Intermittent {
        /// How many can be reached.
        reached: usize,
        /// Of how many.
        of: usize,
    },
    /// The name resolves, and nothing was said of a port: there is no connection to follow.
    Resolves,
    /// Nothing gets past this step.
    Fails(Stage),
    /// From this step on it cannot be told.
    Undecided(Stage),
}

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which.
    pub stage: Stage,
    /// How it stands.
    pub standing: Standing,
    /// A step before it fails or is not known: this is what would be.
    pub would_be: bool,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it says.
    pub body: Body,
    /// What proves it.
    pub evidence: Vec<Evidence>,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As it should be.
    Ok,
    /// It works, in part or with a doubt.
    Partly,
    /// It was not checked.
    NotChecked,
    /// Nothing gets past it.
    Fails,
}

/// What a step says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Where the client stands.
    Client(Place),
    /// Its resolv.conf.
    Resolver(Resolver),
    /// The queries; libraries that behave alike share a run.
    Queries(Vec<Run>),
    /// What stands behind the answer.
    Owner(Vec<Owner>),
    /// The ports.
    Port(Vec<PortWay>),
    /// The ways to endpoints, one for each address and port.
    Endpoints(Vec<Way>),
    /// What listens at the end.
    Container(Vec<Last>),
    /// What is not checked.
    Policy(Vec<Key>),
}

/// Where the client stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The client.
    pub client: Client,
    /// Its node.
    pub node: Option<Text>,
    /// Its node's zone.
    pub zone: Option<Text>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// It is on the host network.
    pub host_network: bool,
    /// Its dnsPolicy.
    pub dns_policy: DnsPolicy,
    /// What its /etc/hosts says of the name.
    pub hosts: Vec<HostsEntry>,
}

/// The client's resolv.conf and the servers in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    /// The file.
    pub conf: ResolvConf,
    /// Its nameservers and whose they are.
    pub servers: Vec<Nameserver>,
}

/// A nameserver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nameserver {
    /// As written.
    pub address: Text,
    /// The Service whose address it is.
    pub service: Option<Key>,
    /// Of that Service, endpoints that may be used and all that there are.
    pub usable: Option<(usize, usize)>,
}

/// What libraries that behave alike do with the name.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// They.
    pub libraries: Vec<Library>,
    /// Each candidate name in order.
    pub asked: Vec<Candidate>,
    /// The addresses that the program gets, or how it fails.
    pub outcome: Result<Vec<IpAddr>, Failure>,
    /// It holds only if this is so.
    pub supposed: Option<Supposition>,
    /// Packets sent.
    pub queries: usize,
    /// Those that find nothing.
    pub wasted: usize,
}

/// A candidate name and what it gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// With a trailing dot; empty where the search domains of an unseen file would be tried.
    pub name: Text,
    /// The queries and what each gets; a reply is absent where no server that is known is asked.
    pub replies: Vec<(Query, Option<dns::Reply>)>,
    /// The program uses this one.
    pub used: bool,
}

/// What stands behind an address of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A Service by its own address.
    Service(Key, Via),
    /// A headless Service: the addresses are those of its endpoints.
    Headless(Key),
    /// An alias on the way, and where it leads.
    Alias(Option<Key>, String),
    /// A pod by its own address.
    Pod(Key),
    /// A node by its own address.
    Node(Text),
    /// Nobody that is known.
    Nobody(IpAddr),
}

/// A port of a Service, or the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortWay {
    /// Its name; empty where it has none.
    pub name: Text,
    /// The number that the client dials.
    pub port: Port,
    /// Its protocol.
    pub protocol: Protocol,
    /// Where it goes in a pod; absent where the client dials a pod itself.
    pub target: Option<TargetPort>,
    /// What that means over all endpoints.
    pub numbers: Vec<(Port, usize)>,
}

/// The way of packets to one address and port.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Where the client sends.
    pub to: SocketAddr,
    /// What becomes of it.
    pub fate: Fate,
    /// All endpoints, those that this client may get first.
    pub shares: Vec<Share>,
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes to one of the endpoints that have a share.
    Balanced,
    /// It goes there itself: no service proxy has a part in it.
    Direct,
    /// Refused at once.
    Refused(Refusal),
    /// Dropped: a timeout.
    Lost(Loss),
    /// No rule takes it.
    Passed(Pass),
    /// It cannot be said.
    Unknown(Missing),
}

/// An endpoint, and what of this client's connections it gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Its address and port.
    pub to: SocketAddr,
    /// One in so many of the client's connections; `None`: none.
    pub one_in: Option<usize>,
    /// Why, or why not.
    pub why: Choice,
    /// Its pod.
    pub pod: Option<Key>,
    /// The identity of that pod.
    pub uid: Option<Uid>,
    /// Its node.
    pub node: Option<Text>,
    /// Its zone.
    pub zone: Option<Text>,
    /// The endpoint sees another source address than the client's.
    pub masquerade: Option<Masquerade>,
    /// Nothing usable is known to be there: its pod is gone, or not ready and published all the same.
    pub doubtful: bool,
}

/// What listens at the end, over the endpoints that have a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// Who is meant to listen.
    pub listener: Listener,
    /// The number dialled.
    pub port: Port,
    /// The pods.
    pub pods: BTreeSet<Key>,
}
