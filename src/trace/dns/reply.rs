//! What a DNS server answers, and why not more.

use super::corefile::{Position, Unresolved};
use super::{Name, Question, Record};
use crate::model::{Family, Key, Kind, Protocol, Text};

/// A negative answer: which one, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Negative {
    /// NOERROR without a record: the name exists, not with this type.
    NoData(Why),
    /// NXDOMAIN: there is no such name.
    NameError(Why),
}

/// One step of a chain of ExternalName Services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name that is an alias.
    pub name: Name,
    /// The Service it stands for, where it is one.
    pub service: Option<Key>,
    /// What it is an alias of.
    pub target: Name,
}

impl Alias {
    /// Whether the target is one label, which is looked up as a top-level name and never completed (D30).
    pub fn single_label(&self) -> bool {
        self.target.labels().count() == 1
    }
}

/// Why a name has no such record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The zone's own name, `svc` or `pod` below it: they exist and hold nothing.
    Apex,
    /// A Namespace's own name: it exists and holds nothing (R1.9).
    OnlyNamespace(Text),
    /// The label left of the zone is neither `svc` nor `pod`.
    NotSvcNorPod(Text),
    /// More labels than any record of Kubernetes has (D03).
    TooDeep {
        /// Those left of the Service.
        extra: usize,
    },
    /// There is no such Namespace (D02).
    NoNamespace(Text),
    /// The configuration hides the Namespace (D31).
    NamespaceHidden(Text),
    /// `pods disabled` (D23).
    PodsDisabled,
    /// The label does not read as an address.
    NotAnAddress(Text),
    /// `pods verified`, and no running pod of the Namespace has the address (D24).
    NoPodAt {
        /// Where it was looked for.
        namespace: Text,
        /// The address as the name spells it.
        address: Text,
    },
    /// There is no such Service (D01, R2.8).
    NoService(Key),
    /// The configuration hides the Service: its labels do not match (D31).
    ServiceHidden(Key),
    /// `ignore empty_service`, and no endpoint is ready.
    EmptyIgnored(Key),
    /// A zonal name of a Service that is not headless.
    ZonalNeedsHeadless(Key),
    /// No ready endpoint stands in the zone.
    EmptyZone {
        /// The Service.
        service: Key,
        /// The zone in lower case.
        zone: Text,
    },
    /// ExternalName answers under its own name only, not below it.
    AliasHasNoSubnames(Key),
    /// `externalName` is an address: no record is served for it (D26).
    AliasIsAddress {
        /// The Service.
        service: Key,
        /// What `externalName` says.
        address: Text,
    },
    /// The alias points to a name of the cluster that has no such address; the alias itself is hidden (D27).
    AliasToNothing {
        /// The alias.
        alias: Alias,
        /// Why its target has nothing.
        because: Box<Why>,
    },
    /// The chain comes back to a name it has passed, or to one below it (D28).
    AliasLoop(Vec<Alias>),
    /// More than ten aliases in a row: the last one is dropped, and with it the rest.
    AliasTooLong(Vec<Alias>),
    /// Headless without any endpoint (D17).
    NoEndpoints(Key),
    /// Headless, none of the endpoints is ready (D17).
    NoneReady {
        /// The Service.
        service: Key,
        /// How many there are.
        endpoints: usize,
    },
    /// Headless, the endpoints that still serve are shutting down (D18).
    OnlyTerminating {
        /// The Service.
        service: Key,
        /// How many of them serve.
        serving: usize,
    },
    /// `noendpoints`, or `labels` leaves every slice of the Service out (D31).
    EndpointsHidden(Key),
    /// No ready endpoint of the Service has this name.
    NoEndpointNamed {
        /// The Service.
        service: Key,
        /// The label.
        label: Text,
        /// What the label nearly is.
        near: Option<Box<NearEndpoint>>,
    },
    /// No port has this name and protocol (D25).
    NoPort {
        /// The Service.
        service: Key,
        /// The name asked for; empty means any.
        port: Text,
        /// The protocol asked for; empty means any.
        protocol: Text,
        /// What there is.
        has: Vec<(Text, Protocol)>,
    },
    /// Endpoints are there, no port of theirs is known (R2.10).
    NoPortsKnown(Key),
    /// There are addresses, all of this family (D19).
    OtherFamily(Family),
    /// The name exists and has no record of this type.
    OtherType,
    /// A Service without any address: from a file.
    NoClusterIp(Key),
    /// No Service and no ready endpoint has the address (R2.15).
    NobodyAt(Text),
    /// A name of a reverse zone that is no whole address.
    NotAReverseName,
    /// TXT exists under `dns-version` only.
    NoText,
    /// SOA is answered at the zone's own name only.
    SoaBelowApex,
    /// `hosts` lists the name, not with this type or family.
    HostsOtherType,
    /// The name servers' own addresses are of the other family, or unknown to the cluster.
    NoNameServer,
}

/// What a label left of a Service nearly is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NearEndpoint {
    /// The dashed address of an endpoint that is published under this hostname instead (D22).
    PublishedAs(Text),
    /// The name of an endpoint that is not ready.
    NotReady,
    /// A pod behind the Service; it gets no name, since `hostname` is not set or `subdomain` is not the Service (D20).
    PodWithoutName {
        /// The pod.
        pod: Key,
        /// `spec.hostname`
        hostname: Option<Text>,
        /// `spec.subdomain`
        subdomain: Option<Text>,
    },
}

/// What must be known and is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    /// Objects of this kind …
    pub kind: Kind,
    /// … in this Namespace; `None` means all.
    pub namespace: Option<Text>,
}

/// Why an answer cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsure {
    /// Objects that decide it are not (all) known.
    Unseen(Unseen),
    /// A multicluster zone: ServiceImports are not read (R2.20).
    Multicluster(Name),
    /// The block is chosen by `view` or an expression.
    View,
    /// A plugin whose answers are not modelled has the last word.
    Plugin(Text),
    /// `hosts` reads a file that is not at hand.
    HostsFile(Text),
    /// The addresses of the DNS pods are not known, and the answer is made of them.
    OwnAddress,
    /// The DNS pods answer differently.
    DependsOnDnsPod,
    /// `externalName` is no name that can be asked.
    BadTarget(Text),
    /// Releases before 1.9.0 read `*` and `any` as patterns.
    Wildcard,
    /// The server has asked itself too often.
    TooManyLookups,
}

/// Why no reply is sent at all (R2.14, D106).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// A slice that names no Service holds the address: the name made from it has an empty label.
    NamelessSlice(Key),
    /// A record would hold this name, which cannot be sent.
    BadName(Text),
}

/// What comes back to the client.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// NOERROR with records.
    Records(Vec<Record>),
    /// NOERROR without records: the name exists, not with this type.
    NoData(Why),
    /// NXDOMAIN: there is no such name.
    NameError(Why),
    /// SERVFAIL
    ServFail(Failed),
    /// REFUSED
    Refused(Refusal),
    /// No reply at all: the client waits until its timeout.
    Silent(Silence),
    /// The cluster does not know: one of these is asked.
    Forwarded(Vec<Text>),
    /// It cannot be told.
    Unknown(Unsure),
}

/// Why SERVFAIL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// `hosts` does not list the name and has no `fallthrough`.
    NotListed,
    /// The last plugin of the block passed the question on, and there is nobody.
    NobodyLeft,
    /// `rewrite` made something of the name that is none.
    RewrittenToNothing,
}

/// Why REFUSED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No server block serves the name.
    NoBlock,
    /// The block has no plugin that answers.
    NoPlugin,
    /// A transfer of the zone.
    Transfer,
}

/// Who had the last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// The server block, by its place in the Corefile.
    pub block: usize,
    /// The plugin; absent where none did.
    pub plugin: Option<Text>,
    /// The plugin's zone that the name is in.
    pub zone: Option<Name>,
}

/// What may make an answer another one, without being modelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A plugin may change this answer (R2.4).
    Plugin {
        /// Its name.
        name: Text,
        /// Where it stands.
        at: Position,
    },
    /// `rewrite` rules of this sort.
    Rewrite(Text),
    /// `hosts` reads a file that is not at hand.
    HostsFile(Text),
    /// `hosts` reads the DNS pods' own file, and the pods are not known.
    OwnHostsFile,
    /// The Corefile holds something that lies outside of it.
    Unresolved(Unresolved),
    /// Objects of this kind in namespaces that are not held may have something to add.
    Elsewhere(Kind),
}

/// A whole reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// What comes back.
    pub outcome: Outcome,
    /// Who decided it; absent where no server block serves the name.
    pub by: Option<Decider>,
    /// The name under which `rewrite` had it asked.
    pub asked_as: Option<Name>,
    /// The aliases on the way.
    pub chain: Vec<Alias>,
    /// What the whole server was asked on behalf of an alias, and what came of it.
    pub outside: Vec<(Question, Self)>,
    /// Seconds that a resolver may keep it: of a negative answer those of the denial.
    pub ttl: Option<u32>,
    /// Seconds that CoreDNS may go on with it from its own cache; 0 where it keeps nothing.
    pub kept: u32,
    /// What may make it another answer.
    pub doubts: Vec<Doubt>,
}

impl Reply {
    pub(super) fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            by: None,
            asked_as: None,
            chain: Vec::new(),
            outside: Vec::new(),
            ttl: None,
            kept: 0,
            doubts: Vec::new(),
        }
    }

    /// Its records, if it has any.
    pub fn records(&self) -> &[Record] {
        match &self.outcome {
            Outcome::Records(records) => records,
            Outcome::NoData(_)
            | Outcome::NameError(_)
            | Outcome::ServFail(_)
            | Outcome::Refused(_)
            | Outcome::Silent(_)
            | Outcome::Forwarded(_)
            | Outcome::Unknown(_) => &[],
        }
    }
}
