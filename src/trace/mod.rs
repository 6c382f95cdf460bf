//! Name → pods: from where a client stands, which DNS queries go out, what answers, and which endpoints it may get.
//!
//! Pure and total: values in, values out; no I/O, no clock, no sentence (words live in `view`). Not knowing is a value
//! with a reason. Rule ids (R1.3, D17, §4.3) name the Kubernetes networking rules that the code follows.
//! To add a step: its file here, its place in the composed trace, its words in `view`.

pub mod client;
pub mod container;
pub mod dns;
mod evidence;
mod finding;
pub mod path;
pub mod proxy;
mod question;
mod reason;
pub mod who;
pub mod why;

pub use evidence::{Assumption, Blind, Confidence, Evidence, Source};
pub use finding::{Finding, Held, Near, PreferenceOff, SliceIgnored, Weight, alike};
pub use question::{Asked, AskedPort, BadQuestion, Client, Question};
pub use reason::Reason;

/// A step of the way from a client to a container, in the order of the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Where the client stands.
    Client,
    /// Its resolv.conf and the DNS server behind it.
    Resolver,
    /// The queries that its libc sends.
    Queries,
    /// The Service (or other owner) behind the answer.
    Service,
    /// The port.
    Port,
    /// The endpoints that this client may get.
    Endpoints,
    /// The container that listens.
    Container,
    /// What is not checked on the way.
    Policy,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 8] = [
        Self::Client,
        Self::Resolver,
        Self::Queries,
        Self::Service,
        Self::Port,
        Self::Endpoints,
        Self::Container,
        Self::Policy,
    ];

    /// Its name, in JSON too; stable.
    pub fn id(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Resolver => "resolver",
            Self::Queries => "queries",
            Self::Service => "service",
            Self::Port => "port",
            Self::Endpoints => "endpoints",
            Self::Container => "container",
            Self::Policy => "policy",
        }
    }
}
