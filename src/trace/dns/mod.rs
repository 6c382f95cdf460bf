//! What the cluster DNS answers: the Corefile, its server blocks and plugins, and the records of `kubernetes` (§2).
//!
//! No resolver here (search lists, retries, libraries live in `trace::client`) and no answer of a server outside the
//! cluster: such a question is `Forwarded`. `corefile` reads text, `config` gives it types, `server` walks a
//! block's plugins, `kubernetes` answers from the store.
//! To add a plugin: its options in `config`, its step in `server`, its place in `config`.

pub mod config;
pub mod corefile;
pub mod find;
mod hosts;
mod known;
mod kubernetes;
mod name;
mod names;
mod record;
mod reply;
mod rewrite;
mod selector;
mod server;
mod version;

pub use kubernetes::Cluster;
pub use name::{BadName, Name};
pub use names::{Registered, Registry, Role, names_of, names_of_pod};
pub use record::{QueryType, Question, Record, RecordData};
pub use reply::{Alias, Decider, Doubt, Failed, NearEndpoint, Outcome, Refusal, Reply, Silence, Unseen, Unsure, Why};
pub use selector::{LabelSelector, Requirement};
pub use server::{Lifetimes, answer, lifetimes, shadowed};
pub use version::CoreDnsVersion;
