//! What a source (an API server, a tape) says: steps of objects, and how well it is heard.
//!
//! Nothing here decides what a step means; that is `store`.

use std::time::Duration;

use crate::model::{
    ClockReading, ConfigMap, ConfigName, Key, Kind, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice,
    Text, Time, Uid,
};

/// One step of one kind of object.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<T> {
    /// The object is now this.
    Applied(T),
    /// The object with this key and identity is gone.
    Deleted(Key, Uid),
    /// A complete list: what is not in it is gone. Applied as one atomic difference.
    Listed(Vec<T>),
    /// A complete list of one namespace: it says nothing of the others.
    ListedIn(Text, Vec<T>),
}

impl<T> Step<T> {
    /// Whether it is about one object.
    fn is_one(&self) -> bool {
        match self {
            Self::Applied(_) | Self::Deleted(..) => true,
            Self::Listed(_) | Self::ListedIn(..) => false,
        }
    }
}

/// One thing that a source says.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// A step of the Services.
    Service(Step<Service>),
    /// A step of the EndpointSlices.
    Slice(Step<Slice>),
    /// A step of the Pods.
    Pod(Step<Pod>),
    /// A step of the Nodes.
    Node(Step<Node>),
    /// A step of the Namespaces.
    Namespace(Step<Namespace>),
    /// A step of the NetworkPolicies.
    NetworkPolicy(Step<NetworkPolicy>),
    /// A step of the ServiceCIDRs.
    ServiceCidr(Step<ServiceCidr>),
    /// A step of the ConfigMap with this name; a list holds it alone, or nothing.
    Config(ConfigName, Step<ConfigMap>),
    /// This namespace is watched by itself. Said of each namespace before anything else where not all are watched.
    Watching(Text, Purpose),
    /// How well a kind is heard, in all namespaces.
    Health(Kind, Health),
    /// How well a kind is heard in one namespace that is watched by itself.
    HealthIn(Kind, Text, Health),
    /// An object that could not be read was left out.
    Skipped(Kind, Skipped),
    /// An answer told of the server's clock. It is no object: the store does not hold it.
    Clock(ClockReading),
}

impl Delta {
    /// Whether it says that one object changed.
    pub fn is_change(&self) -> bool {
        match self {
            Self::Service(step) => step.is_one(),
            Self::Slice(step) => step.is_one(),
            Self::Pod(step) => step.is_one(),
            Self::Node(step) => step.is_one(),
            Self::Namespace(step) => step.is_one(),
            Self::NetworkPolicy(step) => step.is_one(),
            Self::ServiceCidr(step) => step.is_one(),
            Self::Config(_, step) => step.is_one(),
            Self::Watching(..) | Self::Health(..) | Self::HealthIn(..) | Self::Skipped(..) | Self::Clock(_) => false,
        }
    }

    /// Whether it says that a stream is complete, broken or otherwise not what it was a moment ago.
    pub fn is_news(&self) -> bool {
        match self {
            Self::Health(_, health) | Self::HealthIn(_, _, health) => !matches!(health, Health::Loading { .. }),
            Self::Watching(..) => true,
            // An object that never can be read may change as often as any other.
            Self::Clock(_) | Self::Skipped(..) => false,
            Self::Service(_)
            | Self::Slice(_)
            | Self::Pod(_)
            | Self::Node(_)
            | Self::Namespace(_)
            | Self::NetworkPolicy(_)
            | Self::ServiceCidr(_)
            | Self::Config(..) => !self.is_change(),
        }
    }

    /// How well a kind is heard in a namespace, or in all of them.
    pub fn health(kind: Kind, namespace: Option<&Text>, health: Health) -> Self {
        match namespace {
            Some(name) => Self::HealthIn(kind, name.clone(), health),
            None => Self::Health(kind, health),
        }
    }
}

/// What a namespace is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The user asked for it.
    Shown,
    /// What is shown cannot be explained without it: where the cluster's DNS runs, for example.
    Support,
}

/// An object that was sent but could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Its key, where that much could be read.
    pub key: Option<Key>,
    /// The namespace whose list or watch it was in; `None`: that of all.
    pub within: Option<Text>,
    /// What was wrong, for people.
    pub why: Text,
}

/// How well one kind is heard. "None" may be said of a kind only where [`Health::complete`] holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Health {
    /// Nothing has been asked yet.
    #[default]
    Waiting,
    /// The first list is on its way; what has come so far is a part.
    Loading {
        /// Objects received so far.
        seen: u32,
    },
    /// A watch is open and the list before it was complete.
    Live,
    /// Listed completely again and again, because watching is forbidden.
    Polling {
        /// Time between two lists.
        every: Duration,
    },
    /// Was complete once; since then the source has been lost.
    Stale {
        /// When it was last known to be exact.
        since: Time,
        /// What happened.
        fault: Fault,
        /// When the next attempt is due.
        retry_at: Time,
    },
    /// Never complete, and the last attempt failed.
    Failing {
        /// What happened.
        fault: Fault,
        /// When the next attempt is due.
        retry_at: Time,
    },
    /// The server does not let this user.
    Forbidden {
        /// `list`, `watch` or `get`
        verb: Verb,
        /// The namespace asked for; `None` means all namespaces, or a cluster-scoped kind.
        namespace: Option<Text>,
    },
    /// The server has no such resource.
    NotServed,
    /// The source is a file or a tape that has nothing of this kind: it says neither that there is any nor that there is none.
    NotGiven,
}

impl Health {
    /// Whether what is held is everything, exactly or as of a stated time.
    pub fn complete(&self) -> bool {
        match self {
            Self::Live | Self::Polling { .. } | Self::Stale { .. } => true,
            Self::Waiting
            | Self::Loading { .. }
            | Self::Failing { .. }
            | Self::Forbidden { .. }
            | Self::NotServed
            | Self::NotGiven => false,
        }
    }
}

/// What the API server is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Give all objects.
    List,
    /// Send changes.
    Watch,
    /// Give one object by its name.
    Get,
}

impl Verb {
    /// The word in RBAC rules.
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Watch => "watch",
            Self::Get => "get",
        }
    }
}

/// A failure of a stream: in which phase, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where in the conversation it happened.
    pub phase: Phase,
    /// What happened.
    pub cause: Cause,
}

/// A phase of the conversation with the API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reaching the server: name, TCP, TLS, credentials.
    Connect,
    /// Reading a list (or the first part of a watch-list).
    List,
    /// Reading changes.
    Watch,
}

/// What went wrong, as far as it matters to what the user can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The connection could not be made, or broke; the operating system's or TLS's words.
    Unreachable(Text),
    /// The server ended the answer early.
    Closed,
    /// No byte for so long.
    Stalled(Duration),
    /// HTTP 410 or its equivalent in a stream: the history asked for is gone.
    Expired,
    /// HTTP 401: the credentials are not (or no longer) accepted.
    Unauthorized(Text),
    /// HTTP 429: asked to slow down.
    Throttled,
    /// Another HTTP status, with the server's reason or message.
    Status(u16, Text),
    /// Bytes that are no answer of this API.
    Malformed(Text),
}
